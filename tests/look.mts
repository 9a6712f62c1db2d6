import { enterAs, launchBrowser, newPerson, PHONE } from './support/browser.ts';
import { newDataDir, startUptower } from './support/uptower.ts';

const browser = await launchBrowser();
const server = await startUptower('demo', newDataDir(), ['--speed', '60']);
const { now } = await server.call<{ now: number }>('GET', '/demo');
const day = (n: number) => new Date(now + 8 * 3.6e6 + n * 864e5).toISOString().slice(0, 10);
const put = (m: string, p: string, b?: unknown) =>
  server.call(m, p, b).catch((e) => console.log(p, String(e).slice(0, 200)));
await put('POST', '/engineers/eng_chen-jie/absences', {
  kind: 'training',
  title: 'MR level 3',
  when: { fromDay: day(1), toDay: day(2) },
});
await put('POST', '/engineers/eng_gao-feng/absences', {
  kind: 'leave',
  title: 'Wedding',
  when: { fromDay: day(0), toDay: day(3) },
});
await put('PUT', '/calendars/holidays/CN', { days: [{ date: day(2), name: { en: 'Founders’ day', zh: '建院日' } }] });
await put('PUT', '/engineers/eng_hu-jun/calendar-settings', { holidayRegion: 'CN', overtime: null });
await put('PUT', '/calendars/on-call/west', {
  name: { en: 'West', zh: '西部' },
  timeZone: 'Asia/Shanghai',
  startsOn: day(0),
  handoverMinute: 480,
  daysEach: 2,
  engineers: ['eng_li-wei', 'eng_zhao-lei', 'eng_liu-yang'],
});
await put('PUT', '/engineers/eng_liu-yang/patterns', {
  startsOn: day(-3),
  weeks: [
    [1, 2, 3, 4, 5].map((weekday) => ({
      weekday,
      fromMinute: 1320,
      toMinute: 1800,
      breaks: [{ minutes: 30, fromMinute: 1500, toMinute: 1560 }],
    })),
    [1, 2, 3].map((weekday) => ({
      weekday,
      fromMinute: 480,
      toMinute: 1020,
      breaks: [{ minutes: 60, fromMinute: 690, toMinute: 810 }],
    })),
  ],
});
await put('PUT', '/engineers/eng_li-wei/calendar-import', {
  text: `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART:${day(1).replaceAll('-', '')}T020000Z\nDTEND:${day(1).replaceAll('-', '')}T040000Z\nSUMMARY:Dentist\nEND:VEVENT\nEND:VCALENDAR\n`,
});
const which = process.argv.slice(2);
const shots: [string, any, any, string][] = [
  [
    'c-dark-en-desk',
    'dispatch',
    { locale: 'en-GB', theme: 'dark', viewport: { width: 1280, height: 860 } },
    '/calendars?engineer=eng_liu-yang',
  ],
  [
    'c-light-zh-desk',
    'manager',
    { locale: 'zh-CN', theme: 'light', viewport: { width: 1280, height: 860 } },
    '/calendars?engineer=eng_gao-feng',
  ],
  ['c-light-en-phone', 'field', { locale: 'en-GB', theme: 'light', viewport: PHONE }, '/calendars'],
  ['c-dark-zh-phone', 'dispatch', { locale: 'zh-CN', theme: 'dark', viewport: PHONE }, '/calendars'],
  [
    'd-dark-en-desk',
    'dispatch',
    { locale: 'en-GB', theme: 'dark', viewport: { width: 1280, height: 860 } },
    '/dispatch',
  ],
  [
    'd-light-zh-desk',
    'dispatch',
    { locale: 'zh-CN', theme: 'light', viewport: { width: 1280, height: 860 } },
    '/dispatch',
  ],
  ['d-light-en-phone', 'dispatch', { locale: 'en-GB', theme: 'light', viewport: PHONE }, '/dispatch'],
  [
    'r-dark-en-desk',
    'dispatch',
    { locale: 'en-GB', theme: 'dark', viewport: { width: 1280, height: 860 } },
    '/calendars?tab=roster',
  ],
  ['r-light-zh-phone', 'dispatch', { locale: 'zh-CN', theme: 'light', viewport: PHONE }, '/calendars?tab=roster'],
  [
    'v-dark-en-desk',
    'dispatch',
    { locale: 'en-GB', theme: 'dark', viewport: { width: 1280, height: 860 } },
    '/calendars?tab=coverage',
  ],
  [
    'v-light-zh-desk',
    'dispatch',
    { locale: 'zh-CN', theme: 'light', viewport: { width: 1280, height: 860 } },
    '/calendars?tab=coverage',
  ],
  ['v-light-en-phone', 'dispatch', { locale: 'en-GB', theme: 'light', viewport: PHONE }, '/calendars?tab=coverage'],
];
for (const [name, who, options, path] of shots) {
  if (which.length > 0 && !which.some((w) => name.startsWith(w))) continue;
  const p = await newPerson(browser, server.webUrl, options);
  await enterAs(p, who, path);
  await p.page.waitForTimeout(2500);
  if (name === 'r-dark-en-desk') {
    const b = p.page.getByRole('button', { name: 'Propose' });
    if (await b.count()) {
      await b.click();
      await p.page
        .getByRole('button', { name: 'Accept' })
        .waitFor({ timeout: 90_000 })
        .catch((e) => console.log(String(e).slice(0, 200)));
    }
  }
  await p.page.screenshot({ path: `/tmp/w/ro-${name}.png`, fullPage: false });
  const main = await p.page.evaluate(
    `(() => { const m = document.querySelector('main'); return [m.scrollWidth, m.clientWidth, m.scrollHeight, m.clientHeight] })()`,
  );
  if ((main as number[])[2]! > (main as number[])[3]! + 40) {
    await p.page.evaluate(`document.querySelector('main').scrollTo(0, 99999)`);
    await p.page.waitForTimeout(300);
    await p.page.screenshot({ path: `/tmp/w/ro-${name}-2.png` });
  }
  console.log(name, main, p.trouble);
  await p.context.close();
}
await browser.close();
await server.stop();

import type { Alert, DeviceView, WorkOrder } from '@uptower/domain';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  axeFindings,
  comes,
  enterAs,
  launchBrowser,
  newPerson,
  type PersonOptions,
  PHONE,
  seen,
  type Who,
} from '../support/browser.ts';
import { newDataDir, type Running, startUptower, until } from '../support/uptower.ts';

let browser: Browser;
let server: Running;
/** Every page of every role, with rows on it. */
let pages: Record<Who, readonly string[]>;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir(), ['--speed', '120']);
  const [orders, [alert], devices] = await Promise.all([
    until('orders', async () => {
      const found = await server.call<WorkOrder[]>('GET', '/work-orders?state=open');
      return found.some((order) => order.state === 'on-site' && order.hospitalId === 'hos_huaxi') && found;
    }),
    until('an alert', async () => {
      const found = await server.call<Alert[]>('GET', '/alerts');
      return found.length > 0 && found;
    }),
    server.call<DeviceView[]>('GET', '/devices'),
  ]);
  const device = devices.find((each) => each.id === orders[0]?.deviceId);
  pages = {
    remote: [
      `/alerts/${alert?.id}`,
      '/devices',
      `/devices/${device?.id}`,
      '/story',
      '/intake',
      '/alarm-health',
      '/record',
      '/alerts?tab=suppressed',
      '/no/such/page',
    ],
    dispatch: ['/dispatch', `/dispatch/${orders[0]?.id}`],
    field: ['/field', '/story'],
    hospital: ['/portal', '/story'],
    manager: ['/alerts', '/dispatch', '/alarm-health'],
  };
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const LOOKS: Record<string, PersonOptions> = {
  'English, dark': { locale: 'en-GB', theme: 'dark' },
  'Chinese, light': { locale: 'zh-CN', theme: 'light' },
};

/** Nothing is being loaded any more; what a page says while it loads is not what it says. */
async function settled(page: Page): Promise<void> {
  await seen(page.getByRole('heading', { level: 1 }));
  await comes(`${page.url()} to be loaded`, async () => (await page.getByText(/^(Loading…|加载中…)$/).count()) === 0);
}

/** Texts and names that are a key of the texts: `dispatch.noPlan`. */
const keysShown = (page: Page) =>
  page.evaluate(`[
    ...document.body.innerText.split(/\\s+/),
    ...[...document.querySelectorAll('[aria-label],[title],[placeholder]')].flatMap((element) =>
      ['aria-label', 'title', 'placeholder'].flatMap((name) => element.getAttribute(name) ?? [])),
    document.title,
  ].filter((text) => /^[a-z][a-zA-Z]*(\\.[a-zA-Z-]+)+$/.test(text))`);

async function judge(page: Page, where: string, language: string): Promise<string[]> {
  await settled(page);
  const lang = await page.evaluate('document.documentElement.lang');
  const keys = (await keysShown(page)) as string[];
  return [
    ...(lang === language ? [] : [`${where}: <html lang="${lang}">`]),
    ...keys.map((key) => `${where}: the key ${key}`),
    ...(await axeFindings(page)).map((finding) => `${where}: ${finding}`),
  ];
}

/** The engineer first, while there is work with steps and parts on the page. */
const WALKS = (['field', 'remote', 'dispatch', 'hospital', 'manager'] as const).flatMap((who) =>
  Object.keys(LOOKS).map((look) => [who, look] as const),
);

test.each(WALKS)('the pages of %s in %s are translated and accessible', async (who, look) => {
  const options = LOOKS[look] ?? {};
  const language = options.locale === 'zh-CN' ? 'zh-CN' : 'en';
  const person = await newPerson(browser, server.webUrl, who === 'field' ? { ...options, viewport: PHONE } : options);
  const { page } = person;
  const wrong: string[] = [];
  await page.goto('/sign-in');
  if (who === 'remote') wrong.push(...(await judge(page, '/sign-in', language)));
  await enterAs(person, who);
  for (const path of pages[who]) {
    await page.goto(path);
    wrong.push(...(await judge(page, path, language)));
  }
  if (who === 'hospital') {
    await page.goto('/portal');
    await page.getByRole('button', { name: /^(Request service|报修)/ }).click();
    await seen(page.getByRole('dialog'));
    wrong.push(...(await judge(page, 'the request dialog', language)));
  }
  expect([...wrong, ...person.trouble]).toEqual([]);
  await person.context.close();
});

test('an unknown address says so and leads home', async () => {
  const person = await newPerson(browser, server.webUrl, { locale: 'zh-CN' });
  await enterAs(person, 'remote');
  await person.page.goto('/no/such/page');
  await seen(person.page.getByRole('heading', { name: '没有这个页面' }));
  await person.page.getByRole('link', { name: '回到我的首页' }).click();
  await seen(
    person.page
      .getByRole('region', { name: '收件箱' })
      .or(person.page.getByRole('heading', { level: 1, name: '告警' })),
  );
  await person.page.getByRole('button', { name: 'EN' }).click();
  await seen(person.page.getByRole('navigation', { name: 'Pages' }));
  expect(await person.page.evaluate('document.documentElement.lang')).toBe('en');
});

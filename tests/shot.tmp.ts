import { axeFindings, enterAs, launchBrowser, newPerson, PHONE } from './support/browser.ts';

const url = process.argv[2] ?? 'http://127.0.0.1:28080';
const browser = await launchBrowser();
for (const [name, options, who] of [
  ['desk-dark', { locale: 'en-GB', theme: 'dark' }, 'manager'],
  ['desk-light-zh', { locale: 'zh-CN', theme: 'light' }, 'remote'],
  ['phone', { locale: 'en-GB', theme: 'light', viewport: PHONE }, 'manager'],
] as const) {
  const person = await newPerson(browser, url, options);
  await enterAs(person, who);
  await person.page.goto('/record');
  await person.page.waitForTimeout(2500);
  const height = (await person.page.evaluate(
    'Math.max(900, document.querySelector(".up-page")?.scrollHeight + 140)',
  )) as number;
  await person.page.setViewportSize({ width: options.viewport?.width ?? 1440, height: Math.min(height, 3000) });
  await person.page.waitForTimeout(500);
  await person.page.screenshot({ path: `/tmp/w/rec-out/${name}.png` });
  console.log(name, person.trouble, await axeFindings(person.page));
  if (name !== 'desk-light-zh') {
    const button = person.page.locator('.up-record-rows button').first();
    if (await button.count()) {
      await button.click();
      await person.page.waitForTimeout(1500);
      await person.page.screenshot({ path: `/tmp/w/rec-out/${name}-order.png` });
      console.log('dialog', await axeFindings(person.page));
    }
  }
  await person.context.close();
}
await browser.close();

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  comes,
  enterAs,
  inked,
  launchBrowser,
  newPerson,
  type Person,
  PHONE,
  seen,
  together,
} from '../support/browser.ts';
import { newDataDir, type Running, startUptower } from '../support/uptower.ts';

/** Two minutes of the region pass each second: the first story is over in a minute. */
const SPEED = '120';
/** Water that no longer warms is known after two hours: the repair may be looked at a second time before it is confirmed. */
const UNTIL_CONFIRMED_MS = 180_000;

let browser: Browser;
let server: Running;
let remote: Person;
let dispatcher: Person;
let field: Person;
let hospital: Person;

beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir(), ['--speed', SPEED]);
  const open = (options = {}) => newPerson(browser, server.webUrl, options);
  [remote, dispatcher, field, hospital] = await Promise.all([
    open(),
    open(),
    open({ viewport: PHONE }),
    open({ locale: 'zh-CN' }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('one failure from the first sign to the confirmed repair, followed by four people at once', async () => {
  await Promise.all([
    remote.page.goto('/'),
    enterAs(dispatcher, 'dispatch'),
    enterAs(field, 'field'),
    enterAs(hospital, 'hospital'),
  ]);

  // The hospital hears of it first in its own words: one order, found before anything failed.
  const order = hospital.page.getByRole('region', { name: /^服务单 WO-\d+$/ });
  const followed = remote.page.getByRole('button', { name: 'Follow this story' });
  await Promise.all([seen(order), followed.click()]);
  const number = (await order.first().getAttribute('aria-label'))?.match(/WO-\d+/)?.[0] ?? '';
  expect(number).toMatch(/^WO-\d+$/);

  await together({
    remote: asRemote(number),
    dispatcher: asDispatcher(number),
    field: asField(number),
    hospital: asHospital(number),
  });

  const trouble = [remote, dispatcher, field, hospital].flatMap((person) => person.trouble);
  expect(trouble).toEqual([]);
});

async function asRemote(number: string): Promise<void> {
  const { page } = remote;
  // The story that the sign-in page promised.
  const steps = page.getByRole('list', { name: 'Steps of the story' });
  await seen(steps.getByRole('heading', { name: 'Failure foreseen' }));

  // The alert behind the order, with what was measured and what is expected.
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Alerts' }).click();
  const inbox = page.getByRole('region', { name: 'Inbox' });
  await inbox.getByRole('link', { name: /West China Hospital/ }).click();
  const device = page.getByRole('region', { name: 'Device' });
  await seen(device.getByRole('heading', { name: /MR 3\.0T no\. 1 — Chilled-water strainer/ }));
  const chart = device.getByRole('img', { name: /: now [\d.,]+ .*between/ }).first();
  await seen(chart);
  await comes('a drawn curve', async () => (await inked(chart.locator('canvas'))) > 0.002);
  const facts = page.getByRole('region', { name: 'Facts of the alert' });
  await seen(facts.getByText(/^\d+ % within \d+ h$|^\d+% within \d+ h$/));
  await seen(facts.getByText(number));

  // What is measured moves on without anybody asking.
  const before = await chart.getAttribute('aria-label');
  await comes('a newer value', async () => (await chart.getAttribute('aria-label')) !== before);

  await page.keyboard.press('a');
  await seen(page.getByText('Alert acknowledged'));
  await seen(facts.getByText('Acknowledged', { exact: true }));

  await facts.getByRole('link', { name: 'Follow this story' }).click();
  await seen(page.getByRole('link', { name: number }));
  await seen(
    steps
      .getByRole('listitem')
      .filter({ hasText: 'Confirmed by telemetry' })
      .getByText(/· done/),
    UNTIL_CONFIRMED_MS,
  );
  await seen(steps.getByText('Telemetry confirms the repair', { exact: false }));
  expect(
    await steps
      .getByRole('listitem')
      .filter({ hasText: /· done/ })
      .count(),
  ).toBe(8);
  await comes('the curve of the repair', async () => (await inked(steps.locator('canvas'))) > 0.002);
}

const OUR_VISIT = /Chiller.*West China Hospital/;

async function asDispatcher(number: string): Promise<void> {
  const { page } = dispatcher;
  const board = page.getByRole('grid', { name: 'Schedule' });
  const visit = board.getByRole('button', { name: OUR_VISIT });
  await seen(visit);
  const row = board.getByRole('row').filter({ has: page.getByRole('button', { name: OUR_VISIT }) });
  const engineer = await row.getByRole('rowheader').locator('b').textContent();
  await seen(
    page
      .getByRole('region', { name: 'Map' })
      .getByRole('button', { name: new RegExp(`${engineer}, (free|travelling|on site)`) }),
  );

  await visit.click();
  const panel = page.getByRole('region', { name: 'Order' });
  await seen(panel.getByRole('heading', { name: new RegExp(number) }));
  await seen(panel.getByText('Why this engineer:', { exact: false }));
  const why = await panel.getByText('Why this engineer:').locator('..').textContent();
  expect(why?.length).toBeGreaterThan('Why this engineer:'.length + 10);
  await seen(panel.getByText('Closed', { exact: true }), UNTIL_CONFIRMED_MS);
  await seen(panel.getByText('Telemetry confirms the repair', { exact: false }));
}

async function asField(number: string): Promise<void> {
  const { page } = field;
  const visit = page.getByRole('region', { name: 'MR 3.0T no. 1' });
  await seen(visit.getByText(number));
  const done = visit.getByRole('checkbox', { checked: true });
  await seen(done);
  const first = await done.count();
  await comes('another step done', async () => (await done.count()) > first);
  const finished = page.getByRole('region', { name: 'Done' });
  await seen(finished.getByRole('listitem').filter({ hasText: number }).getByText('Closed'), UNTIL_CONFIRMED_MS);
}

async function asHospital(number: string): Promise<void> {
  const { page } = hospital;
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  expect(await page.evaluate(`document.documentElement.dataset.mantineColorScheme`)).toBe('light');
  const order = page.getByRole('region', { name: `服务单 ${number}` });
  const at = (stage: string) => order.getByRole('listitem').filter({ hasText: stage });
  const present = (stage: string) =>
    comes(`the stage ${stage}`, async () => {
      return (await at(stage).getAttribute('aria-current')) === 'step';
    });
  await present('现场维修');
  await seen(order.getByText(/计划内$/)); // the work is planned time, not downtime
  await present('验证中');
  await comes(
    'the order restored',
    async () => (await at('恢复使用').getAttribute('data-state')) === 'done',
    UNTIL_CONFIRMED_MS,
  );
  await seen(order.getByText(/^●\s*可用$/));
}

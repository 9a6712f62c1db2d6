import type { DeviceView, WorkOrder } from '@uptower/domain';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comes, enterAs, launchBrowser, newPerson, type Person, PHONE, seen } from '../support/browser.ts';
import { newDataDir, type Running, signIn, startUptower, until } from '../support/uptower.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let browser: Browser;
let server: Running;
let dispatcher: Person;
let engineer: Person;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir(), ['--speed', '120']);
  dispatcher = await newPerson(browser, server.webUrl);
  engineer = await newPerson(browser, server.webUrl, { viewport: PHONE });
  await Promise.all([enterAs(dispatcher, 'dispatch'), enterAs(engineer, 'field')]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const openOrders = () => server.call<WorkOrder[]>('GET', '/work-orders?state=open');
const orderOf = async (id: string) => (await openOrders()).find((order) => order.id === id);
const startOf = (order: WorkOrder | undefined) => (order && 'visit' in order ? order.visit?.startAt : undefined);

let asked: WorkOrder;
let bar: Locator;

test('a hospital asks for service and sees its request in the list', async () => {
  const hospital = await newPerson(browser, server.webUrl);
  await enterAs(hospital, 'hospital');
  const { page } = hospital;
  await page.getByRole('button', { name: 'Request service' }).click();
  const dialog = page.getByRole('dialog', { name: 'Request service' });
  await dialog.getByRole('combobox', { name: 'Device' }).click();
  await page.getByRole('option', { name: /CT/ }).first().click();
  await dialog.getByRole('radio', { name: 'It works, I have a question' }).check();
  expect(await dialog.getByRole('button', { name: 'Send request' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'What do you see?' }).fill('The table squeaks when it moves in.');
  await dialog.getByRole('button', { name: 'Send request' }).click();
  const said = page.getByText(/^Request WO-\d+ received$/);
  await seen(said);
  const number = (await said.textContent())?.match(/WO-\d+/)?.[0] ?? '';
  const order = page.getByRole('region', { name: `Order ${number}` });
  await seen(order);
  await seen(order.getByRole('listitem').filter({ hasText: 'Received' }));
  expect(hospital.trouble).toEqual([]);
  asked = await until('the order', async () => (await openOrders()).find((each) => each.number === number));
  await hospital.context.close();
});

test('Alt and an arrow move a visit; the plan has it, for everybody', async () => {
  const { page } = dispatcher;
  // A calm order of low priority lies somewhere ahead: pinned by a dispatcher to tomorrow, nobody leaves for it today.
  const planned = await until('the request planned', async () => {
    const order = await orderOf(asked.id);
    return startOf(order) ? order : undefined;
  });
  const tomorrow = await freePlace(planned.id);
  bar = page.locator(`#visit-${planned.id}`);
  const there = new Date(tomorrow + 8 * HOUR).toISOString().slice(11, 16);
  await comes('the visit on its new place', async () => {
    const label = await bar.getAttribute('aria-label');
    return label?.includes('pinned') && label.includes(there);
  });
  const label = (await bar.getAttribute('aria-label')) ?? '';

  await bar.focus();
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await seen(dialog.getByText(/The plan costs/));
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await seen(page.getByRole('alert').filter({ hasText: new RegExp(`${planned.number} is now with`) }));
  await until('the plan to have it', async () => startOf(await orderOf(planned.id)) === tomorrow + HALF_AN_HOUR);
  await comes('the bar there', async () => (await bar.getAttribute('aria-label')) !== label);
  // The focus comes back to the visit, so that it can be moved on.
  await comes('the focus', async () => (await bar.evaluate(`document.activeElement.id`)) === `visit-${planned.id}`);
  asked = planned;
});

const HALF_AN_HOUR = 30 * 60_000;

/** Puts the visit on the next day by the API, at ten o'clock or the next hour that the rules allow. */
async function freePlace(id: string): Promise<number> {
  const dispatch = await signIn(server.webUrl, 'dispatch');
  const { suggestions } = await dispatch<{ suggestions: { engineerId: string; startAt: number }[] }>(
    'GET',
    `/plan/places/${id}`,
  );
  const { now } = await server.call<{ now: number }>('GET', '/demo');
  const hour = 3_600_000;
  const day = Math.floor((now + 8 * hour) / (24 * hour)) * 24 * hour - 8 * hour;
  for (const { engineerId } of suggestions)
    for (const startAt of [10, 11, 13, 14].map((at) => day + (24 + at) * hour)) {
      // Half an hour later must do too: that is where the keys will move it.
      const move = (at: number) =>
        dispatch('POST', '/plan/move', { workOrderId: id, engineerId, startAt: at, pin: true }).catch(() => undefined);
      if ((await move(startAt + HALF_AN_HOUR)) && (await move(startAt))) return startAt;
    }
  throw new Error('nobody has a place tomorrow');
}

test('a move that breaks a rule cannot be made, the rule is named, and the visit is back where it was', async () => {
  const { page } = dispatcher;
  const before = startOf(await orderOf(asked.id));
  const label = await bar.getAttribute('aria-label');
  await bar.focus();
  // Far into the night, one quarter of an hour after the other.
  for (let i = 0; i < 52; i++) await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await seen(dialog.getByRole('alert').filter({ hasText: 'outside the shift' }));
  expect(await dialog.getByRole('button', { name: 'Move', exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await seen(page.getByText('Moved back.', { exact: false }));
  expect(await bar.getAttribute('aria-label')).toBe(label);
  expect(startOf(await orderOf(asked.id))).toBe(before);
});

test('the optimizer shows the cost before and after', async () => {
  const { page } = dispatcher;
  const plan = page.getByRole('region', { name: 'Plan', exact: true });
  await plan.getByRole('button', { name: 'Optimise' }).click();
  await seen(plan.getByRole('columnheader', { name: 'Before ¥' }));
  await seen(plan.getByRole('columnheader', { name: 'After ¥' }));
  await seen(plan.getByText(/A better plan is in force|The plan was already the best found/));
  const total = plan.getByRole('row').filter({ hasText: 'Total' });
  expect(await total.getByRole('cell').count()).toBe(3);
  // Only the refused move is allowed to have been refused.
  expect(dispatcher.trouble.filter((line) => !/plan\/move|status of 409|status of 422/.test(line))).toEqual([]);
});

const stateOf = async (id: string) =>
  (await server.call<{ order: WorkOrder }>('GET', `/work-orders/${id}`)).order.state;

interface Given {
  readonly id: string;
  readonly number: string;
  readonly deviceName: string;
}

/** Requests for two devices, agreed with this engineer for the next days: the simulated crew leaves them alone until then. */
async function giveVisits(): Promise<Given[]> {
  const [hospital, dispatch, field] = await Promise.all(
    ['hospital', 'dispatch', 'field'].map((name) => signIn(server.webUrl, name)),
  );
  if (!hospital || !dispatch || !field) throw new Error('somebody could not sign in');
  const { viewer } = await field<{ viewer: { engineerId: string } }>('GET', '/session');
  const devices = await hospital<DeviceView[]>('GET', '/devices');
  const busy = new Set((await openOrders()).map((order) => order.deviceId));
  const { now } = await server.call<{ now: number }>('GET', '/demo');
  const midnight = Math.floor((now + 8 * HOUR) / DAY) * DAY - 8 * HOUR;
  const given: Given[] = [];
  for (const kind of ['dsa', 'mr']) {
    const device = devices.find((each) => each.kind === kind && !busy.has(each.id));
    if (!device) throw new Error(`no ${kind}`);
    await hospital('POST', '/requests', { deviceId: device.id, impact: 'question', text: 'It hums when it is cold.' });
    const order = await until('the order', async () =>
      (await openOrders()).find((each) => each.deviceId === device.id),
    );
    const move = (startAt: number) =>
      dispatch('POST', '/plan/move', { workOrderId: order.id, engineerId: viewer.engineerId, startAt, pin: true });
    await until(`a place for ${order.number}`, async () => {
      for (let startAt = midnight + DAY + 8 * HOUR; startAt < midnight + 3 * DAY; startAt += HOUR)
        if (await move(startAt).catch(() => undefined)) return true;
    });
    given.push({ id: order.id, number: order.number, deviceName: device.name.en });
  }
  return given;
}

/** The simulated engineer drives to other visits, too; nobody leaves for a second one before the first is over. */
async function isFree(): Promise<boolean> {
  const field = await signIn(server.webUrl, 'field');
  const day = await field<{ visits: { order: WorkOrder }[] }>('GET', '/field/day');
  return day.visits.every(({ order }) => order.state === 'scheduled');
}

/** Touches until it is done, by this thumb or by the simulated engineer, who may be faster: both are the same visit. */
function touch(what: string, button: Locator, isDone: () => Promise<boolean>): Promise<true> {
  return comes(what, async () => {
    if (await isDone()) return true;
    if ((await button.isVisible()) && (await button.isEnabled()))
      await button.click({ timeout: 1_000 }).catch(() => undefined);
  });
}

const arriveAt = (stop: Locator) =>
  touch('the arrival', stop.getByRole('button', { name: 'I have arrived' }), async () =>
    stop.getByRole('button', { name: 'Cannot finish' }).isVisible(),
  );

let visits: Given[];
let page: Page;
const stopOf = (given: Given | undefined) => page.getByRole('region', { name: given?.deviceName ?? '?', exact: true });

/** Until it lies open: it may open by itself under the thumb, as the next visit of the day, and then a click closes it. */
async function unfold(given: Given | undefined) {
  const stop = stopOf(given);
  const head = await seen(stop.getByRole('button').first());
  const isOpen = () => stop.getByText(given?.number ?? '?').isVisible();
  await comes('the visit unfolded', async () => {
    if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
    return isOpen();
  });
  return stop;
}

test('a new visit appears by itself', async () => {
  page = engineer.page;
  visits = await giveVisits();
  // The first story belongs to this engineer too.
  await until('the engineer to be free', isFree);
  await seen(page.getByRole('heading', { level: 1, name: /^\d visits?$/ }));
  for (const visit of visits) await seen(stopOf(visit));
});

test('whoever was faster: the page says so and shows how things stand', async () => {
  const field = await signIn(server.webUrl, 'field');
  const id = visits[0]?.id as string;
  // Between the thumb and the server somebody else reports the same.
  const stop = await unfold(visits[0]);
  await page.route('**/depart', async (route) => {
    await field('POST', `/work-orders/${id}/depart`);
    await route.continue();
  });
  await stop.getByRole('button', { name: 'I am leaving now' }).click();
  await seen(page.getByRole('alert').filter({ hasText: 'Already reported' }));
  await seen(stop.getByRole('button', { name: 'I have arrived' }));
  expect(await stateOf(id)).toBe('travelling');
  await page.unroute('**/depart');
});

test('arrive, work the steps, finish: each with one touch', async () => {
  const id = visits[0]?.id as string;
  const stop = stopOf(visits[0]);
  await arriveAt(stop);
  const steps = stop.getByRole('checkbox');
  const ticked = stop.getByRole('checkbox', { checked: true });
  const count = await steps.count();
  expect(count).toBeGreaterThan(1);
  for (let i = 0; i < count; i++) {
    // With the last step done the simulated engineer may finish at once, and the visit leaves the list.
    const isDone = async () => (await ticked.count()) > i || (await stop.count()) === 0;
    await touch(`step ${i + 1}`, steps.nth(i), isDone);
  }
  const done = page.getByRole('region', { name: 'Done' }).getByRole('listitem').filter({ hasText: visits[0]?.number });
  await touch('the end', stop.getByRole('button', { name: 'Repair finished' }), () => done.isVisible());
  await seen(done.getByText(/Verifying|Closed/));
  expect(['verifying', 'closed']).toContain(await stateOf(id));
});

const STATES: Record<WorkOrder['state'], string> = {
  received: 'Waiting',
  scheduled: 'Scheduled',
  travelling: 'Travelling',
  'on-site': 'On site',
  verifying: 'Verifying',
  closed: 'Closed',
  cancelled: 'Cancelled',
};

test('what cannot be finished goes back with the reason', async () => {
  const id = visits[1]?.id as string;
  const stop = await unfold(visits[1]);
  const arrived = stop.getByRole('button', { name: 'I have arrived' });
  const leave = stop.getByRole('button', { name: 'I am leaving now' });
  await comes(
    'the departure',
    async () => {
      if ((await arrived.isVisible()) || (await stop.getByRole('button', { name: 'Cannot finish' }).isVisible()))
        return true;
      if ((await leave.isEnabled()) && (await isFree())) await leave.click();
    },
    90_000,
  );
  await arriveAt(stop);
  await stop.getByRole('button', { name: 'Cannot finish' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cannot finish' });
  await dialog.getByRole('textbox', { name: 'What is missing?' }).fill('The collimator board has to be ordered.');
  await dialog.getByRole('button', { name: 'Hand the order back' }).click();
  await until('the visit to be over', async () => {
    const { order } = await server.call<{ order: WorkOrder }>('GET', `/work-orders/${id}`);
    return order.visitsMade === 1;
  });
  // It may be planned again at once, for the same engineer even: the page says what the server says.
  await comes('the page to agree', async () => {
    const label = STATES[await stateOf(id)];
    return (await stop.count()) === 0 || (await stop.getByText(label, { exact: true }).count()) > 0;
  });
  // Only what somebody else had done already was refused.
  expect(engineer.trouble.filter((line) => !/^answer: 409|status of 409/.test(line))).toEqual([]);
});

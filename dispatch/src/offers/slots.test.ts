import { HOUR, MINUTE, type SlotOffer, type WorkOrder } from '@uptower/domain';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { anyInstance } from '../solver/test-cases.ts';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, CITY, CT, HILL, HILL_CT, MONDAY_9, MR, SEAL_KIT } from '../testing/world.ts';
import { findSlots, startingIn } from './find-slots.ts';

let services: Service[] = [];
afterEach(async () => {
  for (const service of services) await service.stop();
  services = [];
});

const dispatcher = aViewer('dispatcher');
const city = aViewer('hospital', { hospitalId: CITY });
const hill = aViewer('hospital', { hospitalId: HILL });

/** Two orders in the city and one on the hill, all planned. */
async function world(): Promise<Service> {
  const service = await aService();
  services.push(service);
  await service.gateway.raise('a', MR, 0.9);
  await service.gateway.raise('b', CT, 0.9);
  await service.gateway.raise('c', HILL_CT, 0.9);
  await service.pass(MINUTE);
  return service;
}

const offersOf = async (service: Service, viewer = dispatcher, more = {}) => {
  const { status, body } = await service.call(viewer, 'POST', '/plan/slots', { workOrderId: 'wo_b', ...more });
  expect(status).toBe(200);
  return body as { offers: (SlotOffer & { startAt: number })[]; standUntil: number };
};
const accept = (service: Service, { from, to }: { from: number; to: number }, viewer = dispatcher) =>
  service.call(viewer, 'POST', '/plan/slots/accept', { workOrderId: 'wo_b', from, to });
const orderOf = (service: Service, id = 'wo_b') =>
  service.orders().find((order) => order.id === id) as WorkOrder & { visit?: { startAt: number; engineerId: string } };

test('a hospital is offered three slots on different half days, cheapest first, and each can be kept', async () => {
  const { offers, standUntil } = await offersOf(await world());
  expect(offers).toHaveLength(3);
  expect(standUntil).toBe(MONDAY_9 + 16 * MINUTE);
  expect(new Set(offers.map(({ from }) => Math.floor((from + 8 * HOUR) / (12 * HOUR)))).size).toBe(3);
  expect(offers.map(({ extraCost }) => extraCost)).toEqual(offers.map(({ extraCost }) => extraCost).sort());
  expect(offers[0]?.extraCost).toBe(0);
  // Each in a world of its own: the plan has it in the slot, at once and after every later run.
  for (const { from, to } of offers) {
    const service = await world();
    await offersOf(service);
    expect((await accept(service, { from, to })).status).toBe(200);
    const kept = () => orderOf(service);
    expect(kept()).toMatchObject({ state: 'scheduled', slot: { from, to, by: 'acc_dispatcher' } });
    expect(kept().visit?.startAt).toBeGreaterThanOrEqual(from);
    expect(kept().visit?.startAt).toBeLessThanOrEqual(to);
    await service.call(dispatcher, 'POST', '/plan/optimise', {});
    await service.pass(30 * MINUTE, 10 * MINUTE);
    expect(kept().visit?.startAt).toBeGreaterThanOrEqual(from);
    expect(kept().visit?.startAt).toBeLessThanOrEqual(to);
  }
});

test('what was taken meanwhile is not promised, nothing is written, and other times are offered', async () => {
  const service = await world();
  const [first] = (await offersOf(service, dispatcher, { from: MONDAY_9, to: MONDAY_9 + 9 * HOUR })).offers;
  // Everybody who could go is away on that day.
  for (const id of ['eng_ana', 'eng_bo', 'eng_chen'])
    await service.call(aViewer('manager'), 'POST', `/engineers/${id}/absences`, {
      kind: 'leave',
      when: { from: MONDAY_9 + 20 * MINUTE, to: MONDAY_9 + 12 * HOUR },
    });
  const { status, body } = await accept(service, first as SlotOffer);
  expect([status, body.code]).toEqual([409, 'slot-gone']);
  expect(orderOf(service).slot).toBeUndefined();
  const { offers } = await offersOf(service);
  expect(offers.length).toBeGreaterThan(0);
  expect(offers.every(({ from }) => from > MONDAY_9 + 12 * HOUR)).toBe(true);
});

test('only what is on offer can be accepted, for a quarter of an hour', async () => {
  const service = await world();
  const [first] = (await offersOf(service)).offers as [SlotOffer];
  expect((await accept(service, { from: first.from + MINUTE, to: first.to })).body.code).toBe('slot-not-offered');
  await service.pass(16 * MINUTE, 8 * MINUTE);
  expect((await accept(service, first)).body.code).toBe('slot-not-offered');
});

test('the plan is read anew when somebody changes it while an acceptance is looked at', async () => {
  let meanwhile: (() => Promise<unknown>) | null = null;
  const service = await world();
  const { offers } = await offersOf(service);
  const find = service.findOffers;
  const slots = find.slots;
  meanwhile = () => service.call(dispatcher, 'POST', '/work-orders/wo_a/cancel', { reason: 'a change in between' });
  find.slots = async (question) => {
    const found = await slots(question);
    await meanwhile?.();
    meanwhile = null;
    return found;
  };
  expect((await accept(service, offers[1] as SlotOffer)).status).toBe(200);
  find.slots = slots;
  expect(orderOf(service, 'wo_a').state).toBe('cancelled');
  expect(orderOf(service).slot).toMatchObject({ from: offers[1]?.from });
  expect(service.state.plan?.visits.map(({ workOrderId }) => workOrderId)).not.toContain('wo_a');
});

test('a hospital chooses for its own orders, and does not see who would come', async () => {
  const service = await world();
  expect((await service.call(hill, 'POST', '/plan/slots', { workOrderId: 'wo_b' })).status).toBe(404);
  const { offers } = await offersOf(service, city);
  expect(Object.keys(offers[0] ?? {}).sort()).toEqual(['from', 'to']);
  expect((await accept(service, offers[0] as SlotOffer, hill)).status).toBe(404);
  const { status, body } = await accept(service, offers[0] as SlotOffer, city);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 'wo_b', slot: offers[0], mayChooseSlot: true });
  expect(JSON.stringify(body)).not.toMatch(/cost|probability/i);
  // It is not offered again.
  const again = (await offersOf(service, city)).offers;
  expect(again).toHaveLength(3);
  expect(again.map(({ from }) => from)).not.toContain(offers[0]?.from);
  // The dispatcher may take it back; the plan is free again.
  const withdraw = { workOrderId: 'wo_b', reason: 'the hospital rang' };
  expect((await service.call(city, 'POST', '/plan/slots/withdraw', withdraw)).status).toBe(403);
  expect((await service.call(dispatcher, 'POST', '/plan/slots/withdraw', withdraw)).status).toBe(200);
  expect(orderOf(service).slot).toBeUndefined();
  expect((await service.call(dispatcher, 'POST', '/plan/slots/withdraw', withdraw)).body.code).toBe(
    'order-wrong-state',
  );
});

test('every slot found is kept by a plan that the independent checker agrees to', () => {
  let offered = 0;
  fc.assert(
    fc.property(
      anyInstance({ visits: 8, engineers: 3, shifts: 2 }),
      fc.integer({ min: 1, max: 60 }),
      (given, length) => {
        const { links: _, ...plain } = given;
        if (plain.visits.length === 0 || plain.visits[0]?.frozen) return;
        const instance = buildInstance(plain);
        const { plan } = solve(instance, { seed: 1, iterations: 20 });
        const windows = Array.from({ length: 8 }, (_, k) => ({ from: k * length, to: (k + 1) * length, half: k >> 1 }));
        const slots = findSlots({ plain, plan, visit: 0, windows, count: 3 });
        offered += slots.length;
        for (const { window, plan: kept, startAt } of slots) {
          expect(startAt).toBeGreaterThanOrEqual(window.from);
          expect(startAt).toBeLessThan(window.to);
          expect(checkPlan(buildInstance(startingIn(plain, 0, window)), kept)).toEqual([]);
          expect(kept.routes.flatMap(({ stops }) => stops.map(({ visit }) => visit))).toContain(0);
        }
      },
    ),
    { numRuns: 400, seed: 3 },
  );
  expect(offered).toBeGreaterThan(50);
});

test('a part on its way releases the visit, a later one moves it, and without an hour nobody goes', async () => {
  const service = await world();
  const put = (body: unknown, part = SEAL_KIT as string) =>
    service.call(dispatcher, 'PUT', `/work-orders/wo_a/parts/${part}`, body);
  expect((await put({ arrivesAt: MONDAY_9 }, 'prt_unknown')).status).toBe(404);
  const tuesday = MONDAY_9 + 24 * HOUR;
  expect((await put({ arrivesAt: tuesday })).status).toBe(200);
  await service.pass(2 * MINUTE);
  expect(orderOf(service, 'wo_a').visit?.startAt).toBeGreaterThanOrEqual(tuesday);
  expect(service.state.plan?.trigger).toBe('repair:part-arrival-changed');
  expect(service.state.plan?.changes).toMatchObject([
    { workOrderId: 'wo_a', kind: 'moved', cause: { trigger: 'part-arrival-changed' } },
  ]);
  await put({ arrivesAt: null });
  await service.pass(2 * MINUTE);
  expect(orderOf(service, 'wo_a').state).toBe('received');
  expect(service.state.plan?.unassigned).toMatchObject([
    { workOrderId: 'wo_a', reason: 'part', text: { en: 'Waits for a part, and nobody knows when it comes' } },
  ]);
  // It is not waited for any more: Ana has one in the van.
  await put({ quantity: 0, arrivesAt: null });
  await service.pass(2 * MINUTE);
  expect(orderOf(service, 'wo_a')).toMatchObject({ state: 'scheduled', visit: { engineerId: ANA } });
  expect(orderOf(service, 'wo_a').visit?.startAt).toBeLessThan(tuesday);
});

test('whoever brings no part may go where the part is sent to the site', async () => {
  const service = await world();
  await service.call(dispatcher, 'PUT', `/work-orders/wo_a/parts/${SEAL_KIT}`, { arrivesAt: MONDAY_9 + 2 * HOUR });
  const { body } = await service.call(dispatcher, 'GET', '/plan/places/wo_a');
  const who = body.suggestions.map(({ engineerId }: { engineerId: string }) => engineerId);
  expect(who).toContain('eng_chen'); // has the skill and no kit
  expect(body.suggestions.every(({ startAt }: { startAt: number }) => startAt >= MONDAY_9 + 2 * HOUR)).toBe(true);
});

test('what was promised is told, and is a change like any other: who, what, why', async () => {
  const service = await world();
  const before = orderOf(service).visit as unknown as { startAt: number; told: { from: number; to: number } };
  const tomorrow = { from: MONDAY_9 + 20 * HOUR, to: MONDAY_9 + 34 * HOUR };
  const [first] = (await offersOf(service, city, tomorrow)).offers as [SlotOffer];
  const { from, to } = first;
  expect((await accept(service, { from, to }, city)).status).toBe(200);
  expect(orderOf(service).visit).toMatchObject({ told: { from, to } });
  const { body } = await service.call(dispatcher, 'GET', '/plan/changes?orderId=wo_b');
  expect(body.changes[0]).toMatchObject({
    kind: 'moved',
    from: { startAt: before.startAt },
    cause: { trigger: 'slot-promised', actor: city.accountId, text: { en: 'The hospital chose a time' } },
    promise: { before: before.told, after: { from, to } },
  });
});

test('no time is promised while nobody knows when a part comes', async () => {
  const service = await world();
  const [first] = (await offersOf(service)).offers as [SlotOffer];
  await service.call(dispatcher, 'PUT', `/work-orders/wo_b/parts/${SEAL_KIT}`, { arrivesAt: null });
  await service.pass(MINUTE);
  expect((await accept(service, first)).body.code).toBe('slot-gone');
  expect((await offersOf(service)).offers).toEqual([]);
});

test('a slot chosen while the device worked does not hold when it fails: somebody comes in time', async () => {
  const service = await world();
  const [first] = (await offersOf(service, city, { from: MONDAY_9 + 46 * HOUR })).offers as [SlotOffer];
  expect((await accept(service, first, city)).status).toBe(200);
  const request = { deviceId: CT, impact: 'down', text: 'It stands still' };
  expect((await service.call(city, 'POST', '/requests', request)).status).toBe(200);
  await service.pass(2 * MINUTE);
  expect(orderOf(service)).toMatchObject({ priority: 'P1', state: 'scheduled' });
  expect(orderOf(service).slot).toBeUndefined();
  const due = orderOf(service).promises.find(({ kind }) => kind === 'response')?.due;
  expect(orderOf(service).visit?.startAt).toBeLessThan(due as number);
});

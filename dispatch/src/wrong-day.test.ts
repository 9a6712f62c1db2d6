import {
  DeviceId,
  EngineerId,
  HOUR,
  MINUTE,
  type PlanChangeRecord,
  type RegistryUpload,
  type Visit,
  type WorkOrder,
} from '@uptower/domain';
import { openSqliteEventLog } from '@uptower/platform';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from './testing/service.ts';
import {
  ANA,
  aSmallWorld,
  aViewer,
  BO,
  CHEN,
  CITY,
  CT,
  engineer,
  HILL_CT,
  MONDAY_9,
  register,
} from './testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const dispatcher = aViewer('dispatcher');
const hospital = aViewer('hospital', { hospitalId: CITY });

const visitOf = (id: string): Visit => {
  const order = service.state.orders.get(id as WorkOrder['id'])?.order;
  if (order?.state !== 'scheduled') throw new Error(`${id} is ${order?.state}`);
  return order.visit;
};
const changes = async (query = ''): Promise<PlanChangeRecord[]> =>
  (await service.call(dispatcher, 'GET', `/plan/changes${query}`)).body.changes;

test('a risk that rises pulls a visit forward over a routine one, and back when it falls; each change says why', async () => {
  service = await aService({ at: MONDAY_9 + 10 * HOUR }); // the evening before
  const alone = aSmallWorld();
  const away = [{ from: MONDAY_9, to: MONDAY_9 + 96 * HOUR }];
  const engineers = alone.engineers.map((one) => (one.id === BO ? one : { ...one, absences: away }));
  await register(service.events, { ...alone, engineers }, MONDAY_9);
  const soon = (p: number) => [
    { at: service.clock.now(), p: p - 0.1 },
    { at: service.clock.now() + 4 * HOUR, p },
  ];
  await service.gateway.raise('routine', CT, 0.7);
  const alert = await service.gateway.raise('rising', HILL_CT, 0.55);
  await service.pass(MINUTE);
  expect(visitOf('wo_routine').startAt).toBeLessThan(visitOf('wo_rising').startAt);
  const before = visitOf('wo_rising');

  await service.gateway.change(alert, 0.99, { severity: 'P2', curve: soon(0.99) });
  await service.pass(MINUTE);
  expect(visitOf('wo_rising').startAt).toBeLessThan(visitOf('wo_routine').startAt);
  const [forward] = await changes('?orderId=wo_rising');
  expect(forward).toMatchObject({
    kind: 'moved',
    from: { engineerId: BO, startAt: before.startAt },
    to: { engineerId: BO, startAt: visitOf('wo_rising').startAt },
    cause: { trigger: 'risk-changed', text: { en: 'The risk of WO-1002 is now 99 %' } },
    promise: { verdict: 'moved', before: before.told, after: visitOf('wo_rising').told },
  });
  const [gaveWay] = await changes('?orderId=wo_routine');
  expect(gaveWay).toMatchObject({ kind: 'moved', cause: { text: { en: 'The risk of WO-1002 is now 99 %' } } });

  await service.gateway.change(alert, 0.1, { severity: 'P2' });
  await service.pass(MINUTE);
  expect(visitOf('wo_routine').startAt).toBeLessThan(visitOf('wo_rising').startAt);
  expect((await changes('?orderId=wo_rising'))[0]?.cause.text.en).toBe('The risk of WO-1002 is now 10 %');

  // Gone altogether: nobody goes, and nobody else is moved for it.
  const routine = visitOf('wo_routine');
  await service.gateway.clear(alert);
  await service.pass(20 * MINUTE);
  expect((await changes())[0]).toMatchObject({
    workOrderId: 'wo_rising',
    kind: 'removed',
    to: null,
    cause: { trigger: 'order-cancelled', actor: 'dispatch', text: { en: 'The risk behind WO-1002 is gone' } },
    promise: { verdict: 'withdrawn' },
  });
  expect(visitOf('wo_routine')).toEqual(routine);
});

/** A city with two dozen scanners and six engineers who know them all. */
function aCity(devices: number): RegistryUpload {
  const world = aSmallWorld();
  const [ct] = world.devices.filter(({ id }) => id === CT);
  const people = Array.from({ length: 6 }, (_, i) =>
    engineer(EngineerId.parse(`eng_${i}`), [{ name: 'xray', level: 2 }], {
      home: { lat: 29.5 + 0.03 * i, lon: 106.5 + 0.02 * (i % 3) },
    }),
  );
  const scanners = Array.from({ length: devices }, (_, i) => ({
    ...(ct as RegistryUpload['devices'][number]),
    id: DeviceId.parse(`dev_ct-${i}`),
    serial: `ct-${i}`,
  }));
  return { ...world, engineers: people, devices: scanners };
}

test('an engineer falls ill at ten: at once the day is repaired, three others at most move, and what breaks is named', async () => {
  const at = MONDAY_9 + 55 * MINUTE;
  const events = openSqliteEventLog<never>(':memory:') as never;
  await register(events, aCity(18), at);
  service = await aService({ events, at });
  for (let i = 0; i < 18; i++)
    await service.call(hospital, 'POST', '/requests', { deviceId: `dev_ct-${i}`, impact: 'limited', text: 'flickers' });
  await service.pass(4 * MINUTE);
  const before = new Map(
    service.orders().flatMap((order) => (order.state === 'scheduled' ? [[order.id, order.visit]] : [])),
  );
  expect(before.size).toBe(18);
  const busiest = [...before.values()].map(({ engineerId }) => engineerId).sort();
  const ill = busiest.find((id) => busiest.filter((other) => other === id).length >= 3) as EngineerId;
  const n = (await changes())[0]?.n ?? 0;

  const now = service.clock.now();
  const body = { kind: 'sick', when: { from: now, to: now + 48 * HOUR } };
  expect((await service.call(dispatcher, 'POST', `/engineers/${ill}/absences`, body)).status).toBe(201);
  await service.pass(1); // no time for anything but the answer and the search behind it
  const made = (await changes('?limit=200')).filter((change) => change.n > n);
  const repair = made.filter(({ planId }) => planId === made.at(-1)?.planId);
  const others = repair.filter(({ from }) => from?.engineerId !== ill);
  expect(others.length).toBeLessThanOrEqual(3);
  const hers = [...before.values()].filter(({ engineerId }) => engineerId === ill);
  expect(repair.filter(({ from }) => from?.engineerId === ill).length).toBe(hers.length);
  for (const { cause, promise } of repair) {
    expect(cause).toMatchObject({ trigger: 'calendar-changed', actor: dispatcher.accountId });
    expect(cause.text.en).toBe(`${ill.slice(4)} is away`); // not why
    expect(promise.verdict).not.toBe('broken');
  }
  for (const { promise } of others) expect(promise.verdict).toBe('kept');
  for (const order of service.orders()) expect(visitOf(order.id).engineerId).not.toBe(ill);
});

test('a dispatcher edits by hand while a search runs: it takes effect at once, and neither is lost', async () => {
  let release: () => void = () => undefined;
  let slow: Promise<void> | null = null;
  let aborted = 0;
  service = await aService({
    at: MONDAY_9 + 10 * HOUR,
    solver: (inner) => ({
      ...inner,
      async solve(plain, limits, signal) {
        const wait = slow;
        slow = null;
        await wait;
        if (signal?.aborted) aborted += 1;
        return inner.solve(plain, limits, signal);
      },
    }),
  });
  await service.gateway.raise('a1', CT, 0.9);
  await service.gateway.raise('a2', HILL_CT, 0.9);
  await service.pass(MINUTE);
  // Somebody better comes, so that the search has something to find.
  const near = { home: { lat: 29.8, lon: 106.4 } };
  const other = visitOf('wo_a2').engineerId === ANA ? CHEN : ANA;
  await register(
    service.events,
    { ...aSmallWorld(), engineers: [engineer(BO, [{ name: 'xray', level: 1 }], near)] },
    MONDAY_9,
  );
  slow = new Promise((resolve) => {
    release = resolve;
  });
  const search = service.call(dispatcher, 'POST', '/plan/optimise');
  const startAt = MONDAY_9 + 30 * HOUR;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const moved = await service.call(dispatcher, 'POST', '/plan/move', {
    workOrderId: 'wo_a1',
    engineerId: other,
    startAt,
  });
  expect(moved.status).toBe(200);
  expect(visitOf('wo_a1')).toMatchObject({ engineerId: other, startAt, pinned: true });
  release();
  const { body } = await search;
  expect(body).toMatchObject({ outcome: 'committed', restarts: 1 });
  expect(aborted).toBe(1);
  expect(visitOf('wo_a1')).toMatchObject({ engineerId: other, startAt, pinned: true });
  expect(visitOf('wo_a2').engineerId).toBe(BO);
  const actors = (await changes()).map(({ cause, workOrderId }) => [workOrderId, cause.trigger, cause.actor]);
  expect(actors).toContainEqual(['wo_a1', 'moved-by-hand', dispatcher.accountId]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineerId, Key, PartId, WorkOrderId } from './ids.ts';
import { Visit } from './plan.ts';
import { standing } from './promise.ts';
import { HOUR, MINUTE } from './time.ts';
import {
  canJoin,
  decideWorkOrder,
  evolveWorkOrder,
  OrderFacts,
  WorkOrder,
  type WorkOrderCommand,
  type WorkOrderEvent,
} from './work-order.ts';

const both = (text: string) => ({ en: text, zh: text });
const wang = EngineerId.parse('eng_wang');
const li = EngineerId.parse('eng_li');
const id = WorkOrderId.parse('wo_1');
const T0 = Date.UTC(2026, 10, 23, 0, 0);

const facts = OrderFacts.parse({
  id,
  number: 'WO-1001',
  source: 'prediction',
  deviceId: 'dev_mr1',
  siteId: 'site_huaxi',
  hospitalId: 'hos_huaxi',
  component: 'coldHead',
  failureMode: 'coldHeadWear',
  alertId: 'alr_1',
  priority: 'P2',
  title: both('Cold head wears out'),
  note: null,
  skill: { name: 'mr', level: 2 },
  serviceMinutes: 60,
  steps: [
    { key: 'safe', name: both('Make safe') },
    { key: 'swap', name: both('Swap') },
  ],
  parts: [],
  openedAt: T0,
  service: 'full',
});

const opened: WorkOrderEvent = {
  type: 'work-order.opened',
  workOrderId: id,
  at: T0,
  facts,
  promises: [
    { kind: 'response', due: T0 + 4 * HOUR, settledAt: null },
    { kind: 'resolution', due: T0 + 24 * HOUR, settledAt: null },
  ],
  curve: [],
  probability: 0.8,
};

const visit = Visit.parse({
  id: 'vis_1',
  workOrderId: id,
  engineerId: wang,
  departAt: T0 + 10 * MINUTE,
  arriveAt: T0 + 30 * MINUTE,
  startAt: T0 + 30 * MINUTE,
  endAt: T0 + 90 * MINUTE,
  travelSeconds: 1200,
  travelMetres: 9000,
  pinned: false,
  why: both('nearest'),
});

const scheduled = evolveWorkOrder(evolveWorkOrder(undefined, opened), {
  type: 'work-order.scheduled',
  workOrderId: id,
  at: T0 + MINUTE,
  visit,
});

const run = (order: WorkOrder, command: WorkOrderCommand, at: number): WorkOrder => {
  const decided = decideWorkOrder(order, command, at);
  if (typeof decided === 'string') throw new Error(decided);
  return decided.reduce<WorkOrder>((state, event) => evolveWorkOrder(state, event), order);
};

test('the whole life: arrival settles the response promise, closing the resolution promise', () => {
  let order = scheduled;
  order = run(order, { type: 'depart', by: wang }, T0 + 10 * MINUTE);
  order = run(order, { type: 'arrive', by: wang }, T0 + 30 * MINUTE);
  order = run(order, { type: 'complete-step', by: wang, step: Key.parse('safe') }, T0 + 40 * MINUTE);
  order = run(order, { type: 'complete-step', by: wang, step: Key.parse('swap') }, T0 + 80 * MINUTE);
  order = run(order, { type: 'finish', by: wang, outcome: 'fixed', note: null }, T0 + 85 * MINUTE);
  expect(order.state).toBe('verifying');
  order = evolveWorkOrder(order, {
    type: 'work-order.closed',
    workOrderId: id,
    at: T0 + 100 * MINUTE,
    because: 'confirmed-by-telemetry',
  });
  expect(order.state).toBe('closed');
  expect(order.promises.map((promise) => [promise.kind, standing(promise, T0 + 48 * HOUR)])).toEqual([
    ['response', 'kept'],
    ['resolution', 'kept'],
  ]);
  expect(WorkOrder.parse(order)).toEqual(order);
});

test('only the engineer of the visit may work it', () => {
  expect(decideWorkOrder(scheduled, { type: 'depart', by: li }, T0)).toBe('order-not-yours');
});

test('"fixed" is refused while steps are missing; "cannot finish" is not, and sends the order back', () => {
  const onSite = run(run(scheduled, { type: 'depart', by: wang }, T0), { type: 'arrive', by: wang }, T0 + HOUR);
  expect(decideWorkOrder(onSite, { type: 'finish', by: wang, outcome: 'fixed', note: null }, T0 + 2 * HOUR)).toBe(
    'steps-missing',
  );
  const back = run(onSite, { type: 'finish', by: wang, outcome: 'cannot-finish', note: 'part missing' }, T0 + 2 * HOUR);
  expect([back.state, back.visitsMade]).toEqual(['received', 1]);
});

test('"no fault found" closes the order at once, keeps the promise, and is refused to who used parts', () => {
  const onSite = run(run(scheduled, { type: 'depart', by: wang }, T0), { type: 'arrive', by: wang }, T0 + HOUR);
  const nothing = { type: 'finish', by: wang, outcome: 'no-fault-found', note: 'looked at all of it' } as const;
  const closed = run(onSite, nothing, T0 + 2 * HOUR);
  expect(closed).toMatchObject({
    state: 'closed',
    closedBecause: 'no-fault-found',
    closedAt: T0 + 2 * HOUR,
    visitsMade: 1,
  });
  expect(closed.promises.every(({ settledAt }) => settledAt !== null)).toBe(true);
  expect(WorkOrder.parse(closed)).toEqual(closed);
  const used = run(onSite, { type: 'use-part', by: wang, partId: PartId.parse('prt_seal'), quantity: 1 }, T0 + HOUR);
  expect(decideWorkOrder(used, nothing, T0 + 2 * HOUR)).toBe('parts-were-used');
});

test('a repair that telemetry does not confirm goes back to received and keeps its history', () => {
  let order = run(run(scheduled, { type: 'depart', by: wang }, T0), { type: 'arrive', by: wang }, T0 + HOUR);
  for (const step of facts.steps) order = run(order, { type: 'complete-step', by: wang, step: step.key }, T0 + HOUR);
  order = run(order, { type: 'finish', by: wang, outcome: 'fixed', note: null }, T0 + 2 * HOUR);
  order = evolveWorkOrder(order, {
    type: 'work-order.not-confirmed',
    workOrderId: id,
    at: T0 + 4 * HOUR,
    reason: 'still leaking',
  });
  expect([order.state, order.visitsMade, order.stepsDone]).toEqual(['received', 1, []]);
});

test('a report joins an order until the work is done; arrival then settles the new promise', () => {
  const report: WorkOrderEvent = {
    type: 'work-order.report-joined',
    workOrderId: id,
    at: T0 + 2 * MINUTE,
    by: 'acc_1',
    text: 'it stands still',
    impact: 'down',
    priority: 'P1',
    promises: [{ kind: 'response', due: T0 + HOUR, settledAt: null }],
  };
  const joined = evolveWorkOrder(scheduled, report);
  expect(joined).toMatchObject({ state: 'scheduled', priority: 'P1', reports: [{ by: 'acc_1', impact: 'down' }] });
  expect(WorkOrder.parse(joined)).toEqual(joined);
  const there = run(run(joined, { type: 'depart', by: wang }, T0 + HOUR), { type: 'arrive', by: wang }, T0 + 2 * HOUR);
  expect(there.promises.map((promise) => standing(promise, T0 + 3 * HOUR))).toEqual(['broken']);
  expect(there.reports).toHaveLength(1);
  const cancelled = evolveWorkOrder(joined, {
    type: 'work-order.cancelled',
    workOrderId: id,
    at: T0 + HOUR,
    by: 'acc_2',
    reason: 'no',
  });
  expect([canJoin(joined), canJoin(cancelled)]).toEqual([true, false]);
  expect(() => evolveWorkOrder(cancelled, report)).toThrow('cannot follow');
});

const aCommand: fc.Arbitrary<WorkOrderCommand> = fc.oneof(
  fc.record({ type: fc.constantFrom('depart' as const, 'arrive' as const), by: fc.constantFrom(wang, li) }),
  fc.record({
    type: fc.constant('complete-step' as const),
    by: fc.constant(wang),
    step: fc.constantFrom(Key.parse('safe'), Key.parse('swap'), Key.parse('none')),
  }),
  fc.record({
    type: fc.constant('use-part' as const),
    by: fc.constant(wang),
    partId: fc.constant(PartId.parse('prt_a')),
    quantity: fc.constant(1),
  }),
  fc.record({
    type: fc.constant('finish' as const),
    by: fc.constant(wang),
    outcome: fc.constantFrom('fixed' as const, 'cannot-finish' as const, 'no-fault-found' as const),
    note: fc.constant(null),
  }),
  fc.record({ type: fc.constant('cancel' as const), by: fc.constant('acc_1'), reason: fc.constant('not needed') }),
);

test('whatever is tried, what was decided can be applied and the order stays one that the schema knows', () => {
  fc.assert(
    fc.property(fc.array(aCommand, { maxLength: 30 }), (commands) => {
      let order: WorkOrder = scheduled;
      commands.forEach((command, minute) => {
        const decided = decideWorkOrder(order, command, T0 + minute * MINUTE);
        if (typeof decided !== 'string')
          order = decided.reduce<WorkOrder>((state, event) => evolveWorkOrder(state, event), order);
        expect(WorkOrder.safeParse(order).success).toBe(true);
      });
    }),
  );
});

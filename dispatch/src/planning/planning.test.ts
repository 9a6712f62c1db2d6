import { DAY, HOUR, MINUTE, type Visit, type WhatIfAnswer, type WorkOrder } from '@uptower/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
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
  MR,
  register,
} from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const dispatcher = aViewer('dispatcher');
const hospital = aViewer('hospital', { hospitalId: CITY });
const ana = aViewer('field-engineer', { engineerId: ANA });
const plans = () =>
  service.events
    .read(0, 10_000)
    .then((all) => all.flatMap(({ event }) => (event.type === 'plan.committed' ? event.plan : [])));
const visitOf = (id: string): Visit => {
  const order = service.state.orders.get(id as WorkOrder['id'])?.order;
  if (order?.state !== 'scheduled') throw new Error(`${id} is ${order?.state}`);
  return order.visit;
};
const move = (workOrderId: string, engineerId: string, startAt: number, more = {}) =>
  service.call(dispatcher, 'POST', '/plan/move', { workOrderId, engineerId, startAt, ...more });

describe('when plans are made', () => {
  test('a burst of alerts makes one plan, and time passing without a change makes none', async () => {
    service = await aService({ at: MONDAY_9 + 11 * HOUR }); // after work: tomorrow's plan
    for (const [name, device] of [
      ['a1', MR],
      ['a2', CT],
      ['a3', HILL_CT],
    ] as const)
      await service.gateway.raise(name, device, 0.9);
    await service.pass(MINUTE);
    expect(await plans()).toMatchObject([{ trigger: 'order-opened', moved: [], unassigned: [] }]);
    await service.pass(10 * HOUR, 10 * MINUTE);
    expect((await plans()).length).toBe(1);
  });

  test('an urgent order has a place before any time passes, and the plan is improved behind it', async () => {
    service = await aService();
    await service.call(hospital, 'POST', '/requests', { deviceId: CT, impact: 'down', text: 'dead' });
    await service.pass(1);
    expect(service.orders()[0]?.state).toBe('scheduled');
    expect((await plans())[0]?.trigger).toBe('urgent:order-opened');
  });

  test('a site is entered in its hours, unless somebody is down', async () => {
    const evening = MONDAY_9 + 8.5 * HOUR; // 17:30; Hill lets people in until 18:00 and is half an hour's drive away
    service = await aService({ at: evening });
    await service.events.append(
      [
        {
          stream: 'registry',
          events: [
            {
              type: 'engineer.put',
              engineer: engineer(CHEN, [{ name: 'xray', level: 1 }], {
                home: { lat: 29.56, lon: 106.55 },
                shifts: [
                  { weekday: 1, fromMinute: 8 * 60, toMinute: 23 * 60 },
                  { weekday: 2, fromMinute: 8 * 60, toMinute: 23 * 60 },
                ],
              }),
            },
          ],
        },
      ],
      { at: evening, actor: 'test' },
    );
    await service.gateway.raise('a1', HILL_CT, 0.9);
    await service.pass(MINUTE);
    expect(visitOf('wo_a1').startAt).toBeGreaterThanOrEqual(MONDAY_9 + 23 * HOUR);
    await service.gateway.fact(HILL_CT, 'failed');
    await service.pass(MINUTE);
    expect(visitOf('wo_a1').startAt).toBeLessThan(MONDAY_9 + 11 * HOUR);
  });

  test('an engineer who falls ill loses the visits, in words when nobody else can', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    expect(visitOf('wo_a1').engineerId).toBe(ANA);
    const ill = { from: MONDAY_9, to: MONDAY_9 + 4 * DAY };
    const world = aSmallWorld();
    await register(
      service.events,
      { ...world, engineers: world.engineers.map((one) => ({ ...one, absences: one.id === BO ? [] : [ill] })) },
      MONDAY_9,
    );
    await service.pass(MINUTE);
    expect(service.orders()[0]?.state).toBe('received');
    expect(service.state.plan?.unassigned).toMatchObject([{ workOrderId: 'wo_a1', reason: 'absence' }]);
  });

  test('a visit about to begin stays with its engineer when a better way turns up', async () => {
    service = await aService();
    await service.gateway.raise('a1', HILL_CT, 0.9);
    await service.pass(MINUTE);
    const before = visitOf('wo_a1');
    expect(before.engineerId).toBe(CHEN);
    await register(
      service.events,
      {
        ...aSmallWorld(),
        engineers: [engineer(BO, [{ name: 'xray', level: 1 }], { home: { lat: 29.8, lon: 106.4 } })],
      },
      MONDAY_9,
    );
    await service.pass(MINUTE);
    expect(visitOf('wo_a1').engineerId).toBe(CHEN);
  });
});

describe('a plan in force', () => {
  test('keeps every engineer through a quiet night, when two are about as good for the visit', async () => {
    let turn = 0;
    service = await aService({
      at: MONDAY_9 + 15 * HOUR, // midnight
      // A search that each time finds the other engineer a little cheaper.
      solver: (inner) => ({
        ...inner,
        async solve(plain, limits) {
          if (limits.iterations === 0 || plain.visits.length === 0) return inner.solve(plain, limits);
          const other = turn++ % 2 ? 1 : 2;
          const visits = plain.visits.map((visit) => ({ ...visit, requiredEngineer: other, previous: undefined }));
          const { start: _, ...free } = limits;
          const found = await inner.solve({ ...plain, visits } as typeof plain, free);
          const { cost } = found;
          return { ...found, startCost: { ...cost, total: Math.round(cost.total * 1.01) } };
        },
      }),
    });
    await service.gateway.raise('a1', CT, 0.9);
    await service.gateway.raise('a2', HILL_CT, 0.9);
    await service.pass(MINUTE);
    const engineerIds = () => [visitOf('wo_a1').engineerId, visitOf('wo_a2').engineerId];
    const before = engineerIds();
    await service.pass(8 * HOUR, 10 * MINUTE);
    expect(turn).toBeGreaterThan(40);
    expect((await plans()).flatMap(({ moved }) => moved)).toEqual([]);
    expect(engineerIds()).toEqual(before);
  });

  test('gives way when time makes it late and another engineer would be in time', async () => {
    service = await aService();
    await service.gateway.raise('a1', CT, 0.9);
    await service.pass(MINUTE);
    const startAt = MONDAY_9 + 60 * HOUR; // due after 12 hours
    const { engineerId } = visitOf('wo_a1');
    await move('wo_a1', engineerId, startAt, { pin: false });
    await service.pass(15 * MINUTE, MINUTE);
    expect(visitOf('wo_a1').startAt).toBeLessThan(startAt);
  });

  test('gives a visit that nobody sets out for to another, and tells of it in steps, not at every look', async () => {
    service = await aService();
    await service.gateway.raise('a1', CT, 0.9);
    await service.pass(MINUTE);
    const { engineerId, told } = visitOf('wo_a1');
    const made = (await plans()).length;
    await service.pass(22 * MINUTE, MINUTE);
    const next = visitOf('wo_a1');
    expect(next.engineerId).not.toBe(engineerId);
    expect(next.told).toEqual(told);
    const [change] = (await plans()).at(-1)?.changes ?? [];
    expect(change).toMatchObject({
      workOrderId: 'wo_a1',
      kind: 'moved',
      from: { engineerId },
      to: { engineerId: next.engineerId },
      cause: { trigger: 'overdue', text: { en: `${engineerId.slice(4)} has not set out for WO-1001` } },
      promise: { verdict: 'kept', before: told, after: told },
    });
    // When all three have stayed away, whoever is next is as good as any.
    await service.pass(4 * HOUR, 10 * MINUTE);
    const missed = (await service.events.read(0, 10_000)).flatMap(({ event }) =>
      event.type === 'work-order.overdue' ? event.engineerId : [],
    );
    expect([...missed].sort()).toEqual([ANA, BO, CHEN]);
    const slides = (await plans()).length - made;
    expect(slides).toBeGreaterThan(3);
    expect(slides).toBeLessThanOrEqual(11);
  });

  test('says which skill no engineer has', async () => {
    service = await aService();
    const world = aSmallWorld();
    const engineers = world.engineers.map((one) => ({ ...one, skills: [{ name: 'ct', level: 2 as const }] }));
    await register(service.events, { ...world, engineers }, MONDAY_9);
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    expect(service.state.plan?.unassigned).toMatchObject([
      {
        workOrderId: 'wo_a1',
        reason: 'skill',
        text: {
          en: 'No engineer has the skill cryogenics level 2',
          zh: '没有工程师具备cryogenics 2 级技能',
        },
      },
    ]);
  });

  test('has a place for a device whose model says nothing of failure modes: anybody goes', async () => {
    service = await aService();
    const world = aSmallWorld();
    const models = world.models.map((model) => ({ ...model, kind: 'other' as const, failureModes: [], rules: [] }));
    await register(service.events, { ...world, models }, MONDAY_9);
    const { body } = await service.call(hospital, 'POST', '/requests', { deviceId: CT, impact: 'down', text: 'dead' });
    await service.pass(MINUTE);
    expect(visitOf(body.id).why.en).toContain('general');
  });
});

describe('a dispatcher at the board', () => {
  test('sees the best place at each who can, and the reason for each who cannot', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    const { status, body } = await service.call(dispatcher, 'GET', '/plan/places/wo_a1');
    expect(status).toBe(200);
    expect(body.suggestions).toMatchObject([{ engineerId: ANA, extraCost: 0, cost: expect.any(Number) }]);
    expect(body.refused).toMatchObject([
      { engineerId: BO, reason: 'skill', text: { en: 'Does not have the skill' } },
      { engineerId: CHEN, reason: 'excluded', text: { en: 'Does not have the parts in the van' } },
    ]);
  });

  test('who asks for places of an order that is already on the way is told so, and is not refused', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    expect((await service.call(ana, 'POST', '/work-orders/wo_a1/depart')).status).toBe(200);
    const { status, body } = await service.call(dispatcher, 'GET', '/plan/places/wo_a1');
    expect(status).toBe(200);
    expect(body).toEqual({
      workOrderId: 'wo_a1',
      plannable: false,
      suggestions: [],
      refused: [],
      roomNeeded: false,
    });
    expect((await move('wo_a1', ANA, MONDAY_9 + 6 * HOUR)).status).toBe(409);
  });

  test('moves a visit and pins it; the optimizer leaves it there until it is let go', async () => {
    service = await aService();
    await service.gateway.raise('a1', CT, 0.9);
    await service.pass(MINUTE);
    const startAt = MONDAY_9 + 6 * HOUR;
    expect((await move('wo_a1', BO, startAt)).body.visits).toMatchObject([{ engineerId: BO, startAt, pinned: true }]);
    await service.call(dispatcher, 'POST', '/plan/optimise');
    expect(visitOf('wo_a1')).toMatchObject({ engineerId: BO, startAt, pinned: true });
    expect((await service.call(dispatcher, 'POST', '/plan/unpin', { workOrderId: 'wo_a1' })).status).toBe(200);
    const optimised = (await service.call(dispatcher, 'POST', '/plan/optimise')).body;
    expect(visitOf('wo_a1').startAt).toBeLessThan(startAt);
    expect(optimised.after.total).toBeLessThan(optimised.before.total);
    const [own] = (await service.events.readStream('plan')).filter(
      ({ event }) => event.type === 'plan.committed' && event.plan.trigger === 'moved-by-hand',
    );
    expect(own?.actor).toBe(dispatcher.accountId);
  });

  test('is told by name what a move would break, and nothing changes', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.gateway.raise('a2', HILL_CT, 0.9);
    await service.pass(MINUTE);
    const before = service.state.plan;
    const refused = async (...args: Parameters<typeof move>) => {
      const { status, body } = await move(...args);
      expect([status, body.code]).toEqual([409, 'plan-breaks-rules']);
      return body.errors.map(({ path }: { path: string }) => path);
    };
    expect(await refused('wo_a1', BO, MONDAY_9 + 4 * HOUR)).toEqual(['skill', 'excluded']);
    expect(await refused('wo_a1', CHEN, MONDAY_9 + 4 * HOUR)).toEqual(['excluded']);
    expect(await refused('wo_a1', ANA, MONDAY_9 + 12 * HOUR)).toEqual(['shift']);
    expect(await refused('wo_a1', ANA, MONDAY_9 - 2 * DAY)).toEqual(['shift']);
    expect(await refused('wo_a2', CHEN, MONDAY_9 + 9.2 * HOUR)).toContain('window');
    expect((await refused('wo_a2', BO, MONDAY_9 + 3 * MINUTE)).length).toBeGreaterThan(0); // half an hour's drive
    await move('wo_a1', ANA, MONDAY_9 + 4 * HOUR);
    expect(await refused('wo_a2', ANA, MONDAY_9 + 5 * HOUR)).toContain('overlap');
    expect((await move('wo_nothing', ANA, MONDAY_9)).status).toBe(404);
    expect(service.state.plan?.visits.length).toBe(before?.visits.length);
  });
});

describe('what a move would do', () => {
  const ask = async (...moves: { workOrderId: string; engineerId: string; startAt: number }[]) => {
    const { status, body } = await service.call(dispatcher, 'POST', '/plan/what-if', { moves });
    expect(status).toBe(200);
    return body as WhatIfAnswer;
  };

  test('is told by term, with whom else it moves and what becomes of what hospitals were told', async () => {
    service = await aService({ at: MONDAY_9 + 11 * HOUR }); // tomorrow's plan
    await service.gateway.raise('a1', CT, 0.9);
    await service.gateway.raise('a2', HILL_CT, 0.9);
    await service.pass(MINUTE);
    const plan = service.state.plan;
    const [one, two] = [visitOf('wo_a1'), visitOf('wo_a2')];
    const same = await ask({ workOrderId: 'wo_a1', engineerId: one.engineerId, startAt: one.startAt });
    expect(same).toMatchObject({ violations: [], changes: [] });
    expect(same.after?.total).toBe(same.before.total);

    const later = await ask({ workOrderId: 'wo_a1', engineerId: one.engineerId, startAt: one.startAt + 3 * HOUR });
    expect(later.violations).toEqual([]);
    expect(later.changes).toMatchObject([{ workOrderId: 'wo_a1', kind: 'moved', promise: { verdict: 'moved' } }]);
    const { total: before, ...terms } = later.before;
    const { total: after, ...others } = later.after ?? { total: 0 };
    expect(after).toBeGreaterThan(before as number);
    expect(Object.keys(others)).toEqual(Object.keys(terms));
    const sum = (costs: Record<string, number>) => Object.values(costs).reduce((a, b) => a + b, 0);
    expect([sum(terms), sum(others)]).toEqual([before, after]);

    // In the place of the other visit: that one gives way, or is named.
    const clash = await ask({ workOrderId: 'wo_a1', engineerId: two.engineerId, startAt: two.startAt + 60 * MINUTE });
    if (clash.violations.length === 0)
      expect(clash.changes.map(({ workOrderId }) => workOrderId).sort()).toEqual(['wo_a1', 'wo_a2']);
    else expect(clash.violations[0]?.path).toMatch(/overlap|travel|frozen/);
    expect(service.state.plan).toBe(plan);
  });

  test('names the rules it would break, of several moves together too', async () => {
    service = await aService();
    await service.gateway.raise('a1', MR, 0.9);
    await service.gateway.raise('a2', HILL_CT, 0.9);
    await service.pass(MINUTE);
    const at = MONDAY_9 + 4 * HOUR;
    const paths = (answer: WhatIfAnswer) => answer.violations.map(({ path }) => path);
    const wrong = await ask({ workOrderId: 'wo_a1', engineerId: BO, startAt: at });
    expect(paths(wrong)).toEqual(['skill', 'excluded']);
    expect(wrong.violations[0]?.text).toEqual({
      en: 'WO-1001, bo: lacks the skill',
      zh: 'WO-1001, bo工: 不具备该技能',
    });
    const night = await ask({ workOrderId: 'wo_a1', engineerId: ANA, startAt: MONDAY_9 + 12 * HOUR });
    expect(paths(night)).toEqual(['shift']);
    expect(night.after).toBeNull();
    const both = await ask(
      { workOrderId: 'wo_a1', engineerId: ANA, startAt: at },
      { workOrderId: 'wo_a2', engineerId: ANA, startAt: at + 30 * MINUTE },
    );
    expect(paths(both)).toContain('overlap');
    expect((await service.call(dispatcher, 'POST', '/plan/what-if', { moves: [] })).status).toBe(400);
  });
});

describe('a plan is never committed', () => {
  test('when the independent checker objects', async () => {
    service = await aService({
      solver: (inner) => ({
        ...inner,
        async solve(plain, limits) {
          const result = await inner.solve(plain, limits);
          const late = <T extends { startAt: number; endAt: number }>(stop: T) => ({
            ...stop,
            startAt: stop.startAt + 86_400,
            endAt: stop.endAt + 86_400,
          });
          return {
            ...result,
            plan: {
              ...result.plan,
              routes: result.plan.routes.map((route) => ({ ...route, stops: route.stops.map(late) })),
            },
          };
        },
      }),
    });
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    expect(await plans()).toEqual([]);
    expect(service.orders()[0]?.state).toBe('received');
    expect(await service.metrics.metrics()).toMatch(/uptower_dispatch_plan_violations_total\{kind="overlap"\} 1/);
  });

  test('when it was computed on a state that a dispatcher has changed meanwhile: it is computed again', async () => {
    let runs = 0;
    service = await aService({
      solver: (inner) => ({
        ...inner,
        async solve(plain, limits) {
          const result = await inner.solve(plain, limits);
          if (runs++ === 0)
            await service.call(dispatcher, 'POST', '/work-orders/wo_a1/cancel', { reason: 'not needed' });
          return result;
        },
      }),
    });
    await service.gateway.raise('a1', MR, 0.9);
    await service.gateway.raise('a2', CT, 0.9);
    await service.pass(MINUTE);
    expect(runs).toBeGreaterThan(1);
    expect(service.orders().map(({ state }) => state)).toEqual(['cancelled', 'scheduled']);
    expect(service.state.plan?.visits.map(({ workOrderId }) => workOrderId)).toEqual(['wo_a2']);
  });

  test('and a solver that fails is tried again at the next reason', async () => {
    let runs = 0;
    service = await aService({
      solver: (inner) => ({
        ...inner,
        solve: (plain, limits) =>
          runs++ === 0 ? Promise.reject(new Error('out of memory')) : inner.solve(plain, limits),
      }),
    });
    await service.gateway.raise('a1', MR, 0.9);
    await service.pass(MINUTE);
    expect(service.orders()[0]?.state).toBe('received');
    await service.gateway.raise('a2', CT, 0.9);
    await service.pass(MINUTE);
    expect(service.orders().map(({ state }) => state)).toEqual(['scheduled', 'scheduled']);
  });
});

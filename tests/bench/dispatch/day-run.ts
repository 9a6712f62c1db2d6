import { HOUR, type Instant, MINUTE, SECOND, type WorkOrder } from '@uptower/domain';
import { openSqliteEventLog } from '@uptower/platform';
import { solverInline } from '../../../dispatch/src/planning/solver-inline.ts';
import { type DispatchPolicy, defaultPolicy } from '../../../dispatch/src/policy.ts';
import { aService, type Service } from '../../../dispatch/src/testing/service.ts';
import { aViewer, register } from '../../../dispatch/src/testing/world.ts';
import { DAY_BEGINS, DAY_HOURS, type DayWorld, openedBy } from './day-world.ts';

/** The planner looks again at least so often in the simulated day; between two steps nothing can happen. */
const STEP = 20 * SECOND;

export type Planning = DispatchPolicy['planning'];

/** Of a day that ends: what is not done by then is not done. */
export const dayPlanning = (weights: Planning['weights']): Planning => ({
  ...defaultPolicy.planning,
  horizonMs: (DAY_HOURS + 1) * HOUR,
  weights,
});

export async function aDayService(world: DayWorld, planning: Planning, iterations: number, started: boolean) {
  const events = openSqliteEventLog<never>(':memory:') as unknown as Service['events'];
  await register(events, world.registry, DAY_BEGINS - HOUR);
  return aService({
    events,
    at: DAY_BEGINS - HOUR,
    started,
    policy: { planning },
    solver: () => solverInline(iterations),
  });
}

export interface Executed {
  readonly orders: readonly WorkOrder[];
  /** Visits that were told to somebody and then changed, in all. */
  readonly moved: number;
  readonly plans: number;
}

/** Plays the day: calls come in, engineers leave, arrive and finish as the plan in force says. */
export async function playDay(world: DayWorld, planning: Planning, iterations: number): Promise<Executed> {
  const service = await aDayService(world, planning, iterations, true);
  const { clock, events, state } = service;
  let moved = 0;
  let plans = 0;
  const unfollow = events.onAppended(({ event }) => {
    if (event.type !== 'plan.committed') return;
    plans += 1;
    moved += event.plan.moved.length;
  });
  const calls = [...world.calls];
  const end = DAY_BEGINS + (DAY_HOURS + 3) * HOUR;
  while (clock.now() < end) {
    const now = clock.now();
    const due = calls.filter(({ at }) => at <= now);
    calls.splice(0, due.length);
    for (const call of due) await events.append([openedBy(state, call)], { at: now, actor: 'call' });
    await service.settle();
    // Who is done may leave for the next at the same moment.
    for (const stage of ['on-site', 'travelling', 'scheduled'] as const)
      for (const order of service.orders()) {
        if (order.state !== stage || actsAt(order) > now) continue;
        await act(service, order);
        await service.settle();
      }
    if (calls.length === 0 && service.orders().every(({ state: stage }) => stage === 'closed')) break;
    const next = [now + STEP, ...calls.map(({ at }) => at), ...service.orders().map(actsAt)].filter((at) => at > now);
    clock.advance(Math.min(...next) - now);
    await service.settle();
  }
  unfollow();
  const orders = service.orders();
  await service.stop();
  return { orders, moved, plans };
}

/** When the engineer of an order does the next thing about it; never, where there is nothing to do. */
function actsAt(order: WorkOrder): Instant {
  if (order.state === 'scheduled') return order.visit.departAt;
  if (order.state === 'travelling') return order.visit.arriveAt;
  if (order.state === 'on-site') return order.visit.startAt + order.serviceMinutes * MINUTE;
  return Number.POSITIVE_INFINITY;
}

async function act(service: Service, order: WorkOrder): Promise<void> {
  const say = async (what: string, body: unknown) => {
    const headers = { 'x-uptower-engineer': ('visit' in order && order.visit?.engineerId) || '' };
    const path = `/work-orders/${order.id}/${what}`;
    const { status } = await service.call(aViewer('integration'), 'POST', path, body, headers);
    if (status >= 300) throw new Error(`${order.number} ${what}: ${status}`);
  };
  if (order.state === 'scheduled') return say('depart', {});
  if (order.state === 'travelling') return say('arrive', {});
  for (const { key } of order.steps) await say('steps', { step: key });
  await say('finish', { outcome: 'fixed' });
  await service.gateway.availability(order.deviceId, 'up');
}

import {
  type AlertChange,
  type BacktestResult,
  type BacktestSide,
  type ComponentEvent,
  type DeviceId,
  type GradedFailure,
  type GradedOrder,
  HOUR,
  HOURS_PER_MONTH,
  type HypotheticalOrder,
  type Instant,
  type OrderEnding,
  type OrderJudge,
  PIECE,
  type Pieces,
  sortInPieces,
} from '@uptower/domain';
import { gradeDevice } from './grade.ts';
import { scoreSide } from './score-side.ts';

/** What came of folding the stored past of all devices with both sets of rules. */
export interface Folded {
  readonly changes: readonly [present: readonly AlertChange[], draft: readonly AlertChange[]];
  /** Every failure, replacement and repair, of the time before `from` too. */
  readonly endings: readonly OrderEnding[];
  /** By device with readings: its first and last one. */
  readonly seen: ReadonlyMap<DeviceId, { readonly first: Instant; readonly last: Instant }>;
  readonly devicesLeftOut: number;
  readonly moments: number;
}

export interface CompareTerms {
  readonly from: Instant;
  readonly to: Instant;
  readonly leadHours: number;
  readonly observed: ReadonlySet<string>;
  readonly budgetForAll: boolean;
  readonly orders: OrderJudge;
}

interface OneSide {
  readonly changes: readonly AlertChange[];
  readonly held: Record<string, number>;
  readonly opened: readonly HypotheticalOrder[];
  /** Those of before the looked-at time too. */
  readonly orders: GradedOrder[];
  /** Inside the looked-at time, where they could be foreseen; in the same order on both sides. */
  readonly failures: GradedFailure<ComponentEvent>[];
}

/**
 * Both sides' orders under the same budget, graded against the same failures. Pure but for asking `orders`. Ten thousand
 * alerts that wait for the budget take seconds, so it is done in pieces.
 */
export function* compareSides(folded: Folded, terms: CompareTerms): Pieces<BacktestResult> {
  const { from, to } = terms;
  const { seen } = folded;
  const endings = yield* sortInPieces(folded.endings, (a, b) => a.at - b.at);
  const endingsOf = byDevice(endings);
  const hours = [...seen.values()].map(({ first, last }) => Math.max(0, last - Math.max(first, from)) / HOUR);
  const deviceMonths = hours.reduce((sum, each) => sum + each, 0) / HOURS_PER_MONTH;
  const free: ReadonlySet<string> = terms.budgetForAll ? new Set() : terms.observed;
  let earning = 0;
  for (const id of seen.keys()) if (!free.has(id)) earning += 1;
  const present = yield* judged(folded.changes[0]);
  const draft = yield* judged(folded.changes[1]);
  yield* markShared(present.orders, draft.orders, to);
  const failures = present.failures.map(({ failure: { device, component, at }, grade }, i) => ({
    ...{ deviceId: device as DeviceId, component, at },
    present: verdictOf(grade),
    draft: verdictOf(draft.failures[i]?.grade),
  }));
  return {
    devices: seen.size,
    devicesLeftOut: folded.devicesLeftOut,
    deviceMonths,
    moments: folded.moments,
    budget: terms.orders.budget(),
    failures: yield* sortInPieces(failures, (a, b) => a.at - b.at),
    present: yield* sideOf(present),
    draft: yield* sideOf(draft),
  };

  function* judged(told: readonly AlertChange[]): Pieces<OneSide> {
    const changes = yield* sortInPieces(told, (a, b) => a.at - b.at || (a.deviceId < b.deviceId ? -1 : 1));
    const would = yield* terms.orders.wouldOpen({ changes, endings, devices: earning, free, until: to });
    const opened = byDevice(would.orders);
    const orders: GradedOrder[] = [];
    const failures: GradedFailure<ComponentEvent>[] = [];
    let done = 0;
    for (const [deviceId, { first }] of seen) {
      const mine = opened.get(deviceId) ?? [];
      const ended = endingsOf.get(deviceId) ?? [];
      const isObserved = terms.observed.has(deviceId);
      const graded = gradeDevice(mine, ended, {
        ...{ deviceId, first, until: to, leadHours: terms.leadHours, isObserved },
      });
      for (const order of graded.orders) orders.push(order);
      for (const each of graded.failures)
        if (each.grade !== 'unforeseeable' && each.failure.at >= from && each.failure.at < to) failures.push(each);
      done += 1 + mine.length + ended.length;
      if (done >= PIECE) {
        done = 0;
        yield;
      }
    }
    const inOrder = yield* sortInPieces(orders, (a, b) => a.at - b.at);
    return { changes, held: would.held, opened: would.orders, orders: inOrder, failures };
  }

  function* sideOf({ changes, held, opened, orders: all, failures }: OneSide): Pieces<BacktestSide> {
    const orders = all.filter(({ at }) => at >= from);
    const ordered = new Set(opened.map(({ deviceId, alert }) => `${deviceId} ${alert}`));
    const { alerts, standing } = yield* alertsOf(changes, from);
    return {
      score: scoreSide(orders, failures, deviceMonths),
      orders,
      alerts,
      held,
      standing: standing.map(({ key, ...alert }) => ({ ...alert, ordered: ordered.has(key) })),
    };
  }
}

const verdictOf = (grade: GradedFailure<ComponentEvent>['grade'] | undefined): 'foreseen' | 'late' | 'missed' =>
  grade === 'foreseen' || grade === 'late' ? grade : 'missed';

function byDevice<T extends { readonly deviceId: DeviceId }>(items: readonly T[]): Map<DeviceId, T[]> {
  const found = new Map<DeviceId, T[]>();
  for (const item of items) {
    const list = found.get(item.deviceId);
    if (list) list.push(item);
    else found.set(item.deviceId, [item]);
  }
  return found;
}

/** Orders for one component that were open at the same time are the same visit. */
function* markShared(a: readonly GradedOrder[], b: readonly GradedOrder[], to: Instant): Pieces<void> {
  const others = byDevice(b);
  let done = 0;
  for (const mine of a)
    for (const other of others.get(mine.deviceId) ?? []) {
      if (other.component === mine.component && mine.at < (other.endedAt ?? to) && other.at < (mine.endedAt ?? to)) {
        mine.shared = true;
        other.shared = true;
      }
      done += 1;
      if (done % PIECE === 0) yield;
    }
}

function* alertsOf(changes: readonly AlertChange[], from: Instant) {
  const open = new Map<string, { since: Instant; change: AlertChange }>();
  let alerts = 0;
  for (const [i, change] of changes.entries()) {
    const key = `${change.deviceId} ${change.alert}`;
    const known = open.get(key);
    if (!change.worst) open.delete(key);
    else open.set(key, { since: known?.since ?? change.at, change });
    if (!known && change.worst && change.at >= from) alerts += 1;
    if (i % PIECE === 0) yield;
  }
  const standing = [...open].flatMap(([key, { since, change }]) => {
    const { deviceId, component, worst } = change;
    if (!worst) return [];
    const { ruleId, probability, severity } = worst;
    return [{ key, deviceId, component, since, ruleId, probability, severity }];
  });
  return { alerts, standing };
}

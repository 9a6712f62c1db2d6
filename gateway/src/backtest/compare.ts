import {
  type AlertChange,
  type BacktestResult,
  type BacktestSide,
  type DeviceId,
  type GradedOrder,
  HOUR,
  type Instant,
  type OrderEnding,
  type OrderJudge,
} from '@uptower/domain';
import { type GradeTerms, gradeOrders, scoreSide, verdictOn } from './grade.ts';

export interface DeviceFailure {
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly at: Instant;
}

/** What came of folding the stored past of all devices with both sets of rules. */
export interface Folded {
  readonly changes: readonly [present: readonly AlertChange[], draft: readonly AlertChange[]];
  /** Every failure, replacement and repair, of the time before `from` too. */
  readonly endings: readonly OrderEnding[];
  readonly failures: readonly DeviceFailure[];
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

/** An average month, as in the budget and the uptime figures. */
const HOURS_PER_MONTH = 730.5;

/** Both sides' orders under the same budget, graded against the same failures. Pure but for asking `orders`. */
export function compareSides(folded: Folded, terms: CompareTerms): BacktestResult {
  const { from, to, leadHours } = terms;
  const { seen } = folded;
  const endings = [...folded.endings].sort((a, b) => a.at - b.at);
  const hours = [...seen.values()].map(({ first, last }) => Math.max(0, last - Math.max(first, from)) / HOUR);
  const deviceMonths = hours.reduce((sum, each) => sum + each, 0) / HOURS_PER_MONTH;
  const failures = folded.failures.filter(({ deviceId, at }) => {
    const first = seen.get(deviceId)?.first;
    return at >= from && at < to && first !== undefined && at - first >= leadHours * HOUR;
  });
  const grading: GradeTerms = { endings, until: to, leadHours, isObserved: (id) => terms.observed.has(id) };
  const free: ReadonlySet<string> = terms.budgetForAll ? new Set() : terms.observed;
  let earning = 0;
  for (const id of seen.keys()) if (!free.has(id)) earning += 1;
  const judge = (told: readonly AlertChange[]): OneSide => {
    const changes = [...told].sort((a, b) => a.at - b.at || (a.deviceId < b.deviceId ? -1 : 1));
    const opened = terms.orders.wouldOpen({ changes, endings, devices: earning, free, until: to });
    return { changes, held: opened.held, all: gradeOrders(opened.orders, grading), opened: opened.orders };
  };
  const [present, draft] = [judge(folded.changes[0]), judge(folded.changes[1])];
  markShared(present.all, draft.all, to);
  return {
    devices: seen.size,
    devicesLeftOut: folded.devicesLeftOut,
    deviceMonths,
    moments: folded.moments,
    budget: terms.orders.budget(),
    failures: failures
      .map((failure) => ({
        ...failure,
        present: verdictOn(failure, present.all),
        draft: verdictOn(failure, draft.all),
      }))
      .sort((a, b) => a.at - b.at),
    present: sideOf(present),
    draft: sideOf(draft),
  };

  function sideOf({ changes, held, all, opened }: OneSide): BacktestSide {
    const orders = all.filter(({ at }) => at >= from);
    const score = scoreSide(all, orders, failures, deviceMonths);
    const ordered = new Set(opened.map(({ deviceId, alert }) => `${deviceId} ${alert}`));
    const { alerts, standing } = alertsOf(changes, from);
    return {
      score,
      orders,
      alerts,
      held,
      standing: standing.map(({ key, ...alert }) => ({ ...alert, ordered: ordered.has(key) })),
    };
  }
}

interface OneSide {
  readonly changes: readonly AlertChange[];
  readonly held: Record<string, number>;
  readonly all: GradedOrder[];
  readonly opened: ReturnType<OrderJudge['wouldOpen']>['orders'];
}

/** Orders for one component that were open at the same time are the same visit. */
function markShared(a: GradedOrder[], b: GradedOrder[], to: Instant): void {
  const meets = (mine: GradedOrder, others: readonly GradedOrder[]) =>
    others.some(
      (other) =>
        other.deviceId === mine.deviceId &&
        other.component === mine.component &&
        mine.at < (other.endedAt ?? to) &&
        other.at < (mine.endedAt ?? to),
    );
  const flags = [a.map((order) => meets(order, b)), b.map((order) => meets(order, a))] as const;
  [a, b].forEach((side, s) => {
    side.forEach((order, i) => {
      order.shared = flags[s]?.[i] ?? false;
    });
  });
}

function alertsOf(changes: readonly AlertChange[], from: Instant) {
  const open = new Map<string, { since: Instant; change: AlertChange }>();
  let alerts = 0;
  for (const change of changes) {
    const key = `${change.deviceId} ${change.alert}`;
    const known = open.get(key);
    if (!change.worst) open.delete(key);
    else open.set(key, { since: known?.since ?? change.at, change });
    if (!known && change.worst && change.at >= from) alerts += 1;
  }
  const standing = [...open].flatMap(([key, { since, change }]) => {
    const { deviceId, component, worst } = change;
    if (!worst) return [];
    const { ruleId, probability, severity } = worst;
    return [{ key, deviceId, component, since, ruleId, probability, severity }];
  });
  return { alerts, standing };
}

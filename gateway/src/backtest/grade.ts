import {
  type GradedOrder,
  HOUR,
  type HypotheticalOrder,
  type Instant,
  type OrderEnding,
  poissonRate,
  proportion,
  quantile,
  type SideScore,
} from '@uptower/domain';
import type { DeviceFailure } from './compare.ts';

export interface GradeTerms {
  /** Failures, replacements and repairs of all devices. */
  readonly endings: readonly OrderEnding[];
  /** Nothing is known of what came after. */
  readonly until: Instant;
  readonly leadHours: number;
  /** Observed devices: nobody is sent, so a replacement is no work an order led to. */
  readonly isObserved: (deviceId: string) => boolean;
}

/** Definitions as in `scoreOrders`, with each order's own horizon, and with repairs, which a replayed history does not have. Pure. */
export function gradeOrders(orders: readonly HypotheticalOrder[], terms: GradeTerms): GradedOrder[] {
  const byDevice = new Map<string, OrderEnding[]>();
  for (const ending of terms.endings) {
    const list = byDevice.get(ending.deviceId);
    if (list) list.push(ending);
    else byDevice.set(ending.deviceId, [ending]);
  }
  for (const list of byDevice.values()) list.sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind]);
  return orders.map((order) => {
    const { deviceId, component, at, ruleId, probability, horizonHours } = order;
    const over = at + horizonHours * HOUR;
    const end = byDevice
      .get(deviceId)
      ?.find(
        (ending) =>
          ending.at > at && ending.at <= over && (ending.component === null || ending.component === component),
      );
    const verdict = end ? gradeOf(end, order, terms) : over <= terms.until ? 'false' : 'open';
    const endedAt = end?.at ?? (over <= terms.until ? Math.round(over) : null);
    return { deviceId, component, at, ruleId, probability, horizonHours, grade: verdict, endedAt, shared: false };
  });
}

/** At one moment: the failure comes first, it is what was foreseen. */
const RANK: Record<OrderEnding['kind'], number> = { failed: 0, replaced: 1, work: 2 };

function gradeOf(end: OrderEnding, { deviceId, at }: HypotheticalOrder, terms: GradeTerms): GradedOrder['grade'] {
  if (end.kind === 'failed') return end.at - at >= terms.leadHours * HOUR ? 'true' : 'late';
  return end.kind === 'replaced' && terms.isObserved(deviceId) ? 'false' : 'avoided';
}

/** What became of a failure: an order ended with it, in time or late, or there was none. */
export function verdictOn(failure: DeviceFailure, orders: readonly GradedOrder[]): 'foreseen' | 'late' | 'missed' {
  const order = orderOf(failure, orders);
  return order ? (order.grade === 'true' ? 'foreseen' : 'late') : 'missed';
}

const orderOf = ({ deviceId, component, at }: DeviceFailure, orders: readonly GradedOrder[]) =>
  orders.find(
    (order) =>
      order.deviceId === deviceId &&
      order.component === component &&
      order.endedAt === at &&
      (order.grade === 'true' || order.grade === 'late'),
  );

/** `all`: those of before the looked-at time too, which may foresee failures inside it; `orders`: those inside. */
export function scoreSide(
  all: readonly GradedOrder[],
  orders: readonly GradedOrder[],
  failures: readonly DeviceFailure[],
  deviceMonths: number,
): SideScore {
  const count = (grade: GradedOrder['grade']) => orders.filter((order) => order.grade === grade).length;
  const [trueOrders, lateOrders, falseOrders] = [count('true'), count('late'), count('false')];
  const verdicts = failures.map((failure) => verdictOn(failure, all));
  const foreseen = verdicts.filter((verdict) => verdict === 'foreseen').length;
  const late = verdicts.filter((verdict) => verdict === 'late').length;
  const leads = failures
    .flatMap((failure) => {
      const order = orderOf(failure, all);
      return order?.grade === 'true' ? [(failure.at - order.at) / HOUR] : [];
    })
    .sort((a, b) => a - b);
  return {
    orders: orders.length,
    trueOrders,
    lateOrders,
    falseOrders,
    avoided: count('avoided'),
    open: count('open'),
    failures: failures.length,
    foreseen,
    late,
    missed: failures.length - foreseen - late,
    recall: proportion(foreseen, failures.length),
    precision: proportion(trueOrders + lateOrders, trueOrders + lateOrders + falseOrders),
    falsePerDeviceMonth: poissonRate(falseOrders, deviceMonths),
    leadMedian: quantile(leads, 0.5),
    leadP10: quantile(leads, 0.1),
  };
}

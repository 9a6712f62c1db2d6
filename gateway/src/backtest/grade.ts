import {
  type ComponentEvent,
  type DeviceId,
  type Graded,
  type GradedFailure,
  type GradedOrder,
  gradeRecord,
  type HypotheticalOrder,
  type Instant,
  type OrderEnding,
  type PredictedOrder,
} from '@uptower/domain';

export interface DeviceTerms {
  readonly deviceId: DeviceId;
  /** Of its first reading. */
  readonly first: Instant;
  /** Nothing is known of what came after. */
  readonly until: Instant;
  readonly leadHours: number;
  /** An observed device: nobody is sent, so a replacement is no work an order led to. */
  readonly isObserved: boolean;
}

interface Ordered extends PredictedOrder {
  readonly order: HypotheticalOrder;
}

/**
 * One device's orders and failures, graded as the record grades real ones. What somebody did first within an order's
 * horizon, to its component or to the whole device, is taken for what the order led to. Pure.
 */
export function gradeDevice(
  orders: readonly HypotheticalOrder[],
  endings: readonly OrderEnding[],
  { deviceId, first, until, leadHours, isObserved }: DeviceTerms,
): { readonly orders: GradedOrder[]; readonly failures: readonly GradedFailure<ComponentEvent>[] } {
  const isRepair = ({ kind }: OrderEnding) => kind === 'work' || (kind === 'replaced' && !isObserved);
  const told = (kind: OrderEnding['kind']) =>
    endings.flatMap((ending): ComponentEvent[] =>
      ending.kind === kind && ending.component !== null
        ? [{ device: ending.deviceId, component: ending.component, at: ending.at }]
        : [],
    );
  const repairs = endings.filter(isRepair).sort((a, b) => a.at - b.at);
  const predicted = orders.map((order): Ordered => {
    const { deviceId: device, component, alert, at, horizonHours } = order;
    const repair = repairs.find((each) => each.at > at && (each.component === null || each.component === component));
    return {
      ...{ id: `${alert}`, device, component, at, horizonHours, order },
      end: repair ? { at: repair.at, how: 'repaired' } : null,
    };
  });
  const record = gradeRecord({
    orders: predicted,
    failures: told('failed'),
    replacements: isObserved ? told('replaced') : [],
    observed: [{ device: deviceId, from: first, to: until }],
    leadHours,
  });
  return { orders: record.orders.flatMap(gradedOrder), failures: record.failures };
}

function gradedOrder({ order: { order }, grade, decidedAt }: Graded<Ordered>): GradedOrder[] {
  // A further order for the same problem is no order of its own; whoever decides on orders opens none.
  if (grade === 'repeated') return [];
  const { deviceId, component, at, ruleId, probability, horizonHours } = order;
  const endedAt = decidedAt === null ? null : Math.round(decidedAt);
  return [{ deviceId, component, at, ruleId, probability, horizonHours, grade, endedAt, shared: false }];
}

import {
  type ComponentEvent,
  type GradedFailure,
  type GradedOrder,
  poissonRate,
  proportion,
  quantile,
  type SideScore,
} from '@uptower/domain';

/** The figures of one side: of the orders and failures inside the looked-at time. Pure. */
export function scoreSide(
  orders: readonly GradedOrder[],
  failures: readonly GradedFailure<ComponentEvent>[],
  deviceMonths: number,
): SideScore {
  const count = (grade: GradedOrder['grade']) => orders.filter((order) => order.grade === grade).length;
  const [trueOrders, lateOrders, falseOrders] = [count('true'), count('late'), count('false')];
  const verdicts = (grade: GradedFailure<ComponentEvent>['grade']) => failures.filter((each) => each.grade === grade);
  const foreseen = verdicts('foreseen');
  const late = verdicts('late').length;
  const leads = foreseen.flatMap(({ leadHours }) => leadHours ?? []).sort((a, b) => a - b);
  return {
    orders: orders.length,
    trueOrders,
    lateOrders,
    falseOrders,
    avoided: count('avoided'),
    open: count('open'),
    failures: failures.length,
    foreseen: foreseen.length,
    late,
    missed: failures.length - foreseen.length - late,
    recall: proportion(foreseen.length, failures.length),
    precision: proportion(trueOrders + lateOrders, trueOrders + lateOrders + falseOrders),
    falsePerDeviceMonth: poissonRate(falseOrders, deviceMonths),
    leadMedian: quantile(leads, 0.5),
    leadP10: quantile(leads, 0.1),
  };
}

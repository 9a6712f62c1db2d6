import { type Calibration, type Claim, calibrationFigures } from './calibration.ts';
import type { ComponentEvent, Graded, GradedFailure, OrderGrade, PredictedOrder } from './grade.ts';
import { type Estimate, groupedQuantiles, poissonRate, proportion, type QuantileEstimate } from './intervals.ts';

/** An order with what the prediction behind it said. */
export interface ClaimedOrder extends PredictedOrder {
  readonly ruleId: string;
  /** P(fail within the horizon) when it was opened. */
  readonly probability: number;
}

/** How good predictions were, each figure with its 95 % interval; null where there is nothing to reckon with. */
export interface Figures {
  readonly devices: number;
  readonly deviceMonths: number;
  /** Orders by grade. */
  readonly orders: Readonly<Record<OrderGrade, number>>;
  /** `unforeseeable` ones are in none of the others. */
  readonly failures: {
    readonly total: number;
    readonly foreseen: number;
    readonly late: number;
    readonly missed: number;
    readonly unforeseeable: number;
  };
  /** Of the orders decided by what the device did, those that failed within their horizon (`true` and `late`). Wilson. */
  readonly precision: Estimate | null;
  /** The same if none, and if all, of the avoided orders would have failed: where the truth must lie. */
  readonly precisionBounds: { readonly low: number; readonly high: number } | null;
  /** Of the failures, those foreseen at least the lead ahead. Wilson. */
  readonly recall: Estimate | null;
  /** Hours from order to failure over foreseen failures. Bootstrap over devices. */
  readonly leadMedian: QuantileEstimate | null;
  /** One foreseen failure in ten had less. */
  readonly leadP10: QuantileEstimate | null;
  /** Garwood. */
  readonly falsePerDeviceMonth: Estimate | null;
  readonly calibration: Calibration;
}

export interface FiguresInput<O extends ClaimedOrder, F extends ComponentEvent> {
  readonly orders: readonly Graded<O>[];
  readonly failures: readonly GradedFailure<F>[];
  readonly devices: number;
  readonly deviceMonths: number;
}

/** An order's claim and what came of it; undefined while that is open, or when somebody prevented it. */
export function claimOf({ order, grade }: Graded<ClaimedOrder>): Claim | undefined {
  if (grade !== 'true' && grade !== 'late' && grade !== 'false') return undefined;
  return { ruleId: order.ruleId, probability: order.probability, failed: grade !== 'false' };
}

function push(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function figuresOf<O extends ClaimedOrder, F extends ComponentEvent>(input: FiguresInput<O, F>): Figures {
  const orders: Record<OrderGrade, number> = { true: 0, late: 0, false: 0, avoided: 0, open: 0, repeated: 0 };
  for (const { grade } of input.orders) orders[grade] += 1;
  const count = (grade: GradedFailure<F>['grade']) => input.failures.filter((item) => item.grade === grade).length;
  const [foreseen, late, missed, unforeseeable] = [
    count('foreseen'),
    count('late'),
    count('missed'),
    count('unforeseeable'),
  ];
  const failed = orders.true + orders.late;
  const decided = failed + orders.false;
  const total = foreseen + late + missed;
  const leads = new Map<string, number[]>();
  for (const { failure, grade, leadHours } of input.failures)
    if (grade === 'foreseen' && leadHours !== null) push(leads, failure.device, leadHours);
  const byDevice = [...leads.values()];
  const [leadMedian = null, leadP10 = null] = groupedQuantiles(byDevice, [0.5, 0.1]);
  const claims = input.orders.flatMap((graded) => claimOf(graded) ?? []);
  const all = decided + orders.avoided;
  return {
    devices: input.devices,
    deviceMonths: input.deviceMonths,
    orders,
    failures: { total, foreseen, late, missed, unforeseeable },
    precision: proportion(failed, decided),
    precisionBounds: all > 0 ? { low: failed / all, high: (failed + orders.avoided) / all } : null,
    recall: proportion(foreseen, total),
    leadMedian,
    leadP10,
    falsePerDeviceMonth: poissonRate(orders.false, input.deviceMonths),
    calibration: calibrationFigures(claims),
  };
}

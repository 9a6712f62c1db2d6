import { HOUR, type Instant } from '../time.ts';

/**
 * What became of every order that a prediction opened, and of every failure. `docs/prediction.md` has it in words. Decided
 * from everything known now and never stored: late data change it like everything else.
 */
export const ORDER_GRADES = ['true', 'late', 'false', 'avoided', 'open', 'repeated'] as const;
/**
 * `true`: failed within the horizon, at least the lead after it was opened. `late`: failed sooner than the lead. `false`:
 * the horizon passed, the risk was withdrawn, an engineer found nothing, or the part was changed without a failure where
 * nobody acts on orders. `avoided`: repaired because of it and telemetry confirmed, before it failed. `open`: not decided.
 * `repeated`: opened again for what an earlier order already says; counted with that one.
 */
export type OrderGrade = (typeof ORDER_GRADES)[number];

/** Why an order has its grade, for people. */
export type GradeReason =
  | 'failed'
  | 'horizon-passed'
  | 'withdrawn'
  | 'no-fault-found'
  | 'replaced'
  | 'repaired'
  | 'undecided'
  | 'same-problem';

export interface PredictedOrder {
  readonly id: string;
  readonly device: string;
  readonly component: string;
  readonly at: Instant;
  readonly horizonHours: number;
  /** How it ended, where somebody or something ended it; what happened to the component counts before this. */
  readonly end: {
    readonly at: Instant;
    readonly how: 'repaired' | 'no-fault-found' | 'withdrawn' | 'horizon-passed';
  } | null;
}

export interface ComponentEvent {
  readonly device: string;
  readonly component: string;
  readonly at: Instant;
}

export interface GradeInput<O extends PredictedOrder, F extends ComponentEvent> {
  readonly orders: readonly O[];
  readonly failures: readonly F[];
  /** Parts that were changed, as the device told. */
  readonly replacements: readonly ComponentEvent[];
  /** Stretches in which something was heard of the device. What happened before the first or after the last is left out. */
  readonly observed: readonly { readonly device: string; readonly from: Instant; readonly to: Instant }[];
  /** A failure is foreseen when its order is at least so old. */
  readonly leadHours: number;
}

export interface Graded<O> {
  readonly order: O;
  readonly grade: OrderGrade;
  readonly reason: GradeReason;
  /** When it was decided, in the device's time; null while it is open. */
  readonly decidedAt: Instant | null;
  readonly leadHours: number | null;
  /** The order this one repeats. */
  readonly repeats: string | null;
}

/** `unforeseeable`: within the lead of the first that was heard of the device; nobody's fault, in no figure. */
export type FailureGrade = 'foreseen' | 'late' | 'missed' | 'unforeseeable';

export interface GradedFailure<F> {
  readonly failure: F;
  readonly grade: FailureGrade;
  /** The order that foresaw it, or came late. */
  readonly orderId: string | null;
  readonly leadHours: number | null;
}

export interface GradedRecord<O, F> {
  readonly orders: readonly Graded<O>[];
  readonly failures: readonly GradedFailure<F>[];
}

const keyOf = ({ device, component }: { device: string; component: string }) => `${device} ${component}`;

function byKey<T extends ComponentEvent>(items: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const list = found.get(keyOf(item));
    if (list) list.push(item);
    else found.set(keyOf(item), [item]);
  }
  for (const list of found.values()) list.sort((a, b) => a.at - b.at);
  return found;
}

const firstAfter = (items: readonly ComponentEvent[] | undefined, at: Instant) =>
  items?.find((item) => item.at > at)?.at ?? Number.POSITIVE_INFINITY;

/** Where every order of a component ends at the same horizon and nobody acts on orders, this is `scoreOrders`. Pure. */
export function gradeRecord<O extends PredictedOrder, F extends ComponentEvent>(
  input: GradeInput<O, F>,
): GradedRecord<O, F> {
  const { leadHours } = input;
  const spans = new Map<string, { from: Instant; to: Instant }>();
  for (const { device, from, to } of input.observed) {
    const known = spans.get(device);
    spans.set(device, { from: Math.min(known?.from ?? from, from), to: Math.max(known?.to ?? to, to) });
  }
  const heard = ({ device, at }: ComponentEvent) => at >= (spans.get(device)?.from ?? Number.POSITIVE_INFINITY);
  const failures = byKey(input.failures.filter((item) => spans.has(item.device)));
  const replacements = byKey(input.replacements);
  const repairs = byKey(
    input.orders.flatMap(({ device, component, end }) =>
      end?.how === 'repaired' ? [{ device, component, at: end.at }] : [],
    ),
  );
  const orders: Graded<O>[] = [];
  const counted = new Map<string, O[]>();
  for (const [key, list] of byKey(input.orders.filter(heard))) {
    let last: { readonly order: O; readonly until: Instant } | undefined;
    const kept: O[] = [];
    counted.set(key, kept);
    for (const order of list) {
      if (last && order.at < last.until) {
        orders.push({
          ...{ order, grade: 'repeated', reason: 'same-problem', decidedAt: order.at, leadHours: null },
          repeats: last.order.id,
        });
        continue;
      }
      const failure = firstAfter(failures.get(key), order.at);
      const replacement = firstAfter(replacements.get(key), order.at);
      const known = spans.get(order.device)?.to ?? order.at;
      const graded = gradeOrder(order, failure, replacement, known, leadHours);
      orders.push(graded);
      kept.push(order);
      // Who was there and found nothing has answered it: a further order sends somebody again, and is another one.
      const visited = order.end && order.end.how !== 'withdrawn' && order.end.how !== 'horizon-passed';
      const answered = visited ? (order.end?.at ?? order.at) : Number.POSITIVE_INFINITY;
      last = { order, until: Math.min(failure, replacement, answered, horizonOf(order)) };
    }
  }
  const gradedFailures: GradedFailure<F>[] = [];
  for (const [key, list] of failures)
    for (const failure of list) {
      const from = spans.get(failure.device)?.from ?? failure.at;
      if (failure.at - from < leadHours * HOUR) {
        gradedFailures.push({ failure, grade: 'unforeseeable', orderId: null, leadHours: null });
        continue;
      }
      const renewed = Math.max(lastBefore(replacements.get(key), failure.at), lastBefore(repairs.get(key), failure.at));
      const first = counted
        .get(key)
        ?.find((order) => order.at >= renewed && order.at < failure.at && horizonOf(order) >= failure.at);
      const lead = first ? (failure.at - first.at) / HOUR : null;
      const grade = lead === null ? 'missed' : lead >= leadHours ? 'foreseen' : 'late';
      gradedFailures.push({ failure, grade, orderId: first?.id ?? null, leadHours: lead });
    }
  return { orders, failures: gradedFailures };
}

const horizonOf = ({ at, horizonHours }: PredictedOrder): Instant => at + horizonHours * HOUR;
const lastBefore = (items: readonly ComponentEvent[] | undefined, at: Instant) =>
  items?.filter((item) => item.at < at).at(-1)?.at ?? Number.NEGATIVE_INFINITY;

/** `knownUntil`: the device was heard until then, so what had not happened by then had not happened. */
function gradeOrder<O extends PredictedOrder>(
  order: O,
  failure: Instant,
  replacement: Instant,
  knownUntil: Instant,
  leadHours: number,
): Graded<O> {
  const { end } = order;
  const horizon = horizonOf(order);
  const repaired = end?.how === 'repaired' ? end.at : Number.POSITIVE_INFINITY;
  const decided = (
    grade: OrderGrade,
    reason: GradeReason,
    at: Instant | null,
    lead: number | null = null,
  ): Graded<O> => ({
    ...{ order, grade, reason, decidedAt: at, leadHours: lead },
    repeats: null,
  });
  // It failed although the visit's own repair is not confirmed yet, or somebody had found nothing: it came true.
  if (failure <= horizon && failure <= replacement && failure <= repaired) {
    const lead = (failure - order.at) / HOUR;
    return decided(lead >= leadHours ? 'true' : 'late', 'failed', failure, lead);
  }
  if (repaired <= horizon) return decided('avoided', 'repaired', repaired);
  if (end?.how === 'no-fault-found') return decided('false', 'no-fault-found', end.at);
  if (replacement <= horizon) return decided('false', 'replaced', replacement);
  if (end?.how === 'withdrawn') return decided('false', 'withdrawn', end.at);
  if (knownUntil >= horizon || end?.how === 'horizon-passed') return decided('false', 'horizon-passed', horizon);
  return decided('open', 'undecided', null);
}

/**
 * Was an order open before the failure? One definition for live record, replay and back-test; docs/prediction.md has it in words.
 * All times in hours on one axis per device.
 *
 * 1. While an order for (device, component) is open, a further one is the same order. It ends at the first failure or
 *    replacement of that component, or after `horizon` hours.
 * 2. An order is true when a failure of its component follows within `horizon` hours, no replacement in between.
 * 3. A failure is foreseen when an order was opened between `horizon` and `lead` hours before it; opened later it is late.
 * 4. Failures within `lead` hours of the first observation cannot be foreseen by anybody and are left out.
 * 5. Component `*` in any order means "this device, cause unknown": then components are not told apart at all.
 */
export interface ScoreInput {
  readonly orders: readonly Occurrence[];
  readonly failures: readonly Occurrence[];
  readonly replacements: readonly Occurrence[];
  readonly observed: readonly { readonly device: string; readonly from: number; readonly to: number }[];
  readonly leadHours: number;
  readonly horizonHours: number;
}

export interface Occurrence {
  readonly device: string;
  /** `*`: of this device, it is not known which. */
  readonly component: string;
  readonly at: number;
}

/** What counts for one device; scores are sums of these. */
export interface DeviceGrade {
  readonly device: string;
  hours: number;
  orders: number;
  trueOrders: number;
  moot: number;
  failures: number;
  late: number;
  /** Hours from order to failure of those foreseen. */
  readonly leads: number[];
}

/** An order that counts as one, and whether its failure came. */
export interface ScoredOrder extends Occurrence {
  readonly came: boolean;
}

export interface Score {
  readonly devices: number;
  readonly deviceMonths: number;
  readonly orders: number;
  readonly trueOrders: number;
  readonly falseOrders: number;
  /** False orders whose component was replaced within the horizon; they count as false. */
  readonly moot: number;
  readonly failures: number;
  readonly foreseen: number;
  readonly late: number;
  readonly missed: number;
  readonly falsePerDeviceMonth: number;
  /** Of the failures that could be foreseen; null when there were none. */
  readonly recall: number | null;
  readonly precision: number | null;
  /** Hours from order to failure over the foreseen ones; null when there were none. */
  readonly leadMedian: number | null;
  readonly leadP10: number | null;
}

/** A month as a twelfth of 365.25 days. */
export const HOURS_PER_MONTH = 730.5;

type Times = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** Times in order by device and component. */
function timesOf(items: readonly Occurrence[], componentOf: (item: Occurrence) => string): Times {
  const times = new Map<string, Map<string, number[]>>();
  for (const item of items) {
    const ofDevice = times.get(item.device) ?? new Map<string, number[]>();
    times.set(item.device, ofDevice);
    const component = componentOf(item);
    const list = ofDevice.get(component);
    if (list) list.push(item.at);
    else ofDevice.set(component, [item.at]);
  }
  for (const ofDevice of times.values()) for (const list of ofDevice.values()) list.sort((a, b) => a - b);
  return times;
}

const firstAfter = (times: readonly number[], at: number) =>
  times.find((time) => time > at) ?? Number.POSITIVE_INFINITY;

/** Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996). */
export function quantile(sorted: readonly number[], q: number): number | null {
  if (sorted.length === 0) return null;
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** Grades every order and failure, device by device. */
export function gradeOrders(input: ScoreInput): { devices: DeviceGrade[]; orders: ScoredOrder[] } {
  const { leadHours, horizonHours } = input;
  const span = new Map<string, { from: number; to: number }>();
  const grades = new Map<string, DeviceGrade>();
  for (const { device, from, to } of input.observed) {
    const known = span.get(device);
    span.set(device, { from: Math.min(known?.from ?? from, from), to: Math.max(known?.to ?? to, to) });
    const grade = grades.get(device);
    if (grade) grade.hours += to - from;
    else
      grades.set(device, {
        device,
        hours: to - from,
        orders: 0,
        trueOrders: 0,
        moot: 0,
        failures: 0,
        late: 0,
        leads: [],
      });
  }
  const unknown = input.orders.some(({ component }) => component === '*');
  const componentOf = unknown ? () => '*' : ({ component }: Occurrence) => component;
  const failures = timesOf(input.failures, componentOf);
  const replacements = timesOf(input.replacements, componentOf);
  const orders = timesOf(input.orders, componentOf);
  const graded: ScoredOrder[] = [];
  for (const [device, seen] of span) {
    const grade = grades.get(device) as DeviceGrade;
    const opened = new Map<string, number[]>();
    for (const [component, times] of orders.get(device) ?? []) {
      const kept: number[] = [];
      opened.set(component, kept);
      let openUntil = Number.NEGATIVE_INFINITY;
      for (const at of times) {
        if (at < openUntil || at < seen.from || at >= seen.to) continue;
        const failure = firstAfter(failures.get(device)?.get(component) ?? [], at);
        const replacement = firstAfter(replacements.get(device)?.get(component) ?? [], at);
        openUntil = Math.min(failure, replacement, at + horizonHours);
        kept.push(at);
        const came = failure <= at + horizonHours && failure <= replacement;
        graded.push({ device, component, at, came });
        grade.orders += 1;
        if (came) grade.trueOrders += 1;
        else if (replacement <= at + horizonHours) grade.moot += 1;
      }
    }
    for (const [component, times] of failures.get(device) ?? [])
      for (const failure of unknown ? new Set(times) : times) {
        if (failure - seen.from < leadHours) continue;
        grade.failures += 1;
        const replaced = (replacements.get(device)?.get(component) ?? []).filter((at) => at < failure).at(-1);
        const since = Math.max(failure - horizonHours, replaced ?? Number.NEGATIVE_INFINITY);
        const first = (opened.get(component) ?? []).find((at) => at >= since && at < failure);
        if (first === undefined) continue;
        if (failure - first >= leadHours) grade.leads.push(failure - first);
        else grade.late += 1;
      }
  }
  return { devices: [...grades.values()], orders: graded };
}

export const scoreOrders = (input: ScoreInput): Score => sumOf(gradeOrders(input).devices);

/** The score of these devices; one may be there several times. */
export function sumOf(grades: readonly DeviceGrade[]): Score {
  const total = (of: (grade: DeviceGrade) => number) => grades.reduce((sum, grade) => sum + of(grade), 0);
  const orders = total((grade) => grade.orders);
  const trueOrders = total((grade) => grade.trueOrders);
  const failures = total((grade) => grade.failures);
  const late = total((grade) => grade.late);
  const leads = grades.flatMap((grade) => grade.leads).sort((a, b) => a - b);
  const deviceMonths = total((grade) => grade.hours) / HOURS_PER_MONTH;
  return {
    devices: grades.length,
    deviceMonths,
    orders,
    trueOrders,
    falseOrders: orders - trueOrders,
    moot: total((grade) => grade.moot),
    failures,
    foreseen: leads.length,
    late,
    missed: failures - leads.length - late,
    falsePerDeviceMonth: deviceMonths > 0 ? (orders - trueOrders) / deviceMonths : 0,
    recall: failures > 0 ? leads.length / failures : null,
    precision: orders > 0 ? trueOrders / orders : null,
    leadMedian: quantile(leads, 0.5),
    leadP10: quantile(leads, 0.1),
  };
}

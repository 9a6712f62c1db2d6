/**
 * Was an order open before the failure? One definition for live record, replay and back-test; `docs/scoring.md` has it in words.
 * All times in hours on one axis per device.
 *
 * 1. While an order for (device, component) is open, a further one is the same order. It ends at the first failure or
 *    replacement of that component, or after `horizon` hours.
 * 2. An order is true when a failure of its component follows within `horizon` hours, no replacement in between.
 * 3. A failure is foreseen when an order was opened between `horizon` and `lead` hours before it; opened later it is late.
 * 4. Failures within `lead` hours of the first observation cannot be foreseen by anybody and are left out.
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
  readonly component: string;
  readonly at: number;
}

export interface Score {
  readonly devices: number;
  readonly deviceMonths: number;
  readonly orders: number;
  readonly trueOrders: number;
  readonly falseOrders: number;
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

const keyOf = (item: Occurrence) => `${item.device} ${item.component}`;

function timesByKey(items: readonly Occurrence[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const item of items) {
    const list = times.get(keyOf(item));
    if (list) list.push(item.at);
    else times.set(keyOf(item), [item.at]);
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
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

export function scoreOrders(input: ScoreInput): Score {
  const { leadHours, horizonHours } = input;
  const span = new Map<string, { from: number; to: number }>();
  let hours = 0;
  for (const { device, from, to } of input.observed) {
    const known = span.get(device);
    span.set(device, { from: Math.min(known?.from ?? from, from), to: Math.max(known?.to ?? to, to) });
    hours += to - from;
  }
  const failures = timesByKey(input.failures.filter((item) => span.has(item.device)));
  const replacements = timesByKey(input.replacements);
  const opened = new Map<string, number[]>();
  let orders = 0;
  let trueOrders = 0;
  for (const [key, times] of timesByKey(input.orders)) {
    const device = key.slice(0, key.indexOf(' '));
    const seen = span.get(device);
    if (!seen) continue;
    const kept: number[] = [];
    let openUntil = Number.NEGATIVE_INFINITY;
    for (const at of times) {
      if (at < openUntil || at < seen.from || at >= seen.to) continue;
      const failure = firstAfter(failures.get(key) ?? [], at);
      const replacement = firstAfter(replacements.get(key) ?? [], at);
      openUntil = Math.min(failure, replacement, at + horizonHours);
      kept.push(at);
      orders += 1;
      if (failure <= at + horizonHours && failure <= replacement) trueOrders += 1;
    }
    opened.set(key, kept);
  }
  let eligible = 0;
  let late = 0;
  const leads: number[] = [];
  for (const [key, times] of failures) {
    const device = key.slice(0, key.indexOf(' '));
    for (const failure of times) {
      if (failure - (span.get(device)?.from ?? failure) < leadHours) continue;
      eligible += 1;
      const replaced = (replacements.get(key) ?? []).filter((at) => at < failure).at(-1) ?? Number.NEGATIVE_INFINITY;
      const since = Math.max(failure - horizonHours, replaced);
      const first = (opened.get(key) ?? []).find((at) => at >= since && at < failure);
      if (first === undefined) continue;
      if (failure - first >= leadHours) leads.push(failure - first);
      else late += 1;
    }
  }
  leads.sort((a, b) => a - b);
  const deviceMonths = hours / HOURS_PER_MONTH;
  return {
    devices: span.size,
    deviceMonths,
    orders,
    trueOrders,
    falseOrders: orders - trueOrders,
    failures: eligible,
    foreseen: leads.length,
    late,
    missed: eligible - leads.length - late,
    falsePerDeviceMonth: deviceMonths > 0 ? (orders - trueOrders) / deviceMonths : 0,
    recall: eligible > 0 ? leads.length / eligible : null,
    precision: orders > 0 ? trueOrders / orders : null,
    leadMedian: quantile(leads, 0.5),
    leadP10: quantile(leads, 0.1),
  };
}

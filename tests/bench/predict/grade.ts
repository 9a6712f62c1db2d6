import { DAY, HOUR, type Instant } from '@uptower/domain';
import type { FleetFailure, FleetOrder, FleetRun } from './fleet.ts';

/**
 * A failure can be foreseen a day ahead when, a day before it, the component was at least a fifth gone. The harmless
 * disturbances of the simulator (recalibrations, open doors) reach up to 0.18 of what a failure does: below a fifth nobody
 * could tell them apart. Faults that live less than a day and those that accelerate at the end are "sudden" by this.
 */
export const VISIBLE = 0.2;
const LEAD_HOURS = 24;

export interface Grades {
  /** By model and failure mode: failures, those foreseen a day ahead, those that could be, and how many of them were. */
  readonly byMode: Map<
    string,
    { all: number; foreseen: number; visible: number; visibleForeseen: number; noOrder: number }
  >;
  /** Orders for a component that did not fail within their horizon. */
  readonly falseOrders: FleetOrder[];
  /** Of the orders graded: how many there were, what they claimed on average, how many were true. */
  readonly graded: { orders: number; claimed: number; true: number };
  readonly deviceMonths: number;
  readonly leads: number[];
}

/** Grades a run from `learningDays` on: before, nobody knows what is usual. */
export function grade(run: FleetRun, learningDays: number): Grades {
  const from = run.start + learningDays * DAY;
  const end = run.start + run.days * DAY;
  const orders = run.orders.filter(({ at }) => at >= from);
  const byMode: Grades['byMode'] = new Map();
  const leads: number[] = [];
  for (const failure of run.failures) {
    if (failure.onset < from) continue;
    const key = `${failure.modelId.replace('mdl_', '')} ${failure.mode}`;
    const row = byMode.get(key) ?? { all: 0, foreseen: 0, visible: 0, visibleForeseen: 0, noOrder: 0 };
    byMode.set(key, row);
    const lead = leadOf(failure, orders);
    const foreseen = Number(lead !== null && lead >= LEAD_HOURS);
    const visible = Number(failure.goneADayBefore >= VISIBLE);
    row.all += 1;
    row.foreseen += foreseen;
    row.visible += visible;
    row.visibleForeseen += visible * foreseen;
    row.noOrder += Number(lead === null);
    if (lead !== null) leads.push(lead);
  }
  const falseOrders: FleetOrder[] = [];
  const graded = { orders: 0, claimed: 0, true: 0 };
  for (const order of orders) {
    const until = order.at + order.horizonHours * HOUR;
    const failed = run.failures.some(
      (failure) => isOf(order, failure) && failure.failedAt > order.at && failure.failedAt <= until,
    );
    if (!failed && until > end) continue; // not decided yet
    graded.orders += 1;
    graded.claimed += order.probability;
    graded.true += Number(failed);
    if (!failed) falseOrders.push(order);
  }
  const deviceMonths = (run.devices * (run.days - learningDays)) / (365.25 / 12);
  return { byMode, falseOrders, graded, deviceMonths, leads: leads.sort((a, b) => a - b) };
}

const isOf = (order: FleetOrder, failure: FleetFailure) =>
  order.deviceId === failure.deviceId && order.component === failure.component;

/** Hours from the first order since the fault was born; null when there was none. */
function leadOf(failure: FleetFailure, orders: readonly FleetOrder[]): number | null {
  const isInTime = (at: Instant) => at >= failure.onset && at < failure.failedAt;
  const first = orders.find((order) => isOf(order, failure) && isInTime(order.at));
  return first ? (failure.failedAt - first.at) / HOUR : null;
}

/** 95 % interval of a proportion (Wilson 1927). */
export function wilson(hits: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const p = hits / of;
  const middle = p + (z * z) / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return [(middle - half) / (1 + (z * z) / of), (middle + half) / (1 + (z * z) / of)];
}

/** Exact 95 % interval of the mean of a Poisson count (Garwood 1936), by bisection of its distribution. */
export function garwood(count: number): [number, number] {
  const atMost = (k: number, mean: number) => {
    let [term, sum] = [Math.exp(-mean), Math.exp(-mean)];
    for (let i = 1; i <= k; i += 1) {
      term *= mean / i;
      sum += term;
    }
    return k < 0 ? 0 : sum;
  };
  const solve = (is: (mean: number) => boolean) => {
    let [low, high] = [0, count * 3 + 20];
    for (let i = 0; i < 60; i += 1) {
      const middle = (low + high) / 2;
      if (is(middle)) low = middle;
      else high = middle;
    }
    return low;
  };
  const low = count === 0 ? 0 : solve((mean) => 1 - atMost(count - 1, mean) < 0.025);
  return [low, solve((mean) => atMost(count, mean) > 0.025)];
}

import type { Contract, Instant, WorkOrder } from '@uptower/domain';
import { FULL_USE, type UseStep } from '../availability/use-steps.ts';
import type { PlainCostSegment } from '../solver/plain.ts';

/** Share of a reported fault that counts as down while it waits, by priority; P2 counts as the contract weighs `partial`. */
const QUESTION_SHARE = 0.02;

/**
 * What waiting costs, in fen a second from each moment on. Down at time s with probability F(s) = P(fail by s), an hour down in
 * full use costs c, and u(s) is the share of it that is missed at that hour: waiting until t costs ∫ F(s) u(s) c ds. F is taken
 * as constant between two points of the curve (their mean), which makes the integral piecewise linear, as the solver wants it;
 * after the last point F stays. Nothing is missed at a share of 0, so such hours cost nothing.
 */
export function waitingCost(
  order: WorkOrder,
  contract: Contract,
  now: Instant,
  use: readonly UseStep[] = FULL_USE,
): PlainCostSegment[] {
  const perSecond = contract.downHourCost / 3_600;
  const steps = meanRisk(order, contract, now);
  const begins = [...steps.map(({ at }) => at), ...use.map(({ from }) => from).filter((from) => from > now)];
  const segments: PlainCostSegment[] = [];
  for (const at of [...new Set(begins)].sort((a, b) => a - b)) {
    const risk = steps.findLast((step) => step.at <= at)?.p ?? 0;
    const share = use.findLast((step) => step.from <= at)?.share ?? 1;
    const segment = { from: Math.ceil(at / 1_000), perSecond: Math.round(perSecond * risk * share) };
    if (segments.at(-1)?.perSecond === segment.perSecond) continue;
    if ((segments.at(-1)?.from ?? Number.NEGATIVE_INFINITY) >= segment.from) segments.pop();
    segments.push(segment);
  }
  return segments;
}

/** How surely the device is down from each moment on, mean of its stretch of the curve. */
function meanRisk(order: WorkOrder, contract: Contract, now: Instant): { readonly at: Instant; readonly p: number }[] {
  // What the hospital sees is down is down, whatever was foreseen.
  if (order.reports.some(({ impact }) => impact === 'down')) return [{ at: now, p: 1 }];
  if (order.curve.length === 0) {
    const share = { P1: 1, P2: contract.partialWeight, P3: QUESTION_SHARE }[order.priority];
    return [{ at: now, p: (order.probability ?? 1) * share }];
  }
  const points = [{ at: now, p: probabilityBy(order, now) }, ...order.curve.filter((point) => point.at > now)];
  return points.map((point, i) => ({ at: point.at, p: (point.p + (points[i + 1] ?? point).p) / 2 }));
}

/** P(fail by `at`): straight between the points, flat outside them. */
export function probabilityBy(order: Pick<WorkOrder, 'curve'>, at: Instant): number {
  const after = order.curve.findIndex((point) => point.at > at);
  const next = order.curve[after];
  const before = order.curve[after < 0 ? order.curve.length - 1 : after - 1];
  if (!next || !before) return (before ?? next)?.p ?? 0;
  return before.p + ((next.p - before.p) * (at - before.at)) / Math.max(1, next.at - before.at);
}

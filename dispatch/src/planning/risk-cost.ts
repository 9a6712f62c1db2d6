import { type Contract, HOUR, type Instant, type WorkOrder } from '@uptower/domain';
import type { PlainCostSegment } from '../solver/plain.ts';

/** Share of a reported fault that counts as down while it waits, by priority; P2 counts as the contract weighs `partial`. */
const QUESTION_SHARE = 0.02;

/**
 * What waiting costs, in fen a second from each moment on. Down at time s with probability F(s) = P(fail by s), an hour down
 * costs c: waiting until t costs ∫ F(s) c ds. F is taken as constant between two points of the curve (their mean), which
 * makes the integral piecewise linear, as the solver wants it; after the last point F stays.
 */
export function waitingCost(order: WorkOrder, contract: Contract, now: Instant): PlainCostSegment[] {
  const perSecond = contract.downHourCost / 3_600;
  const from = Math.ceil(now / 1_000);
  // What the hospital sees is down is down, whatever was foreseen.
  if (order.reports.some(({ impact }) => impact === 'down')) return [{ from, perSecond: Math.round(perSecond) }];
  if (order.curve.length === 0) {
    const share = { P1: 1, P2: contract.partialWeight, P3: QUESTION_SHARE }[order.priority];
    return [{ from, perSecond: Math.round(perSecond * (order.probability ?? 1) * share) }];
  }
  const points = [{ at: now, p: probabilityBy(order, now) }, ...order.curve.filter((point) => point.at > now)];
  const segments: PlainCostSegment[] = [];
  points.forEach((point, i) => {
    const next = points[i + 1] ?? point;
    const segment = { from: Math.ceil(point.at / 1_000), perSecond: Math.round((perSecond * (point.p + next.p)) / 2) };
    const last = segments.at(-1);
    if (last?.perSecond === segment.perSecond) return;
    if (last && last.from >= segment.from) segments.pop();
    segments.push(segment);
  });
  return segments;
}

/** P(fail by `at`): straight between the points, flat outside them. */
export function probabilityBy(order: Pick<WorkOrder, 'curve'>, at: Instant): number {
  const after = order.curve.findIndex((point) => point.at > at);
  const next = order.curve[after];
  const before = order.curve[after < 0 ? order.curve.length - 1 : after - 1];
  if (!next || !before) return (before ?? next)?.p ?? 0;
  return before.p + ((next.p - before.p) * (at - before.at)) / Math.max(1, next.at - before.at);
}

/** Hours of expected downtime until `at`, for people. */
export const expectedDownHours = (order: WorkOrder, from: Instant, at: Instant) =>
  (probabilityBy(order, at) * Math.max(0, at - from)) / HOUR / 2;

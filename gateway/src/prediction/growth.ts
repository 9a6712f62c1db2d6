import { type Finding, type GrowthRule, HOUR, type Instant } from '@uptower/domain';
import { claimedFinding } from './claimed-finding.ts';
import { isRecovered, prolong, type Stretch } from './recovery.ts';
import { clip, duration, figure, type Words, withUnit } from './words.ts';

/** A window of the past is remembered by at most this many points, and the one before it. */
const POINTS = 12;

/**
 * A counter that grew by at least `by` within a window: reallocated sectors, tube arcs, interlock trips. The window is
 * kept as a few points, so growth is found at the latest one twelfth of the window late and never without cause.
 */
export interface GrowthState {
  kind: 'growth';
  lastTs: Instant | null;
  lastValue: number;
  /** Oldest first; the first may lie before the window. */
  points: [ts: Instant, value: number][];
  heldUntil: Instant;
  proving: boolean;
  healthy: Stretch;
  finding: Finding | null;
}

export const startGrowth = (): GrowthState => ({
  kind: 'growth',
  lastTs: null,
  lastValue: 0,
  points: [],
  heldUntil: 0,
  proving: false,
  healthy: null,
  finding: null,
});

/** Ends a finding whose hold passed before `ts`: growth seen now is another one. True when it ended. */
export function lapseGrowth(state: GrowthState, ts: Instant): boolean {
  if (state.finding === null || state.proving || ts < state.heldUntil) return false;
  endGrowth(state);
  return true;
}

export function takeGrowth(state: GrowthState, rule: GrowthRule, value: number, ts: Instant, words: Words): void {
  if (state.lastTs !== null && ts < state.lastTs) return;
  const windowMs = rule.withinHours * HOUR;
  // A counter that fell was reset or replaced: the past says nothing about it.
  if (state.lastTs !== null && value < state.lastValue) state.points = [];
  state.lastTs = ts;
  state.lastValue = value;
  // A counter holds its value until it is read again: the last reading before the window is the value at its start.
  while (state.points[1] && state.points[1][0] <= ts - windowMs) state.points.shift();
  const base = state.points[0];
  const newest = state.points.at(-1);
  if (!newest || ts - newest[0] >= windowMs / POINTS) state.points.push([ts, value]);

  const grew = base !== undefined && value - base[1] >= rule.by;
  if (grew) {
    state.heldUntil = ts + rule.holdHours * HOUR;
    state.finding ??= findingOf(rule, value, base, ts, words);
  }
  if (state.finding === null) return;
  if (state.proving) {
    state.healthy = prolong(state.healthy, !grew, ts);
    if (isRecovered(state.healthy, ts)) endGrowth(state);
  } else if (ts >= state.heldUntil) endGrowth(state);
}

function endGrowth(state: GrowthState): void {
  state.finding = null;
  state.proving = false;
  state.healthy = null;
}

export function resetGrowth(state: GrowthState): void {
  state.points = [];
  state.proving = state.finding !== null;
  state.healthy = null;
}

function findingOf(
  rule: GrowthRule,
  value: number,
  base: readonly [Instant, number],
  at: Instant,
  words: Words,
): Finding {
  const { name, unit } = words.metric(rule.metric);
  const [now, growth] = [withUnit(value, unit), figure(value - base[1])];
  const span = duration(Math.max(at - base[0], 1));
  return claimedFinding(rule, at, {
    metric: rule.metric,
    value,
    level: base[1] + rule.by,
    since: base[0],
    text: clip({
      en: `${name.en} ${now}, grew by ${growth} within ${span.en} (limit ${figure(rule.by)})`,
      zh: `${name.zh} ${now}，${span.zh}内增加 ${growth}（限值 ${figure(rule.by)}）`,
    }),
  });
}

import { type Finding, type Instant, type LimitRule, SECOND } from '@uptower/domain';
import { claimedFinding } from './claimed-finding.ts';
import { DELAYED_SIZE, Delayed } from './delayed.ts';
import { isRecovered, prolong } from './recovery.ts';
import { clip, localTime, type Words, withUnit } from './words.ts';

/** Doubles a detector takes. */
export const LIMIT_SIZE = DELAYED_SIZE;

/**
 * ISA-18.2 limit alarm with deadband and delays, in event time. Watches one level; the physics is in the choice of the
 * level, which its author's rule names.
 */
export class LimitState extends Delayed {
  readonly kind = 'limit';
  protected readonly size = LIMIT_SIZE;

  toJSON() {
    const { lastTs, beyondSince, backSince, proving, healthy, finding } = this;
    return { lastTs, beyondSince, backSince, proving, healthy, finding };
  }
}

export function takeLimit(state: LimitState, rule: LimitRule, value: number, ts: Instant, words: Words): void {
  if (state.lastTs !== null && ts < state.lastTs) return; // late: stored, but the past was already judged
  state.lastTs = ts;
  const sign = rule.side === 'high' ? 1 : -1;
  const excess = (value - rule.level) * sign;
  const beyond = excess >= 0;
  const back = rule.deadband > 0 ? excess <= -rule.deadband : !beyond;
  state.beyondSince = beyond ? (state.beyondSince ?? ts) : null;
  state.backSince = back ? (state.backSince ?? ts) : null;

  if (state.finding === null) {
    if (state.beyondSince !== null && ts - state.beyondSince >= rule.onDelaySeconds * SECOND)
      state.finding = findingOf(rule, value, ts, state.beyondSince, words);
    return;
  }
  if (state.proving) {
    state.healthy = prolong(state.healthy, back, ts);
    if (isRecovered(state.healthy, ts)) endLimit(state);
  } else if (state.backSince !== null && ts - state.backSince >= rule.offDelaySeconds * SECOND) endLimit(state);
}

function endLimit(state: LimitState): void {
  state.finding = null;
  state.proving = false;
  state.healthy = null;
}

/** Maintenance: begins anew; what is active must see healthy data before it ends. */
export function resetLimit(state: LimitState): void {
  state.beyondSince = null;
  state.backSince = null;
  state.proving = state.finding !== null;
  state.healthy = null;
}

function findingOf(rule: LimitRule, value: number, at: Instant, since: Instant, words: Words): Finding {
  const { name, unit } = words.metric(rule.metric);
  const [now, level, when] = [withUnit(value, unit), withUnit(rule.level, unit), localTime(since, at, words.timeZone)];
  const [enSide, zhSide] = rule.side === 'high' ? ['above', '高于'] : ['below', '低于'];
  return claimedFinding(rule, at, {
    metric: rule.metric,
    value,
    level: rule.level,
    since,
    text: clip({
      en: `${name.en} ${now}, ${enSide} ${level} since ${when}`,
      zh: `${name.zh} ${now}，自 ${when} 起${zhSide} ${level}`,
    }),
  });
}

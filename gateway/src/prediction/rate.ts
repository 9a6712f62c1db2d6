import { type Finding, HOUR, type Instant, type RateRule, SECOND } from '@uptower/domain';
import { claimedFinding } from './claimed-finding.ts';
import { isRecovered, prolong, type Stretch } from './recovery.ts';
import { clip, figure, localTime, type Words, withUnit } from './words.ts';

/** The window is kept as the mean of each of so many parts, so one wild reading moves a twelfth of it. */
const PARTS = 12;
/** Parts that must hold readings, and how much of the window they must span: less is a gap, which gives no verdict. */
const MIN_PARTS = 6;
const MIN_SPAN = PARTS / 2;

/** Part of the window (its number since 1970), readings in it, sum of their values. */
type Part = [part: number, count: number, sum: number];

/** ISA-18.2 rate-of-change alarm with deadband and delays, in event time. */
export interface RateState {
  kind: 'rate';
  lastTs: Instant | null;
  parts: Part[];
  /** Since when the rate was beyond, or back past the deadband, without a break. */
  beyondSince: Instant | null;
  backSince: Instant | null;
  /** Set by maintenance while active: then the healthy stretch decides instead of the off delay. */
  proving: boolean;
  healthy: Stretch;
  finding: Finding | null;
}

export const startRate = (): RateState => ({
  kind: 'rate',
  lastTs: null,
  parts: [],
  beyondSince: null,
  backSince: null,
  proving: false,
  healthy: null,
  finding: null,
});

export function takeRate(state: RateState, rule: RateRule, value: number, ts: Instant, words: Words): void {
  if (state.lastTs !== null && ts < state.lastTs) return;
  state.lastTs = ts;
  const length = (rule.withinHours * HOUR) / PARTS;
  addTo(state.parts, Math.floor(ts / length), value);
  const slope = slopeOf(state.parts, HOUR / length);
  if (slope === null) {
    // Too little is known since the gap: a delay that was running begins anew, what stands stands.
    state.beyondSince = null;
    state.backSince = null;
    state.healthy = null;
    return;
  }
  const rate = rule.side === 'high' ? slope : -slope;
  const beyond = rate >= rule.perHour;
  const back = rule.deadband > 0 ? rate <= rule.perHour - rule.deadband : !beyond;
  state.beyondSince = beyond ? (state.beyondSince ?? ts) : null;
  state.backSince = back ? (state.backSince ?? ts) : null;
  if (state.finding === null) {
    if (state.beyondSince !== null && ts - state.beyondSince >= rule.onDelaySeconds * SECOND)
      state.finding = findingOf(rule, value, slope, ts, state.beyondSince, words);
    return;
  }
  if (state.proving) {
    state.healthy = prolong(state.healthy, back, ts);
    if (isRecovered(state.healthy, ts)) endRate(state);
  } else if (state.backSince !== null && ts - state.backSince >= rule.offDelaySeconds * SECOND) endRate(state);
}

function addTo(parts: Part[], part: number, value: number): void {
  const newest = parts.at(-1);
  if (newest?.[0] === part) {
    newest[1] += 1;
    newest[2] += value;
    return;
  }
  parts.push([part, 1, value]);
  while ((parts[0] as Part)[0] <= part - PARTS) parts.shift();
}

/** Slope an hour of the least-squares line through the parts' means; null when they are too few to say. */
function slopeOf(parts: readonly Part[], partsAnHour: number): number | null {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last || parts.length < MIN_PARTS || last[0] - first[0] < MIN_SPAN) return null;
  let [x, y] = [0, 0];
  for (const [part, count, sum] of parts) {
    x += part - first[0];
    y += sum / count;
  }
  x /= parts.length;
  y /= parts.length;
  let [xx, xy] = [0, 0];
  for (const [part, count, sum] of parts) {
    const dx = part - first[0] - x;
    xx += dx * dx;
    xy += dx * (sum / count - y);
  }
  return (xy / xx) * partsAnHour;
}

function endRate(state: RateState): void {
  state.finding = null;
  state.proving = false;
  state.healthy = null;
}

/** Maintenance: begins anew, a change across the work is none; what is active must see healthy data before it ends. */
export function resetRate(state: RateState): void {
  state.parts = [];
  state.beyondSince = null;
  state.backSince = null;
  state.proving = state.finding !== null;
  state.healthy = null;
}

function findingOf(rule: RateRule, value: number, slope: number, at: Instant, since: Instant, words: Words): Finding {
  const { name, unit } = words.metric(rule.metric);
  const [now, when] = [withUnit(value, unit), localTime(since, at, words.timeZone)];
  const [rate, limit] = [withUnit(Math.abs(slope), unit), figure(rule.perHour)];
  const [en, zh] = rule.side === 'high' ? ['rising', '上升'] : ['falling', '下降'];
  const window = figure(rule.withinHours);
  return claimedFinding(rule, at, {
    metric: rule.metric,
    value,
    level: value,
    since,
    slopePerHour: Number(slope.toPrecision(6)),
    text: clip({
      en: `${name.en} ${now}, ${en} ${rate}/h over the last ${window} h (limit ${limit}) since ${when}`,
      zh: `${name.zh} ${now}，自 ${when} 起近 ${window} 小时每小时${zh} ${rate}（限值 ${limit}）`,
    }),
  });
}

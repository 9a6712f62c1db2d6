import { type Finding, HOUR, type Instant, MINUTE, type TrendRule } from '@uptower/domain';
import { drawn } from './curve.ts';
import { addToFit, FIT_SIZE, type Line, LineFit, levelOf, lineOf, SHIFT_READINGS } from './line-fit.ts';
import { normalCdf } from './normal.ts';
import { type Numbers, Packed } from './packed.ts';
import { isRecovered, prolong, type Stretch } from './recovery.ts';
import { clip, duration, figure, localTime, type Words, withUnit } from './words.ts';

/**
 * Degradation towards a level at which the component fails. The failure time is the first passage of a line whose level
 * and slope are known with uncertainty (Meeker & Escobar, Statistical Methods for Reliability Data, ch. 13: the
 * Bernstein distribution): P(T ≤ t) = Φ((level + slope·t − fail) / sd(t)), sd(t)² = var level + 2t·cov + t²·var slope.
 */
export class TrendState extends Packed {
  readonly kind = 'trend';
  protected readonly size = TREND_SIZE;
  private readonly line = new LineFit(this.doubles);

  override point(numbers: Numbers, at: number): void {
    super.point(numbers, at);
    this.line.point(numbers.doubles, at);
  }

  /** Null before the first reading. */
  get fit(): LineFit | null {
    return this.line.isEmpty ? null : this.line;
  }
  set fit(from: Pick<LineFit, keyof LineFit & string> | null) {
    this.line.clear();
    if (from) Object.assign(this.line, from);
  }
  /** Since when the level is beyond healthy. */
  get leftSince(): Instant | null {
    return this.numberOrNull(FIT_SIZE);
  }
  set leftSince(ts: Instant | null) {
    this.set(FIT_SIZE, ts);
  }
  /** Consecutive readings that spoke for an alert. */
  get hits(): number {
    return this.numberOrNull(FIT_SIZE + 1) ?? 0;
  }
  set hits(count: number) {
    this.set(FIT_SIZE + 1, count);
  }
  /** A stretch of those that speak against one. */
  get calm(): Stretch {
    return this.healthy;
  }
  set calm(stretch: Stretch) {
    this.healthy = stretch;
  }

  /** Begins a new line. */
  begin(value: number, ts: Instant): LineFit {
    this.line.start(value, ts);
    return this.line;
  }

  toJSON() {
    const { fit, leftSince, hits, calm, proving, finding } = this;
    return { fit, leftSince, hits, calm, proving, finding };
  }
}

/** Doubles a detector takes. */
export const TREND_SIZE = FIT_SIZE + 2;

/** Two readings in a row must agree before an alert. */
const HITS_TO_START = 2;
/** It ends when P fell below this share of what started it, or the level is healthy again … */
const END_SHARE = 0.5;
/** … for this long. */
const CALM_MS = 10 * MINUTE;
const CALM_READINGS = 3;
const MIN_READINGS = 5;
/** Effective number of readings; after a long silence the remembered past weighs less than this and gives no verdict. */
const MIN_WEIGHT = 3;

export function takeTrend(state: TrendState, rule: TrendRule, value: number, ts: Instant, words: Words): void {
  const sign = rule.direction === 'rising' ? 1 : -1;
  // A thousandth of the way from healthy to failed: finer noise than this is not of interest.
  const noiseFloor = Math.max(Math.abs(rule.failLevel - rule.healthyLevel) / 1000, 1e-9);
  let fit = state.fit;
  if (fit) {
    if (ts < fit.lastTs) return;
    addToFit(fit, value, ts, rule.memoryHours, noiseFloor);
    // The level jumped away from failure and stayed there: whatever was repaired or adjusted, the old slope is history.
    if (fit.beyond * sign <= -SHIFT_READINGS) state.begin(value, ts);
  } else fit = state.begin(value, ts);
  const level = levelOf(fit);
  const beyondHealthy = (level - rule.healthyLevel) * sign > 0;
  state.leftSince = beyondHealthy ? (state.leftSince ?? ts) : null;

  if (state.proving) {
    // Both the estimate and the metric itself: an estimate still in the past, or a lucky one, proves no repair.
    const healthy = !beyondHealthy && (value - rule.healthyLevel) * sign <= 0;
    state.calm = prolong(state.calm, healthy, ts);
    if (isRecovered(state.calm, ts)) {
      endTrend(state);
      return;
    }
  }
  const seen = ts - fit.firstTs >= rule.minHours * HOUR && fit.count >= MIN_READINGS && fit.sum(0) >= MIN_WEIGHT;
  if (!beyondHealthy && state.finding === null) {
    // Nearly always; what the line promises need not be reckoned.
    if (seen) state.hits = 0;
    return;
  }
  const line = lineOf(fit, noiseFloor);
  const within = firstPassage(line, rule.failLevel, sign);
  const probability = Math.max(within(0), within(rule.horizonHours));

  if (state.finding === null) {
    if (!seen) return;
    state.hits = probability >= rule.minProbability ? state.hits + 1 : 0;
    if (state.hits >= HITS_TO_START) state.finding = findingOf(rule, value, ts, line, state.leftSince ?? ts, words);
    return;
  }
  if (!state.proving) {
    const calm = !beyondHealthy || (seen && probability < rule.minProbability * END_SHARE);
    state.calm = prolong(state.calm, calm, ts);
    if (state.calm && ts - state.calm.since >= CALM_MS && state.calm.readings >= CALM_READINGS) {
      endTrend(state);
      return;
    }
  }
  // While a new history is too short to judge (after maintenance, after a long silence) the last finding stands.
  if (seen && beyondHealthy && state.calm === null)
    state.finding = findingOf(rule, value, ts, line, state.finding.evidence.since, words);
}

function endTrend(state: TrendState): void {
  state.finding = null;
  state.hits = 0;
  state.calm = null;
  state.proving = false;
}

/** Maintenance: the old trend is history; an open finding stands until healthy data were seen. */
export function resetTrend(state: TrendState): void {
  state.fit = null;
  state.leftSince = null;
  state.hits = 0;
  state.calm = null;
  state.proving = state.finding !== null;
}

/** P(the line has reached `failLevel` within so many hours). */
export function firstPassage(line: Line, failLevel: number, sign: 1 | -1): (hours: number) => number {
  return (hours) => {
    const ahead = (line.level + line.slope * hours - failLevel) * sign;
    const variance = line.varLevel + 2 * hours * line.cov + hours * hours * line.varSlope;
    return normalCdf(ahead / Math.sqrt(Math.max(variance, 1e-18)));
  };
}

function findingOf(rule: TrendRule, value: number, at: Instant, line: Line, since: Instant, words: Words): Finding {
  const sign = rule.direction === 'rising' ? 1 : -1;
  const shape = drawn(at, rule.horizonHours, firstPassage(line, rule.failLevel, sign));
  const { name, unit } = words.metric(rule.metric);
  const [now, fail] = [withUnit(value, unit), withUnit(rule.failLevel, unit)];
  const rate = `${figure(Math.abs(line.slope))} ${unit || ''}`.trim();
  const [en, zh] = line.slope >= 0 ? ['rising', '上升'] : ['falling', '下降'];
  const when = localTime(since, at, words.timeZone);
  const { p50 } = shape.expected;
  const left = p50 === null ? null : duration(Math.max(p50 - at, MINUTE));
  const endEn = left ? `; reaches ${fail} in about ${left.en}` : `; may reach ${fail}`;
  const endZh = left ? `，约 ${left.zh}后达到 ${fail}` : `，可能达到 ${fail}`;
  return {
    ruleId: rule.id,
    ruleName: rule.name,
    component: rule.component,
    failureMode: rule.failureMode,
    severity: rule.severity,
    at,
    horizonHours: rule.horizonHours,
    ...shape,
    evidence: {
      metric: rule.metric,
      value,
      level: rule.failLevel,
      since,
      slopePerHour: Number(line.slope.toPrecision(6)),
      text: clip({
        en: `${name.en} ${now}, ${en} ${rate}/h since ${when}${endEn}`,
        zh: `${name.zh} ${now}，自 ${when} 起每小时${zh} ${rate}${endZh}`,
      }),
    },
  };
}

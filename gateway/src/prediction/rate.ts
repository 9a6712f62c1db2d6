import { type Finding, HOUR, type Instant, type RateRule, SECOND } from '@uptower/domain';
import { claimedFinding } from './claimed-finding.ts';
import { DELAYED_SIZE, Delayed } from './delayed.ts';
import { blank } from './packed.ts';
import { isRecovered, prolong } from './recovery.ts';
import { clip, figure, localTime, type Words, withUnit } from './words.ts';

/** The window is kept as the mean of each of so many parts, so one wild reading moves a twelfth of it. */
const PARTS = 12;
/** Parts that must hold readings, and how much of the window they must span: less is a gap, which gives no verdict. */
const MIN_PARTS = 6;
const MIN_SPAN = PARTS / 2;

/** Place of the means in doubles, of the counts in singles, of the place of a detector; doubles a detector takes. */
const MEANS = DELAYED_SIZE + 1;
const COUNTS = 2 * (MEANS + PARTS);
export const RATE_SIZE = MEANS + PARTS + PARTS / 2;

/** Parts take turns. */
const placeOf = (part: number): number => part - PARTS * Math.floor(part / PARTS);

/** ISA-18.2 rate-of-change alarm with deadband and delays, in event time. */
export class RateState extends Delayed {
  readonly kind = 'rate';
  protected readonly size = RATE_SIZE;

  /** The newest part of the window, its number since 1970; not a number while there is none. */
  private get newest(): number {
    return this.number(DELAYED_SIZE);
  }

  /** One more reading, in a part not older than the newest: what left the window is forgotten. */
  add(part: number, value: number): void {
    const { newest, at, doubles, singles } = this;
    if (newest !== part) {
      if (Number.isNaN(newest)) this.clearParts();
      else
        for (let gone = Math.max(newest + 1, part - PARTS + 1); gone <= part; gone += 1)
          singles[2 * at + COUNTS + placeOf(gone)] = 0;
      this.set(DELAYED_SIZE, part);
    }
    const place = placeOf(part);
    const count = (singles[2 * at + COUNTS + place] as number) + 1;
    const mean = count === 1 ? 0 : (doubles[at + MEANS + place] as number);
    singles[2 * at + COUNTS + place] = count;
    doubles[at + MEANS + place] = mean + (value - mean) / count;
  }

  /** Slope an hour of the least-squares line through the parts' means; null when they are too few to say. */
  slope(partsAnHour: number): number | null {
    const { newest, at, doubles, singles } = this;
    const counts = 2 * at + COUNTS;
    const means = at + MEANS;
    // Counted from the oldest part that holds readings, its place and its mean: so the sums stay small.
    let place = placeOf(newest - PARTS + 1);
    let first = 0;
    for (; first < PARTS - 1 && singles[counts + place] === 0; first += 1) place = place === PARTS - 1 ? 0 : place + 1;
    const origin = doubles[means + place] as number;
    let filled = 0;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let sxy = 0;
    for (let x = 0; x < PARTS - first; x += 1) {
      if ((singles[counts + place] as number) > 0) {
        const y = (doubles[means + place] as number) - origin;
        filled += 1;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
      }
      place = place === PARTS - 1 ? 0 : place + 1;
    }
    if (filled < MIN_PARTS || PARTS - 1 - first < MIN_SPAN) return null;
    return ((filled * sxy - sx * sy) / (filled * sxx - sx * sx)) * partsAnHour;
  }

  clearParts(): void {
    const { at, doubles, singles } = this;
    this.set(DELAYED_SIZE, null);
    doubles.fill(0, at + MEANS, at + MEANS + PARTS);
    singles.fill(0, 2 * at + COUNTS, 2 * at + COUNTS + PARTS);
  }

  /** Part of the window, readings in it, their mean; oldest first. */
  get means(): [part: number, count: number, mean: number][] {
    const { newest, at, doubles, singles } = this;
    const means: [number, number, number][] = [];
    for (let part = newest - PARTS + 1; part <= newest; part += 1) {
      const count = singles[2 * at + COUNTS + placeOf(part)] as number;
      if (count > 0) means.push([part, count, doubles[at + MEANS + placeOf(part)] as number]);
    }
    return means;
  }
  set means(means: readonly (readonly [part: number, count: number, mean: number])[]) {
    this.clearParts();
    for (const [part, count, mean] of means) {
      this.add(part, mean);
      this.singles[2 * this.at + COUNTS + placeOf(part)] = count;
    }
  }
  /** As it was written before: with the sum of the readings. */
  set parts(parts: readonly (readonly [part: number, count: number, sum: number])[]) {
    this.means = parts.map(([part, count, sum]) => [part, count, sum / count]);
  }

  toJSON() {
    const { lastTs, means, beyondSince, backSince, proving, healthy, finding } = this;
    return { lastTs, means, beyondSince, backSince, proving, healthy, finding };
  }
}

export const startRate = (): RateState => new RateState(blank(RATE_SIZE));

export function takeRate(state: RateState, rule: RateRule, value: number, ts: Instant, words: Words): void {
  if (state.lastTs !== null && ts < state.lastTs) return;
  state.lastTs = ts;
  const length = (rule.withinHours * HOUR) / PARTS;
  state.add(Math.floor(ts / length), value);
  const slope = state.slope(HOUR / length);
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

function endRate(state: RateState): void {
  state.finding = null;
  state.proving = false;
  state.healthy = null;
}

/** Maintenance: begins anew, a change across the work is none; what is active must see healthy data before it ends. */
export function resetRate(state: RateState): void {
  state.clearParts();
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

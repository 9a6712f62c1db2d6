import { type Finding, type Instant, type NoveltyRule, SECOND } from '@uptower/domain';
import { claimedFinding } from './claimed-finding.ts';
import { hourOfDay, usualAt } from './novelty/baseline.ts';
import { rarity, reducedOf } from './novelty/daily-maxima.ts';
import { beginNovelty, consider, strangest } from './novelty/detector.ts';
import { EXPERTS, type Expert } from './novelty/experts.ts';
import { NOVELTY } from './novelty/settings.ts';
import { NOVELTY_SIZE, NoveltyState } from './novelty/state.ts';
import { blank, type Numbers, Packed } from './packed.ts';
import { isRecovered, prolong } from './recovery.ts';
import { clip, figure, localTime, type Words, withUnit } from './words.ts';

/** Doubles a detector takes. */
export const NOVELTY_ALARM_SIZE = NOVELTY_SIZE + 3;

/** The alarm on a metric that is unlike its own past; in event time. The detector itself is in novelty/. */
export class NoveltyAlarmState extends Packed {
  readonly kind = 'novelty';
  protected readonly size = NOVELTY_ALARM_SIZE;
  readonly inner = new NoveltyState(this);

  override point(numbers: Numbers, at: number): void {
    super.point(numbers, at);
    this.inner.point(numbers, at);
  }

  /** Null before the first reading. */
  get detector(): NoveltyState | null {
    return this.inner.isEmpty ? null : this.inner;
  }
  /** From its packed text. */
  set detector(text: string | null) {
    if (text === null) this.clear();
    else this.inner.read(text);
  }
  /** Of the metric's unit: moving mean of how far it is from the middle of what is usual. */
  get deviation(): number {
    return this.numberOrNull(NOVELTY_SIZE) ?? 0;
  }
  set deviation(value: number) {
    this.set(NOVELTY_SIZE, value);
  }
  get strangeSince(): Instant | null {
    return this.numberOrNull(NOVELTY_SIZE + 1);
  }
  set strangeSince(ts: Instant | null) {
    this.set(NOVELTY_SIZE + 1, ts);
  }
  get calmSince(): Instant | null {
    return this.numberOrNull(NOVELTY_SIZE + 2);
  }
  set calmSince(ts: Instant | null) {
    this.set(NOVELTY_SIZE + 2, ts);
  }

  toJSON() {
    const { detector, deviation, strangeSince, calmSince, proving, healthy, finding } = this;
    return { detector, deviation, strangeSince, calmSince, proving, healthy, finding };
  }
}

export const startNoveltyAlarm = (): NoveltyAlarmState => new NoveltyAlarmState(blank(NOVELTY_ALARM_SIZE));

/** It is calm again below this share of the powers of ten, or of the deviation, that made it strange: the alarm's deadband. */
const CALM_SHARE = 0.6;

/** How far out, in standardised Gumbel units, a rule finds strange, and calm again. */
interface Wanted {
  readonly strange: number;
  readonly calm: number;
}
const wantedOf = new WeakMap<NoveltyRule, Wanted>();

function wantedBy(rule: NoveltyRule): Wanted {
  let wanted = wantedOf.get(rule);
  if (!wanted) {
    const rare = Math.log10(rule.onceInDays);
    wanted = { strange: reducedOf(rare), calm: reducedOf(CALM_SHARE * rare) };
    wantedOf.set(rule, wanted);
  }
  return wanted;
}

const SIGN = { high: 1, low: -1 } as const;

export function takeNovelty(
  state: NoveltyAlarmState,
  rule: NoveltyRule,
  value: number,
  ts: Instant,
  words: Words,
): void {
  const { detector, inner: now } = state;
  const every = rule.everySeconds * SECOND;
  // The first reading of each interval of the clock: which one that is does not depend on when the others arrived.
  if (detector && Math.floor(ts / every) <= Math.floor(detector.lastTs / every)) return;
  // Before this reading was learnt from.
  const usual = detector ? usualNow(detector, ts) : null;
  if (!detector) beginNovelty(now, value, ts);
  if (!consider(now, value, ts, 0, NOVELTY, rule.side) || usual === null) return;

  const { reduced, expert } = strangest;
  const wanted = wantedBy(rule);
  // The experts clip what they count; how far out it is in its own unit is followed here.
  state.deviation += (value - (usual.low + usual.high) / 2 - state.deviation) / NOVELTY.short;
  const deviation = rule.side === 'any' ? Math.abs(state.deviation) : SIGN[rule.side] * state.deviation;
  const strange = reduced >= wanted.strange && deviation >= rule.minDeviation;
  const calm = reduced <= wanted.calm || deviation < CALM_SHARE * rule.minDeviation;
  state.strangeSince = strange ? (state.strangeSince ?? ts) : null;
  state.calmSince = calm ? (state.calmSince ?? ts) : null;
  if (state.finding === null) {
    if (state.strangeSince !== null && ts - state.strangeSince >= rule.onDelaySeconds * SECOND)
      state.finding = findingOf(rule, { value, at: ts, since: state.strangeSince, reduced, expert, usual }, words);
    return;
  }
  if (state.proving) {
    state.healthy = prolong(state.healthy, calm, ts);
    if (isRecovered(state.healthy, ts)) endNovelty(state);
  } else if (state.calmSince !== null && ts - state.calmSince >= rule.offDelaySeconds * SECOND) endNovelty(state);
}

function endNovelty(state: NoveltyAlarmState): void {
  state.finding = null;
  state.proving = false;
  state.healthy = null;
}

/**
 * Maintenance: what is usual stays usual, it takes days to learn; what is going on is judged anew, and an open finding
 * stands until readings were unremarkable.
 */
export function resetNovelty(state: NoveltyAlarmState): void {
  const means = state.detector;
  if (means) means.short = means.middle = means.long = means.plain = means.stepsShort = means.stepsMiddle = 0;
  state.deviation = 0;
  state.strangeSince = null;
  state.calmSince = null;
  state.proving = state.finding !== null;
  state.healthy = null;
}

const usualNow = (state: NoveltyState, ts: Instant) =>
  usualAt(state, state.singles, state.profile, hourOfDay(ts), 0, NOVELTY.seasonalBelow);

/** What each expert's strangeness is, as people say it. */
const KINDS: Record<Expert, readonly [en: string, zh: string]> = {
  rise: ['jumped up', '突然升高'],
  fall: ['dropped suddenly', '突然下降'],
  'burst-high': ['higher than usual', '高于平常'],
  'burst-low': ['lower than usual', '低于平常'],
  'hours-high': ['higher than usual for a while', '持续一段时间高于平常'],
  'hours-low': ['lower than usual for a while', '持续一段时间低于平常'],
  'day-high': ['higher than usual for long', '长时间高于平常'],
  'day-low': ['lower than usual for long', '长时间低于平常'],
  'level-high': ['its level has risen', '整体水平升高'],
  'level-low': ['its level has fallen', '整体水平下降'],
  'restless-burst': ['suddenly restless', '突然波动剧烈'],
  restless: ['more restless than usual', '波动大于平常'],
  quiet: ['quieter than usual', '波动小于平常'],
};

interface Seen {
  readonly value: number;
  readonly at: Instant;
  readonly since: Instant;
  /** Standardised Gumbel units. */
  readonly reduced: number;
  /** Index in EXPERTS. */
  readonly expert: number;
  readonly usual: { readonly low: number; readonly high: number };
}

/** More is not known of a metric that was watched for weeks. */
const MOST_DAYS = 1_000;

function findingOf(rule: NoveltyRule, seen: Seen, words: Words): Finding {
  const { value, at, since } = seen;
  const expert = EXPERTS[seen.expert] as Expert;
  const { name, unit } = words.metric(rule.metric);
  const [now, when] = [withUnit(value, unit), localTime(since, at, words.timeZone)];
  const [low, high] = [Number(seen.usual.low.toPrecision(6)), Number(seen.usual.high.toPrecision(6))];
  const [en, zh] = KINDS[expert];
  const range = `${figure(low)}–${withUnit(high, unit)}`;
  const days = 10 ** rarity(seen.reduced);
  const often = days > MOST_DAYS ? { en: `> ${MOST_DAYS}`, zh: `${MOST_DAYS} 天以上` } : daysOf(days);
  return claimedFinding(rule, at, {
    metric: rule.metric,
    value,
    level: value < (low + high) / 2 ? low : high,
    since,
    usual: { low, high },
    text: clip({
      en: `${name.en} ${now}, ${en} since ${when} (usual at this hour ${range}); so strange once in ${often.en} days`,
      zh: `${name.zh} ${now}，自 ${when} 起${zh}（此时段平常为 ${range}），如此异常约 ${often.zh}一次`,
    }),
  });
}

const daysOf = (days: number) => ({ en: figure(Math.round(days)), zh: `${figure(Math.round(days))} 天` });

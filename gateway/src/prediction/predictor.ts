import type { DeviceModel, Finding, Instant, Reading, Rule } from '@uptower/domain';
import { own } from '../own.ts';
import { type GrowthState, lapseGrowth, resetGrowth, startGrowth, takeGrowth } from './growth.ts';
import { type LimitState, resetLimit, startLimit, takeLimit } from './limit.ts';
import { type NoveltyAlarmState, resetNovelty, startNoveltyAlarm, takeNovelty } from './novelty-alarm.ts';
import { type RateState, resetRate, startRate, takeRate } from './rate.ts';
import { resetTrend, startTrend, type TrendState, takeTrend } from './trend.ts';
import type { Words } from './words.ts';

export type DetectorState = LimitState | TrendState | GrowthState | RateState | NoveltyAlarmState;
/** The detectors of one device by rule id; made when their metric is first seen. Plain data, the same after a round through JSON. */
export type Detectors = Record<string, DetectorState>;

/** Only like is compared with like: the condition's metric must stand in the same reading. */
function counts(rule: Rule, values: Reading['values']): boolean {
  if (!rule.only) return true;
  const value = own(values, rule.only.metric);
  if (typeof value !== 'number') return false;
  return value >= (rule.only.min ?? Number.NEGATIVE_INFINITY) && value <= (rule.only.max ?? Number.POSITIVE_INFINITY);
}

export interface Showing {
  /** Of a moment that was shown in part: which metrics are new. Left out: all are. */
  readonly fresh?: ((metric: string) => boolean) | undefined;
  /** By rule: readings up to this moment are none of its business, it was another rule then. */
  readonly since?: Readonly<Record<string, Instant>> | undefined;
}

/**
 * Shows one reading to every detector it concerns. `resting` components are not judged (they have failed and nobody
 * replaced them yet). Returns the components that have, or just had, a finding: the ones an alert may change for.
 */
export function observe(
  detectors: Detectors,
  model: DeviceModel,
  reading: Pick<Reading, 'ts' | 'values'>,
  resting: readonly string[],
  words: Words,
  { fresh, since }: Showing = {},
): Set<string> | null {
  let touched: Set<string> | null = null;
  for (const rule of model.rules) {
    if (fresh && !fresh(rule.metric) && !(rule.only && fresh(rule.only.metric))) continue;
    if (since && reading.ts <= (own(since, rule.id) ?? Number.NEGATIVE_INFINITY)) continue;
    const value = own(reading.values, rule.metric);
    if (typeof value !== 'number' || resting.includes(rule.component) || !counts(rule, reading.values)) continue;
    let state = own(detectors, rule.id);
    if (state?.kind !== rule.kind) state = detectors[rule.id] = START[rule.kind]();
    const had = state.finding !== null;
    step(state, rule, value, reading.ts, words);
    if (had || state.finding !== null) touched = (touched ?? new Set<string>()).add(rule.component);
  }
  return touched;
}

/**
 * Ends what only lasts for a time and whose time is over at `ts`, before a reading of that moment is judged: two stretches
 * of growth with a quiet one between are two problems. Returns the components concerned.
 */
export function lapse(detectors: Detectors, model: DeviceModel, ts: number): string[] {
  const ended: string[] = [];
  for (const rule of model.rules) {
    const state = own(detectors, rule.id);
    if (state?.kind === 'growth' && lapseGrowth(state, ts)) ended.push(rule.component);
  }
  return ended;
}

const START: { readonly [K in Rule['kind']]: () => DetectorState } = {
  limit: startLimit,
  trend: startTrend,
  growth: startGrowth,
  rate: startRate,
  novelty: startNoveltyAlarm,
};

function step(state: DetectorState, rule: Rule, value: number, ts: number, words: Words): void {
  if (rule.kind === 'limit' && state.kind === 'limit') takeLimit(state, rule, value, ts, words);
  else if (rule.kind === 'trend' && state.kind === 'trend') takeTrend(state, rule, value, ts, words);
  else if (rule.kind === 'growth' && state.kind === 'growth') takeGrowth(state, rule, value, ts, words);
  else if (rule.kind === 'rate' && state.kind === 'rate') takeRate(state, rule, value, ts, words);
  else if (rule.kind === 'novelty' && state.kind === 'novelty') takeNovelty(state, rule, value, ts, words);
}

function reset(state: DetectorState): void {
  if (state.kind === 'limit') resetLimit(state);
  else if (state.kind === 'trend') resetTrend(state);
  else if (state.kind === 'growth') resetGrowth(state);
  else if (state.kind === 'rate') resetRate(state);
  else resetNovelty(state);
}

/** The findings of a component now, in the order of the model's rules. */
export function findingsOf(detectors: Detectors, model: DeviceModel, component: string): Finding[] {
  return model.rules.flatMap((rule) => {
    const finding = rule.component === component ? own(detectors, rule.id)?.finding : null;
    return finding ? [finding] : [];
  });
}

/** Somebody worked on a component (null: on the device): its detectors begin anew and must see healthy data. */
export function resetAfterWork(detectors: Detectors, model: DeviceModel, component: string | null): void {
  for (const rule of model.rules) {
    const state = own(detectors, rule.id);
    if (!state || (component !== null && rule.component !== component)) continue;
    reset(state);
  }
}

/** The component is another one, or is no more: nothing of what was seen counts. */
export function forget(detectors: Detectors, model: DeviceModel, component: string): void {
  for (const rule of model.rules) if (rule.component === component) delete detectors[rule.id];
}

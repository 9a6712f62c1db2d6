import type { DeviceModel, Finding, Instant, LearnedRule, Reading, Rule, Value } from '@uptower/domain';
import { own } from '../own.ts';
import type { Cursor, Detectors } from './detectors.ts';
import { lapseGrowth, resetGrowth, takeGrowth } from './growth.ts';
import { layoutOf, type Place } from './layout.ts';
import {
  type LearnedContext,
  type LearnedState,
  nextLearnedSilence,
  renewLearned,
  takeLearned,
  takeLearnedCode,
  takeLearnedSilence,
} from './learned.ts';
import type { Learned } from './learned-models.ts';
import { resetLimit, takeLimit } from './limit.ts';
import { resetNovelty, takeNovelty } from './novelty-alarm.ts';
import { resetRate, takeRate } from './rate.ts';
import { resetTrend, takeTrend } from './trend.ts';
import type { Words } from './words.ts';

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
  /** The learned models that rules may name. */
  readonly learned?: Learned | undefined;
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
  { fresh, since, learned }: Showing = {},
): Set<string> | null {
  let touched: Set<string> | null = null;
  const { ts, values } = reading;
  detectors.fit(layoutOf(model));
  const changed = since && !isEmpty(since) ? since : undefined;
  let metric = '';
  let value: Value | undefined;
  for (const { rule, place } of stepsOf(model)) {
    if (rule.kind === 'learned') {
      if (!isHis(rule, ts, resting, changed) || !counts(rule, values)) continue;
      const shown = fresh ? only(values, fresh) : values;
      const show = (state: LearnedState, context: LearnedContext) => takeLearned(state, context, shown, ts);
      if (lookAgain(detectors, rule, model, words, learned, show))
        touched = (touched ?? new Set<string>()).add(rule.component);
      continue;
    }
    if (fresh && !fresh(rule.metric) && !(rule.only && fresh(rule.only.metric))) continue;
    // Rules of one metric mostly follow each other.
    if (rule.metric !== metric) {
      metric = rule.metric;
      value = own(values, metric);
    }
    if (typeof value !== 'number' || !isHis(rule, ts, resting, changed) || !counts(rule, values)) continue;
    let told: boolean;
    if (place) {
      const cursor = detectors.at(place);
      step(cursor, rule, value, ts, words);
      told = detectors.keep(place, cursor);
    } else {
      const state = detectors.grown(rule.id);
      told = state.finding !== null;
      if (rule.kind === 'growth') takeGrowth(state, rule, value, ts, words);
      told ||= state.finding !== null;
    }
    if (told) touched = (touched ?? new Set<string>()).add(rule.component);
  }
  return touched;
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}

/** A rule, and where its numbers lie when it is of a kind that has a place. */
interface Step {
  readonly rule: Rule;
  readonly place: Place | undefined;
}

const steps = new WeakMap<DeviceModel, readonly Step[]>();

function stepsOf(model: DeviceModel): readonly Step[] {
  let found = steps.get(model);
  if (!found) {
    const layout = layoutOf(model);
    found = model.rules.map((rule) => ({ rule, place: layout.placeOf(rule) }));
    steps.set(model, found);
  }
  return found;
}

/** Shows an event code to the learned detectors; otherwise as `observe`. */
export function observeCode(
  detectors: Detectors,
  model: DeviceModel,
  code: string,
  ts: Instant,
  resting: readonly string[],
  words: Words,
  { since, learned }: Showing = {},
): string[] {
  const touched: string[] = [];
  for (const rule of model.rules) {
    if (rule.kind !== 'learned' || !isHis(rule, ts, resting, since)) continue;
    const show = (state: LearnedState, context: LearnedContext) => takeLearnedCode(state, context, code, ts);
    if (lookAgain(detectors, rule, model, words, learned, show)) touched.push(rule.component);
  }
  return touched;
}

/**
 * When a detector is next judged although the device says nothing, before `until`; null: none is. Other readings of the
 * same moment, and everything else that happens then, come after it.
 */
export function nextSilence(
  detectors: Detectors,
  model: DeviceModel,
  until: Instant,
  resting: readonly string[],
  learned: Learned | undefined,
): Instant | null {
  let next: Instant | null = null;
  for (const rule of model.rules) {
    const at = silenceOf(detectors, rule, model, resting, learned);
    if (at !== null && at < until && (next === null || at < next)) next = at;
  }
  return next;
}

/** Judges those detectors for which it is time at `ts` although the device said nothing; otherwise as `observe`. */
export function observeSilence(
  detectors: Detectors,
  model: DeviceModel,
  ts: Instant,
  resting: readonly string[],
  words: Words,
  learned: Learned | undefined,
): string[] {
  const touched: string[] = [];
  for (const rule of model.rules) {
    if (rule.kind !== 'learned' || silenceOf(detectors, rule, model, resting, learned) !== ts) continue;
    const show = (state: LearnedState, context: LearnedContext) => takeLearnedSilence(state, context, ts);
    if (lookAgain(detectors, rule, model, words, learned, show)) touched.push(rule.component);
  }
  return touched;
}

function silenceOf(
  detectors: Detectors,
  rule: Rule,
  model: DeviceModel,
  resting: readonly string[],
  learned: Learned | undefined,
): Instant | null {
  if (rule.kind !== 'learned' || resting.includes(rule.component)) return null;
  const state = detectors.looseOf(rule.id);
  const hazard = state?.kind === 'learned' ? learned?.(rule.learned) : undefined;
  return state?.kind === 'learned' && hazard ? nextLearnedSilence(state, { rule, hazard, model }) : null;
}

/** Whether a moment is this rule's business: its component is judged, and it was this rule then. */
const isHis = (rule: Rule, ts: Instant, resting: readonly string[], since: Showing['since']): boolean =>
  !(resting.length > 0 && resting.includes(rule.component)) &&
  !(since && ts <= (own(since, rule.id) ?? Number.NEGATIVE_INFINITY));

const only = (values: Reading['values'], fresh: (metric: string) => boolean): Reading['values'] =>
  Object.fromEntries(Object.entries(values).filter(([metric]) => fresh(metric)));

/** Whether the rule has, or just had, a finding. A rule whose learned model is not known says nothing. */
function lookAgain(
  detectors: Detectors,
  rule: LearnedRule,
  model: DeviceModel,
  words: Words,
  learned: Learned | undefined,
  show: (state: LearnedState, context: LearnedContext) => void,
): boolean {
  const hazard = learned?.(rule.learned);
  if (!hazard) return false;
  const state = detectors.learned(rule.id);
  const had = state.finding !== null;
  show(state, { rule, hazard, model, words });
  return had || state.finding !== null;
}

/**
 * Ends what only lasts for a time and whose time is over at `ts`, before a reading of that moment is judged: two stretches
 * of growth with a quiet one between are two problems. Returns the components concerned.
 */
export function lapse(detectors: Detectors, model: DeviceModel, ts: number): readonly string[] {
  let ended: string[] | undefined;
  for (const rule of growthOf(model)) {
    const state = detectors.looseOf(rule.id);
    if (state?.kind !== 'growth' || !lapseGrowth(state, ts)) continue;
    ended ??= [];
    ended.push(rule.component);
  }
  return ended ?? NONE;
}

const NONE: readonly string[] = [];
const growthRules = new WeakMap<DeviceModel, readonly Rule[]>();

function growthOf(model: DeviceModel): readonly Rule[] {
  let found = growthRules.get(model);
  if (!found) {
    found = model.rules.filter(({ kind }) => kind === 'growth');
    growthRules.set(model, found);
  }
  return found;
}

function step(state: Cursor, rule: Rule, value: number, ts: number, words: Words): void {
  if (rule.kind === 'limit' && state.kind === 'limit') takeLimit(state, rule, value, ts, words);
  else if (rule.kind === 'trend' && state.kind === 'trend') takeTrend(state, rule, value, ts, words);
  else if (rule.kind === 'rate' && state.kind === 'rate') takeRate(state, rule, value, ts, words);
  else if (rule.kind === 'novelty' && state.kind === 'novelty') takeNovelty(state, rule, value, ts, words);
}

function reset(state: Cursor): void {
  if (state.kind === 'limit') resetLimit(state);
  else if (state.kind === 'trend') resetTrend(state);
  else if (state.kind === 'rate') resetRate(state);
  else resetNovelty(state);
}

/** The findings of a component now, in the order of the model's rules. */
export function findingsOf(detectors: Detectors, model: DeviceModel, component: string): Finding[] {
  return model.rules.flatMap((rule) => {
    const finding = rule.component === component ? detectors.findingOf(rule.id) : null;
    return finding ? [finding] : [];
  });
}

/** Somebody worked on a component (null: on the device): its detectors begin anew and must see healthy data. */
export function resetAfterWork(detectors: Detectors, model: DeviceModel, component: string | null, at: Instant): void {
  for (const rule of model.rules) {
    if (component !== null && rule.component !== component) continue;
    const place = detectors.placeOf(rule);
    if (place) {
      const cursor = detectors.at(place);
      reset(cursor);
      detectors.keep(place, cursor);
      continue;
    }
    const state = detectors.looseOf(rule.id);
    if (state?.kind === 'growth') resetGrowth(state);
    else if (state && rule.kind === 'learned') renewLearned(state, rule.of, at);
  }
}

/** The component is another one, or is no more: nothing of what was seen counts. Learned hazards know since when. */
export function forget(detectors: Detectors, model: DeviceModel, component: string, at: Instant): void {
  for (const rule of model.rules) {
    if (rule.component !== component) continue;
    const state = detectors.looseOf(rule.id);
    if (rule.kind !== 'learned' || state?.kind !== 'learned') {
      detectors.forget(rule.id);
      continue;
    }
    renewLearned(state, rule.of, at);
    state.finding = null;
    state.since = null;
  }
}

import { type DeviceModel, type Finding, HOUR, type Instant, type LearnedRule, type Value } from '@uptower/domain';
import { drawn } from './curve.ts';
import { hasFaults, renew } from './hazard/features.ts';
import { evaluate, type HazardAnswer, optionsFor, reasonsFor } from './hazard/live.ts';
import type { HazardModel } from './hazard/model.ts';
import {
  type DeviceState,
  type HazardInput,
  nextSilence,
  type StreamOptions,
  startDevice,
  take,
  takeSilence,
} from './hazard/stream.ts';
import { isDue } from './hazard/urgency.ts';
import { clip, duration, figure, type Words } from './words.ts';

/** The learned hazard of one component of one device, in event time; hours are those of the epoch. */
export interface LearnedState {
  kind: 'learned';
  /** Null before the first reading. */
  device: DeviceState | null;
  /** Since when it has been high enough without a break, and could not wait. */
  since: Instant | null;
  finding: Finding | null;
  /** When the device last spoke of this, or was judged in silence; left out before that. */
  heardAt?: Instant;
  /** How often it was judged in silence since it spoke; left out: never. */
  silences?: number;
}

export const startLearned = (): LearnedState => ({ kind: 'learned', device: null, since: null, finding: null });

/** A device silent for longer (six horizons) is not observed any more: of it nothing is concluded until it speaks. */
const MOST_SILENCES = 36;

/** It ends below this share of the probability that began it: the deadband of this alarm. */
const DEADBAND = 0.8;

/** What a judgement needs besides the news. */
export interface LearnedContext {
  readonly rule: LearnedRule;
  readonly hazard: HazardModel;
  readonly model: DeviceModel;
  readonly words: Words;
}

/** Values of one moment, or of the part of it that is new. */
export function takeLearned(
  state: LearnedState,
  context: LearnedContext,
  values: Readonly<Record<string, Value>>,
  ts: Instant,
): void {
  const numbers: Record<string, number> = {};
  let any = false;
  for (const [metric, value] of Object.entries(values)) {
    if (typeof value !== 'number') continue;
    numbers[metric] = value;
    any = true;
  }
  if (any) step(state, context, { kind: 'values', device: 0, at: ts / HOUR, values: numbers }, ts);
}

/** An event code the device sent. */
export function takeLearnedCode(state: LearnedState, context: LearnedContext, code: string, ts: Instant): void {
  if (context.hazard.inputs.codes.includes(code))
    step(state, context, { kind: 'code', device: 0, at: ts / HOUR, code }, ts);
}

/** The component was worked on or is another one: what was counted of it counts no more. What is open ends with the next look. */
export function renewLearned(state: LearnedState, of: string, at: Instant): void {
  const component = state.device?.components[of];
  if (!component) return;
  renew(component.state, at / HOUR);
  component.judgedAt = null;
  hear(state, at);
}

function hear(state: LearnedState, at: Instant): void {
  state.heardAt = at;
  delete state.silences;
}

/** When it is judged next although the device says nothing; null: that would say nothing new. */
export function nextLearnedSilence(
  { device, heardAt, silences = 0 }: LearnedState,
  { rule, hazard, model }: Pick<LearnedContext, 'rule' | 'hazard' | 'model'>,
): Instant | null {
  const component = device?.components[rule.of];
  if (!component || heardAt === undefined || silences >= MOST_SILENCES || !hasFaults(component.state)) return null;
  const { quietHours } = streamOf(hazard, rule.of, model);
  return Math.ceil(nextSilence(heardAt / HOUR, quietHours) * HOUR);
}

/**
 * The device said nothing until now. What was counted of it may weigh more by now; but a gap is never read as health, so
 * what stands goes on.
 */
export function takeLearnedSilence(state: LearnedState, context: LearnedContext, ts: Instant): void {
  if (!state.device) return;
  state.heardAt = ts;
  state.silences = (state.silences ?? 0) + 1;
  if (takeSilence(state.device, ts / HOUR).includes(context.rule.of)) judge(state, context, ts, true);
}

function step(state: LearnedState, context: LearnedContext, input: HazardInput, ts: Instant): void {
  const { rule, hazard, model } = context;
  const options = streamOf(hazard, rule.of, model);
  state.device ??= startDevice(options);
  // A moment told in parts is judged whole.
  const before = state.device.components[rule.of];
  if (before?.judgedAt === input.at) before.judgedAt = null;
  hear(state, ts);
  if (take(state.device, model.id, input, options).includes(rule.of)) judge(state, context, ts, false);
}

function judge(state: LearnedState, context: LearnedContext, ts: Instant, isSilent: boolean): void {
  const { rule, hazard, model } = context;
  const component = state.device?.components[rule.of];
  const answer = component && evaluate(hazard, rule.of, component.state, model.id, ts / HOUR);
  if (!answer) return;
  const { probability, urgency } = answer;
  const goesOn = state.finding
    ? probability >= DEADBAND * rule.minProbability
    : isDue(probability, urgency, rule.minProbability);
  if (!goesOn) {
    if (isSilent) return;
    state.since = null;
    state.finding = null;
    return;
  }
  state.since ??= ts;
  state.finding = findingOf(state as LearnedState & { device: DeviceState; since: Instant }, context, answer, ts);
}

function findingOf(
  { device, since }: { readonly device: DeviceState; readonly since: Instant },
  { rule, hazard, model, words }: LearnedContext,
  { curve, probability }: HazardAnswer,
  ts: Instant,
): Finding {
  const { horizonHours } = hazard;
  const component = (device.components[rule.of] as DeviceState['components'][string]).state;
  const reasons = reasonsFor(hazard, rule.of, component, model.id, ts / HOUR);
  const shown = reasons.map(({ what }) => what).find((what) => component.counters[what] || component.gauges[what]);
  const metric = shown ?? rule.metric;
  const [counter, gauge] = [component.counters[metric], component.gauges[metric]];
  const percent = `${Math.round(probability * 100)} %`;
  const because = reasons.map((reason) => inWords(reason.what, component, ts, words));
  const within = duration(horizonHours * HOUR);
  return {
    ruleId: rule.id,
    ruleName: rule.name,
    component: rule.component,
    failureMode: rule.failureMode,
    severity: rule.severity,
    at: ts,
    horizonHours,
    ...drawn(ts, horizonHours, (hours) => along(curve, hours)),
    evidence: {
      metric,
      value: counter?.value ?? gauge?.value ?? 0,
      level: counter?.first ?? gauge?.level ?? 0,
      since,
      text: clip({
        en: `${percent} of those like it failed within ${within.en}${because.length > 0 ? `: ${because.map(({ en }) => en).join('; ')}` : ''}`,
        zh: `类似情况中有 ${percent} 在 ${within.zh}内发生故障${because.length > 0 ? `：${because.map(({ zh }) => zh).join('；')}` : ''}`,
      }),
    },
  };
}

/** Linear between the learned points; level beyond the horizon: further than it looked it claims nothing more. */
function along(curve: HazardAnswer['curve'], hours: number): number {
  let before = { hours: 0, probability: 0 };
  for (const point of curve) {
    if (point.hours >= hours) {
      const share = (hours - before.hours) / (point.hours - before.hours);
      return before.probability + share * (point.probability - before.probability);
    }
    before = point;
  }
  return before.probability;
}

function inWords(
  what: string,
  { counters, gauges, codes, renewedAt }: DeviceState['components'][string]['state'],
  ts: Instant,
  words: Words,
): { en: string; zh: string } {
  const ago = (hour: number) => duration(Math.max(0, ts - hour * HOUR));
  const { name } = words.metric(what);
  const counter = counters[what];
  if (counter) {
    if (counter.grewAt === null)
      return { en: `${name.en} at ${figure(counter.value)}`, zh: `${name.zh}为 ${figure(counter.value)}` };
    const when = ago(counter.grewAt);
    return {
      en: `${name.en} at ${figure(counter.value)}, grew ${when.en} ago`,
      zh: `${name.zh}为 ${figure(counter.value)}，${when.zh}前增长`,
    };
  }
  const gauge = gauges[what];
  if (gauge) {
    const high = gauge.value >= gauge.level;
    return {
      en: `${name.en} ${high ? 'above' : 'below'} its usual level`,
      zh: `${name.zh}${high ? '高于' : '低于'}平时水平`,
    };
  }
  const code = codes[what];
  if (code) {
    const when = ago(code.lastAt);
    return { en: `code ${what} ${when.en} ago`, zh: `${when.zh}前出现代码 ${what}` };
  }
  if (renewedAt === null) return { en: what, zh: what };
  const when = ago(renewedAt);
  return { en: `replaced ${when.en} ago`, zh: `${when.zh}前更换` };
}

/** By learned model, device model and component: made once. */
const streams = new WeakMap<HazardModel, WeakMap<DeviceModel, Map<string, StreamOptions>>>();

function streamOf(hazard: HazardModel, of: string, model: DeviceModel): StreamOptions {
  const byModel = streams.get(hazard) ?? new WeakMap<DeviceModel, Map<string, StreamOptions>>();
  streams.set(hazard, byModel);
  const byComponent = byModel.get(model) ?? new Map<string, StreamOptions>();
  byModel.set(model, byComponent);
  let options = byComponent.get(of);
  if (!options) {
    const counters = new Set(model.metrics.flatMap(({ key, kind }) => (kind === 'counter' ? [key] : [])));
    options = { ...optionsFor(hazard, (metric) => (counters.has(metric) ? 'counter' : 'gauge')), components: [of] };
    byComponent.set(of, options);
  }
  return options;
}

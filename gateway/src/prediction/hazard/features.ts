import { COUNTER_FEATURES, type CounterState, counterFeatures, startCounter, takeCounter } from './counter.ts';
import { addTo, type Fading, recency, SPANS, startFading, sumAt } from './decay.ts';
import { GAUGE_FEATURES, type GaugeState, gaugeFeatures, startGauge, takeGauge, type Usual } from './gauge.ts';

/** What a learner looks at: which counters, gauges and event codes it knows by name. Others count only as "any". */
export interface Inputs {
  readonly counters: readonly string[];
  readonly gauges: readonly string[];
  readonly codes: readonly string[];
  /** Usual level of each gauge by device model; `''` is all models together. */
  readonly usual: Readonly<Record<string, Readonly<Record<string, Usual>>>>;
}

interface CodeState {
  count: Fading;
  lastAt: number;
}

/** Everything remembered of one component of one device. Plain data, constant size. */
export interface ComponentState {
  counters: Record<string, CounterState>;
  gauges: Record<string, GaugeState>;
  codes: Record<string, CodeState>;
  /** Hour of the last replacement or repair; null when none is known. */
  renewedAt: number | null;
}

export const startComponent = (): ComponentState => ({ counters: {}, gauges: {}, codes: {}, renewedAt: null });

const ANY_FEATURES = [
  'any:counters-above-0',
  'any:counters-grown',
  ...SPANS.map((hours) => `any:grew-${hours}h`),
  ...SPANS.map((hours) => `any:codes-${hours}h`),
  'renewed',
] as const;

/** With more pairs than this, codes and gauges are looked at side by side only. */
const MOST_PAIRS = 100;

/** A gauge further off than this many spreads says no more together with a code. */
const FAR = 5;

/** Each code with each gauge: an error message when a reading has just gone off says more than either. */
function pairsOf({ codes, gauges }: Pick<Inputs, 'codes' | 'gauges'>): [code: string, gauge: string][] {
  if (codes.length * gauges.length > MOST_PAIRS) return [];
  return codes.flatMap((code) => gauges.map((gauge): [string, string] => [code, gauge]));
}

export function featureNames({ counters, gauges, codes }: Inputs): string[] {
  return [
    ...counters.flatMap((name) => COUNTER_FEATURES.map((feature) => `${name}:${feature}`)),
    ...gauges.flatMap((name) => GAUGE_FEATURES.map((feature) => `${name}:${feature}`)),
    ...codes.flatMap((name) => [...SPANS.map((hours) => `${name}:count-${hours}h`), `${name}:recently`]),
    ...pairsOf({ codes, gauges }).map(([code, gauge]) => `${code}×${gauge}`),
    ...ANY_FEATURES,
  ];
}

/** What each feature of `featureNames` tells of: metrics and codes by name, `renewed`, or nothing in particular. */
export function featureSources(inputs: Inputs): string[][] {
  return [
    ...inputs.counters.flatMap((name) => COUNTER_FEATURES.map(() => [name])),
    ...inputs.gauges.flatMap((name) => GAUGE_FEATURES.map(() => [name])),
    ...inputs.codes.flatMap((name) => [...SPANS, 'recently'].map(() => [name])),
    ...pairsOf(inputs),
    ...ANY_FEATURES.map((name) => (name === RENEWED ? [RENEWED] : [])),
  ];
}

/** The features of a component of which nothing is wrong: counters at zero, gauges as usual, no codes. */
export function quietFeatures(inputs: Inputs): Float32Array {
  return Float32Array.from(featureNames(inputs), (name) => (name === RENEWED ? Number.NaN : 0));
}

/** Time since renewal. */
const RENEWED = 'renewed';

/**
 * Features that may only raise the hazard: more faults, more often, more lately, and longer in service (so that no pattern
 * in age can be learned by heart). It is what carries over to device models never trained on.
 */
export function risingFeatures(inputs: Inputs): number[] {
  const gauges = new Set(inputs.gauges.flatMap((name) => GAUGE_FEATURES.map((feature) => `${name}:${feature}`)));
  const pairs = new Set(pairsOf(inputs).map(([code, gauge]) => `${code}×${gauge}`));
  return featureNames(inputs).flatMap((name, i) =>
    gauges.has(name) || pairs.has(name) || name.endsWith(':fell-recently') ? [] : [i],
  );
}

/** Takes one metric; true when that is news (a counter grew). */
export function takeValue(
  state: ComponentState,
  inputs: Inputs,
  model: string,
  kind: 'counter' | 'gauge',
  metric: string,
  value: number,
  at: number,
): boolean {
  if (!inputs[kind === 'counter' ? 'counters' : 'gauges'].includes(metric)) return false;
  if (kind === 'counter') {
    const known = state.counters[metric];
    if (known) return takeCounter(known, value, at);
    state.counters[metric] = startCounter(value, at);
    return value > 0;
  }
  const known = state.gauges[metric];
  if (known) takeGauge(known, value, at);
  else state.gauges[metric] = startGauge(value, at, usualOf(inputs, model, metric));
  return false;
}

export function takeCode(state: ComponentState, inputs: Inputs, code: string, at: number): void {
  if (!inputs.codes.includes(code)) return;
  const known = state.codes[code] ?? { count: startFading(at), lastAt: at };
  state.codes[code] = known;
  addTo(known.count, at, 1);
  known.lastAt = Math.max(known.lastAt, at);
}

/** The component was replaced or repaired: what was seen of the old one says nothing about the new one, baselines stay. */
export function renew(state: ComponentState, at: number): void {
  for (const [metric, { value }] of Object.entries(state.counters)) state.counters[metric] = startCounter(value, at);
  for (const gauge of Object.values(state.gauges)) {
    gauge.day = null;
    gauge.days = null;
  }
  state.codes = {};
  state.renewedAt = at;
}

/** A counter of faults stands above zero. */
export function hasFaults({ counters }: ComponentState): boolean {
  for (const metric in counters) if ((counters[metric] as CounterState).value > 0) return true;
  return false;
}

const usualOf = (inputs: Inputs, model: string, metric: string): Usual | undefined =>
  inputs.usual[model]?.[metric] ?? inputs.usual['']?.[metric];

/** Writes the features of a component at an hour into `out`; NaN where nothing is known. */
export function writeFeatures(
  state: ComponentState,
  inputs: Inputs,
  model: string,
  at: number,
  out: Float32Array,
): void {
  let offset = 0;
  for (const name of inputs.counters) {
    counterFeatures(state.counters[name], at, out, offset);
    offset += COUNTER_FEATURES.length;
  }
  for (const name of inputs.gauges) {
    gaugeFeatures(state.gauges[name], usualOf(inputs, model, name), out, offset);
    offset += GAUGE_FEATURES.length;
  }
  for (const name of inputs.codes) {
    const code = state.codes[name];
    for (let i = 0; i < SPANS.length; i += 1) out[offset++] = code ? sumAt(code.count, i, at) : 0;
    out[offset++] = recency(code?.lastAt ?? null, at);
  }
  for (const [code, gauge] of pairsOf(inputs)) {
    const came = state.codes[code];
    const step = Math.max(-FAR, Math.min(FAR, state.gauges[gauge]?.step ?? 0));
    out[offset++] = came ? step * Math.exp(-Math.max(0, at - came.lastAt) / SPANS[0]) : 0;
  }
  writeAny(state, at, out, offset);
}

function writeAny(state: ComponentState, at: number, out: Float32Array, from: number): void {
  out.fill(0, from, from + ANY_FEATURES.length);
  let offset = from;
  for (const counter of Object.values(state.counters)) {
    if (counter.value > 0) out[offset] = (out[offset] as number) + 1;
    if (counter.grewAt === null) continue;
    out[offset + 1] = (out[offset + 1] as number) + 1;
    for (let i = 0; i < SPANS.length; i += 1)
      out[offset + 2 + i] = (out[offset + 2 + i] as number) + sumAt(counter.times, i, at);
  }
  offset += 2 + SPANS.length;
  for (const code of Object.values(state.codes))
    for (let i = 0; i < SPANS.length; i += 1) out[offset + i] = (out[offset + i] as number) + sumAt(code.count, i, at);
  offset += SPANS.length;
  // Whole steps of a factor of two: wear over months shows, a calendar of services does not.
  out[offset] = state.renewedAt === null ? Number.NaN : Math.floor(Math.log2(Math.max(1, at - state.renewedAt)));
}

import { calibrated } from './calibrate.ts';
import { type ComponentState, featureNames, featureSources, quietFeatures, writeFeatures } from './features.ts';
import { committee, whether } from './member.ts';
import type { HazardModel } from './model.ts';
import { intervalEnds } from './periods.ts';
import type { StreamOptions } from './stream.ts';
import { streamOptions } from './train.ts';

/**
 * The hazard of one device in the live stream, and of a back-test alike: `startDevice` makes its state (plain JSON),
 * `take` an input (in event time) and `takeSilence` the passing of `quietHours` without one; both return the components
 * to judge anew, which `evaluate` does.
 */
export const optionsFor = (model: HazardModel, kindOf: StreamOptions['kindOf']): StreamOptions =>
  streamOptions(model.inputs, Object.keys(model.components), model.horizonHours, kindOf);

export interface HazardAnswer {
  /** P(fails within the horizon), calibrated. */
  readonly probability: number;
  /** Of failures like this: the share that a later order would lose, 0 to 1 (see `pressing`). */
  readonly urgency: number;
  /** P(has failed by `hours` from now), rising to `probability` at the horizon. */
  readonly curve: readonly { readonly hours: number; readonly probability: number }[];
  /** Hours from now between which it is expected, should it come: tenth and ninetieth percentile. */
  readonly expected: readonly [from: number, to: number];
}

/** Undefined when the model knows no such component. `deviceModel` is '' when unknown. */
export function evaluate(
  model: HazardModel,
  component: string,
  state: ComponentState,
  deviceModel: string,
  at: number,
): HazardAnswer | undefined {
  const hazard = model.components[component];
  if (!hazard) return undefined;
  const ends = intervalEnds(model.leadHours, model.horizonHours);
  const x = featuresOf(model, state, deviceModel, at);
  const said = committee(hazard.members, x, ends.length);
  const probability = calibrated(hazard.calibration, said.probability);
  return {
    probability,
    urgency: said.urgency,
    curve: ends.map((hours, k) => ({ hours, probability: probability * (said.shares[k] as number) })),
    expected: [expectedIn(said.shares, ends, 0.1), expectedIn(said.shares, ends, 0.9)],
  };
}

export interface HazardReason {
  /** A metric or code, or `renewed` (time since the last replacement). */
  readonly what: string;
  /** Log-odds by which the answer would be lower had it been as quiet as can be. */
  readonly odds: number;
  readonly words: string;
}

/** Why: what would lower the answer most, had it been quiet; at most `most` of them, weightiest first. */
export function reasonsFor(
  model: HazardModel,
  component: string,
  state: ComponentState,
  deviceModel: string,
  at: number,
  most = 3,
): HazardReason[] {
  const hazard = model.components[component];
  if (!hazard) return [];
  const x = featuresOf(model, state, deviceModel, at);
  const quiet = quietFeatures(model.inputs);
  const oddsOf = (features: Float32Array) =>
    hazard.members.reduce((sum, member) => {
      const p = Math.min(1 - 1e-9, Math.max(1e-9, whether(member, features)));
      return sum + Math.log(p / (1 - p)) / hazard.members.length;
    }, 0);
  const all = oddsOf(x);
  const sources = featureSources(model.inputs);
  return [...new Set(sources.flat())]
    .map((what) => {
      const without = x.map((value, i) => (sources[i]?.includes(what) ? (quiet[i] as number) : value));
      return { what, odds: all - oddsOf(without), words: inWords(what, state, at) };
    })
    .filter(({ odds, words }) => odds > 0.1 && words !== '')
    .sort((a, b) => b.odds - a.odds)
    .slice(0, most);
}

function featuresOf(model: HazardModel, state: ComponentState, deviceModel: string, at: number): Float32Array {
  const x = new Float32Array(featureNames(model.inputs).length);
  writeFeatures(state, model.inputs, deviceModel, at, x);
  return x;
}

function inWords(what: string, { counters, gauges, codes, renewedAt }: ComponentState, at: number): string {
  const ago = (then: number) => {
    const hours = Math.max(0, at - then);
    return hours < 48 ? `${hours.toFixed(0)} h ago` : `${(hours / 24).toFixed(0)} days ago`;
  };
  const counter = counters[what];
  if (counter)
    return `${what} stands at ${counter.value}${counter.grewAt === null ? '' : `, grew ${ago(counter.grewAt)}`}`;
  const gauge = gauges[what];
  if (gauge)
    return gauge.off === null
      ? ''
      : `${what} ${Math.abs(gauge.off).toFixed(1)} spreads ${gauge.off < 0 ? 'below' : 'above'} its usual level`;
  const code = codes[what];
  if (code) return `${what} came ${ago(code.lastAt)}`;
  return what === 'renewed' && renewedAt !== null ? `last replaced ${ago(renewedAt)}` : '';
}

/** Hours until the share `q` of those that fail within the horizon has failed, linear within an interval. */
function expectedIn(shares: readonly number[], ends: readonly number[], q: number): number {
  let [failed, from] = [0, 0];
  for (let k = 0; k < shares.length; k += 1) {
    const then = shares[k] as number;
    const end = ends[k] as number;
    if (then >= q && then > failed) return from + ((q - failed) / (then - failed)) * (end - from);
    failed = then;
    from = end;
  }
  return ends.at(-1) as number;
}

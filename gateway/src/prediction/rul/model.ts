import { type Components, project } from './components.ts';
import { type Conditions, standardise } from './conditions.ts';
import { type IntervalShift, withInterval } from './interval.ts';
import type { RulPrediction, RulScore } from './metrics.ts';
import { evaluate, type Network } from './network.ts';
import type { UnitHistory } from './table.ts';
import { addWear, featuresOf, startWear, type WearState } from './wear-state.ts';

/** How rows become features; learned without knowing when a unit failed. */
export interface WearModel {
  readonly conditions: Conditions;
  readonly components: Components;
  /** Typical life, cycles: the median of the training units. */
  readonly life: number;
}

/** Predicts remaining life from telemetry; plain data. */
export interface RulModel extends WearModel {
  /** Point predictions are of min(remaining life, cap), cycles. */
  readonly cap: number;
  /** Mean and deviation of each feature. */
  readonly centre: readonly number[];
  readonly deviation: readonly number[];
  /** A committee, each trained without a fifth of the units. */
  readonly networks: readonly Network[];
  readonly shift: IntervalShift;
  /** On units a network had not seen, cut at every few cycles of their lives. */
  readonly crossValidated: { readonly asGiven: RulScore; readonly capped: RulScore };
}

/** Begins to follow a unit. */
export const startUnit = (model: WearModel, cycle: number): WearState =>
  startWear(model.components.weights.length, cycle);

/** One more row of a unit. */
export function takeRow(
  model: WearModel,
  state: WearState,
  cycle: number,
  settings: readonly number[],
  sensors: readonly number[],
): void {
  addWear(state, cycle, project(model.components, standardise(model.conditions, settings, sensors)), model.life);
}

/** Remaining life after the newest row, cycles. */
export function remainingLife(model: RulModel, state: WearState): RulPrediction {
  const input = featuresOf(state, model.life);
  normalise(input, model.centre, model.deviation);
  return withInterval(committee(model.networks, input, model.cap), model.shift, model.cap);
}

/** Remaining life of a unit after the last row of its history. */
export function predictRul(model: RulModel, unit: UnitHistory): RulPrediction {
  const state = startUnit(model, unit.cycles[0]!);
  for (const [i, cycle] of unit.cycles.entries()) takeRow(model, state, cycle, unit.settings[i]!, unit.sensors[i]!);
  return remainingLife(model, state);
}

/** A network counts life from half of the cap in thirds of it, so that its outputs are about of deviation 1. */
export const scaled = (cycles: number, cap: number): number => (cycles - cap / 2) / (cap / 3);
const unscaled = (value: number, cap: number): number => value * (cap / 3) + cap / 2;

/** What the networks say on average, p10 and p90 not yet shifted. */
export function committee(networks: readonly Network[], input: Float64Array, cap: number): RulPrediction {
  const sum = [0, 0, 0];
  for (const network of networks) for (const [o, value] of evaluate(network, input).entries()) sum[o]! += value;
  const [rul, p10, p90] = sum.map((value) => unscaled(value / networks.length, cap)) as [number, number, number];
  return { rul, p10, p90 };
}

/** Features beyond so many deviations count as this: far away the networks are not believed. */
const CLIP = 5;

/** In place. */
export function normalise(input: Float64Array, centre: readonly number[], deviation: readonly number[]): void {
  for (let f = 0; f < input.length; f++)
    input[f] = Math.max(-CLIP, Math.min(CLIP, (input[f]! - centre[f]!) / deviation[f]!));
}

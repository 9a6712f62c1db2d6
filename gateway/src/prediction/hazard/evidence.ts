import { sigmoid } from './boost.ts';
import { calibrated, logit } from './calibrate.ts';
import {
  featureNames,
  type Inputs,
  quietFeatures,
  startComponent,
  takeCode,
  takeValue,
  writeFeatures,
} from './features.ts';
import { committee } from './member.ts';
import type { HazardModel } from './model.ts';
import { pressing } from './urgency.ts';

/** An order never needs more than this many times the odds of a component of which nothing is wrong. */
const MOST_TIMES_QUIET = 10;

/**
 * How pressing (see `pressing`) a component must be for an order while budget is saved, by component: as much as
 * one of which all that is known is a fresh fault, a counter that has just grown by one or a code that has just come, of
 * a kind unknown (the mean over the kinds). With less to go by, orders would be spread over components that are well as
 * soon as the budget of a quiet time allows it, and be missing when faults come.
 */
export function leastEvidence(model: HazardModel): Record<string, number> {
  const { inputs } = model;
  const faults = [...inputs.counters.map((counter) => ({ counter })), ...inputs.codes.map((code) => ({ code }))];
  const least: Record<string, number> = {};
  for (const [name, { members, calibration }] of Object.entries(model.components)) {
    const pressed = (x: Float32Array) => {
      const said = committee(members, x, 1);
      return pressing(calibrated(calibration, said.probability), said.urgency);
    };
    if (faults.length === 0) continue;
    const mean = faults.reduce((sum, fault) => sum + pressed(freshFault(inputs, fault)), 0) / faults.length;
    const most = sigmoid(logit(pressed(quietFeatures(inputs))) + Math.log(MOST_TIMES_QUIET));
    least[name] = Math.min(mean, most);
  }
  return least;
}

/** The features of a component at the moment of its first fault; gauges as usual, nothing known of replacements. */
function freshFault(inputs: Inputs, fault: { readonly counter: string } | { readonly code: string }): Float32Array {
  const state = startComponent();
  for (const counter of inputs.counters) takeValue(state, inputs, '', 'counter', counter, 0, 0);
  if ('counter' in fault) takeValue(state, inputs, '', 'counter', fault.counter, 1, 1);
  else takeCode(state, inputs, fault.code, 1);
  const x = new Float32Array(featureNames(inputs).length);
  writeFeatures(state, inputs, '', 1, x);
  const quiet = quietFeatures(inputs);
  return x.map((value, i) => (Number.isNaN(value) ? (quiet[i] as number) : value));
}

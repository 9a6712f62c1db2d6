import { expect, it } from 'vitest';
import type { Booster } from './boost.ts';
import { sigmoid } from './boost.ts';
import { leastEvidence } from './evidence.ts';
import { featureNames, type Inputs } from './features.ts';
import { type HazardModel, MODEL_FORM } from './model.ts';

const inputs: Inputs = { counters: ['errors', 'retries'], gauges: ['heat'], codes: ['E1'], usual: {} };

/** Log-odds `base`, and more when a feature lies above zero; of gauges unknown a thousand more, so that it would show. */
function booster(base: number, more: Readonly<Record<string, number>>): Booster {
  return {
    base,
    trees: featureNames(inputs).map((name, feature) => ({
      feature: [feature, -1, -1],
      threshold: [0, 0, 0],
      bin: [0, 0, 0],
      missingLeft: [!name.startsWith('heat'), true, true],
      left: [1, -1, -1],
      right: [2, -1, -1],
      value: [0, 0, more[name] ?? (name.startsWith('heat') ? 1000 : 0)],
    })),
  };
}

const learned = (base: number, more: Readonly<Record<string, number>>): HazardModel => {
  const whether = booster(base, more);
  const member = { whether: [whether, whether] as const, smallShare: 0.5, when: booster(0, {}) };
  return {
    form: MODEL_FORM,
    leadHours: 24,
    horizonHours: 240,
    inputs,
    components: { pump: { members: [member], calibration: { slope: 1, offset: 0 } } },
    spending: {},
  };
};

it('an order needs as much as a fresh fault of a kind unknown', () => {
  const more = { 'errors:level': 1, 'retries:level': 0.5, 'E1:recently': 2 };
  const told = [-5 + 1, -5 + 0.5, -5 + 2].map(sigmoid);
  expect(leastEvidence(learned(-5, more)).pump).toBeCloseTo(told.reduce((sum, p) => sum + p, 0) / 3, 6);
});

it('but never more than ten times the odds of a component of which nothing is wrong', () => {
  const more = { 'errors:level': 6, 'retries:level': 6, 'E1:recently': 6 };
  expect(leastEvidence(learned(-5, more)).pump).toBeCloseTo(sigmoid(-5 + Math.log(10)), 6);
});

it('where there are only gauges nothing is asked for', () => {
  const model = learned(-5, {});
  expect(leastEvidence({ ...model, inputs: { ...inputs, counters: [], codes: [] } })).toEqual({});
});

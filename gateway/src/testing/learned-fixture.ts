import type { LearnedModelAdded, LearnedRule } from '@uptower/domain';
import type { Booster } from '../prediction/hazard/boost.ts';
import { featureNames, type Inputs } from '../prediction/hazard/features.ts';
import { type HazardModel, MODEL_FORM } from '../prediction/hazard/model.ts';
import type { Tree } from '../prediction/hazard/tree.ts';
import { learnedIdOf } from '../prediction/learned-models.ts';

const inputs: Inputs = {
  counters: ['chiller_trips'],
  gauges: ['helium_pressure'],
  codes: ['E1'],
  usual: { '': { helium_pressure: { level: 20, spread: 8 } } },
};

type Weights = Readonly<Record<string, number>>;

const STAIR = 0.08;

/** Trees of one split each that add up to about weight × log(1 + value), by the sign of the value. */
function stairs(name: string, weight: number): Tree[] {
  const feature = featureNames(inputs).indexOf(name);
  return Array.from({ length: 80 }, (_, i) => {
    const middle = (i - 39.5) * STAIR;
    const threshold = Math.sign(middle) * Math.expm1(Math.abs(middle));
    const half = (weight * STAIR) / 2;
    return {
      feature: [feature, -1, -1],
      threshold: [threshold, 0, 0],
      bin: [0, 0, 0],
      missingLeft: [middle > 0, false, false],
      left: [1, 0, 0],
      right: [2, 0, 0],
      value: [0, -half, half],
    };
  });
}

/** By hand: log-odds that are the weighted sum of features. */
const learnerOf = (base: number, weights: Weights): Booster => ({
  base,
  trees: Object.entries(weights).flatMap(([name, weight]) => stairs(name, weight)),
});

const hazardOf = (whether: Booster, urgency?: Booster): HazardModel => ({
  form: MODEL_FORM,
  leadHours: 2,
  horizonHours: 48,
  inputs,
  components: {
    'cold head': {
      members: [
        {
          whether: [learnerOf(0, {}), whether],
          smallShare: 1,
          when: learnerOf(-1, {}),
          ...(urgency && { urgency }),
        },
      ],
      calibration: { slope: 1, offset: 0 },
    },
  },
  spending: {},
});

function given(name: string, ruleId: string, hazard: HazardModel): { added: LearnedModelAdded; rule: LearnedRule } {
  const content = JSON.stringify(hazard);
  const learned = learnedIdOf(content);
  const by = { id: 'acc_a', name: { en: 'A', zh: 'A' } };
  return {
    added: { type: 'learned-model.added', learnedId: learned, name, content, at: 0, by } as LearnedModelAdded,
    rule: {
      kind: 'learned',
      id: ruleId,
      name: { en: 'Cold head, as learned', zh: '冷头（学习得出）' },
      component: 'cold-head',
      failureMode: 'cold-head-wear',
      metric: 'helium_pressure',
      severity: 'P2',
      learned,
      of: 'cold head',
      minProbability: 0.5,
    },
  };
}

/** Rises with trips lately, with helium pressure above its usual level and with code E1. */
export const { added: coldHeadAdded, rule: coldHeadLearned } = given(
  'cold heads of two hospitals',
  'cold-head-learned',
  hazardOf(learnerOf(-2, { 'chiller_trips:growth-24h': 1.5, 'helium_pressure:now': 1, 'E1:count-24h': 4 })),
);

/** Rises in the days after a trip: what was counted stays, and that it was lately speaks against it. */
export const { added: slowAdded, rule: slowLearned } = given(
  'cold heads that take their time',
  'cold-head-slow',
  hazardOf(learnerOf(-1, { 'chiller_trips:level': 3, 'chiller_trips:growth-24h': -4 })),
);

/** High pressure is a sign, but code E1 comes in time before a failure. */
export const { added: patientAdded, rule: patientLearned } = given(
  'cold heads that say E1 first',
  'cold-head-patient',
  hazardOf(learnerOf(-2, { 'helium_pressure:now': 4 }), learnerOf(-4, { 'E1:count-24h': 14 })),
);

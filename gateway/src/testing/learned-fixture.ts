import type { LearnedModelAdded, LearnedRule } from '@uptower/domain';
import { featureNames, type Inputs } from '../prediction/hazard/features.ts';
import type { HazardModel } from '../prediction/hazard/model.ts';
import { learnedIdOf } from '../prediction/learned-models.ts';

const inputs: Inputs = {
  counters: ['chiller_trips'],
  gauges: ['helium_pressure'],
  codes: ['E1'],
  usual: { '': { helium_pressure: { level: 20, spread: 8 } } },
};

type Weights = Readonly<Record<string, number>>;

/** By hand: log-odds that are the weighted sum of features, and `bias` when all is quiet. */
const hazardOf = (bias: number, weights: Weights): HazardModel => ({
  form: 2,
  leadHours: 2,
  horizonHours: 48,
  inputs,
  components: {
    'cold head': {
      members: [
        {
          whether: [
            { base: 0, trees: [] },
            { base: 0, line: { bias, weights: featureNames(inputs).map((name) => weights[name] ?? 0) }, trees: [] },
          ],
          lineShare: 1,
          when: { base: -1, trees: [] },
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
  hazardOf(-2, { 'chiller_trips:growth-24h': 1.5, 'helium_pressure:now': 1, 'E1:count-24h': 4 }),
);

/** Rises in the days after a trip: what was counted stays, and that it was lately speaks against it. */
export const { added: slowAdded, rule: slowLearned } = given(
  'cold heads that take their time',
  'cold-head-slow',
  hazardOf(-1, { 'chiller_trips:level': 3, 'chiller_trips:growth-24h': -4 }),
);

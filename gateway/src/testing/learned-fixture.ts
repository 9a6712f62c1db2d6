import type { LearnedModelAdded, LearnedRule } from '@uptower/domain';
import { featureNames, type Inputs } from '../prediction/hazard/features.ts';
import type { HazardModel } from '../prediction/hazard/model.ts';
import type { Tree } from '../prediction/hazard/tree.ts';
import { learnedIdOf } from '../prediction/learned-models.ts';

const inputs: Inputs = {
  counters: ['chiller_trips'],
  gauges: ['helium_pressure'],
  codes: ['E1'],
  usual: { '': { helium_pressure: { level: 20, spread: 8 } } },
};

/** By hand: log-odds that rise with trips lately, with helium pressure above its usual level and with code E1. */
const STEPS: readonly (readonly [feature: string, above: number, odds: number])[] = [
  ['chiller_trips:growth-24h', 0.5, 1.5],
  ['helium_pressure:now', 1, 1],
  ['helium_pressure:now', 3, 1.5],
  ['E1:count-24h', 0.5, 4],
];

const stump = ([feature, above, odds]: (typeof STEPS)[number]): Tree => ({
  feature: [featureNames(inputs).indexOf(feature), -1, -1],
  threshold: [above, 0, 0],
  bin: [0, 0, 0],
  missingLeft: [true, true, true],
  left: [1, -1, -1],
  right: [2, -1, -1],
  value: [0, 0, odds],
});

const hazard: HazardModel = {
  form: 3,
  leadHours: 2,
  horizonHours: 48,
  inputs,
  components: {
    'cold head': {
      members: [
        {
          whether: { base: -2, trees: STEPS.map(stump) },
          when: { base: -1, trees: [] },
        },
      ],
      calibration: { slope: 1, offset: 0 },
    },
  },
  spending: {},
};

const content = JSON.stringify(hazard);

export const coldHeadLearned: LearnedRule = {
  kind: 'learned',
  id: 'cold-head-learned',
  name: { en: 'Cold head, as learned', zh: '冷头（学习得出）' },
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  metric: 'helium_pressure',
  severity: 'P2',
  learned: learnedIdOf(content),
  of: 'cold head',
  minProbability: 0.5,
};

export const coldHeadAdded = {
  type: 'learned-model.added',
  learnedId: coldHeadLearned.learned,
  name: 'cold heads of two hospitals',
  content,
  at: 0,
  by: { id: 'acc_a', name: { en: 'A', zh: 'A' } },
} as LearnedModelAdded;

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
const weights: Readonly<Record<string, number>> = {
  'chiller_trips:growth-24h': 1.5,
  'helium_pressure:now': 1,
  'E1:count-24h': 4,
};

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

const hazard: HazardModel = {
  form: 3,
  leadHours: 2,
  horizonHours: 48,
  inputs,
  components: {
    'cold head': {
      members: [
        {
          whether: [
            { base: 0, trees: [] },
            { base: -2, trees: Object.entries(weights).flatMap(([name, weight]) => stairs(name, weight)) },
          ],
          smallShare: 1,
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

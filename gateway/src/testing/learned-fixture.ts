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

/** By hand: log-odds that rise with trips lately, with helium pressure above its usual level and with code E1. */
const weights: Readonly<Record<string, number>> = {
  'chiller_trips:growth-24h': 1.5,
  'helium_pressure:now': 1,
  'E1:count-24h': 4,
};

const hazard: HazardModel = {
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
            { base: 0, line: { bias: -2, weights: featureNames(inputs).map((name) => weights[name] ?? 0) }, trees: [] },
          ],
          lineShare: 1,
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

import type { DeviceModel, LearnedId, LearnedModelView, ModelId } from '@uptower/domain';
import { expect, test } from 'vitest';
import { inWords, rulesOf } from './learned.ts';

const text = (en: string) => ({ en, zh: en });
const model = {
  id: 'mdl_store',
  metrics: [{ key: 'smart_5' }, { key: 'smart_187' }],
  components: [{ key: 'disk', name: text('Disk') }],
  failureModes: [{ key: 'disk-failure', component: 'disk' }],
} as unknown as DeviceModel;
const view: LearnedModelView = {
  id: `lrn_${'0'.repeat(64)}` as LearnedId,
  name: 'drives',
  addedAt: 0,
  addedBy: text('A'),
  readable: true,
  components: ['drive', 'fan'],
  leadHours: 24,
  horizonHours: 720,
  inputs: { counters: ['smart_9', 'smart_187'], gauges: [], codes: [] },
  uses: [],
};

test('a rule for each component that both know, by its name in either', () => {
  expect(rulesOf(model, view, { minProbability: 0.2, component: ['drive=disk'] })).toEqual([
    {
      ...{ kind: 'learned', id: 'learned-disk', component: 'disk', failureMode: 'disk-failure', metric: 'smart_187' },
      ...{ name: { en: 'Disk, as learned', zh: 'Disk（学习得出）' }, severity: 'P2' },
      ...{ learned: view.id, of: 'drive', minProbability: 0.2 },
    },
  ]);
});

test.each([
  [{ component: [] }, view, 'drives learned of drive, fan; mdl_store has disk'],
  [{ component: ['tape=disk'] }, view, 'it learned of drive, fan, not of tape'],
  [{ component: ['drive'] }, view, 'expected LEARNED=OWN'],
  [{ component: ['drive=disk'] }, { ...view, inputs: { ...view.inputs, counters: ['smart_9'] } }, 'measures nothing'],
])('what does not fit is said: %j', (options, given, message) => {
  expect(() => rulesOf(model, given, { minProbability: 0.5, ...options })).toThrow(message);
});

test('a line of the list says what uses it', () => {
  expect(inWords(view)).toBe('lrn_000000000000  drives: P(fails within 720 h) of drive, fan; not used');
  const modelId = 'mdl_store' as ModelId;
  const uses = [{ kind: 'active' as const, modelId, modelName: text('Store'), version: 3 }];
  expect(inWords({ ...view, uses })).toMatch(/; used by mdl_store version 3$/);
});

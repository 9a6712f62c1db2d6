import type { Finding } from '@uptower/domain';
import { expect, test } from 'vitest';
import { levelOf } from './evidence-level.ts';

const evidence: Finding['evidence'] = { metric: 'm', value: 5, level: 8, since: 0, text: { en: 'e', zh: 'e' } };

test('a limit or a trend has its limit, novelty the end of what is usual, a rate of change no line', () => {
  expect(levelOf(evidence)).toEqual({ value: 8, label: 'chart.limit' });
  expect(levelOf({ ...evidence, slopePerHour: 1 })).toEqual({ value: 8, label: 'chart.limit' });
  expect(levelOf({ ...evidence, usual: { low: 2, high: 8 } })).toEqual({ value: 8, label: 'chart.usual' });
  expect(levelOf({ ...evidence, level: 5, slopePerHour: 1 })).toBeUndefined();
});

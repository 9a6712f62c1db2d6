import type { RecordRow } from '@uptower/domain';
import { expect, test } from 'vitest';
import { countRows, filterRows, scaleFor, since } from './model.ts';

const row = (grade: RecordRow['grade'], modelId = 'mdl_a', ruleId: string | null = 'r') =>
  ({ id: `${grade}-${modelId}-${ruleId}`, grade, modelId, ruleId }) as unknown as RecordRow;
const rows = [row('true'), row('false'), row('false', 'mdl_b'), row('missed', 'mdl_a', null)];

test('rows are counted and filtered by grade, model and rule; a missed failure is of no rule', () => {
  expect(countRows(rows)).toMatchObject({ true: 1, false: 2, missed: 1, open: 0 });
  expect(filterRows(rows, { grade: 'false', modelId: null, ruleId: null })).toHaveLength(2);
  expect(filterRows(rows, { grade: null, modelId: 'mdl_a', ruleId: null })).toHaveLength(3);
  expect(filterRows(rows, { grade: null, modelId: 'mdl_a', ruleId: 'r' }).map(({ grade }) => grade)).toEqual([
    'true',
    'false',
  ]);
});

test('a period begins on a whole hour', () => {
  expect(since('7', Date.UTC(2026, 0, 10, 5, 59))).toBe(Date.UTC(2026, 0, 3, 5));
  expect(since('all', 1)).toBeUndefined();
});

test('a scale ends at 1, 2 or 5 times a power of ten', () => {
  const scale = (high: number) => scaleFor([{ value: 0, low: 0, high }, null]);
  expect([0.013, 0.2, 0.21, 4.4, 9].map(scale)).toEqual([0.02, 0.2, 0.5, 5, 10]);
  expect(scaleFor([null])).toBe(1);
});

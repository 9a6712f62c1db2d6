import { expect, test } from 'vitest';
import type { LimitRule } from './rule.ts';
import { rebaseRules, ruleChanges, sameData } from './rule-changes.ts';

const rule = (id: string, level: number, more: Partial<LimitRule> = {}): LimitRule => ({
  kind: 'limit',
  id,
  name: { en: id, zh: id },
  component: 'c',
  failureMode: 'f',
  metric: 'm',
  severity: 'P2',
  side: 'high',
  level,
  deadband: 1,
  onDelaySeconds: 0,
  offDelaySeconds: 0,
  probability: 0.5,
  horizonHours: 24,
  ...more,
});

test('changes name the rule and the field, from and to; the order of fields says nothing', () => {
  const { kind, ...rest } = rule('a', 30);
  const shuffled = { ...rest, kind };
  expect(ruleChanges([rule('a', 30)], [shuffled])).toEqual([]);
  expect(ruleChanges([rule('a', 30)], [rule('a', 27, { only: { metric: 'x' } })])).toMatchObject([
    {
      kind: 'changed',
      fields: [
        { field: 'level', from: 30, to: 27 },
        { field: 'only', from: undefined },
      ],
    },
  ]);
  expect(ruleChanges([rule('a', 1), rule('b', 1)], [rule('b', 1), rule('c', 1)])).toMatchObject([
    { kind: 'removed', rule: { id: 'a' } },
    { kind: 'added', rule: { id: 'c' } },
  ]);
});

test('equal data', () => {
  expect(sameData({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
  expect(sameData({ a: undefined }, {})).toBe(true);
  expect([sameData([1], { 0: 1 }), sameData([1], [1, 2]), sameData(null, {}), sameData(1, '1')]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('a draft is put on top rule by rule: what one side changed is taken, of what both changed the draft is kept and said', () => {
  const base = [rule('a', 1), rule('b', 1), rule('c', 1), rule('d', 1)];
  const active = [rule('a', 2), rule('b', 1), rule('c', 2), rule('e', 1)];
  const draft = [rule('a', 1), rule('b', 3), rule('c', 3), rule('d', 1), rule('f', 1)];
  const { rules, conflicts } = rebaseRules(base, active, draft);
  expect(rules.map(({ id, ...each }) => [id, (each as LimitRule).level])).toEqual([
    ['a', 2],
    ['b', 3],
    ['c', 3],
    ['e', 1],
    ['f', 1],
  ]);
  expect(conflicts).toEqual(['c']);
  // Both made the same change: nothing to look at. Removed there and changed here: kept, and said.
  expect(rebaseRules([rule('a', 1)], [rule('a', 2)], [rule('a', 2)]).conflicts).toEqual([]);
  expect(rebaseRules([rule('a', 1)], [], [rule('a', 2)])).toMatchObject({ rules: [{ level: 2 }], conflicts: ['a'] });
  expect(rebaseRules([rule('a', 1)], [rule('a', 1)], [])).toEqual({ rules: [], conflicts: [] });
});

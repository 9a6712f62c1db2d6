import type { BacktestResult, DeviceModel, GradedOrder, LearnedModelView } from '@uptower/domain';
import { ruleForms } from '@uptower/domain';
import { expect, test } from 'vitest';
import { type FieldSchema, fieldsOf, kindsOf, newRule, problemsByRule, type RuleForms, withField } from './forms.ts';
import { devicesOf, splitOf, timelineOf } from './timeline.ts';

const forms = ruleForms() as RuleForms;
const learned = [{ id: 'lrn_1', components: ['drive', 'fan'] }] as unknown as LearnedModelView[];
const model = {
  metrics: [{ key: 'pressure' }],
  failureModes: [{ key: 'wear', component: 'pump' }],
} as unknown as DeviceModel;

test('every kind of rule has a form, and a new rule of it has every required field', () => {
  expect(kindsOf(forms)).toEqual(expect.arrayContaining(['limit', 'trend', 'growth', 'rate', 'novelty', 'learned']));
  for (const kind of kindsOf(forms)) {
    const made = newRule(forms, kind, model, [`${kind}-1`], learned);
    expect(made.id).toBe(`${kind}-2`);
    for (const [name, field, required] of fieldsOf(forms, kind))
      if (required) expect([kind, name, fits(field, made[name])]).toEqual([kind, name, true]);
  }
});

function fits(field: FieldSchema, value: unknown): boolean {
  if (field.enum) return field.enum.includes(value as string);
  if (field.type !== 'number') return value !== undefined;
  const given = value as number;
  return (
    given >= (field.minimum ?? Number.NEGATIVE_INFINITY) &&
    given <= (field.maximum ?? Number.POSITIVE_INFINITY) &&
    given > (field.exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
  );
}

test('a field that is emptied is gone, not undefined', () => {
  const rule = { id: 'a', kind: 'limit', only: { metric: 'x' } };
  expect(Object.keys(withField(rule, 'only', undefined))).toEqual(['id', 'kind']);
});

test('refusals find their rule and field', () => {
  const problems = problemsByRule([
    { path: 'rules.1.level', message: 'a number' },
    { path: 'rules.1.only.metric', message: 'unknown' },
    { path: 'title', message: 'empty' },
  ]);
  expect([...(problems.get(1) ?? [])]).toEqual([
    ['level', 'a number'],
    ['only.metric', 'unknown'],
  ]);
  expect(problems.size).toBe(1);
});

test('orders and failures have their place in the looked-at time, of one device or of all', () => {
  const order = (deviceId: string, at: number, shared: boolean) => ({ deviceId, at, shared }) as GradedOrder;
  const result = {
    present: { orders: [order('a', 25, true)] },
    draft: { orders: [order('a', 20, true), order('b', 50, false)] },
    failures: [{ deviceId: 'a', at: 75 }],
  } as unknown as BacktestResult;
  const all = timelineOf(result, 0, 100, null);
  expect(all.lanes.map(({ orders }) => orders.map(({ x }) => x))).toEqual([[0.25], [0.2, 0.5]]);
  expect(all.failures.map(({ x }) => x)).toEqual([0.75]);
  expect(timelineOf(result, 0, 100, 'b').lanes.map(({ orders }) => orders.length)).toEqual([0, 1]);
  expect(devicesOf(result)).toEqual(['a', 'b']);
  expect(splitOf(result)).toEqual({ both: 1, onlyPresent: 0, onlyDraft: 1 });
});

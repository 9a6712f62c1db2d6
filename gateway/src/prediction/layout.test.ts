import { HOUR, type Rule } from '@uptower/domain';
import { expect, test } from 'vitest';
import {
  heliumLimit,
  heliumNovelty,
  heliumRate,
  heliumTrend,
  MONDAY,
  mrModel,
  tripGrowth,
} from '../testing/fixtures.ts';
import { Detectors } from './detectors.ts';
import { layoutBy, type PackedKind, type Place } from './layout.ts';
import { findingsOf, observe } from './predictor.ts';

const words = { timeZone: 'UTC', metric: (key: string) => ({ name: { en: key, zh: key }, unit: '' }) };
const limit = { ...heliumLimit, onDelaySeconds: 0, offDelaySeconds: 0 };
const all: Rule[] = [heliumTrend, limit, tripGrowth, heliumRate, heliumNovelty];

function show(detectors: Detectors, rules: readonly Rule[], hour: number): void {
  const values = { helium_pressure: 20 + 5 * Math.sin(hour), chiller_trips: Math.floor(hour / 10) };
  observe(detectors, { ...mrModel, rules: [...rules] }, { ts: MONDAY + hour * HOUR, values }, [], words);
}

const read = (detectors: Detectors, rule: Rule) => {
  const place = detectors.placeOf(rule);
  return place ? JSON.stringify(detectors.at(place)) : JSON.stringify(detectors.looseOf(rule.id));
};

test('when the rules of a model change, those that stay go on where they are', () => {
  const [straight, changed] = [new Detectors(), new Detectors()];
  for (let hour = 0; hour < 60; hour += 1) for (const each of [straight, changed]) show(each, all, hour);
  // Another order, one gone, one new.
  const others = [heliumNovelty, { ...limit, id: 'another' }, heliumRate, tripGrowth, heliumTrend];
  for (let hour = 60; hour < 90; hour += 1) {
    show(straight, all, hour);
    show(changed, others, hour);
  }
  for (const rule of [heliumNovelty, heliumRate, tripGrowth, heliumTrend])
    expect(read(changed, rule)).toBe(read(straight, rule));
  expect(changed.placeOf(limit)).toBeUndefined();
  expect(changed.ids()).toContain('another');
});

test('an active alarm comes along, and ends where it is', () => {
  const model = (rules: Rule[]) => ({ ...mrModel, rules });
  const at = (hour: number, value: number) => ({ ts: MONDAY + hour * HOUR, values: { helium_pressure: value } });
  const detectors = new Detectors();
  observe(detectors, model([limit, heliumTrend]), at(0, 99), [], words);
  const moved = model([heliumTrend, heliumRate, limit]);
  observe(detectors, moved, at(1, 99), [], words);
  expect(findingsOf(detectors, moved, limit.component).map(({ ruleId }) => ruleId)).toEqual([limit.id]);
  observe(detectors, moved, at(2, 10), [], words);
  expect(findingsOf(detectors, moved, limit.component)).toEqual([]);
});

test('a rule of another kind under the same id begins anew', () => {
  const detectors = new Detectors();
  show(detectors, all, 0);
  const other = { ...heliumRate, id: limit.id };
  show(detectors, [other], 1);
  expect(detectors.placeOf(limit)).toBeUndefined();
  expect(JSON.parse(read(detectors, other))).toMatchObject({ means: [[expect.any(Number), 1, expect.any(Number)]] });
});

test('numbers that do not fit their layout, and layouts that are none, are refused', () => {
  const json = { layout: 'limit a', numbers: 'AAAA', active: {}, loose: {} };
  expect(() => Detectors.from(json)).toThrow(RangeError);
  expect(() => layoutBy('learned a')).toThrow(RangeError);
  expect((layoutBy('limit a\nrate b').placeOf({ id: 'b', kind: 'rate' as PackedKind }) as Place).at).toBe(3);
});

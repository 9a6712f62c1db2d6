import { type Finding, HOUR, type LimitRule, MINUTE, type Rule } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heliumLimit, heliumTrend, MONDAY, mrModel, tripGrowth } from '../testing/fixtures.ts';
import { Detectors } from './detectors.ts';
import { FIT_SIZE } from './line-fit.ts';
import { findingsOf, forget, observe, resetAfterWork } from './predictor.ts';
import type { Words } from './words.ts';

const words: Words = {
  timeZone: 'Asia/Shanghai',
  metric: () => ({ name: { en: 'Helium pressure', zh: '氦压' }, unit: 'kPa' }),
};

/** One rule shown a series of [minutes, value]; what its finding was after each. */
function watch(rule: Rule, detectors = new Detectors()) {
  const model = { ...mrModel, rules: [rule] };
  const show = (minutes: number, value: number, values: Record<string, number> = {}): Finding | undefined => {
    observe(
      detectors,
      model,
      { ts: MONDAY + minutes * MINUTE, values: { [rule.metric]: value, ...values } },
      [],
      words,
    );
    return findingsOf(detectors, model, rule.component)[0];
  };
  return { show, detectors, model, reset: () => resetAfterWork(detectors, model, rule.component, 0) };
}

/** Deterministic noise of about the given size. */
const noise = (i: number, size: number) =>
  (((Math.sin(i * 12.9898) * 43758.5453) % 1) * 2 - Math.sign(Math.sin(i * 12.9898))) * size;

test('limit: active after the on delay, since the moment it went beyond', () => {
  const { show } = watch(heliumLimit);
  expect(show(0, 41)).toBeUndefined();
  expect(show(4, 42)).toBeUndefined();
  const finding = show(5, 43);
  expect(finding).toMatchObject({
    ruleId: 'helium-high',
    severity: 'P1',
    probability: 0.8,
    at: MONDAY + 5 * MINUTE,
    evidence: { value: 43, level: 40, since: MONDAY },
  });
  expect(finding?.evidence.text).toEqual({
    en: 'Helium pressure 43 kPa, above 40 kPa since 08:00',
    zh: '氦压 43 kPa，自 08:00 起高于 40 kPa',
  });
});

test('limit: a spike shorter than the on delay is nothing; the deadband keeps it from chattering', () => {
  const { show } = watch(heliumLimit);
  show(0, 41);
  expect(show(4, 30)).toBeUndefined();
  show(10, 41);
  expect(show(15, 41)).toBeDefined();
  expect(show(16, 39)).toBeDefined(); // inside the deadband: 38..40
  expect(show(90, 39)).toBeDefined();
  expect(show(100, 37)).toBeDefined();
  expect(show(105, 41)).toBeDefined(); // back again before the off delay
  show(110, 37);
  expect(show(119, 37)).toBeDefined();
  expect(show(120, 37)).toBeUndefined();
});

test('limit: the low side mirrors the high side', () => {
  const { show } = watch({ ...heliumLimit, side: 'low', level: 5, onDelaySeconds: 0, offDelaySeconds: 0 });
  expect(show(0, 6)).toBeUndefined();
  expect(show(1, 5)).toBeDefined();
  expect(show(2, 6)).toBeDefined();
  expect(show(3, 7)).toBeUndefined();
});

test('limit: a late reading changes nothing, and a gap is not health', () => {
  const { show } = watch(heliumLimit);
  show(0, 45);
  expect(show(10, 45)).toBeDefined();
  expect(show(3, 20)).toBeDefined(); // late
  expect(show(600, 20)).toBeDefined(); // ten hours of silence, then one good reading
  expect(show(605, 20)).toBeDefined();
  expect(show(610, 20)).toBeUndefined();
});

test('after work an alert ends only on ten minutes and five readings of healthy data', () => {
  const { show, reset } = watch(heliumLimit);
  show(0, 45);
  show(5, 45);
  reset();
  for (let minute = 6; minute < 16; minute += 1) expect(show(minute, 30)).toBeDefined();
  expect(show(16, 30)).toBeUndefined();
});

test('after work that did not help it stays, and healthy data later end it', () => {
  const { show, reset } = watch(heliumLimit);
  show(0, 45);
  show(5, 45);
  reset();
  show(6, 30);
  expect(show(60, 45)).toBeDefined();
  expect(show(61, 30)).toBeDefined(); // sparse: one reading proves nothing
  expect(show(200, 30)).toBeDefined();
  for (const minute of [210, 220]) expect(show(minute, 30)).toBeDefined();
  expect(show(230, 30)).toBeUndefined();
});

test('trend: foresees the day, with a curve that never falls', () => {
  const { show } = watch(heliumTrend);
  let first: { minute: number; finding: Finding } | undefined;
  let last: Finding | undefined;
  for (let minute = 0; minute < 18 * 60; minute += 2) {
    const hours = minute / 60;
    last = show(minute, 15 + Math.max(0, hours - 6) * 1.5 + noise(minute, 0.4));
    if (last && !first) first = { minute, finding: last };
  }
  // It leaves the healthy level (20 kPa) at 9 h 20, and fails (45 kPa) at 26 h.
  expect(first?.minute).toBeGreaterThan(9 * 60);
  expect(first?.minute).toBeLessThan(12 * 60);
  const p50 = ((last?.expected.p50 ?? 0) - MONDAY) / HOUR;
  expect(p50).toBeGreaterThan(25);
  expect(p50).toBeLessThan(30); // late, while the flat past is still remembered
  expect(last?.evidence.slopePerHour).toBeGreaterThan(1.2);
  const ps = last?.curve.map((point) => point.p) ?? [];
  expect(ps).toEqual([...ps].sort((a, b) => a - b));
  expect(ps).toHaveLength(12);
  expect(last?.expected.p10 ?? 0).toBeLessThanOrEqual(last?.expected.p50 ?? 0);
});

test('trend: steady noise, a daily rhythm and single spikes are no degradation', () => {
  const { show } = watch(heliumTrend);
  for (let minute = 0; minute < 6 * 24 * 60; minute += 5) {
    const rhythm = 17 + 2 * Math.sin((minute / 1440) * 2 * Math.PI) + noise(minute, 0.4);
    expect(show(minute, minute % 1700 === 0 ? 60 : rhythm)).toBeUndefined();
  }
});

test('trend: nothing before minHours', () => {
  const { show } = watch(heliumTrend);
  for (let minute = 0; minute < 175; minute += 5) expect(show(minute, 21 + minute / 10)).toBeUndefined();
  show(180, 39);
  expect(show(185, 39.5)).toBeDefined();
});

test('trend: after a repair a fresh history on the healthy side ends it; a silence does not', () => {
  const { show, reset } = watch(heliumTrend);
  let minute = 0;
  for (; minute < 10 * 60; minute += 5) show(minute, 15 + (minute / 60) * 2);
  expect(show(minute, 35)).toBeDefined();
  reset();
  expect(show(minute + 600, 16)).toBeDefined();
  for (const after of [602, 604, 606]) expect(show(minute + after, 16)).toBeDefined();
  expect(show(minute + 610, 16)).toBeUndefined();
});

test('trend: a repair nobody reported ends it too', () => {
  const { show } = watch(heliumTrend);
  let minute = 0;
  for (; minute < 10 * 60; minute += 5) show(minute, 15 + (minute / 60) * 2);
  expect(show(minute, 35)).toBeDefined();
  let ended: number | undefined;
  for (let after = 5; after < 120; after += 5) if (!show(minute + after, 15 + noise(after, 0.2))) ended ??= after;
  expect(ended).toBeLessThan(60);
});

test('trend: only readings that count, on the healthy side themselves, prove a repair', () => {
  const { show, reset } = watch({ ...heliumTrend, only: { metric: 'scanning', min: 1 } });
  const scanning = { scanning: 1 };
  let minute = 0;
  for (; minute < 10 * 60; minute += 5) show(minute, 15 + (minute / 60) * 2, scanning);
  expect(show(minute, 35, scanning)).toBeDefined();
  reset();
  // Healthy, but not scanning; then scanning, flat and without a verdict, but beyond the healthy level (20).
  for (let after = 5; after < 120; after += 5) expect(show(minute + after, 16, { scanning: 0 })).toBeDefined();
  for (let after = 120; after < 400; after += 5) expect(show(minute + after, 21, scanning)).toBeDefined();
  // The estimate is healthy at once; the metric itself is not.
  for (let after = 400; after < 500; after += 2)
    expect(show(minute + after, after % 4 ? 20.5 : 12, scanning)).toBeDefined();
  for (let after = 500; after < 506; after += 2) expect(show(minute + after, 16, scanning)).toBeDefined();
  for (let after = 506; after < 560; after += 2) show(minute + after, 16, scanning);
  expect(show(minute + 560, 16, scanning)).toBeUndefined();
});

test('a rule may be called like a name of the language', () => {
  const { show, reset } = watch({ ...heliumLimit, id: 'constructor', onDelaySeconds: 0 });
  reset(); // must not reach into what every object has
  expect(Object.hasOwn(Object, 'proving')).toBe(false);
  expect(show(0, 50)).toBeDefined();
});

test('trend: late readings change nothing', () => {
  const run = (late: boolean) => {
    const { show, detectors } = watch(heliumTrend);
    for (let minute = 0; minute < 12 * 60; minute += 5) {
      show(minute, 15 + (minute / 60) * 1.5);
      if (late) show(minute - 60, 100);
    }
    return detectors;
  };
  expect(run(true)).toEqual(run(false));
});

test('growth: enough within the window, held, and not by a slow rise', () => {
  const { show } = watch(tripGrowth);
  const hour = (h: number, value: number) => show(h * 60, value);
  expect(hour(0, 10)).toBeUndefined();
  expect(hour(12, 12)).toBeUndefined();
  const finding = hour(20, 13);
  expect(finding).toMatchObject({ ruleId: 'chiller-trips', evidence: { value: 13, level: 13 } });
  expect(hour(60, 13)).toBeDefined(); // held 48 h
  expect(hour(69, 13)).toBeUndefined();
  // One a day for a week: never three within a day.
  for (let day = 1; day < 8; day += 1) expect(hour(72 + day * 24, 13 + day)).toBeUndefined();
});

test('growth: a replaced counter begins again', () => {
  const { show } = watch(tripGrowth);
  show(0, 100);
  expect(show(60, 0)).toBeUndefined();
  expect(show(120, 2)).toBeUndefined();
});

test('`only` compares like with like: the other metric must be in the same reading', () => {
  const rule: LimitRule = { ...heliumLimit, onDelaySeconds: 0, only: { metric: 'scanning', min: 1 } };
  const { show } = watch(rule);
  expect(show(0, 50, { scanning: 0 })).toBeUndefined();
  expect(show(1, 50)).toBeUndefined();
  expect(show(2, 50, { scanning: 1 })).toBeDefined();
});

test('a resting component is not judged; a forgotten one begins anew', () => {
  const detectors = new Detectors();
  const rule = { ...heliumLimit, onDelaySeconds: 0 };
  const model = { ...mrModel, rules: [rule] };
  const reading = { ts: MONDAY, values: { helium_pressure: 50 } };
  expect(observe(detectors, model, reading, ['cold-head'], words)).toBeNull();
  expect([...(observe(detectors, model, reading, [], words) ?? [])]).toEqual(['cold-head']);
  forget(detectors, model, 'cold-head', 0);
  expect(findingsOf(detectors, model, 'cold-head')).toEqual([]);
});

test('whatever comes, state stays serialisable and finite, and probabilities are probabilities', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -100, max: 5000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })), {
        maxLength: 60,
      }),
      fc.constantFrom<Rule>(heliumTrend, heliumLimit, tripGrowth),
      (series, rule) => {
        const { show, detectors } = watch(rule);
        for (const [minute, value] of series) {
          const finding = show(minute, value);
          for (const { p } of finding?.curve ?? []) expect(p >= 0 && p <= 1).toBe(true);
        }
        const text = JSON.stringify(detectors, (_, value) =>
          Number.isNaN(value) || Math.abs(value) === Infinity ? 'lost' : value,
        );
        expect(text).not.toContain('lost');
        // Not a number is what is not set; a line that was begun is.
        const isSet = rule.kind === 'trend' && series.length > 0 ? FIT_SIZE : 0;
        for (const [i, value] of detectors.doubles.entries())
          expect(Number.isFinite(value) || (i >= isSet && Number.isNaN(value))).toBe(true);
        expect(Detectors.from(JSON.parse(text))).toEqual(detectors);
      },
    ),
  ));

import { type DeviceModel, TelemetryItem } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mrModel } from '../../testing/fixtures.ts';
import { decodeItem } from './item.ts';

/** Knows nothing, so that the schema alone decides. */
const anything: DeviceModel = { ...mrModel, metrics: [], rules: [] };

const name = fc.oneof(
  fc.constantFrom('a', 'ts', 'seq', 'values', 'units', 'helium_pressure', 'patientName', '姓名', '__proto__', '', '9a'),
  fc.constantFrom('constructor', 'toString', 'a'.repeat(64), 'a'.repeat(65)),
  fc.string({ maxLength: 8 }),
);
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.string(),
  fc.constantFrom('x'.repeat(1000), 'x'.repeat(1001), null, [], {}, Number.NaN, Number.POSITIVE_INFINITY),
  fc.jsonValue(),
);
const record = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(keys, values), { maxLength: 5 }).map((entries) => {
    const made = {};
    // As JSON.parse makes it: `__proto__` is a field like any other.
    for (const [key, each] of entries)
      Object.defineProperty(made, key, { value: each, enumerable: true, configurable: true, writable: true });
    return made;
  });
const instant = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(8.64e15, 8.64e15 + 2, -8.64e15, 2 ** 53, '5'));
const item = fc.oneof(
  fc
    .record(
      {
        ts: instant,
        seq: instant,
        values: fc.oneof({ weight: 5, arbitrary: record(name, value) }, { weight: 1, arbitrary: value }),
        units: record(name, fc.oneof(fc.string({ maxLength: 33 }), value)),
      },
      { requiredKeys: [] },
    )
    .map((made) => made as unknown),
  record(name, value),
  value,
);

test('taken whole exactly when the schema takes it', () => {
  fc.assert(
    fc.property(item, (raw) => {
      const [mine, schema] = [decodeItem(raw, '', anything), TelemetryItem.safeParse(raw)];
      // The schema's record leaves this name out without a word; here it is refused.
      const proto = ['values', 'units'].some((part) => {
        const inner = (raw as Record<string, unknown> | null)?.[part];
        return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, '__proto__');
      });
      const whole = mine.ok && mine.value.refusals.length === 0;
      if (!proto) expect(whole).toBe(schema.success);
      if (mine.ok && schema.success && !proto) {
        expect(mine.value.values).toEqual(schema.data.values);
        expect([mine.value.ts, mine.value.seq]).toEqual([schema.data.ts ?? null, schema.data.seq ?? null]);
      }
      if (!mine.ok) expect(mine.error.length).toBeGreaterThan(0);
      // What was kept of it is an item by itself.
      if (mine.ok) expect(TelemetryItem.safeParse({ values: mine.value.values }).success).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('each name of an item is kept or refused, never lost', () => {
  fc.assert(
    fc.property(record(name, value), (values) => {
      const result = decodeItem({ values }, '', mrModel);
      const refused = result.ok ? result.value.refusals : result.error;
      const kept = result.ok ? Object.keys(result.value.values).length : 0;
      const wholly = refused.some(({ detail }) => !detail.startsWith('values.') || /never accepted/.test(detail));
      if (!wholly) expect(kept + refused.length).toBe(Object.keys(values).length);
    }),
    { numRuns: 1000 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MONDAY } from '../../testing/fixtures.ts';
import { datatypeOf } from './datatype.ts';
import { readPayload, rebirthPayload } from './payload.ts';
import { PACKETS, packet } from './testing/packets.ts';
import { metricValue } from './value.ts';

function read(bytes: Buffer) {
  const payload = readPayload(bytes);
  if (!payload.ok) throw new Error(payload.error);
  return payload.value;
}

/** Metric name → its value, or the reason it has none. */
const values = (bytes: Buffer) =>
  Object.fromEntries(
    read(bytes).metrics.map(({ name, alias, value, datatype }) => {
      const found = value && metricValue(value, datatype);
      return [name ?? alias, found === null ? null : found.ok ? found.value : found.error.reason];
    }),
  );

test('a birth of another encoder: times, numbers, aliases, units', () => {
  const { timestamp, seq, metrics } = read(packet('nodeBirth'));
  expect({ timestamp, seq }).toEqual({ timestamp: MONDAY, seq: 0 });
  expect(metrics.map(({ name, alias, unit, timestamp: ts }) => [name, alias, unit, ts])).toEqual([
    ['bdSeq', null, null, MONDAY],
    ['Node Control/Rebirth', null, null, MONDAY],
    ['Helium Pressure', 1, 'kPa', MONDAY],
    ['Chiller Trips', 2, null, MONDAY],
  ]);
  expect(read(packet('nodeDeath')).seq).toBeNull();
});

test('every simple type comes back as it went in: signs, 64 bits, short decimals of 32-bit floats', () => {
  expect(values(packet('types'))).toEqual({
    i8: -1,
    i16: -300,
    i32: -70000,
    i64: -5000000000,
    u8: 255,
    u16: 65535,
    u32: 4294967295,
    u64: 9007199254740991,
    f: 36.6,
    d: 0.1,
    b: true,
    s: 'warm',
    when: MONDAY,
    t: 'long text',
    id: '9e107d9d-372b-4682-9a4e-1d2f3a4b5c6d',
  });
});

test('what is not kept says so; a null is no value; NaN and infinity cannot be', () => {
  expect(values(packet('complex'))).toEqual({
    table: 'unsupported-type',
    raw: 'unsupported-type',
    file: 'unsupported-type',
    tpl: 'unsupported-type',
    nothing: null,
    kept: 1.5,
    old: 2.5,
    passing: 3.5,
    nan: 'impossible-value',
    inf: 'impossible-value',
  });
  const [old] = read(packet('complex')).metrics.filter(({ name }) => name === 'old');
  expect(old).toMatchObject({ isHistorical: true, timestamp: MONDAY - 60_000 });
});

test.each([
  ['Int8', -128, -128],
  ['Int8', 255, -1],
  ['Int8', 300, 'impossible-value'],
  ['Int16', 65535, -1],
  ['Int32', 4294967295, -1],
  ['UInt8', 256, 'impossible-value'],
  ['UInt8', -1, 'impossible-value'],
  ['UInt32', 4294967296, 'impossible-value'],
  ['UInt64', -1, 2 ** 64],
  ['Int64', -1, -1],
] as const)('%s of %d', (type, raw, expected) => {
  const index = [...Array(35).keys()].find((candidate) => datatypeOf(candidate) === type) ?? 0;
  const found = metricValue({ field: 'int', value: raw }, index);
  expect(found.ok ? found.value : found.error.reason).toBe(expected);
});

test('arrays, of which 3.0 has thirteen, are not kept; a wrong field is no crash', () => {
  for (let index = 22; index <= 34; index += 1)
    expect(metricValue({ field: 'complex' }, index)).toMatchObject({
      ok: false,
      error: { reason: 'unsupported-type' },
    });
  for (let index = 0; index < 40; index += 1)
    for (const raw of [
      { field: 'int', value: 3 },
      { field: 'double', value: 2.5 },
      { field: 'boolean', value: true },
      { field: 'string', value: 'x' },
    ] as const)
      expect(() => metricValue(raw, index)).not.toThrow();
});

test('the rebirth request is what a node expects', () => {
  expect(read(rebirthPayload(MONDAY))).toMatchObject({
    timestamp: MONDAY,
    metrics: [{ name: 'Node Control/Rebirth', datatype: 11, value: { field: 'boolean', value: true } }],
  });
});

test('mutated packets and any bytes: a payload or an error in words, never a throw, never more than what came', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...(Object.keys(PACKETS) as (keyof typeof PACKETS)[])),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(400)),
    )
    .map(([name, changes, cut]) => {
      const bytes = Buffer.from(packet(name));
      for (const [at, to] of changes) if (at < bytes.length) bytes[at] = to;
      return cut === null ? bytes : bytes.subarray(0, cut);
    });
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        const payload = readPayload(bytes);
        if (!payload.ok) expect(payload.error).not.toBe('');
        else {
          expect(payload.value.metrics.length).toBeLessThanOrEqual(bytes.length);
          for (const { value, datatype } of payload.value.metrics) if (value) metricValue(value, datatype);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

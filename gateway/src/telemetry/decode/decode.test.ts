import { DAY, eventsOfUpload, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../pipeline/world.ts';
import { MONDAY, smallFleet } from '../../testing/fixtures.ts';
import { decode } from './decode.ts';

const world = new World();
for (const event of eventsOfUpload(smallFleet())) world.apply(event);

const TOPIC = 'uptower/v1/site_a/dev_a1';
const decoded = (body: unknown, channel = 'telemetry', topic = `${TOPIC}/${channel}`) =>
  decode(topic, Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)), MONDAY, world);
const reasons = (body: unknown, channel?: string, topic?: string) => {
  const result = decoded(body, channel, topic);
  return 'refusals' in result ? result.refusals.map(({ reason, detail }) => `${reason}: ${detail}`) : [];
};

test('a reading, with and without the device’s own time', () => {
  expect(decoded({ ts: MONDAY - 5, seq: 7, values: { helium_pressure: 15.5 } })).toMatchObject({
    kind: 'readings',
    readings: [{ deviceId: 'dev_a1', ts: MONDAY - 5, seq: 7, values: { helium_pressure: 15.5 }, timed: true }],
  });
  expect(decoded({ values: { helium_pressure: 15.5 } })).toMatchObject({
    readings: [{ ts: MONDAY, seq: null, timed: false }],
  });
});

test('unknown metrics are kept and counted', () => {
  expect(decoded({ values: { helium_pressure: 15, room_light: 'on', door: true } })).toMatchObject({
    kind: 'readings',
    unknownMetrics: 2,
    readings: [{ values: { helium_pressure: 15, room_light: 'on', door: true } }],
    refusals: [],
  });
});

test('in a batch the good items are kept and the bad ones named', () => {
  const result = decoded([
    { ts: MONDAY - 4, values: { helium_pressure: 15 } },
    { ts: MONDAY - 3, values: { helium_pressure: '15' } },
    { ts: MONDAY - 2, values: { helium_pressure: 999 } },
    { ts: MONDAY + 6 * MINUTE, values: { helium_pressure: 15 } },
    { ts: MONDAY, values: { helium_pressure: 16 } },
  ]);
  expect(result).toMatchObject({ readings: [{ ts: MONDAY - 4 }, { ts: MONDAY }] });
  expect('refusals' in result && result.refusals).toMatchObject([
    { reason: 'wrong-type', detail: '[1].values.helium_pressure: text "15" where a number in kPa belongs' },
    { reason: 'impossible-value', detail: '[2].values.helium_pressure: 999 is outside 0..200' },
    { reason: 'future', detail: `ts ${MONDAY + 6 * MINUTE} is 360 s ahead` },
  ]);
});

test('in an item the good values are kept and each bad one has its reason', () => {
  const result = decoded({
    ts: MONDAY - 4,
    values: {
      helium_pressure: 'NaN',
      chiller_trips: 3,
      door: null,
      'room light': 'on',
      lamp: 'on',
      note: 'x'.repeat(1001),
    },
  });
  expect(result).toMatchObject({ readings: [{ values: { chiller_trips: 3, lamp: 'on' } }], unknownMetrics: 1 });
  expect(Object.keys(('readings' in result && result.readings[0]?.values) || {})).toEqual(['chiller_trips', 'lamp']);
  expect('refusals' in result && result.refusals).toMatchObject([
    {
      ...{ reason: 'wrong-type', detail: 'values.helium_pressure: text "NaN" where a number in kPa belongs' },
      zh: 'values.helium_pressure: 文本“NaN”，此处应为单位为 kPa 的数值',
    },
    { reason: 'wrong-type', detail: 'values.door: null where a number, text or boolean belongs' },
    { reason: 'schema', detail: 'values.room light: not a key' },
    { reason: 'schema', detail: 'values.note: a text of 1001, at most 1000' },
  ]);
});

test('what some JSON writers make of NaN and infinity refuses that value only', () => {
  const result = decoded(Buffer.from('[{"values":{"a":NaN,"b":-Infinity,"c":1e999,"d":"NaN, \\"Infinity","e":1}}]'));
  expect(result).toMatchObject({ readings: [{ values: { d: 'NaN, "Infinity', e: 1 } }] });
  expect('refusals' in result && result.refusals.map(({ detail }) => detail)).toEqual([
    '[0].values.a: not a finite number',
    '[0].values.b: not a finite number',
    '[0].values.c: not a finite number',
  ]);
});

test('units: the same by any spelling, converted where that is exact, refused where it cannot be', () => {
  const said = (value: unknown, unit: string) =>
    decoded({ values: { helium_pressure: value, chiller_trips: 1 }, units: { helium_pressure: unit } });
  const pressure = (value: number, unit: string) => {
    const result = said(value, unit);
    return 'readings' in result ? result.readings[0]?.values.helium_pressure : undefined;
  };
  expect(pressure(15, 'kPa')).toBe(15);
  expect(pressure(15, ' kpa ')).toBe(15);
  expect(pressure(15_000, 'Pa')).toBe(15);
  expect(pressure(150, 'mbar')).toBe(15);
  expect(pressure(2, 'psi')).toBe(13.7895145863);
  for (const [unit, words] of [
    ['°C', /unit "°C" \(temperature\) where kPa belongs/],
    ['furlong', /unit "furlong" is not known, kPa belongs here/],
  ] as const) {
    const result = said(15, unit);
    expect(result).toMatchObject({
      readings: [{ values: { chiller_trips: 1 } }],
      refusals: [{ reason: 'wrong-unit' }],
    });
    expect('refusals' in result && result.refusals[0]?.detail).toMatch(words);
  }
  // What the sensor can say is judged in the model's unit.
  expect(said(300_000, 'Pa')).toMatchObject({ refusals: [{ reason: 'impossible-value' }] });
  // A unit for what the model does not know is kept beside it.
  expect(decoded({ values: { lamp: 3 }, units: { lamp: 'klx' } })).toMatchObject({
    readings: [{ values: { lamp: 3 }, units: { lamp: 'klx' } }],
    unknownMetrics: 1,
    refusals: [],
  });
});

test.each([
  ['malformed JSON', Buffer.from('{"values":'), /^malformed-json: /],
  ['bytes that are not text', Buffer.from([0xff, 0xfe, 0x00]), /^malformed-json: not UTF-8/],
  ['an unknown field', { values: { a: 1 }, extra: 1 }, /^schema: .*extra/],
  ['a wrong field', { ts: 'now', values: { a: 1 } }, /^schema: ts: /],
  ['no values', { values: {} }, /^schema: values: /],
  ['a patient name among the values', { values: { patient_name: 'x' } }, /^patient-data: values.patient_name/],
  ['a patient field beside them', { values: { a: 1 }, patientId: '7' }, /^patient-data: patientId/],
  ['a Chinese name field', { values: { 姓名: '张三' } }, /^patient-data: /],
  ['the year 2100', { ts: Date.UTC(2100, 0, 1), values: { a: 1 } }, /^future: /],
  [
    'an infinite number',
    Buffer.from('{"values":{"helium_pressure":1e999}}'),
    /^(schema|wrong-type|impossible-value): /,
  ],
  ['an empty batch', [], /^schema: .*empty/],
  ['null', null, /^schema: /],
])('refused: %s', (_name, body, expected) => {
  const [reason] = reasons(body);
  expect(reason).toMatch(expected);
});

test('a device that is not registered, or speaks below another site, is unknown', () => {
  expect(reasons({ values: { a: 1 } }, 'telemetry', 'uptower/v1/site_a/dev_zz/telemetry')[0]).toMatch(
    /^unknown-device/,
  );
  expect(reasons({ values: { a: 1 } }, 'telemetry', 'uptower/v1/site_b/dev_a1/telemetry')[0]).toMatch(
    /^unknown-device/,
  );
  expect(reasons({}, 'x', 'home/kitchen')[0]).toBe('not-our-topic: home/kitchen');
});

test('events and states', () => {
  expect(decoded({ ts: MONDAY - 5, code: 'failure', component: 'cold-head' }, 'events')).toMatchObject({
    kind: 'event',
    event: { code: 'failure', component: 'cold-head', ts: MONDAY - 5 },
  });
  expect(reasons({ code: '' }, 'events')[0]).toMatch(/^schema: code/);
  expect(decoded({ ts: MONDAY - 5, status: 'down' }, 'state')).toMatchObject({
    kind: 'state',
    state: { status: 'down', ts: MONDAY - 5 },
  });
  // A will carries the time at which the connection began.
  expect(decoded({ ts: 5, status: 'offline' }, 'state')).toMatchObject({ state: { status: 'offline', ts: MONDAY } });
  expect(reasons({ status: 'fine' }, 'state')[0]).toMatch(/^schema: status/);
});

test('a wrong clock is refused: long before now where a device is looked after, before history where it is observed', () => {
  const speaks = (ts: number, channel: string, device = 'site_a/dev_a1') =>
    reasons(
      channel === 'telemetry'
        ? { ts, values: { a: 1 } }
        : channel === 'events'
          ? { ts, code: 'x' }
          : { ts, status: 'up' },
      channel,
      `uptower/v1/${device}/${channel}`,
    )[0]?.split(':')[0];
  const old = MONDAY - 400 * DAY;
  for (const channel of ['telemetry', 'events', 'state']) {
    for (const ts of [old - 1, Math.round(MONDAY / 1000), 0, -5])
      expect(speaks(ts, channel)).toMatch(/^(past|schema)$/);
    expect(speaks(old, channel)).toBeUndefined();
    expect(speaks(Date.UTC(2000, 0, 1), channel, 'site_b/dev_b1')).toBeUndefined();
    for (const ts of [Date.UTC(1989, 11, 31), Math.round(MONDAY / 1000), 0])
      expect(speaks(ts, channel, 'site_b/dev_b1')).toBe('past');
  }
});

test('names of the language are metrics like any other; __proto__ is no key and is refused', () => {
  expect(decoded({ values: { constructor: 1, toString: 2 } })).toMatchObject({ kind: 'readings', unknownMetrics: 2 });
  expect(reasons(Buffer.from('{"values":{"a":1,"__proto__":2}}'))).toEqual(['schema: values.__proto__: not a key']);
});

test('no bytes and no JSON whatever make it throw', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('telemetry', 'events', 'state'),
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (channel, bytes) => {
        decode(`${TOPIC}/${channel}`, Buffer.from(bytes), MONDAY, world);
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (topic) => void decode(topic, Buffer.from('{}'), MONDAY, world)));
});

test.each<unknown>([
  [],
  [{ ts: MONDAY, values: { helium_pressure: true } }],
  { ts: MONDAY, values: {} },
  { ts: 'now', values: { helium_pressure: 15 } },
  { ts: MONDAY, seq: -1, values: { helium_pressure: 15 } },
  { ts: MONDAY, values: { helium_pressure: 15 }, unknown: 1 },
  { ts: MONDAY, values: { patientName: 'x' } },
  { ts: MONDAY, values: { helium_pressure: 15 }, units: { helium_pressure: 'W' } },
  { ts: Math.round(MONDAY / 1000), values: { helium_pressure: 15 } },
  { ts: MONDAY - 500 * DAY, values: { helium_pressure: 15 } },
  'text',
])('every refusal of an item is said in Chinese too: %j', (body) => {
  const result = decoded(body as object);
  const refusals = 'refusals' in result ? result.refusals : [];
  expect(refusals.length).toBeGreaterThan(0);
  for (const { zh } of refusals) expect(zh).toMatch(/\p{Script=Han}/u);
});

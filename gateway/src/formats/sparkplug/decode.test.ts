import { Device, eventsOfUpload, MINUTE, SECOND } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../pipeline/world.ts';
import type { Decoded } from '../../telemetry/decode/decode.ts';
import { MONDAY, smallFleet } from '../../testing/fixtures.ts';
import type { Fleet } from '../fleet.ts';
import { decodeSparkplug } from './decode.ts';
import { needsBirth } from './session.ts';
import { SparkplugSessions, storedSession } from './sessions.ts';
import { encodePayload, type TestMetric, type TestPayload } from './testing/encode.ts';
import { packet } from './testing/packets.ts';

const REORDER_MS = 2 * SECOND;

/** The small fleet, where `dev_a1` is the node "edge" and `dev_a2` its device "pump"; and a host that listens. */
function host() {
  const world = new World();
  for (const event of eventsOfUpload(smallFleet())) world.apply(event);
  const alias = (id: string, aliases: string[]) => {
    const device = Device.parse({ ...world.device(id)?.device, aliases });
    world.apply({ type: 'device.put', device });
  };
  alias('dev_a1', ['G/edge']);
  alias('dev_a2', ['edge/pump']);
  const latest = new Map<string, readonly [number, number]>();
  const fleet: Fleet = {
    device: (id) => world.device(id),
    named: (names, from) => world.named(names, from),
    latest: (_device, key) => latest.get(key),
  };
  const sessions = new SparkplugSessions();
  let now = MONDAY;
  return {
    sessions,
    alias,
    latest,
    wait: (ms: number) => {
      now += ms;
    },
    hear: (path: string, payload: TestPayload | Buffer, from = 'site_a') =>
      decodeSparkplug(
        {
          receivedAt: now,
          from,
          topic: `spBv1.0/${path}`,
          payload: Buffer.isBuffer(payload) ? payload : encodePayload(payload),
        },
        fleet,
        sessions,
      ),
    asks: (node = 'edge', from = 'site_a') => {
      const session = sessions.find(from, 'G', node);
      return session !== undefined && needsBirth(session, now, REORDER_MS);
    },
  };
}

const bdSeq = (value: number): TestMetric => ({ name: 'bdSeq', type: 'UInt64', value });
const pressure = (value: number, ts = MONDAY): TestMetric => ({ name: 'Helium Pressure', type: 'Double', value, ts });
const byAlias = (alias: number, value: number): TestMetric => ({ alias, type: 'Double', value, ts: MONDAY });
const birth = (seq = 0, bd = 0): TestPayload => ({
  ts: MONDAY,
  seq,
  metrics: [bdSeq(bd), { ...pressure(15), alias: 1 }],
});
const deviceBirth = (seq = 1): TestPayload => ({ ts: MONDAY, seq, metrics: [{ ...pressure(16), alias: 7 }] });

/** device → what came of it, in short. */
function short(decoded: readonly Decoded[]): string[] {
  return decoded.map((part) => {
    if (part.kind === 'refused') return part.refusals.map(({ reason }) => reason).join(',');
    const what =
      part.kind === 'readings'
        ? part.readings.map(({ values }) => JSON.stringify(values)).join(' ')
        : part.kind === 'state'
          ? `${part.state.status} (${part.state.cause})`
          : part.kind;
    return `${part.device.id} ${what}`;
  });
}

test('births carry readings under our keys; data by alias follows [tck-id-payloads-alias-data-cmd-requirement]', () => {
  const { hear, asks } = host();
  expect(short(hear('G/NBIRTH/edge', birth()))).toEqual(['dev_a1 {"helium_pressure":15}']);
  expect(short(hear('G/DBIRTH/edge/pump', deviceBirth()))).toEqual(['dev_a2 {"helium_pressure":16}']);
  expect(short(hear('G/NDATA/edge', { seq: 2, metrics: [byAlias(1, 15.5)] }))).toEqual([
    'dev_a1 {"helium_pressure":15.5}',
  ]);
  expect(short(hear('G/DDATA/edge/pump', { seq: 3, metrics: [byAlias(7, 17)] }))).toEqual([
    'dev_a2 {"helium_pressure":17}',
  ]);
  expect(asks()).toBe(false);
});

test('a data type named at birth holds for data without one', () => {
  const { hear } = host();
  hear('G/NBIRTH/edge', { seq: 0, metrics: [bdSeq(0), { name: 'steps', alias: 3, type: 'Int16', value: 1 }] });
  // 65,436 in 16 bits is −100.
  const decoded = hear('G/NDATA/edge', { seq: 1, metrics: [{ alias: 3, type: 'Unknown', value: 65436 }] });
  expect(short(decoded)).toEqual(['dev_a1 {"steps":65436}']);
  const typed = hear('G/NDATA/edge', { seq: 2, metrics: [{ alias: 3, value: 65436 }] });
  expect(short(typed)).toEqual(['dev_a1 {"steps":-100}']);
});

test('packets of another encoder: unit, historical value, what is refused and what is passed over', () => {
  const { hear } = host();
  const born = hear('G/NBIRTH/edge', packet('nodeBirth'));
  expect(born).toMatchObject([{ readings: [{ ts: MONDAY, values: { helium_pressure: 15.6, chiller_trips: 3 } }] }]);
  expect(hear('G/NDATA/edge', packet('complex'))).toMatchObject([
    {
      readings: [
        { ts: MONDAY - MINUTE, values: { old: 2.5 } },
        { ts: MONDAY, values: { kept: 1.5 } },
      ],
      refusals: [
        {
          reason: 'unsupported-type',
          detail: 'table: DataSet is not kept: only numbers, texts and booleans are; and 3 more',
        },
        { reason: 'impossible-value', detail: 'nan: NaN is no number; and 1 more' },
      ],
    },
  ]);
});

test('no gap over the wrap of the sequence [tck-id-payloads-sequence-num-incrementing]', () => {
  const { hear, asks, wait } = host();
  hear('G/NBIRTH/edge', birth());
  for (let seq = 1; seq < 600; seq += 1) hear('G/NDATA/edge', { seq: seq % 256, metrics: [byAlias(1, seq / 4)] });
  wait(MINUTE);
  expect(asks()).toBe(false);
});

test('a message overtaken is waited for; one that does not come asks for a birth [tck-id-operational-behavior-host-reordering-start, -success, -rebirth]', () => {
  const { hear, asks, wait } = host();
  hear('G/NBIRTH/edge', birth());
  hear('G/NDATA/edge', { seq: 2, metrics: [byAlias(1, 15.2)] });
  expect(asks()).toBe(false);
  wait(REORDER_MS / 2);
  hear('G/NDATA/edge', { seq: 1, metrics: [byAlias(1, 15.1)] });
  wait(MINUTE);
  expect(asks()).toBe(false);
  hear('G/NDATA/edge', { seq: 4, metrics: [byAlias(1, 15.4)] });
  wait(REORDER_MS);
  expect(asks()).toBe(true);
  hear('G/NBIRTH/edge', birth());
  expect(asks()).toBe(false);
});

test('data before a birth: what is named is kept, what is not is refused, a birth is asked for', () => {
  const { hear, asks } = host();
  expect(short(hear('G/NDATA/edge', { seq: 9, metrics: [pressure(15), byAlias(1, 3)] }))).toEqual([
    'dev_a1 {"helium_pressure":15}',
  ]);
  expect(asks()).toBe(true);
  expect(short(hear('G/NDATA/edge', { seq: 10, metrics: [byAlias(1, 3)] }))).toEqual(['unknown-alias']);
  hear('G/NBIRTH/edge', birth());
  expect(asks()).toBe(false);
  // A device that was not born after its node.
  hear('G/DDATA/edge/pump', { seq: 1, metrics: [byAlias(7, 3)] });
  expect(asks()).toBe(true);
});

test('a death with the birth’s bdSeq takes the node and its devices away [tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline, -ndeath-devices-offline]', () => {
  const { hear, asks } = host();
  hear('G/NBIRTH/edge', birth(0, 5));
  hear('G/DBIRTH/edge/pump', deviceBirth());
  // The will of an earlier connection [tck-id-payloads-ndeath-bdseq].
  expect(hear('G/NDEATH/edge', { metrics: [bdSeq(4)] })).toEqual([]);
  expect(short(hear('G/NDATA/edge', { seq: 2, metrics: [byAlias(1, 15)] }))).toEqual(['dev_a1 {"helium_pressure":15}']);
  expect(short(hear('G/NDEATH/edge', { metrics: [bdSeq(5)] }))).toEqual([
    'dev_a2 offline (gateway-lost)',
    'dev_a1 offline (gateway-lost)',
  ]);
  expect(hear('G/NDEATH/edge', { metrics: [bdSeq(5)] })).toEqual([]);
  expect(asks()).toBe(false); // who is gone is not asked
  // What it called things went with it.
  expect(short(hear('G/NDATA/edge', { seq: 3, metrics: [byAlias(1, 15)] }))).toEqual(['unknown-alias']);
  expect(asks()).toBe(true);
});

test('a death without bdSeq is refused, where its birth had one', () => {
  const { hear } = host();
  hear('G/NBIRTH/edge', birth());
  expect(short(hear('G/NDEATH/edge', {}))).toEqual(['schema']);
});

test('a device dies alone [tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline]; a node born again has its devices still to be born', () => {
  const { hear, asks } = host();
  hear('G/NBIRTH/edge', birth());
  hear('G/DBIRTH/edge/pump', deviceBirth());
  expect(short(hear('G/DDEATH/edge/pump', { seq: 2 }))).toEqual(['dev_a2 offline (device-death)']);
  hear('G/DBIRTH/edge/pump', deviceBirth(3));
  expect(short(hear('G/NBIRTH/edge', birth(0, 1)))).toEqual([
    'dev_a2 offline (gateway-restarted)',
    'dev_a1 {"helium_pressure":15}',
  ]);
  expect(short(hear('G/DBIRTH/edge/pump', deviceBirth()))).toEqual(['dev_a2 {"helium_pressure":16}']);
  expect(asks()).toBe(false);
});

test('a repeated birth says nothing twice', () => {
  const { hear, latest } = host();
  latest.set('helium_pressure', [15, MONDAY]);
  expect(short(hear('G/NBIRTH/edge', birth()))).toEqual(['dev_a1 heard']);
  latest.set('helium_pressure', [15, MONDAY - 1]);
  expect(short(hear('G/NBIRTH/edge', birth()))).toEqual(['dev_a1 {"helium_pressure":15}']);
});

test('who is not registered is named, so that he can be; a node that only carries devices need not be', () => {
  const { hear } = host();
  const [unknown] = hear('G/DBIRTH/edge/heater', deviceBirth());
  expect(unknown).toMatchObject({
    refusals: [
      {
        reason: 'unknown-device',
        detail: 'no device of site_a has the id or alias "G/edge/heater" or "edge/heater" or "heater"',
      },
    ],
  });
  expect(
    hear('G/NBIRTH/box', {
      seq: 0,
      metrics: [bdSeq(0), { name: 'Node Control/Rebirth', type: 'Boolean', value: false }],
    }),
  ).toEqual([]);
  expect(short(hear('G/NBIRTH/box', birth()))).toEqual(['unknown-device']);
});

test('a sender speaks for its own only, and touches nobody else’s sessions', () => {
  const { hear, asks } = host();
  hear('G/NBIRTH/edge', birth());
  expect(short(hear('G/NBIRTH/edge', birth(), 'site_b'))).toEqual(['unknown-device']);
  expect(short(hear('G/NDEATH/edge', { metrics: [bdSeq(0)] }, 'site_b'))).toEqual([]);
  expect(short(hear('G/NDATA/edge', { seq: 1, metrics: [byAlias(1, 15)] }))).toEqual(['dev_a1 {"helium_pressure":15}']);
  expect(asks()).toBe(false);
  // With its own credential the node is the device, whatever it calls itself.
  expect(short(hear('Any/NBIRTH/dev_b1', birth(), 'dev_b1'))).toEqual(['dev_b1 {"helium_pressure":15}']);
  // A trusted broker speaks for all; a name two sites use is nobody's.
  expect(short(hear('G/NBIRTH/edge', birth(), 'broker:b'))).toEqual(['dev_a1 {"helium_pressure":15}']);
});

test('a sender with more nodes than it can have: offline ones make room, the others are refused', () => {
  const { hear, sessions } = host();
  for (let i = 0; i < 4; i += 1) hear(`G/NBIRTH/n${i}`, birth(), 'dev_a1');
  expect(short(hear('G/NBIRTH/n4', birth(), 'dev_a1'))).toEqual(['too-many-names']);
  hear('G/NDEATH/n2', { metrics: [bdSeq(0)] }, 'dev_a1');
  expect(short(hear('G/NBIRTH/n4', birth(), 'dev_a1'))).toEqual(['dev_a1 {"helium_pressure":15}']);
  expect([...sessions.all()].map(({ node }) => node)).toEqual(['n0', 'n1', 'n3', 'n4']);
});

test('what was known at a time: births after it are left out', () => {
  const { hear, sessions, wait } = host();
  hear('G/NBIRTH/edge', birth());
  wait(MINUTE);
  hear('G/DBIRTH/edge/pump', deviceBirth());
  const births = (time: number) => [...sessions.bornBefore(time).all()].map((session) => [...session.births.keys()]);
  expect(births(MONDAY)).toEqual([]);
  expect(births(MONDAY + 1)).toEqual([['']]);
  expect(births(MONDAY + 2 * MINUTE)).toEqual([['', 'pump']]);
});

const anyMessage = fc.record({
  path: fc.constantFrom(
    'G/NBIRTH/edge',
    'G/NDATA/edge',
    'G/NDEATH/edge',
    'G/DBIRTH/edge/pump',
    'G/DDATA/edge/pump',
    'G/DDEATH/edge/pump',
    'G/NDATA/other',
    'STATE/uptower',
    'G/NCMD/edge',
  ),
  seq: fc.nat(255),
  metrics: fc.array(
    fc.oneof(
      fc.nat(3).map(bdSeq),
      fc.record({
        name: fc.constantFrom('Helium Pressure', 'a', 'A b', '患者', '__proto__'),
        type: fc.constantFrom('Double', 'Int32', 'String'),
        value: fc.oneof(fc.double(), fc.string()),
        alias: fc.nat(4),
      }),
      fc.record({ alias: fc.nat(4), value: fc.double() }),
    ) as fc.Arbitrary<TestMetric>,
    { maxLength: 4 },
  ),
  pause: fc.nat(5000),
});

test('any run of messages: never a throw; read again from a snapshot in the middle it gives the same', () => {
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 40 }), fc.nat(40), (messages, cut) => {
      const [whole, resumed] = [host(), host()];
      for (const [i, { path, seq, metrics, pause }] of messages.entries()) {
        if (i === cut)
          resumed.sessions.restore(JSON.parse(JSON.stringify([...resumed.sessions.all()].map(storedSession))));
        whole.wait(pause);
        resumed.wait(pause);
        expect(resumed.hear(path, { ts: MONDAY, seq, metrics })).toEqual(
          whole.hear(path, { ts: MONDAY, seq, metrics }),
        );
      }
      expect([...resumed.sessions.all()]).toEqual([...whole.sessions.all()]);
      expect(resumed.asks()).toBe(whole.asks());
    }),
    { numRuns: 300 },
  );
});

test('mutated packets of another encoder, in any order: never a throw, every refusal with a reason', () => {
  const names = ['nodeBirth', 'nodeDeath', 'deviceBirth', 'dataByAlias', 'types', 'complex'] as const;
  const mutated = fc.record({
    path: fc.constantFrom('NBIRTH/edge', 'NDATA/edge', 'NDEATH/edge', 'DBIRTH/edge/pump', 'DDATA/edge/pump'),
    name: fc.constantFrom(...names),
    changes: fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 12 }), (messages) => {
      const { hear } = host();
      for (const { path, name, changes } of messages) {
        const bytes = Buffer.from(packet(name));
        for (const [at, to] of changes) if (at < bytes.length) bytes[at] = to;
        for (const part of hear(`G/${path}`, bytes)) {
          if (part.kind === 'refused') expect(part.refusals.length).toBeGreaterThan(0);
          if (part.kind === 'readings')
            for (const { ts, values } of part.readings) {
              expect(Number.isSafeInteger(ts)).toBe(true);
              for (const value of Object.values(values)) expect(value).not.toBeNaN();
            }
        }
      }
    }),
    { numRuns: 500 },
  );
});

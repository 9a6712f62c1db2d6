import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { danglingReferences, emptyRegistry, eventsOfUpload, RegistryUpload } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Config, ConfigError, environmentName, loadConfig } from '../../app/src/config.ts';
import { packetGuard } from '../../broker/src/access/packet-guard.ts';
import type { Fleet } from '../../gateway/src/formats/fleet.ts';
import { decodeMessage } from '../../gateway/src/formats/formats.ts';
import { SparkplugSessions, storedSession } from '../../gateway/src/formats/sparkplug/sessions.ts';
import { World } from '../../gateway/src/pipeline/world.ts';
import { REFUSAL_REASONS } from '../../gateway/src/telemetry/decode/refusal.ts';
import { decodeRecord, encodeRecord } from '../../gateway/src/telemetry/journal/record.ts';
import { MONDAY, smallFleet } from '../../gateway/src/testing/fixtures.ts';
import { Manifest } from '../../simulators/src/replay/manifest.ts';
import { damaged, fuzzed } from '../support/fuzz.ts';
import { LINES, NATIVE, SPARKPLUG, THINGSBOARD } from '../support/packets.ts';

/** The words are those of the parser, or the topic itself: quoted. */
const QUOTED = new Set(['not-our-topic', 'malformed-json', 'malformed-payload']);

const world = new World();
for (const event of eventsOfUpload(smallFleet())) world.apply(event);
const fleet: Fleet = {
  device: (id) => world.device(id),
  named: (names, from) => world.named(names, from),
  latest: () => undefined,
};

/** What goes on whatever came before: a good message of the same family, and how it must be read. */
const GOOD = { topic: 'uptower/v1/site_a/dev_a1/telemetry', payload: NATIVE.telemetry[0] };

const FAMILIES: readonly (readonly [
  name: string,
  readonly (readonly [topic: string, readonly Buffer[]])[],
  Buffer,
  string,
])[] = [
  [
    'native',
    Object.entries(NATIVE).map(([channel, packets]) => [`uptower/v1/site_a/dev_a1/${channel}`, packets] as const),
    GOOD.payload,
    GOOD.topic,
  ],
  ['ThingsBoard', Object.entries(THINGSBOARD), THINGSBOARD['v1/devices/me/telemetry'][0], 'v1/devices/me/telemetry'],
  ['Sparkplug', Object.entries(SPARKPLUG), SPARKPLUG['spBv1.0/g/NBIRTH/dev_a1'][0], 'spBv1.0/g/NBIRTH/dev_a1'],
  [
    'line protocol',
    ['ns', 'us', 'ms', 's', 'm', 'h'].map((precision) => [`influx/write/${precision}`, LINES] as const),
    LINES[0],
    'influx/write/ms',
  ],
];

test.each(FAMILIES)(
  '%s: damaged messages are read or refused for a known reason, and the next good one is taken',
  (_name, messages, good, goodTopic) => {
    const sparkplug = new SparkplugSessions();
    const message = fc.constantFrom(...messages).chain(([topic, packets]) =>
      fc.record({
        topic: fc.oneof(
          { weight: 9, arbitrary: fc.constant(topic) },
          { weight: 1, arbitrary: damaged([Buffer.from(topic)]).map(String) },
        ),
        payload: fc.oneof(
          { weight: 8, arbitrary: damaged(packets) },
          { weight: 1, arbitrary: fc.uint8Array().map(Buffer.from) },
        ),
        from: fc.constantFrom('dev_a1', 'site_a', 'site_b', 'broker:outside', 'dev_none'),
        receivedAt: fc.integer({ min: MONDAY, max: MONDAY + 100_000 }),
      }),
    );
    fc.assert(
      fc.property(message, (heard) => {
        for (const decoded of decodeMessage(heard, fleet, { sparkplug })) {
          for (const { reason, detail, zh } of 'refusals' in decoded ? decoded.refusals : []) {
            expect(REFUSAL_REASONS).toContain(reason);
            expect(detail.length).toBeGreaterThan(0);
            expect(detail.length).toBeLessThanOrEqual(300);
            if (!QUOTED.has(reason)) expect(zh).toMatch(/\p{Script=Han}/u);
          }
          if (decoded.kind === 'refused') expect(decoded.refusals.length).toBeGreaterThan(0);
          if (decoded.kind === 'readings')
            for (const { ts, values } of decoded.readings) {
              expect(Number.isSafeInteger(ts)).toBe(true);
              for (const value of Object.values(values))
                if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
            }
        }
        const [after] = decodeMessage(
          { topic: goodTopic, payload: good, from: 'dev_a1', receivedAt: MONDAY + 100_000 },
          fleet,
          { sparkplug },
        );
        expect(after).toMatchObject({ kind: 'readings', device: { id: 'dev_a1' } });
      }),
      fuzzed(400),
    );
    expect(JSON.stringify([...sparkplug.all()].map(storedSession)).length).toBeLessThan(5_000_000);
  },
);

test('registry uploads: taken, or each fault with its path', () => {
  const upload = Buffer.from(JSON.stringify(smallFleet()));
  fc.assert(
    fc.property(damaged([upload]), (bytes) => {
      const body = parsed(bytes);
      const result = RegistryUpload.safeParse(body);
      if (result.success) danglingReferences(emptyRegistry(), result.data);
      else for (const issue of result.error.issues) expect(issue.message).not.toBe('');
    }),
    fuzzed(300),
  );
});

test('mappings of a replay: taken, or each fault with its path', () => {
  const shipped = readFileSync(new URL('../../simulators/mappings/backblaze-drives.json', import.meta.url));
  fc.assert(
    fc.property(damaged([shipped]), (bytes) => {
      const result = Manifest.safeParse(parsed(bytes));
      if (!result.success) for (const issue of result.error.issues) expect(issue.message).not.toBe('');
    }),
    fuzzed(300),
  );
});

test('settings from file, environment and options: taken, or all problems in words', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'uptower-fuzz-')), 'uptower.config.json');
  const keys = Object.keys(Config.shape);
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom('', '0', '-1', 'NaN', '1e999', 'true', '[]'),
  );
  const named = fc.tuple(fc.oneof(fc.constantFrom(...keys), fc.string()), value);
  fc.assert(
    fc.property(
      damaged([Buffer.from(JSON.stringify({ mqttPort: 1883, host: '127.0.0.1', logLevel: 'info' }))]),
      fc.array(named, { maxLength: 5 }),
      fc.array(named, { maxLength: 5 }),
      (body, environment, options) => {
        writeFileSync(file, body);
        try {
          loadConfig({
            file,
            environment: Object.fromEntries(environment.map(([key, each]) => [environmentName(key), each])),
            options: Object.fromEntries(options),
          });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as Error).message).not.toBe('');
        }
      },
    ),
    fuzzed(300),
  );
});

test('records of the journal: whole as written, or not one; never something else', () => {
  const record = (payload: Buffer) =>
    encodeRecord(7, { kind: 'message', receivedAt: MONDAY, from: 'dev_a1', topic: GOOD.topic, payload });
  const whole = NATIVE.telemetry.map(record);
  fc.assert(
    fc.property(damaged(whole), (bytes) => {
      const result = decodeRecord(bytes, 0);
      // A checksum of 32 bits lets one damage in four thousand million pass: none of these.
      if (result.ok) expect(whole.some((good) => bytes.subarray(0, good.length).equals(good))).toBe(true);
    }),
    fuzzed(500),
  );
});

test('the guard before the MQTT parser judges the bytes, not how they are cut', () => {
  const connect = Buffer.from('101a00044d5154540402003c00026469000664657669636500047365637265', 'hex');
  const publish = Buffer.from('3210000a612f622f632f642f65320001686921', 'hex');
  fc.assert(
    fc.property(
      damaged([Buffer.concat([connect, publish, publish])]),
      fc.array(fc.nat(40), { maxLength: 20 }),
      (bytes, cuts) => {
        const judge = (chunks: readonly Buffer[]) => {
          const guard = packetGuard(1000);
          for (const chunk of chunks) {
            const verdict = guard(chunk);
            if (!verdict.ok) return verdict;
          }
          return { ok: true };
        };
        const chunks: Buffer[] = [];
        let rest = bytes;
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        expect(judge([...chunks, rest])).toEqual(judge([bytes]));
      },
    ),
    fuzzed(500),
  );
});

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes.toString();
  }
}

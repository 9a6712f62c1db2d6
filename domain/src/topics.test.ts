import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayPublish, maySubscribe, type Principal } from './credential.ts';
import { DeviceId, SiteId } from './ids.ts';
import {
  buildTopic,
  CHANNELS,
  commandFilter,
  isThingsBoardListening,
  parseSparkplugTopic,
  parseThingsBoardTopic,
  parseTopic,
} from './topics.ts';

const id = (prefix: string) => fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/).map((rest) => `${prefix}_${rest}`);
const aTopic = fc.record({
  siteId: id('site').map((value) => SiteId.parse(value)),
  deviceId: id('dev').map((value) => DeviceId.parse(value)),
  channel: fc.constantFrom(...CHANNELS),
});

test('parsing a built topic gives it back', () => {
  fc.assert(
    fc.property(aTopic, (topic) => {
      expect(parseTopic(buildTopic(topic))).toEqual(topic);
    }),
  );
});

test('any other text is not a topic of ours, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseTopic(text)).toBeUndefined();
    }),
  );
  for (const text of [
    'uptower/v1/site_a/dev_b',
    'uptower/v2/site_a/dev_b/telemetry',
    'uptower/v1/site_a/dev_b/telemetry/x',
    'uptower/v1/site_A/dev_b/telemetry',
    'uptower/v1/site_a/+/telemetry',
  ])
    expect(parseTopic(text)).toBeUndefined();
});

test('a device never speaks for another; a site gateway speaks for every device of its site only', () => {
  fc.assert(
    fc.property(aTopic, aTopic, (mine, other) => {
      const device: Principal = { kind: 'device', siteId: mine.siteId, deviceId: mine.deviceId };
      const site: Principal = { kind: 'site', siteId: mine.siteId };
      expect(mayPublish(device, other)).toBe(mine.siteId === other.siteId && mine.deviceId === other.deviceId);
      expect(mayPublish(site, other)).toBe(mine.siteId === other.siteId);
    }),
  );
});

test('a device may listen to its own commands and to nothing wider', () => {
  const siteId = SiteId.parse('site_a');
  const deviceId = DeviceId.parse('dev_b');
  const device: Principal = { kind: 'device', siteId, deviceId };
  expect(maySubscribe(device, commandFilter(siteId, deviceId))).toBe(true);
  for (const filter of [
    '#',
    'uptower/#',
    'uptower/v1/site_a/#',
    'uptower/v1/site_a/+/cmd/+',
    '$SYS/#',
    'uptower/v1/site_b/dev_b/cmd/+',
  ])
    expect(maySubscribe(device, filter)).toBe(false);
});

test('Sparkplug topics: group, message, node, and a device where the message is of one', () => {
  expect(parseSparkplugTopic('spBv1.0/G 1/NBIRTH/edge')).toEqual({
    group: 'G 1',
    message: 'NBIRTH',
    node: 'edge',
    device: null,
  });
  expect(parseSparkplugTopic('spBv1.0/G/DDATA/edge/pump')?.device).toBe('pump');
  for (const text of [
    'spBv1.0/G/NBIRTH',
    'spBv1.0/G/NBIRTH/edge/pump',
    'spBv1.0/G/DBIRTH/edge',
    'spBv1.0/G/DBIRTH/edge/pump/x',
    'spBv1.0/G/NCMD/edge',
    'spBv1.0/STATE/uptower',
    'spBv1.0//NBIRTH/edge',
    'spBv1.0/G/NDATA/+',
    `spBv1.0/G/NDATA/${'x'.repeat(101)}`,
    'spAv1.0/G/NDATA/edge',
  ])
    expect(parseSparkplugTopic(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => void parseSparkplugTopic(`spBv1.0/${text}`)));
});

test('ThingsBoard topics, and what may be subscribed to of them', () => {
  expect(parseThingsBoardTopic('v1/devices/me/telemetry')).toEqual({ api: 'me', what: 'telemetry' });
  expect(parseThingsBoardTopic('v1/gateway/disconnect')).toEqual({ api: 'gateway', what: 'disconnect' });
  expect(parseThingsBoardTopic('v1/devices/me/rpc/response/12')).toEqual({ api: 'me', what: 'other' });
  for (const text of [
    'v1/devices/dev_a/telemetry',
    'v1/devices/me/telemetry/x',
    'v2/devices/me/telemetry',
    'v1/gateway',
  ])
    expect(parseThingsBoardTopic(text)).toBeUndefined();
  for (const filter of ['v1/devices/me/attributes/response/+', 'v1/devices/me/rpc/request/+', 'v1/gateway/rpc'])
    expect(isThingsBoardListening(filter)).toBe(true);
  for (const filter of ['v1/devices/me/telemetry', 'v1/devices/me/#', 'v1/#', 'v1/devices/+/attributes'])
    expect(isThingsBoardListening(filter)).toBe(false);
});

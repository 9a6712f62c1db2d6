import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayPublish, maySubscribe, type Principal } from './credential.ts';
import { DeviceId, SiteId } from './ids.ts';
import { buildTopic, CHANNELS, commandFilter, parseTopic } from './topics.ts';

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

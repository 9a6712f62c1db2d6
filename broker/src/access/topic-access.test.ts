import { DeviceId, type Principal, SiteId } from '@uptower/domain';
import { expect, test } from 'vitest';
import { refusePublish, refuseSubscribe } from './topic-access.ts';

const siteId = SiteId.parse('site_a');
const device: Principal = { kind: 'device', siteId, deviceId: DeviceId.parse('dev_one') };
const site: Principal = { kind: 'site', siteId };

test.each([
  ['its own topic', device, 'uptower/v1/site_a/dev_one/telemetry', null],
  ["another device's topic", device, 'uptower/v1/site_a/dev_two/telemetry', 'foreign-topic'],
  ['its own id below another site', device, 'uptower/v1/site_b/dev_one/telemetry', 'foreign-topic'],
  ['a channel only the server writes', device, 'uptower/v1/site_a/dev_one/cmd/1', 'not-our-topic'],
  ['something else', device, 'home/kitchen', 'not-our-topic'],
  ['a system topic', device, '$SYS/x', 'not-our-topic'],
  ['a device of its site', site, 'uptower/v1/site_a/dev_two/state', null],
  ['a device of another site', site, 'uptower/v1/site_b/dev_two/state', 'foreign-topic'],
] as const)('publishing: %s', (_name, principal, topic, expected) => {
  expect(refusePublish(principal, topic)).toBe(expected);
});

test.each([
  ['its own commands', device, 'uptower/v1/site_a/dev_one/cmd/+', null],
  ['everything', device, '#', 'foreign-topic'],
  ["another device's commands", device, 'uptower/v1/site_a/dev_two/cmd/+', 'foreign-topic'],
  ['all devices of its site', device, 'uptower/v1/site_a/+/cmd/+', 'foreign-topic'],
  ['all devices of its site, as the site', site, 'uptower/v1/site_a/#', null],
  ['all sites, as a site', site, 'uptower/v1/+/dev_one/cmd/1', 'foreign-topic'],
] as const)('subscribing: %s', (_name, principal, filter, expected) => {
  expect(refuseSubscribe(principal, filter)).toBe(expected);
});

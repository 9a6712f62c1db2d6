import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Principal } from './credential.ts';
import { DeviceId, SiteId } from './ids.ts';
import { mayHear, mayRetain, refusePublish, refuseSubscribe } from './topic-access.ts';

const siteId = SiteId.parse('site_a');
const device: Principal = { kind: 'device', siteId, deviceId: DeviceId.parse('dev_one') };
const site: Principal = { kind: 'site', siteId };
const names = (principal: Principal) =>
  principal.kind === 'device' ? ['press-7', 'Plant/Line1'] : ['dev_one', 'press-7', 'Hall/Edge2/press-8'];

test.each([
  ['its own topic', device, 'uptower/v1/site_a/dev_one/telemetry', null],
  ["another device's topic", device, 'uptower/v1/site_a/dev_two/telemetry', 'foreign-topic'],
  ['its own id below another site', device, 'uptower/v1/site_b/dev_one/telemetry', 'foreign-topic'],
  ['a channel only the server writes', device, 'uptower/v1/site_a/dev_one/cmd/1', 'not-our-topic'],
  ['something else', device, 'home/kitchen', 'not-our-topic'],
  ['a system topic', device, '$SYS/broker/x', 'not-our-topic'],
  ['a system topic, as a site', site, '$SYS/broker/x', 'not-our-topic'],
  ['a device of its site', site, 'uptower/v1/site_a/dev_two/state', null],
  ['a device of another site', site, 'uptower/v1/site_b/dev_two/state', 'foreign-topic'],
  ['the node of its own id', device, 'spBv1.0/Plant/NBIRTH/dev_one', null],
  ['a device below its own node', device, 'spBv1.0/Plant/DDATA/dev_one/probe', null],
  ['the node of an alias', device, 'spBv1.0/Any/NDATA/press-7', null],
  ['the node of an alias with its group', device, 'spBv1.0/Plant/NDATA/Line1', null],
  ['that node in another group', device, 'spBv1.0/Other/NDATA/Line1', 'foreign-topic'],
  ["another device's node", device, 'spBv1.0/Plant/NDATA/dev_two', 'foreign-topic'],
  ['its own node in a group that is another site', device, 'spBv1.0/site_b/NDATA/dev_one', 'foreign-topic'],
  ['a command', device, 'spBv1.0/Plant/NCMD/dev_one', 'not-our-topic'],
  ['the state of a host', site, 'spBv1.0/STATE/host', 'not-our-topic'],
  ['any node of the group that is its site', site, 'spBv1.0/site_a/NDATA/whatever', null],
  ['a node the registry names', site, 'spBv1.0/Hall/DDATA/Edge2/press-8', null],
  ['a node it does not name', site, 'spBv1.0/Hall/NDATA/Edge3', 'foreign-topic'],
  ["ThingsBoard's own device", device, 'v1/devices/me/telemetry', null],
  ["ThingsBoard's gateway, as a device", device, 'v1/gateway/telemetry', 'foreign-topic'],
  ["ThingsBoard's gateway, as a site", site, 'v1/gateway/telemetry', null],
] as const)('publishing: %s', (_name, principal, topic, expected) => {
  expect(refusePublish(principal, topic, names)).toBe(expected);
});

test.each([
  ['its own commands', device, 'uptower/v1/site_a/dev_one/cmd/+', null],
  ['everything', device, '#', 'foreign-topic'],
  ["another device's commands", device, 'uptower/v1/site_a/dev_two/cmd/+', 'foreign-topic'],
  ['all devices of its site', device, 'uptower/v1/site_a/+/cmd/+', 'foreign-topic'],
  ['all devices of its site, as the site', site, 'uptower/v1/site_a/#', null],
  ['all sites, as a site', site, 'uptower/v1/+/dev_one/cmd/1', 'foreign-topic'],
  ["its own node's commands", device, 'spBv1.0/Plant/NCMD/dev_one', null],
  ["its own node's device commands", device, 'spBv1.0/Plant/DCMD/dev_one/#', null],
  ['the commands of every node', device, 'spBv1.0/Plant/NCMD/+', 'foreign-topic'],
  ['what nodes send', site, 'spBv1.0/site_a/NDATA/edge', 'foreign-topic'],
  ['the state of hosts', device, 'spBv1.0/STATE/#', null],
  ['ThingsBoard requests', device, 'v1/devices/me/rpc/request/+', null],
  ["ThingsBoard's telemetry of everybody", device, 'v1/devices/me/telemetry', 'foreign-topic'],
  ["all of ThingsBoard's topics", device, 'v1/devices/me/#', 'foreign-topic'],
  ["ThingsBoard's gateway, as a device", device, 'v1/gateway/attributes', 'foreign-topic'],
  ["ThingsBoard's gateway, as a site", site, 'v1/gateway/attributes', null],
  ['figures of the broker, as a site', site, '$SYS/broker/#', null],
  ['figures of the broker, as a device', device, '$SYS/broker/#', 'foreign-topic'],
  ['names of clients', site, '$SYS/+/new/clients', 'foreign-topic'],
] as const)('subscribing: %s', (_name, principal, filter, expected) => {
  expect(refuseSubscribe(principal, filter, names)).toBe(expected);
});

test('what is published on a topic that is the same for everybody is passed on to nobody', () => {
  for (const topic of ['v1/devices/me/telemetry', 'v1/devices/me/rpc/request/1', 'v1/gateway/telemetry'])
    for (const principal of [device, site]) expect(mayHear(principal, topic, names)).toBe(false);
});

test('retained: native topics only', () => {
  expect(mayRetain('uptower/v1/site_a/dev_one/state')).toBe(true);
  for (const topic of ['spBv1.0/g/NBIRTH/n', 'v1/devices/me/attributes']) expect(mayRetain(topic)).toBe(false);
});

const level = fc.constantFrom(
  'uptower',
  'v1',
  'site_a',
  'site_b',
  'dev_one',
  'dev_two',
  'spBv1.0',
  'NCMD',
  'devices',
  'me',
  '+',
  '#',
  '',
);
test('whatever a device may subscribe to, it hears nothing of another device', () => {
  const theirs = [
    'uptower/v1/site_a/dev_two/telemetry',
    'uptower/v1/site_a/dev_two/cmd/1',
    'spBv1.0/Plant/NDATA/dev_two',
    'spBv1.0/Plant/NCMD/dev_two',
    'v1/devices/me/telemetry',
  ];
  for (const topic of theirs) expect(mayHear(device, topic, names)).toBe(false);
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 6 }), (levels) => {
      const filter = levels.join('/');
      if (refuseSubscribe(device, filter, names) !== null) return;
      // An allowed filter begins with words of its own: no wildcard where another device could be.
      expect(filter).toMatch(/^(uptower\/v1\/site_a\/dev_one(\/|$)|spBv1\.0\/|v1\/devices\/me\/)/);
    }),
  );
});

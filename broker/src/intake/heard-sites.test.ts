import { expect, test } from 'vitest';
import { HeardSites } from './heard-sites.ts';

test.each([
  ['uptower/v1/site_a/#', true, false],
  ['uptower/v1/site_a/+/telemetry', true, false],
  ['uptower/v1/site_a/dev_one/#', true, false],
  ['uptower/v1/site_a/+/+', true, false],
  ['uptower/v1/+/+/telemetry', true, true],
  ['uptower/#', true, true],
  ['#', true, true],
  ['uptower/v1/site_a/dev_one/cmd/+', false, false],
  ['uptower/v1/site_a/+/state', false, false],
  ['spBv1.0/site_a/NCMD/#', false, false],
  ['uptower/v1/site_a', false, false],
])('%s hears telemetry of site_a: %s, of another site: %s', (filter, own, other) => {
  const sites = new HeardSites();
  expect(sites.has('site_a')).toBe(false);
  sites.note(filter);
  expect([sites.has('site_a'), sites.has('site_b')]).toEqual([own, other]);
});

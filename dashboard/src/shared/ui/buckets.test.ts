import { DAY, type DeviceId, HOUR, MINUTE, type UptimeInterval } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { toBuckets } from './buckets.ts';

const midnight = Date.UTC(2026, 10, 22, 16); // 00:00 Monday in Chongqing
const spell = (from: number, to: number | null, state: UptimeInterval['state']): UptimeInterval => ({
  deviceId: 'dev_a' as DeviceId,
  from: midnight + from,
  to: to === null ? null : midnight + to,
  state,
  cause: 'test',
});

describe('the availability strip', () => {
  test('starts with the first word and shows hours while there are few', () => {
    const buckets = toBuckets([spell(90 * MINUTE, null, 'up')], midnight + 4 * HOUR);
    expect(buckets.map((b) => b.state)).toEqual(['up', 'up', 'up']);
    expect(buckets[0]?.from).toBe(midnight + HOUR);
  });

  test('ten minutes down colour their hour', () => {
    const buckets = toBuckets(
      [spell(0, 70 * MINUTE, 'up'), spell(70 * MINUTE, 80 * MINUTE, 'down'), spell(80 * MINUTE, null, 'up')],
      midnight + 3 * HOUR,
    );
    expect(buckets.map((b) => b.state)).toEqual(['up', 'down', 'up']);
  });

  test('ten minutes without word do not', () => {
    const buckets = toBuckets([spell(0, 10 * MINUTE, 'unknown'), spell(10 * MINUTE, null, 'up')], midnight + HOUR);
    expect(buckets.map((b) => b.state)).toEqual(['up']);
  });

  test('from three days on, a bar is a day of the zone', () => {
    const buckets = toBuckets([spell(12 * HOUR, null, 'up')], midnight + 5 * DAY);
    expect(buckets).toHaveLength(5);
    expect(buckets[1]?.from).toBe(midnight + DAY);
  });

  test('no ledger, no bars', () => expect(toBuckets([], midnight)).toEqual([]));
});

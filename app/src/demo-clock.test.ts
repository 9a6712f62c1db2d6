import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoClock, nextWorkingMorning } from './demo-clock.ts';

const utc = (text: string) => Date.parse(`${text}Z`);

// 08:00 in China is 00:00 UTC.
test.each([
  ['a Saturday evening → Monday', '2026-11-21T12:00', '2026-11-23T00:00'],
  ['a Monday, one minute before → the same day', '2026-11-22T23:59', '2026-11-23T00:00'],
  ['exactly then → the next day', '2026-11-23T00:00', '2026-11-24T00:00'],
  ['a Friday noon → Monday', '2026-11-27T04:00', '2026-11-30T00:00'],
])('%s', (_name, now, morning) => {
  expect(nextWorkingMorning(utc(now))).toBe(utc(morning));
});

test('after a restart the clock goes on where it stopped, and never behind the records', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'uptower-clock-')), 'clock.json');
  const first = demoClock(file, 60, utc('2026-11-21T12:00'), 0);
  const stoppedAt = first.clock.now();
  first.stop();
  const second = demoClock(file, 60, utc('2026-12-30T12:00'), 0);
  expect(second.clock.now()).toBeGreaterThanOrEqual(stoppedAt);
  expect(second.clock.now()).toBeLessThan(utc('2026-11-24T00:00'));
  second.stop();
  const third = demoClock(file, 60, utc('2026-12-30T12:00'), utc('2027-01-01T00:00'));
  expect(third.clock.now()).toBeGreaterThanOrEqual(utc('2027-01-01T00:00'));
  third.stop();
});

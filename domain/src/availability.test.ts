import { expect, test } from 'vitest';
import { type UptimeInterval, uptimeFigures } from './availability.ts';
import { DeviceId } from './ids.ts';
import { HOUR } from './time.ts';

const deviceId = DeviceId.parse('dev_a');
const hours = (state: UptimeInterval['state'], from: number, to: number | null): UptimeInterval => ({
  deviceId,
  from: from * HOUR,
  to: to === null ? null : to * HOUR,
  state,
  cause: 'test',
});

/** 24 h: 2 unknown, 2 planned → 20 count. Down 1, partial 2 × 0.5 = 1 → (20 − 1 − 1) / 20 = 0.9. */
test('uptime leaves out what is unknown or planned, and weighs partial', () => {
  const intervals = [
    hours('unknown', 0, 2),
    hours('up', 2, 10),
    hours('down', 10, 11),
    hours('planned', 11, 13),
    hours('partial', 13, 15),
    hours('up', 15, null),
  ];
  const figures = uptimeFigures(intervals, { from: 0, to: 24 * HOUR }, 0.5, 24 * HOUR);
  expect(figures.uptime).toBeCloseTo(0.9);
  expect(figures.ms.up).toBe(17 * HOUR);
});

test('nothing known is no figure, not 100 %', () => {
  expect(uptimeFigures([hours('unknown', 0, null)], { from: 0, to: HOUR }, 0.5, HOUR).uptime).toBeNull();
});

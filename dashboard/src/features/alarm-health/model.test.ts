import { type AlarmPerformance, HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import { figureRows, isPeriod, spanOf } from './model.ts';

const performance = {
  alarms: 6000,
  ...{ perDay: 200, perHour: 8, perTenMinutes: 1.4, peakTenMinutes: 11, busyPeriods: 0.02, busyHours: 0, flood: 0.005 },
  ...{ stale: { most: 4, atEnd: 0, unacknowledged: 0 }, chattering: [{}], fleeting: 0, worstShare: 0.03 },
} as unknown as AlarmPerformance;

test('each figure beside its recommended value', () => {
  const verdicts = Object.fromEntries(figureRows(performance).map(({ key, verdict }) => [key, verdict]));
  expect(verdicts).toEqual({
    ...{ perDay: 'fair', perHour: 'fair', perTenMinutes: 'fair', peakTenMinutes: 'poor', busyPeriods: 'poor' },
    ...{ busyHours: 'good', flood: 'good', stale: 'good', chattering: 'poor', fleeting: 'good', worstShare: 'fair' },
  });
});

test('of a few alarms the ten worst say nothing', () => {
  const row = figureRows({ ...performance, alarms: 199, worstShare: 1 }).find(({ key }) => key === 'worstShare');
  expect(row?.verdict).toBe('few');
});

test('a period asks the same question for an hour', () => {
  expect(spanOf('day', 10 * HOUR + 1)).toEqual(spanOf('day', 11 * HOUR - 1));
  expect(spanOf('day', 10 * HOUR)).toEqual({ from: -13 * HOUR, to: 11 * HOUR });
  expect([isPeriod('week'), isPeriod('toString'), isPeriod(null)]).toEqual([true, false, false]);
});

import { expect, test } from 'vitest';
import { addDays, instantOf, mondayOf, wallClock } from './zone.ts';

const utc = (text: string) => Date.parse(`${text}:00Z`);

test('what clocks show becomes an instant and back, on both nights on which they change', () => {
  expect(instantOf('2026-03-02', '08:00', 'Asia/Shanghai')).toBe(utc('2026-03-02T00:00'));
  expect(instantOf('2026-03-29', '00:00', 'Europe/Berlin')).toBe(utc('2026-03-28T23:00'));
  expect(instantOf('2026-03-29', '02:30', 'Europe/Berlin')).toBe(utc('2026-03-29T01:30')); // skipped: shown as 03:30
  expect(instantOf('2026-10-25', '02:30', 'Europe/Berlin')).toBe(utc('2026-10-25T00:30')); // twice: the first
  expect(instantOf('2026-10-26', '00:00', 'Europe/Berlin')).toBe(utc('2026-10-25T23:00'));
  expect(wallClock(utc('2026-03-29T01:30'), 'Europe/Berlin')).toEqual({ date: '2026-03-29', time: '03:30' });
  expect(instantOf('', '08:00', 'Asia/Shanghai')).toBeNaN();
});

test('weeks begin on Monday', () => {
  expect(['2026-03-01', '2026-03-02', '2026-03-08'].map(mondayOf)).toEqual(['2026-02-23', '2026-03-02', '2026-03-02']);
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
});

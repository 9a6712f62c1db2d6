import { HOUR } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { toColumns, yRange } from './series.ts';

const at = (ts: number, value: number) => ({ ts, min: value - 1, max: value + 1, avg: value });
const live = (ts: number, value: number | string) => ({ ts, values: { pressure: value } });

describe('a metric chart', () => {
  test('continues history with newer live readings only', () => {
    const columns = toColumns([at(10, 5), at(20, 6)], [live(15, 99), live(30, 7)], 'pressure', 0);
    expect(columns.ts).toEqual([10, 20, 30]);
    expect(columns.avg).toEqual([5, 6, 7]);
  });

  test('leaves out what is before the window, other metrics and words', () => {
    const columns = toColumns(
      [at(10, 5), at(20, 6)],
      [live(30, 'warm'), { ts: 40, values: { flow: 2 } }],
      'pressure',
      15,
    );
    expect(columns.ts).toEqual([20]);
  });

  test('draws a trend on from the mean of the last points', () => {
    const columns = toColumns([at(0, 10)], [], 'pressure', 0, { slopePerHour: -2, until: 3 * HOUR });
    expect(columns.ts).toEqual([0, 3 * HOUR]);
    expect(columns.ahead).toEqual([10, 4]); // 10 − 2/h × 3 h
    expect(columns.avg).toEqual([10, null]);
  });

  test('keeps a near limit in view and forgets a far one', () => {
    const columns = toColumns([at(0, 10), at(1, 20)], [], 'pressure', 0);
    expect(yRange(columns, 25)[1]).toBeGreaterThan(25);
    expect(yRange(columns, 500)[1]).toBeLessThan(30);
  });
});

import type { Instant, SeriesPoint } from '@uptower/domain';
import type { LivePoint } from '../live/readings.ts';

/** Columns as uPlot takes them: time, mean, least, greatest, and the drawn-on line of a trend. */
export interface Columns {
  readonly ts: number[];
  readonly avg: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly ahead: (number | null)[];
}

export interface Projection {
  readonly slopePerHour: number;
  readonly until: Instant;
}

/** History, then what was measured after it; a trend is drawn on from the last value. */
export function toColumns(
  history: readonly SeriesPoint[],
  live: readonly LivePoint[],
  metric: string,
  from: Instant,
  projection?: Projection,
): Columns {
  const ts: number[] = [];
  const avg: (number | null)[] = [];
  const min: (number | null)[] = [];
  const max: (number | null)[] = [];
  for (const point of history) {
    if (point.ts < from) continue;
    ts.push(point.ts);
    avg.push(point.avg);
    min.push(point.min);
    max.push(point.max);
  }
  const last = ts.at(-1) ?? Number.NEGATIVE_INFINITY;
  for (const point of live) {
    const value = point.values[metric];
    if (typeof value !== 'number' || point.ts <= last || point.ts < from) continue;
    ts.push(point.ts);
    avg.push(value);
    min.push(value);
    max.push(value);
  }
  const ahead: (number | null)[] = ts.map(() => null);
  const at = ts.at(-1);
  if (projection && at !== undefined && projection.until > at) {
    // From the mean of the last few points, so that one noisy reading does not swing the line.
    const tail = avg.slice(-5).filter((value) => value !== null);
    const value = tail.reduce((sum, each) => sum + each, 0) / Math.max(1, tail.length);
    ahead[ts.length - 1] = value;
    ts.push(projection.until);
    avg.push(null);
    min.push(null);
    max.push(null);
    ahead.push(value + (projection.slopePerHour * (projection.until - at)) / 3_600_000);
  }
  return { ts, avg, min, max, ahead };
}

/** Room above and below; the limit stays in view when it is near enough to matter. */
export function yRange(columns: Columns, level: number | undefined): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of columns.min) if (value !== null && value < low) low = value;
  for (const value of columns.max) if (value !== null && value > high) high = value;
  if (low > high) {
    low = level ?? 0;
    high = level ?? 1;
  }
  const span = high - low || Math.abs(high) * 0.1 || 1;
  if (level !== undefined && level > low - span * 4 && level < high + span * 4) {
    low = Math.min(low, level);
    high = Math.max(high, level);
  }
  const room = (high - low || span) * 0.1;
  return [low - room, high + room];
}

import type { ReadingPoint, Value } from '@uptower/domain';
import type { Batch, ExportRow } from '../../ports/reading-store.ts';
import { readValue } from '../reading-rows.ts';

/** Names in every database of the InfluxDB kind: `readings,device=…,metric=… value=…|flag=…|text=…`. */
export const READINGS = 'uptower_readings';
export const PROGRESS = 'uptower_progress';

export interface PointRow {
  readonly device: string;
  readonly metric: string;
  /** Nanoseconds since 1970, as digits. */
  readonly ns: string;
  readonly ms: number;
  readonly value: Value;
}

const NS_A_MS = 1_000_000;
/** So many readings of one record keep apart at one millisecond. */
const READINGS_APART = 8;

/**
 * The values of a batch that the store does not have yet, each with its own point of time. A point of these databases is
 * overwritten by another of the same device, metric and nanosecond. Our times are milliseconds, so the place in the
 * journal fills the digits below: two readings of one moment stay two, and a batch that is repeated changes nothing.
 */
export function* pointsOf({ readings }: Batch, stored: number): Generator<PointRow> {
  let position = -1;
  let index = 0;
  for (const reading of readings) {
    if (reading.position <= stored) continue;
    index = reading.position === position ? index + 1 : 0;
    position = reading.position;
    const below = (position * READINGS_APART + index) % NS_A_MS;
    const { ts, deviceId } = reading;
    const ns = ts > 0 ? `${ts}${String(below).padStart(6, '0')}` : String(BigInt(ts) * BigInt(NS_A_MS) + BigInt(below));
    for (const metric in reading.values)
      yield { device: deviceId, metric, ns, ms: ts, value: reading.values[metric] as Value };
  }
}

export const exportRow = (ts: number, device: string, metric: string, value: Value): ExportRow => ({
  ts,
  device,
  metric,
  value: typeof value === 'string' ? null : Number(value),
  text: typeof value === 'number' ? null : String(value),
});

/** Rows of one device, oldest first, as readings: the newest `limit` moments. */
export function readingsOf(rows: readonly ExportRow[], limit: number): ReadingPoint[] {
  const points: { ts: number; values: Record<string, Value> }[] = [];
  for (const row of rows) {
    let point = points.at(-1);
    if (point?.ts !== row.ts) {
      point = { ts: row.ts, values: {} };
      points.push(point);
    }
    point.values[row.metric] = readValue(row.value, row.text);
  }
  return points.slice(-limit);
}

/** Width of the buckets that divide `[from, to)` into at most `points`. */
export const bucketWidth = (from: number, to: number, points: number) => Math.max(1, Math.ceil((to - from) / points));

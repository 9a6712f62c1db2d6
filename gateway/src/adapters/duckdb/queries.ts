import type { DuckDBConnection } from '@duckdb/node-api';
import type { Instant, ReadingPoint, SeriesPoint, Value } from '@uptower/domain';
import { readValue } from '../reading-rows.ts';
import { type Names, query } from './tables.ts';

/** Buckets over single values and, where those are gone by now, over the hours that remain of them. */
export async function series(
  connection: DuckDBConnection,
  names: Names,
  [deviceId, metric, from, to, points]: [string, string, Instant, Instant, number],
): Promise<SeriesPoint[]> {
  const [device, measured] = [names.idOf(deviceId), names.idOf(metric)];
  if (device === undefined || measured === undefined) return [];
  const width = Math.max(1, Math.ceil((to - from) / points));
  const rows = await query<{ bucket: bigint; low: number; high: number; mean: number }>(
    connection,
    `SELECT (ts - $3) // $5 AS bucket, min(low) AS low, max(high) AS high, sum(total) / sum(count) AS mean FROM (
       SELECT ts, value AS low, value AS high, value AS total, 1 AS count FROM stored
       WHERE device = $1 AND metric = $2 AND ts >= $3 AND ts < $4 AND value IS NOT NULL AND text IS NULL
       UNION ALL
       SELECT hour, low, high, total, count FROM rollups
       WHERE device = $1 AND metric = $2 AND hour >= $3 AND hour < $4)
     GROUP BY bucket ORDER BY bucket`,
    [device, measured, BigInt(from), BigInt(to), BigInt(width)],
  );
  return rows.map(({ bucket, low, high, mean }) => ({
    ts: from + Number(bucket) * width,
    min: low,
    max: high,
    avg: mean,
  }));
}

export async function range(
  connection: DuckDBConnection,
  names: Names,
  [deviceId, from, to, limit]: [string, Instant, Instant, number],
): Promise<ReadingPoint[]> {
  const device = names.idOf(deviceId);
  if (device === undefined) return [];
  const rows = await query<{ ts: bigint; metric: number; value: number | null; text: string | null }>(
    connection,
    `WITH moments AS (
       SELECT DISTINCT ts FROM stored WHERE device = $1 AND ts >= $2 AND ts < $3 ORDER BY ts DESC LIMIT $4)
     SELECT ts, metric, value, text FROM stored
     WHERE device = $1 AND ts >= (SELECT min(ts) FROM moments) AND ts < $3 ORDER BY ts, part, place`,
    [device, BigInt(from), BigInt(to), BigInt(limit)],
  );
  const points: { ts: number; values: Record<string, Value> }[] = [];
  for (const row of rows) {
    const ts = Number(row.ts);
    let point = points.at(-1);
    if (point?.ts !== ts) {
      point = { ts, values: {} };
      points.push(point);
    }
    point.values[names.nameOf(row.metric)] = readValue(row.value, row.text);
  }
  return points;
}

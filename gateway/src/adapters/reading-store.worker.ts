import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { LatestValue, ReadingPoint, SeriesPoint, Value } from '@uptower/domain';
import { type Rows, readValue } from './reading-rows.ts';

/** What the worker can be asked. */
export interface Calls {
  open: { args: []; result: number };
  append: { args: [rows: Rows]; result: undefined };
  series: { args: [deviceId: string, metric: string, from: number, to: number, points: number]; result: SeriesPoint[] };
  range: { args: [deviceId: string, from: number, to: number, limit: number]; result: ReadingPoint[] };
  latest: { args: [deviceId: string]; result: LatestValue[] };
  close: { args: []; result: undefined };
}
export type Call = { readonly id: number; readonly name: keyof Calls; readonly args: readonly unknown[] };
export type Answer = { readonly id: number; readonly ok: boolean; readonly value?: unknown; readonly error?: string };

/** No primary key: measured 12 × the bytes and 3–6 × slower; duplicates are dropped before they come here. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS readings (device VARCHAR, metric VARCHAR, ts BIGINT, value DOUBLE, text VARCHAR, seq BIGINT);
CREATE TABLE IF NOT EXISTS progress (position BIGINT);
INSERT INTO progress SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM progress);
`;

const { file } = workerData as { file: string };
mkdirSync(dirname(file), { recursive: true });
// One thread: the machine's other cores belong to intake and planning; queries of one device stay in the milliseconds.
const instance = await DuckDBInstance.create(file, { threads: '1', memory_limit: '512MB' });
const connection = await instance.connect();
await connection.run(SCHEMA);

async function query<T>(sql: string, values: DuckDBValue[]): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJS() as T[];
}

const calls: { [K in keyof Calls]: (...args: Calls[K]['args']) => Promise<Calls[K]['result']> } = {
  async open() {
    const [row] = await query<{ position: bigint }>('SELECT position FROM progress', []);
    return Number(row?.position ?? 0);
  },
  async append({ names, device, metric, ts, value, seq, text, through }) {
    await connection.run('BEGIN');
    try {
      const appender = await connection.createAppender('readings');
      for (let row = 0; row < ts.length; row += 1) {
        appender.appendVarchar(names[device[row] as number] as string);
        appender.appendVarchar(names[metric[row] as number] as string);
        appender.appendBigInt(BigInt(ts[row] as number));
        const number = value[row] as number;
        if (Number.isNaN(number)) appender.appendNull();
        else appender.appendDouble(number);
        const words = text.get(row);
        if (words === undefined) appender.appendNull();
        else appender.appendVarchar(words);
        const count = seq[row] as number;
        if (Number.isNaN(count)) appender.appendNull();
        else appender.appendBigInt(BigInt(count));
        appender.endRow();
      }
      appender.closeSync();
      await connection.run('UPDATE progress SET position = $1', [BigInt(through)]);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    return undefined;
  },
  async series(deviceId, metric, from, to, points) {
    const width = Math.max(1, Math.ceil((to - from) / points));
    const rows = await query<{ bucket: bigint; min: number; max: number; avg: number }>(
      `SELECT (ts - $3) // $5 AS bucket, min(value) AS min, max(value) AS max, avg(value) AS avg
       FROM readings WHERE device = $1 AND metric = $2 AND ts >= $3 AND ts < $4 AND value IS NOT NULL AND text IS NULL
       GROUP BY bucket ORDER BY bucket`,
      [deviceId, metric, BigInt(from), BigInt(to), BigInt(width)],
    );
    return rows.map(({ bucket, min, max, avg }) => ({ ts: from + Number(bucket) * width, min, max, avg }));
  },
  async range(deviceId, from, to, limit) {
    const rows = await query<{ ts: bigint; metric: string; value: number | null; text: string | null }>(
      `WITH moments AS (
         SELECT DISTINCT ts FROM readings WHERE device = $1 AND ts >= $2 AND ts < $3 ORDER BY ts DESC LIMIT $4)
       SELECT ts, metric, value, text FROM readings
       WHERE device = $1 AND ts >= (SELECT min(ts) FROM moments) AND ts < $3 ORDER BY ts, rowid`,
      [deviceId, BigInt(from), BigInt(to), BigInt(limit)],
    );
    const points: { ts: number; values: Record<string, Value> }[] = [];
    for (const row of rows) {
      const ts = Number(row.ts);
      let point = points.at(-1);
      if (point?.ts !== ts) {
        point = { ts, values: {} };
        points.push(point);
      }
      point.values[row.metric] = readValue(row.value, row.text);
    }
    return points;
  },
  async latest(deviceId) {
    const rows = await query<{ metric: string; ts: bigint; value: number | null; text: string | null }>(
      `SELECT metric, ts, value, text FROM readings WHERE device = $1
       QUALIFY row_number() OVER (PARTITION BY metric ORDER BY ts DESC, rowid DESC) = 1 ORDER BY metric`,
      [deviceId],
    );
    return rows.map((row) => ({ metric: row.metric, value: readValue(row.value, row.text), ts: Number(row.ts) }));
  },
  async close() {
    connection.closeSync();
    instance.closeSync();
    return undefined;
  },
};

/** One call after the other: a query sees what was appended before it. */
let turn: Promise<unknown> = Promise.resolve();
parentPort?.on('message', ({ id, name, args }: Call) => {
  turn = turn.then(async () => {
    try {
      const value = await (calls[name] as (...all: unknown[]) => Promise<unknown>)(...args);
      parentPort?.postMessage({ id, ok: true, value } satisfies Answer);
    } catch (error) {
      parentPort?.postMessage({
        id,
        ok: false,
        error: error instanceof Error ? error.message : String(error),
      } satisfies Answer);
    }
  });
});

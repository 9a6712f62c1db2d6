import { DAY } from '@uptower/domain';
import { InfluxDB, type IPoint, type IPoolOptions } from 'influx';
import { type Batch, type ExportRow, type ReadingStore, StoreUnavailable } from '../../ports/reading-store.ts';
import { exportRows } from '../export-rows.ts';
import { bucketWidth, exportRow, PROGRESS, pointsOf, READINGS, readingsOf } from './points.ts';

export interface Influxdb1Options {
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The database is made with this retention; one that exists keeps its own. */
  readonly rawDays: number;
  readonly now: () => number;
  /** A question or a write that takes longer has failed. */
  readonly timeoutMs?: number;
}

/** Rows of one query at most. */
const PAGE_ROWS = 20_000;
const TIMEOUT_MS = 30_000;
type Backoff = NonNullable<IPoolOptions['backoff']>;
/** When to try again is for whoever asks; with the client's own rests a server that is back is left alone for up to 10 s. */
const NO_REST: Backoff = { getDelay: () => 0, next: () => NO_REST, reset: () => NO_REST };
const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
const named = (name: string) => `"${name.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;

interface Row {
  readonly time: { getTime(): number };
  readonly metric: string;
  readonly value: number | null;
  readonly flag: boolean | null;
  readonly text: string | null;
}

/**
 * InfluxDB 1.x. A batch is one write and the position a point after it: what comes between (a crash) is written again and
 * overwrites itself. A write is on InfluxDB's disk when it is acknowledged.
 */
export function openInfluxdb1ReadingStore(options: Influxdb1Options): ReadingStore {
  const { url, database, username, password, rawDays, now, timeoutMs = TIMEOUT_MS } = options;
  const { protocol, hostname, port, pathname } = new URL(url);
  const influx = new InfluxDB({
    host: hostname,
    port: Number(port || 8086),
    protocol: protocol === 'https:' ? 'https' : 'http',
    path: pathname.replace(/\/$/, ''),
    ...(username === undefined ? {} : { username, password: password ?? '' }),
    database,
    pool: { maxRetries: 0, requestTimeout: timeoutMs, backoff: NO_REST },
  });
  let position = 0;
  let progressAt = 0;
  let refused = 0;

  /** The client never says when a server goes away within its answer: after a while that is a failure too. */
  const answered = async <T>(answer: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no whole answer within ${timeoutMs} ms`)), timeoutMs);
    });
    return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
  };

  const ask = <T>(query: string) =>
    answered(influx.query<T>(query, { database, precision: 'ms' })).catch((error: Error) => {
      throw unavailable(url, error);
    });

  const write = async (points: IPoint[]) => {
    await answered(influx.writePoints(points, { database, precision: 'n' })).catch((error: Error) => {
      // The rest of the batch is written; what it dropped it would drop again.
      const dropped = /partial write.*dropped=(\d+)/s.exec(error.message);
      if (!dropped) throw unavailable(url, error);
      refused += Number(dropped[1]);
    });
  };

  const savePosition = async (through: number) => {
    progressAt = Math.max(now(), progressAt + 1); // the last one counts, also when the clock was put back
    await write([{ measurement: PROGRESS, fields: { position: through }, timestamp: `${progressAt}000000` }]);
    position = through;
  };

  /** Rows of a device and a page of them; newest first when `newest`. */
  const page = async (device: string, from: number, to: number, newest: boolean, offset: number, metrics?: string) => {
    const rows = await ask<Row>(
      `SELECT "metric", "value", "flag", "text" FROM ${READINGS} WHERE "device" = ${quoted(device)}${metrics ?? ''}
       AND time >= ${from}ms AND time < ${to}ms ORDER BY time ${newest ? 'DESC' : 'ASC'} LIMIT ${PAGE_ROWS} OFFSET ${offset}`,
    );
    return rows.map(
      (row): ExportRow => exportRow(row.time.getTime(), device, row.metric, row.value ?? row.flag ?? row.text ?? 0),
    );
  };

  return {
    position: () => position,
    async check() {
      const there = await answered(influx.getDatabaseNames()).catch((error: Error) => {
        throw unavailable(url, error);
      });
      if (!there.includes(database))
        await ask(`CREATE DATABASE ${named(database)} WITH DURATION ${rawDays}d REPLICATION 1 NAME "uptower"`);
      const [last] = await ask<{ time: { getTime(): number }; position: number }>(
        `SELECT last("position") AS "position" FROM ${PROGRESS}`,
      );
      position = last?.position ?? 0;
      progressAt = last ? last.time.getTime() : 0;
      return position;
    },
    async append(batch: Batch) {
      if (batch.through <= position) return;
      const points: IPoint[] = [];
      for (const { device, metric, ns, value } of pointsOf(batch, position)) {
        const field = typeof value === 'number' ? 'value' : typeof value === 'boolean' ? 'flag' : 'text';
        points.push({ measurement: READINGS, tags: { device, metric }, fields: { [field]: value }, timestamp: ns });
      }
      if (points.length > 0) await write(points);
      await savePosition(batch.through);
    },
    settle: async () => undefined,
    rewind: savePosition,
    async series(deviceId, metric, from, to, points) {
      const width = bucketWidth(from, to, points);
      const rows = await ask<{ time: { getTime(): number }; min: number; max: number; avg: number }>(
        `SELECT min("value") AS "min", max("value") AS "max", mean("value") AS "avg" FROM ${READINGS}
         WHERE "device" = ${quoted(deviceId)} AND "metric" = ${quoted(metric)} AND time >= ${from}ms AND time < ${to}ms
         GROUP BY time(${width}ms, ${from % width}ms) fill(none)`,
      );
      return rows.map(({ time, min, max, avg }) => ({ ts: time.getTime(), min, max, avg }));
    },
    async range(deviceId, from, to, limit) {
      let rows: ExportRow[] = [];
      for (let offset = 0; ; offset += PAGE_ROWS) {
        const older = await page(deviceId, from, to, true, offset);
        rows = [...older.reverse(), ...rows];
        if (older.length < PAGE_ROWS || new Set(rows.map(({ ts }) => ts)).size > limit) break;
      }
      return readingsOf(rows, limit);
    },
    /** InfluxDB's own retention policy does it. */
    tidy: async () => false,
    async exportTo(file, format, what, onProgress) {
      const metrics = what.metrics && ` AND (${what.metrics.map((key) => `"metric" = ${quoted(key)}`).join(' OR ')})`;
      async function* rows() {
        for (const [done, device] of what.devices.entries()) {
          onProgress(done / what.devices.length);
          for (let day = what.from; day < what.to; day += DAY)
            for (let offset = 0; ; offset += PAGE_ROWS) {
              const found = await page(device, day, Math.min(day + DAY, what.to), false, offset, metrics ?? '');
              yield found;
              if (found.length < PAGE_ROWS) break;
            }
        }
      }
      await exportRows(file, format, rows());
      onProgress(1);
    },
    refused: () => refused,
    close: async () => undefined,
  };
}

const unavailable = (url: string, error: Error) =>
  new StoreUnavailable(`InfluxDB at ${url}: ${error.message.trim()}`, { cause: error });

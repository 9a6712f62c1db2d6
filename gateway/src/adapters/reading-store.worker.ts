import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Instant, ReadingPoint, SeriesPoint } from '@uptower/domain';
import type { ExportFormat, Retention, Selection } from '../ports/reading-store.ts';
import { appendRows } from './duckdb/append.ts';
import { exportTo } from './duckdb/export.ts';
import { range, series } from './duckdb/queries.ts';
import { Names, openTables, query } from './duckdb/tables.ts';
import { tidy } from './duckdb/tidy.ts';
import { sqlText } from './export-rows.ts';
import type { Rows } from './reading-rows.ts';

/** What the worker can be asked. */
export interface Calls {
  position: { args: []; result: number };
  append: { args: [rows: Rows]; result: undefined };
  rewind: { args: [position: number]; result: undefined };
  series: { args: [deviceId: string, metric: string, from: number, to: number, points: number]; result: SeriesPoint[] };
  range: { args: [deviceId: string, from: number, to: number, limit: number]; result: ReadingPoint[] };
  tidy: { args: [retention: Retention, now: Instant]; result: boolean };
  exportTo: { args: [file: string, format: ExportFormat, what: Selection]; result: undefined };
  progress: { args: []; result: number };
  pinCopy: { args: [file: string]; result: undefined };
  copy: { args: []; result: undefined };
  close: { args: []; result: undefined };
}
export type Call = { readonly id: number; readonly name: keyof Calls; readonly args: readonly unknown[] };
export type Answer = { readonly id: number; readonly ok: boolean; readonly value?: unknown; readonly error?: string };

const { file } = workerData as { file: string };
mkdirSync(dirname(file), { recursive: true });
// One thread a connection: the machine's other cores belong to intake and planning.
const instance = await DuckDBInstance.create(file, { threads: '1', memory_limit: '512MB' });
// Three connections, so that neither a long export nor the night's tidying holds up what comes in.
const [writing, reading, tidying] = [await instance.connect(), await instance.connect(), await instance.connect()];
await openTables(writing);
await tidying.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false');
const names = new Names(writing);
await names.load();

/** Sees the database as it was when the copy was asked for. */
let copying: DuckDBConnection | undefined;

const calls: { [K in keyof Calls]: (...args: Calls[K]['args']) => Promise<Calls[K]['result']> } = {
  async position() {
    const [row] = await query<{ position: bigint }>(writing, 'SELECT position FROM progress');
    return Number(row?.position ?? 0);
  },
  async append(rows) {
    await appendRows(writing, names, rows);
    return undefined;
  },
  async rewind(position) {
    await writing.run('UPDATE progress SET position = $1', [BigInt(position)]);
    return undefined;
  },
  series: (...args) => series(reading, names, args),
  range: (...args) => range(reading, names, args),
  tidy: (...args) => tidy(tidying, ...args),
  async exportTo(...args) {
    await exportTo(tidying, names, ...args);
    return undefined;
  },
  progress: async () => Math.max(0, tidying.progress.percentage) / 100,
  async pinCopy(target) {
    copying = await instance.connect();
    await copying.run(`ATTACH '${sqlText(target)}' AS backup`);
    await copying.run('BEGIN');
    await copying.run('SELECT position FROM progress'); // the first read fixes what is seen
    return undefined;
  },
  async copy() {
    try {
      await copying?.run(
        `COPY FROM DATABASE "${basename(file, '.duckdb')}" TO backup; COMMIT; CHECKPOINT backup; DETACH backup`,
      );
    } finally {
      copying?.closeSync();
      copying = undefined;
    }
    return undefined;
  },
  async close() {
    for (const connection of [writing, reading, tidying]) connection.closeSync();
    instance.closeSync();
    return undefined;
  },
};

/** Calls of one lane are carried out one after the other; nothing is closed while another lane works. */
const LANE: Record<keyof Calls, string> = {
  position: 'writing',
  append: 'writing',
  rewind: 'writing',
  series: 'reading',
  range: 'reading',
  tidy: 'tidying',
  exportTo: 'tidying',
  progress: 'looking',
  // After what was appended so far, and before anything else is.
  pinCopy: 'writing',
  copy: 'copying',
  close: 'all',
};
const lanes = new Map<string, Promise<unknown>>();

parentPort?.on('message', ({ id, name, args }: Call) => {
  const lane = LANE[name];
  const before = lane === 'all' ? Promise.all(lanes.values()) : (lanes.get(lane) ?? Promise.resolve());
  lanes.set(
    lane,
    before.then(async () => {
      try {
        const value = await (calls[name] as (...all: unknown[]) => Promise<unknown>)(...args);
        parentPort?.postMessage({ id, ok: true, value } satisfies Answer);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        parentPort?.postMessage({ id, ok: false, error: words } satisfies Answer);
      }
    }),
  );
});

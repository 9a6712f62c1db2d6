import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY, HOUR, type Instant } from '@uptower/domain';
import type { Retention } from '../../ports/reading-store.ts';
import { query } from './tables.ts';

/** A day is over for us when this has passed since: most of what is late has come. */
const AFTER_MIDNIGHT_MS = HOUR;
/** A step moves at most about so many rows: a second or so of work. */
const ROWS_A_STEP = 1_000_000;

const dayOf = (ts: number) => Math.floor(ts / DAY) * DAY;

/**
 * One step: hours out of days beyond the retention, or a stretch of a day that is over into the sorted table. What comes
 * late for a day that was worked on is worked on again; its hours add up. True when there was something to do.
 */
export async function tidy(connection: DuckDBConnection, { rawDays, rollupDays }: Retention, now: Instant) {
  const oldest = await first(connection, 'stored', 'ts');
  if (oldest !== null && oldest < dayOf(now - rawDays * DAY)) {
    await rollUp(connection, dayOf(oldest), dayOf(oldest) + DAY);
    return true;
  }
  const oldestHour = await first(connection, 'rollups', 'hour');
  const kept = dayOf(now - rollupDays * DAY);
  if (oldestHour !== null && oldestHour < kept) {
    await connection.run('DELETE FROM rollups WHERE hour < $1', [BigInt(kept)]);
    return true;
  }
  const oldestUnsorted = await first(connection, 'readings', 'ts');
  if (oldestUnsorted === null || oldestUnsorted >= dayOf(now - AFTER_MIDNIGHT_MS)) return false;
  await sort(connection, oldestUnsorted, dayOf(oldestUnsorted) + DAY);
  return true;
}

async function first(connection: DuckDBConnection, table: string, column: string): Promise<number | null> {
  const [row] = await query<{ first: bigint | null }>(connection, `SELECT min(${column}) AS first FROM ${table}`);
  return row?.first === null || row === undefined ? null : Number(row.first);
}

async function rollUp(connection: DuckDBConnection, from: number, to: number): Promise<void> {
  const stretch = `ts >= ${from} AND ts < ${to}`;
  await inTransaction(connection, [
    `INSERT INTO rollups
     SELECT device, metric, ts // ${HOUR} * ${HOUR}, min(value), max(value), sum(value), count(*) FROM stored
     WHERE ${stretch} AND value IS NOT NULL AND text IS NULL GROUP BY ALL ORDER BY ALL`,
    `DELETE FROM sorted WHERE ${stretch}`,
    `DELETE FROM readings WHERE ${stretch}`,
  ]);
}

async function sort(connection: DuckDBConnection, from: number, dayEnd: number): Promise<void> {
  const [{ rows } = { rows: 0n }] = await query<{ rows: bigint }>(
    connection,
    `SELECT count(*) AS rows FROM readings WHERE ts >= ${from} AND ts < ${dayEnd}`,
  );
  const parts = Math.max(1, Math.ceil(Number(rows) / ROWS_A_STEP));
  const to = Math.min(dayEnd, from + Math.ceil((dayEnd - from) / parts));
  const stretch = `ts >= ${from} AND ts < ${to}`;
  await inTransaction(connection, [
    `INSERT INTO sorted SELECT * FROM readings WHERE ${stretch} ORDER BY device, metric, ts, rowid`,
    `DELETE FROM readings WHERE ${stretch}`,
  ]);
}

/** What is appended meanwhile is not in this transaction's view: it is neither moved nor deleted. */
async function inTransaction(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
  await connection.run('BEGIN');
  try {
    for (const statement of statements) await connection.run(statement);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

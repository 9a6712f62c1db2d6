import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import type { Columns, Rows } from '../reading-rows.ts';
import type { Names } from './tables.ts';

/** Times as DOUBLE: every Instant is exact in it, the appender casts a column at once, and no BigInt is made for each. */
const COLUMNS = [UINTEGER, UINTEGER, DOUBLE, DOUBLE, VARCHAR];
/** A chunk of DuckDB holds so many rows at most. */
const CHUNK_ROWS = 2048;

/**
 * Stores rows and their position in one transaction. Column by column, numbers apart from texts: measured 2 × the rows
 * per CPU second of row by row (1.4 × before the two were apart).
 */
export async function appendRows(connection: DuckDBConnection, names: Names, rows: Rows): Promise<void> {
  await connection.run('BEGIN');
  let forget: (() => void) | undefined;
  let appender: DuckDBAppender | undefined;
  try {
    const numbered = await names.number(rows.names);
    forget = numbered.forget;
    appender = await connection.createAppender('readings');
    appendNumbers(appender, rows.numbers, numbered.ids);
    appendTexts(appender, rows.texts, numbered.ids);
    appender.closeSync();
    await connection.run('UPDATE progress SET position = $1', [BigInt(rows.through)]);
    await connection.run('COMMIT');
  } catch (error) {
    forget?.();
    // Otherwise it writes what it holds when it is collected, outside of any transaction (1.5.6).
    appender?.clear();
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Used again for every batch: its column of texts is empty, and stays so. */
let numberChunk: DuckDBDataChunk | undefined;

function withoutTexts(): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(COLUMNS, CHUNK_ROWS);
  const texts = vectorOf<string | null>(chunk, 4);
  for (let i = 0; i < CHUNK_ROWS; i += 1) texts.setItem(i, null);
  texts.flush();
  return chunk;
}

function appendNumbers(appender: DuckDBAppender, columns: Columns, ids: readonly number[]): void {
  numberChunk ??= withoutTexts();
  const { value } = columns;
  for (let from = 0; from < value.length; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, value.length - from);
    if (numberChunk.rowCount !== count) numberChunk.rowCount = count;
    putKeys(numberChunk, columns, ids, from, count);
    const values = vectorOf<number>(numberChunk, 3);
    for (let i = 0; i < count; i += 1) values.setItem(i, value[from + i] as number);
    values.flush();
    appender.appendDataChunk(numberChunk);
  }
}

function appendTexts(appender: DuckDBAppender, columns: Rows['texts'], ids: readonly number[]): void {
  const { value, text } = columns;
  for (let from = 0; from < value.length; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, value.length - from);
    const chunk = DuckDBDataChunk.create(COLUMNS, count);
    putKeys(chunk, columns, ids, from, count);
    const [values, texts] = [vectorOf<number | null>(chunk, 3), vectorOf<string>(chunk, 4)];
    for (let i = 0; i < count; i += 1) {
      const number = value[from + i] as number;
      values.setItem(i, Number.isNaN(number) ? null : number);
      texts.setItem(i, text[from + i] as string);
    }
    values.flush();
    texts.flush();
    appender.appendDataChunk(chunk);
  }
}

/** Device, metric and time. */
function putKeys(
  chunk: DuckDBDataChunk,
  { device, metric, ts }: Columns,
  ids: readonly number[],
  from: number,
  count: number,
): void {
  const [devices, metrics, times] = [
    vectorOf<number>(chunk, 0),
    vectorOf<number>(chunk, 1),
    vectorOf<number>(chunk, 2),
  ];
  for (let i = 0, row = from; i < count; i += 1, row += 1) {
    devices.setItem(i, ids[device[row] as number] as number);
    metrics.setItem(i, ids[metric[row] as number] as number);
    times.setItem(i, ts[row] as number);
  }
  devices.flush();
  metrics.flush();
  times.flush();
}

interface Vector<T> {
  setItem(index: number, value: T): void;
  flush(): void;
}

const vectorOf = <T>(chunk: DuckDBDataChunk, column: number): Vector<T> =>
  chunk.getColumnVector(column) as unknown as Vector<T>;

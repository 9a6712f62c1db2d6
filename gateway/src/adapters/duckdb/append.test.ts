import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, expect, test, vi } from 'vitest';
import { deviceA1 } from '../../testing/fixtures.ts';
import { rowsOf } from '../reading-rows.ts';
import { appendRows } from './append.ts';
import { Names, openTables } from './tables.ts';

afterEach(() => void vi.restoreAllMocks());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('of a batch that failed midway nothing remains, whatever becomes of its appender; given again it is there once', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await openTables(connection);
  const names = new Names(connection);
  await names.load();
  const count = async () =>
    (await connection.runAndReadAll('SELECT count(*)::INT FROM readings')).getRows()[0]?.[0] as number;
  const reading = (i: number) => ({
    deviceId: deviceA1,
    ts: i,
    seq: null,
    values: { oil: i, mode: 'on' },
    position: 1,
  });
  const rows = rowsOf({ readings: Array.from({ length: 3_000 }, (_, i) => reading(i)), through: 1 }, 0);
  await appendRows(connection, names, rowsOf({ readings: [reading(-1)], through: 1 }, 0));

  // Its numbers are with the appender when its texts fail.
  const failing = vi.spyOn(DuckDBDataChunk, 'create').mockImplementation(() => {
    throw new Error('out of memory');
  });
  await expect(appendRows(connection, names, rows)).rejects.toThrow('out of memory');
  failing.mockRestore();
  for (let i = 0; i < 5; i += 1) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await count()).toBe(2);
  await appendRows(connection, names, rows);
  expect(await count()).toBe(2 + 6_000);
  connection.closeSync();
  instance.closeSync();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import { afterAll, expect, test } from 'vitest';
import { deviceA1, deviceB1, MONDAY } from '../../testing/fixtures.ts';
import { openDuckdbReadingStore } from '../duckdb-reading-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'uptower-tidy-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(directory, `${files++}.duckdb`);

const reading = (position: number, ts: number, values: Record<string, number | string>, deviceId = deviceA1) => ({
  deviceId,
  ts,
  seq: null,
  values,
  position,
});

async function counts(file: string) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const answer = await connection.runAndReadAll(
    'SELECT (SELECT count(*) FROM readings)::INT, (SELECT count(*) FROM sorted)::INT, (SELECT count(*) FROM rollups)::INT',
  );
  const [row] = answer.getRowsJS();
  connection.closeSync();
  instance.closeSync();
  return row;
}

test('days that are over are sorted, days beyond the retention become hours, and queries go on as before', async () => {
  const file = newFile();
  const store = await openDuckdbReadingStore(file, silentLogger());
  const retention = { rawDays: 10, rollupDays: 100 };
  // Two devices, every 20 minutes for 3 days, in order of arrival; and one word.
  const readings = Array.from({ length: 3 * 72 }, (_, i) => [
    reading(i + 1, MONDAY + i * 20 * MINUTE, { oil: i, mode: 'scan' }),
    reading(i + 1, MONDAY + i * 20 * MINUTE, { oil: -i }, deviceB1),
  ]).flat();
  await store.append({ readings, through: 216 });
  const all = () => store.series(deviceA1, 'oil', MONDAY, MONDAY + 3 * DAY, 72);
  const before = await all();
  expect(before[1]).toEqual({ ts: MONDAY + HOUR, min: 3, max: 5, avg: 4 });

  const tidied = async (now: number) => {
    let steps = 0;
    while (await store.tidy(retention, now)) steps += 1;
    return steps;
  };
  expect(await tidied(MONDAY + 3 * DAY)).toBe(2); // the third day is not over for us before one o'clock
  expect(await all()).toEqual(before);
  expect(await store.range(deviceA1, MONDAY, MONDAY + HOUR, 100)).toHaveLength(3);

  const now = MONDAY + 12 * DAY; // the first two days are beyond ten
  await tidied(now);
  expect(await all()).toEqual(before); // the buckets are hours, like what remains
  expect(await store.range(deviceA1, MONDAY, MONDAY + 2 * DAY, 100)).toEqual([]);
  expect(await store.range(deviceA1, MONDAY + 2 * DAY, MONDAY + 2 * DAY + HOUR, 100)).toHaveLength(3);

  // Late for a day that is hours by now: the hour has it, and tidying again changes nothing for who asks.
  await store.append({ readings: [reading(217, MONDAY + HOUR + 1, { oil: 100 })], through: 217 });
  const late = { ts: MONDAY + HOUR, min: 3, max: 100, avg: 28 };
  expect((await all())[1]).toEqual(late);
  await tidied(now);
  expect((await all())[1]).toEqual(late);

  await tidied(MONDAY + 102 * DAY); // two days' hours are beyond a hundred
  expect(await store.series(deviceA1, 'oil', MONDAY, MONDAY + 2 * DAY, 10)).toEqual([]);
  await store.close();
  expect(await counts(file)).toEqual([0, 0, 48]);
});

test('while a day is sorted, what comes in is neither held up nor lost', async () => {
  const file = newFile();
  const store = await openDuckdbReadingStore(file, silentLogger());
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => reading(from, MONDAY + from * 1000 + i, { oil: i }));
  await store.append({ readings: many(1, 60_000), through: 1 });
  const tidying = (async () => {
    while (await store.tidy({ rawDays: 10, rollupDays: 100 }, MONDAY + 2 * DAY));
  })();
  for (let position = 2; position <= 20; position += 1)
    await store.append({
      readings: many(position * 100, 50).map((item) => ({ ...item, position })),
      through: position,
    });
  await tidying;
  const points = await store.series(deviceA1, 'oil', MONDAY, MONDAY + DAY, 1);
  expect(points[0]).toMatchObject({ min: 0, max: 59_999 });
  expect(await store.range(deviceA1, MONDAY, MONDAY + DAY, 100_000)).toHaveLength(60_000 + 19 * 50);
  await store.close();
});

test('a file of the first layout, with names in every row, is read and goes on', async () => {
  const file = newFile();
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(`
    CREATE TABLE readings (device VARCHAR, metric VARCHAR, ts BIGINT, value DOUBLE, text VARCHAR, seq BIGINT);
    CREATE TABLE progress (position BIGINT);
    INSERT INTO progress VALUES (7);
    INSERT INTO readings VALUES ('dev_a1', 'oil', ${MONDAY}, 1.5, NULL, 1), ('dev_a1', 'mode', ${MONDAY}, NULL, 'on', 1)`);
  connection.closeSync();
  instance.closeSync();
  const store = await openDuckdbReadingStore(file, silentLogger());
  expect(store.position()).toBe(7);
  await store.append({ readings: [reading(8, MONDAY + 1, { oil: 2, door: 3 })], through: 8 });
  expect(await store.range(deviceA1, MONDAY, MONDAY + 2, 10)).toEqual([
    { ts: MONDAY, values: { oil: 1.5, mode: 'on' } },
    { ts: MONDAY + 1, values: { oil: 2, door: 3 } },
  ]);
  await store.close();
});

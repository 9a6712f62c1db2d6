import { afterAll, beforeAll, expect, test } from 'vitest';
import { readingStoreContract } from '../../ports/reading-store.contract.ts';
import { StoreUnavailable } from '../../ports/reading-store.ts';
import { deviceA1, MONDAY } from '../../testing/fixtures.ts';
import { influxServer, type StoreServer } from '../../testing/store-servers.ts';
import { openInfluxdb1ReadingStore } from './influxdb1-reading-store.ts';

let server: StoreServer;
beforeAll(async () => {
  server = await influxServer();
  await server.start();
});
afterAll(() => server.remove());

let databases = 0;
const newDatabase = () => `readings ${databases++}`;
const open = (database: string, rawDays = 36_500) =>
  openInfluxdb1ReadingStore({ url: server.url, database, rawDays, now: () => Date.now() });

readingStoreContract('influxdb 1', async () => {
  const database = newDatabase();
  return { open: async () => open(database) };
});

const reading = (position: number, ts: number, values: Record<string, number | string>) => ({
  deviceId: deviceA1,
  ts,
  seq: null,
  values,
  position,
});

test('[influxdb 1] a batch that was written, and its position not, is stored once', async () => {
  const database = newDatabase();
  const batch = {
    readings: [reading(1, MONDAY, { oil: 1 }), reading(2, MONDAY, { oil: 3 }), reading(3, MONDAY + 1, { oil: 5 })],
    through: 3,
  };
  for (let start = 0; start < 2; start += 1) {
    const store = open(database);
    await store.check();
    await store.rewind(0); // as it stood before the position was written
    await store.append(batch);
  }
  const store = open(database);
  expect(await store.check()).toBe(3);
  expect(await store.series(deviceA1, 'oil', MONDAY, MONDAY + 2, 1)).toEqual([{ ts: MONDAY, min: 1, max: 5, avg: 3 }]);
});

test('[influxdb 1] what lies beyond its retention is counted as refused; the rest of the batch is stored', async () => {
  const now = Date.now();
  const store = open(newDatabase(), 2);
  await store.check();
  const readings = [reading(1, now - 30 * 86_400_000, { oil: 1 }), reading(2, now, { oil: 2 })];
  await store.append({ readings, through: 2 });
  expect(store.refused()).toBe(1);
  expect(await store.range(deviceA1, 0, now + 1, 10)).toEqual([{ ts: now, values: { oil: 2 } }]);
});

test('[influxdb 1] a server that is not there is said in words', async () => {
  const store = openInfluxdb1ReadingStore({ url: 'http://127.0.0.1:9', database: 'x', rawDays: 1, now: () => 0 });
  await expect(store.check()).rejects.toThrow(StoreUnavailable);
  await expect(store.check()).rejects.toThrow('InfluxDB at http://127.0.0.1:9');
});

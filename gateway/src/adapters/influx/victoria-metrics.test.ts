import { afterAll, expect, test } from 'vitest';
import { durable, readingStoreContract } from '../../ports/reading-store.contract.ts';
import { StoreUnavailable } from '../../ports/reading-store.ts';
import { deviceA1, MONDAY } from '../../testing/fixtures.ts';
import { type StoreServer, victoriaServer } from '../../testing/store-servers.ts';
import { openInfluxdb2ReadingStore } from './influxdb2-reading-store.ts';

const servers: StoreServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.remove())));

async function newServer(): Promise<StoreServer> {
  const server = await victoriaServer();
  servers.push(server);
  await server.start();
  return server;
}
const shared = newServer();
let buckets = 0;

/** `hurry`: how much faster than real time the wait until a write is durable passes. */
const open = (url: string, bucket: string, hurry = 4) =>
  openInfluxdb2ReadingStore({
    url,
    org: 'hospital',
    bucket,
    now: () => Date.now(),
    monotonicMs: () => performance.now() * hurry,
  });

readingStoreContract('victoria-metrics', async () => {
  const [{ url }, bucket] = [await shared, `b ${buckets++}`];
  return { open: async () => open(url, bucket), keepsSameMoment: false };
});

const reading = (position: number, ts: number) => ({
  deviceId: deviceA1,
  ts,
  seq: null,
  values: { oil: position, mode: position % 2 ? 'on' : 'off' },
  position,
});

test('[victoria-metrics] killed before its data is on disk: that is noticed, and sent again it is there once', async () => {
  const server = await newServer();
  const store = open(server.url, 'b', 1);
  await store.check();
  const batch = { readings: [reading(1, MONDAY), reading(2, MONDAY + 1000)], through: 2 };
  await store.append(batch);
  expect(store.position()).toBe(0);
  await server.kill();
  await expect(store.settle().then(() => store.check())).rejects.toThrow(StoreUnavailable);
  await server.start();
  const bring = async () => {
    if ((await store.check()) < 2) await store.append(batch);
    await store.append({ readings: [reading(3, MONDAY + 2000)], through: 3 });
    await durable(store, 3);
  };
  // Started anew within the second it was first started in, it is found out only by what it does not have; on a slow
  // machine that may be in the middle of a try, as it may be for the store's writer, which tries until it succeeds.
  for (let tries = 0; ; tries += 1) {
    const error = await bring().catch((reason: unknown) => reason);
    if (error === undefined) break;
    if (!(error instanceof StoreUnavailable) || tries === 5) throw error;
  }
  expect(await store.range(deviceA1, MONDAY, MONDAY + 5000, 10)).toEqual([
    { ts: MONDAY, values: { oil: 1, mode: 'on' } },
    { ts: MONDAY + 1000, values: { oil: 2, mode: 'off' } },
    { ts: MONDAY + 2000, values: { oil: 3, mode: 'on' } },
  ]);
}, 120_000);

test('[victoria-metrics] what counted as durable survives a kill', async () => {
  const server = await newServer();
  const store = open(server.url, 'b', 1);
  await store.check();
  await store.append({ readings: [reading(1, MONDAY)], through: 1 });
  await durable(store, 1);
  await server.kill();
  await server.start();
  const again = open(server.url, 'b', 1);
  // The position is a write like any other: killed right after it, the server may have the data and not the position.
  expect(await again.check()).toBeLessThanOrEqual(1);
  expect(await again.range(deviceA1, MONDAY, MONDAY + 1, 1)).toHaveLength(1);
});

test('[victoria-metrics] repeated writes are one value', async () => {
  const { url } = await shared;
  const batch = { readings: [reading(1, MONDAY), reading(2, MONDAY + 1)], through: 2 };
  for (let start = 0; start < 2; start += 1) {
    const store = open(url, 'repeated');
    await store.check();
    await store.rewind(0);
    await store.append(batch);
    await durable(store, 2);
  }
  const store = open(url, 'repeated');
  expect(await store.series(deviceA1, 'oil', MONDAY, MONDAY + 2, 1)).toEqual([
    { ts: MONDAY, min: 1, max: 2, avg: 1.5 },
  ]);
});

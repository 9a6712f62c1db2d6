import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../ports/reading-store.ts';
import { deviceA1, MONDAY } from '../../testing/fixtures.ts';
import { openInfluxdb1ReadingStore } from './influxdb1-reading-store.ts';

/* Servers that fall silent, or away, at the worst moment; the real one does so too rarely to wait for it. */
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function standIn(answer: RequestListener, port = 0): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

const open = (port: number, timeoutMs: number) =>
  openInfluxdb1ReadingStore({
    url: `http://127.0.0.1:${port}`,
    database: 'readings',
    rawDays: 90,
    now: () => MONDAY,
    timeoutMs,
  });

const BATCH = {
  readings: [{ deviceId: deviceA1, ts: MONDAY, seq: null, values: { oil: 1 }, position: 1 }],
  through: 1,
};

/** Each begins an answer that never ends. */
const HALF_ANSWERS: [string, RequestListener][] = [
  [
    'is killed within its answer',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"results":[', () => response.destroy());
    },
  ],
  [
    'is killed while it says what is wrong',
    (_request, response) => {
      response.writeHead(400);
      response.write('{"error":', () => response.destroy());
    },
  ],
  [
    'falls silent within its answer',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"results":[');
    },
  ],
  ['never answers', () => undefined],
];

test.each(HALF_ANSWERS)('[influxdb 1] a server that %s fails the question and the write', async (_name, answer) => {
  const store = open(await standIn(answer), 200);
  await expect(store.check()).rejects.toThrow(StoreUnavailable);
  await expect(store.append(BATCH)).rejects.toThrow(StoreUnavailable);
  await expect(store.series(deviceA1, 'oil', 0, MONDAY, 10)).rejects.toThrow(StoreUnavailable);
  expect(store.position()).toBe(0);
});

test('[influxdb 1] a server that is back is used at once, however often it was not there', async () => {
  const port = await standIn(() => undefined);
  for (const step of undo.splice(0)) await step(); // nobody is there
  const store = open(port, 2000);
  for (let attempt = 0; attempt < 10; attempt += 1) await expect(store.check()).rejects.toThrow('ECONNREFUSED');
  await standIn((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"results":[{"statement_id":0}]}');
  }, port);
  await expect(store.check()).resolves.toBe(0);
});

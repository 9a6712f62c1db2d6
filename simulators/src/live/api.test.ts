import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Api } from './api.ts';

/** A server that answers nobody; resolves when it was asked so often. */
async function silentServer(calls: number) {
  let asked = 0;
  let enough = () => {};
  const all = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const server = createServer(() => {
    asked += 1;
    if (asked === calls) enough();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, all };
}

test('however many calls are waited for, the signal is listened to once and ends them all', async () => {
  const stopping = new AbortController();
  const { url, all } = await silentServer(40);
  const api = new Api(url, 'token', stopping.signal);
  const calls = Array.from({ length: 40 }, (_, i) => api.asEngineer(`eng_${i}` as never, 'GET', '/field/day'));
  const ends = Promise.allSettled(calls);
  await all;
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
  stopping.abort();
  expect((await ends).map(({ status }) => status)).toEqual(Array(40).fill('rejected'));
  await expect(api.asEngineer('eng_1' as never, 'GET', '/field/day')).rejects.toThrow(/abort/i);
});

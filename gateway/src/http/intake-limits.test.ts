import { createServer } from 'node:http';
import { eventsOfUpload } from '@uptower/domain';
import { problemHandler, silentLogger } from '@uptower/platform';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { World } from '../pipeline/world.ts';
import { MONDAY, principalOf, smallFleet } from '../testing/fixtures.ts';
import type { IntakeLimits, IntakePorts } from './intake-request.ts';
import { createIntakeRouter } from './intake-routes.ts';

const world = new World();
for (const event of eventsOfUpload(smallFleet())) world.apply(event);

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

/** The routes on a port of their own, with a journal that does as told. */
async function serve(ports: Partial<IntakePorts>, limits: Partial<IntakeLimits>) {
  const refused: string[] = [];
  const app = express();
  app.use(
    createIntakeRouter(
      {
        authenticate: async () => principalOf('dev_a1'),
        accept: async () => undefined,
        refused: (reason) => void refused.push(reason),
        fleet: () => ({
          device: (id) => world.device(id),
          named: (names, from) => world.named(names, from),
          latest: () => undefined,
        }),
        now: () => MONDAY,
        ...ports,
      },
      limits,
    ),
  );
  app.use(problemHandler(silentLogger()));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as { port: number };
  const send = (path: string, body: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('dev_a1:secret')}`, 'content-type': 'application/json' },
      body,
    });
  return { send, refused };
}

const READING = '{"values":{"lamp":1}}';

test.each([
  ['refuses', async () => Promise.reject(new Error('disk full'))],
  ['does not come back', () => new Promise<void>(() => undefined)],
])('a journal that %s: 503, and when to send it again', async (_what, accept) => {
  const { send, refused } = await serve({ accept }, { storeMs: 50 });
  const native = await send('/api/v1/telemetry', READING);
  expect([native.status, native.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await native.json()).toMatchObject({ code: 'not-stored' });
  const lines = await send('/write', 'm v=1');
  expect([lines.status, lines.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await lines.json()).toMatchObject({ error: expect.stringMatching(/could not be stored/) });
  expect(refused).toEqual(['storage', 'storage']);
});

test('more than a credential may send: 429, and 503 for agents that drop what a 4xx refuses; both say when to go on', async () => {
  const slow = { requests: { perSecond: 0.5, burst: 2 }, bytes: { perSecond: 1000, burst: 1000 } };
  const { send, refused } = await serve({}, { rates: { device: slow, site: slow } });
  expect((await send('/api/v1/telemetry', READING)).status).toBe(204);
  expect((await send('/write', 'm v=1')).status).toBe(204);
  const native = await send('/api/v1/telemetry', READING);
  expect([native.status, Number(native.headers.get('retry-after'))]).toEqual([
    429,
    expect.toSatisfy((s) => s >= 1 && s <= 2),
  ]);
  expect((await send('/write', 'm v=1')).status).toBe(503);
  expect((await send('/api/v2/write', 'm v=1')).status).toBe(429);
  expect(refused).toEqual(['too-fast', 'too-fast', 'too-fast']);
});

test('bytes count too: one large request passes, the next waits for it', async () => {
  const narrow = { requests: { perSecond: 1000, burst: 1000 }, bytes: { perSecond: 1, burst: 100 } };
  const { send } = await serve({}, { rates: { device: narrow, site: narrow } });
  expect((await send('/write', `m v="${'x'.repeat(500)}"`)).status).toBe(204);
  const next = await send('/write', 'm v=1');
  expect([next.status, Number(next.headers.get('retry-after'))]).toEqual([503, expect.toSatisfy((s) => s > 300)]);
});

test('too many failures lately: not looked at', async () => {
  const { send, refused } = await serve(
    { authenticate: async () => Promise.reject(new Error('too many failures')) },
    {},
  );
  const answer = await send('/api/v1/telemetry', READING);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
  expect(refused).toEqual(['too-many-failures']);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, createMetrics, silentLogger } from '@uptower/platform';
import { json, Router } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createWeb } from './web.ts';

test('routes with a limit of their own get bodies that are too large elsewhere', async () => {
  const router = Router();
  router.post(
    '/{*path}',
    json({ limit: '1mb' }),
    answer(({ body }) => ({ length: body.text.length })),
  );
  const web = createWeb({
    identify: (_request, _response, next) => next(),
    routers: [router],
    feeds: Router(),
    intake: Router(),
    metrics: createMetrics(),
    log: silentLogger(),
    ready: () => true,
  });
  const server = createServer(web).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const send = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x'.repeat(300_000) }),
    });
    return response.status;
  };
  const own = ['registry', 'predictions/models/mdl_mr/drafts', 'predictions/backtests', 'predictions/learned'];
  for (const path of own) expect([path, await send(path)]).toEqual([path, 200]);
  for (const path of ['alerts/shelve', 'predictions/costs']) expect([path, await send(path)]).toEqual([path, 413]);
});

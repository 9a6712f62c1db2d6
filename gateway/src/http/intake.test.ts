import { gzipSync } from 'node:zlib';
import { MINUTE } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, type Json, openBench } from '../testing/bench.ts';
import { MONDAY } from '../testing/fixtures.ts';

let bench: Bench;
let device: string;
let site: string;
beforeEach(async () => {
  bench = await openBench();
  const issued: { username: string; password: string }[] = await bench.post('/credentials', {
    devices: ['dev_a1'],
    sites: ['site_a'],
  });
  const basic = (username: string) => {
    const { password } = issued.find((each) => each.username === username) as { password: string };
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  };
  device = basic('dev_a1');
  site = basic('site_a');
});
afterEach(() => bench.close());

type Body = string | Buffer;
const send = async (
  path: string,
  body: Body,
  headers: Record<string, string> = {},
  authorization: string | null = device,
) => {
  const response = await fetch(`${bench.url}${path}`, {
    method: 'POST',
    headers: { ...(authorization === null ? {} : { authorization }), ...headers },
    body: body as never,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as Json };
};
const json = { 'content-type': 'application/json' };
const latest = async (id = 'dev_a1') => {
  await bench.gateway.settled();
  const { latest: values } = await bench.get(`/devices/${id}`);
  return Object.fromEntries(values.map(({ metric, value }: { metric: string; value: unknown }) => [metric, value]));
};
const secretOf = (authorization: string) => Buffer.from(authorization.slice(6), 'base64').toString();

test('one item, a batch, packed: 204 and there', async () => {
  expect((await send('/api/v1/telemetry', '{"values":{"helium_pressure":15}}', json)).status).toBe(204);
  expect(await latest()).toMatchObject({ helium_pressure: 15 });
  const batch = JSON.stringify([
    { ts: MONDAY, values: { chiller_trips: 1 } },
    { ts: MONDAY, values: { lamp: 'on' } },
  ]);
  const packed = await send('/api/v1/telemetry', gzipSync(batch), { ...json, 'content-encoding': 'gzip' });
  expect(packed.status).toBe(204);
  expect(await latest()).toMatchObject({ helium_pressure: 15, chiller_trips: 1, lamp: 'on' });
});

test('of a mixed message the good is taken and the answer says what was not', async () => {
  const answer = await send(
    '/api/v1/telemetry',
    `[{"values":{"helium_pressure":NaN,"lamp":1}},{"ts":${MONDAY + 6 * MINUTE},"values":{"lamp":2}},{"values":{"door":1}}]`,
    json,
  );
  expect(answer).toMatchObject({
    status: 200,
    body: {
      taken: 2,
      refused: [
        { reason: 'impossible-value', detail: '[0].values.helium_pressure: not a finite number' },
        { reason: 'future' },
      ],
    },
  });
  expect(await latest()).toEqual({ lamp: 1, door: 1 });
  const quarantine = await bench.get('/quarantine');
  expect(quarantine.map(({ reason }: { reason: string }) => reason).sort()).toEqual(['future', 'impossible-value']);
});

test('nothing good: 400 with each reason, and in quarantine', async () => {
  const answer = await send('/api/v1/telemetry', '{"values":{"helium_pressure":"high"}}', json);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({
    code: 'nothing-taken',
    errors: [{ path: 'values.helium_pressure', message: 'wrong-type: text "high" where a number in kPa belongs' }],
  });
  expect((await send('/api/v1/telemetry', '{"values":', json)).body).toMatchObject({ code: 'nothing-taken' });
  expect((await send('/api/v1/telemetry', '', json)).body).toMatchObject({ code: 'nothing-taken' });
  await bench.gateway.settled();
  expect((await bench.get('/quarantine')).length).toBe(2);
});

test('events and states', async () => {
  expect((await send('/api/v1/state', '{"status":"down"}', json)).status).toBe(204);
  expect((await send('/api/v1/events', '{"code":"arc","severity":"warning"}', json)).status).toBe(204);
  expect((await send('/api/v1/events', '{"code":""}', json)).status).toBe(400);
  await bench.gateway.settled();
  expect((await bench.get('/devices/dev_a1')).device.availability.state).toBe('down');
});

test('who may not', async () => {
  const reading = '{"values":{"lamp":1}}';
  const path = '/api/v1/telemetry';
  const wrong = `Basic ${Buffer.from('dev_a1:wrong').toString('base64')}`;
  for (const authorization of [null, wrong, 'Basic', 'Basic !!!', 'Bearer abc', 'Nonsense x:y']) {
    const answer = await send(path, reading, json, authorization);
    expect([authorization, answer.status, answer.body.code]).toEqual([authorization, 401, 'device-credentials']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  }
  expect((await send(`${path}?device=dev_a2`, reading, json)).status).toBe(403);
  expect((await send(`${path}?device=dev_b1`, reading, json, site)).status).toBe(403);
  expect((await send(`${path}?device=dev_none`, reading, json, site)).body.code).toBe('foreign-device');
  expect((await send(`${path}?device=a&device=b`, reading, json, site)).status).toBe(403);
  expect((await send(path, reading, json, site)).body).toMatchObject({ status: 400, errors: [{ path: 'device' }] });
  expect((await send(`${path}?device=dev_a2`, reading, json, site)).status).toBe(204);
  for (const scheme of ['Bearer', 'Token'])
    expect((await send(path, reading, json, `${scheme} ${secretOf(device)}`)).status).toBe(204);
  expect(await latest('dev_a2')).toEqual({ lamp: 1 });
  expect(await latest('dev_b1')).toEqual({});
  const { refused } = await bench.get('/intake');
  expect(refused).toMatchObject({ 'bad-credentials': 6, 'foreign-topic': 4 });
});

test('bodies that are not read', async () => {
  const path = '/api/v1/telemetry';
  expect((await send(path, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
  expect((await send(path, '{}', { ...json, 'content-encoding': 'compress' })).status).toBe(415);
  expect((await send(path, 'no gzip', { ...json, 'content-encoding': 'gzip' })).status).toBe(400);
  const large = await send(path, `"${'x'.repeat(300_000)}"`, json);
  expect([large.status, large.body.code]).toEqual([413, 'too-large']);
  // 100 MB of nothing in 100 kB: refused by what comes out, not by what went in.
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  expect((await send(path, bomb, { ...json, 'content-encoding': 'gzip' })).status).toBe(413);
  expect((await send('/write', bomb, { 'content-encoding': 'gzip' })).body.error).toMatch(/too large/);
  expect((await send(path, '{"values":{"lamp":1}}', json)).status).toBe(204);
});

test('line protocol of a device: names, units, precision, both ways to write', async () => {
  const seconds = MONDAY / 1000;
  expect((await send('/write?db=any&precision=s', `mri helium_pressure=15.5 ${seconds}\n`)).status).toBe(204);
  expect(await latest()).toEqual({ helium_pressure: 15.5 });
  const lines = [
    `helium_pressure,unit=mbar value=160 ${seconds + 1}`,
    `cpu,cpu=cpu0,host=box usage=1 ${seconds}`,
    `cpu,cpu=cpu1,host=box usage=2,note="a, \\"b\\"",on=t ${seconds}`,
    '# a comment',
    `disk,device=dev_a1 free=7i`,
  ];
  const answer = await send(
    '/api/v2/write?org=o&bucket=b&precision=s',
    lines.join('\r\n'),
    {},
    `Token ${secretOf(device)}`,
  );
  expect([answer.status, answer.body]).toEqual([204, undefined]);
  expect(await latest()).toEqual({
    helium_pressure: 16,
    'cpu_usage.cpu0': 1,
    'cpu_usage.cpu1': 2,
    'cpu_note.cpu1': 'a, "b"',
    'cpu_on.cpu1': true,
    disk_free: 7,
  });
  const { u, p } = { u: 'dev_a1', p: secretOf(device).slice('dev_a1:'.length) };
  expect((await send(`/write?u=${u}&p=${p}`, `lamp value=1 ${MONDAY}000001`, {}, null)).status).toBe(204);
  expect((await bench.get('/devices/dev_a1')).converted).toEqual([
    { metric: 'helium_pressure', from: 'mbar', to: 'kPa', count: 1 },
  ]);
});

test('line protocol of a site: the tag names the device; what is not taken is answered as InfluxDB does', async () => {
  const lines = [
    'm,device=dev_a1 v=1',
    'm,host=dev_a2,device=sda v=2',
    'm,host=dev_b1 v=3',
    'm v=4',
    'm,host=dev_a1 v=',
  ];
  const answer = await send('/write', lines.join('\n'), {}, site);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatch(
    /^partial write: .*unknown-device: line 3: [\s\S]*unable to parse 'm,host=dev_a1 v=': [\s\S]* dropped=3$/s,
  );
  expect(await latest('dev_a1')).toEqual({ m_v: 1 });
  expect(await latest('dev_a2')).toEqual({ 'm_v.sda': 2 });
  const none = await send('/write', 'nonsense', {}, site);
  expect([none.status, none.body.error]).toEqual([400, "unable to parse 'nonsense': line 1: missing fields dropped=1"]);
  const two = await send('/api/v2/write', 'nonsense', {}, site);
  expect(two.body).toMatchObject({ code: 'invalid', message: expect.stringMatching(/^unable to parse/) });
  expect((await send('/write?precision=y', 'm v=1')).body.error).toMatch(/invalid precision "y"/);
  expect((await send('/write', 'm v=1', {}, null)).body).toEqual({ error: expect.stringMatching(/missing or wrong/) });
  expect((await send('/api/v2/write', 'm v=1', {}, null)).body).toMatchObject({ code: 'unauthorized' });
});

test('a write larger than a message is several, and all of it is taken', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `m,host=dev_a1 v=${i} ${MONDAY + i - 30_000}`);
  expect((await send('/write?precision=ms', lines.join('\n'), {}, site)).status).toBe(204);
  expect(await latest()).toEqual({ m_v: 19_999 });
  expect((await bench.get('/intake')).readings).toBe(20_000);
});

test('what agents ask before they write', async () => {
  expect((await fetch(`${bench.url}/ping`)).status).toBe(204);
  expect((await fetch(`${bench.url}/ping`, { method: 'HEAD' })).headers.get('x-influxdb-version')).toBeTruthy();
  expect(await (await fetch(`${bench.url}/health`)).json()).toMatchObject({ status: 'pass' });
  const query = (q: string) => fetch(`${bench.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
  expect(await (await query('CREATE DATABASE "telegraf"')).json()).toEqual({ results: [{ statement_id: 0 }] });
  expect((await query('DROP DATABASE "telegraf"')).status).toBe(400);
});

test('the clock of a device, and what its model does not know, are told', async () => {
  for (let i = 0; i < 5; i += 1) {
    bench.clock.set(MONDAY + (i + 1) * MINUTE);
    const ahead = 3 * MINUTE;
    const body = { ts: bench.clock.now() + ahead, values: { lamp: i, helium_pressure: 15 }, units: { lamp: 'lx' } };
    expect((await send('/api/v1/telemetry', JSON.stringify(body), json)).status).toBe(204);
  }
  await bench.gateway.settled();
  expect(await bench.get('/devices/dev_a1')).toMatchObject({
    skew: { ms: -3 * MINUTE },
    unknownMetrics: [{ metric: 'lamp', count: 5, last: 4, unit: 'lx' }],
  });
  expect(await bench.get('/intake/unknown-metrics')).toMatchObject([
    { modelId: 'mdl_mr', metric: 'lamp', devices: 1, count: 5, examples: ['dev_a1'] },
  ]);
  await bench.restart();
  expect((await bench.get('/devices/dev_a1')).skew).toMatchObject({ ms: -3 * MINUTE });
});

test('a device whose readings are all from the future is still seen to be ahead', async () => {
  for (let i = 0; i < 5; i += 1) {
    bench.clock.set(MONDAY + (i + 1) * MINUTE);
    const body = { ts: bench.clock.now() + 60 * MINUTE, values: { lamp: i } };
    expect((await send('/api/v1/telemetry', JSON.stringify(body), json)).status).toBe(400);
  }
  await bench.gateway.settled();
  expect((await bench.get('/devices/dev_a1')).skew).toMatchObject({ ms: -60 * MINUTE });
});

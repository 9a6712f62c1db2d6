import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../ports/reading-store.ts';
import { deviceA1, MONDAY } from '../../testing/fixtures.ts';
import { openInfluxdb2ReadingStore } from './influxdb2-reading-store.ts';

/*
 * InfluxDB 2 itself cannot be installed here: this stands in for its HTTP interface (line protocol in, annotated CSV out,
 * token, refusals). It shows that we speak as documented, not that a real server understands our Flux.
 */
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const TOKEN = 'secret';
const bodyOf = async (request: IncomingMessage) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

async function standIn(answerQuery: (flux: string) => string) {
  const written: { url: string; lines: string[] }[] = [];
  const state = { status: 204, message: '' };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const fail = (status: number, message: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code: 'x', message }));
    if (request.headers.authorization !== `Token ${TOKEN}`) return fail(401, 'unauthorized access');
    if (request.url?.startsWith('/api/v2/write')) {
      if (state.status !== 204) return fail(state.status, state.message);
      written.push({ url: request.url, lines: body.split('\n') });
      return response.writeHead(204).end();
    }
    if (request.url?.startsWith('/api/v2/query'))
      return response
        .writeHead(200, { 'content-type': 'text/csv' })
        .end(answerQuery((JSON.parse(body) as { query: string }).query));
    return fail(404, 'no such path');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const open = (token = TOKEN) =>
    openInfluxdb2ReadingStore({ url, org: 'o', bucket: 'b', token, now: () => MONDAY, monotonicMs: () => 0 });
  return { written, state, open };
}

const csv = (types: string, names: string, ...rows: string[]) => {
  const none = types.split(',').map(() => '');
  return [
    `#datatype,string,long,${types}`,
    ['#group', 'false', 'false', ...none.map(() => 'false')].join(','),
    ['#default', '_result', '', ...none].join(','),
    `,result,table,${names}`,
    ...rows.map((row) => `,,0,${row}`),
    '',
    '',
  ].join('\n');
};
const progressOf = (position: number) =>
  csv('dateTime:RFC3339,double', '_time,_value', `2026-03-01T00:00:00Z,${position}`);

const reading = (position: number, values: Record<string, number | string | boolean>) => ({
  deviceId: deviceA1,
  ts: MONDAY,
  seq: null,
  values,
  position,
});

test('[influxdb 2] writes line protocol with its token, a field a type, and the position after it', async () => {
  const { written, open } = await standIn(() => progressOf(4));
  const store = open();
  expect(await store.check()).toBe(4);
  await store.append({
    readings: [reading(4, { oil: 0 }), reading(5, { oil: 1.5, mode: 'a "b"', door: true })],
    through: 6,
  });
  expect(store.position()).toBe(6);
  expect(written[0]?.url).toContain('org=o&bucket=b&precision=ns');
  expect(written.map(({ lines }) => lines)).toEqual([
    [
      `uptower_readings,device=dev_a1,metric=oil value=1.5 ${MONDAY}000040`,
      `uptower_readings,device=dev_a1,metric=mode text="a \\"b\\"" ${MONDAY}000040`,
      `uptower_readings,device=dev_a1,metric=door flag=T ${MONDAY}000040`,
    ],
    [`uptower_progress position=6 ${MONDAY}000000`],
  ]);
});

test('[influxdb 2] reads buckets and readings out of annotated CSV', async () => {
  const asked: string[] = [];
  const { open } = await standIn((flux) => {
    asked.push(flux);
    if (flux.includes('aggregateWindow'))
      return csv(
        'dateTime:RFC3339,double,string',
        '_time,_value,fold',
        '2026-03-02T00:00:00Z,1,min',
        '2026-03-02T00:00:00Z,9,max',
        '2026-03-02T00:00:00Z,4,mean',
      );
    return (
      csv('dateTime:RFC3339,double,string', '_time,_value,metric', '2026-03-02T00:00:00.001000040Z,1.5,oil') +
      csv('dateTime:RFC3339,string,string', '_time,_value,metric', '2026-03-02T00:00:00.001000040Z,scan,mode') +
      csv('dateTime:RFC3339,boolean,string', '_time,_value,metric', '2026-03-02T00:00:00Z,true,door')
    );
  });
  const store = open();
  expect(await store.series(deviceA1, 'oil', MONDAY, MONDAY + 1000, 1)).toEqual([
    { ts: MONDAY, min: 1, max: 9, avg: 4 },
  ]);
  expect(asked[0]).toContain('every: duration(v: "1000ms")');
  expect(await store.range(deviceA1, MONDAY, MONDAY + 10, 10)).toEqual([
    { ts: MONDAY, values: { door: true } },
    { ts: MONDAY + 1, values: { oil: 1.5, mode: 'scan' } },
  ]);
});

test('[influxdb 2] busy or unreachable: to be sent again; refused for good: counted; a wrong token is said in words', async () => {
  const { state, open, written } = await standIn(() => progressOf(0));
  const store = open();
  await store.check();
  for (const status of [429, 503, 500]) {
    Object.assign(state, { status, message: 'too much' });
    await expect(store.append({ readings: [reading(1, { oil: 1 })], through: 1 })).rejects.toThrow(StoreUnavailable);
    expect(store.position()).toBe(0);
  }
  Object.assign(state, { status: 422, message: 'beyond retention' });
  await store.append({ readings: [reading(1, { oil: 1 })], through: 1 });
  expect([store.position(), written.length]).toEqual([1, 0]);
  expect(store.refused()).toBeGreaterThan(0);
  await expect(open('wrong').check()).rejects.toThrow(/unauthorized/);
});

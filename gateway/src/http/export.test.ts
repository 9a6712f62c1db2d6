import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { AccountId, HOUR, HospitalId, MAX_TEXT, MINUTE, type Role, type Viewer } from '@uptower/domain';
import { afterEach, expect, test, vi } from 'vitest';
import { StoreUnavailable } from '../ports/reading-store.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, smallFleet } from '../testing/fixtures.ts';

let bench: Bench;
afterEach(() => bench.close());

const as = (role: Role, hospital: string | null = null): Viewer => ({
  ...admin,
  accountId: AccountId.parse(`acc_${role}`),
  role,
  hospitalId: hospital === null ? null : HospitalId.parse(hospital),
});
const SPAN = `from=${MONDAY}&to=${MONDAY + HOUR}`;

const ask = (query: string, viewer: Viewer | null = admin) =>
  fetch(`${bench.url}/api/v1/export?${query}`, {
    headers: { 'x-test-viewer': encodeURIComponent(JSON.stringify(viewer)) },
  });
const files = () => {
  const dir = join(bench.dataDir, 'exports');
  return existsSync(dir) ? readdirSync(dir) : [];
};
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** Two devices of two hospitals; one value needs quotes. */
async function measured(store: 'memory' | 'duckdb'): Promise<void> {
  bench = await openBench(smallFleet(), MONDAY, store);
  bench.clock.set(MONDAY + HOUR);
  const at = (minute: number) => MONDAY + minute * MINUTE;
  await bench.say('dev_a1', 'telemetry', [
    { ts: at(0), seq: 1, values: { helium_pressure: 21.5, note: 'door, "open"' } },
    { ts: at(10), seq: 2, values: { helium_pressure: 22 } },
  ]);
  await bench.say('dev_b1', 'telemetry', { ts: at(5), seq: 1, values: { helium_pressure: 30 } });
  await bench.gateway.settled();
}

const ROWS = [
  '2026-03-02T00:00:00.000Z,dev_a1,helium_pressure,21.5,',
  '2026-03-02T00:00:00.000Z,dev_a1,note,,"door, ""open"""',
  '2026-03-02T00:10:00.000Z,dev_a1,helium_pressure,22,',
  '2026-03-02T00:05:00.000Z,dev_b1,helium_pressure,30,',
];
/** The rows of a CSV answer, without its header, in the order of `ROWS`. */
async function rowsOf(response: Response): Promise<string[]> {
  expect(response.status).toBe(200);
  const [header, ...rows] = (await response.text()).trimEnd().split('\n');
  expect(header).toBe('time,device,metric,value,text');
  // DuckDB writes the number 22 as 22.0.
  return rows.map((row) => row.replace(/\.0,$/, ',')).sort((a, b) => ROWS.indexOf(a) - ROWS.indexOf(b));
}

test.each(['memory', 'duckdb'] as const)('CSV from the %s store: everything, or what is asked for', async (store) => {
  await measured(store);
  const response = await ask(SPAN);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename=uptower-readings.csv');
  expect(await rowsOf(response)).toEqual(ROWS);
  expect(await rowsOf(await ask(`${SPAN}&device=dev_a1&metric=helium_pressure`))).toEqual([ROWS[0], ROWS[2]]);
  expect(await rowsOf(await ask(`${SPAN}&device=dev_a1&device=dev_b1&metric=note&metric=helium_pressure`))).toEqual(
    ROWS,
  );
  // Half-open: what was measured at `to` belongs to the next export.
  expect(await rowsOf(await ask(`from=${MONDAY}&to=${MONDAY + 10 * MINUTE}&device=dev_a1`))).toEqual(ROWS.slice(0, 2));
  expect(await rowsOf(await ask(`from=${MONDAY + HOUR}&to=${MONDAY + 2 * HOUR}`))).toEqual([]);
  await until(() => expect(files()).toEqual([]));
});

test.each(['memory', 'duckdb'] as const)('Parquet from the %s store: DuckDB reads the same rows', async (store) => {
  await measured(store);
  const response = await ask(`${SPAN}&format=parquet`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename=uptower-readings.parquet');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  const file = join(bench.dataDir, 'downloaded.parquet');
  writeFileSync(file, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = await connection.runAndReadAll(
    `SELECT epoch_ms("time")::DOUBLE, device, metric, "value", "text" FROM '${file}' ORDER BY device, "time", metric`,
  );
  expect(read.getRows()).toEqual([
    [MONDAY, 'dev_a1', 'helium_pressure', 21.5, null],
    [MONDAY, 'dev_a1', 'note', null, 'door, "open"'],
    [MONDAY + 10 * MINUTE, 'dev_a1', 'helium_pressure', 22, null],
    [MONDAY + 5 * MINUTE, 'dev_b1', 'helium_pressure', 30, null],
  ]);
  connection.closeSync();
  instance.closeSync();
  await until(() => expect(files()).toEqual([]));
});

test('what cannot be asked is said, field by field, and no file is begun', async () => {
  await measured('memory');
  const problem = async (query: string) => {
    const response = await ask(query);
    const { code, errors = [] } = (await response.json()) as { code: string; errors?: { path: string }[] };
    return [response.status, code, ...errors.map(({ path }) => path)];
  };
  expect(await problem('')).toEqual([400, 'bad-request', 'from', 'to']);
  expect(await problem(`from=yesterday&to=${MONDAY}`)).toEqual([400, 'bad-request', 'from']);
  expect(await problem(`from=${MONDAY}&to=${MONDAY}`)).toEqual([400, 'bad-request']);
  expect(await problem(`${SPAN}&format=xlsx`)).toEqual([400, 'bad-request', 'format']);
  expect(await problem(`${SPAN}&device=${encodeURIComponent("x' OR 1=1 --")}`)).toEqual([400, 'bad-request', 'device']);
  expect(await problem(`${SPAN}&metric=a%2Fb`)).toEqual([400, 'bad-request', 'metric']);
  expect(await problem(`${SPAN}&rows=5`)).toEqual([400, 'bad-request', '(body)']);
  expect(await problem(`${SPAN}&device=dev_nobody`)).toEqual([404, 'not-found']);
  expect(files()).toEqual([]);
});

test('nobody without signing in, and no customer: not even of their own devices', async () => {
  await measured('memory');
  const refused = async (viewer: Viewer | null, query = SPAN) => {
    const response = await ask(query, viewer);
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await refused(null)).toEqual([401, 'not-signed-in']);
  expect(await refused(as('hospital', 'hos_a'))).toEqual([403, 'not-allowed']);
  expect(await refused(as('hospital', 'hos_a'), `${SPAN}&device=dev_a1`)).toEqual([403, 'not-allowed']);
  expect(await refused(as('hospital', 'hos_a'), `${SPAN}&device=dev_b1`)).toEqual([403, 'not-allowed']);
  expect(await refused(as('field-engineer'))).toEqual([403, 'not-allowed']);
  expect(files()).toEqual([]);
  expect(await rowsOf(await ask(SPAN, as('manager')))).toEqual(ROWS);
});

test('a download cut midway leaves no file behind, and the next one is whole', async () => {
  bench = await openBench();
  bench.clock.set(MONDAY + HOUR);
  // Some 24 MB: more than the buffers between two sockets hold.
  const text = 'x'.repeat(MAX_TEXT);
  for (let message = 0; message < 12; message += 1)
    await bench.say(
      'dev_a1',
      'telemetry',
      Array.from({ length: 2000 }, (_, i) => ({ ts: MONDAY + message * 2000 + i, values: { note: text } })),
    );
  await bench.gateway.settled();
  const headers = { 'x-test-viewer': encodeURIComponent(JSON.stringify(admin)) };
  const whole = await new Promise<number>((resolve, reject) => {
    const asked = httpRequest(`${bench.url}/api/v1/export?${SPAN}`, { headers }, (response: IncomingMessage) => {
      response.once('data', () => {
        expect(files()).toHaveLength(1);
        asked.destroy();
        resolve(Number(response.headers['content-length']));
      });
    });
    asked.once('error', reject);
    asked.end();
  });
  expect(whole).toBeGreaterThan(24_000_000);
  await until(() => expect(files()).toEqual([]));
  const again = await (await ask(SPAN)).text();
  expect(again.length).toBe(whole);
});

test('a store that fails midway: an error and no half a file', async () => {
  await measured('memory');
  // The first device's rows are written by then.
  const away = () => {
    throw new StoreUnavailable('the store is away');
  };
  bench.disk.byDevice.set('dev_b1', Object.assign([], { filter: away }));
  const response = await ask(SPAN);
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'store-unavailable']);
  await until(() => expect(files()).toEqual([]));
});

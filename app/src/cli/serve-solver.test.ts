import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServeSolverOptions, solverApp } from './serve-solver.ts';

const options: ServeSolverOptions = {
  port: 0,
  host: '127.0.0.1',
  seconds: 0.3,
  threads: 1,
  maxLocations: 20,
  maxVehicles: 3,
  maxBody: 20_000,
  maxWaiting: 50,
  timeout: 20,
};
const servers: Server[] = [];

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let url = '';
beforeAll(async () => {
  url = await listening(createServer(solverApp(options)));
});
afterAll(() => {
  for (const server of servers) server.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as JSON
async function post(body: unknown, to = url): Promise<{ status: number; answer: any }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(to, { method: 'POST', body: text, headers: { 'content-type': 'application/json' } });
  return { status: response.status, answer: await response.json() };
}

const matrix = [
  [0, 10, 20],
  [10, 0, 10],
  [20, 10, 0],
];
const request = {
  vehicles: [{ id: 4, start_index: 0, end_index: 0 }],
  jobs: [{ id: 7, location_index: 1 }, { id: 8, location_index: 2 }], // biome-ignore format: two jobs
  matrix,
};

test('[W1] a request by coordinates, as a client of VROOM sends it', async () => {
  const at = [2.35, 48.85];
  const body = {
    vehicles: [{ id: 0, start: at, end: at }],
    jobs: [{ id: 0, location: [2.37, 48.85] }, { id: 1, location: [2.29, 48.86] }], // biome-ignore format: two jobs
    options: { g: true, x: 1 },
  };
  const { status, answer } = await post(body);
  expect(status).toBe(200);
  expect(answer).toMatchObject({ code: 0, unassigned: [], summary: { routes: 1, unassigned: 0, violations: [] } });
  expect(answer.summary.computing_times).toMatchObject({ loading: expect.any(Number), solving: expect.any(Number) });
  expect(answer.routes[0].geometry).toEqual(expect.any(String));
  expect(answer.routes[0].steps).toHaveLength(4);
});

test.each([
  ['no JSON', 400, 2, '{"jobs": ['],
  ['nothing', 400, 2, ''],
  ['not a request', 400, 2, '[1, 2]'],
  ['neither jobs nor shipments', 400, 2, { vehicles: [] }],
  ['a wrong field', 400, 2, { ...request, jobs: [{ id: 1, location_index: 3 }] }],
  ['too many jobs', 413, 4, { ...request, jobs: Array.from({ length: 21 }, (_, id) => ({ id, location_index: 1 })) }],
  ['too many vehicles', 413, 4, { ...request, vehicles: [1, 2, 3, 4].map((id) => ({ id, start_index: 0 })) }],
  ['too many bytes', 413, 4, { ...request, text: 'x'.repeat(30_000) }],
  ['a profile nobody knows', 500, 3, { vehicles: [{ id: 1, start: [0, 0], profile: 'boat' }], jobs: [] }],
])('[W2] %s is answered %i with code %i', async (_, status, code, body) => {
  const told = await post(body);
  expect(told).toMatchObject({ status, answer: { code, error: expect.any(String) } });
});

test('[W3] an error names the field', async () => {
  const { answer } = await post({ ...request, jobs: [{ id: 1, location_index: 3 }] });
  expect(answer.error).toContain('jobs[0].location_index');
});

test('[W4] healthy, and nothing else to get', async () => {
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/else`)).status).toBe(404);
});

test('[W5] plan mode by `options.c`', async () => {
  const steps = [{ type: 'start' }, { type: 'job', id: 8 }, { type: 'job', id: 7 }, { type: 'end' }];
  const vehicles = [{ ...request.vehicles[0], time_window: [0, 30], steps }];
  const { answer } = await post({ ...request, vehicles, options: { c: true } });
  expect(answer.summary.violations).toEqual([{ cause: 'delay', duration: 10 }]);
});

test('[W6] more than may wait are told so', async () => {
  const narrow = await listening(createServer(solverApp({ ...options, threads: 64, maxWaiting: 1 })));
  const body = { ...request, options: { l: 0.5 } };
  const statuses = (await Promise.all([1, 2, 3, 4].map(() => post(body, narrow)))).map(({ status }) => status).sort();
  expect(statuses).toEqual([200, 200, 503, 503]);
});

test('[W7] travel times of an OSRM server, and code 3 when it has none', async () => {
  let fine = true;
  const osrm = await listening(
    createServer((asked, response) => {
      expect(asked.url).toBe('/table/v1/car/3,4;1,2?annotations=duration,distance');
      const durations = [[0, 99.6], [fine ? 123.4 : null, 0]]; // biome-ignore format: a matrix
      response.end(JSON.stringify({ code: 'Ok', durations, distances: durations }));
    }),
  );
  const routed = await listening(createServer(solverApp({ ...options, routing: osrm })));
  const body = { vehicles: [{ id: 1, start: [1, 2], end: [1, 2] }], jobs: [{ id: 1, location: [3, 4] }] };
  expect((await post(body, routed)).answer.summary.cost).toBe(123 + 100);
  fine = false;
  expect(await post(body, routed)).toMatchObject({ status: 500, answer: { code: 3 } });
});

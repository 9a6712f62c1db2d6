import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Place } from '@uptower/domain';
import { afterEach, expect, test, vi } from 'vitest';
import { estimatedTravel } from '../travel.ts';
import { osrmService } from './osrm.ts';
import { Roads } from './roads.ts';
import { learnTrip, noSpeeds } from './speeds.ts';
import type { TableService } from './table-service.ts';
import { valhallaService } from './valhalla.ts';

const PLACES: Place[] = [0, 1, 2, 3, 4].map((k) => ({ lat: 29.5 + k / 10, lon: 106.5 }));
const [A, B, C] = PLACES as [Place, Place, Place];

/** Row a, column b: 100 a + b minutes, one metre a second. */
const minutes = (from: Place, to: Place) => Math.round((from.lat - 29.5) * 1_000 + (to.lat - 29.5) * 10);
const numbered: TableService = {
  name: 'osrm',
  mostPlaces: 4,
  async table(sources, destinations) {
    const seconds = Float64Array.from(sources.flatMap((from) => destinations.map((to) => 60 * minutes(from, to))));
    return { seconds, metres: seconds };
  },
};

test('without a service: the estimate, longer where trips were longer', () => {
  const speeds = noSpeeds();
  const roads = new Roads({ service: null, speeds: () => speeds, now: () => 0 });
  const before = roads.between(A, B);
  expect(before).toEqual(estimatedTravel.between(A, B));
  const trip = { to: B, timeZone: 'Asia/Shanghai', departedAt: 0, estimatedSeconds: 1_000, arrivedAt: 2_000_000 };
  for (let k = 0; k < 1_000; k++) learnTrip(speeds, trip);
  expect(roads.between(A, B).seconds / before.seconds).toBeCloseTo(2, 1);
  expect(roads.between(A, B).metres).toBe(before.metres);
  expect(roads.status()).toMatchObject({ service: null, state: 'none', waysKnown: 0 });
});

test('asks in blocks for all that is missing, once, and again after a week', async () => {
  let now = 1_000;
  const table = vi.fn(numbered.table);
  const roads = new Roads({ service: { ...numbered, table }, speeds: noSpeeds, now: () => now });
  expect(roads.status().state).toBe('waiting');
  await roads.prepare(PLACES, 1_000);
  for (const from of PLACES)
    for (const to of PLACES) if (from !== to) expect(roads.between(from, to).seconds).toBe(60 * minutes(from, to));
  for (const [sources, destinations] of table.mock.calls)
    expect(sources.length + destinations.length).toBeLessThanOrEqual(4);
  const calls = table.mock.calls.length;
  await roads.prepare(PLACES, 1_000);
  expect(table).toHaveBeenCalledTimes(calls);
  now += 8 * 24 * 3_600_000;
  await roads.prepare([A, B], 1_000);
  expect(table).toHaveBeenCalledTimes(calls + 1);
  expect(roads.status()).toMatchObject({ state: 'ok', answeredAt: now, failingSince: null });
});

test('a failing service: estimates at once, a pause that grows, and its age and words on show', async () => {
  let now = 0;
  const table = vi.fn<TableService['table']>(() => Promise.reject(new Error('the map is being built')));
  const roads = new Roads({ service: { ...numbered, table }, speeds: noSpeeds, now: () => now });
  await roads.prepare([A, B], 1_000);
  expect(roads.between(A, B)).toEqual(estimatedTravel.between(A, B));
  expect(roads.status()).toMatchObject({ state: 'failing', failingSince: 0, problem: 'the map is being built' });
  await roads.prepare([A, B], 1_000);
  expect(table).toHaveBeenCalledTimes(1);
  now = 15_000;
  await roads.prepare([A, B], 1_000);
  expect(table).toHaveBeenCalledTimes(2);
  now = 15_000 + 29_999;
  await roads.prepare([A, B], 1_000);
  expect(table).toHaveBeenCalledTimes(2);
  now += 1;
  table.mockImplementation(numbered.table);
  await roads.prepare([A, B], 1_000);
  expect(roads.status()).toMatchObject({ state: 'ok', failingSince: null });
  expect(roads.between(A, B).seconds).toBe(60 * minutes(A, B));
});

test('no road is no short way', async () => {
  const table: TableService['table'] = async () => ({
    seconds: Float64Array.of(Number.NaN),
    metres: Float64Array.of(Number.NaN),
  });
  const roads = new Roads({ service: { ...numbered, mostPlaces: 2, table }, speeds: noSpeeds, now: () => 0 });
  await roads.prepare([A, B], 1_000);
  expect(roads.between(A, B).seconds).toBe(24 * 3_600);
});

test('nobody waits longer than they have patience for, and the answer is announced', async () => {
  let answer = () => {};
  const table: TableService['table'] = async (...asked) => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return numbered.table(...asked);
  };
  const news = vi.fn();
  const roads = new Roads({ service: { ...numbered, table }, speeds: noSpeeds, now: () => 0, onNews: news });
  await roads.prepare([A, B], 5);
  expect(roads.between(A, B)).toEqual(estimatedTravel.between(A, B));
  expect(news).not.toHaveBeenCalled();
  answer();
  await vi.waitFor(() => expect(news).toHaveBeenCalledTimes(1));
  expect(roads.between(A, B).seconds).toBe(60 * minutes(A, B));
});

let server: Server | undefined;
afterEach(() => server?.close());

/** A server of our own that answers like the real one; what it was asked is kept. */
async function listening(
  answerTo: (path: string, body: string) => unknown,
): Promise<{ base: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      const answer = answerTo(request.url ?? '', body);
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { base: `http://127.0.0.1:${port}`, asked };
}
const soon = () => AbortSignal.timeout(2_000);

test('OSRM is asked in its own way', async () => {
  const { base, asked } = await listening(() => ({
    code: 'Ok',
    durations: [[61.4, null]],
    distances: [[900.2, null]],
  }));
  const { seconds, metres } = await osrmService(base).table([A], [B, C], soon());
  expect(asked).toEqual([
    'GET /table/v1/driving/106.5,29.5;106.5,29.6;106.5,29.7?annotations=duration,distance&sources=0&destinations=1;2 ',
  ]);
  expect([...seconds, ...metres]).toEqual([61, Number.NaN, 900, Number.NaN]);
});

test('Valhalla is asked in its own way', async () => {
  const { base, asked } = await listening(() => ({
    sources_to_targets: [
      [
        { time: 61, distance: 0.9, to_index: 0, from_index: 0 },
        { time: null, distance: null, to_index: 1, from_index: 0 },
      ],
    ],
  }));
  const { seconds, metres } = await valhallaService(`${base}/`).table([A], [B, C], soon());
  expect(asked[0]).toContain('POST /sources_to_targets ');
  expect(JSON.parse(asked[0]?.split(' ')[2] ?? '')).toMatchObject({
    sources: [{ lat: 29.5, lon: 106.5 }],
    targets: [{ lat: 29.6 }, { lat: 29.7 }],
    costing: 'auto',
  });
  expect([...seconds, ...metres]).toEqual([61, Number.NaN, 900, Number.NaN]);
});

test.each([
  ['no JSON', '<html>', /gave no usable answer/],
  ['a refusal', { code: 'TooBig', message: 'Too many table coordinates' }, /refused: Too many table coordinates/],
  ['too few values', { code: 'Ok', durations: [[1]], distances: [[1]] }, /durations: not the 1 × 2 values/],
  ['negative times', { code: 'Ok', durations: [[-1, 2]], distances: [[1, 2]] }, /gave no usable answer/],
])('%s from OSRM is an error that names the server', async (_, answer, expected) => {
  const { base } = await listening(() => answer);
  await expect(osrmService(base).table([A], [B, C], soon())).rejects.toThrow(expected);
});

test('a refusal from Valhalla is one too', async () => {
  const { base } = await listening(() => ({ error: 'No suitable edges near location', error_code: 171 }));
  await expect(valhallaService(base).table([A], [B], soon())).rejects.toThrow(/refused: No suitable edges/);
});

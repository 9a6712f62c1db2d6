import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { solveText } from '../solve-text.ts';
import { checkVroom } from '../testing/check-vroom.ts';
import { someVroom } from '../testing/some-vroom.ts';
import { encodedPolyline } from './polyline.ts';
import { TooLargeError } from './request.ts';
import { estimatedWays, RoutingError } from './ways.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as JSON
async function answerTo(request: unknown, rest: object = {}): Promise<any> {
  const job = { text: JSON.stringify(request), seed: 1, iterations: 40, ...rest };
  const { answer, engine } = await solveText(job, around);
  return JSON.parse(JSON.stringify({ ...answer, engine }));
}

async function problemsOf(request: unknown): Promise<string[]> {
  try {
    await answerTo(request);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

const line = [
  [0, 10, 20, 30],
  [10, 0, 10, 20],
  [20, 10, 0, 10],
  [30, 20, 10, 0],
];
const aVehicle = { id: 1, start_index: 0, end_index: 0 };
const at = (id: number, location_index: number, rest: object = {}) => ({ id, location_index, ...rest });

test('[V1] every answer keeps every rule, whatever parts of the API a request uses', async () => {
  await fc.assert(
    fc.asyncProperty(someVroom, async (request) => {
      expect(checkVroom(request, await answerTo(request))).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('[V2] what is left out has no place in any route: also not in one it would have to itself', async () => {
  await fc.assert(
    fc.asyncProperty(someVroom, async (request) => {
      const answer = await answerTo(request);
      const used = new Set(answer.routes.map(({ vehicle }: { vehicle: number }) => vehicle));
      const idle = (request.vehicles as { id: number }[]).filter(({ id }) => !used.has(id));
      for (const { type, id } of answer.unassigned) {
        if (type !== 'job' || idle.length === 0) continue;
        const jobs = (request.jobs as { id: number }[]).filter((job) => job.id === id);
        const alone = await answerTo({ ...request, jobs, shipments: [], vehicles: idle });
        expect(alone.unassigned).toHaveLength(1);
      }
    }),
    { numRuns: 40 },
  );
});

test('[V3] the same request gives the same answer', async () => {
  await fc.assert(
    fc.asyncProperty(someVroom, async (request) => {
      expect(await answerTo(request)).toEqual(await answerTo(request));
    }),
    { numRuns: 10 },
  );
});

test('[V4] an answer of two vehicles, jobs, a shipment, skills, capacity, windows and breaks, by coordinates', async () => {
  const depot = [8.54, 47.38];
  const vehicle = { start: depot, end: depot, capacity: [4], time_window: [28_800, 43_200] };
  const lunch = [{ id: 1, service: 300, time_windows: [[32_400, 34_200]] }];
  const answer = await answerTo(
    {
      vehicles: [
        { ...vehicle, id: 1, skills: [1, 14], breaks: lunch, description: 'north' },
        { ...vehicle, id: 2, skills: [2, 14], breaks: lunch },
      ],
      jobs: [
        { id: 1, service: 300, delivery: [1], location: [8.31, 47.05], skills: [1], time_windows: [[32_400, 36_000]] },
        { id: 2, service: 300, pickup: [1], location: [8.45, 47.2], skills: [1] },
        { id: 5, service: 300, delivery: [1], location: [8.72, 47.5], skills: [14] },
      ],
      shipments: [
        {
          amount: [1],
          skills: [2],
          pickup: { id: 4, location: [8.8, 47.4] },
          delivery: { id: 3, location: [8.6, 47.6] },
        },
      ],
      options: { g: true },
    },
    { iterations: 200 },
  );
  expect(answer.code).toBe(0);
  expect(answer.unassigned).toEqual([]);
  expect(answer.summary).toMatchObject({ routes: 2, delivery: [3], pickup: [2], violations: [] });
  expect(answer.routes[0].description).toBe('north');
  expect(answer.routes[0].steps.map((step: { type: string }) => step.type)).toContain('break');
  expect(answer.routes[0].geometry.length).toBeGreaterThan(10);
  expect(answer.routes[0].distance).toBeGreaterThan(10_000);
  expect(answer.engine.travel).toBe('estimated');
});

test('[V5] leaves late rather than waits', async () => {
  const jobs = [at(1, 1, { time_windows: [[100, 110]] }), at(2, 2)];
  const answer = await answerTo({ vehicles: [aVehicle], jobs, matrix: line });
  // 1 at 100 at the earliest: from 0 at 80 by way of 2 (20 + 10 = 30 → leaves at 70), or straight (10) at 90.
  expect(answer.summary.waiting_time).toBe(0);
  expect(answer.routes[0].steps[0].arrival).toBeGreaterThanOrEqual(70);
  expect(answer.summary.cost).toBe(40);
});

test('[V6] a break may interrupt a drive', async () => {
  const breaks = [{ id: 7, service: 5, time_windows: [[12, 12]] }];
  const answer = await answerTo({
    vehicles: [{ ...aVehicle, breaks }],
    jobs: [at(1, 3, { time_windows: [[35, 35]] })],
    matrix: line,
  });
  expect(answer.unassigned).toEqual([]);
  const [start, rest, job] = answer.routes[0].steps;
  expect([start.arrival, rest.arrival, rest.duration, job.arrival, job.duration]).toEqual([0, 12, 12, 35, 30]);
});

test('[V7] priority decides who is left out', async () => {
  const jobs = [at(1, 1), at(2, 2, { priority: 10 }), at(3, 3, { priority: 5 })];
  const answer = await answerTo({ vehicles: [{ ...aVehicle, max_tasks: 1 }], jobs, matrix: line });
  expect(answer.routes[0].steps[1].id).toBe(2);
  expect(answer.summary.priority).toBe(10);
});

test('[V8] a start from `steps` is refused when it breaks a rule, and is never made worse', async () => {
  const steps = [{ type: 'start' }, { type: 'job', id: 2 }, { type: 'job', id: 1 }, { type: 'end' }];
  const request = { vehicles: [{ ...aVehicle, steps }], jobs: [at(1, 1), at(2, 2)], matrix: line };
  expect((await answerTo(request, { iterations: 0 })).routes[0].steps.map((s: { id?: number }) => s.id)).toEqual([
    undefined,
    2,
    1,
    undefined,
  ]);
  const tight = { ...request, vehicles: [{ ...aVehicle, steps, max_tasks: 1 }] };
  expect(await problemsOf(tight)).toEqual(['vehicles[0].steps']);
  const unknown = { ...request, vehicles: [{ ...aVehicle, steps: [{ type: 'job', id: 9 }] }] };
  expect(await problemsOf(unknown)).toContain('vehicles[0].steps[0]');
});

test.each([
  ['vehicles[0].start', { vehicles: [{ id: 1 }], jobs: [{ id: 1, location: [0, 0] }] }],
  ['jobs[0].location', { vehicles: [{ id: 1, start: [0, 0] }], jobs: [{ id: 1 }] }],
  ['jobs[0].location_index', { vehicles: [aVehicle], jobs: [{ id: 1, location: [0, 0] }], matrix: line }],
  ['jobs[0].location_index', { vehicles: [aVehicle], jobs: [at(1, 4)], matrix: line }],
  ['jobs[1].id', { vehicles: [aVehicle], jobs: [at(1, 0), at(1, 1)], matrix: line }],
  [
    'jobs[0].delivery',
    { vehicles: [{ ...aVehicle, capacity: [1] }], jobs: [at(1, 1, { delivery: [1, 2] })], matrix: line },
  ],
  ['jobs[0].service', { vehicles: [aVehicle], jobs: [at(1, 1, { service: -1 })], matrix: line }],
  ['jobs[0].priority', { vehicles: [aVehicle], jobs: [at(1, 1, { priority: 101 })], matrix: line }],
  ['jobs[0].time_windows[0]', { vehicles: [aVehicle], jobs: [at(1, 1, { time_windows: [[5, 4]] })], matrix: line }],
  [
    'jobs[0].time_windows',
    {
      vehicles: [aVehicle],
      jobs: [
        at(1, 1, {
          time_windows: [
            [5, 9],
            [7, 12],
          ],
        }),
      ],
      matrix: line,
    },
  ],
  ['matrix[1]', { vehicles: [aVehicle], jobs: [at(1, 1)], matrix: [[0, 1], [1]] }],
  [
    'matrix[0][1]',
    {
      vehicles: [aVehicle],
      jobs: [at(1, 1)],
      matrix: [
        [0, 1.5],
        [1, 0],
      ],
    },
  ],
  [
    'matrices.bike.durations',
    { vehicles: [{ ...aVehicle, profile: 'bike' }], jobs: [at(1, 1)], matrices: { car: { durations: line } } },
  ],
  ['vehicles[0].costs.per_km', { vehicles: [{ ...aVehicle, costs: { per_km: 3 } }], jobs: [at(1, 1)], matrix: line }],
  ['vehicles[0].max_distance', { vehicles: [{ ...aVehicle, max_distance: 3 }], jobs: [at(1, 1)], matrix: line }],
  [
    'vehicles[0].costs.per_hour',
    {
      vehicles: [{ ...aVehicle, costs: { per_hour: 3 } }],
      jobs: [at(1, 1)],
      matrices: { car: { durations: line, costs: line } },
    },
  ],
  ['vehicles[0].speed_factor', { vehicles: [{ ...aVehicle, speed_factor: 0 }], jobs: [at(1, 1)], matrix: line }],
  ['vehicles[0].skills[0]', { vehicles: [{ ...aVehicle, skills: ['x'] }], jobs: [at(1, 1)], matrix: line }],
  ['vehicles', { vehicles: [], jobs: [] }],
  [
    'vehicles[0].time_window[1]',
    { vehicles: [{ ...aVehicle, time_window: [0, 1e300] }], jobs: [at(1, 1)], matrix: line },
  ],
  ['options.x', { vehicles: [aVehicle], jobs: [at(1, 1)], matrix: line, options: { x: 9 } }],
])('[V9] refuses %s by its path', async (path, request) => {
  expect(await problemsOf(request)).toContain(path);
});

test('[V10] what the API does not have is told, not swallowed', async () => {
  const jobs = [at(1, 1, { prioritty: 3 })];
  const answer = await answerTo({ vehicles: [aVehicle], jobs, matrix: line, metadata: {} });
  expect(answer.engine.ignored).toEqual(['metadata', 'jobs[0].prioritty']);
});

test('[V11] a million jobs are refused before they are looked at', async () => {
  const jobs = new Array(1_000_000).fill(0);
  await expect(answerTo({ vehicles: [aVehicle], jobs, matrix: line })).rejects.toThrow(TooLargeError);
});

test('[V12] an unknown profile without matrices has no ways', async () => {
  const vehicles = [{ id: 1, start: [0, 0], profile: 'submarine' }];
  await expect(answerTo({ vehicles, jobs: [{ id: 1, location: [0, 1] }] })).rejects.toThrow(RoutingError);
});

test('[V13] polylines are encoded as the format’s own example says', () => {
  const places = [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]] as const; // biome-ignore format: three places
  expect(encodedPolyline(places)).toBe('_p~iF~ps|U_ulLnnqC_mqNvxq`@');
});

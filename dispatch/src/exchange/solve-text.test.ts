import { expect, test } from 'vitest';
import { loadHighs } from '../solver/highs.ts';
import { onlyTravel } from '../solver/plain.ts';
import { InputError } from './input-error.ts';
import { SolverThreads } from './solve-on-threads.ts';
import { type SolveJob, solveText } from './solve-text.ts';
import { estimatedWays } from './vroom/ways.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };
const solved = (content: unknown, rest: Partial<SolveJob> = {}) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return solveText({ text, seed: 1, iterations: 50, ...rest }, around);
};

const matrix = [
  [0, 10, 20],
  [10, 0, 10],
  [20, 10, 0],
];
const vroom = {
  vehicles: [{ id: 4, start_index: 0, end_index: 0 }],
  jobs: [{ id: 7, location_index: 1 }, { id: 8, location_index: 2, service: 5 }], // biome-ignore format: two jobs
  matrix,
};

const solomon = `SMALL

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0        200          0
    1      3         4          4          0        100         10
    2      6         8          4          0        100         10
`;

const vrplib = `NAME : small
COMMENT : made up
TYPE : VRPTW
DIMENSION : 3
VEHICLES : 2
CAPACITY : 10
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
DEMAND_SECTION
1 0
2 4
3 4
DEPOT_SECTION
1
-1
EOF
`;

const uptower = {
  locationCount: 3,
  travelSeconds: matrix.flat(),
  engineers: [{ skills: [], shifts: [{ startLocation: 0, endLocation: 0, from: 0, to: 1_000 }] }],
  visits: [
    { location: 1, serviceSeconds: 5, priority: 0 },
    { location: 2, serviceSeconds: 5, priority: 0, skills: [{ skill: 3, level: 1 }] },
  ],
  weights: onlyTravel,
};

const trsp = `SMALL

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
1 1 1 1

ID X Y TWS TWE Serv SKILLS TOOLS SPARE PARTS
0 0 5 0 100 0 [] [] []
1 0 0 0 100 0 [0] [] [0]
2 3 4 0 100 5 [0] [0] [0]
`;

test('[X1] every format is known by its looks, and answered in VROOM’s form', async () => {
  const outcomes = await Promise.all([vroom, solomon, vrplib, uptower, trsp].map((content) => solved(content)));
  expect(outcomes.map(({ engine }) => engine.format)).toEqual(['vroom', 'solomon', 'vrplib', 'uptower', 'trsp']);
  const summaries = outcomes.map(({ answer }) => answer.summary);
  expect(summaries.map(({ unassigned }) => unassigned)).toEqual([0, 0, 0, 1, 0]);
  // There and back 40; 5 and 5 and back 10; by the depot for the tool: 5, on to the request, 5 there, 5 home.
  expect(summaries.slice(0, 3).map(({ cost }) => cost)).toEqual([40, 20, 20]);
  expect(summaries[4]?.cost).toBeCloseTo(5 + Math.hypot(3, 1) + 5 + 5);
});

test('[X2] plans in the form of the format’s authors', async () => {
  expect((await solved(trsp)).solution).toMatch(/^SMALL=18.1623\n(.+\n){3}SMALL-S=<1,4,2,3>\n$/);
  expect((await solved(vrplib)).solution).toMatch(/^Route #1: (1 2|2 1)\nCost 20\n$/);
  expect((await solved(solomon)).solution).toMatch(/^Route #1: (1 2|2 1)\nCost 20\n$/);
  expect((await solved(vroom)).solution).toBeNull();
});

test('[X5] a written plan is judged when that is asked for', async () => {
  const { engine, answer } = await solved(trsp, { planMode: true });
  expect(engine.judged?.problems).toEqual([]);
  expect(engine.judged?.cost).toBeCloseTo(answer.summary.cost, 6);
  expect((await solved(trsp)).engine.judged).toBeUndefined();
});

test('[X3] vehicles first, and only where it means something', async () => {
  const { answer } = await solved(solomon, { objective: 'vehicles-first' });
  expect(answer.summary).toMatchObject({ routes: 1, cost: 20 });
  await expect(solved(vrplib, { objective: 'vehicles-first' })).rejects.toThrow(InputError);
});

test('[X6] an uptower file with links and speeds is answered by them', async () => {
  const [engineer] = uptower.engineers;
  const content = {
    ...uptower,
    engineers: [engineer, engineer],
    visits: [0, 0].map(() => ({ location: 1, serviceSeconds: 5, priority: 0 })),
    links: [{ kind: 'together', first: 0, second: 1 }],
    speeds: { profiles: [[{ from: 0, percent: 50 }]] },
  };
  const { answer } = await solved(content);
  // There and back for two engineers, at half the speed.
  expect(answer.summary).toMatchObject({ cost: 2 * 2 * 2 * (matrix[0]?.[1] ?? 0), routes: 2, unassigned: 0 });
});

test('[X5] searches of the solver tell each other what they have; by iterations threads change nothing', async () => {
  const customers = Array.from({ length: 12 }, (_, k) => `${k + 1} ${(k * 37) % 29} ${(k * 53) % 31} 3 0 200 5`);
  const text = [...solomon.split('\n').slice(0, 9), '0 0 0 0 0 400 0', ...customers, '']
    .join('\n')
    .replace('2  ', '9  ');
  const job = { text, seed: 4, iterations: 20_001 };
  const solver = new SolverThreads();
  const onTwo = await solver.solve(job, { threads: 2, clock: 'wall' });
  await solver.close();
  const onOne = await solveText(job, { ...around, loadProgram: loadHighs });
  expect(onTwo.answer).toEqual(onOne.answer);
  expect([onOne.engine.iterations, onTwo.engine.iterations]).toEqual([20_001, 20_001]);
});

test.each([
  ['vehicles[0].start', { vehicles: [{ id: 1 }], jobs: [] }],
  ['jobs[0].id', { ...vroom, jobs: [{ id: -1, location_index: 1 }] }],
  ['visits[0].serviceSeconds', { ...uptower, visits: [{ location: 1, priority: 0 }] }],
  ['visits[0].location', { ...uptower, visits: [{ location: 9, serviceSeconds: 5, priority: 0 }] }],
  ['travelSeconds', { ...uptower, travelSeconds: [0] }],
  ['links[0].kind', { ...uptower, links: [{ kind: 'before', first: 0, second: 1 }] }],
  ['links[0].second', { ...uptower, links: [{ kind: 'after', first: 0, second: 7 }] }],
  ['links[0].minGapSeconds', { ...uptower, links: [{ kind: 'after', first: 0, second: 1, minGapSeconds: '5' }] }],
  ['speeds.profiles[0][0].percent', { ...uptower, speeds: { profiles: [[{ from: 0, percent: 0 }]] } }],
  ['speeds.profileOf', { ...uptower, speeds: { profiles: [[]], profileOf: [0] } }],
  ['visits', { ...uptower, visits: new Array(1_000_000).fill(0) }],
  ['VEHICLE.CAPACITY', solomon.replace('2         10', '2         1e99')],
  ['line 5', solomon.replace('2         10', '2         NaN')],
  ['line 12', solomon.replace('    2      6 ', '    9      6 ')],
  ['EDGE_WEIGHT_TYPE', vrplib.replace('EUC_2D', 'EXPLICIT')],
  ['DEMAND_SECTION', vrplib.replace('3 4\nDEPOT', 'DEPOT')],
  ['line 5: CREW COUNT', trsp.replace('1 1 1 1', '-1 1 1 1')],
  ['file', 'nothing of the kind'],
  ['file', '{"jobs": ['],
  ['file', '[]'],
])('[X4] refuses %s', async (path, content) => {
  const refused = await solved(content).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).problems.map((problem) => problem.path)).toContain(path);
});

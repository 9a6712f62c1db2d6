import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { explainFile } from './explain.ts';
import { solveFile, WrongInput } from './solve.ts';

const folder = mkdtempSync(join(tmpdir(), 'uptower-solve-'));
const fileOf = (name: string, content: unknown) => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const once = { seed: 1, threads: 1, iterations: 50 };

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

const uptower = {
  locationCount: 3,
  travelSeconds: matrix.flat(),
  engineers: [{ skills: [], shifts: [{ startLocation: 0, endLocation: 0, from: 0, to: 1_000 }] }],
  visits: [
    { location: 1, serviceSeconds: 5, priority: 0 },
    { location: 2, serviceSeconds: 5, priority: 0, skills: [{ skill: 3, level: 1 }] },
  ],
  weights: {
    travelSecond: 1,
    distanceMetre: 0,
    lateSecond: 0,
    downtime: 0,
    overtimeSecond: 0,
    churnPerMovedVisit: 0,
    churnToleranceSeconds: 0,
    overQualifiedLevel: 0,
    unassignedByPriority: [1_000],
  },
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

test('[L1] the answer is JSON on one line, with figures of the engine; the solution file in its authors’ form', async () => {
  const solution = join(folder, 'plan.txt');
  const text = await solveFile(fileOf('b.txt', trsp), { ...once, solution });
  expect(text).not.toContain('\n');
  expect(JSON.parse(text).engine).toMatchObject({ format: 'trsp', seed: 1, threads: 1, stoppedBy: 'optimum' });
  expect(readFileSync(solution, 'utf8')).toMatch(/\nSMALL-S=<1,4,2,3>\n$/);
});

test('[L2] no solution file where a format has none', async () => {
  const solution = join(folder, 'none.txt');
  await expect(solveFile(fileOf('c.json', vroom), { ...once, solution })).rejects.toThrow('vroom has no solution file');
});

test('[L3] wrong input is named by file and path', async () => {
  const refused = await solveFile(fileOf('wrong', { ...vroom, vehicles: [] }), once).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WrongInput);
  expect((refused as Error).message).toContain('wrong: vehicles: ');
});

test('[L4] wrong input ends the command with 2 and the path of the field', () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const wrong = run('solve', fileOf('d.json', { ...vroom, jobs: [{ id: 1, location_index: 3 }] }));
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain('jobs[0].location_index: is 3, the matrices have 3 rows');
});

test('[L5] Ctrl-C ends the search, and the best plan so far is the answer', async () => {
  const answer = solveFile(fileOf('f.json', vroom), { seed: 1, threads: 2, seconds: 3_600 });
  const interrupt = setInterval(() => process.emit('SIGINT'), 100);
  const { summary, engine } = JSON.parse(await answer);
  clearInterval(interrupt);
  expect(summary.cost).toBe(40);
  expect(engine.stoppedBy).toBe('signal');
});

test('[L6] explain names every vehicle’s best place, or what is in the way', async () => {
  const request = {
    ...vroom,
    vehicles: [
      { id: 4, start_index: 0, end_index: 0, max_tasks: 1 },
      { id: 5, start_index: 2, end_index: 2 },
      { id: 6, start_index: 0, end_index: 0, time_window: [0, 5] },
    ],
    jobs: [
      { id: 7, location_index: 1, skills: [] },
      { id: 8, location_index: 2, service: 5, skills: [] },
    ],
  };
  const told = JSON.parse(await explainFile(fileOf('g.json', request), { ...once, visit: 7 }));
  expect(told.visits).toHaveLength(1);
  const [visit] = told.visits;
  expect(visit.id).toBe(7);
  expect(visit.places.map(({ vehicle }: { vehicle: number }) => vehicle).sort()).toEqual([4, 5]);
  expect(visit.refusals).toEqual([{ vehicle: 6, reasons: ['working_hours'] }]);
  const core = JSON.parse(await explainFile(fileOf('h.json', uptower), once));
  expect(core.visits[1]).toMatchObject({ id: 1, places: [], refusals: [{ engineer: 0, reasons: ['skill'] }] });
  await expect(explainFile(fileOf('i.json', request), { ...once, visit: 99 })).rejects.toThrow('--visit');
});

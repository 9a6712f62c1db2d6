import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rosterFile } from './roster.ts';
import { solveFile, WrongInput } from './solve.ts';

const folder = mkdtempSync(join(tmpdir(), 'uptower-roster-'));
const fileOf = (name: string, content: unknown) => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};
const patient = 400_000; // CP-SAT is loaded, which takes a busy machine a while

const problem = {
  from: '2026-03-02',
  weeks: 1,
  shifts: [{ id: 'day', from: '08:00', to: '16:00' }],
  demand: [{ weekdays: [1, 2], from: '08:00', to: '16:00', minimum: 1 }],
  engineers: [{ id: 'ada', hoursPerWeek: { least: 0, most: 40 } }],
};

test('[LR1] a rota as JSON; wrong input is named by file and path', { timeout: patient }, async () => {
  const answer = JSON.parse(await rosterFile(fileOf('a.json', problem), { seed: 1, work: 1 }));
  expect(answer).toMatchObject({ status: 'optimal', uncovered: [], noOnCall: [] });
  expect(answer.rota.duties).toEqual([
    { engineer: 'ada', date: '2026-03-02', shift: 'day' },
    { engineer: 'ada', date: '2026-03-03', shift: 'day' },
  ]);
  const wrong = await rosterFile(fileOf('b.json', { ...problem, weeks: 0 }), { seed: 1 }).catch((error) => error);
  expect(wrong).toBeInstanceOf(WrongInput);
  expect(wrong.message).toContain('b.json: weeks: ');
});

const day = {
  locationCount: 2,
  travelSeconds: [0, 10, 10, 0],
  engineers: [{ skills: [], shifts: [{ startLocation: 0, endLocation: 0, from: 0, to: 1_000 }] }],
  visits: [{ location: 1, serviceSeconds: 5, priority: 0 }],
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

test('[LR2] solve --prove adds bound and gap, and refuses what it cannot prove by name', {
  timeout: patient,
}, async () => {
  const once = { seed: 1, threads: 1, iterations: 50, prove: 60 };
  const { summary, engine } = JSON.parse(await solveFile(fileOf('c.json', day), once));
  expect(summary.cost).toBe(20);
  expect(engine).toMatchObject({ bound: 20, gap: 0 });
  const frozen = { ...day.visits[0], frozen: { engineer: 0, shift: 0, startAt: 100 } };
  const refused = await solveFile(fileOf('d.json', { ...day, visits: [frozen] }), once).catch((error) => error);
  expect(refused).toBeInstanceOf(WrongInput);
  expect(refused.message).toContain('d.json: visits[0].frozen: ');
  const vroom = { vehicles: [{ id: 1, start_index: 0 }], jobs: [{ id: 1, location_index: 0 }], matrix: [[0]] };
  await expect(solveFile(fileOf('e.json', vroom), once)).rejects.toThrow('--prove: is for uptower files');
});

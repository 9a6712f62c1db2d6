import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { CpSat } from '../exact/solve-model.ts';
import { checkRota } from './check-rota.ts';
import { firstRota } from './first-rota.ts';
import { isoDate, readRoster } from './problem.ts';
import { proposeRota } from './propose-rota.ts';
import { rotaModel } from './rota-model.ts';
import { hasPresent, scoreRota } from './score-rota.ts';
import { anyRoster, anyRota } from './test-rosters.ts';

const cpSat = new CpSat();
afterAll(() => cpSat.close(), 120_000);
const limits = { seed: 1, work: 0.005 };
const patient = 400_000; // CP-SAT is loaded once, which takes a busy machine a while

const MONDAY = 20_514; // 2026-03-02
const day = { id: 'day', from: '08:00', to: '16:00' };
const always = { weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '16:00', minimum: 1 };
const one = { id: 'ada', hoursPerWeek: { least: 0, most: 40 } };
const week = { from: '2026-03-02', weeks: 1, shifts: [day], demand: [always], engineers: [one] };

test('[RO1] every proposal keeps every rule, and its cost is what the model said', { timeout: patient }, async () => {
  const property = fc.asyncProperty(anyRoster({ engineers: 4, weeks: 2 }), async (problem) => {
    const { model, rotaOf } = rotaModel(problem);
    const { values, cost, bound } = await cpSat.solve(model.data, limits);
    const rota = rotaOf(values!);
    expect(checkRota(problem, rota)).toEqual([]);
    const honest = scoreRota(problem, rota).cost.total;
    expect(honest).toBeLessThanOrEqual(cost!);
    expect(honest).toBeGreaterThanOrEqual(bound);
    if (cost === bound) expect(honest).toBe(cost);
  });
  await fc.assert(property, { numRuns: 15, seed: 20260301 });
});

test('[RO2] no rota that keeps the rules costs less than the bound', { timeout: patient }, async () => {
  const pairs = anyRoster({ engineers: 2, weeks: 1 }).chain((problem) =>
    fc.tuple(fc.constant(problem), fc.array(anyRota(problem), { minLength: 200, maxLength: 200 })),
  );
  let kept = 0;
  const property = fc.asyncProperty(pairs, async ([problem, rotas]) => {
    const { bound } = await cpSat.solve(rotaModel(problem).model.data, limits);
    for (const rota of rotas.filter((each) => checkRota(problem, each).length === 0)) {
      kept++;
      expect(scoreRota(problem, rota).cost.total).toBeGreaterThanOrEqual(bound);
    }
  });
  await fc.assert(property, { numRuns: 8, seed: 20260302 });
  expect(kept).toBeGreaterThan(20);
});

test('[RO3] one person, five days, and who misses what: leave, hours, and a shift nobody has', {
  timeout: patient,
}, async () => {
  const problem = readRoster({
    ...week,
    demand: [
      always,
      { ...always, weekdays: [1], from: '17:00', to: '18:00' },
      { ...always, weekdays: [2], skill: 'mri' },
    ],
    engineers: [{ ...one, leave: [{ from: '2026-03-04', to: '2026-03-04' }], hoursPerWeek: { least: 0, most: 24 } }],
  });
  const { status, rota, uncovered } = await proposeRota(cpSat, problem, limits);
  expect(status).toBe('optimal');
  expect(rota.duties).toHaveLength(3);
  const block = { from: '08:00', to: '16:00', minimum: 1, desired: 1, onDuty: 0 };
  expect(uncovered).toContainEqual({ ...block, date: '2026-03-04', demand: 0, why: { ada: 'leave' } });
  expect(uncovered).toContainEqual({ ...block, date: '2026-03-03', demand: 2, why: 'nobody' });
  expect(uncovered).toContainEqual({
    ...block,
    date: '2026-03-02',
    demand: 1,
    from: '17:00',
    to: '18:00',
    why: 'no-shift',
  });
  expect(uncovered.filter(({ why }) => typeof why === 'object' && why.ada === 'hours')).toHaveLength(1);
});

test('[RO4] on call goes round, knows who had it before, and asks nobody two weeks in a row', {
  timeout: patient,
}, async () => {
  const engineers = ['ada', 'bo', 'chen'].map((id) => ({
    ...one,
    id,
    onCall: true,
    onCallBefore: id === 'ada' ? 2 : 0,
  }));
  const problem = readRoster({ ...week, weeks: 4, demand: [], engineers, rules: { onCallWeekly: true } });
  const { rota, status, noOnCall } = await proposeRota(cpSat, problem, limits);
  expect({ status, noOnCall }).toEqual({ status: 'optimal', noOnCall: [] });
  expect(rota.onCall.map(({ engineer }) => engineer).sort()).toEqual(['bo', 'bo', 'chen', 'chen']);
  const alone = readRoster({
    ...week,
    weeks: 2,
    demand: [],
    engineers: engineers.slice(0, 1),
    rules: { onCallWeekly: true },
  });
  expect((await proposeRota(cpSat, alone, limits)).noOnCall).toHaveLength(1);
});

test('[RO5] a published rota is changed no more than it must be', { timeout: patient }, async () => {
  const engineers = ['ada', 'bo'].map((id) => ({ ...one, id }));
  const present = [0, 1, 2, 3, 4].map((d) => ({ engineer: 'bo', date: isoDate(MONDAY + d), shift: 'day' }));
  const free = await proposeRota(cpSat, readRoster({ ...week, engineers, present }), limits);
  expect(free.rota.duties).toEqual(present);
  const ill = [{ ...engineers[0]! }, { ...engineers[1]!, leave: [{ from: '2026-03-03', to: '2026-03-03' }] }];
  const mended = await proposeRota(cpSat, readRoster({ ...week, engineers: ill, present }), limits);
  expect(mended.rota.duties).toEqual(present.map((duty, d) => (d === 1 ? { ...duty, engineer: 'ada' } : duty)));
});

test('[RO6] the same seed and work, the same rota', { timeout: patient }, async () => {
  const engineers = ['ada', 'bo', 'chen'].map((id) => ({ ...one, id }));
  const problem = readRoster({ ...week, weeks: 2, engineers, demand: [{ ...always, minimum: 2 }] });
  const once = await proposeRota(cpSat, problem, { seed: 5, work: 0.01 });
  expect(await proposeRota(cpSat, problem, { seed: 5, work: 0.01 })).toEqual(once);
});

test('[RO9] the first rota keeps every rule too, and none that is proposed costs more', {
  timeout: patient,
}, async () => {
  const property = fc.asyncProperty(anyRoster({ engineers: 4, weeks: 3 }), async (problem) => {
    const [first, kept] = [firstRota(problem), firstRota(problem, true)];
    for (const rota of [first, kept]) expect(checkRota(problem, rota)).toEqual([]);
    const prices = [first, kept].map((rota) => scoreRota(problem, rota).cost.total);
    const costs: number[] = [];
    const proposal = await proposeRota(cpSat, problem, { ...limits, onProgress: ({ cost }) => costs.push(cost) });
    expect(costs[0]).toBe(Math.min(...(hasPresent(problem) ? prices : prices.slice(0, 1))));
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    expect(proposal.cost.total).toBe(costs.at(-1));
    expect(proposal.bound).toBeLessThanOrEqual(proposal.cost.total);
  });
  await fc.assert(property, { numRuns: 5, seed: 20260309 });
  const aborter = new AbortController();
  aborter.abort();
  const problem = readRoster(week);
  const stopped = await proposeRota(cpSat, problem, { seed: 1, signal: aborter.signal });
  expect(stopped.rota).toEqual(firstRota(problem));
});

test('[RO7] the checker finds each rule broken', () => {
  const night = { id: 'night', from: '22:00', to: '06:00' };
  const problem = readRoster({
    ...week,
    shifts: [day, night],
    engineers: [{ ...one, leave: [{ from: '2026-03-08', to: '2026-03-08' }] }],
    rules: { longestRunDays: 3 },
    present: [{ engineer: 'ada', date: '2026-03-01', shift: 'night' }],
  });
  const kinds = (...duties: [number, string][]) =>
    checkRota(problem, {
      duties: duties.map(([d, shift]) => ({ engineer: 'ada', date: isoDate(MONDAY + d), shift })),
      onCall: [],
    }).map(({ kind, by }) => `${kind} ${by}`);
  expect(kinds([1, 'day'], [3, 'day'])).toEqual([]);
  expect(kinds([0, 'day'])).toEqual(['rest 540']); // up at 06:00, on again at 08:00
  expect(kinds([4, 'night'])).toEqual([]);
  expect(kinds([5, 'night'])).toEqual(['leave 1']); // into the Sunday
  expect(kinds([5, 'day'], [6, 'day'])).toEqual(['leave 1']);
  expect(kinds([0, 'night'], [1, 'night'], [2, 'night'])).toEqual(['run 1']); // the Sunday before counts
  expect(kinds([1, 'day'], [1, 'night'])).toEqual(['twice 1', 'rest 300']);
  expect(kinds([2, 'day'], [3, 'nought'])).toEqual(['unknown 1']);
  expect(kinds([9, 'day'])).toEqual(['unknown 1']);
});

test('[RO8] input that contradicts itself is refused by path', () => {
  const refused = (change: object) => {
    try {
      readRoster({ ...week, ...change });
    } catch (error) {
      return (error as { problems: { path: string }[] }).problems.map(({ path }) => path);
    }
    return [];
  };
  expect(refused({})).toEqual([]);
  expect(refused({ weeks: 7 })).toEqual(['weeks']);
  expect(refused({ from: '2026-02-30' })).toEqual(['from']);
  expect(
    refused({
      demand: [
        { ...always, to: '08:00' },
        { ...always, desired: 0 },
      ],
    }),
  ).toEqual(['demand[0].to', 'demand[1].desired']);
  expect(refused({ engineers: [one, { ...one, avoids: [{ shift: 'x' }] }] })).toEqual([
    'engineers[1].id',
    'engineers[1].avoids[0].shift',
  ]);
  expect(refused({ present: [{ engineer: 'bo', date: '2026-03-02', shift: 'day' }] })).toEqual(['present[0].engineer']);
});

test('[RO10] a published rota is kept as far as the rules allow; what others could not stand in for is kept first', () => {
  const engineers = ['ada', 'bo'].map((id) => ({ ...one, id, hoursPerWeek: { least: 0, most: 40 } }));
  const late = { id: 'late', from: '14:00', to: '22:00' };
  const on = (engineer: string, d: number, shift: string) => ({ engineer, date: isoDate(MONDAY + d), shift });
  // Seven days of eight hours each; only ada is there in the evenings.
  const days = [0, 1, 2, 3, 4, 5, 6];
  const evening = [{ weekdays: [6, 7], from: '14:00', to: '22:00', minimum: 1 }];
  const problem = readRoster({
    ...week,
    weeks: 1,
    shifts: [day, late],
    engineers,
    demand: evening,
    present: [...days.map((d) => on('ada', d, 'late')), ...days.slice(0, 3).map((d) => on('bo', d, 'day'))],
  });
  const { duties } = firstRota(problem, true);
  const of = (name: string) => duties.filter(({ engineer }) => engineer === name).map(({ date }) => date);
  expect(of('bo')).toEqual(days.slice(0, 3).map((d) => isoDate(MONDAY + d)));
  expect(of('ada')).toHaveLength(5);
  expect(of('ada')).toEqual(expect.arrayContaining([isoDate(MONDAY + 5), isoDate(MONDAY + 6)]));
});

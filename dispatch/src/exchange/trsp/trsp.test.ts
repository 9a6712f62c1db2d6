import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { solveText } from '../solve-text.ts';
import { estimatedWays } from '../vroom/ways.ts';
import { checkTrsp, trspRoutesOf } from './check-trsp.ts';
import { TrspModel } from './model.ts';
import { readTrsp } from './read.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };
const solved = (text: string, iterations = 60) => solveText({ text, seed: 1, iterations }, around);

interface Row {
  readonly at: readonly [number, number];
  readonly open: number;
  readonly width: number;
  readonly service: number;
  readonly lists: readonly (readonly number[])[];
}

function fileOf(technicians: readonly Row[], requests: readonly Row[]): string {
  const depot: Row = { at: [5, 5], open: 0, width: 100, service: 0, lists: [[], [], []] };
  const rows = [depot, ...technicians, ...requests].map(({ at, open, width, service, lists }, id) => {
    const [skills, tools, parts] = lists.map((list) => `[${list.join(',')}]`);
    return `${id} ${at.join(' ')} ${open} ${open + width} ${service} ${skills} ${tools} ${parts}`;
  });
  const head = ['SMALL', '', 'INFO', 'CREW COUNT  SKILLS  TOOLS   SPARE PARTS', `${technicians.length} 2 2 2`, ''];
  return [...head, 'DEPOT TECHNICIANS AND REQUESTS', 'ID X Y TWS TWE Serv SKILLS TOOLS SPARE PARTS', ...rows].join(
    '\n',
  );
}

const upTo = (most: number) => fc.integer({ min: 0, max: most });
const some = fc.uniqueArray(upTo(1), { maxLength: 2 });
const at = fc.tuple(upTo(10), upTo(10));
const aTechnician: fc.Arbitrary<Row> = fc.record({
  at,
  open: fc.constant(0),
  width: fc.integer({ min: 40, max: 100 }),
  service: fc.constant(0),
  lists: fc.tuple(some, some, fc.tuple(upTo(2), upTo(2))),
});
const aRequest: fc.Arbitrary<Row> = fc.record({
  at,
  open: upTo(60),
  width: upTo(40),
  service: upTo(8),
  lists: fc.tuple(fc.uniqueArray(upTo(1), { maxLength: 1 }), some, fc.tuple(upTo(1), upTo(1))),
});
const aFile = fc
  .tuple(fc.array(aTechnician, { minLength: 1, maxLength: 3 }), fc.array(aRequest, { maxLength: 7 }))
  .map(([technicians, requests]) => fileOf(technicians, requests));

test('[T1] every plan keeps every rule and lasts as long as it says', async () => {
  await fc.assert(
    fc.asyncProperty(aFile, async (text) => {
      const { answer, solution } = await solved(text);
      const verdict = checkTrsp(text, trspRoutesOf(text, solution as string));
      expect(verdict.problems).toEqual([]);
      expect(verdict.served + answer.summary.unassigned).toBe(readTrsp(text).requests.length);
      expect(answer.summary.cost).toBeCloseTo(verdict.workingTime, 5);
    }),
    { numRuns: 100 },
  );
});

test('[T2] the place offered is the cheapest of all routes built in full', () => {
  fc.assert(
    fc.property(aFile, (text) => {
      const model = new TrspModel(readTrsp(text));
      for (let vehicle = 0; vehicle < model.vehicleCount; vehicle++) {
        let route = model.empty(vehicle);
        for (let task = 0; task < model.taskCount; task++) {
          let cheapest = Number.POSITIVE_INFINITY;
          for (let i = 0; i <= route.stops.length; i++) {
            const built = model.build(vehicle, route.stops.toSpliced(i, 0, task));
            cheapest = Math.min(cheapest, (built?.cost ?? Infinity) - route.cost);
          }
          const into = { added: 0, at: 0, secondAt: 0 };
          const found = model.bestInsertion(route, task, into);
          expect(found).toBe(cheapest < Infinity);
          if (!found) continue;
          expect(into.added).toBeCloseTo(cheapest, 6);
          route = model.build(vehicle, route.stops.toSpliced(into.at, 0, task)) ?? route;
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('[T3] the depot is passed for a tool the technician lacks, and left out when there is no need', async () => {
  const technician: Row = { at: [0, 0], open: 0, width: 100, service: 0, lists: [[0], [], [1, 0]] };
  const request = (lists: Row['lists']): Row => ({ at: [10, 10], open: 0, width: 90, service: 1, lists });
  const needs = async (lists: Row['lists']) => {
    const text = fileOf([technician], [request(lists)]);
    return trspRoutesOf(text, (await solved(text)).solution as string);
  };
  expect(await needs([[0], [1], [0, 0]])).toEqual([[1, 0, 2]]);
  expect(await needs([[0], [], [1, 0]])).toEqual([[1, 2]]);
  expect(await needs([[0], [], [0, 1]])).toEqual([[1, 0, 2]]);
  expect(await needs([[1], [], [0, 0]])).toEqual([]);
});

const small = fileOf([{ at: [0, 0], open: 0, width: 9, service: 0, lists: [[0], [], [1, 0]] }], []);
test.each([
  ['line 5: CREW COUNT', small.replace('1 2 2 2', 'NaN 2 2 2')],
  ['line 5: SKILLS', small.replace('1 2 2 2', '1 1e99 2 2')],
  ['line 9', small.replace('0 5 5 0 100 0 [] [] []', '0 5 5')],
  ['line 9: X', small.replace('0 5 5 0 100', '0 Infinity 5 0 100')],
  ['line 10: SKILLS', small.replace('[0] [] [1,0]', '[7] [] [1,0]')],
  ['line 10: SPARE PARTS', small.replace('[0] [] [1,0]', '[0] [] [1]')],
  ['line 10: TWE', small.replace('1 0 0 0 9', '1 0 0 0 -9')],
  ['line 10: ID', small.replace('1 0 0 0 9', '4 0 0 0 9')],
  ['line 9', small.split('\n').slice(0, 9).join('\n')],
])('[T4] refuses what is wrong at %s', async (path, text) => {
  const refused = await solved(text).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).problems.map((problem) => problem.path)).toContain(path);
});

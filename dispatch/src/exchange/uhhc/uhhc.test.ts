import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { solveText } from '../solve-text.ts';
import { aHomeCareDay } from '../testing/some-uhhc.ts';
import { estimatedWays } from '../vroom/ways.ts';
import { checkHomeCare } from './check-uhhc.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };
const solved = (json: unknown, iterations = 400) =>
  solveText({ text: JSON.stringify(json), seed: 3, iterations }, around);

test('[H1] every plan keeps every rule, and costs what the file says', async () => {
  await fc.assert(
    fc.asyncProperty(aHomeCareDay, async (day) => {
      const { answer, solution } = await solved(day);
      const file = JSON.parse(solution as string);
      const { problems, components } = checkHomeCare(day, file);
      // Three caregivers, at most one of them incompatible: everybody who must be served is.
      expect(problems).toEqual([]);
      expect(file.cost_components).toEqual(components);
      expect(file.cost).toEqual({
        objective: Object.values(components).reduce((sum, cost) => sum + cost, 0),
        violations: 0,
      });
      expect(answer.summary.cost).toBe(file.cost.objective);
    }),
    { numRuns: 100 },
  );
});

test('[H2] more search never costs more, and the same seed gives the same plan', async () => {
  const [day] = fc.sample(aHomeCareDay, { seed: 7, numRuns: 1 }) as [unknown];
  const first = await solved(day, 0);
  const more = await solved(day, 5_000);
  expect(more.answer.summary.cost).toBeLessThanOrEqual(first.answer.summary.cost);
  expect((await solved(day, 5_000)).solution).toBe(more.solution);
});

const [plain] = fc.sample(aHomeCareDay, { seed: 1, numRuns: 1 }) as unknown as [Record<string, unknown>];
const patient = {
  id: 'p0',
  distance_matrix_index: 1,
  required_services: [{ service: 's0' }],
  time_windows: [{ start: 0, end: 9 }],
};
test.each([
  ['patients[0].distance_matrix_index', { patients: [{ ...patient, distance_matrix_index: 99 }] }],
  ['patients[0].required_services[0].service', { patients: [{ ...patient, required_services: [{ service: 'x' }] }] }],
  ['patients[0].time_windows[0].start', { patients: [{ ...patient, time_windows: [{ start: 1e300, end: 2 }] }] }],
  ['patients[0].time_windows[0]', { patients: [{ ...patient, time_windows: [{ start: 5, end: 2 }] }] }],
  ['patients', { patients: [patient, patient] }],
  ['patients', { patients: new Array(1_000_000).fill(0) }],
  ['metadata.time_window_met', { metadata: { time_window_met: 'sometimes' } }],
  ['distances[1]', { distances: [[0, 1], [1]] }],
  ['caregivers', { caregivers: [] }],
  [
    'lunch_breaks',
    { lunch_breaks: undefined, caregivers: [{ ...(plain.caregivers as object[])[0], lunch_break: true }] },
  ],
])('[H3] refuses %s by its path', async (path, change) => {
  const refused = await solved({ ...plain, patients: [patient], ...change }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect((refused as InputError).problems.map((problem) => problem.path)).toContain(path);
});

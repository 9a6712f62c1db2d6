import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { solveText } from '../solve-text.ts';
import { checkHomeCare } from '../testing/check-uhhc.ts';
import { estimatedWays } from '../vroom/ways.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };
const solved = (json: unknown, iterations = 400) =>
  solveText({ text: JSON.stringify(json), seed: 3, iterations }, around);

const upTo = (most: number) => fc.integer({ min: 0, max: most });
const PLACES = 5;
const CAREGIVERS = ['c1', 'c2', 'c3'];
const SERVICES = ['s0', 's1'];

const aWindow = fc
  .tuple(upTo(300), fc.integer({ min: 10, max: 120 }))
  .map(([start, lasts]) => ({ start, end: start + lasts }));
const aPatient = fc.record({
  distance_matrix_index: upTo(PLACES - 1),
  durations: fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 1, maxLength: 2 }),
  time_windows: fc.oneof(
    fc.tuple(aWindow),
    aWindow.map((first) => [first, { start: first.end + 60, end: first.end + 90 }]),
  ),
  optional: fc.boolean(),
  preferred_caregivers: fc.option(fc.subarray(CAREGIVERS, { minLength: 1 }), { nil: undefined }),
  incompatible_caregivers: fc.option(fc.subarray(CAREGIVERS, { maxLength: 1 }), { nil: undefined }),
  type: fc.constantFrom('independent', 'simultaneous', 'sequential'),
  distance: fc.tuple(upTo(30), upTo(40)).map(([min, more]) => ({ min, max: min + more })),
});

const aDay = fc
  .record({
    weights: fc.array(upTo(90), { minLength: 9, maxLength: 9 }),
    met: fc.constantFrom('at_service_start', 'at_service_end'),
    ways: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: PLACES ** 2, maxLength: PLACES ** 2 }),
    lunch: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    patients: fc.array(aPatient, { maxLength: 8 }),
  })
  .map(({ weights, met, ways, lunch, patients }) => {
    const [a, b, c, d, e, f, g, h, i] = weights;
    return {
      metadata: {
        time_window_met: met,
        cost_components: {
          travel_time: a,
          total_tardiness: b,
          highest_tardiness: c,
          total_waiting_time: d,
          total_extra_time: e,
          max_idle_time: f,
          caregiver_preferences: g,
          optional_patients: h,
          missed_lunch_break: i,
        },
      },
      distances: Array.from({ length: PLACES }, (_, x) =>
        Array.from({ length: PLACES }, (_, y) => (x === y ? 0 : (ways[x * PLACES + y] as number))),
      ),
      terminal_points: [{ id: 'd0', distance_matrix_index: 0 }],
      caregivers: CAREGIVERS.map((id, k) => ({
        id,
        abilities: SERVICES,
        departing_point: 'd0',
        arrival_point: 'd0',
        working_shift: { start: 20 * k, end: 300 + 20 * k },
        lunch_break: lunch[k],
      })),
      patients: patients.map(({ durations, type, distance, ...rest }, p) => ({
        id: `p${p}`,
        ...rest,
        required_services: durations.map((duration, s) => ({ service: SERVICES[s], duration })),
        ...(durations.length === 2 && { synchronization: { type, ...(type === 'sequential' && { distance }) } }),
      })),
      services: SERVICES.map((id) => ({ id, type: 't0', default_duration: 15 })),
      lunch_breaks: { start: 120, end: 240, min_duration: 30 },
    };
  });

test('[H1] every plan keeps every rule, and costs what the file says', async () => {
  await fc.assert(
    fc.asyncProperty(aDay, async (day) => {
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
  const [day] = fc.sample(aDay, { seed: 7, numRuns: 1 }) as [unknown];
  const first = await solved(day, 0);
  const more = await solved(day, 5_000);
  expect(more.answer.summary.cost).toBeLessThanOrEqual(first.answer.summary.cost);
  expect((await solved(day, 5_000)).solution).toBe(more.solution);
});

const [plain] = fc.sample(aDay, { seed: 1, numRuns: 1 }) as unknown as [Record<string, unknown>];
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

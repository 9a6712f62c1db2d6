import fc from 'fast-check';

/** Random days of home care, in the authors' JSON: every rule of the format, few patients. */
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

export const aHomeCareDay = fc
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

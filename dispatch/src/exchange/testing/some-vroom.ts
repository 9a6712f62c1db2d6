import fc from 'fast-check';

/** Requests that use every part of VROOM's API, small and tight, so that rules are met at their edges. */
const upTo = (most: number) => fc.integer({ min: 0, max: most });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const PLACES = 6;
const HORIZON = 400;

const aWindow = (longest: number) =>
  fc.tuple(upTo(HORIZON - longest), upTo(longest)).map(([from, length]) => [from, from + length]);
const windows = fc.oneof(
  aWindow(150).map((window) => [window]),
  fc.tuple(upTo(80), upTo(60), upTo(80), upTo(100)).map(([from, length, gap, last]) => {
    const next = from + length + gap + 1;
    return [[from, from + length], [next, next + last]]; // biome-ignore format: two windows, apart
  }),
);
const task = {
  location_index: upTo(PLACES - 1),
  setup: optional(upTo(8)),
  service: optional(upTo(15)),
  setup_per_type: optional(fc.record({ van: upTo(9) })),
  service_per_type: optional(fc.record({ van: upTo(20) })),
  time_windows: optional(windows),
};
const pair = (most: number) => fc.tuple(upTo(most), upTo(most)).map((amounts): number[] => amounts);
const skills = fc.uniqueArray(upTo(2), { maxLength: 2 });

const aVehicle = fc.record({
  profile: fc.constantFrom('car', 'bike'),
  type: optional(fc.constantFrom('van', 'bus')),
  start_index: optional(upTo(PLACES - 1)),
  end_index: upTo(PLACES - 1),
  capacity: fc.tuple(upTo(8), upTo(8)).map(([a, b]): number[] => [a + 2, b + 2]),
  skills: fc.uniqueArray(upTo(2), { maxLength: 3 }),
  time_window: optional(fc.tuple(upTo(50), fc.integer({ min: 100, max: HORIZON })).map(([from, to]) => [from, to])),
  speed_factor: optional(fc.constantFrom(0.5, 1, 1.25, 2)),
  max_tasks: optional(fc.integer({ min: 1, max: 5 })),
  max_travel_time: optional(fc.integer({ min: 50, max: 200 })),
  max_distance: optional(fc.integer({ min: 500, max: 3_000 })),
  costs: optional(fc.record({ fixed: upTo(50), per_hour: upTo(4_000), per_task_hour: upTo(4_000), per_km: upTo(900) })),
  breaks: fc.array(fc.record({ service: upTo(20), time_windows: optional(windows), max_load: optional(pair(6)) }), {
    maxLength: 2,
  }),
});

const matrix = (most: number) =>
  fc
    .array(fc.array(upTo(most), { minLength: PLACES, maxLength: PLACES }), { minLength: PLACES, maxLength: PLACES })
    .map((rows) => rows.map((row, i) => row.map((way, j) => (i === j ? 0 : way + 1))));
const tables = fc.record({ durations: matrix(60), distances: matrix(900) });

export const someVroom = fc
  .record({
    vehicles: fc.array(aVehicle, { minLength: 1, maxLength: 3 }),
    jobs: fc.array(
      fc.record({
        ...task,
        delivery: optional(pair(3)),
        pickup: optional(pair(3)),
        skills,
        priority: optional(upTo(100)),
      }),
      { maxLength: 6 },
    ),
    shipments: fc.array(
      fc.record({ pickup: fc.record(task), delivery: fc.record(task), amount: optional(pair(4)), skills }),
      { maxLength: 3 },
    ),
    matrices: fc.record({ car: tables, bike: tables }),
  })
  .map(({ vehicles, jobs, shipments, matrices }) => ({
    vehicles: vehicles.map((vehicle, v) => ({
      id: 10 + v,
      ...vehicle,
      breaks: vehicle.breaks.map((rest, b) => ({ id: b, ...rest })),
    })),
    jobs: jobs.map((job, j) => ({ id: 100 + j, ...job })),
    shipments: shipments.map((shipment, s) => ({
      ...shipment,
      pickup: { id: s, ...shipment.pickup },
      delivery: { id: s, ...shipment.delivery },
    })),
    matrices,
  }))
  // As it would come over the wire: keys without a value are not there.
  .map((request): Record<string, unknown> => JSON.parse(JSON.stringify(request)));

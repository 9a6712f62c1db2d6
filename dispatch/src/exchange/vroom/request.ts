import { z } from 'zod';
import { InputError, type InputProblem } from '../input-error.ts';

/**
 * A request of VROOM's API (version 1.15), parsed: https://github.com/VROOM-Project/vroom/blob/master/docs/API.md.
 * Keys the API does not have are kept apart in `ignored` and told in the answer.
 */
const LARGEST = 2 ** 32 - 1;
const whole = z.number().int().min(0).max(LARGEST);
const Id = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const TimeWindow = z
  .tuple([whole, whole])
  .refine(([from, to]) => from <= to, 'must be [start, end] with start not after end');
const TimeWindows = z
  .array(TimeWindow)
  .min(1)
  .transform((windows) => [...windows].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
  .refine((windows) => windows.every((w, k) => k === 0 || w[0] > windows[k - 1]![1]), 'must not overlap');
const Coordinates = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const Amount = z.array(whole).max(32);
const Skills = z.array(whole).max(10_000);
const Priority = z.number().int().min(0).max(100);
const PerType = z.record(z.string(), whole);
const Text = z.string().max(100_000);

const taskKeys = {
  id: Id,
  description: Text.optional(),
  location: Coordinates.optional(),
  location_index: whole.optional(),
  setup: whole.default(0),
  service: whole.default(0),
  setup_per_type: PerType.default({}),
  service_per_type: PerType.default({}),
  time_windows: TimeWindows.optional(),
};
const ShipmentStep = z.looseObject(taskKeys);
const Job = z.looseObject({
  ...taskKeys,
  amount: Amount.optional(),
  delivery: Amount.optional(),
  pickup: Amount.optional(),
  skills: Skills.default([]),
  priority: Priority.default(0),
});
const Shipment = z.looseObject({
  pickup: ShipmentStep,
  delivery: ShipmentStep,
  amount: Amount.optional(),
  skills: Skills.default([]),
  priority: Priority.default(0),
});
const Break = z.looseObject({
  id: Id,
  time_windows: TimeWindows.optional(),
  service: whole.default(0),
  description: Text.optional(),
  max_load: Amount.optional(),
});
const VehicleStep = z.looseObject({
  type: z.enum(['start', 'job', 'pickup', 'delivery', 'break', 'end']),
  id: Id.optional(),
  service_at: whole.optional(),
  service_after: whole.optional(),
  service_before: whole.optional(),
});
const Costs = z.looseObject({
  fixed: whole.default(0),
  per_hour: whole.default(3600),
  per_task_hour: whole.default(0),
  per_km: whole.default(0),
});
const Vehicle = z.looseObject({
  id: Id,
  profile: z.string().min(1).default('car'),
  description: Text.optional(),
  start: Coordinates.optional(),
  start_index: whole.optional(),
  end: Coordinates.optional(),
  end_index: whole.optional(),
  capacity: Amount.optional(),
  costs: Costs.optional(),
  skills: Skills.default([]),
  type: z.string().default(''),
  time_window: TimeWindow.optional(),
  breaks: z.array(Break).max(20).default([]),
  speed_factor: z.number().positive().max(5).default(1),
  max_tasks: whole.optional(),
  max_travel_time: whole.optional(),
  max_distance: whole.optional(),
  steps: z.array(VehicleStep).optional(),
});
const Matrix = z.custom<readonly (readonly number[])[]>((value) => Array.isArray(value), 'must be an array of arrays');
const Tables = z.looseObject({
  durations: Matrix.optional(),
  distances: Matrix.optional(),
  costs: Matrix.optional(),
});
const Options = z.looseObject({
  g: z.boolean().optional(),
  c: z.boolean().optional(),
  t: z.number().int().min(1).max(1024).optional(),
  x: z.number().int().min(0).max(5).optional(),
  l: z.number().positive().max(86_400).optional(),
});
const Request = z.looseObject({
  jobs: z.array(Job).default([]),
  shipments: z.array(Shipment).default([]),
  vehicles: z.array(Vehicle).min(1),
  matrix: Matrix.optional(),
  matrices: z.record(z.string(), Tables).optional(),
  options: Options.default({}),
});

export type VroomTask = z.infer<typeof ShipmentStep>;
export type VroomVehicle = z.infer<typeof Vehicle>;
export type VroomRequest = z.infer<typeof Request> & {
  /** Paths of keys that the API does not have. */
  readonly ignored: readonly string[];
};

export interface VroomLimits {
  /** Jobs, plus two for each shipment. */
  readonly locations: number;
  readonly vehicles: number;
}

/** Too much for this server: VROOM's HTTP wrapper answers 413 to it. */
export class TooLargeError extends InputError {}

export const defaultLimits: VroomLimits = { locations: 10_000, vehicles: 2_000 };

/** Throws an `InputError` that names every field it refuses, or a `TooLargeError` before anything is looked at closely. */
export function parseVroom(json: unknown, limits: VroomLimits = defaultLimits): VroomRequest {
  refuseTooLarge(json, limits);
  const parsed = Request.safeParse(json);
  if (!parsed.success)
    throw new InputError(parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })));
  const request = parsed.data;
  const problems = [...idProblems(request), ...amountProblems(request), ...matrixProblems(request)];
  if (problems.length > 0) throw new InputError(problems);
  return { ...request, ignored: ignoredKeys(request) };
}

function refuseTooLarge(json: unknown, limits: VroomLimits): void {
  const { jobs, shipments, vehicles } = (json ?? {}) as Record<string, unknown>;
  const length = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  const refuse = (path: string, what: string, found: number, most: number): never => {
    throw new TooLargeError([{ path, message: `too many ${what} (${found}) in query, maximum is set to ${most}` }]);
  };
  const locations = length(jobs) + 2 * length(shipments);
  if (locations > limits.locations) refuse('jobs', 'locations', locations, limits.locations);
  if (length(vehicles) > limits.vehicles) refuse('vehicles', 'vehicles', length(vehicles), limits.vehicles);
}

export function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`),
    '',
  );
}

function idProblems({ jobs, shipments, vehicles }: z.infer<typeof Request>): InputProblem[] {
  const problems: InputProblem[] = [];
  const unique = (path: (k: number) => string, ids: readonly number[]) => {
    const seen = new Set<number>();
    ids.forEach((id, k) => {
      if (seen.has(id)) problems.push({ path: path(k), message: `${id} is there twice` });
      seen.add(id);
    });
  };
  unique(
    (k) => `jobs[${k}].id`,
    jobs.map(({ id }) => id),
  );
  unique(
    (k) => `shipments[${k}].pickup.id`,
    shipments.map(({ pickup }) => pickup.id),
  );
  unique(
    (k) => `shipments[${k}].delivery.id`,
    shipments.map(({ delivery }) => delivery.id),
  );
  unique(
    (k) => `vehicles[${k}].id`,
    vehicles.map(({ id }) => id),
  );
  vehicles.forEach(({ breaks }, v) => {
    unique(
      (k) => `vehicles[${v}].breaks[${k}].id`,
      breaks.map(({ id }) => id),
    );
  });
  return problems;
}

/** All amounts must have one length: that of the first one given. */
function amountProblems({ jobs, shipments, vehicles }: z.infer<typeof Request>): InputProblem[] {
  const all: [string, readonly number[] | undefined][] = [
    ...vehicles.map((v, k): [string, readonly number[] | undefined] => [`vehicles[${k}].capacity`, v.capacity]),
    ...jobs.flatMap((job, k): [string, readonly number[] | undefined][] => [
      [`jobs[${k}].amount`, job.amount],
      [`jobs[${k}].delivery`, job.delivery],
      [`jobs[${k}].pickup`, job.pickup],
    ]),
    ...shipments.map((s, k): [string, readonly number[] | undefined] => [`shipments[${k}].amount`, s.amount]),
    ...vehicles.flatMap((vehicle, v) =>
      vehicle.breaks.map((b, k): [string, readonly number[] | undefined] => [
        `vehicles[${v}].breaks[${k}].max_load`,
        b.max_load,
      ]),
    ),
  ];
  const size = all.find(([, amount]) => amount !== undefined)?.[1]?.length ?? 0;
  return all.flatMap(([path, amount]) =>
    amount === undefined || amount.length === size
      ? []
      : [{ path, message: `has ${amount.length} numbers, the amounts before it have ${size}` }],
  );
}

function matrixProblems(request: z.infer<typeof Request>): InputProblem[] {
  const problems: InputProblem[] = [];
  const given: [string, readonly (readonly number[])[] | undefined][] = [['matrix', request.matrix]];
  for (const [profile, tables] of Object.entries(request.matrices ?? {})) {
    for (const name of ['durations', 'distances', 'costs'] as const)
      given.push([`matrices.${profile}.${name}`, tables[name]]);
  }
  const size = given.find(([, matrix]) => matrix !== undefined)?.[1]?.length ?? 0;
  for (const [path, matrix] of given) {
    if (matrix === undefined) continue;
    if (matrix.length === 0) problems.push({ path, message: 'must not be empty' });
    if (matrix.length !== size)
      problems.push({ path, message: `has ${matrix.length} rows, the matrix before it ${size}` });
    const wrong = wrongEntry(matrix);
    if (wrong !== null) problems.push({ path: `${path}${wrong.at}`, message: wrong.message });
  }
  return problems;
}

function wrongEntry(matrix: readonly (readonly number[])[]): { at: string; message: string } | null {
  for (let i = 0; i < matrix.length; i++) {
    const row = matrix[i] as readonly number[];
    if (!Array.isArray(row) || row.length !== matrix.length)
      return { at: `[${i}]`, message: `must be a row of ${matrix.length} numbers` };
    for (let j = 0; j < row.length; j++) {
      const value = row[j] as number;
      if (!(Number.isInteger(value) && value >= 0 && value <= LARGEST_WAY))
        return { at: `[${i}][${j}]`, message: `must be a whole number from 0 to ${LARGEST_WAY}, is ${value}` };
    }
  }
  return null;
}

/** 4 × 10^8: twelve years of driving or ten times round the earth; sums of a thousand stay exact in the solver's units. */
const LARGEST_WAY = 4e8;

function ignoredKeys(request: z.infer<typeof Request>): string[] {
  const found: string[] = [];
  const look = (path: string, value: object, schema: { shape: object }) => {
    for (const key of Object.keys(value)) if (!(key in schema.shape)) found.push(`${path}${key}`);
  };
  look('', request, Request);
  look('options.', request.options, Options);
  request.jobs.forEach((job, k) => {
    look(`jobs[${k}].`, job, Job);
  });
  request.shipments.forEach((shipment, k) => {
    look(`shipments[${k}].`, shipment, Shipment);
    look(`shipments[${k}].pickup.`, shipment.pickup, ShipmentStep);
    look(`shipments[${k}].delivery.`, shipment.delivery, ShipmentStep);
  });
  request.vehicles.forEach((vehicle, k) => {
    look(`vehicles[${k}].`, vehicle, Vehicle);
    if (vehicle.costs !== undefined) look(`vehicles[${k}].costs.`, vehicle.costs, Costs);
    vehicle.breaks.forEach((b, j) => {
      look(`vehicles[${k}].breaks[${j}].`, b, Break);
    });
    vehicle.steps?.forEach((step, j) => {
      look(`vehicles[${k}].steps[${j}].`, step, VehicleStep);
    });
  });
  return found;
}

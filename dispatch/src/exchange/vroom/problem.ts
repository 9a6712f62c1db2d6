import { InputError, type InputProblem } from '../input-error.ts';
import type { VroomRequest, VroomTask, VroomVehicle } from './request.ts';
import type { WayTables } from './ways.ts';

/** A whole number of units is a whole number of user costs a second, an hour, a kilometre or a vehicle: sums stay exact. */
export const UNITS_PER_COST = 18_000;

/** A closed interval. */
export type Window = readonly [from: number, to: number];

/** A request as numbers. Vehicles, tasks and stops are numbered in the order of the request: jobs, then shipments. */
export interface VroomProblem {
  readonly request: VroomRequest;
  /** How many kinds of amounts there are. */
  readonly dimensions: number;
  readonly stops: readonly ProblemStop[];
  readonly tasks: readonly ProblemTask[];
  readonly vehicles: readonly ProblemVehicle[];
  /** Whether the answer names distances. */
  readonly withDistances: boolean;
}

export interface ProblemStop {
  readonly task: number;
  readonly kind: 'job' | 'pickup' | 'delivery';
  readonly source: VroomTask;
  readonly location: number;
  /** Empty: at any time. */
  readonly windows: readonly Window[];
}

export interface ProblemTask {
  /** One stop, or pickup and delivery. */
  readonly stops: readonly number[];
  readonly skills: readonly number[];
  readonly priority: number;
  /** Of a job: on board from the start of the route, or to its end. Of a shipment: from pickup to delivery. */
  readonly delivery: readonly number[];
  readonly pickup: readonly number[];
  readonly carried: readonly number[];
}

export interface ProblemBreak {
  readonly index: number;
  readonly service: number;
  readonly windows: readonly Window[];
  readonly maxLoad: readonly number[] | null;
}

export interface ProblemVehicle {
  readonly source: VroomVehicle;
  /** -1: begins (ends) at its first (last) stop. */
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly capacity: readonly number[];
  readonly skills: ReadonlySet<number>;
  /** In order of their windows. */
  readonly breaks: readonly ProblemBreak[];
  readonly ways: VehicleWays;
  /** Units for each second of setup and service. */
  readonly perTaskSecond: number;
  readonly fixed: number;
  readonly maxTasks: number;
  readonly maxTravel: number;
  readonly maxDistance: number;
  /** By stop, seconds, for this type of vehicle. */
  readonly service: Float64Array;
  readonly setup: Float64Array;
  /** The same number for vehicles alike in everything. */
  readonly kind: number;
}

/** What it takes one vehicle from place to place; shared by vehicles that drive alike. Row-major. */
export interface VehicleWays {
  readonly count: number;
  readonly seconds: Float64Array;
  readonly metres: Float64Array | null;
  readonly units: Float64Array;
}

/** Later than anything, and small enough to add to. */
export const LATEST = 2 ** 42;

/** Throws an `InputError` where things do not go together. `tables` by profile, as `waysFor` (ways.ts) gives them. */
export function buildProblem(
  request: VroomRequest,
  places: PlaceNumbers,
  tables: ReadonlyMap<string, WayTables>,
): VroomProblem {
  const { jobs, shipments, vehicles } = request;
  const amounts = [
    ...vehicles.map(({ capacity }) => capacity),
    ...jobs.flatMap(({ amount, delivery, pickup }) => [amount, delivery, pickup]),
    ...shipments.map(({ amount }) => amount),
  ];
  const dimensions = amounts.find((amount) => amount !== undefined)?.length ?? 0;
  const none = new Array<number>(dimensions).fill(0);
  const stops: ProblemStop[] = [];
  const tasks: ProblemTask[] = [];
  const stopOf = (kind: ProblemStop['kind'], source: VroomTask, path: string): number =>
    stops.push({
      task: tasks.length,
      kind,
      source,
      location: places.of(path),
      windows: source.time_windows ?? [],
    }) - 1;
  jobs.forEach((job, k) => {
    const { skills, priority, amount, delivery, pickup } = job;
    const old = delivery === undefined && pickup === undefined ? amount : undefined; // the deprecated name of a delivery
    const carried = { delivery: delivery ?? old ?? none, pickup: pickup ?? none, carried: none };
    tasks.push({ stops: [stopOf('job', job, `jobs[${k}]`)], skills, priority, ...carried });
  });
  shipments.forEach(({ pickup, delivery, amount, skills, priority }, k) => {
    const both = [
      stopOf('pickup', pickup, `shipments[${k}].pickup`),
      stopOf('delivery', delivery, `shipments[${k}].delivery`),
    ];
    tasks.push({ stops: both, skills, priority, delivery: none, pickup: none, carried: amount ?? none });
  });
  const problems: InputProblem[] = [];
  const ways = new WaysOfVehicles(tables, problems);
  const kinds = new Map<string, number>();
  const numbered = vehicles.map((vehicle, v): ProblemVehicle => {
    const { breaks, costs, capacity, time_window, type } = vehicle;
    // Vehicles that differ in name only are of one kind; one with a start of its own is a kind of its own.
    const { id, description, steps, ...rest } = vehicle;
    const key = JSON.stringify(rest);
    const kind = kinds.get(key) ?? kinds.size;
    kinds.set(key, kind);
    const of = (name: 'service' | 'setup') =>
      Float64Array.from(stops, ({ source }) => source[`${name}_per_type`][type] ?? source[name]);
    return {
      source: vehicle,
      start: vehicle.start === undefined && vehicle.start_index === undefined ? -1 : places.of(`vehicles[${v}].start`),
      end: vehicle.end === undefined && vehicle.end_index === undefined ? -1 : places.of(`vehicles[${v}].end`),
      from: time_window?.[0] ?? 0,
      to: time_window?.[1] ?? LATEST,
      capacity: capacity ?? none,
      skills: new Set(vehicle.skills),
      breaks: breaks
        .map((b, index) => ({ index, service: b.service, windows: b.time_windows ?? [], maxLoad: b.max_load ?? null }))
        .sort((a, b) => firstWindow(a) - firstWindow(b) || lastWindow(a) - lastWindow(b)),
      ways: ways.of(vehicle, v),
      perTaskSecond: ((costs?.per_task_hour ?? 0) * UNITS_PER_COST) / 3600,
      fixed: (costs?.fixed ?? 0) * UNITS_PER_COST,
      maxTasks: vehicle.max_tasks ?? Number.POSITIVE_INFINITY,
      maxTravel: vehicle.max_travel_time ?? Number.POSITIVE_INFINITY,
      maxDistance: vehicle.max_distance ?? Number.POSITIVE_INFINITY,
      service: of('service'),
      setup: of('setup'),
      kind,
    };
  });
  if (problems.length > 0) throw new InputError(problems);
  const allTables = [...tables.values()];
  const withDistances =
    allTables.every(({ metres }) => metres !== null) && (request.options.g === true || allTables.some((t) => t.given));
  return { request, dimensions, stops, tasks, vehicles: numbered, withDistances };
}

const firstWindow = ({ windows }: ProblemBreak): number => windows[0]?.[0] ?? 0;
const lastWindow = ({ windows }: ProblemBreak): number => windows[0]?.[1] ?? LATEST;

/** Number of a place by the path of what is there (`jobs[0]`, `vehicles[2].start`). */
export interface PlaceNumbers {
  of(path: string): number;
}

class WaysOfVehicles {
  private readonly made = new Map<string, VehicleWays>();
  private readonly tables: ReadonlyMap<string, WayTables>;
  private readonly problems: InputProblem[];
  constructor(tables: ReadonlyMap<string, WayTables>, problems: InputProblem[]) {
    this.tables = tables;
    this.problems = problems;
  }

  of(vehicle: VroomVehicle, index: number): VehicleWays {
    const { profile, speed_factor: speed, costs, max_distance } = vehicle;
    const table = this.tables.get(profile) as WayTables;
    const { per_hour: perHour = 3600, per_km: perKm = 0 } = costs ?? {};
    const path = `vehicles[${index}]`;
    if (table.costs !== null && perHour !== 3600)
      this.problems.push({ path: `${path}.costs.per_hour`, message: `cannot go with matrices.${profile}.costs` });
    if (table.metres === null && (perKm > 0 || max_distance !== undefined))
      this.problems.push({
        path: `${path}.${perKm > 0 ? 'costs.per_km' : 'max_distance'}`,
        message: `needs matrices.${profile}.distances`,
      });
    const key = JSON.stringify([profile, speed, perHour, perKm]);
    const known = this.made.get(key);
    if (known !== undefined) return known;
    // Two digits of the factor count; travel times are whole seconds.
    const factor = Math.max(0.01, Math.round(speed * 100) / 100);
    const seconds = factor === 1 ? table.seconds : table.seconds.map((value) => Math.round(value / factor));
    const { metres, costs: given } = table;
    const units = seconds.map((value, k) => {
      const driven = given === null ? (value * perHour * UNITS_PER_COST) / 3600 : (given[k] as number) * UNITS_PER_COST;
      return driven + (metres === null ? 0 : ((metres[k] as number) * perKm * UNITS_PER_COST) / 1000);
    });
    const ways: VehicleWays = { count: table.count, seconds, metres, units };
    this.made.set(key, ways);
    return ways;
  }
}

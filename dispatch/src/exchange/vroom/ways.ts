import { distanceMetres } from '@uptower/domain';
import { ROAD_FACTOR, tripSeconds } from '../../travel.ts';
import { InputError, type InputProblem } from '../input-error.ts';
import type { PlaceNumbers } from './problem.ts';
import type { VroomRequest } from './request.ts';

/** Travel between all places of a request for one profile. Row-major, whole seconds and metres. */
export interface WayTables {
  readonly count: number;
  readonly seconds: Float64Array;
  readonly metres: Float64Array | null;
  /** User costs that stand in for the seconds. */
  readonly costs: Float64Array | null;
  /** Whether the distances were part of the request. */
  readonly given: boolean;
}

export type LonLat = readonly [lon: number, lat: number];

/** Asks somebody who knows the roads. */
export type AskWays = (
  profile: string,
  places: readonly LonLat[],
) => Promise<{ seconds: Float64Array; metres: Float64Array }>;

/** The way from place to place could not be found: VROOM's code 3. */
export class RoutingError extends Error {}

/**
 * Numbers of places, and travel between them: from the matrices of the request when it has any, else asked for by the
 * coordinates. Throws an `InputError` that names the field that is missing.
 */
export async function waysFor(
  request: VroomRequest,
  ask: AskWays,
): Promise<{ places: PlaceNumbers; tables: ReadonlyMap<string, WayTables>; source: 'matrices' | 'asked' }> {
  const { matrix, matrices } = request;
  const profiles = [...new Set(request.vehicles.map(({ profile }) => profile))];
  if (matrix === undefined && matrices === undefined) {
    const places = new Coordinates(request);
    const tables = new Map<string, WayTables>();
    for (const profile of profiles) {
      const { seconds, metres } = await ask(profile, places.list);
      tables.set(profile, { count: places.list.length, seconds, metres, costs: null, given: false });
    }
    return { places, tables, source: 'asked' };
  }
  const given = matrices ?? { car: { durations: matrix } };
  const problems: InputProblem[] = [];
  const tables = new Map<string, WayTables>();
  for (const profile of profiles) {
    const { durations, distances, costs } = given[profile] ?? {};
    const v = request.vehicles.findIndex((vehicle) => vehicle.profile === profile);
    if (durations === undefined) {
      problems.push({ path: `matrices.${profile}.durations`, message: `missing; vehicles[${v}].profile needs it` });
      continue;
    }
    const flat = (rows: readonly (readonly number[])[] | undefined) =>
      rows === undefined ? null : Float64Array.from(rows.flat());
    tables.set(profile, {
      count: durations.length,
      seconds: flat(durations) as Float64Array,
      metres: flat(distances),
      costs: flat(costs),
      given: distances !== undefined,
    });
  }
  if (problems.length > 0) throw new InputError(problems);
  return {
    places: new Indices(request, (tables.get(profiles[0] as string) as WayTables).count),
    tables,
    source: 'matrices',
  };
}

/** Everything of a request that is somewhere. */
function* placesIn({ jobs, shipments, vehicles }: VroomRequest) {
  for (const [k, job] of jobs.entries())
    yield { path: `jobs[${k}]`, keys: ['location', 'location_index'], at: job.location, index: job.location_index };
  for (const [k, shipment] of shipments.entries())
    for (const side of ['pickup', 'delivery'] as const) {
      const { location, location_index } = shipment[side];
      const path = `shipments[${k}].${side}`;
      yield { path, keys: ['location', 'location_index'], at: location, index: location_index };
    }
  for (const [k, vehicle] of vehicles.entries())
    for (const side of ['start', 'end'] as const) {
      const at = vehicle[side];
      const index = vehicle[`${side}_index`];
      if (at === undefined && index === undefined) {
        if (side === 'end' && vehicle.start === undefined && vehicle.start_index === undefined)
          yield { path: `vehicles[${k}].start`, keys: ['', ''], at, index };
        continue;
      }
      yield { path: `vehicles[${k}].${side}`, keys: ['', '_index'], at, index };
    }
}

class Coordinates implements PlaceNumbers {
  readonly list: LonLat[] = [];
  private readonly numbers = new Map<string, number>();
  constructor(request: VroomRequest) {
    const known = new Map<string, number>();
    const problems: InputProblem[] = [];
    for (const { path, keys, at } of placesIn(request)) {
      if (at === undefined) {
        const field = keys[0] === '' ? path : `${path}.${keys[0]}`;
        problems.push({ path: field, message: 'missing; it is needed as there are no matrices' });
        continue;
      }
      const key = at.join();
      const number = known.get(key) ?? this.list.push(at) - 1;
      known.set(key, number);
      this.numbers.set(path, number);
    }
    if (problems.length > 0) throw new InputError(problems);
  }
  of(path: string): number {
    return this.numbers.get(path) as number;
  }
}

class Indices implements PlaceNumbers {
  private readonly numbers = new Map<string, number>();
  constructor(request: VroomRequest, count: number) {
    const problems: InputProblem[] = [];
    for (const { path, keys, index } of placesIn(request)) {
      const field = keys[1] === '' || keys[1] === '_index' ? `${path}_index` : `${path}.${keys[1]}`;
      if (index === undefined) problems.push({ path: field, message: 'missing; it is needed as there are matrices' });
      else if (index >= count) problems.push({ path: field, message: `is ${index}, the matrices have ${count} rows` });
      else this.numbers.set(path, index);
    }
    if (problems.length > 0) throw new InputError(problems);
  }
  of(path: string): number {
    return this.numbers.get(path) as number;
  }
}

/** Metres a second of those who do not drive; cars follow `tripSeconds` (travel.ts). */
const SPEEDS: readonly (readonly [RegExp, number])[] = [
  [/^(foot|walk)/, 5 / 3.6],
  [/^(bike|cycl)/, 15 / 3.6],
];
const CARS = /^(car|driv|truck|hgv)/;

/**
 * No routing engine asked: along the great circle, longer by the factor roads have, at the speed trips of that length
 * have. Coordinates closer than a metre are one place.
 */
export const estimatedWays: AskWays = async (profile, places) => {
  const speed = SPEEDS.find(([name]) => name.test(profile))?.[1];
  if (speed === undefined && !CARS.test(profile))
    throw new RoutingError(
      `vehicles.profile: no travel times are known for "${profile}"; give matrices, or a routing engine`,
    );
  const metres = new Float64Array(places.length ** 2);
  places.forEach(([lonA, latA], a) => {
    places.forEach(([lonB, latB], b) => {
      const crow = a === b ? 0 : distanceMetres({ lat: latA, lon: lonA }, { lat: latB, lon: lonB });
      metres[a * places.length + b] = Math.round(crow * ROAD_FACTOR);
    });
  });
  const seconds = metres.map((way) => Math.ceil(speed === undefined ? tripSeconds(way) : way / speed));
  return { seconds, metres };
};

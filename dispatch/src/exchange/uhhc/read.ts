import { z } from 'zod';
import { InputError, type InputProblem, refuse } from '../input-error.ts';
import { pathOf } from '../vroom/request.ts';

/**
 * Home care as in Ceschia, Di Gaspero, Rosati and Schaerf, "A unified formulation for home healthcare" (2026), read from
 * its JSON files. Whole minutes. Everything is named by index; `name` and `id` are the file's.
 */
export interface HomeCare {
  readonly name: string;
  readonly caregivers: readonly Caregiver[];
  readonly patients: readonly Patient[];
  readonly serviceNames: readonly string[];
  readonly places: number;
  /** Row-major. */
  readonly travel: Int32Array;
  /** A window is met by the end of the service, not by its beginning. */
  readonly windowsAtEnd: boolean;
  /** Null: nobody has a lunch break. */
  readonly lunch: { readonly from: number; readonly to: number; readonly lasts: number } | null;
  readonly weights: HomeCareTerms;
}

/** A number for each term of the authors' objective: what a unit costs, or what a plan has of it. */
export interface HomeCareTerms {
  readonly travel: number;
  readonly tardiness: number;
  readonly highestTardiness: number;
  readonly waiting: number;
  readonly overtime: number;
  readonly highestIdle: number;
  readonly preference: number;
  readonly unserved: number;
  readonly missedLunch: number;
}

export interface Caregiver {
  readonly id: string;
  readonly abilities: ReadonlySet<number>;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
  readonly lunch: boolean;
}

export interface Patient {
  readonly id: string;
  readonly place: number;
  /** One, or two by two caregivers. */
  readonly services: readonly { readonly service: number; readonly lasts: number }[];
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly optional: boolean;
  /** Null: no wish. */
  readonly preferred: ReadonlySet<number> | null;
  readonly incompatible: ReadonlySet<number>;
  /** From the beginning of the first service to that of the second; null: they do not depend on each other. */
  readonly apart: { readonly min: number; readonly max: number } | null;
}

const minutes = z.number().int().min(0).max(1_000_000);
const weight = z.number().min(0).max(1e9);
const Id = z.string().min(1).max(200);
const Span = z
  .looseObject({ start: minutes, end: minutes })
  .refine(({ start, end }) => start <= end, 'ends before it starts');
const File = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    time_window_met: z.enum(['at_service_start', 'at_service_end']),
    cost_components: z.looseObject({
      travel_time: weight,
      total_tardiness: weight,
      highest_tardiness: weight,
      total_waiting_time: weight,
      total_extra_time: weight,
      max_idle_time: weight,
      caregiver_preferences: weight,
      optional_patients: weight,
      missed_lunch_break: weight,
    }),
  }),
  distances: z.array(z.array(minutes)).min(1),
  terminal_points: z.array(z.looseObject({ id: Id, distance_matrix_index: minutes })).min(1),
  caregivers: z
    .array(
      z.looseObject({
        id: Id,
        abilities: z.array(Id),
        departing_point: Id,
        arrival_point: Id,
        working_shift: Span,
        lunch_break: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(2_000),
  patients: z
    .array(
      z.looseObject({
        id: Id,
        required_services: z.array(z.looseObject({ service: Id, duration: minutes.optional() })).min(1),
        distance_matrix_index: minutes,
        time_windows: z.array(Span).min(1),
        optional: z.boolean().default(false),
        preferred_caregivers: z.array(Id).optional(),
        incompatible_caregivers: z.array(Id).optional(),
        synchronization: z
          .looseObject({
            type: z.enum(['independent', 'simultaneous', 'sequential']),
            distance: z.looseObject({ min: minutes, max: minutes }).optional(),
          })
          .optional(),
      }),
    )
    .max(10_000),
  services: z.array(z.looseObject({ id: Id, default_duration: minutes })).min(1),
  lunch_breaks: z.looseObject({ start: minutes, end: minutes, min_duration: minutes }).optional(),
});

/** Throws an `InputError` that names the path of every field it refuses. */
export function readHomeCare(json: unknown, limits = { patients: 5_000 }): HomeCare {
  const given = (json as { patients?: unknown } | null)?.patients;
  if (Array.isArray(given) && given.length > limits.patients)
    refuse('patients', `${given.length} patients, the limit is ${limits.patients}`);
  const parsed = File.safeParse(json);
  if (!parsed.success)
    throw new InputError(parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })));
  const { metadata, distances, terminal_points, caregivers, patients, services, lunch_breaks } = parsed.data;
  const problems: InputProblem[] = [];
  const places = distances.length;
  distances.forEach((row, i) => {
    if (row.length !== places)
      problems.push({ path: `distances[${i}]`, message: `has ${row.length} entries, not ${places}` });
  });
  const placeAt = (path: string, index: number) => {
    if (index >= places) problems.push({ path, message: `is ${index}, distances has ${places} rows` });
    return index;
  };
  const numbers = (path: string, ids: readonly string[]) => {
    const map = new Map(ids.map((id, k) => [id, k]));
    if (map.size !== ids.length) problems.push({ path, message: 'two have the same id' });
    return (where: string, id: string) => {
      const number = map.get(id);
      if (number === undefined) problems.push({ path: where, message: `"${id}" is none of ${path}` });
      return number ?? 0;
    };
  };
  const point = numbers(
    'terminal_points',
    terminal_points.map(({ id }) => id),
  );
  const service = numbers(
    'services',
    services.map(({ id }) => id),
  );
  const caregiver = numbers(
    'caregivers',
    caregivers.map(({ id }) => id),
  );
  numbers(
    'patients',
    patients.map(({ id }) => id),
  );
  const terminal = (path: string, id: string) => {
    const { distance_matrix_index } = terminal_points[point(path, id)]!;
    return placeAt(path, distance_matrix_index);
  };
  const weights = metadata.cost_components;
  const result: HomeCare = {
    name: metadata.name ?? '',
    caregivers: caregivers.map((c, k) => ({
      id: c.id,
      abilities: new Set(c.abilities.map((id, j) => service(`caregivers[${k}].abilities[${j}]`, id))),
      start: terminal(`caregivers[${k}].departing_point`, c.departing_point),
      end: terminal(`caregivers[${k}].arrival_point`, c.arrival_point),
      from: c.working_shift.start,
      to: c.working_shift.end,
      lunch: c.lunch_break,
    })),
    patients: patients.map((p, k) => {
      const path = `patients[${k}]`;
      if (p.required_services.length > 2)
        problems.push({
          path: `${path}.required_services`,
          message: 'more than two services of a patient are not supported',
        });
      const { type = 'independent', distance } = p.synchronization ?? {};
      if (type === 'sequential' && (distance === undefined || distance.min > distance.max))
        problems.push({ path: `${path}.synchronization.distance`, message: 'needs min, and max not less' });
      const of = (key: 'preferred_caregivers' | 'incompatible_caregivers') =>
        p[key]?.map((id, j) => caregiver(`${path}.${key}[${j}]`, id));
      const preferred = of('preferred_caregivers');
      const apart = type === 'sequential' ? (distance ?? { min: 0, max: 0 }) : { min: 0, max: 0 };
      return {
        id: p.id,
        place: placeAt(`${path}.distance_matrix_index`, p.distance_matrix_index),
        services: p.required_services.map(({ service: id, duration }, j) => {
          const number = service(`${path}.required_services[${j}].service`, id);
          return { service: number, lasts: duration ?? services[number]!.default_duration };
        }),
        windows: p.time_windows.map(({ start, end }) => ({ from: start, to: end })).sort((a, b) => a.from - b.from),
        optional: p.optional,
        preferred: preferred === undefined ? null : new Set(preferred),
        incompatible: new Set(of('incompatible_caregivers') ?? []),
        apart: type === 'independent' || p.required_services.length < 2 ? null : { min: apart.min, max: apart.max },
      };
    }),
    serviceNames: services.map(({ id }) => id),
    places,
    travel: Int32Array.from(distances.flat()),
    windowsAtEnd: metadata.time_window_met === 'at_service_end',
    lunch:
      lunch_breaks === undefined
        ? null
        : { from: lunch_breaks.start, to: lunch_breaks.end, lasts: lunch_breaks.min_duration },
    weights: {
      travel: weights.travel_time,
      tardiness: weights.total_tardiness,
      highestTardiness: weights.highest_tardiness,
      waiting: weights.total_waiting_time,
      overtime: weights.total_extra_time,
      highestIdle: weights.max_idle_time,
      preference: weights.caregiver_preferences,
      unserved: weights.optional_patients,
      missedLunch: weights.missed_lunch_break,
    },
  };
  if (result.lunch === null && result.caregivers.some(({ lunch }) => lunch))
    problems.push({ path: 'lunch_breaks', message: 'missing, though a caregiver has a lunch break' });
  if (problems.length > 0) throw new InputError(problems);
  return result;
}

import { z } from 'zod';
import { buildInstance, type Instance, type PlainInstance } from '../solver/instance.ts';
import type { Plan } from '../solver/plan.ts';
import { InstanceError } from '../solver/validate.ts';
import { InputError, refuse } from './input-error.ts';
import { pathOf } from './vroom/request.ts';

/** The shape of the solver's own input (solver/plain.ts) as JSON; what the numbers may be is the solver's to say. */
const number = z.number();
const Interval = z.strictObject({ from: number, to: number });
const Skills = z.array(z.strictObject({ skill: number, level: number }));
const Shift = z.looseObject({
  startLocation: number,
  endLocation: number.nullable(),
  from: number,
  to: number,
  overtimeSeconds: number.optional(),
  unavailable: z.array(Interval).optional(),
  freeAt: number.optional(),
  freeAtLocation: number.optional(),
});
const Visit = z.looseObject({
  location: number,
  serviceSeconds: number,
  serviceSecondsBy: z.array(z.strictObject({ engineer: number, seconds: number })).optional(),
  windows: z.array(Interval).optional(),
  preferred: z.array(Interval).optional(),
  release: number.optional(),
  skills: Skills.optional(),
  requiredEngineer: number.optional(),
  excludedEngineers: z.array(number).optional(),
  preferredEngineers: z.array(number).optional(),
  familiarEngineers: z.array(number).optional(),
  territoryEngineers: z.array(number).optional(),
  priority: number,
  due: number.optional(),
  latePerSecond: number.optional(),
  downtime: z.array(z.strictObject({ from: number, perSecond: number })).optional(),
  waitingSince: number.optional(),
  mandatory: z.boolean().optional(),
  previous: z.strictObject({ engineer: number, startAt: number }).optional(),
  frozen: z.strictObject({ engineer: number, shift: number, startAt: number }).optional(),
});
const Weights = z.looseObject({
  travelSecond: number,
  distanceMetre: number,
  lateSecond: number,
  downtime: number,
  overtimeSecond: number,
  churnPerMovedVisit: number,
  churnToleranceSeconds: number,
  overQualifiedLevel: number,
  workSecond: number.optional(),
  unevenHours: number.optional(),
  waitingSecondByPriority: z.array(number).optional(),
  notPreferred: number.optional(),
  unfamiliar: number.optional(),
  outOfTerritory: number.optional(),
  outsidePreferred: number.optional(),
  unassignedByPriority: z.array(number),
});
const Plain = z.looseObject({
  locationCount: number,
  travelSeconds: z.array(number),
  distanceMetres: z.array(number).optional(),
  speeds: z
    .strictObject({
      profiles: z.array(z.array(z.strictObject({ from: number, percent: number }))),
      profileOf: z.array(number).optional(),
    })
    .optional(),
  setupSeconds: z.array(number).optional(),
  engineers: z.array(z.looseObject({ skills: Skills, shifts: z.array(Shift) })),
  visits: z.array(Visit),
  links: z
    .array(
      z.strictObject({
        kind: z.enum(['together', 'after']),
        first: number,
        second: number,
        minGapSeconds: number.optional(),
        maxGapSeconds: number.optional(),
        sameEngineer: z.boolean().optional(),
      }),
    )
    .optional(),
  weights: Weights,
});

export function looksLikeUptower(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'travelSeconds' in json && 'visits' in json;
}

/** Throws an `InputError` that names the path of everything refused. */
export function readUptower(json: unknown, limits = { visits: 10_000 }): Instance {
  const visits = (json as { visits?: unknown } | null)?.visits;
  if (Array.isArray(visits) && visits.length > limits.visits)
    refuse('visits', `${visits.length} visits, the limit is ${limits.visits}`);
  const parsed = Plain.safeParse(json);
  if (!parsed.success)
    throw new InputError(parsed.error.issues.map(({ path, message }) => ({ path: pathOf(path), message })));
  try {
    return buildInstance(json as PlainInstance);
  } catch (error) {
    throw error instanceof InstanceError ? new InputError(error.problems) : error;
  }
}

/** A plan in VROOM's form: vehicles and jobs are named by their index in the instance, times are the plan's own. */
export function respondUptower(instance: Instance, plan: Plan, costTotal: number) {
  const routes = plan.routes.map(({ vehicle, engineer, stops, homeDepartAt, homeAt }) => {
    const { startLocation, endLocation } = vehiclePlaces(instance, vehicle);
    let travel = 0;
    const first = stops[0]?.departAt ?? homeDepartAt;
    const nothing = { setup: 0, service: 0, waiting_time: 0, violations: [] };
    const steps: object[] = [{ type: 'start', location_index: startLocation, ...nothing, arrival: first, duration: 0 }];
    let here = startLocation;
    let setups = 0;
    for (const { visit, departAt, arriveAt, startAt, endAt } of stops) {
      travel += arriveAt - departAt;
      const { location } = instance.plain.visits[visit]!;
      const setup = Math.min(instance.setupSeconds(here, location), startAt - arriveAt);
      const waiting = startAt - arriveAt - setup;
      const times = { setup, service: endAt - startAt, waiting_time: waiting, arrival: arriveAt };
      here = location;
      setups += setup;
      steps.push({ type: 'job', id: visit, location_index: location, ...times, duration: travel, violations: [] });
    }
    travel += homeAt - homeDepartAt;
    if (endLocation !== null)
      steps.push({ type: 'end', location_index: endLocation, ...nothing, arrival: homeAt, duration: travel });
    const service = stops.reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0);
    const waiting = stops.reduce((sum, { arriveAt, startAt }) => sum + startAt - arriveAt, 0) - setups;
    return {
      vehicle,
      engineer,
      setup: setups,
      service,
      duration: travel,
      waiting_time: waiting,
      violations: [],
      steps,
    };
  });
  const sum = (key: 'setup' | 'service' | 'duration' | 'waiting_time') =>
    routes.reduce((total, route) => total + route[key], 0);
  return {
    code: 0 as const,
    summary: {
      cost: costTotal,
      routes: routes.length,
      unassigned: plan.unassigned.length,
      setup: sum('setup'),
      service: sum('service'),
      duration: sum('duration'),
      waiting_time: sum('waiting_time'),
      violations: [],
    },
    unassigned: plan.unassigned.map(({ visit, reason }) => ({
      id: visit,
      type: 'job' as const,
      location_index: instance.plain.visits[visit]!.location,
      reason,
    })),
    routes,
  };
}

function vehiclePlaces(instance: Instance, vehicle: number) {
  return instance.plain.engineers.flatMap(({ shifts }) => shifts)[vehicle]!;
}

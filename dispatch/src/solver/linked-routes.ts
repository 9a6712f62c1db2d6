import type { Instance } from './instance.ts';
import { type Crew, gapOf, holdsOf, type Planned } from './links.ts';
import type { Holds } from './orders.ts';
import type { Plan, Stop } from './plan.ts';
import type { Routes } from './routes.ts';

/**
 * Of visits of the group each of which is held to one moment: from here on only what the ties ask for is held. Not where
 * hours count: to be home sooner may make a longer day.
 */
export function loosen(routes: Routes, group: readonly Crew[]): void {
  const { instance } = routes;
  const plannedAt = (visit: number) => {
    const vehicle = routes.vehicleOf(visit);
    if (vehicle < 0) return undefined;
    const frozen = instance.frozenVehicle(visit) >= 0;
    return { vehicle, startAt: frozen ? instance.frozenStart(visit) : (routes.start[visit] as number) };
  };
  for (const { visit, from, to } of holdsOf(instance, group, plannedAt))
    if (!instance.countsHours(routes.vehicleOf(visit))) routes.hold(visit, from, to);
}

/** All of them, until that makes nobody sooner any more (what one group gains may be room for another). */
export function loosenAll(routes: Routes): void {
  const groups = routes.instance.links?.groups ?? [];
  for (let round = 0, before = Number.NaN; round < ROUNDS && groups.length > 0; round++) {
    let sum = 0;
    for (const group of groups) loosen(routes, group);
    for (const visit of groups.flat(2)) if (routes.vehicleOf(visit) >= 0) sum += routes.start[visit] as number;
    if (sum === before) return;
    before = sum;
  }
}
const ROUNDS = 20;

/** Takes out visits that need one that is out. Frozen ones stay. */
export function takeOutNeedy(routes: Routes): void {
  const { links } = routes.instance;
  if (links === null) return;
  const isNeedy = (visit: number) =>
    routes.vehicleOf(visit) >= 0 &&
    routes.instance.frozenVehicle(visit) < 0 &&
    links.ties[visit]?.some(({ other, needs }) => needs && routes.vehicleOf(other) < 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const visit of links.groups.flat(2)) {
      if (!isNeedy(visit)) continue;
      routes.remove(visit, visit);
      changed = true;
    }
  }
}

/** Frozen ones stay. */
export function takeOutGroup(routes: Routes, group: readonly Crew[]): void {
  for (const crew of group)
    for (const visit of crew)
      if (routes.vehicleOf(visit) >= 0 && routes.instance.frozenVehicle(visit) < 0) routes.remove(visit, visit);
}

/** Holds that keep tied visits where they are; undefined where no visit is tied to another. */
export function asPlanned({ links }: Instance, stops: readonly Stop[]): Holds | undefined {
  if (links === null) return undefined;
  return stops.flatMap(({ visit, startAt }) =>
    links.groupOf[visit] === null ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [startAt, startAt],
  );
}

/** Tied visits of a plan, with their starts, without those that break a tie or need one that is not there. */
export function keptTogether(
  instance: Instance,
  plan: Plan,
  isPossible: (visit: number, vehicle: number) => boolean,
): Map<number, number> {
  const { links } = instance;
  const kept = new Map<number, Planned>();
  if (links === null) return new Map();
  for (const { vehicle, stops } of plan.routes)
    for (const { visit, startAt } of stops)
      if (links.groupOf[visit] && isPossible(visit, vehicle)) kept.set(visit, { vehicle, startAt });
  for (const visit of links.groups.flat(2)) {
    const vehicle = instance.frozenVehicle(visit);
    if (vehicle >= 0) kept.set(visit, { vehicle, startAt: instance.frozenStart(visit) });
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const [visit, { vehicle, startAt }] of kept) {
      if (instance.frozenVehicle(visit) >= 0) continue;
      const holds = links.ties[visit]?.every((tie) => {
        const there = kept.get(tie.other);
        if (there === undefined) return !tie.needs;
        const [least, most] = gapOf(instance, visit, tie, vehicle, there.vehicle);
        if (startAt < there.startAt + least || startAt > there.startAt + most) return false;
        const same = instance.engineerOf(vehicle) === instance.engineerOf(there.vehicle);
        return tie.engineer === 'any' || (tie.engineer === 'same') === same;
      });
      if (holds) continue;
      kept.delete(visit);
      changed = true;
    }
  }
  return new Map([...kept].map(([visit, { startAt }]) => [visit, startAt]));
}

import type { Instance } from './instance.ts';
import type { PlainInstance, PlainLink } from './plain.ts';

/** One side of a link: `least <= start of the visit - start of the other <= most`, in seconds, see `gapOf`. */
export interface Tie {
  readonly other: number;
  readonly least: number;
  readonly most: number;
  /** Whose service time comes on top: the other's where the visit follows it, the visit's own where it leads. */
  readonly served: 'self' | 'other' | 'neither';
  /** Whether both need one engineer, two, or it does not matter. */
  readonly engineer: 'same' | 'different' | 'any';
  /** The visit is nothing without the other. */
  readonly needs: boolean;
}

/** Visits that begin together: a crew has two or more, any other visit is one on its own. */
export type Crew = readonly number[];

/** What ties visits to each other. Every link is a difference between two starts, so all of them are spoken of alike. */
export class Links {
  /** By visit; none for most. */
  readonly ties: readonly (readonly Tie[])[];
  /** By visit: all that hangs together with it, in an order in which nobody comes before those they wait for; or null. */
  readonly groupOf: readonly (readonly Crew[] | null)[];
  readonly groups: readonly (readonly Crew[])[];

  constructor(plain: PlainInstance) {
    const links = plain.links ?? [];
    const ties = plain.visits.map(() => [] as Tie[]);
    const crew = plain.visits.map((_, visit) => visit); // its lowest visit
    const group = plain.visits.map((_, visit) => visit);
    for (const link of links) {
      const { first, second } = link;
      join(group, first, second);
      if (link.kind === 'together') join(crew, first, second);
      const engineer = engineersOf(link);
      const both = link.kind === 'together';
      const least = both ? 0 : (link.minGapSeconds ?? 0);
      const most = both ? 0 : (link.maxGapSeconds ?? Number.POSITIVE_INFINITY);
      const served = both ? 'neither' : 'other';
      ties[second]?.push({ other: first, least, most, served, engineer, needs: true });
      const own = both ? 'neither' : 'self';
      ties[first]?.push({ other: second, least: -most, most: -least, served: own, engineer, needs: both });
    }
    this.ties = ties;
    const depth = depths(links, crew);
    const groups = [...new Set(links.map(({ first }) => group[first] as number))].sort((a, b) => a - b);
    const groupOf = plain.visits.map((): readonly Crew[] | null => null);
    this.groups = groups.map((root) => {
      const members = group.flatMap((its, visit) => (its === root ? [visit] : []));
      const crews = [...new Set(members.map((visit) => crew[visit] as number))];
      crews.sort((a, b) => (depth[a] as number) - (depth[b] as number) || a - b);
      const inOrder = crews.map((lowest) => members.filter((visit) => crew[visit] === lowest));
      for (const visit of members) groupOf[visit] = inOrder;
      return inOrder;
    });
    this.groupOf = groupOf;
  }
}

/** Least and most seconds from the other's start to the visit's where these vehicles serve them; -1: whichever. */
export function gapOf(
  instance: Instance,
  visit: number,
  { other, least, most, served }: Tie,
  vehicle: number,
  otherVehicle: number,
): readonly [least: number, most: number] {
  if (served === 'neither') return [least, most];
  if (served === 'self') {
    const [quickest, slowest] = serviceOf(instance, visit, vehicle);
    return [least - quickest, most - slowest];
  }
  const [quickest, slowest] = serviceOf(instance, other, otherVehicle);
  return [least + slowest, most + quickest];
}

function serviceOf(instance: Instance, visit: number, vehicle: number): readonly [quickest: number, slowest: number] {
  if (vehicle >= 0) {
    const seconds = instance.serviceSeconds(visit, vehicle);
    return [seconds, seconds];
  }
  const { serviceSeconds = 0, serviceSecondsBy = [] } = instance.plain.visits[visit] ?? {};
  const times = [serviceSeconds, ...serviceSecondsBy.map(({ seconds }) => seconds)];
  return [Math.min(...times), Math.max(...times)];
}

function engineersOf({ kind, sameEngineer }: PlainLink): Tie['engineer'] {
  if (kind === 'together' || sameEngineer === false) return 'different';
  return sameEngineer === true ? 'same' : 'any';
}

/** Those with the one become those with the other: the lower number names both. */
function join(names: number[], a: number, b: number): void {
  const [low, high] = [names[a] as number, names[b] as number].sort((x, y) => x - y) as [number, number];
  for (const [k, name] of names.entries()) if (name === high) names[k] = low;
}

/** How many have to come before, by crew. */
function depths(links: readonly PlainLink[], crew: readonly number[]): number[] {
  const depth = crew.map(() => 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { kind, first, second } of links) {
      const [a, b] = [crew[first] as number, crew[second] as number];
      if (kind === 'together' || (depth[b] as number) > (depth[a] as number)) continue;
      depth[b] = (depth[a] as number) + 1;
      changed = true;
    }
  }
  return depth;
}

/** Visits of which each would have to come before the next, and the last before the first; or null. */
export function circleIn(links: readonly PlainLink[]): number[] | null {
  const next = new Map<number, { visit: number; after: boolean }[]>();
  const lead = (from: number, visit: number, after: boolean) => {
    next.set(from, [...(next.get(from) ?? []), { visit, after }]);
  };
  for (const { kind, first, second } of links) {
    lead(first, second, kind === 'after');
    if (kind === 'together') lead(second, first, false);
  }
  // From the second of an 'after' back to its first, if any way leads there.
  for (const { kind, first, second } of links) {
    if (kind !== 'after') continue;
    const cameFrom = new Map<number, number>([[second, first]]);
    const open = [second];
    for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
      if (visit === first) return pathTo(first, second, cameFrom);
      for (const { visit: other } of next.get(visit) ?? []) {
        if (cameFrom.has(other)) continue;
        cameFrom.set(other, visit);
        open.push(other);
      }
    }
  }
  return null;
}

function pathTo(first: number, second: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path: number[] = [];
  for (let visit = first; visit !== second; visit = cameFrom.get(visit) as number) path.unshift(visit);
  return [first, second, ...path].slice(0, -1);
}

/** Where and when a visit is planned. */
export interface Planned {
  readonly vehicle: number;
  readonly startAt: number;
}

/**
 * Between which moments each planned visit of a group may start so that every tie holds whatever the others do between
 * theirs: routes can then be changed one by one. Visits tied to the second keep their start; where one only has to come
 * after the other, the time between them is shared out.
 */
export function holdsOf(
  instance: Instance,
  group: readonly Crew[],
  plannedAt: (visit: number) => Planned | undefined,
): { readonly visit: number; readonly from: number; readonly to: number }[] {
  return group.flat().flatMap((visit) => {
    const here = plannedAt(visit);
    if (here === undefined || instance.frozenVehicle(visit) >= 0) return [];
    const start = here.startAt;
    let from = Number.NEGATIVE_INFINITY;
    let to = Number.POSITIVE_INFINITY;
    for (const tie of instance.links?.ties[visit] ?? []) {
      const there = plannedAt(tie.other);
      if (there === undefined) continue;
      const [least, most] = gapOf(instance, visit, tie, here.vehicle, there.vehicle);
      if (instance.frozenVehicle(tie.other) >= 0) {
        from = Math.max(from, there.startAt + least);
        to = Math.min(to, there.startAt + most);
      } else if (least > Number.NEGATIVE_INFINITY && most < Number.POSITIVE_INFINITY) {
        from = Math.max(from, start);
        to = Math.min(to, start);
      } else if (least > Number.NEGATIVE_INFINITY) {
        const between = start - (there.startAt + least);
        from = Math.max(from, there.startAt + least + Math.floor(between / 2));
      } else {
        const between = there.startAt + most - start;
        to = Math.min(to, start + Math.floor(between / 2));
      }
    }
    return [{ visit, from: Math.min(from, start), to: Math.max(to, start) }];
  });
}

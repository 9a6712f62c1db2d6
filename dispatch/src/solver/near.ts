import type { Instance } from './instance.ts';

/** For each visit other visits, itself in front. */
export type Lists = readonly Int32Array[];
export type VehiclesFor = (visit: number) => Int32Array;

/** In very large problems lists end here: nothing ever asks further out. */
const LONGEST_LIST = 1000;

/** For each visit the others, nearest first (there and back by time). */
export function neighbours(instance: Instance): Lists {
  const { visitCount } = instance;
  const keys = new Float64Array(visitCount);
  return Array.from({ length: visitCount }, (_, visit) => {
    const here = instance.locationOf(visit);
    // Distance and number in one double, so that the sort is the native one of numbers.
    for (let other = 0; other < visitCount; other++) {
      const there = instance.locationOf(other);
      const away = other === visit ? -1 : instance.travelSeconds(here, there) + instance.travelSeconds(there, here);
      keys[other] = away * visitCount + other;
    }
    keys.sort();
    const list = new Int32Array(Math.min(visitCount, LONGEST_LIST));
    for (let k = 0; k < list.length; k++) list[k] = (((keys[k] as number) % visitCount) + visitCount) % visitCount;
    return list;
  });
}

/**
 * The same lists, first those that compete for the same vehicles (share of the vehicles of either that both could have), then
 * the nearer: relatedness after Shaw, "Using Constraint Programming and Local Search Methods to Solve Vehicle Routing
 * Problems", CP 1998. Skills and windows decide more than distance who can swap with whom. Where everybody can have every
 * vehicle these are the lists handed in.
 */
export function competitors(near: Lists, vehiclesFor: VehiclesFor): Lists {
  const kinds = new Map<string, number>();
  const kindOf = near.map((_, visit) => {
    const name = vehiclesFor(visit).join();
    const kind = kinds.get(name) ?? kinds.size;
    kinds.set(name, kind);
    return kind;
  });
  if (kinds.size === 1) return near;
  const members = new Map(kindOf.map((kind, visit) => [kind, visit]));
  const sets = [...kinds.values()].map((kind) => new Set(vehiclesFor(members.get(kind) as number)));
  const shared = sets.map((mine) =>
    sets.map((theirs) => {
      let both = 0;
      for (const vehicle of mine) if (theirs.has(vehicle)) both++;
      return both / Math.max(1, mine.size + theirs.size - both);
    }),
  );
  return near.map((list, visit) => byShare(list, visit, shared[kindOf[visit] as number] as number[], kindOf));
}

/** Stable, by falling share. There are few different shares, so each visit is counted into its place instead of compared. */
function byShare(list: Int32Array, visit: number, row: readonly number[], kindOf: readonly number[]): Int32Array {
  const shares = [...new Set(row)].sort((a, b) => b - a);
  const levelOf = row.map((share) => 1 + shares.indexOf(share)); // by kind; the visit itself is level 0
  const level = (other: number) => (other === visit ? 0 : (levelOf[kindOf[other] as number] as number));
  const next = new Int32Array(shares.length + 2);
  for (const other of list) next[level(other) + 1] = (next[level(other) + 1] as number) + 1;
  for (let k = 1; k < next.length; k++) next[k] = (next[k] as number) + (next[k - 1] as number);
  const result = new Int32Array(list.length);
  for (const other of list) {
    const place = next[level(other)] as number;
    next[level(other)] = place + 1;
    result[place] = other;
  }
  return result;
}

import type { Instance } from './instance.ts';

/**
 * Vehicles with their visits in order: what `Routes` gives out and goes back to. Where visits are tied to each other also
 * between which moments each of the order may start, `from, to, from, to ...`.
 */
export type Orders = readonly (readonly [vehicle: number, order: readonly number[], holds?: Holds])[];
export type Holds = readonly number[];

export const ALWAYS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
/** Of the k-th number among holds. */
export const unheld = (k: number): number => ALWAYS[k % 2 === 0 ? 0 : 1];

/** One of `Orders`, without holds where there are none. */
export function ordered(vehicle: number, order: readonly number[], holds: Holds | undefined): Orders[number] {
  return holds === undefined ? [vehicle, order] : [vehicle, order, holds];
}

/** The visits frozen to a vehicle, by start, then by number. */
export function frozenOrder(instance: Instance, vehicle: number): number[] {
  const frozen: number[] = [];
  for (let visit = 0; visit < instance.visitCount; visit++)
    if (instance.frozenVehicle(visit) === vehicle) frozen.push(visit);
  return frozen.sort((a, b) => instance.frozenStart(a) - instance.frozenStart(b) || a - b);
}

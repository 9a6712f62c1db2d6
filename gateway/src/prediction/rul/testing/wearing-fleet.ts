import { chance } from '../chance.ts';
import type { UnitHistory } from '../table.ts';

export interface WearingFleetOptions {
  readonly units: number;
  readonly seed: number;
  readonly conditions: number;
  readonly modes: number;
  /** Typical life, cycles. */
  readonly life: number;
}

/**
 * Units that wear out exponentially, each at its own pace from its own start, in one of several modes, read by ten noisy
 * sensors whose level and gain depend on the operating condition; sensor 0 never varies. A unit fails when its wear is 1.
 */
export function wearingFleet({ units, seed, conditions, modes, life }: WearingFleetOptions): UnitHistory[] {
  const next = chance(seed);
  const noise = () => next() + next() + next() + next() - 2;
  const gain = Array.from({ length: modes }, () => Array.from({ length: 10 }, (_, s) => (s ? 2 * noise() : 0)));
  const level = Array.from({ length: conditions }, () => Array.from({ length: 10 }, () => 500 + 200 * next()));
  return Array.from({ length: units }, (_, u) => {
    const lasts = Math.round(life * (0.6 + 0.8 * next()));
    const steep = 3 + 2 * next();
    const worn = 0.1 * next();
    const mode = gain[Math.floor(next() * modes)]!;
    const history = { unit: u + 1, cycles: [] as number[], settings: [] as number[][], sensors: [] as number[][] };
    for (let cycle = 1; cycle <= lasts; cycle++) {
      const c = Math.floor(next() * conditions);
      const wear = worn + ((1 - worn) * (Math.exp((steep * cycle) / lasts) - 1)) / (Math.exp(steep) - 1);
      history.cycles.push(cycle);
      history.settings.push([10 * c + 0.01 * noise(), 0.1 * (c % 3) + 0.001 * noise(), 100]);
      history.sensors.push(
        level[c]!.map((base, s) => (s ? base + (1 + 0.1 * c) * (6 * mode[s]! * wear + noise()) : base)),
      );
    }
    return history;
  });
}

/** The units up to a cycle chosen at random, and what they had left. */
export function cutAtRandom(fleet: readonly UnitHistory[], seed: number): { units: UnitHistory[]; lives: number[] } {
  const next = chance(seed);
  const lives: number[] = [];
  const units = fleet.map(({ unit, cycles, settings, sensors }) => {
    const rows = Math.max(1, Math.floor(next() * cycles.length));
    lives.push(cycles.length - rows);
    const to = <T>(of: readonly T[]) => of.slice(0, rows);
    return { unit, cycles: to(cycles), settings: to(settings), sensors: to(sensors) };
  });
  return { units, lives };
}

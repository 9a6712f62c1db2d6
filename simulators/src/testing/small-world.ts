import { HOUR, type Instant } from '@uptower/domain';
import { Plant } from '../devices/plant.ts';
import type { SimulationState } from '../live/state-file.ts';
import type { TruthLine } from '../live/truth.ts';
import { buildWorld, type World } from '../world/build-world.ts';

/** Monday, 2 March 2026, 08:00 in China. */
export const MONDAY_MORNING: Instant = Date.UTC(2026, 2, 2, 0, 0);

export function freshState(seed = 1, start = MONDAY_MORNING): SimulationState {
  return {
    version: 1,
    seed,
    start,
    registry: null,
    passwords: {},
    acknowledged: {},
    releasedTo: start,
    faults: [],
    counted: {},
    services: {},
    places: {},
  };
}

/** A plant of the demo region whose truth is kept in memory. */
export function aPlant(state = freshState(), world: World = buildWorld(state.seed)) {
  const truth: TruthLine[] = [];
  return { plant: new Plant(world, state, (line) => truth.push(line)), state, truth, world };
}

export const hours = (n: number) => n * HOUR;

import { Countdown, type SearchLimits, type StoppedBy } from '../../routing/limits.ts';
import { Rng } from '../../solver/rng.ts';
import { Moves } from './moves.ts';
import type { HomeCare } from './read.ts';
import { type Choices, UNSERVED_MUST } from './roster.ts';

export interface AnnealOptions extends SearchLimits {
  readonly onProgress?: (progress: { iterations: number; cost: number; unassigned: number }) => void;
}

export interface Annealed {
  readonly choices: Choices;
  readonly cost: number;
  readonly iterations: number;
  readonly stoppedBy: StoppedBy;
}

/**
 * Simulated annealing over `Choices`, as the authors of the formulation do it; the moves
 * (moves.ts) are ours. `LiveRoster` times anew what a move changes. The temperature falls evenly in its logarithm over the limit.
 */
export function anneal(problem: HomeCare, options: AnnealOptions): Annealed {
  const rng = new Rng(options.seed);
  const countdown = new Countdown(options, 64);
  const state = new Moves(problem);
  const { roster } = state;
  state.begin();
  let { cost } = roster;
  let best = { choices: state.copy(), cost };
  const tell = () =>
    options.onProgress?.({ iterations: countdown.iterations, cost: best.cost, unassigned: state.unserved() });
  tell();
  while (problem.patients.length > 0) {
    const used = countdown.used();
    if (used >= 1) break;
    countdown.iterations++;
    const temperature = START_TEMPERATURE * (END_TEMPERATURE / START_TEMPERATURE) ** used;
    if (!state.move(rng)) continue;
    roster.change(state.touched, state.lunchOf);
    const next = roster.cost;
    if (next <= cost || rng.unit() < Math.exp((cost - next) / temperature)) {
      cost = next;
      if (cost < best.cost) {
        best = { choices: state.copy(), cost };
        countdown.better();
        if (used > 0.5) tell();
      }
    } else {
      state.undo();
      roster.undo();
    }
  }
  return { ...best, iterations: countdown.iterations, stoppedBy: countdown.stoppedBy };
}

const START_TEMPERATURE = 300;
const END_TEMPERATURE = 2;

/** How many patients who must be served are not. */
export function mustUnserved(cost: number): number {
  return Math.floor(cost / UNSERVED_MUST);
}

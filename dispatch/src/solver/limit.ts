import type { SolveOptions } from './search.ts';

/**
 * How much of the iterations and of the time is used up. A clock costs as much as an iteration, so it is asked after as many
 * of them as took about `PAUSE` milliseconds last time, and never after more than a hundredth of the iterations allowed.
 */
export class Limit {
  private readonly iterations: number;
  private readonly milliseconds: number;
  private readonly now: () => number;
  private readonly began: number;
  private lookedAt: number;
  private lookedAfter = 0;
  private steps = 1;

  constructor({ seed, iterations, milliseconds, now }: SolveOptions) {
    if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, is ${seed}`);
    if (iterations === undefined && milliseconds === undefined)
      throw new Error('a limit is needed: iterations or milliseconds');
    if (iterations !== undefined && !(iterations >= 0))
      throw new Error(`iterations must not be negative, is ${iterations}`);
    if (milliseconds !== undefined && !(milliseconds >= 0))
      throw new Error(`milliseconds must not be negative, is ${milliseconds}`);
    if (milliseconds !== undefined && now === undefined)
      throw new Error('milliseconds needs now: the solver reads no clock');
    this.iterations = iterations ?? Number.POSITIVE_INFINITY;
    this.milliseconds = milliseconds ?? Number.POSITIVE_INFINITY;
    this.now = milliseconds === undefined || now === undefined ? () => 0 : now;
    this.began = this.lookedAt = this.now();
  }

  /** 0 to 1, and more when it is overdrawn. Reads the clock. */
  used(iterations: number): number {
    const now = this.now();
    const took = now - this.lookedAt;
    if (took < PAUSE / 2) this.steps = Math.min(2 * this.steps, MOST_STEPS);
    else if (took > 2 * PAUSE) this.steps = Math.max(1, this.steps >> 1);
    this.lookedAt = now;
    this.lookedAfter = iterations;
    if (this.iterations === 0 || this.milliseconds === 0) return 1;
    return Math.max(iterations / this.iterations, (now - this.began) / this.milliseconds);
  }

  /** A share of the time allowed, but no more than half of what is left; nothing where time is not limited. */
  secondsFor(share: number): { seconds?: number } {
    if (this.milliseconds === Number.POSITIVE_INFINITY) return {};
    const left = this.milliseconds - (this.now() - this.began);
    return { seconds: Math.max(0.001, Math.min(share * this.milliseconds, left / 2) / 1000) };
  }

  /** At least one. */
  stepsUntilNextLook(): number {
    const left = this.iterations - this.lookedAfter;
    if (this.milliseconds < Number.POSITIVE_INFINITY) return Math.min(this.steps, left);
    return Math.min(left, Math.max(1, Math.min(MOST_STEPS, Math.floor(this.iterations / 100))));
  }
}

const PAUSE = 8;
const MOST_STEPS = 1024;

/** When to stop. At least one limit is needed; with several the one reached first counts. */
export interface SearchLimits {
  /** A whole number. Same problem, start, seed and iterations (and no clock): same routes. */
  readonly seed: number;
  readonly iterations?: number;
  /** By `now`, which may count anything: wall clock, processor time. */
  readonly milliseconds?: number;
  readonly now?: () => number;
  /** Stop after so many iterations without a better plan. */
  readonly stall?: number;
  readonly signal?: { readonly aborted: boolean };
}

/** `optimum`: nothing better can be found. */
export type StoppedBy = 'iterations' | 'time' | 'stall' | 'signal' | 'optimum';

/** Follows a search to its limits: how much of them is used up, 0 to 1, and which one stopped it. */
export class Countdown {
  iterations = 0;
  stoppedBy: StoppedBy = 'iterations';
  private readonly limits: SearchLimits;
  private readonly began: number;
  private readonly every: number;
  private lastBetter = 0;
  private share = 0;

  constructor(limits: SearchLimits, clockEvery = 64) {
    const { iterations, milliseconds, now, seed } = limits;
    if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, is ${seed}`);
    if (iterations === undefined && milliseconds === undefined)
      throw new Error('a limit is needed: iterations or time');
    if (milliseconds !== undefined && now === undefined) throw new Error('a limit in time needs a clock');
    this.limits = limits;
    this.began = now?.() ?? 0;
    this.every = clockEvery;
  }

  better(): void {
    this.lastBetter = this.iterations;
  }

  /** How much is used up; 1 ends the search. The clock is asked now and then only: asking costs as much as a move. */
  used(): number {
    const { iterations, milliseconds, now, stall, signal } = this.limits;
    if (signal?.aborted) return this.stop('signal');
    if (iterations !== undefined && this.iterations >= iterations) return this.stop('iterations');
    if (stall !== undefined && this.iterations - this.lastBetter >= stall) return this.stop('stall');
    const ofIterations = iterations === undefined ? 0 : this.iterations / iterations;
    if (milliseconds === undefined || now === undefined) return ofIterations;
    if (this.iterations % this.every === 0) {
      const spent = now() - this.began;
      if (spent >= milliseconds) return this.stop('time');
      this.share = spent / milliseconds;
    }
    return Math.max(ofIterations, this.share);
  }

  private stop(by: StoppedBy): number {
    this.stoppedBy = by;
    return 1;
  }
}

import type { LatencyView } from '@uptower/domain';

/** Four bins an octave from 10 µs on: up to an hour. */
const BINS = 113;
const FIRST_MS = 0.01;
const BINS_PER_OCTAVE = 4;
const WINDOW_MS = 10_000;

/** How long something takes: the last ten to twenty seconds, in bins; a sample costs a logarithm. Real milliseconds. */
export class Latency {
  private now = new Uint32Array(BINS);
  private before = new Uint32Array(BINS);
  private longest: [now: number, before: number] = [0, 0];
  private turnedAt: number;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {
    this.turnedAt = monotonicMs();
  }

  add(ms: number): void {
    const bin = Math.ceil(BINS_PER_OCTAVE * Math.log2(Math.max(ms, FIRST_MS) / FIRST_MS));
    const at = Math.min(BINS - 1, bin);
    this.now[at] = (this.now[at] ?? 0) + 1;
    if (ms > this.longest[0]) this.longest[0] = ms;
  }

  /** Null when nothing was measured of late. Quantiles are upper edges of bins, at most 19 % too high. */
  view(): LatencyView | null {
    this.turn();
    let count = 0;
    for (let i = 0; i < BINS; i += 1) count += this.at(i);
    if (count === 0) return null;
    const max = Math.max(...this.longest);
    return {
      p50: Math.min(max, this.quantile(0.5, count)),
      p99: Math.min(max, this.quantile(0.99, count)),
      max,
      count,
    };
  }

  private at(bin: number): number {
    return (this.now[bin] ?? 0) + (this.before[bin] ?? 0);
  }

  private quantile(share: number, count: number): number {
    let sum = 0;
    for (let i = 0; i < BINS; i += 1) {
      sum += this.at(i);
      if (sum >= share * count) return FIRST_MS * 2 ** (i / BINS_PER_OCTAVE);
    }
    return Number.POSITIVE_INFINITY;
  }

  private turn(): void {
    const passed = this.monotonicMs() - this.turnedAt;
    if (passed < WINDOW_MS) return;
    // Longer than both windows: nothing of what is here is recent.
    this.before = passed < 2 * WINDOW_MS ? this.now : new Uint32Array(BINS);
    this.longest = [0, passed < 2 * WINDOW_MS ? this.longest[0] : 0];
    this.now = new Uint32Array(BINS);
    this.turnedAt += passed;
  }
}

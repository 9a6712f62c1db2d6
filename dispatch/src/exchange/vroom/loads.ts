import type { VroomProblem } from './problem.ts';

/**
 * What is on board along a route: position i is between stop i − 1 and stop i, position 0 the start. What jobs deliver is
 * loaded at the start, what they pick up stays to the end, a shipment is on board between its two stops.
 */
export class Loads {
  private readonly dimensions: number;
  private readonly at: Float64Array; // position x dimension
  /** Most on board at any position up to, and from this one on. */
  private readonly upTo: Float64Array;
  private readonly fromOn: Float64Array;

  constructor(problem: VroomProblem, stops: readonly number[]) {
    const { dimensions } = problem;
    this.dimensions = dimensions;
    const size = (stops.length + 1) * dimensions;
    this.at = new Float64Array(size);
    this.upTo = new Float64Array(size);
    this.fromOn = new Float64Array(size);
    if (dimensions === 0) return;
    for (const stop of stops) {
      const { task, kind } = problem.stops[stop]!;
      if (kind !== 'job') continue;
      const { delivery } = problem.tasks[task]!;
      for (let d = 0; d < dimensions; d++) this.at[d] = (this.at[d] as number) + (delivery[d] as number);
    }
    for (let i = 0; i < stops.length; i++) {
      const { task, kind } = problem.stops[stops[i] as number]!;
      const { delivery, pickup, carried } = problem.tasks[task]!;
      const sign = kind === 'pickup' ? 1 : kind === 'delivery' ? -1 : 0;
      for (let d = 0; d < dimensions; d++) {
        const change = sign === 0 ? (pickup[d] as number) - (delivery[d] as number) : sign * (carried[d] as number);
        this.at[(i + 1) * dimensions + d] = (this.at[i * dimensions + d] as number) + change;
      }
    }
    for (let k = 0; k < size; k++)
      this.upTo[k] =
        k < dimensions ? (this.at[k] as number) : Math.max(this.at[k] as number, this.upTo[k - dimensions] as number);
    for (let k = size - 1; k >= 0; k--)
      this.fromOn[k] =
        k >= size - dimensions
          ? (this.at[k] as number)
          : Math.max(this.at[k] as number, this.fromOn[k + dimensions] as number);
  }

  /** At one position. */
  on(position: number): number[] {
    return [...this.at.subarray(position * this.dimensions, (position + 1) * this.dimensions)];
  }

  within(position: number, most: readonly number[] | null): boolean {
    if (most === null) return true;
    for (let d = 0; d < this.dimensions; d++)
      if ((this.at[position * this.dimensions + d] as number) > (most[d] as number)) return false;
    return true;
  }

  fit(capacity: readonly number[]): boolean {
    for (let d = 0; d < this.dimensions; d++) if ((this.fromOn[d] as number) > (capacity[d] as number)) return false;
    return true;
  }

  /** Whether one more job has room: its delivery on board up to `position`, its pickup from there on. */
  takeJob(
    position: number,
    delivery: readonly number[],
    pickup: readonly number[],
    capacity: readonly number[],
  ): boolean {
    for (let d = 0; d < this.dimensions; d++) {
      const k = position * this.dimensions + d;
      if ((this.upTo[k] as number) + (delivery[d] as number) > (capacity[d] as number)) return false;
      if ((this.fromOn[k] as number) + (pickup[d] as number) > (capacity[d] as number)) return false;
    }
    return true;
  }

  /** Whether `carried` has room at position `then`; the caller comes from `at` upwards. */
  takeAt(then: number, carried: readonly number[], capacity: readonly number[]): boolean {
    for (let d = 0; d < this.dimensions; d++)
      if ((this.at[then * this.dimensions + d] as number) + (carried[d] as number) > (capacity[d] as number))
        return false;
    return true;
  }
}

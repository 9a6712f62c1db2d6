import type { Segment } from './segment.ts';

/** A segment that grows at its end, in place: what `join` does without making a new one at every step of a scan. */
export class Reach {
  private duration = 0;
  private earliest = 0;
  private latest = 0;
  private last = 0;
  private readonly travel: Float64Array;
  private readonly places: number;

  constructor(travel: Float64Array, places: number) {
    this.travel = travel;
    this.places = places;
  }

  /** Begins as this segment. */
  begin({ duration, earliest, latest, last }: Segment): void {
    this.duration = duration;
    this.earliest = earliest;
    this.latest = latest;
    this.last = last;
  }

  copy(other: Reach): void {
    this.duration = other.duration;
    this.earliest = other.earliest;
    this.latest = other.latest;
    this.last = other.last;
  }

  /** False when the next segment cannot be reached in time; this one then means nothing any more. */
  append(next: Segment): boolean {
    const offset = this.duration + (this.travel[this.last * this.places + next.first] as number);
    if (this.earliest + offset > next.latest) return false;
    const wait = Math.max(0, next.earliest - offset - this.latest);
    this.duration = offset + next.duration + wait;
    this.earliest = Math.max(next.earliest - offset, this.earliest) - wait;
    this.latest = Math.min(next.latest - offset, this.latest);
    this.last = next.last;
    return true;
  }

  /** How long it would take with `next` at its end, or Infinity. */
  durationWith(next: Segment): number {
    const offset = this.duration + (this.travel[this.last * this.places + next.first] as number);
    if (this.earliest + offset > next.latest) return Number.POSITIVE_INFINITY;
    return offset + next.duration + Math.max(0, next.earliest - offset - this.latest);
  }
}

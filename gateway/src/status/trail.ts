import { SECOND } from '@uptower/domain';

/** Positions and when they were taken (any clock, ms), at most one a second: how old what a consumer has not read is. */
export class Trail {
  private marks: [position: number, at: number][] = [];

  constructor(private readonly limit = 3_600) {}

  note(position: number, at: number): void {
    const last = this.marks.at(-1);
    if (last && at - last[1] < SECOND) return;
    this.marks.push([position, at]);
    // Every other old mark goes: the answer becomes coarser, not wrong.
    if (this.marks.length > this.limit) this.marks = this.marks.filter((_, i) => i % 2 === 1 || i === 0);
  }

  /** Milliseconds since the first record after `position` was taken, to a second or so; 0 when there is none. */
  age(position: number, head: number, now: number): number {
    if (position >= head) return 0;
    const next = this.marks.find(([marked]) => marked > position) ?? this.marks.at(-1);
    return next ? Math.max(0, now - next[1]) : 0;
  }
}

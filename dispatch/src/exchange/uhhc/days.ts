/**
 * Who is visited by whom in which order: for each caregiver a linked list of visits in the order in which they are given
 * times. Visits are numbered 2 x patient + service.
 */
export class Days {
  /** By visit: the one before and after it in the same day; -1: none. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** By visit: whose day it is in; -1: nobody's. */
  readonly of: Int32Array;
  /** By caregiver. */
  readonly first: Int32Array;
  readonly last: Int32Array;

  constructor(patients: number, caregivers: number) {
    this.before = new Int32Array(2 * patients);
    this.after = new Int32Array(2 * patients);
    this.of = new Int32Array(2 * patients).fill(-1);
    this.first = new Int32Array(caregivers).fill(-1);
    this.last = new Int32Array(caregivers).fill(-1);
  }

  clear(): void {
    this.of.fill(-1);
    this.first.fill(-1);
    this.last.fill(-1);
  }

  /** `at`: place of a patient in the order of all. */
  put(visit: number, caregiver: number, at: Int32Array): void {
    const { before, after, first, last } = this;
    const place = at[visit >> 1] as number;
    let next = -1;
    let previous = last[caregiver] as number;
    while (previous >= 0 && (at[previous >> 1] as number) > place) {
      next = previous;
      previous = before[previous] as number;
    }
    before[visit] = previous;
    after[visit] = next;
    if (previous >= 0) after[previous] = visit;
    else first[caregiver] = visit;
    if (next >= 0) before[next] = visit;
    else last[caregiver] = visit;
    this.of[visit] = caregiver;
  }

  takeOut(visit: number): void {
    const { before, after } = this;
    const caregiver = this.of[visit] as number;
    const previous = before[visit] as number;
    const next = after[visit] as number;
    if (previous >= 0) after[previous] = next;
    else this.first[caregiver] = next;
    if (next >= 0) before[next] = previous;
    else this.last[caregiver] = previous;
    this.of[visit] = -1;
  }
}

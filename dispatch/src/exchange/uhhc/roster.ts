import type { HomeCare, HomeCareTerms } from './read.ts';
import { VisitWindows } from './visit-windows.ts';

/** A plan before it has times: who serves whom, in which order, and from when on each caregiver may have lunch. */
export interface Choices {
  /** All patients; the order in which their visits are given times. */
  readonly order: Int32Array;
  /** [2 x patient + service]: caregiver, or -1: not served (both, or none). */
  readonly by: Int32Array;
  /** By caregiver: lunch comes before the first visit reached at this time or later. */
  readonly lunchFrom: Int32Array;
}

/** Dear enough that nothing pays for a patient who must be served. */
export const UNSERVED_MUST = 1e7;

/**
 * Gives choices their times, patient after patient, each as early as the rules allow, and says what they cost. This is
 * where all rules live; it is called for every move of the search and so keeps to arrays it owns.
 *   start        not before the caregiver is there (and has had lunch), nor before a window opens; of two windows the one
 *                that costs less in waiting and tardiness
 *   two at once  the second service begins min … max after the first
 *   tardiness    past the end of the window, by the end (or the beginning) of service
 *   waiting      between visits, lunch apart; idle: unused time of the shift, before the first visit and after the last too
 *   lunch        at the next patient's before the service, inside its hours
 */
export class Roster {
  readonly problem: HomeCare;
  /** [2 x patient + service] of the last `time`. */
  readonly starts: Int32Array;
  /** By caregiver: when lunch began, and before which patient's visit; -1: none. */
  readonly lunchAt: Int32Array;
  readonly lunchBefore: Int32Array;
  private readonly free: Int32Array;
  private readonly place: Int32Array;
  private readonly visits: Int32Array;
  private readonly busy: Int32Array; // service, travel and lunch
  private readonly windows: VisitWindows;
  private readonly lasts: Int32Array;
  private readonly homes: Int32Array;
  private readonly patientPlace: Int32Array;
  private readonly preferred: Uint8Array; // [patient x caregiver]: 1 when the patient would rather have another
  private readonly hasLunch: Uint8Array;
  private costs: HomeCareTerms = NOTHING;

  constructor(problem: HomeCare) {
    const { caregivers, patients } = problem;
    this.problem = problem;
    this.starts = new Int32Array(2 * patients.length);
    this.lunchAt = new Int32Array(caregivers.length);
    this.lunchBefore = new Int32Array(caregivers.length);
    this.free = new Int32Array(caregivers.length);
    this.place = new Int32Array(caregivers.length);
    this.visits = new Int32Array(caregivers.length);
    this.busy = new Int32Array(caregivers.length);
    this.windows = new VisitWindows(problem);
    this.lasts = Int32Array.from(patients.flatMap(({ services }) => [services[0]!.lasts, services[1]?.lasts ?? 0]));
    this.homes = Int32Array.from(caregivers, ({ end }) => end);
    this.patientPlace = Int32Array.from(patients, ({ place }) => place);
    this.preferred = Uint8Array.from(
      patients.flatMap(({ preferred }) => caregivers.map((_, c) => (preferred === null || preferred.has(c) ? 0 : 1))),
    );
    this.hasLunch = Uint8Array.from(caregivers, ({ lunch }) => (lunch ? 1 : 0));
  }

  /** Of the last `time`, in units of their own, unweighted. */
  get cost(): HomeCareTerms {
    return this.costs;
  }

  /** Weighted cost; patients who must be served and are not cost `UNSERVED_MUST` each. */
  time({ order, by, lunchFrom }: Choices): number {
    const { caregivers, patients, places, travel, weights, lunch } = this.problem;
    const count = caregivers.length;
    for (let c = 0; c < count; c++) {
      const { from, start } = caregivers[c]!;
      this.free[c] = from;
      this.place[c] = start;
      this.visits[c] = 0;
      this.busy[c] = 0;
      this.lunchAt[c] = -1;
      this.lunchBefore[c] = -1;
    }
    let [tardiness, highestTardiness, waiting, preference, unserved, must, driven] = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < order.length; i++) {
      const p = order[i] as number;
      const first = by[2 * p] as number;
      if (first < 0) {
        if (patients[p]!.optional) unserved++;
        else must++;
        continue;
      }
      const second = by[2 * p + 1] as number;
      const here = this.patientPlace[p] as number;
      let [a, b] = [this.ready(first, here, lunchFrom, p), 0];
      if (second >= 0) {
        b = this.ready(second, here, lunchFrom, p);
        const { apart } = patients[p]!;
        if (apart !== null) {
          a = this.fit(p, 2 * p, Math.max(a, b - apart.max));
          b = this.fit(p, 2 * p + 1, Math.max(b, a + apart.min));
          if (b > a + apart.max) a = b - apart.max;
        } else {
          a = this.fit(p, 2 * p, a);
          b = this.fit(p, 2 * p + 1, b);
        }
      } else a = this.fit(p, 2 * p, a);
      for (let s = 0; s < (second < 0 ? 1 : 2); s++) {
        const c = s === 0 ? first : second;
        const start = s === 0 ? a : b;
        const lasts = this.lasts[2 * p + s] as number;
        this.starts[2 * p + s] = start;
        const way = travel[(this.place[c] as number) * places + here] as number;
        driven += way;
        const rest = this.lunchBefore[c] === p && lunch !== null ? lunch.lasts : 0;
        if ((this.visits[c] as number) > 0) waiting += start - (this.free[c] as number) - way - rest;
        this.busy[c] = (this.busy[c] as number) + way + lasts + rest;
        this.free[c] = start + lasts;
        this.place[c] = here;
        this.visits[c] = (this.visits[c] as number) + 1;
        const late = this.windows.late(p, start, lasts);
        tardiness += late;
        if (late > highestTardiness) highestTardiness = late;
        preference += this.preferred[p * count + c] as number;
      }
    }
    let [overtime, highestIdle, missedLunch] = [0, 0, 0];
    for (let c = 0; c < count; c++) {
      const { from, to } = caregivers[c]!;
      let back = this.free[c] as number;
      if ((this.visits[c] as number) > 0) {
        const way = travel[(this.place[c] as number) * places + (this.homes[c] as number)] as number;
        driven += way;
        back += way;
        this.busy[c] = (this.busy[c] as number) + way;
      }
      const extra = back > to ? back - to : 0;
      overtime += extra;
      const idle = to - from - (this.busy[c] as number) + extra;
      if (idle > highestIdle) highestIdle = idle;
      if (this.hasLunch[c] === 1 && this.lunchAt[c] === -1) missedLunch++;
    }
    this.costs = {
      travel: driven,
      tardiness,
      highestTardiness,
      waiting,
      overtime,
      highestIdle,
      preference,
      unserved,
      missedLunch,
    };
    return (
      weights.travel * driven +
      weights.tardiness * tardiness +
      weights.highestTardiness * highestTardiness +
      weights.waiting * waiting +
      weights.overtime * overtime +
      weights.highestIdle * highestIdle +
      weights.preference * preference +
      weights.unserved * unserved +
      weights.missedLunch * missedLunch +
      UNSERVED_MUST * must
    );
  }

  /** When the caregiver could begin at the patient's: there, and fed when it is time. */
  private ready(c: number, here: number, lunchFrom: Int32Array, patient: number): number {
    const { travel, places, lunch } = this.problem;
    const there = (this.free[c] as number) + (travel[(this.place[c] as number) * places + here] as number);
    if (this.hasLunch[c] === 0 || lunch === null || this.lunchAt[c] !== -1) return there;
    const start = Math.max(there, lunch.from);
    if (start < (lunchFrom[c] as number) && there < (lunchFrom[c] as number)) return there;
    if (start + lunch.lasts > lunch.to) return there;
    this.lunchAt[c] = start;
    this.lunchBefore[c] = patient;
    return start + lunch.lasts;
  }

  private fit(patient: number, visit: number, ready: number): number {
    return this.windows.fit(patient, ready, this.lasts[visit] as number);
  }
}

const NOTHING: HomeCareTerms = {
  travel: 0,
  tardiness: 0,
  highestTardiness: 0,
  waiting: 0,
  overtime: 0,
  highestIdle: 0,
  preference: 0,
  unserved: 0,
  missedLunch: 0,
};

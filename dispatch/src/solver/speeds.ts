import type { PlainSpeeds } from './plain.ts';

/**
 * Travel that depends on when it begins, after Ichoua, Gendreau & Potvin, "Vehicle dispatching with time-dependent travel
 * times", European Journal of Operational Research 144(2), 2003: not the time of a way changes with the hour but the speed,
 * also while driving. So whoever leaves later never arrives sooner (first in, first out).
 *
 * With W(t) the integral of the speed in per cent, a way of `d` matrix seconds that begins at `t` ends at the first whole
 * second T with W(T) - W(t) >= 100 d, and the latest departure for an arrival by A is the last whole second t with
 * W(A) - W(t) >= 100 d. All numbers are whole, so each answers the question whether the other is in time.
 */
export class Speeds {
  private readonly profileOf: Int32Array; // by location; one more for "nowhere"
  private readonly first: Int32Array; // of a profile's steps; one entry more than there are profiles
  private readonly anchor: number[] = []; // by step, a moment at which W is known: where the step begins
  private readonly percent: number[] = [];
  private readonly driven: number[] = []; // W at the anchor

  constructor({ profiles, profileOf }: PlainSpeeds, locationCount: number) {
    this.profileOf = Int32Array.from({ length: locationCount + 1 }, (_, location) => profileOf?.[location] ?? 0);
    this.first = new Int32Array(profiles.length + 1);
    profiles.forEach((steps, profile) => {
      this.add(steps[0]?.from ?? 0, 100, 0); // until the first step ways take what the matrix says
      let driven = 0;
      steps.forEach(({ from, percent }, k) => {
        const before = steps[k - 1];
        if (before !== undefined) driven += before.percent * (from - before.from);
        this.add(from, percent, driven);
      });
      this.first[profile + 1] = this.anchor.length;
    });
  }

  /** When a way of so many matrix seconds from `location` is done. */
  arrival(location: number, departAt: number, seconds: number): number {
    let k = this.stepAt(location, departAt);
    const last = this.lastStep(location);
    const goal = this.drivenBy(k, departAt) + 100 * seconds;
    while (k < last && (this.driven[k + 1] as number) < goal) k++;
    return (this.anchor[k] as number) + Math.ceil((goal - (this.driven[k] as number)) / (this.percent[k] as number));
  }

  /** When to leave `location` at the latest for a way of so many matrix seconds, to be there by `arriveBy`. */
  departure(location: number, arriveBy: number, seconds: number): number {
    let k = this.stepAt(location, arriveBy);
    const first = this.firstStep(location);
    const goal = this.drivenBy(k, arriveBy) - 100 * seconds;
    while (k > first && (this.driven[k] as number) > goal) k--;
    return (this.anchor[k] as number) + Math.floor((goal - (this.driven[k] as number)) / (this.percent[k] as number));
  }

  private add(anchor: number, percent: number, driven: number): void {
    this.anchor.push(anchor);
    this.percent.push(percent);
    this.driven.push(driven);
  }
  private firstStep(location: number): number {
    return this.first[this.profileOf[location] as number] as number;
  }
  private lastStep(location: number): number {
    return (this.first[(this.profileOf[location] as number) + 1] as number) - 1;
  }
  private stepAt(location: number, moment: number): number {
    const first = this.firstStep(location);
    let k = this.lastStep(location);
    while (k > first && (this.anchor[k] as number) > moment) k--;
    return k;
  }
  private drivenBy(k: number, moment: number): number {
    return (this.driven[k] as number) + (this.percent[k] as number) * (moment - (this.anchor[k] as number));
  }
}

import type { Instant, Interval, Place } from '@uptower/domain';
import { regionOf } from '../roads/speeds.ts';
import type { PlainSpeedStep, PlainSpeeds } from '../solver/plain.ts';
import { Speeds } from '../solver/speeds.ts';
import type { TravelTimes } from '../travel.ts';

const ANY_HOUR: readonly PlainSpeedStep[] = [];

/** Ways at the hour they are driven, within a period. Steps are asked for once for each region. */
export class HourlyWays {
  private readonly travel: TravelTimes;
  private readonly zoneOf: (place: Place) => string;
  private readonly period: Interval;
  private readonly known = new Map<string, readonly PlainSpeedStep[]>();

  constructor(travel: TravelTimes, zoneOf: (place: Place) => string, period: Interval) {
    this.travel = travel;
    this.zoneOf = zoneOf;
    this.period = period;
  }

  /** When somebody who leaves then is there. */
  arrival(from: Place, to: Place, departAt: Instant): Instant {
    const { seconds } = this.travel.between(from, to);
    const speeds = new Speeds({ profiles: [this.stepsFrom(from)] }, 1);
    const depart = Math.ceil(departAt / 1_000);
    return departAt + (speeds.arrival(0, depart, seconds) - depart) * 1_000;
  }

  /** For the solver, by place; undefined where the hour changes nothing anywhere, as plans are found faster without. */
  plainSpeeds(places: readonly Place[]): PlainSpeeds | undefined {
    const profiles: (readonly PlainSpeedStep[])[] = [ANY_HOUR];
    const profileOf = places.map((place) => {
      const steps = this.stepsFrom(place);
      const known = profiles.indexOf(steps);
      return known < 0 ? profiles.push(steps) - 1 : known;
    });
    return profiles.length === 1 ? undefined : { profiles, profileOf };
  }

  private stepsFrom(place: Place): readonly PlainSpeedStep[] {
    if (this.travel.steps === undefined) return ANY_HOUR;
    const timeZone = this.zoneOf(place);
    const key = `${timeZone} ${regionOf(place)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const steps = this.travel.steps(place, timeZone, this.period);
    const plain =
      steps.length === 0 ? ANY_HOUR : steps.map(({ from, percent }) => ({ from: Math.floor(from / 1_000), percent }));
    this.known.set(key, plain);
    return plain;
  }
}

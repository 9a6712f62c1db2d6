import type { Instant, Interval, Place } from '@uptower/domain';
import { localDay, zonedInstant } from '../availability/zone.ts';
import { type Band, bandOf, factorTo, regionOf, type Speeds, WORKDAY } from './speeds.ts';

/** From then on driving goes at so many per cent of the usual day's speed. */
export interface SpeedStep {
  readonly from: Instant;
  readonly percent: number;
}

/** Less than this nobody plans by, and a plan that knows speeds by the hour takes longer to find. */
const LEAST_PERCENT = 5;
/** Of a region at a time of day, before that counts: a handful says more about their drivers. */
const LEAST_TRIPS = 10;

/**
 * Speed by time of day on the ways that begin in the region of a place, against its usual day: what trips to the region taught
 * (speeds.ts), taken for those from it as well. A time of day counts from ten trips on; empty where none differs by five per
 * cent. From the beginning of the period to its end; the last step lasts.
 */
export function speedSteps(speeds: Speeds, place: Place, timeZone: string, period: Interval): readonly SpeedStep[] {
  const bands = speeds.regions.get(regionOf(place))?.bands ?? new Map<Band, { trips: number }>();
  const usual = factorTo(speeds, place);
  const percents = new Map<Band, number>();
  for (const [band, { trips }] of bands)
    if (trips >= LEAST_TRIPS)
      percents.set(band, Math.max(1, Math.round((100 * usual) / factorTo(speeds, place, band))));
  if ([...percents.values()].every((percent) => Math.abs(percent - 100) < LEAST_PERCENT)) return [];
  const steps: SpeedStep[] = [];
  for (const from of [period.from, ...changes(timeZone, period)]) {
    const percent = percents.get(bandOf(timeZone, from)) ?? 100;
    if (percent !== steps.at(-1)?.percent) steps.push({ from, percent });
  }
  return steps;
}

/** When another time of day begins, after the beginning of the period and before its end. */
function changes(timeZone: string, { from, to }: Interval): Instant[] {
  const { year, month, day } = localDay(timeZone, from);
  const found: Instant[] = [];
  for (let ahead = 0; ; ahead++) {
    const midnight = zonedInstant(timeZone, year, month, day + ahead, 0);
    if (midnight >= to) return found;
    for (const [, minute] of WORKDAY) {
      const at = midnight + minute * 60_000;
      if (at > from && at < to) found.push(at);
    }
  }
}

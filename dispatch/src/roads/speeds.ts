import type { Instant, Place } from '@uptower/domain';
import { latLngToCell } from 'h3-js';
import { localDay, zonedInstant } from '../availability/zone.ts';

/**
 * How much longer trips take than estimated, learned from trips that were really made: by region and time of day. A trip is
 * one number, the logarithm of how long it took over how long was estimated, so that twice as long and half as long weigh the
 * same.
 *
 * Shrinkage (Gelman & Hill, Data Analysis Using Regression and Multilevel Models, 2007, ch. 12): the mean of a group counts
 * with its number of trips, the mean of what it belongs to as PRIOR_TRIPS trips; all trips belong to "as estimated", a region
 * to all trips, a time of day in a region to the region.
 */
export interface Speeds {
  readonly all: Tally;
  readonly regions: Map<string, RegionTally>;
  /** When the last trip that counted ended. */
  lastTripAt: Instant | null;
}

interface Tally {
  trips: number;
  sum: number;
}
interface RegionTally extends Tally {
  readonly bands: Map<Band, Tally>;
}

/** Stretches of a local day in which roads are alike: minutes after midnight, Monday to Friday. */
export const WORKDAY = [
  ['night', 0, 6 * 60 + 30],
  ['morning-peak', 6 * 60 + 30, 9 * 60 + 30],
  ['day', 9 * 60 + 30, 16 * 60 + 30],
  ['evening-peak', 16 * 60 + 30, 19 * 60 + 30],
  ['evening', 19 * 60 + 30, 24 * 60],
] as const;
export type Band = (typeof WORKDAY)[number][0] | 'weekend';

/** Cells of about 250 km²: a town and what is around it. */
const REGION_RESOLUTION = 5;
const PRIOR_TRIPS = 5;
/** Shorter ways say more about parking than about roads; longer times contain a lunch. */
const LEAST_SECONDS = 180;
const MOST_SECONDS = 6 * 3_600;
/** A trip said to have taken 2.7 times as long, or less than 0.37 times, was signed on or off at the wrong moment. */
const WILDEST = 1;

export const noSpeeds = (): Speeds => ({ all: { trips: 0, sum: 0 }, regions: new Map(), lastTripAt: null });

export const regionOf = ({ lat, lon }: Place): string => latLngToCell(lat, lon, REGION_RESOLUTION);

/** The time of day on the roads. */
export function bandOf(timeZone: string, at: Instant): Band {
  const { year, month, day, weekday } = localDay(timeZone, at);
  if (weekday >= 6) return 'weekend';
  const minute = (at - zonedInstant(timeZone, year, month, day, 0)) / 60_000;
  return WORKDAY.find(([, from, to]) => minute >= from && minute < to)?.[0] ?? 'night';
}

export interface Trip {
  readonly to: Place;
  readonly timeZone: string;
  readonly departedAt: Instant;
  readonly arrivedAt: Instant;
  /** By the crow and the road factor, without anything learned. */
  readonly estimatedSeconds: number;
}

/** Counts one trip, in place. Answers whether it said anything about roads. */
export function learnTrip(speeds: Speeds, trip: Trip): boolean {
  const seconds = (trip.arrivedAt - trip.departedAt) / 1_000;
  if (trip.estimatedSeconds < LEAST_SECONDS || seconds <= 0 || seconds > MOST_SECONDS) return false;
  const ratio = Math.log(seconds / trip.estimatedSeconds);
  const counted = Math.min(WILDEST, Math.max(-WILDEST, ratio));
  const key = regionOf(trip.to);
  const region = speeds.regions.get(key) ?? { trips: 0, sum: 0, bands: new Map() };
  speeds.regions.set(key, region);
  const band = bandOf(trip.timeZone, trip.departedAt);
  const tally = region.bands.get(band) ?? { trips: 0, sum: 0 };
  region.bands.set(band, tally);
  for (const one of [speeds.all, region, tally]) {
    one.trips += 1;
    one.sum += counted;
  }
  speeds.lastTripAt = Math.max(trip.arrivedAt, speeds.lastTripAt ?? trip.arrivedAt);
  return true;
}

const shrunk = (tally: Tally | undefined, towards: number) =>
  ((tally?.sum ?? 0) + PRIOR_TRIPS * towards) / ((tally?.trips ?? 0) + PRIOR_TRIPS);

/** By how much the estimate of a way to a place is multiplied; with a band for that time of day, else for its usual day. */
export function factorTo(speeds: Speeds, place: Place, band?: Band): number {
  const region = speeds.regions.get(regionOf(place));
  const usual = shrunk(region, shrunk(speeds.all, 0));
  return Math.exp(band === undefined ? usual : shrunk(region?.bands.get(band), usual));
}

export interface LearnedRegion {
  /** H3 cell. */
  readonly region: string;
  readonly trips: number;
  /** How many times as long as estimated, on the usual day. */
  readonly factor: number;
  readonly bands: Partial<Record<Band, { readonly trips: number; readonly factor: number }>>;
}

/** What was learned, for people; regions with most trips first. */
export function learnedView(speeds: Speeds): {
  readonly trips: number;
  readonly lastTripAt: Instant | null;
  readonly regions: readonly LearnedRegion[];
} {
  const all = shrunk(speeds.all, 0);
  const regions = [...speeds.regions].map(([region, tally]): LearnedRegion => {
    const usual = shrunk(tally, all);
    const bands = [...tally.bands].map(
      ([band, own]) => [band, { trips: own.trips, factor: rounded(Math.exp(shrunk(own, usual))) }] as const,
    );
    return { region, trips: tally.trips, factor: rounded(Math.exp(usual)), bands: Object.fromEntries(bands) };
  });
  regions.sort((a, b) => b.trips - a.trips || (a.region < b.region ? -1 : 1));
  return { trips: speeds.all.trips, lastTripAt: speeds.lastTripAt, regions };
}

const rounded = (factor: number) => Math.round(factor * 1_000) / 1_000;

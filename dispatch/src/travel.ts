import { distanceMetres, type Interval, type Place } from '@uptower/domain';
import type { SpeedStep } from './roads/hours.ts';

/** How long the way takes. Never waits; what has to be asked for is asked for by `prepare`. */
export interface TravelTimes {
  between(from: Place, to: Place): { readonly seconds: number; readonly metres: number };
  /** How fast one gets away from a place by the hour, against the times of `between`; empty: the same at any hour. */
  steps?(from: Place, timeZone: string, period: Interval): readonly SpeedStep[];
  /** Gets ready for the ways between these places, for at most `patienceMs` (real). Never rejects. */
  prepare?(places: readonly Place[], patienceMs: number): Promise<void>;
}

/** Roads are longer than the crow flies: 1.35 lies between dense cities (1.2) and hill country (1.5). */
export const ROAD_FACTOR = 1.35;
const CITY = { km: 8, kmh: 28 };
const COUNTRY = { km: 60, kmh: 75 };

/**
 * Average speed of a whole trip by its length: 28 km/h up to 8 km (city), rising evenly to 75 km/h at 60 km (mostly
 * motorway), no faster beyond. The time never falls with the distance: d/v(d) has derivative (v − d·v')/v² and
 * v − d·v' = 28 − 8 · 47/52 > 0 all along the rise.
 */
export function tripSeconds(metres: number): number {
  const km = metres / 1_000;
  const share = Math.min(1, Math.max(0, (km - CITY.km) / (COUNTRY.km - CITY.km)));
  const kmh = CITY.kmh + (COUNTRY.kmh - CITY.kmh) * share;
  return (km / kmh) * 3_600;
}

export const estimatedTravel: TravelTimes = {
  between(from, to) {
    const metres = distanceMetres(from, to) * ROAD_FACTOR;
    return { seconds: Math.ceil(tripSeconds(metres)), metres: Math.round(metres) };
  },
};

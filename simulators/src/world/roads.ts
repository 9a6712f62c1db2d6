import { distanceMetres, type Instant, type Place } from '@uptower/domain';
import { localHour, localWeekday } from '../devices/usage.ts';

/** Parking and the way to the front desk, seconds. */
const PARKING = 180;
/** Roads in hill country wind more than in the plain. */
const WINDING = 1.4;

/** How much slower the roads of the region are at that hour: the truth, which the product can only learn. */
function crowding(at: Instant): number {
  const hour = localHour(at);
  if (localWeekday(at) >= 6) return 0.95;
  if (hour >= 7 && hour < 9.5) return 1.4;
  if (hour >= 16.5 && hour < 19.5) return 1.35;
  return hour < 6 || hour >= 21 ? 0.85 : 1;
}

/** How long the way takes an engineer who leaves then, seconds: 30 km/h in the city, up to 70 km/h on long ways. */
export function roadSeconds(from: Place, to: Place, departedAt: Instant): number {
  const km = (distanceMetres(from, to) * WINDING) / 1_000;
  const kmh = 30 + 0.8 * Math.min(50, km);
  return km === 0 ? 0 : PARKING + (km / kmh) * 3_600 * crowding(departedAt);
}

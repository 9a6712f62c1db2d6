import { z } from 'zod';

/** WGS-84 degrees. */
export const Place = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });
export type Place = z.infer<typeof Place>;

const EARTH_RADIUS_METRES = 6_371_008.8; // mean radius, IUGG

/** Great-circle distance in metres (haversine). */
export function distanceMetres(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The point `fraction` (0..1) of the way from a to b; straight in degrees, good enough inside one region. */
export function along(a: Place, b: Place, fraction: number): Place {
  const f = Math.min(1, Math.max(0, fraction));
  return { lat: a.lat + (b.lat - a.lat) * f, lon: a.lon + (b.lon - a.lon) * f };
}

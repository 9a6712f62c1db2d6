import { onlyTravel, type PlainInstance, type PlainVisit } from '../../../dispatch/src/solver/plain.ts';
import { Rng } from '../../../dispatch/src/solver/rng.ts';

/**
 * Made-up problems in the manner of Gehring & Homberger's larger instances (first type: short days, about eleven visits a
 * van): customers in clusters, at random, or half of each, with loads and time windows, one depot. A unit of length takes a
 * minute to drive and is written as 60 s, so that distance and driving time are one.
 */
export const FAMILIES = ['clustered', 'random', 'mixed'] as const;
export type Family = (typeof FAMILIES)[number];

const MINUTE = 60;
const CAPACITY = 200;

export function tightProblem(family: Family, seed: number, customers: number, vans: number): PlainInstance {
  const rng = new Rng(seed);
  const side = Math.round(12 * Math.sqrt(customers));
  const depot = { x: side / 2, y: side / 2 };
  const clusters = Array.from({ length: Math.ceil(customers / 12) }, () => ({
    x: rng.below(side),
    y: rng.below(side),
  }));
  const points = Array.from({ length: customers }, (_, c) => {
    const scattered = family === 'random' || (family === 'mixed' && c % 2 === 0);
    if (scattered) return { x: rng.below(side), y: rng.below(side) };
    const at = clusters[c % clusters.length] as { x: number; y: number };
    const near = (center: number) => Math.max(0, Math.min(side, center + rng.below(17) - 8));
    return { x: near(at.x), y: near(at.y) };
  });
  const places = [depot, ...points];
  const way = (a: { x: number; y: number }, b: { x: number; y: number }) =>
    Math.round(MINUTE * Math.hypot(a.x - b.x, a.y - b.y));
  const service = (family === 'clustered' ? 90 : 10) * MINUTE;
  const dayEnd = Math.round(1.6 * side) * MINUTE + 12 * service;
  const visits = points.map((point, c): PlainVisit => {
    const out = way(depot, point);
    const last = dayEnd - out - service;
    const width = (family === 'clustered' ? 40 + rng.below(80) : 20 + rng.below(60)) * MINUTE;
    const center = out + rng.below(Math.max(1, last - out));
    const free = rng.unit() < 0.1;
    const from = free ? 0 : Math.max(0, center - width / 2);
    const to = free ? last : Math.min(last, Math.max(center + width / 2, out));
    const load = 1 + rng.below(30);
    return { location: c + 1, serviceSeconds: service, priority: 0, amount: [load], windows: [{ from, to }] };
  });
  const shift = { startLocation: 0, endLocation: 0, from: 0, to: dayEnd, capacity: [CAPACITY] };
  return {
    locationCount: places.length,
    travelSeconds: Int32Array.from(places.flatMap((a) => places.map((b) => way(a, b)))),
    engineers: Array.from({ length: vans }, () => ({ skills: [], shifts: [shift] })),
    visits,
    // Left out costs more than any way about: whoever has a place gets it.
    weights: { ...onlyTravel, unassignedByPriority: [1_000_000] },
  };
}

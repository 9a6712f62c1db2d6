import { Rng } from '../../../dispatch/src/solver/rng.ts';

/**
 * Made-up instances of the form of Gehring and Homberger's, as text of Solomon's form: customers at random (`r`), in clusters
 * (`c`) or half and half (`rc`) on a square that grows with their number; type 1 has a short day and small vehicles, type 2 a
 * long day and large ones; `share` of the customers have a window. One can always be kept: its vehicle drives there alone.
 */
export function madeUpVrptw(
  seed: number,
  kind: 'r' | 'c' | 'rc',
  type: 1 | 2,
  customers: number,
  share: number,
): string {
  const rng = new Rng(seed);
  const side = Math.round(100 * Math.sqrt(customers / 100));
  const service = kind === 'c' ? 90 : 10;
  const day = (type === 1 ? 4 : 16) * side + (type === 1 ? 8 : 32) * service;
  const half = kind === 'r' ? 1 : kind === 'c' ? 0 : 0.5;
  const seeds = Array.from(
    { length: Math.max(1, Math.round(customers / 12)) },
    () => [rng.unit(), rng.unit()] as const,
  );
  const depot = { x: Math.floor(side / 2), y: Math.floor(side / 2) };
  const within = (value: number) => Math.min(side, Math.max(0, Math.round(value)));
  const lines = Array.from({ length: customers }, (_, k) => {
    const [cx, cy] = seeds[rng.below(seeds.length)] as readonly [number, number];
    const scattered = rng.unit() < half;
    const spread = () => 0.03 * side * (rng.unit() + rng.unit() + rng.unit() - 1.5);
    const x = within(scattered ? side * rng.unit() : side * cx + spread());
    const y = within(scattered ? side * rng.unit() : side * cy + spread());
    const way = Math.ceil(Math.hypot(x - depot.x, y - depot.y));
    const last = day - way - service;
    const width = Math.round((type === 1 ? 10 : 60) * (1 + 2 * rng.unit()));
    const from = Math.max(0, Math.min(last - width, way + rng.below(Math.max(1, last - way)) - (width >> 1)));
    const [opens, closes] = rng.unit() < share ? [from, from + width] : [0, last];
    return [k + 1, x, y, 1 + rng.below(35), opens, Math.max(closes, way), service].join(' ');
  });
  const capacity = type === 1 ? 200 : 1000;
  return [
    `${kind}${type}_${customers}_${seed}`,
    '',
    'VEHICLE',
    'NUMBER CAPACITY',
    `${Math.ceil(customers / 4)} ${capacity}`,
    '',
    'CUSTOMER',
    'CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME',
    '',
    `0 ${depot.x} ${depot.y} 0 0 ${day} 0`,
    ...lines,
    '',
  ].join('\n');
}

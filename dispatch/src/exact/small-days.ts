import { defaultWeights, type PlainInstance, type PlainVisit } from '../solver/plain.ts';

/** For tests and measurements: a day of technicians in a town of 40 km, all numbers drawn from `random` (in [0, 1)). */
export function smallDay(random: () => number, size: { visits: number; shifts: number }): PlainInstance {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const points = Array.from({ length: size.visits + size.shifts }, () => [upTo(40_000), upTo(40_000)] as const);
  const seconds = ([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]) =>
    Math.round(Math.hypot(ax - bx, ay - by) / 10);
  const engineers = Array.from({ length: size.shifts }, (_, e) => ({
    skills: [0, 1].flatMap((skill) => (random() < 0.75 ? [{ skill, level: 1 + upTo(2) }] : [])),
    shifts: [
      {
        startLocation: size.visits + e,
        endLocation: size.visits + e,
        from: 28_800,
        to: 61_200,
        overtimeSeconds: 7_200,
        ...(random() < 0.4 && { unavailable: [{ from: 43_200, to: 45_000 }] }),
      },
    ],
  }));
  const visit = (_: unknown, location: number): PlainVisit => {
    const from = 28_800 + 900 * upTo(20);
    return {
      location,
      serviceSeconds: 900 * (2 + upTo(6)),
      priority: upTo(3),
      ...(random() < 0.5 && { windows: [{ from, to: from + 7_200 + 900 * upTo(12) }] }),
      ...(random() < 0.6 && { skills: [{ skill: upTo(1), level: 1 + upTo(1) }] }),
      ...(random() < 0.5 && { due: 28_800 + 900 * upTo(30) }),
      ...(random() < 0.4 && { downtime: [{ from: 0, perSecond: 1 + upTo(3) }] }),
      ...(random() < 0.3 && { mandatory: true }),
    };
  };
  return {
    locationCount: points.length,
    travelSeconds: points.flatMap((a) => points.map((b) => seconds(a, b))),
    engineers,
    visits: Array.from({ length: size.visits }, visit),
    weights: defaultWeights,
  };
}

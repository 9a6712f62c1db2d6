import {
  defaultWeights,
  type PlainEngineer,
  type PlainInstance,
  type PlainVisit,
} from '../../../dispatch/src/solver/plain.ts';
import { Rng } from '../../../dispatch/src/solver/rng.ts';

/**
 * Made-up live problems: hospitals and homes scattered over 120 x 120 km, `dayCount` days, six skills of which an engineer has
 * about half, windows, deadlines, parts that come later, appointments, priorities.
 */
const HOUR = 3600;

export function liveProblem(seed: number, visitCount: number, engineerCount: number, dayCount: number): PlainInstance {
  const days = Array.from({ length: dayCount }, (_, day) => 24 * HOUR * day);
  const rng = new Rng(seed);
  const hospitals = Math.min(25 + Math.floor(visitCount / 10), visitCount);
  const points = Array.from({ length: hospitals + engineerCount }, () => ({
    x: rng.below(120_000),
    y: rng.below(120_000),
  }));
  // 16 m/s as the crow flies, and three minutes to park.
  const seconds = points.flatMap((a) =>
    points.map((b) => (a === b ? 0 : 180 + Math.round(Math.hypot(a.x - b.x, a.y - b.y) / 16))),
  );
  const engineers = Array.from({ length: engineerCount }, (_, e): PlainEngineer => {
    const home = hospitals + e;
    const skills = [0, 1, 2, 3, 4, 5].filter(() => rng.unit() < 0.45);
    return {
      skills: skills.map((skill) => ({ skill, level: 1 + rng.below(3) })),
      shifts: days
        .filter(() => rng.unit() < 0.9)
        .map((day) => ({
          startLocation: home,
          endLocation: home,
          from: day + 7 * HOUR + rng.below(3) * HOUR,
          to: day + 16 * HOUR + rng.below(2) * HOUR,
          overtimeSeconds: HOUR,
          unavailable: rng.unit() < 0.25 ? [{ from: day + 12 * HOUR, to: day + 14 * HOUR }] : [],
        })),
    };
  });
  const visits = Array.from({ length: visitCount }, (): PlainVisit => {
    const priority = rng.below(4);
    const windows = days.map((day) => ({ from: day + (8 + rng.below(5)) * HOUR, to: day + 14 * HOUR }));
    return {
      location: rng.below(hospitals),
      serviceSeconds: 1800 + rng.below(5) * 1800,
      priority,
      skills: [{ skill: rng.below(6), level: 1 + rng.below(2) }],
      downtime: [{ from: rng.below(10 * dayCount) * HOUR, perSecond: [0, 1, 3, 10][priority] as number }],
      mandatory: rng.unit() < 0.1,
      ...(rng.unit() < 0.3 && { windows }),
      ...(rng.unit() < 0.2 && { release: rng.below(dayCount) * 24 * HOUR + 8 * HOUR }),
      ...(rng.unit() < 0.6 && { due: (10 + rng.below(17 * dayCount)) * HOUR }),
    };
  });
  const weights = defaultWeights;
  return { locationCount: points.length, travelSeconds: Int32Array.from(seconds), engineers, visits, weights };
}

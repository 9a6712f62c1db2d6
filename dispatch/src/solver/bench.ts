/**
 * How good after how long, on made-up live problems: hospitals and homes scattered over 120 x 120 km, three days, six
 * skills of which an engineer has about half. Run: `npx tsx dispatch/src/solver/bench.ts [visits] [engineers] [seconds,...]`.
 */
import { findPlaces } from './insertion.ts';
import { buildInstance, type PlainEngineer, type PlainInstance, type PlainVisit } from './instance.ts';
import { defaultWeights } from './plain.ts';
import { Rng } from './rng.ts';
import { solve } from './search.ts';

const HOUR = 3600;
const DAYS = [0, 24 * HOUR, 48 * HOUR];

function liveProblem(seed: number, visitCount: number, engineerCount: number): PlainInstance {
  const rng = new Rng(seed);
  const hospitals = Math.min(25, visitCount);
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
      shifts: DAYS.filter(() => rng.unit() < 0.9).map((day) => ({
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
    const windows = DAYS.map((day) => ({ from: day + (8 + rng.below(5)) * HOUR, to: day + 14 * HOUR }));
    return {
      location: rng.below(hospitals),
      serviceSeconds: 1800 + rng.below(5) * 1800,
      priority,
      skills: [{ skill: rng.below(6), level: 1 + rng.below(2) }],
      downtime: [{ from: rng.below(30) * HOUR, perSecond: [0, 1, 3, 10][priority] as number }],
      mandatory: rng.unit() < 0.1,
      ...(rng.unit() < 0.3 && { windows }),
      ...(rng.unit() < 0.2 && { release: rng.below(3) * 24 * HOUR + 8 * HOUR }),
      ...(rng.unit() < 0.6 && { due: (10 + rng.below(50)) * HOUR }),
    };
  });
  const weights = defaultWeights;
  return { locationCount: points.length, travelSeconds: Int32Array.from(seconds), engineers, visits, weights };
}

const [visits = '60', engineers = '18', limits = '0.2,1,5'] = process.argv.slice(2);
const now = () => performance.now();
for (const seed of [1, 2, 3]) {
  const instance = buildInstance(liveProblem(seed, Number(visits), Number(engineers)));
  const began = now();
  const first = solve(instance, { seed: 1, iterations: 0 });
  const answered = now();
  const visit = first.plan.unassigned[0]?.visit ?? 0;
  findPlaces(instance, first.plan, visit);
  const scanned = now();
  const times = `first answer ${(answered - began).toFixed(1)} ms, scan ${(scanned - answered).toFixed(1)} ms`;
  console.log(`problem ${seed}: ${instance.vehicleCount} shifts, ${times}, cost ${first.cost.total}`);
  for (const limit of limits.split(',').map(Number)) {
    for (const run of [1, 2]) {
      const { cost, plan, iterations } = solve(instance, { seed: run, milliseconds: limit * 1000, now });
      console.log(
        `  ${limit} s, seed ${run}: ${cost.total}, ${plan.unassigned.length} left out, ${iterations} iterations`,
      );
    }
  }
}

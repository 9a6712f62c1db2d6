import { repairDay } from '../../../dispatch/src/planning/repair-day.ts';
import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { buildInstance, type Instance } from '../../../dispatch/src/solver/instance.ts';
import type { Plan } from '../../../dispatch/src/solver/plan.ts';
import { solve } from '../../../dispatch/src/solver/search.ts';
import { liveProblem } from './live.ts';

/** How long after the planned start a hospital was told that work may begin, seconds. */
const TOLD = 3_600;

/**
 * One engineer after the other falls ill on the first day of a plan; each time from the same plan. The repair of the service
 * beside a search of 300 ms that starts from the plan in force, and one of a second that knows nothing of it. `shape` is
 * VISITS,ENGINEERS,DAYS. Milliseconds are of the processor.
 */
export function runIll(shape: string, seed: number, now: () => number): void {
  const [visitCount = 500, engineers = 60, days = 5] = shape.split(',').map(Number);
  const well = liveProblem(seed, visitCount, engineers, days);
  const { plan: start } = solve(buildInstance(well), { seed, milliseconds: 6_000, now });
  const at = new Map(
    start.routes.flatMap(({ engineer, stops }) => stops.map((stop) => [stop.visit, { ...stop, engineer }])),
  );
  const visits = well.visits.map((visit, i) => {
    const planned = at.get(i);
    return planned ? { ...visit, previous: { engineer: planned.engineer, startAt: planned.startAt } } : visit;
  });
  const told = well.visits.map((_, i) => {
    const planned = at.get(i);
    return planned ? { from: planned.startAt, to: planned.startAt + TOLD } : null;
  });
  const ways: Record<string, (instance: Instance) => Plan> = {
    'repair, as the service answers': (instance) => repairDay({ plain: instance.plain, start, told, urgent: [] }).plan,
    'search of 300 ms from the plan': (instance) => solve(instance, { seed, start, milliseconds: 300, now }).plan,
    'search of 1 s from nothing': (instance) => solve(instance, { seed, milliseconds: 1_000, now }).plan,
  };
  const tallies = Object.keys(ways).map((name) => ({
    name,
    out: 0,
    moved: [] as number[],
    broken: 0,
    ms: [] as number[],
  }));
  let hers = 0;
  for (let ill = 0; ill < engineers; ill++) {
    const people = well.engineers.map((one, e) => {
      if (e !== ill) return one;
      const [first, ...rest] = one.shifts;
      if (!first) return one;
      return { ...one, shifts: [{ ...first, unavailable: [{ from: first.from, to: first.to + 7_200 }] }, ...rest] };
    });
    const instance = buildInstance({ ...well, engineers: people, visits });
    const first = well.engineers[ill]?.shifts[0];
    const isHers = (visit: number) =>
      at.get(visit)?.engineer === ill && (at.get(visit)?.startAt ?? 0) < (first?.to ?? 0) + 7_200;
    hers += [...at.keys()].filter(isHers).length;
    for (const tally of tallies) {
      const began = now();
      const plan = ways[tally.name]?.(instance) as Plan;
      tally.ms.push(now() - began);
      if (checkPlan(instance, plan).length > 0) throw new Error(`${tally.name} breaks a rule`);
      const others = plan.routes.flatMap(({ engineer, stops }) =>
        stops.flatMap((stop) => (at.has(stop.visit) && !isHers(stop.visit) ? [{ ...stop, engineer }] : [])),
      );
      const moved = others.filter(({ visit, engineer, startAt }) => {
        const before = at.get(visit);
        return before?.engineer !== engineer || Math.abs(before.startAt - startAt) > well.weights.churnToleranceSeconds;
      });
      tally.moved.push(moved.length);
      tally.broken += others.filter(({ visit, startAt }) => {
        const window = told[visit];
        return window && (startAt < window.from - TOLD / 4 || startAt > window.to);
      }).length;
      tally.out += plan.unassigned.length;
    }
  }
  console.log(`${shape}: ${engineers} times somebody is ill, ${hers} visits lost their engineer`);
  for (const { name, out, moved, broken, ms } of tallies)
    console.log(
      `  ${name}: ${out} left out, others moved ${quantile(moved, 0.5)} (most ${quantile(moved, 1)}), ` +
        `${broken} out of the window told, ${quantile(ms, 0.5)} ms (p90 ${quantile(ms, 0.9)}, most ${quantile(ms, 1)})`,
    );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}

import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { loadHighs } from '../../../dispatch/src/solver/highs.ts';
import { buildInstance } from '../../../dispatch/src/solver/instance.ts';
import type { PlainInstance } from '../../../dispatch/src/solver/plain.ts';
import { solve } from '../../../dispatch/src/solver/search.ts';
import { cpu, ms, row } from './figures.ts';

/** A plan of the whole region from nothing: how soon there is one, and how good after how long. Processor time, one thread. */
export async function wholeRegion(plain: PlainInstance, seconds: readonly number[], seed: number): Promise<void> {
  const solveProgram = await loadHighs();
  const began = cpu();
  const instance = buildInstance(plain);
  const built = cpu() - began;
  const firstBegan = cpu();
  const first = solve(instance, { seed, iterations: 0 });
  const firstMs = cpu() - firstBegan;
  const plans = seconds.map((limit) => {
    const result = solve(instance, { seed, milliseconds: limit * 1_000, now: cpu, solveProgram });
    return { limit, ...result };
  });
  const best = Math.min(...plans.map(({ cost }) => cost.total));
  const gap = (total: number) => `+${(100 * (total / best - 1)).toFixed(2)} %`;
  console.log('\nThe whole region from nothing, processor time of one thread');
  row('  after', 'over the best', 'left out', 'rules broken');
  const wrong = (plan: typeof first.plan) => checkPlan(instance, plan).length;
  row(
    `  first plan: ${ms(firstMs)}, and ${ms(built)} to build it`,
    gap(first.cost.total),
    first.plan.unassigned.length,
    wrong(first.plan),
  );
  for (const { limit, cost, plan } of plans) row(`  ${limit} s`, gap(cost.total), plan.unassigned.length, wrong(plan));
}

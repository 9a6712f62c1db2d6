import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { loadHighs } from '../../../dispatch/src/solver/highs.ts';
import { buildInstance } from '../../../dispatch/src/solver/instance.ts';
import { solve } from '../../../dispatch/src/solver/search.ts';
import { liveProblem } from './live.ts';

/** First answer, then how good after how long, and the memory it took. `shape` is VISITS,ENGINEERS,DAYS. */
export async function runLive(
  shape: string,
  seconds: readonly number[],
  seed: number,
  now: () => number,
): Promise<void> {
  const [visits = 60, engineers = 18, days = 3] = shape.split(',').map(Number);
  const plain = liveProblem(seed, visits, engineers, days);
  const began = now();
  const instance = buildInstance(plain);
  const built = now();
  const first = solve(instance, { seed, iterations: 0 });
  console.log(
    `${shape}: built in ${Math.round(built - began)} ms, first answer in ${Math.round(now() - built)} ms: ` +
      `cost ${first.cost.total}, ${first.plan.unassigned.length} left out`,
  );
  const solveProgram = await loadHighs();
  for (const limit of seconds) {
    const { cost, plan, iterations } = solve(instance, { seed, milliseconds: limit * 1000, now, solveProgram });
    const wrong = checkPlan(instance, plan).length;
    const memory = Math.round(process.memoryUsage.rss() / 1e6);
    console.log(
      `  ${limit} s: cost ${cost.total}, ${plan.unassigned.length} left out, ${plan.routes.length} days of work, ` +
        `${iterations} iterations, ${wrong} rules broken, ${memory} MB`,
    );
  }
}

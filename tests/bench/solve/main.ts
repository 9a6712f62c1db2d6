/**
 * How near the solver comes to the best plans known, on public instances, in CPU seconds. Every plan is checked by the
 * solver's independent checker and judged from the file itself.
 *   npm run bench solve -- --live VISITS,ENGINEERS,DAYS [--seconds 1,10,60]      made-up days of an equipment service
 *   npm run bench solve -- --ill VISITS,ENGINEERS,DAYS                           one engineer after the other falls ill
 *   npm run bench solve -- --urgent [--seconds 10] [--seed 1,2]                  visits that come late into full plans
 *   npm run bench solve -- --made-up r1,rc2 --customers 1000 --seconds 60,300    of Homberger's form, to the best of these runs
 *   npm run bench solve -- --data FOLDER [--set solomon] [--seconds 1,10] [--seed 1] [--threads 1] [--objective dimacs] [--only REGEX]
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { checkPlan } from '../../../dispatch/src/solver/check-plan.ts';
import { loadHighs } from '../../../dispatch/src/solver/highs.ts';
import { buildInstance } from '../../../dispatch/src/solver/instance.ts';
import { solveInParallel } from '../../../dispatch/src/solver/parallel.ts';
import { type SolveResult, solve } from '../../../dispatch/src/solver/search.ts';
import { runIll } from './ill-run.ts';
import { runLive } from './live-run.ts';
import { RICH_SETS, type RichSet, runRich } from './rich.ts';
import { type Case, loadSet, madeUpCase, SETS, type SetName } from './sets.ts';
import { runUrgent } from './urgent-run.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', default: 'solomon' },
    seconds: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    objective: { type: 'string', default: 'dimacs' },
    only: { type: 'string', default: '' },
    parameters: { type: 'string', default: '{}' },
    live: { type: 'string' },
    ill: { type: 'string' },
    urgent: { type: 'boolean', default: false },
    'made-up': { type: 'string' },
    customers: { type: 'string', default: '1000' },
    each: { type: 'boolean', default: false },
  },
});

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Outcome {
  readonly gap: number;
  readonly vehicles: number;
  readonly missing: number;
  readonly iterations: number;
}

/** A thread that runs TypeScript: on Node 20 `--import tsx` leaves worker threads alone. */
const tsx = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(tsx)}`];
const makeWorker = () =>
  new Worker(new URL('../../../dispatch/src/solver/solver.worker.ts', import.meta.url), { execArgv });

async function search(one: Case, milliseconds: number, seed: number): Promise<SolveResult> {
  const threads = Number(values.threads);
  if (threads > 1) return solveInParallel(makeWorker, one.plain, { seed, milliseconds, threads, processorTime: true });
  const began = cpu();
  const instance = buildInstance(one.plain);
  return solve(instance, {
    seed,
    milliseconds: Math.max(0, milliseconds - (cpu() - began)),
    now: cpu,
    parameters: JSON.parse(values.parameters),
    solveProgram,
  });
}

async function run(one: Case, milliseconds: number, seed: number): Promise<Outcome> {
  const { plan, iterations } = await search(one, milliseconds, seed);
  const instance = buildInstance(one.plain);
  const violations = checkPlan(instance, plan);
  if (violations.length > 0) throw new Error(`${one.name}: ${JSON.stringify(violations.slice(0, 3))}`);
  const missing = plan.unassigned.length;
  if (missing > 0) return { gap: Number.NaN, vehicles: plan.routes.length, missing, iterations };
  const { distance, vehicles } = one.judge(plan);
  return { gap: 100 * (distance / one.best.distance - 1), vehicles, missing, iterations };
}

const solveProgram = await loadHighs();
const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / Math.max(1, list.length);

if (values.live !== undefined) {
  await runLive(values.live, values.seconds.split(',').map(Number), Number(values.seed), cpu);
  process.exit(0);
}
if (values.ill !== undefined) {
  runIll(values.ill, Number(values.seed), cpu);
  process.exit(0);
}
if (values.data !== undefined && (RICH_SETS as readonly string[]).includes(values.set)) {
  await runRich({
    data: values.data,
    set: values.set as RichSet,
    only: new RegExp(values.only, 'i'),
    seconds: values.seconds.split(',').map(Number),
    seeds: values.seed.split(',').map(Number),
    each: values.each,
    now: cpu,
    solveProgram,
  });
  process.exit(0);
}
if (values.urgent) {
  runUrgent(values.seed.split(',').map(Number), Number(values.seconds), cpu);
  process.exit(0);
}
const madeUp = values['made-up'];
if (madeUp !== undefined) {
  for (const kind of madeUp.split(',')) {
    const one = madeUpCase(kind, Number(values.customers), Number(values.seed));
    const found: { seconds: number; distance: number; outcome: Outcome }[] = [];
    for (const seconds of values.seconds.split(',').map(Number)) {
      const outcome = await run(one, 1000 * seconds, Number(values.seed));
      found.push({ seconds, distance: 1 + outcome.gap / 100, outcome }); // as the best known distance is given as 1
    }
    const least = Math.min(...found.map(({ distance }) => distance));
    for (const { seconds, distance, outcome } of found) {
      const gap = (100 * (distance / least - 1)).toFixed(2);
      const { vehicles, missing, iterations } = outcome;
      console.log(
        `${one.name} ${seconds} s: ${distance.toFixed(1)} (${gap} % over the best here), ${vehicles} vehicles, ${missing} missing, ${iterations} iterations`,
      );
    }
  }
  process.exit(0);
}
if (values.data === undefined || !(SETS as readonly string[]).includes(values.set)) {
  process.stderr.write(`--data FOLDER and --set ${[...SETS, ...RICH_SETS].join(' | ')} are needed\n`);
  process.exit(2);
}
const objective = values.objective === 'vehicles-first' ? 'vehicles-first' : 'dimacs';
const cases = loadSet(values.data, values.set as SetName, objective, new RegExp(values.only, 'i'));
for (const seconds of values.seconds.split(',').map(Number)) {
  for (const seed of values.seed.split(',').map(Number)) {
    const groups = new Map<string, Outcome[]>();
    const all: Outcome[] = [];
    for (const one of cases) {
      const outcome = await run(one, 1000 * seconds, seed);
      const group = one.name.replace(/^([a-z]+\d).*/i, '$1').toUpperCase();
      groups.set(group, [...(groups.get(group) ?? []), outcome]);
      all.push(outcome);
      if (values.each)
        console.log(
          `  ${one.name.padEnd(10)} ${outcome.gap.toFixed(3).padStart(8)} %  ${outcome.vehicles} (${one.best.vehicles}) vehicles, ` +
            `${outcome.missing} missing, ${outcome.iterations} iterations`,
        );
    }
    const line = (name: string, list: readonly Outcome[]) => {
      const served = list.filter(({ missing }) => missing === 0);
      const unserved = list.length - served.length;
      const incomplete = unserved > 0 ? ` (${unserved} incomplete)` : '';
      return `${name} ${mean(served.map(({ gap }) => gap)).toFixed(3)} %${incomplete}`;
    };
    const vehicles = all.reduce((sum, outcome) => sum + outcome.vehicles, 0);
    console.log(
      `${values.set} ${objective} ${seconds} s seed ${seed}: mean gap ${line('', all)}, worst ` +
        `${Math.max(...all.map(({ gap }) => gap)).toFixed(3)} %, ${vehicles} vehicles, ` +
        `${Math.round(mean(all.map(({ iterations }) => iterations)) / seconds)} iterations/s; ` +
        [...groups].map(([name, list]) => line(name, list)).join(', '),
    );
  }
}

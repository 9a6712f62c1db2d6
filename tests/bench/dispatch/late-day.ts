import { PlanningWeights } from '../../../dispatch/src/planning/weights.ts';
import { asWorked, inHindsight, wholeDay } from './day-hindsight.ts';
import { dayPlanning, playDay } from './day-run.ts';
import { type DayOptions, dayWorld } from './day-world.ts';
import { row } from './figures.ts';

/** Of one planning run of the day, about what 0.3 s allow; the search in hindsight has twenty times as many, twice. */
const ITERATIONS = 3_000;
const HINDSIGHT = 60_000;

const PRICES = {
  'as shipped': PlanningWeights.parse({}),
  'driving alone': PlanningWeights.parse({ expectedDowntime: 0, waitingHour: { P1: 0, P2: 0, P3: 0 } }),
};

/** Works a day in which a share of the requests comes while it runs, and says what it cost beside the plan of who had known. */
export async function lateDays(
  sizes: Pick<DayOptions, 'requests' | 'engineers'>,
  shares: readonly number[],
  seeds: readonly number[],
) {
  row('a day with late requests', 'cost above', 'driving above', 'moved, of done', 'left undone', 'rules broken');
  for (const [prices, weights] of Object.entries(PRICES))
    for (const late of shares) {
      const days: Awaited<ReturnType<typeof lateDay>>[] = [];
      for (const seed of seeds) days.push(await lateDay({ ...sizes, seed, late }, weights));
      const all = (of: Figure) => days.map(of);
      const sum = (of: Figure) => all(of).reduce((a, b) => a + b, 0);
      const range = (of: Figure) =>
        `${percent(sum(of) / days.length)} (${percent(Math.min(...all(of)))}–${percent(Math.max(...all(of)))})`;
      row(
        `${prices}, ${percent(late)} late`,
        range(({ cost }) => cost),
        range(({ travel }) => travel),
        `${sum(({ moved }) => moved)} of ${seeds.length * sizes.requests}`,
        sum(({ undone }) => undone),
        sum(({ broken }) => broken),
      );
    }
}

type Figure = (day: Awaited<ReturnType<typeof lateDay>>) => number;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export async function lateDay(options: DayOptions, weights: PlanningWeights) {
  const planning = dayPlanning(weights);
  const world = dayWorld(options);
  const day = await playDay(world, planning, ITERATIONS);
  const problem = await wholeDay(world, planning);
  const { cost, undone, violations } = asWorked(problem, day);
  const best = inHindsight(problem, HINDSIGHT, [1, 2]);
  return {
    cost: cost.total / best.total - 1,
    travel: cost.travel / best.travel - 1,
    moved: day.moved,
    undone,
    broken: violations.length,
  };
}

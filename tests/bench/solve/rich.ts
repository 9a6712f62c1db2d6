/**
 * The problems that are solved by models beside the solver: technicians with homes, tools and parts (`trsp`), home care
 * (`home-care`). What is judged is the file that `--solution` writes, by a checker that reads the raw instance by itself.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SolveProgress, solveText } from '../../../dispatch/src/exchange/solve-text.ts';
import { checkTrsp, trspRoutesOf } from '../../../dispatch/src/exchange/trsp/check-trsp.ts';
import { checkHomeCare } from '../../../dispatch/src/exchange/uhhc/check-uhhc.ts';
import { estimatedWays } from '../../../dispatch/src/exchange/vroom/ways.ts';
import type { SolveProgram } from '../../../dispatch/src/solver/partition.ts';
import { median } from '../process.ts';

export const RICH_SETS = ['trsp', 'home-care'] as const;
export type RichSet = (typeof RICH_SETS)[number];

interface RichCase {
  readonly name: string;
  readonly text: string;
  readonly best: number;
  /** Cost of a solution file by the authors' objective; throws an Error with the first rules it breaks. */
  judge(solution: string): number;
}

export interface RichOptions {
  readonly data: string;
  readonly set: RichSet;
  readonly only: RegExp;
  readonly seconds: readonly number[];
  readonly seeds: readonly number[];
  readonly each: boolean;
  /** CPU milliseconds. */
  readonly now: () => number;
  readonly solveProgram: SolveProgram;
}

export async function runRich(options: RichOptions): Promise<void> {
  const { set, now, solveProgram } = options;
  const cases = loadRich(options);
  for (const seconds of options.seconds)
    for (const seed of options.seeds) {
      const gaps: number[] = [];
      for (const { name, text, best, judge } of cases) {
        const progress: SolveProgress[] = [];
        const { solution, engine } = await solveText(
          { text, format: set === 'trsp' ? 'trsp' : 'uhhc', seed, milliseconds: 1000 * seconds },
          {
            now,
            ask: estimatedWays,
            askName: 'estimated',
            loadProgram: async () => solveProgram,
            onProgress: (told) => progress.push(told),
          },
        );
        const cost = judge(solution as string);
        const gap = 100 * (cost / best - 1);
        gaps.push(gap);
        if (options.each)
          console.log(
            `  ${name.padEnd(10)} ${gap.toFixed(3).padStart(8)} %  ${cost.toFixed(3)} (${best}), ` +
              `${engine.iterations} iterations, ${(engine.milliseconds / 1000).toFixed(1)} s`,
          );
      }
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
      console.log(
        `${set} ${seconds} s seed ${seed}: mean gap ${mean.toFixed(3)} %, median ${median(gaps).toFixed(3)} %, ` +
          `worst ${Math.max(...gaps).toFixed(3)} %, below the best known ${gaps.filter((gap) => gap < -1e-4).length} of ${gaps.length}`,
      );
    }
}

function loadRich({ data, set, only }: RichOptions): RichCase[] {
  const folder = join(data, set);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const [table, ending] = set === 'trsp' ? ['best-known.csv', '.txt'] : ['published.csv', '.json'];
  const lines = readFileSync(join(folder, table), 'utf8').trim().split('\n').slice(1);
  const column = set === 'trsp' ? 1 : 6;
  const known = new Map(lines.map((line) => [line.split(',')[0], Number(line.split(',')[column])]));
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending) && only.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const name = (file.split('.')[0] as string).trim();
      const best = known.get(name);
      if (best === undefined) throw new Error(`${table} does not have ${name}`);
      return { name, text, best, judge: set === 'trsp' ? judgeTrsp(text) : judgeHomeCare(text) };
    });
}

const judgeTrsp = (text: string) => (solution: string) => {
  const { problems, workingTime, served } = checkTrsp(text, trspRoutesOf(text, solution));
  const rows = text.split('\n').filter((line) => line.includes('[')).length;
  const crew = Number(/SPARE PARTS\s+(\d+)/.exec(text)?.[1]);
  refuse(served === rows - 1 - crew ? problems : [...problems, `${served} of ${rows - 1 - crew} requests served`]);
  return workingTime;
};

const judgeHomeCare = (text: string) => (solution: string) => {
  const { problems, components } = checkHomeCare(JSON.parse(text), JSON.parse(solution));
  refuse(problems);
  return Object.values(components).reduce((sum, part) => sum + part, 0);
};

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.slice(0, 3).join('; '));
}

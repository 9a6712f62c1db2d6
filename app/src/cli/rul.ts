import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  parseLives,
  parseTable,
  predictRul,
  type RulModel,
  type RulPrediction,
  type RulScore,
  scoreRul,
  startRulThreads,
  TableError,
  trainRul,
  type UnitHistory,
} from '@uptower/gateway';
import { CommandFailed } from './api-client.ts';
import { progress } from './progress.ts';

export interface RulCommandOptions {
  readonly train: string;
  readonly test: string;
  readonly out: string;
  /** Remaining lives of the test units; the predictions are then scored. */
  readonly truth?: string;
  /** Cycles. */
  readonly cap: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `uptower rul`: learns from units that ran to failure, writes the remaining life of each test unit at its last row. */
export async function rul(options: RulCommandOptions): Promise<string> {
  const { cap, seed } = options;
  try {
    const trainUnits = await tableOf(options.train);
    const testUnits = await tableOf(options.test);
    const [wanted, found] = [widthOf(trainUnits), widthOf(testUnits)];
    if (wanted !== found)
      throw new CommandFailed(`${options.test} has ${found} sensors, ${options.train} has ${wanted}`);
    const truth = options.truth ? parseLives(await readFile(options.truth, 'utf8'), options.truth) : null;
    if (truth && truth.length !== testUnits.length)
      throw new CommandFailed(
        `${options.truth} has ${truth.length} lives, ${options.test} has ${testUnits.length} units`,
      );

    const model = await learn(trainUnits, cap, seed);
    const predictions = testUnits.map((unit) => predictRul(model, unit));
    await writeWhole(options.out, csvOf(testUnits, predictions));

    const test = truth && {
      asGiven: scoreRul(predictions, truth, Infinity),
      capped: scoreRul(predictions, truth, cap),
    };
    if (options.json)
      return JSON.stringify({
        trainUnits: trainUnits.length,
        testUnits: testUnits.length,
        cap,
        seed,
        conditions: model.conditions.centres.length,
        sensors: model.conditions.kept.length,
        components: model.components.ratios,
        typicalLife: model.life,
        crossValidated: model.crossValidated,
        ...(test ? { test } : {}),
      });
    const ratios = model.components.ratios.map((ratio) => ratio.toFixed(1)).join(', ');
    return [
      `learned from ${trainUnits.length} units (typical life ${model.life} cycles): ${count(model.conditions.centres.length, 'operating condition')}, ${count(model.conditions.kept.length, 'sensor')} that vary,`,
      `${count(model.components.ratios.length, 'component')} of wear (signal over noise ${ratios})`,
      '',
      `                                     RMSE    PHM08 a unit   truth in p10..p90`,
      line('cross-validated, lives capped', cap, model.crossValidated.capped),
      ...(test ? [line('test, lives capped', cap, test.capped), line('test, lives as given', null, test.asGiven)] : []),
      '',
      `${options.out}: ${count(testUnits.length, 'unit')}`,
    ].join('\n');
  } catch (error) {
    if (error instanceof TableError) throw new CommandFailed(error.message);
    throw error;
  }
}

async function learn(units: readonly UnitHistory[], cap: number, seed: number): Promise<RulModel> {
  const threads = startRulThreads(availableParallelism());
  let bar: ReturnType<typeof progress> | undefined;
  const onProgress = (done: number, total: number) => {
    bar ??= progress('learning', total);
    bar.update(done);
  };
  try {
    return await trainRul(units, { cap, seed, onProgress }, (job, onEpoch) => threads.run(job, onEpoch));
  } finally {
    bar?.stop();
    await threads.close();
  }
}

const tableOf = async (file: string): Promise<UnitHistory[]> => parseTable(await readFile(file, 'utf8'), file);

const widthOf = (units: readonly UnitHistory[]): number => units[0]?.sensors[0]?.length ?? 0;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

function line(what: string, cap: number | null, { rmse, phm08, units, coverage }: RulScore): string {
  const name = cap === null ? what : `${what} at ${cap}`;
  return `${name.padEnd(34)} ${rmse.toFixed(2).padStart(6)} ${(phm08 / units).toFixed(2).padStart(15)} ${`${(coverage * 100).toFixed(1)} %`.padStart(19)}`;
}

function csvOf(units: readonly UnitHistory[], predictions: readonly RulPrediction[]): string {
  const rows = predictions.map(({ rul, p10, p90 }, i) =>
    [units[i]!.unit, rul.toFixed(2), p10.toFixed(2), p90.toFixed(2)].join(','),
  );
  return `unit,rul,p10,p90\n${rows.join('\n')}\n`;
}

/** The file appears under its name when it is whole. */
async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await writeFile(part, text);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

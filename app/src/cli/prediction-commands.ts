import { type Command, InvalidArgumentError } from 'commander';
import { backtestCommand } from './backtest.ts';
import { detect } from './detect.ts';
import type { CommandContext } from './journal.ts';
import { type LearnedOptions, learned, listLearned, removeLearned } from './learned.ts';
import { type RulCommandOptions, rul } from './rul.ts';
import { type ScoreOptions, scoreCommand } from './score.ts';
import { trainCommand } from './train.ts';

interface LearnedArguments extends Omit<LearnedOptions, 'dataDir' | 'for'> {
  readonly for?: string;
  readonly list?: boolean;
  readonly remove?: string;
  readonly dataDir?: string;
}

const probability = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('a probability greater than 0, up to 1.');
  return value;
};

const hours = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number of hours, 0 or more.');
  return value;
};

const cycles = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number of cycles greater than 0.');
  return value;
};
const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
};

/** `train`, `backtest`, `learned`, `score`, `detect` and `rul`. */
export function addPredictionCommands(program: Command, { say, dataDirOf }: CommandContext): void {
  program
    .command('train')
    .description('learn from histories how likely each component is to fail within the horizon')
    .requiredOption('--history <file...>', 'histories: history.json manifests, or a shipped mapping')
    .requiredOption('--out <file>', 'where to write what was learned')
    .addHelpText('after', '\nInterrupted, the same command goes on with what was not yet learned.')
    .action(async ({ history, out }: { history: string[]; out: string }) => {
      say(await trainCommand(history, out));
    });

  program
    .command('backtest')
    .description('walk a history event by event and write the orders the learned hazard would have opened')
    .requiredOption('--history <file>', 'a history.json manifest, or a shipped mapping')
    .option('--model <file>', 'what "uptower train" wrote; without it five folds of devices judge one another')
    .requiredOption('--out <file>', 'write the orders as CSV')
    .action(async ({ history, model, out }: { history: string; model?: string; out: string }) => {
      say(await backtestCommand(history, model, out));
    });

  program
    .command('learned')
    .description('give what "uptower train" wrote to the running server, as a draft of rules to back-test and activate')
    .argument('[model]', 'the file that "uptower train" wrote')
    .option('--for <id>', 'the device model whose rules are drafted, for example mdl_ct-64')
    .option(
      '--min-probability <p>',
      'an alert is raised from this P(fails within the horizon) on, if it cannot wait',
      probability,
      0.5,
    )
    .option('--name <name>', 'what to call it; the name of the file unless given')
    .option('--component <learned=own...>', 'components that the device model calls otherwise')
    .option('--data-dir <dir>', 'data directory of the running server (default ./data)')
    .option('--list', 'show what the server was given, and which rules use it')
    .option('--remove <id>', 'remove a learned model that no rule in force and no draft uses')
    .action(async (file: string | undefined, options: LearnedArguments, command: Command) => {
      const { list, remove, for: modelId, dataDir: given, ...rest } = options;
      const dataDir = dataDirOf(given);
      if (Number(list ?? false) + Number(remove !== undefined) + Number(file !== undefined) !== 1)
        command.error('error: give a model file, or --list, or --remove <id>', { exitCode: 2 });
      if (list) say(await listLearned(dataDir));
      else if (remove !== undefined) say(await removeLearned(remove, dataDir));
      else if (file === undefined || modelId === undefined)
        command.error('error: --for <id> names the device model whose rules are drafted', { exitCode: 2 });
      else say(await learned(file, { ...rest, for: modelId, dataDir }));
    });

  program
    .command('score')
    .description('grade orders against the failures of a history: recall at a lead, false orders, calibration')
    .requiredOption('--history <file>', 'a history.json manifest, or a shipped mapping')
    .requiredOption('--orders <file>', 'CSV with device, component, opened_at and, if it has it, probability')
    .option(
      '--lead <hours>',
      'an order must be opened at least this long before the failure (default: of the manifest)',
      hours,
    )
    .option('--horizon <hours>', 'and at most this long (default: of the manifest)', hours)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nWhat counts how is written in docs/prediction.md.')
    .action(async (options: ScoreOptions) => {
      say(await scoreCommand(options));
    });

  program
    .command('detect')
    .description('judge every value of a folder of series as it streams by: the novelty layer on the NAB benchmark')
    .requiredOption(
      '--nab <dir>',
      'the Numenta Anomaly Benchmark, or its data folder: <kind>/<series>.csv of timestamp,value',
    )
    .requiredOption('--out <dir>', 'where the results go: the same layout, timestamp,value,anomaly_score,label')
    .addHelpText(
      'after',
      '\nThe score is 1 − p, p the chance that a day of the series holds something so strange. One set of parameters and one\nthreshold for all series, written beside them into thresholds.json. Labels are never read.',
    )
    .action(async ({ nab, out }: { nab: string; out: string }) => {
      say(await detect(nab, out));
    });

  program
    .command('rul')
    .description('remaining useful life: learn from units that ran to failure, predict it for units still running')
    .requiredOption(
      '--train <file>',
      'units up to their failure; whitespace-separated: unit, cycle, 3 settings, sensors',
    )
    .requiredOption('--test <file>', 'units still running, in the same form')
    .requiredOption('--out <file>', 'the CSV to write: unit,rul,p10,p90 at each unit’s last row')
    .option('--truth <file>', 'the true remaining lives of the test units, a line each: prints how good it was')
    .option('--cap <cycles>', 'lives longer than this are predicted as this', cycles, 125)
    .option('--seed <number>', 'seed of the learner; the same seed gives the same result', wholeNumber, 1)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nHow it works and how good it is: docs/prediction.md.')
    .action(async (options: RulCommandOptions) => {
      say(await rul(options));
    });
}

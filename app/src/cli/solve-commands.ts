import { FORMATS } from '@uptower/dispatch';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ExplainOptions, explainFile } from './explain.ts';
import { type RosterOptions, rosterFile } from './roster.ts';
import { type ServeSolverOptions, serveSolver } from './serve-solver.ts';
import { type SolveOptions, solveFile } from './solve.ts';

/** `solve`, `explain`, `serve-solver` and `roster`. */
export function addSolveCommands(program: Command, say: (text: string) => void): void {
  program
    .command('solve')
    .description('make a plan from a problem file; the answer is JSON in VROOM’s form on standard output')
    .argument('<file>', 'the problem; - reads the standard input')
    .addOption(
      new Option('--format <format>', 'what kind of file it is (default: seen from the file)').choices(FORMATS),
    )
    .option('--seconds <s>', 'how long to search, in processor seconds of each thread (default 10)', positive)
    .option('--iterations <n>', 'how many iterations to search: the same answer every time', whole(0, 1e9))
    .option('--threads <n>', 'threads that search at the same time', whole(1, 64), 1)
    .option('--seed <number>', 'seed of the search', whole(0, 2 ** 31), 1)
    .addOption(
      new Option('--objective <name>', 'distance first, or fewest vehicles first (solomon, vrplib)').choices([
        'dimacs',
        'vehicles-first',
      ]),
    )
    .option('--solution <file>', 'also write the plan in the form of the format’s authors (trsp, uhhc)')
    .option(
      '-c, --check',
      'trsp, uhhc: judge the written plan; vroom: judge routes given by "steps", choosing their times',
    )
    .option(
      '--prove [s]',
      'uptower, small days: then prove how good the plan is, in at most so many seconds (60)',
      positive,
    )
    .option('--routing <url>', 'vroom: an OSRM server to ask for travel times where there are no matrices')
    .addHelpText('after', '\nFormats and what of VROOM’s API is covered: docs/solve.md.')
    .action(async (file: string, options: SolveOptions) => {
      say(await solveFile(file, options));
    });

  program
    .command('explain')
    .description('for each visit who could have it at which cost and when, and why nobody else can; JSON')
    .argument('<file>', 'the problem (vroom, uptower); - reads the standard input')
    .addOption(
      new Option('--format <format>', 'what kind of file it is (default: seen from the file)').choices(FORMATS),
    )
    .option('--plan <file>', 'an answer of "uptower solve"; without one a plan is made first')
    .option('--visit <id>', 'only this one: the id of a job, or of a shipment’s pickup', whole(0, 2 ** 53 - 1))
    .option('--seconds <s>', 'how long to make a plan (default 1)', positive)
    .option('--iterations <n>', 'how many iterations to make a plan', whole(0, 1e9))
    .option('--seed <number>', 'seed of the search', whole(0, 2 ** 31), 1)
    .option('--routing <url>', 'vroom: an OSRM server to ask for travel times where there are no matrices')
    .action(async (file: string, options: ExplainOptions) => {
      say(await explainFile(file, options));
    });

  program
    .command('serve-solver')
    .description('answer VROOM’s HTTP API: POST / with a request, GET /health')
    .option('--port <port>', 'port to listen on', whole(0, 65_535), 3_000)
    .option('--host <address>', 'address to listen on (0.0.0.0 for every network)', '127.0.0.1')
    .option('--seconds <s>', 'how long to search at exploration level 5, at most', positive, 2)
    .option('--threads <n>', 'threads a request uses unless it says otherwise', whole(1, 64), 1)
    .option('--max-locations <n>', 'jobs, plus two a shipment, in a request', whole(1, 10_000), 1_000)
    .option('--max-vehicles <n>', 'vehicles in a request', whole(1, 2_000), 200)
    .option('--max-body <bytes>', 'size of a request', whole(1_024, 268_435_455), 33_554_432)
    .option(
      '--max-waiting <n>',
      'requests that may wait for a free processor; more are answered 503',
      whole(0, 10_000),
      32,
    )
    .option('--timeout <s>', 'an answer comes within this time, or not at all', positive, 300)
    .option('-c, --check', 'always VROOM’s plan mode: judge the routes given by "steps"')
    .option('--routing <url>', 'an OSRM server to ask for travel times where there are no matrices')
    .action(async (options: ServeSolverOptions) => {
      const { url } = await serveSolver(options);
      say(`The solver answers VROOM's API at ${url}`);
    });

  program
    .command('roster')
    .description('propose who works which shift and who is on call, for one to six weeks; JSON')
    .argument('<file>', 'demand, engineers and rules as JSON (docs/roster.md); - reads the standard input')
    .option('--seconds <s>', 'how long to search, at most (default 30)', positive)
    .option('--work <n>', 'how much to search, in CP-SAT’s own measure: the same rota every time', positive)
    .option('--seed <number>', 'seed of the search', whole(0, 2 ** 31 - 1), 1)
    .action(async (file: string, options: RosterOptions) => {
      say(await rosterFile(file, options));
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('a number of seconds, more than 0, up to 86400.');
  return value;
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`);
  return value;
};

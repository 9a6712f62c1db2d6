import { type DayProof, unprovable } from '../exact/prove-day.ts';
import type { Instance } from '../solver/instance.ts';
import type { SolveProgram } from '../solver/partition.ts';
import type { Plan } from '../solver/plan.ts';
import { type Search, solveChecked } from './core.ts';
import { type Format, guessFormat, jsonOf } from './format.ts';
import { InputError, refuse } from './input-error.ts';
import { solveSolomon, solveVrplib } from './solve-vrp.ts';
import { checkTrsp, trspRoutesOf } from './trsp/check-trsp.ts';
import { readTrsp } from './trsp/read.ts';
import { solveTrsp } from './trsp/solve-trsp.ts';
import { checkHomeCare } from './uhhc/check-uhhc.ts';
import { readHomeCare } from './uhhc/read.ts';
import { solveHomeCare } from './uhhc/solve-uhhc.ts';
import { readUptower, respondUptower } from './uptower.ts';
import { checkPlanned } from './vroom/plan-mode.ts';
import { buildProblem } from './vroom/problem.ts';
import { defaultLimits, parseVroom, type VroomLimits } from './vroom/request.ts';
import { solveVroom } from './vroom/solve-vroom.ts';
import { type AskWays, waysFor } from './vroom/ways.ts';

/** What is to be solved, as plain data: it crosses to a worker thread. */
export interface SolveJob {
  readonly text: string;
  /** Guessed from the text when not given. */
  readonly format?: Format;
  readonly seed: number;
  readonly iterations?: number;
  readonly milliseconds?: number;
  /** Stop after so many iterations for each task without anything better. */
  readonly stallPerTask?: number;
  /**
   * vroom: its `-c`, where routes are given; choose their times and say what they break. trsp and uhhc: judge the written plan
   * by a checker that reads the file anew. Other formats are always judged.
   */
  readonly planMode?: boolean;
  /** Of solomon and vrplib. */
  readonly objective?: 'dimacs' | 'vehicles-first';
  /** Of uptower: say after the search how much cheaper any plan could be, and find it, in at most so many seconds. */
  readonly proveSeconds?: number;
  readonly limits?: VroomLimits;
}

export interface SolveProgress {
  readonly iterations: number;
  readonly cost: number;
  readonly unassigned: number;
}

/** What a search needs of the world around it. */
export interface SolveSurroundings {
  /** Milliseconds, from any origin. */
  readonly now: () => number;
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly ask: AskWays;
  /** Loads what recombines routes in longer searches of the solver; asked for only where it is used. */
  readonly loadProgram?: () => Promise<SolveProgram>;
  /** What searches for the formats that go through the solver; not given: this thread does. */
  readonly search?: Search;
  /** Loads an exact solver; asked for only with `proveSeconds`. */
  readonly prove?: (instance: Instance, plan: Plan, limits: { seed: number; seconds: number }) => Promise<DayProof>;
  /** Who answers `ask`. */
  readonly askName: 'estimated' | 'osrm';
}

export interface SolveOutcome {
  /** In VROOM's form. */
  readonly answer: { readonly code: 0; readonly summary: { readonly cost: number; readonly unassigned: number } };
  /** In the form of the authors of the format, if it has one of its own. */
  readonly solution: string | null;
  readonly engine: EngineFigures;
}

export interface EngineFigures {
  readonly format: Format;
  readonly seed: number;
  readonly iterations: number;
  readonly stoppedBy: string;
  readonly milliseconds: number;
  /** Where travel times come from. */
  readonly travel?: 'matrices' | 'estimated' | 'osrm';
  /** Keys of the request that VROOM's API does not have. */
  readonly ignored?: readonly string[];
  /** No plan costs less, by proof; and the share of the plan's cost that leaves open. */
  readonly bound?: number;
  readonly gap?: number;
  /** What the checker makes of the written plan: its cost, and every rule it breaks. */
  readonly judged?: Judged;
}

export interface Judged {
  readonly cost: number;
  readonly problems: readonly string[];
}

/** Reads, solves and answers. Throws an `InputError` that names fields, or a `RoutingError`. */
export async function solveText(job: SolveJob, around: SolveSurroundings): Promise<SolveOutcome> {
  const began = around.now();
  const format = job.format ?? guessFormat(job.text);
  if (job.proveSeconds !== undefined && format !== 'uptower') refuse('--prove', `is for uptower files, not ${format}`);
  const found = await solvers[format](job, around);
  const { iterations, stoppedBy, answer, solution, ...rest } = found;
  const milliseconds = Math.round(around.now() - began);
  const { seed } = job;
  return { answer, solution, engine: { format, seed, iterations, stoppedBy, milliseconds, ...rest } };
}

interface Found extends Omit<EngineFigures, 'format' | 'seed' | 'milliseconds'> {
  readonly answer: SolveOutcome['answer'];
  readonly solution: string | null;
}

type Solver = (job: SolveJob, around: SolveSurroundings) => Found | Promise<Found>;

const limitsOf = ({ seed, iterations, milliseconds }: SolveJob, { now, signal, onProgress }: SolveSurroundings) => ({
  seed,
  now,
  ...(iterations !== undefined && { iterations }),
  ...(milliseconds !== undefined && { milliseconds }),
  ...(signal !== undefined && { signal }),
  ...(onProgress !== undefined && { onProgress }),
});

const coreLimits = async (job: SolveJob, around: SolveSurroundings) => ({
  ...limitsOf(job, around),
  ...(around.loadProgram !== undefined && { solveProgram: await around.loadProgram() }),
});

const solvers: Record<Format, Solver> = {
  async vroom(job, around) {
    const request = parseVroom(jsonOf(job.text), job.limits ?? defaultLimits);
    const { places, tables, source } = await waysFor(request, around.ask);
    const problem = buildProblem(request, places, tables);
    const travel = source === 'matrices' ? source : around.askName;
    const told = { solution: null, travel, ignored: request.ignored };
    if (job.planMode || request.options.c === true)
      return { answer: checkPlanned(problem), iterations: 0, stoppedBy: 'plan mode', ...told };
    const { response, iterations, stoppedBy } = solveVroom(problem, {
      ...limitsOf(job, around),
      ...(job.stallPerTask !== undefined && { stall: job.stallPerTask * (1 + problem.tasks.length) }),
    });
    return { answer: response, iterations, stoppedBy, ...told };
  },
  trsp(job, around) {
    const { response, ...rest } = solveTrsp(readTrsp(job.text), limitsOf(job, around));
    return { answer: response, ...rest, ...(job.planMode && { judged: judgeTrsp(job.text, rest.solution) }) };
  },
  async uptower(job, around) {
    const instance = readUptower(jsonOf(job.text));
    const { prove } = around;
    const { seed, proveSeconds: seconds } = job;
    const problems = seconds === undefined ? [] : unprovable(instance);
    if (problems.length > 0) throw new InputError(problems);
    const { plan, cost, iterations, stoppedBy } = await solveChecked(
      instance,
      await coreLimits(job, around),
      around.search,
    );
    const done = { solution: null, iterations, stoppedBy };
    if (seconds === undefined || prove === undefined)
      return { answer: respondUptower(instance, plan, cost.total), ...done };
    const { bound, gap, ...best } = await prove(instance, plan, { seed, seconds });
    return { answer: respondUptower(instance, best.plan, best.cost), ...done, bound, gap };
  },
  uhhc(job, around) {
    const { response, ...rest } = solveHomeCare(readHomeCare(jsonOf(job.text)), limitsOf(job, around));
    return { answer: response, ...rest, ...(job.planMode && { judged: judgeHomeCare(job.text, rest.solution) }) };
  },
  async solomon(job, around) {
    const limits = await coreLimits(job, around);
    const { response, ...rest } = await solveSolomon(job.text, job.objective ?? 'dimacs', limits, around.search);
    return { answer: response, ...rest };
  },
  async vrplib(job, around) {
    if (job.objective === 'vehicles-first') refuse('--objective', 'vehicles-first is for solomon files');
    const { response, ...rest } = await solveVrplib(job.text, await coreLimits(job, around), around.search);
    return { answer: response, ...rest };
  },
};

function judgeTrsp(text: string, solution: string): Judged {
  const { problems, workingTime } = checkTrsp(text, trspRoutesOf(text, solution));
  return { cost: workingTime, problems };
}

function judgeHomeCare(text: string, solution: string): Judged {
  const { problems, components } = checkHomeCare(JSON.parse(text), JSON.parse(solution));
  return { cost: Object.values(components).reduce((sum, part) => sum + part, 0), problems };
}

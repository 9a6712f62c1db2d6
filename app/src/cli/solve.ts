import { readFile, stat, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  CpSatMissing,
  type Format,
  InputError,
  RoutingError,
  type SolveProgress,
  SolverThreads,
} from '@uptower/dispatch';
import { CommandFailed } from './api-client.ts';

/** The file is at fault, not the run: exit code 2. */
export class WrongInput extends CommandFailed {}

export interface SolveOptions {
  readonly format?: Format;
  /** Processor seconds of each thread. */
  readonly seconds?: number;
  readonly iterations?: number;
  readonly threads: number;
  readonly seed: number;
  readonly objective?: 'dimacs' | 'vehicles-first';
  readonly solution?: string;
  /** VROOM's plan mode; of trsp and uhhc the written plan is judged. */
  readonly check?: boolean;
  /** Prove how good the plan is, in at most so many seconds; `true`: the default. */
  readonly prove?: number | true;
  /** Base address of an OSRM server. */
  readonly routing?: string;
}

/** As many bytes as a matrix of 5,000 places takes. */
const LARGEST_FILE = 256 * 2 ** 20;
const DEFAULT_SECONDS = 10;
const PROOF_SECONDS = 60;

/** `uptower solve`: the answer as JSON. The first Ctrl-C ends the search, and the best plan so far is the answer. */
export async function solveFile(file: string, options: SolveOptions): Promise<string> {
  const { format, iterations, threads, seed, solution: solutionFile, check, routing } = options;
  const input = await readInput(file);
  const seconds = options.seconds ?? (iterations === undefined ? DEFAULT_SECONDS : undefined);
  const aborter = new AbortController();
  const onInterrupt = () => aborter.abort();
  process.once('SIGINT', onInterrupt);
  const line = progressLine();
  const solver = new SolverThreads();
  try {
    const { answer, engine, solution } = await solver.solve(
      {
        text: input,
        seed,
        ...(format !== undefined && { format }),
        ...(iterations !== undefined && { iterations }),
        ...(seconds !== undefined && { milliseconds: seconds * 1_000 }),
        ...(check && { planMode: true }),
        ...(options.prove !== undefined && { proveSeconds: options.prove === true ? PROOF_SECONDS : options.prove }),
        ...(options.objective !== undefined && { objective: options.objective }),
      },
      {
        threads,
        clock: 'processor',
        signal: aborter.signal,
        onProgress: line.update,
        ...(routing !== undefined && { routing }),
      },
    );
    line.stop();
    if (solutionFile !== undefined) {
      if (solution === null) throw new WrongInput(`--solution: ${engine.format} has no solution file of its own`);
      await writeFile(solutionFile, solution);
    }
    const { judged } = engine;
    if (judged !== undefined && judged.problems.length > 0)
      throw new CommandFailed(`the plan breaks rules:\n${judged.problems.join('\n')}`);
    return JSON.stringify({ ...answer, engine: { ...engine, threads } });
  } catch (error) {
    line.stop();
    throw inWords(file, error);
  } finally {
    process.off('SIGINT', onInterrupt);
    await solver.close();
  }
}

/** `-` is the standard input. */
export async function readInput(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new WrongInput(`${file}: has ${size} bytes, the limit is ${LARGEST_FILE}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof WrongInput) throw error;
    throw new WrongInput(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** An input that is refused as the path of the field and what is wrong with it, one a line. */
export function inWords(file: string, error: unknown): unknown {
  if (error instanceof InputError)
    return new WrongInput(error.problems.map(({ path, message }) => `${file}: ${path}: ${message}`).join('\n'));
  return error instanceof RoutingError || error instanceof CpSatMissing ? new CommandFailed(error.message) : error;
}

/** One line on a terminal's standard error, written over itself. */
function progressLine() {
  const shown = process.stderr.isTTY;
  return {
    update({ iterations, cost, unassigned }: SolveProgress) {
      if (shown)
        process.stderr.write(`\r\x1b[Kcost ${cost.toFixed(0)}, ${unassigned} left out, iteration ${iterations}`);
    },
    stop() {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}

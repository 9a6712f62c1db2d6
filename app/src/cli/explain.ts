import { estimatedWays, explainText, type Format, osrmWays } from '@uptower/dispatch';
import { inWords, readInput } from './solve.ts';

export interface ExplainOptions {
  readonly format?: Format;
  /** An answer of `uptower solve`; without one the plan is made first. */
  readonly plan?: string;
  /** Only this one. */
  readonly visit?: number;
  readonly seconds?: number;
  readonly iterations?: number;
  readonly seed: number;
  readonly routing?: string;
}

/** `uptower explain`: for each visit who could have it at which cost and when, and why nobody else can. JSON. */
export async function explainFile(file: string, options: ExplainOptions): Promise<string> {
  const { format, visit, iterations, seconds, seed, routing } = options;
  const limit = iterations === undefined ? { milliseconds: (seconds ?? 1) * 1_000 } : { iterations };
  const text = await readInput(file);
  const plan = options.plan === undefined ? undefined : await readInput(options.plan);
  try {
    const job = {
      text,
      seed,
      ...limit,
      ...(format !== undefined && { format }),
      ...(plan !== undefined && { plan }),
      ...(visit !== undefined && { visit }),
    };
    const ask = routing === undefined ? estimatedWays : osrmWays(routing);
    const askName = routing === undefined ? 'estimated' : 'osrm';
    return JSON.stringify(await explainText(job, { now: () => performance.now(), ask, askName }));
  } catch (error) {
    throw inWords(file, error);
  }
}

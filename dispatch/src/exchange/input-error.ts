/** One thing wrong with an input: where (`jobs[3].location_index`, `line 12: TWS`) and what. */
export interface InputProblem {
  readonly path: string;
  readonly message: string;
}

/** The input is refused. Everything found is named, so that it can be mended in one go. */
export class InputError extends Error {
  readonly problems: readonly InputProblem[];
  constructor(problems: readonly InputProblem[]) {
    const shown = problems.slice(0, 10).map(({ path, message }) => `${path}: ${message}`);
    const more = problems.length > 10 ? `; and ${problems.length - 10} more` : '';
    super(`${shown.join('; ')}${more}`);
    this.name = 'InputError';
    this.problems = problems;
  }
}

export function refuse(path: string, message: string): never {
  throw new InputError([{ path, message }]);
}

import type { RosterProblem } from './problem.ts';
import type { RotaProposal } from './propose-rota.ts';

export interface RotaJob {
  readonly problem: RosterProblem;
  readonly seconds: number;
  readonly seed: number;
}

/** Thrown where the optional solver is not installed; the message says what to type. */
export class SolverMissing extends Error {}

/** Proposes rotas. The adapter is a thread that ends with the job. */
export interface ProposeRotas {
  run(job: RotaJob, onProgress: (progress: { cost: number; bound: number }) => void): Promise<RotaProposal>;
  /** Ends what is running. */
  stop(): Promise<void>;
}

import type { Binned } from './bins.ts';
import { type Booster, type BoostOptions, boost } from './boost.ts';
import type { PeriodRows } from './grow.ts';

/** One member to fit; may be sent to a worker. */
export interface FitJob {
  /** The same for the same data and settings: an interrupted training goes on from what is fitted. */
  readonly key: string;
  readonly table: Binned;
  readonly periods: PeriodRows;
  readonly y: Uint8Array;
  readonly weight: Float64Array;
  readonly options: BoostOptions;
}

export const fitJob = ({ table, periods, y, weight, options }: FitJob, onRound?: (done: number) => void): Booster =>
  boost(table, periods, y, weight, options, onRound);

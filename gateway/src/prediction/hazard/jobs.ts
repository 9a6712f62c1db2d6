import { type Binned, binned } from './bins.ts';
import type { BoostOptions } from './boost.ts';
import type { Collected } from './collect.ts';
import { featureNames, type Inputs, risingFeatures } from './features.ts';
import type { FitJob } from './fit-job.ts';
import { intervalEnds, type LabelledRows, type Moments, whenRows, whetherRows } from './periods.ts';
import { seeded } from './rng.ts';

export const FOLDS = 4;
export const ROUNDS = 150;
/** Of the learners of when, and of urgency. */
const fewer = (rounds: number) => Math.ceil(rounds / 3);
const some = (rounds: number) => Math.ceil((2 * rounds) / 3);
/** Boosting rounds of all that is fitted for one component and fold. */
export const ROUNDS_A_FOLD = 3 * ROUNDS + fewer(ROUNDS) + some(ROUNDS);
/** Moments without a failure within the horizon that are kept, in all; each then stands for several. */
const QUIET_MOMENTS = 30_000;

export interface LearnOptions {
  readonly leadHours: number;
  readonly horizonHours: number;
  readonly seed: number;
  readonly rounds?: number;
}

interface Picked {
  readonly part: number;
  readonly row: number;
  readonly weight: number;
}

/** What the learners of a component learn from: moments of all histories, cut into bins. */
export interface Lessons {
  readonly component: string;
  /** From which history, and which moment of it. */
  readonly picked: readonly Picked[];
  readonly table: Binned;
  readonly moments: Moments;
  /** By moment. */
  readonly fold: Uint8Array;
  readonly rising: readonly number[];
}

/** Picks the moments to learn from: all from which a failure is near, and a share of the others. */
export function lessonsOf(
  component: string,
  parts: readonly Collected[],
  folds: readonly Uint8Array[],
  inputs: Inputs,
  { horizonHours, seed }: LearnOptions,
): Lessons {
  const columns = featureNames(inputs).length;
  const draw = seeded(seed);
  let quiet = 0;
  for (const part of parts) for (const hours of part.failsIn) if (hours > horizonHours) quiet += 1;
  const share = Math.min(1, QUIET_MOMENTS / Math.max(1, quiet));
  const picked: Picked[] = [];
  parts.forEach((part, i) => {
    const saidBy = new Map<number, number>();
    const mine: Picked[] = [];
    for (let row = 0; row < part.rows; row += 1) {
      const near = (part.failsIn[row] as number) <= horizonHours;
      if (!near && draw() >= share) continue;
      const device = part.device[row] as number;
      saidBy.set(device, (saidBy.get(device) ?? 0) + 1);
      mine.push({ part: i, row, weight: near ? 1 : 1 / share });
    }
    // A device that says much is still one device: n moments weigh √n.
    for (const one of mine)
      picked.push({ ...one, weight: one.weight / Math.sqrt(saidBy.get(part.device[one.row] as number) ?? 1) });
  });
  // As many as there are, so that limits on the size of a leaf mean what they say.
  const mean = nearWeight(picked, parts, horizonHours);
  const x = new Float32Array(new SharedArrayBuffer(4 * picked.length * columns));
  picked.forEach(({ part, row }, r) => {
    x.set((parts[part] as Collected).x.subarray(row * columns, (row + 1) * columns), r * columns);
  });
  const column = (of: (part: Collected, row: number) => number) =>
    Float64Array.from(picked, ({ part, row }) => of(parts[part] as Collected, row));
  const telling = Uint8Array.from(picked, ({ part, row }) =>
    ((parts[part] as Collected).failsIn[row] as number) <= horizonHours ? 1 : 0,
  );
  return {
    component,
    picked,
    table: binned(x, picked.length, columns, telling),
    moments: {
      rows: picked.length,
      failsIn: column((part, row) => part.failsIn[row] as number),
      seenFor: column((part, row) => part.seenFor[row] as number),
      weight: Float64Array.from(picked, ({ weight }) => weight / mean),
    },
    fold: Uint8Array.from(picked, ({ part, row }) => (folds[part] as Uint8Array)[row] as number),
    rising: risingFeatures(inputs),
  };
}

const COMMON = { lambda: 5, rowShare: 0.7, columnShare: 0.5, minHessian: 1 };

/** Whether it fails (large trees, then small ones) and when; of each one a fold, in order of folds. */
export function hazardJobs(lessons: Lessons, options: LearnOptions): FitJob[] {
  const { leadHours, horizonHours, rounds = ROUNDS } = options;
  const whether = whetherRows(lessons.moments, horizonHours);
  const when = whenRows(lessons.moments, intervalEnds(leadHours, horizonHours));
  const common = { ...COMMON, rising: lessons.rising };
  const small = { ...common, rounds: 2 * rounds, learningRate: 0.07, maxLeaves: 2, lambda: 3, minHessian: 0.5 };
  return [
    ...byFold('trees', lessons, whether, { ...common, rounds, learningRate: 0.05, maxLeaves: 8 }, options),
    ...byFold('small', lessons, whether, small, options),
    ...byFold('when', lessons, when, { ...common, rounds: fewer(rounds), learningRate: 0.06, maxLeaves: 5 }, options),
  ];
}

/** What waiting would lose; `chances` by history are those of `lastChances`. One a fold; none where nothing was in time. */
export function urgencyJobs(
  lessons: Lessons,
  chances: readonly ReadonlyMap<number, boolean>[],
  options: LearnOptions,
): (FitJob | undefined)[] {
  const base: number[] = [];
  const y: number[] = [];
  lessons.picked.forEach(({ part, row }, r) => {
    const last = chances[part]?.get(row);
    if (last === undefined) return;
    base.push(r);
    y.push(last ? 1 : 0);
  });
  const rows: LabelledRows = {
    base: Int32Array.from(base),
    interval: new Uint8Array(base.length),
    y: Uint8Array.from(y),
    weight: Float64Array.from(base, (r) => lessons.moments.weight[r] as number),
  };
  const rounds = some(options.rounds ?? ROUNDS);
  const settings = { ...COMMON, rounds, learningRate: 0.07, maxLeaves: 5, lambda: 3, rising: [] };
  return byFold('urgency', lessons, rows, settings, options).map((job) => (job.y.length > 0 ? job : undefined));
}

/** One job a fold: rows of the other folds' devices. */
function byFold(
  what: string,
  { component, table, fold }: Lessons,
  rows: LabelledRows,
  settings: Omit<BoostOptions, 'seed'>,
  { seed }: LearnOptions,
): FitJob[] {
  return Array.from({ length: FOLDS }, (_, out) => {
    const mine: number[] = [];
    rows.base.forEach((base, i) => {
      if (fold[base] !== out) mine.push(i);
    });
    return {
      key: `${component} ${what} ${out}`,
      table,
      periods: {
        base: Int32Array.from(mine, (i) => rows.base[i] as number),
        interval: Uint8Array.from(mine, (i) => rows.interval[i] as number),
      },
      y: Uint8Array.from(mine, (i) => rows.y[i] as number),
      weight: Float64Array.from(mine, (i) => rows.weight[i] as number),
      options: { ...settings, seed: seed * FOLDS + out + 1 },
    };
  });
}

/** Mean weight of the moments that were followed by a failure. */
function nearWeight(picked: readonly Picked[], parts: readonly Collected[], horizonHours: number): number {
  let [sum, count] = [0, 0];
  for (const { part, row, weight } of picked)
    if (((parts[part] as Collected).failsIn[row] as number) <= horizonHours) {
      sum += weight;
      count += 1;
    }
  return count > 0 ? sum / count : 1;
}

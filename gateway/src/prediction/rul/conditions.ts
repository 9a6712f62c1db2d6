import type { UnitHistory } from './table.ts';

/**
 * Operating conditions and what each sensor reads in them. A row's sensors minus the mean, divided by the deviation of
 * its condition, are comparable across conditions (Wang et al., PHM 2008; Heimes, PHM 2008).
 */
export interface Conditions {
  /** Settings are divided by these to be comparable. */
  readonly scale: readonly number[];
  /** Centres in scaled settings, a condition each. */
  readonly centres: readonly (readonly number[])[];
  /** Columns of the sensors that say anything. */
  readonly kept: readonly number[];
  /** [condition][kept sensor] */
  readonly mean: readonly (readonly number[])[];
  readonly deviation: readonly (readonly number[])[];
}

const MAX_CONDITIONS = 24;
/** One more condition must take off this share of the (geometric mean) variance of the sensors. */
const WORTH = 0.1;
/** A condition must have this many rows; fewer are settings in passing. */
const MIN_ROWS = 30;
/** Centres are sought in about this many rows. */
const SAMPLE = 5_000;
/** A sensor that varies by less than this share of its value is constant. */
const ROUNDING = 1e-9;

/**
 * Finds the operating conditions: k-means of the settings, started from points far apart (Gonzalez 1985), with the k
 * after which no further one explains the sensors better. So noise in a setting that no sensor follows is no condition.
 */
export function learnConditions(units: readonly UnitHistory[]): Conditions {
  const settings = units.flatMap((unit) => unit.settings);
  const sensors = units.flatMap((unit) => unit.sensors);
  const scale = rangesOf(settings);
  const points = settings.map((row) => row.map((value, s) => value / scale[s]!));
  const step = Math.ceil(points.length / SAMPLE);
  const sample = points.filter((_, i) => i % step === 0);
  let best = describe(points, sensors, [meanOf(sample)]);
  // The point farthest from the middle, then ever the one farthest from those chosen.
  let seeds = [farthest(sample, [meanOf(sample)])];
  for (let k = 2; k <= MAX_CONDITIONS; k++) {
    seeds = [...seeds, farthest(sample, seeds)];
    const found = describe(points, sensors, kMeans(sample, seeds));
    if (found.rows >= MIN_ROWS && found.spread < best.spread + Math.log(1 - WORTH)) best = found;
  }
  const { centres, kept, mean, deviation } = best;
  return { scale, centres, kept, mean, deviation };
}

/** A row's kept sensors in deviations from what is usual in its condition; 0 where a sensor does not vary. */
export function standardise(conditions: Conditions, settings: readonly number[], sensors: readonly number[]): number[] {
  const c = nearest(
    settings.map((value, s) => value / conditions.scale[s]!),
    conditions.centres,
  );
  const [mean, deviation] = [conditions.mean[c]!, conditions.deviation[c]!];
  return conditions.kept.map((column, i) => (deviation[i]! > 0 ? (sensors[column]! - mean[i]!) / deviation[i]! : 0));
}

function rangesOf(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, s) => {
    let [low, high] = [Infinity, -Infinity];
    for (const row of rows) {
      low = Math.min(low, row[s]!);
      high = Math.max(high, row[s]!);
    }
    return high > low ? high - low : 1;
  });
}

interface Description extends Omit<Conditions, 'scale'> {
  /** Mean logarithm of the share of the sensors' variance that is left within conditions. */
  readonly spread: number;
  /** Of the smallest condition. */
  readonly rows: number;
}

function describe(
  points: readonly (readonly number[])[],
  sensors: readonly (readonly number[])[],
  centres: readonly (readonly number[])[],
): Description {
  const width = sensors[0]!.length;
  const zeros = () => centres.map(() => new Array<number>(width).fill(0));
  const of = points.map((point) => nearest(point, centres));
  const count = centres.map(() => 0);
  const [mean, square] = [zeros(), zeros()];
  const middle = meanOf(sensors);
  const total = new Array<number>(width).fill(0);
  for (const [i, row] of sensors.entries()) {
    const c = of[i]!;
    count[c]!++;
    for (let s = 0; s < width; s++) mean[c]![s]! += row[s]!;
  }
  for (const [c, sums] of mean.entries()) for (let s = 0; s < width; s++) sums[s]! /= count[c] || 1;
  for (const [i, row] of sensors.entries()) {
    const c = of[i]!;
    for (let s = 0; s < width; s++) {
      square[c]![s]! += (row[s]! - mean[c]![s]!) ** 2;
      total[s]! += (row[s]! - middle[s]!) ** 2;
    }
  }
  const kept: number[] = [];
  let spread = 0;
  for (let s = 0; s < width; s++) {
    const size = (Math.abs(middle[s]!) * ROUNDING) ** 2 * sensors.length;
    const within = square.reduce((sum, row) => sum + row[s]!, 0);
    if (total[s]! <= size) continue;
    spread += Math.log(Math.max(within / total[s]!, 1e-6));
    if (within > size && within / total[s]! > 1e-9) kept.push(s);
  }
  const varied = (s: number, c: number) => Math.sqrt(square[c]![s]! / Math.max(1, count[c]!));
  return {
    centres,
    kept,
    mean: mean.map((row) => kept.map((s) => row[s]!)),
    deviation: centres.map((_, c) =>
      kept.map((s) => (varied(s, c) > Math.abs(mean[c]![s]!) * ROUNDING ? varied(s, c) : 0)),
    ),
    spread: spread / Math.max(1, kept.length),
    rows: Math.min(...count),
  };
}

function meanOf(points: readonly (readonly number[])[]): number[] {
  return points[0]!.map((_, s) => points.reduce((sum, p) => sum + p[s]!, 0) / points.length);
}

const distance = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
};

function nearest(point: readonly number[], centres: readonly (readonly number[])[]): number {
  let [at, least] = [0, Infinity];
  for (let c = 0; c < centres.length; c++) {
    const d = distance(point, centres[c]!);
    if (d < least) [at, least] = [c, d];
  }
  return at;
}

function farthest(points: readonly (readonly number[])[], from: readonly (readonly number[])[]): readonly number[] {
  let [at, most] = [points[0]!, -1];
  for (const point of points) {
    const d = distance(point, from[nearest(point, from)]!);
    if (d > most) [at, most] = [point, d];
  }
  return at;
}

function kMeans(points: readonly (readonly number[])[], start: readonly (readonly number[])[]): number[][] {
  let centres = start.map((c) => [...c]);
  for (let round = 0; round < 10; round++) {
    const sums = centres.map((c) => c.map(() => 0));
    const counts = centres.map(() => 0);
    for (const point of points) {
      const c = nearest(point, centres);
      counts[c]!++;
      for (let s = 0; s < point.length; s++) sums[c]![s]! += point[s]!;
    }
    centres = centres.map((old, c) => (counts[c] ? sums[c]!.map((sum) => sum / counts[c]!) : old));
  }
  return centres;
}

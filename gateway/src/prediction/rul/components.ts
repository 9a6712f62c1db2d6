import { eigen, type Matrix } from './eigen.ts';

/**
 * Directions of the standardised sensors in which wear stands out most from noise: the minimum noise fraction transform
 * (Green et al. 1988; maximum autocorrelation factors, Switzer & Green 1984). Noise is what changes from one row to the
 * next. Each component has noise of deviation 1; as many as stand out are kept, so two fault modes that move the sensors
 * differently show as two components.
 */
export interface Components {
  /** [component][kept sensor] */
  readonly weights: Matrix;
  /** Variance of signal over variance of noise, a component. */
  readonly ratios: readonly number[];
}

const MAX_COMPONENTS = 6;
/** Signal against noise below which a component says nothing that lasts. */
const MIN_RATIO = 0.15;

/** @param units standardised rows, [unit][row][kept sensor] */
export function learnComponents(units: readonly (readonly (readonly number[])[])[]): Components {
  const n = units[0]?.[0]?.length ?? 0;
  const zeros = (): Matrix => Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const [noise, total] = [zeros(), zeros()];
  let [pairs, rows] = [0, 0];
  for (const unit of units)
    for (const [i, row] of unit.entries()) {
      addOuter(total, row);
      rows++;
      const before = unit[i - 1];
      if (!before) continue;
      addOuter(
        noise,
        row.map((value, s) => value - before[s]!),
      );
      pairs++;
    }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      noise[i]![j]! /= 2 * Math.max(1, pairs);
      total[i]![j]! /= Math.max(1, rows);
      // A sensor without noise of its own (rounded) must not count as infinitely sharp.
      if (i === j) noise[i]![j]! += 0.02;
    }
  // Whiten the noise, then the principal components of the whole.
  const { values, vectors } = eigen(noise);
  const whiten = vectors.map((vector, k) => vector.map((x) => x / Math.sqrt(Math.max(values[k]!, 1e-9))));
  const whitened = whiten.map((a) => whiten.map((b) => quadratic(a, total, b)));
  const found = eigen(whitened);
  const weights: Matrix = [];
  const ratios: number[] = [];
  for (const [k, value] of found.values.entries()) {
    if (weights.length > 0 && (value - 1 < MIN_RATIO || weights.length === MAX_COMPONENTS)) break;
    const direction = found.vectors[k]!;
    weights.push(Array.from({ length: n }, (_, s) => direction.reduce((sum, x, j) => sum + x * whiten[j]![s]!, 0)));
    ratios.push(value - 1);
  }
  return { weights, ratios };
}

export function project({ weights }: Components, row: readonly number[]): number[] {
  return weights.map((w) => w.reduce((sum, x, s) => sum + x * row[s]!, 0));
}

function addOuter(into: Matrix, row: readonly number[]): void {
  for (let i = 0; i < row.length; i++) {
    const line = into[i]!;
    for (let j = 0; j < row.length; j++) line[j]! += row[i]! * row[j]!;
  }
}

function quadratic(a: readonly number[], m: Matrix, b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const line = m[i]!;
    for (let j = 0; j < b.length; j++) sum += a[i]! * line[j]! * b[j]!;
  }
  return sum;
}

import { sigmoid } from './boost.ts';

/** Log-odds linear in squashed features. Plain data. */
export interface Line {
  readonly bias: number;
  readonly weights: readonly number[];
}

/** Sign kept, size in logarithms: far off is far off, by how much matters less. What is not known counts nothing. */
const squashed = (value: number): number =>
  Number.isNaN(value) ? 0 : value < 0 ? -Math.log1p(-value) : Math.log1p(value);

export function lineOdds({ bias, weights }: Line, x: Float32Array, from = 0): number {
  let odds = bias;
  for (let c = 0; c < weights.length; c += 1) odds += (weights[c] as number) * squashed(x[from + c] as number);
  return odds;
}

const STEPS = 8;

/**
 * Ridge logistic regression by Newton's method (Hoerl & Kennard 1970; le Cessie & van Houwelingen 1992). Where failures
 * are few it says more than trees can, which then learn what it leaves over. `ridge` is per feature of unit variance.
 */
export function fitLine(
  x: Float32Array,
  columns: number,
  base: Int32Array,
  y: Uint8Array,
  weight: Float64Array,
  ridge: number,
): Line {
  const n = y.length;
  const v = new Float32Array(n * columns);
  const scale = new Float64Array(columns);
  let all = 0;
  let yes = 0;
  for (let i = 0; i < n; i += 1) {
    const w = weight[i] as number;
    all += w;
    yes += w * (y[i] as number);
    for (let c = 0; c < columns; c += 1) {
      const value = squashed(x[(base[i] as number) * columns + c] as number);
      v[i * columns + c] = value;
      scale[c] = (scale[c] as number) + w * value * value;
    }
  }
  if (yes <= 0 || yes >= all) return { bias: yes <= 0 ? -20 : 20, weights: new Array<number>(columns).fill(0) };
  for (let c = 0; c < columns; c += 1) scale[c] = Math.sqrt((scale[c] as number) / all) || 1;
  for (let i = 0; i < n; i += 1)
    for (let c = 0; c < columns; c += 1) v[i * columns + c] = (v[i * columns + c] as number) / (scale[c] as number);

  const size = columns + 1;
  const beta = new Float64Array(size);
  const at = new Int32Array(size);
  const row = new Float64Array(size);
  beta[columns] = Math.log(yes / (all - yes));
  for (let step = 0; step < STEPS; step += 1) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    for (let i = 0; i < n; i += 1) {
      // Most features are 0 most of the time: only the others are summed.
      let count = 0;
      let odds = beta[columns] as number;
      for (let c = 0; c < columns; c += 1) {
        const value = v[i * columns + c] as number;
        if (value === 0) continue;
        odds += (beta[c] as number) * value;
        at[count] = c;
        row[count++] = value;
      }
      at[count] = columns;
      row[count++] = 1;
      const p = sigmoid(odds);
      const off = (weight[i] as number) * ((y[i] as number) - p);
      const h = (weight[i] as number) * Math.max(1e-6, p * (1 - p));
      for (let a = 0; a < count; a += 1) {
        const line = at[a] as number;
        const va = row[a] as number;
        gradient[line] = (gradient[line] as number) + off * va;
        for (let b = 0; b <= a; b += 1) {
          const cell = line * size + (at[b] as number);
          hessian[cell] = (hessian[cell] as number) + h * va * (row[b] as number);
        }
      }
    }
    for (let a = 0; a < columns; a += 1) {
      gradient[a] = (gradient[a] as number) - ridge * (beta[a] as number);
      hessian[a * size + a] = (hessian[a * size + a] as number) + ridge;
    }
    const move = solve(hessian, gradient, size);
    const longest = Math.max(...move.map(Math.abs));
    // Newton's step may overshoot where the classes are nearly apart.
    const share = Math.min(1, 2 / longest);
    for (let a = 0; a < size; a += 1) beta[a] = (beta[a] as number) + share * (move[a] as number);
    if (longest < 1e-3) break;
  }
  return {
    bias: beta[columns] as number,
    weights: Array.from(scale, (s, c) => (beta[c] as number) / s),
  };
}

/** Solves A·s = b for a symmetric positive definite A given by its lower half (Cholesky); A is overwritten. */
function solve(a: Float64Array, b: Float64Array, n: number): number[] {
  for (let j = 0; j < n; j += 1)
    for (let i = j; i < n; i += 1) {
      let sum = a[i * n + j] as number;
      for (let k = 0; k < j; k += 1) sum -= (a[i * n + k] as number) * (a[j * n + k] as number);
      a[i * n + j] = i === j ? Math.sqrt(Math.max(1e-9, sum)) : sum / (a[j * n + j] as number);
    }
  const s = Array.from(b);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) s[i] = (s[i] as number) - (a[i * n + k] as number) * (s[k] as number);
    s[i] = (s[i] as number) / (a[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) s[i] = (s[i] as number) - (a[k * n + i] as number) * (s[k] as number);
    s[i] = (s[i] as number) / (a[i * n + i] as number);
  }
  return s;
}

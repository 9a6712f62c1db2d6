import type { Binned } from './bins.ts';
import { growTree, type PeriodRows } from './grow.ts';
import { seeded } from './rng.ts';
import type { Tree } from './tree.ts';

export interface BoostOptions {
  readonly rounds: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  readonly lambda: number;
  readonly minHessian: number;
  /** Shares of rows and columns a tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
  readonly seed: number;
  readonly rising: readonly number[];
}

/** Log-odds: `base` and what the trees add. */
export interface Booster {
  readonly base: number;
  readonly trees: readonly Tree[];
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Boosted trees for a weighted yes or no: Friedman 2001, "Greedy function approximation"; second order as in Chen &
 * Guestrin 2016; rows and columns of a tree are drawn (Friedman 2002, "Stochastic gradient boosting").
 */
export function boost(
  table: Binned,
  periods: PeriodRows,
  y: Uint8Array,
  weight: Float64Array,
  options: BoostOptions,
  onRound?: (done: number) => void,
): Booster {
  const n = y.length;
  const draw = seeded(options.seed);
  let yes = 0;
  let all = 0;
  for (let i = 0; i < n; i += 1) {
    all += weight[i] as number;
    yes += (weight[i] as number) * (y[i] as number);
  }
  if (yes <= 0 || yes >= all) return { base: yes <= 0 ? -20 : 20, trees: [] };
  const base = Math.log(yes / (all - yes));
  const raw = new Float64Array(n).fill(base);
  const g = new Float64Array(n);
  const h = new Float64Array(n);
  const rising = new Set(options.rising);
  const columns = Array.from({ length: table.columns + 1 }, (_, i) => i);
  const chosen = new Int32Array(n);
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    let count = 0;
    for (let i = 0; i < n; i += 1) {
      const p = sigmoid(raw[i] as number);
      const w = weight[i] as number;
      g[i] = w * (p - (y[i] as number));
      h[i] = w * p * (1 - p);
      if (draw() < options.rowShare) chosen[count++] = i;
    }
    const looked = columns.filter(() => draw() < options.columnShare);
    const tree = growTree(table, periods, chosen.subarray(0, count), g, h, looked, {
      ...options,
      minGain: 1e-6,
      rising,
    });
    trees.push(tree);
    for (let i = 0; i < n; i += 1) raw[i] = (raw[i] as number) + binnedValue(tree, table, periods, i);
    onRound?.(round + 1);
  }
  return { base, trees };
}

function binnedValue(tree: Tree, table: Binned, periods: PeriodRows, row: number): number {
  let node = 0;
  for (;;) {
    const column = tree.feature[node] as number;
    if (column < 0) return tree.value[node] as number;
    let left: boolean;
    if (column === table.columns) left = (periods.interval[row] as number) <= (tree.threshold[node] as number);
    else {
      const bin = table.bins[(periods.base[row] as number) * table.columns + column] as number;
      left = bin === 0 ? (tree.missingLeft[node] as boolean) : bin <= (tree.bin[node] as number);
    }
    node = (left ? tree.left[node] : tree.right[node]) as number;
  }
}

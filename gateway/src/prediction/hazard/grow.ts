import { type Binned, MISSING } from './bins.ts';
import type { Tree } from './tree.ts';

export interface GrowOptions {
  readonly maxLeaves: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
  /** A leaf needs this much second derivative: about the number of failures it rests on. */
  readonly minHessian: number;
  readonly minGain: number;
  readonly learningRate: number;
  /** Columns whose value may only raise the result. */
  readonly rising: ReadonlySet<number>;
}

/** Rows of a tree: row i looks at table row `base[i]`, and at interval `interval[i]` as one column more. */
export interface PeriodRows {
  readonly base: Int32Array;
  readonly interval: Uint8Array;
}

const BINS = 64;
const STRIDE = 2 * BINS;

interface Split {
  gain: number;
  column: number;
  bin: number;
  missingLeft: boolean;
}

interface Leaf {
  node: number;
  from: number;
  to: number;
  g: number;
  h: number;
  lower: number;
  upper: number;
  sums: Float64Array;
  split: Split | null;
}

/**
 * Grows one tree on first and second derivatives of the loss, best leaf first, from histograms: Chen & Guestrin 2016,
 * "XGBoost: A Scalable Tree Boosting System", eq. 5 and 7; Ke et al. 2017, "LightGBM". `rows` is reordered in place.
 * Missing values go to the side that gains more. A split on a rising column that would lower the result is refused, and
 * its children are kept on their sides of the middle (XGBoost's monotone constraints).
 */
export function growTree(
  table: Binned,
  periods: PeriodRows,
  rows: Int32Array,
  g: Float64Array,
  h: Float64Array,
  columns: readonly number[],
  { maxLeaves, lambda, minHessian, minGain, learningRate, rising }: GrowOptions,
): Tree {
  const tree: Tree = { feature: [], threshold: [], bin: [], missingLeft: [], left: [], right: [], value: [] };
  const scratch = new Int32Array(rows.length);
  const intervalColumn = table.columns;
  const looked = Int32Array.from(columns);
  const tableColumns = columns.includes(intervalColumn) ? columns.length - 1 : columns.length;
  const binOf = (row: number, column: number) =>
    column === intervalColumn
      ? 1 + (periods.interval[row] as number)
      : (table.bins[(periods.base[row] as number) * table.columns + column] as number);
  const score = (sumG: number, sumH: number) => (sumG * sumG) / (sumH + lambda);

  /** Sums of g and h by column looked at and bin, over the leaf's rows. */
  const sumsOf = (from: number, to: number): Float64Array => {
    const sums = new Float64Array(columns.length * STRIDE);
    for (let i = from; i < to; i += 1) {
      const row = rows[i] as number;
      const [rowG, rowH] = [g[row] as number, h[row] as number];
      const start = (periods.base[row] as number) * table.columns;
      for (let c = 0; c < tableColumns; c += 1) {
        const at = c * STRIDE + 2 * (table.bins[start + (looked[c] as number)] as number);
        sums[at] = (sums[at] as number) + rowG;
        sums[at + 1] = (sums[at + 1] as number) + rowH;
      }
      if (tableColumns === columns.length) continue;
      const at = tableColumns * STRIDE + 2 * (1 + (periods.interval[row] as number));
      sums[at] = (sums[at] as number) + rowG;
      sums[at + 1] = (sums[at + 1] as number) + rowH;
    }
    return sums;
  };

  const bestSplit = (leaf: Leaf): Split | null => {
    let best: Split | null = null;
    if (leaf.h < 2 * minHessian) return null;
    const parent = score(leaf.g, leaf.h);
    for (let c = 0; c < columns.length; c += 1) {
      const column = columns[c] as number;
      const missingG = leaf.sums[c * STRIDE] as number;
      const missingH = leaf.sums[c * STRIDE + 1] as number;
      let leftG = 0;
      let leftH = 0;
      for (let bin = 1; bin < BINS - 1; bin += 1) {
        const at = c * STRIDE + 2 * bin;
        const inBin = leaf.sums[at + 1] as number;
        if (inBin <= 0) continue;
        leftG += leaf.sums[at] as number;
        leftH += inBin;
        for (let side = missingH > 0 ? 0 : 1; side < 2; side += 1) {
          const lg = leftG + (side === 0 ? 0 : missingG);
          const lh = leftH + (side === 0 ? 0 : missingH);
          const rg = leaf.g - lg;
          const rh = leaf.h - lh;
          if (lh < minHessian || rh < minHessian) continue;
          if (rising.has(column) && -lg / (lh + lambda) > -rg / (rh + lambda)) continue;
          const gain = score(lg, lh) + score(rg, rh) - parent;
          if (gain > minGain && gain > (best?.gain ?? 0)) best = { gain, column, bin, missingLeft: side === 1 };
        }
      }
    }
    return best;
  };

  const addNode = (leaf: Omit<Leaf, 'node' | 'split'>, mayGrow = true): Leaf => {
    const node = tree.feature.length;
    const value = Math.max(leaf.lower, Math.min(leaf.upper, -leaf.g / (leaf.h + lambda)));
    tree.feature.push(-1);
    tree.threshold.push(0);
    tree.bin.push(0);
    tree.missingLeft.push(true);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.value.push(value * learningRate);
    const made: Leaf = { ...leaf, node, split: null };
    if (mayGrow) made.split = bestSplit(made);
    return made;
  };

  const sumOf = (values: Float64Array, from: number, to: number) => {
    let sum = 0;
    for (let i = from; i < to; i += 1) sum += values[rows[i] as number] as number;
    return sum;
  };

  const all = {
    from: 0,
    to: rows.length,
    sums: sumsOf(0, rows.length),
    g: sumOf(g, 0, rows.length),
    h: sumOf(h, 0, rows.length),
  };
  const leaves = [addNode({ ...all, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY })];
  while (leaves.length < maxLeaves) {
    let widest: Leaf | undefined;
    for (const leaf of leaves) if (leaf.split && leaf.split.gain > (widest?.split?.gain ?? 0)) widest = leaf;
    if (!widest?.split) break;
    const { split, node, from, to, lower, upper } = widest;
    let middle = from;
    let kept = 0;
    for (let i = from; i < to; i += 1) {
      const row = rows[i] as number;
      const bin = binOf(row, split.column);
      if (bin === MISSING ? split.missingLeft : bin <= split.bin) rows[middle++] = row;
      else scratch[kept++] = row;
    }
    rows.set(scratch.subarray(0, kept), middle);
    // The smaller side is summed, the other is the difference; the last two leaves need no sums.
    const smallLeft = middle - from < to - middle;
    const mayGrow = leaves.length + 1 < maxLeaves;
    const large = widest.sums;
    const small = !mayGrow ? large : smallLeft ? sumsOf(from, middle) : sumsOf(middle, to);
    if (mayGrow) for (let i = 0; i < large.length; i += 1) large[i] = (large[i] as number) - (small[i] as number);
    const left = {
      from,
      to: middle,
      g: sumOf(g, from, middle),
      h: sumOf(h, from, middle),
      sums: smallLeft ? small : large,
    };
    const right = { from: middle, to, g: widest.g - left.g, h: widest.h - left.h, sums: smallLeft ? large : small };
    const between = (-left.g / (left.h + lambda) - right.g / (right.h + lambda)) / 2;
    const bound = rising.has(split.column);
    tree.feature[node] = split.column;
    tree.threshold[node] =
      split.column === intervalColumn
        ? split.bin - 0.5
        : ((table.edges[split.column] as number[])[split.bin - 1] ?? Number.MAX_VALUE);
    tree.bin[node] = split.bin;
    tree.missingLeft[node] = split.missingLeft;
    leaves.splice(leaves.indexOf(widest), 1);
    tree.left[node] = tree.feature.length;
    leaves.push(addNode({ ...left, lower, upper: bound ? Math.min(upper, between) : upper }, mayGrow));
    tree.right[node] = tree.feature.length;
    leaves.push(addNode({ ...right, lower: bound ? Math.max(lower, between) : lower, upper }, mayGrow));
  }
  return tree;
}

/** A regression tree in flat arrays; node 0 is the root. A leaf has feature −1. Plain data. */
export interface Tree {
  feature: number[];
  /** Values up to this go left. */
  threshold: number[];
  /** The same as a bin of the table it was grown on. */
  bin: number[];
  missingLeft: boolean[];
  left: number[];
  right: number[];
  /** Log-odds a leaf adds. */
  value: number[];
}

/** `extra` is the value of the column after the last of `x` (the interval). */
export function treeValue(tree: Tree, x: Float32Array, extra: number): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] as number;
    if (feature < 0) return tree.value[node] as number;
    const value = feature < x.length ? (x[feature] as number) : extra;
    const toLeft = Number.isNaN(value) ? tree.missingLeft[node] : value <= (tree.threshold[node] as number);
    node = (toLeft ? tree.left[node] : tree.right[node]) as number;
  }
}

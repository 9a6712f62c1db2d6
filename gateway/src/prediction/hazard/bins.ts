/** Bin of a missing value; values fall into bins 1, 2, … */
export const MISSING = 0;
const MAX_BINS = 64;

/** A table of features cut into bins, row by row: bin of row r in column c is `bins[r * columns + c]`. */
export interface Binned {
  readonly rows: number;
  readonly columns: number;
  readonly bins: Uint8Array;
  /** By column: value v is in bin 1 + (number of edges < v). */
  readonly edges: readonly (readonly number[])[];
}

/**
 * Cuts each column at quantiles of its values (as LightGBM and XGBoost `hist` do), half of the cuts at those of the rows
 * marked `telling`: what precedes a failure is rare and lies at the ends of a column, where quantiles of all rows would
 * leave one wide bin. `x` is row by row.
 */
export function binned(x: Float32Array, rows: number, columns: number, telling?: Uint8Array): Binned {
  const bins = new Uint8Array(new SharedArrayBuffer(rows * columns));
  const edges: number[][] = [];
  for (let c = 0; c < columns; c += 1) {
    const sorted = (use: (row: number) => boolean) => {
      const column = new Float32Array(rows);
      let known = 0;
      for (let r = 0; r < rows; r += 1) {
        const value = x[r * columns + c] as number;
        if (!Number.isNaN(value) && use(r)) column[known++] = value;
      }
      return column.subarray(0, known).sort();
    };
    const some = telling
      ? edgesOf(
          sorted((r) => telling[r] === 1),
          MAX_BINS / 2 - 1,
        )
      : [];
    const all = edgesOf(
      sorted(() => true),
      MAX_BINS - 2 - some.length,
    );
    const cuts = [...new Set([...some, ...all])].sort((a, b) => a - b);
    edges.push(cuts);
    for (let r = 0; r < rows; r += 1) {
      const value = x[r * columns + c] as number;
      bins[r * columns + c] = Number.isNaN(value) ? MISSING : 1 + below(cuts, value);
    }
  }
  return { rows, columns, bins, edges };
}

/** At most `most` edges half-way between neighbours; of many equal values (most counters stand at 0) the distinct rest is cut evenly. */
function edgesOf(sorted: Float32Array, most: number): number[] {
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) counts[counts.length - 1] = (counts.at(-1) as number) + 1;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  if (distinct.length <= most + 1) return distinct.slice(1).map((value, i) => (value + (distinct[i] as number)) / 2);
  const edges: number[] = [];
  let left = sorted.length;
  let inBin = 0;
  for (let i = 0; i < distinct.length - 1 && edges.length < most; i += 1) {
    inBin += counts[i] as number;
    if (inBin < left / (most + 1 - edges.length)) continue;
    edges.push(((distinct[i] as number) + (distinct[i + 1] as number)) / 2);
    left -= inBin;
    inBin = 0;
  }
  return edges;
}

function below(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

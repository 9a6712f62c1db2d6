/**
 * Work cut into pieces: it yields between them, so that whoever runs it can let others work, or give up. The work itself
 * stays pure; it does not know of time.
 */
export type Pieces<T> = Generator<void, T, void>;

/** What has no rounds of its own yields after so many items. */
export const PIECE = 1_024;

/** Runs it to its end without a pause. */
export function inOnePiece<T>(work: Pieces<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** A sorted copy, stable like `sort`: runs of a piece each, then merged two by two. */
export function* sortInPieces<T>(items: readonly T[], compare: (a: T, b: T) => number): Pieces<T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += PIECE) {
    runs.push(items.slice(from, from + PIECE).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(yield* merged(runs[i] as T[], runs[i + 1] ?? [], compare));
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merged<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): Pieces<T[]> {
  const all: T[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const fromA = j >= b.length || (i < a.length && compare(a[i] as T, b[j] as T) <= 0);
    all.push(fromA ? (a[i++] as T) : (b[j++] as T));
    if (all.length % PIECE === 0) yield;
  }
  return all;
}

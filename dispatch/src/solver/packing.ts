import type { PlainInterval } from './plain.ts';

/** Sorted, with touching and overlapping intervals joined. */
export function merged(intervals: readonly PlainInterval[]): PlainInterval[] {
  const result: PlainInterval[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** Where each list begins when they are laid end to end; one entry more than there are lists. */
export function offsets(lengths: readonly number[]): Int32Array {
  const result = new Int32Array(lengths.length + 1);
  lengths.forEach((length, k) => {
    result[k + 1] = (result[k] as number) + length;
  });
  return result;
}

export function pairs(intervals: readonly PlainInterval[]): Float64Array {
  const result = new Float64Array(2 * intervals.length);
  intervals.forEach(({ from, to }, k) => {
    result[2 * k] = from;
    result[2 * k + 1] = to;
  });
  return result;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}

/** Rows for columns; the square itself where that is the same. */
export function turned<T extends Int32Array | Float64Array>(square: T, side: number): T {
  let symmetric = true;
  for (let a = 0; a < side && symmetric; a++)
    for (let b = 0; b < a && symmetric; b++) symmetric = square[a * side + b] === square[b * side + a];
  if (symmetric) return square;
  const result = square.slice() as T;
  for (let a = 0; a < side; a++) for (let b = 0; b < side; b++) result[b * side + a] = square[a * side + b] as number;
  return result;
}

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
  return Float64Array.from(intervals.flatMap(({ from, to }) => [from, to]));
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

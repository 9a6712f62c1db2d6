import type { Value } from '@uptower/domain';
import type { Batch } from '../ports/reading-store.ts';

/**
 * A batch as columns, cheap to hand to a worker: names are sent once, numbers as typed arrays.
 * A number is `value`; a text is `text`; a boolean is both (`1`/`0` for charts, `true`/`false` to know it by).
 */
export interface Rows {
  readonly names: readonly string[];
  /** Indexes into `names`. */
  readonly device: Uint32Array;
  readonly metric: Uint32Array;
  readonly ts: Float64Array;
  /** NaN where there is none. */
  readonly value: Float64Array;
  readonly text: ReadonlyMap<number, string>;
  readonly through: number;
}

export function rowsOf(batch: Batch, stored: number): Rows {
  const fresh = batch.readings.filter((reading) => reading.position > stored);
  let count = 0;
  for (const reading of fresh) for (const _ in reading.values) count += 1;
  const names: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (name: string) => {
    let index = indexes.get(name);
    if (index === undefined) {
      index = names.push(name) - 1;
      indexes.set(name, index);
    }
    return index;
  };
  const device = new Uint32Array(count);
  const metric = new Uint32Array(count);
  const ts = new Float64Array(count);
  const value = new Float64Array(count);
  const text = new Map<number, string>();
  let row = 0;
  for (const reading of fresh) {
    const deviceIndex = indexOf(reading.deviceId);
    for (const key in reading.values) {
      const measured = reading.values[key] as Value;
      device[row] = deviceIndex;
      metric[row] = indexOf(key);
      ts[row] = reading.ts;
      value[row] = typeof measured === 'string' ? Number.NaN : Number(measured);
      if (typeof measured !== 'number') text.set(row, String(measured));
      row += 1;
    }
  }
  return { names, device, metric, ts, value, text, through: batch.through };
}

/** Back from a row. */
export function readValue(value: number | null, text: string | null): Value {
  if (text === null) return value ?? 0;
  return value === null ? text : text === 'true';
}

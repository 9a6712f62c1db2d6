import type { Value } from '@uptower/domain';
import type { Batch } from '../ports/reading-store.ts';

/** Rows column by column. */
export interface Columns {
  /** Indexes into `names`. */
  readonly device: Uint32Array;
  readonly metric: Uint32Array;
  readonly ts: Float64Array;
  /** NaN where there is none. */
  readonly value: Float64Array;
}

/**
 * A batch as columns, cheap to hand to a worker and to DuckDB: names are sent once, numbers as typed arrays. Texts apart
 * from numbers, which need no look at a column that is empty. A text has no value; a boolean has both (`1`/`0` for charts,
 * `true`/`false` to know it by). Within each of the two the order is that of arrival.
 */
export interface Rows {
  readonly names: readonly string[];
  readonly numbers: Columns;
  readonly texts: Columns & { readonly text: readonly string[] };
  readonly through: number;
}

const columns = (rows: number): Columns => ({
  device: new Uint32Array(rows),
  metric: new Uint32Array(rows),
  ts: new Float64Array(rows),
  value: new Float64Array(rows),
});

/** Readings of a batch that are not `stored` yet, by journal position. */
export function rowsOf({ readings, through }: Batch, stored: number): Rows {
  let [numberRows, textRows] = [0, 0];
  for (const { position, values } of readings) {
    if (position <= stored) continue;
    for (const key in values)
      if (typeof values[key] === 'number') numberRows += 1;
      else textRows += 1;
  }
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
  const numbers = columns(numberRows);
  const texts = columns(textRows);
  const text: string[] = [];
  let at = 0;
  for (const { deviceId, ts, values, position } of readings) {
    if (position <= stored) continue;
    const device = indexOf(deviceId);
    for (const key in values) {
      const measured = values[key] as Value;
      const isNumber = typeof measured === 'number';
      const into = isNumber ? numbers : texts;
      const row = isNumber ? at++ : text.push(String(measured)) - 1;
      into.device[row] = device;
      into.metric[row] = indexOf(key);
      into.ts[row] = ts;
      into.value[row] = typeof measured === 'string' ? Number.NaN : Number(measured);
    }
  }
  return { names, numbers, texts: { ...texts, text }, through };
}

/** Back from a row. */
export function readValue(value: number | null, text: string | null): Value {
  if (text === null) return value ?? 0;
  return value === null ? text : text === 'true';
}

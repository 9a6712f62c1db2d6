import { DuckDBInstance } from '@duckdb/node-api';
import type { Acknowledged } from './generator.ts';

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged and not in the store. */
  readonly lost: number;
  /** In the store more than once. */
  readonly doubled: number;
  /** The first few of both, to look for. */
  readonly examples: readonly string[];
}

/** How often each reading number of a device is in the store, asked of the store itself. */
export type TimesOf = (device: string) => Promise<ReadonlyMap<number, number>>;

const EXAMPLES = 5;

/** Counts behind the server's back: a query of its API would show two equal rows as one. */
export async function countStored(timesOf: TimesOf, acknowledged: Acknowledged): Promise<Verdict> {
  const examples: string[] = [];
  let [total, lost, doubled] = [0, 0, 0];
  for (const [device, stretches] of Object.entries(acknowledged)) {
    const times = await timesOf(device);
    for (const [from, to] of stretches)
      for (let number = from; number <= to; number += 1) {
        total += 1;
        if (times.has(number)) continue;
        lost += 1;
        if (examples.length < EXAMPLES) examples.push(`${device} ${number} is lost`);
      }
    for (const [number, count] of times) {
      if (count === 1) continue;
      doubled += 1;
      if (examples.length < EXAMPLES) examples.push(`${device} ${number} is there ${count} times`);
    }
  }
  return { acknowledged: total, lost, doubled, examples };
}

/** Counts in the embedded store's own file, so the server must be stopped. */
export async function checkStored(file: string, acknowledged: Acknowledged): Promise<Verdict> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return await countStored(async (device) => {
      const reader = await connection.runAndReadAll(
        `SELECT value AS n, count(*) AS times FROM stored
         JOIN names AS d ON d.id = stored.device JOIN names AS m ON m.id = stored.metric
         WHERE d.name = $1 AND m.name = 'n' GROUP BY value`,
        [device],
      );
      return new Map((reader.getRowsJS() as [number, bigint][]).map(([n, count]) => [n, Number(count)]));
    }, acknowledged);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

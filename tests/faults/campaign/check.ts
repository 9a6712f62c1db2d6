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

const EXAMPLES = 5;

/**
 * Counts in the store's own file, behind the server's back, so the server must be stopped: a query of the API would
 * show two equal rows as one.
 */
export async function checkStored(file: string, acknowledged: Acknowledged): Promise<Verdict> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const examples: string[] = [];
  let [total, lost, doubled] = [0, 0, 0];
  try {
    for (const [device, stretches] of Object.entries(acknowledged)) {
      const reader = await connection.runAndReadAll(
        `SELECT value AS n, count(*) AS times FROM stored
         JOIN names AS d ON d.id = stored.device JOIN names AS m ON m.id = stored.metric
         WHERE d.name = $1 AND m.name = 'n' GROUP BY value`,
        [device],
      );
      const times = new Map((reader.getRowsJS() as [number, bigint][]).map(([n, count]) => [n, Number(count)]));
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
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { acknowledged: total, lost, doubled, examples };
}

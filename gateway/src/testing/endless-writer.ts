/** A process to be killed: appends numbered batches to a DuckDB file, one line on standard output for each that is durable. */
import { silentLogger } from '@uptower/platform';
import { openDuckdbReadingStore } from '../adapters/duckdb-reading-store.ts';
import { numberedBatch } from './endless-writer-batch.ts';

const store = await openDuckdbReadingStore(process.argv[2] as string, silentLogger());
for (let n = store.position() + 1; ; n += 1) {
  await store.append(numberedBatch(n));
  process.stdout.write(`${n}\n`);
}

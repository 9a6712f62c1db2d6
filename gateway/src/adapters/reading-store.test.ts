import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@uptower/platform';
import { afterAll, expect, test } from 'vitest';
import { readingStoreContract } from '../ports/reading-store.contract.ts';
import { ROWS_A_BATCH } from '../testing/endless-writer-batch.ts';
import { deviceA1 } from '../testing/fixtures.ts';
import { openDuckdbReadingStore } from './duckdb-reading-store.ts';
import { createMemoryReadingStore, emptyDisk } from './memory-reading-store.ts';

const directory = mkdtempSync(join(tmpdir(), 'uptower-readings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

readingStoreContract('memory', async () => {
  const disk = emptyDisk();
  return { open: async () => createMemoryReadingStore(disk) };
});

let files = 0;
readingStoreContract('duckdb', async () => {
  const file = join(directory, `${files++}.duckdb`);
  return { open: () => openDuckdbReadingStore(file, silentLogger()) };
});

test('killed while it writes, the position and the rows of a file agree', async () => {
  const file = join(directory, 'killed.duckdb');
  const child = fileURLToPath(new URL('../testing/endless-writer.ts', import.meta.url));
  let before = 0;
  for (const batches of [1, 3, 8]) {
    const writer = spawn(process.execPath, ['--import', 'tsx', child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let written = 0;
    await new Promise<void>((resolve) => {
      writer.stdout.on('data', (chunk: Buffer) => {
        written += chunk.toString().split('\n').length - 1;
        if (written >= batches) resolve();
      });
    });
    writer.kill('SIGKILL');
    await new Promise((resolve) => writer.once('close', resolve));
    const store = await openDuckdbReadingStore(file, silentLogger());
    expect(store.position()).toBeGreaterThanOrEqual(before + batches);
    expect(await store.range(deviceA1, 0, 1e9, 1e6)).toHaveLength(store.position() * ROWS_A_BATCH);
    before = store.position();
    await store.close();
  }
});

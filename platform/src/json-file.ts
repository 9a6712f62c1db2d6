import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** Whole or not at all, also after a power cut: written beside, synced, renamed over. Readable by its owner only. */
export function writeJsonFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const beside = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(beside, JSON.stringify(value));
    fsyncSync(beside);
  } finally {
    closeSync(beside);
  }
  renameSync(`${file}.new`, file);
}

/** What the file holds; undefined when there is none, or when it is damaged or of another form. */
export function readJsonFile<S extends z.ZodType>(file: string, schema: S): z.infer<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

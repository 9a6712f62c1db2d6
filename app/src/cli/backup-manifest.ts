import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readJsonFile, wallClock, writeJsonFile } from '@uptower/platform';
import { z } from 'zod';

export const MANIFEST = 'manifest.json';

/** What a backup holds; paths with `/`, relative to it. */
export const Manifest = z.strictObject({
  form: z.literal(1),
  madeAt: z.iso.datetime(),
  /** Of the program that made it. */
  version: z.string(),
  ofRunning: z.boolean(),
  /** Everything acknowledged up to here is in it. */
  journalPosition: z.int().min(0),
  /** Whether the readings are in it. */
  store: z.boolean(),
  files: z.array(
    z.strictObject({
      path: z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/),
      bytes: z.int().min(0),
      sha256: z.string(),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;

export const readManifest = (directory: string) => readJsonFile(join(directory, MANIFEST), Manifest);

export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

export const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();

export async function writeManifest(
  directory: string,
  made: Pick<Manifest, 'version' | 'ofRunning' | 'journalPosition' | 'store'>,
): Promise<Manifest> {
  const files: Manifest['files'] = [];
  for (const path of filesBelow(directory)) {
    const file = join(directory, path);
    files.push({ path, bytes: statSync(file).size, sha256: await hashOf(file) });
  }
  const { version, ofRunning, journalPosition, store } = made;
  const manifest: Manifest = {
    form: 1,
    madeAt: new Date(wallClock().now()).toISOString(),
    version,
    ofRunning,
    journalPosition,
    store,
    files,
  };
  writeJsonFile(join(directory, MANIFEST), manifest);
  return manifest;
}

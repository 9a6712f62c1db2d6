import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { countSessionRows } from '@uptower/broker';
import { copyJournal, headOfFiles, isNoLock } from '@uptower/gateway';
import { lockDirectory, pinSqlite, type Runtime, readRuntime, webUrlOf } from '@uptower/platform';
import type { BackupLine } from '../backup-route.ts';
import { CommandFailed } from './api-client.ts';
import { filesBelow, hashOf, MANIFEST, type Manifest, readManifest, writeManifest } from './backup-manifest.ts';
import { type Progress, progress } from './progress.ts';

/** Made or copied by means of their own, so that they fit each other. */
const CONSISTENT = /^(records\.db(-wal|-shm)?|journal|backlog|telemetry\.duckdb(\.wal)?)$/;
/** Belongs to a running process, or says nothing that is needed. */
const LEFT_OUT = /^(runtime\.json|lock\.db(-journal)?|.*\.log|mqtt|mqtt\.damaged-.*|backlog)$/;
const ARCHIVE = /\.(tar|tar\.gz|tgz)$/;
/** LevelDB tidies its files while they are copied: a copy that cannot be read is made again. */
const TRIES = 5;

export interface BackupOptions {
  readonly dataDir: string;
  readonly version: string;
}

/** `uptower backup`: a consistent copy of a running or a stopped server, with a manifest of hashes. */
export async function backup(target: string, { dataDir, version }: BackupOptions): Promise<string> {
  const to = resolve(target);
  if (!existsSync(join(dataDir, 'records.db'))) throw new CommandFailed(`there is no Uptower in ${resolve(dataDir)}`);
  if (!relative(resolve(dataDir), to).startsWith('..'))
    throw new CommandFailed('the backup cannot lie inside the data directory');
  if (existsSync(to) && (ARCHIVE.test(to) || readdirSync(to).length > 0))
    throw new CommandFailed(`${to} exists and is not empty`);
  mkdirSync(dirname(to), { recursive: true });
  // Beside its place, under another name until it is whole.
  const partial = mkdtempSync(`${to}.partial-`);
  try {
    const running = readRuntime(dataDir);
    const made = running ? await ofRunning(running, partial) : await ofStopped(dataDir, partial);
    for (const name of readdirSync(dataDir))
      if (!CONSISTENT.test(name) && !LEFT_OUT.test(name))
        cpSync(join(dataDir, name), join(partial, name), {
          recursive: true,
          preserveTimestamps: true,
          filter: isNoLock,
        });
    await copySessions(join(dataDir, 'mqtt'), join(partial, 'mqtt'));
    const manifest = await writeManifest(partial, { ...made, version, ofRunning: running !== undefined });
    if (ARCHIVE.test(to)) archive(partial, to);
    else {
      rmSync(to, { recursive: true, force: true });
      renameSync(partial, to);
    }
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    return [
      `${to}: ${manifest.files.length} files, ${(bytes / 1024 / 1024).toFixed(1)} MiB, everything acknowledged up to journal position ${made.journalPosition}.`,
      ...(made.store ? [] : ['The readings are kept by a server of their own: back that up by its own means.']),
      'It holds password hashes and the signing key: keep it as safe as the data directory.',
    ].join('\n');
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

interface Made {
  readonly journalPosition: number;
  readonly store: boolean;
}

async function ofRunning(runtime: Runtime, directory: string): Promise<Made> {
  const response = await fetch(`${webUrlOf(runtime)}/api/v1/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${runtime.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ directory }),
  });
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
    throw new CommandFailed(`the server made no backup: ${problem.detail ?? problem.title ?? response.statusText}`);
  }
  const bars = new Map<string, Progress>();
  let made: Made | undefined;
  for await (const line of linesOf(response.body)) {
    if ('error' in line) throw new CommandFailed(`the server made no backup: ${line.error}`);
    if ('journalPosition' in line) made = line;
    else {
      const bar = bars.get(line.part) ?? progress(line.part, line.total);
      bars.set(line.part, bar);
      bar.update(line.done);
    }
  }
  for (const bar of bars.values()) bar.stop();
  if (!made) throw new CommandFailed('the server ended before the backup was whole');
  return made;
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<BackupLine> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as BackupLine;
  }
}

async function ofStopped(dataDir: string, directory: string): Promise<Made> {
  const unlock = lockDirectory(dataDir);
  try {
    const records = pinSqlite(join(dataDir, 'records.db'));
    const bar = progress('records', 1);
    await records
      .copyTo(join(directory, 'records.db'), (done, total) => bar.update(done / total))
      .finally(() => records.close());
    bar.stop();
    const journal = join(dataDir, 'journal');
    const journalPosition = headOfFiles(journal);
    await copyJournal(journal, join(directory, 'journal'), journalPosition, () => undefined);
    const names = ['telemetry.duckdb', 'telemetry.duckdb.wal', 'backlog'].filter((name) =>
      existsSync(join(dataDir, name)),
    );
    for (const name of names) cpSync(join(dataDir, name), join(directory, name), { recursive: true, filter: isNoLock });
    return { journalPosition, store: names.includes('telemetry.duckdb') };
  } finally {
    unlock();
  }
}

async function copySessions(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  for (let tries = 1; ; tries += 1) {
    try {
      cpSync(from, to, { recursive: true, filter: isNoLock });
      await countSessionRows(to);
      return;
    } catch (error) {
      rmSync(to, { recursive: true, force: true });
      if (tries === TRIES) throw new CommandFailed(`the MQTT sessions cannot be copied: ${(error as Error).message}`);
    }
  }
}

function tar(args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new CommandFailed(`tar: ${error?.message ?? stderr.trim()}`);
}

const zip = (file: string) => (file.endsWith('.tar') ? [] : ['-z']);

function archive(directory: string, file: string): void {
  tar(['-c', ...zip(file), '-f', `${directory}.tar`, '-C', directory, '.']);
  renameSync(`${directory}.tar`, file);
}

/** `uptower restore`: verifies every hash, then puts the files into a new data directory. */
export async function restore(source: string, dataDir: string): Promise<string> {
  const from = resolve(source);
  const to = resolve(dataDir);
  if (!existsSync(from)) throw new CommandFailed(`there is no backup at ${from}`);
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new CommandFailed(`${to} is not empty; restore into a new directory`);
  mkdirSync(dirname(to), { recursive: true });
  const partial = mkdtempSync(`${to}.partial-`);
  try {
    if (statSync(from).isDirectory()) cpSync(from, partial, { recursive: true, preserveTimestamps: true });
    else tar(['-x', ...zip(from), '-f', from, '-C', partial]);
    const manifest = readManifest(partial);
    if (!manifest) throw new CommandFailed(`${from} is no backup: it has no readable ${MANIFEST}`);
    await verify(partial, manifest);
    rmSync(join(partial, MANIFEST));
    rmSync(to, { recursive: true, force: true });
    renameSync(partial, to);
    return [
      `restored into ${to}: everything acknowledged up to journal position ${manifest.journalPosition}, as of ${manifest.madeAt}.`,
      `Start it with: uptower serve --data-dir ${to}`,
    ].join('\n');
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function verify(directory: string, manifest: Manifest): Promise<void> {
  const bar = progress('checking', manifest.files.length);
  const problems: string[] = [];
  const known = new Set([MANIFEST, ...manifest.files.map(({ path }) => path)]);
  for (const path of filesBelow(directory)) if (!known.has(path)) problems.push(`${path} is not of this backup`);
  for (const [index, { path, sha256 }] of manifest.files.entries()) {
    const file = join(directory, ...path.split('/'));
    if (!existsSync(file)) problems.push(`${path} is missing`);
    else if ((await hashOf(file)) !== sha256) problems.push(`${path} was changed or is damaged`);
    bar.update(index + 1);
  }
  bar.stop();
  if (problems.length > 0)
    throw new CommandFailed(`nothing was restored:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

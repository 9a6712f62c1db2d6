// What the start, build and test scripts share. Plain Node: nothing is installed yet when the first of them runs.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cacheDir = join(root, '.cache');

/** A progress line on standard error: ticking on a terminal, one line every 15 s elsewhere. */
export async function step(name, work) {
  const from = performance.now();
  const seconds = () => ((performance.now() - from) / 1000).toFixed(0);
  const terminal = process.stderr.isTTY;
  const say = (mark) =>
    process.stderr.write(`${terminal ? '\r\x1b[K' : ''}${mark} ${name} (${seconds()} s)${terminal ? '' : '\n'}`);
  say('…');
  const timer = setInterval(() => say('…'), terminal ? 1000 : 15_000);
  try {
    const result = await work();
    clearInterval(timer);
    say('✓');
    if (terminal) process.stderr.write('\n');
    return result;
  } catch (error) {
    clearInterval(timer);
    say('✗');
    if (terminal) process.stderr.write('\n');
    throw error;
  }
}

/** Whoever stops us stops what we started: an orphaned install would fight with the next one. */
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, function stop() {
    if (children.size === 0) return process.listenerCount(signal) === 1 && process.exit(130);
    for (const child of children) child.kill(signal);
    process.exit(130);
  });

/** Runs a command quietly; on failure shows what it said. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    children.add(child);
    child.on('close', () => children.delete(child));
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) resolve(text);
      else reject(new Error(`${command} ${args.join(' ')} failed (${code})\n${text.slice(-8000)}`));
    });
  });
}

/** Runs a command that talks to the person; resolves with its exit code. */
export function show(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return yield path;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    yield* filesBelow(join(path, entry.name));
  }
}

/** A hash of names and contents: the same whenever nothing that matters changed, whatever the clocks say. */
export function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths)
    for (const file of [...filesBelow(join(root, path))].sort())
      hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

/** Does the work only when the inputs changed since the last time it succeeded, or when an output is missing. */
export async function whenChanged(name, inputs, outputs, work) {
  const stampFile = join(cacheDir, `${name}.stamp`);
  const now = fingerprint(inputs);
  const fresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === now;
  if (fresh && outputs.every((path) => existsSync(join(root, path)))) return false;
  await work();
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(stampFile, now);
  return true;
}

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Uptower needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './uptower.ts';

/** The command lines of the code blocks below a heading of a document, up to the next heading. */
export function linesUnder(document: string, heading: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) throw new Error(`${document} has no heading "${heading}"`);
  const [section = ''] = text.slice(from + heading.length + 2).split(/\n#+ /);
  const blocks = [...section.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, body]) => body ?? '');
  return blocks.flatMap((body) => body.split('\n')).filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Runs one line in a shell, in the repository, to its end. */
export async function runLine(line: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', line], {
    cwd: root,
    env: { ...process.env, ...environment },
    timeout: 110_000,
  });
  return stdout;
}

/** Starts one line that goes on until it is stopped; `stop` is Ctrl-C and resolves when it has ended. */
export function startLine(line: string, environment: Readonly<Record<string, string>> = {}) {
  const child = spawn('bash', ['-c', `exec env ${line}`], { cwd: root, env: { ...process.env, ...environment } });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return {
    output: () => output,
    stop: (signal: NodeJS.Signals = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Runtime, readRuntime, webUrlOf } from '@uptower/platform';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLE = join(root, 'app/dist/main.js');

export const newDataDir = () => mkdtempSync(join(tmpdir(), 'uptower-data-'));

/** Runs a command of the product to its end. */
export function uptower(args: readonly string[], options: { readonly cwd?: string } = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [BUNDLE, ...args], { cwd: options.cwd ?? root });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

export interface Running {
  readonly dataDir: string;
  readonly webUrl: string;
  readonly mqttPort: number;
  readonly runtime: Runtime;
  output(): string;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** GET, POST … as the owner of the data directory. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** Whatever a failed test left running ends with the test file's process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const gone = (child: ChildProcess) =>
  new Promise<number>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? -1);
    else child.once('close', (code) => resolve(code ?? -1));
  });

/** Starts `demo` or `serve` as its own process on free ports; waits until it serves and has printed where. */
export async function startUptower(
  verb: 'demo' | 'serve',
  dataDir: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(
    process.execPath,
    [BUNDLE, verb, '--data-dir', dataDir, '--mqtt-port', '0', '--web-port', '0', ...args],
    {
      cwd: dataDir,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.add(child);
  child.once('close', () => running.delete(child));
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const runtime = await until('the server to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`);
    const found = readRuntime(dataDir);
    if (!found || found.pid !== child.pid) return undefined;
    const ready = await fetch(`${webUrlOf(found)}/readyz`)
      .then((response) => response.ok)
      .catch(() => false);
    // Serving comes a moment before saying so: who waits for the server also waits for what it prints.
    return ready && / is running[. ]/.test(output) ? found : undefined;
  });
  const webUrl = webUrlOf(runtime);
  return {
    dataDir,
    webUrl,
    mqttPort: runtime.mqttPort,
    runtime,
    output: () => output,
    async stop() {
      child.kill('SIGINT');
      return gone(child);
    },
    async kill() {
      child.kill('SIGKILL');
      await gone(child);
    },
    call: (method, path, body) => callApi(webUrl, { authorization: `Bearer ${runtime.token}` }, method, path, body),
  };
}

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`${status} ${JSON.stringify(body)}`);
  }
}

export async function callApi<T>(
  webUrl: string,
  headers: Record<string, string>,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${webUrl}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-uptower': '1', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new ApiProblem(response.status, parsed);
  return parsed as T;
}

/** Signs a demo person in; the returned function calls the API as them. */
export async function signIn(webUrl: string, username: string, password = 'uptower-demo') {
  const response = await fetch(`${webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-uptower': '1' },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new Error(`sign-in of ${username}: ${response.status} ${await response.text()}`);
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] as string;
  return <T>(method: string, path: string, body?: unknown) => callApi<T>(webUrl, { cookie }, method, path, body);
}

/** Asks again until there is an answer; fails after two minutes with what it waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false | null>,
  timeoutMs = 120_000,
): Promise<T> {
  const from = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() - from > timeoutMs) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Runtime, readRuntime } from '@uptower/platform';
import { callApi, root, until } from '../../support/uptower.ts';

/** How and where a server under test is run. */
export interface ServerPlace {
  readonly dataDir: string;
  readonly mqttPort: number;
  readonly webPort: number;
  /** The address it is reached at; 127.0.0.1 unless it has a network of its own. */
  readonly host?: string;
  /** Command that runs the command: `ip netns exec …`. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface ServerUnderTest {
  readonly runtime: Runtime;
  readonly child: ChildProcess;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** What `/metrics` answers. */
  metrics(): Promise<string>;
  /** Standard output and error, the last part of it. */
  output(): string;
  kill(): Promise<void>;
  stop(): Promise<number>;
}

export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const KEPT_OUTPUT = 20_000;

/** Starts `uptower serve` as its own process; resolves when it serves. */
export async function startServer(place: ServerPlace): Promise<ServerUnderTest> {
  const { dataDir, mqttPort, webPort, host = '127.0.0.1', prefix = [], env = {}, args = [] } = place;
  const command = [
    ...prefix,
    process.execPath,
    join(root, 'app/dist/main.js'),
    'serve',
    ...['--data-dir', dataDir, '--mqtt-port', String(mqttPort), '--web-port', String(webPort), '--log-level', 'warn'],
    ...args,
  ];
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: dataDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  const gone = new Promise<number>((resolve) =>
    child.once('close', (code) => {
      process.removeListener('exit', killNow);
      resolve(code ?? -1);
    }),
  );
  const webUrl = `http://${host}:${webPort}`;
  // Each question has a connection of its own: a server closes one that is silent for some seconds, and a campaign
  // that was busy with its fault for so long would learn it only by asking on it ("fetch failed").
  const ownConnection = { connection: 'close' };
  const runtime = await until('the server to be ready', async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended:\n${output}`);
    const found = readRuntime(dataDir);
    if (found?.pid !== child.pid) return undefined;
    if (found?.mqttPort !== mqttPort || found.webPort !== webPort) throw new Error('its ports were taken');
    const ready = await fetch(`${webUrl}/readyz`, { headers: ownConnection }).then(
      (response) => response.ok,
      () => false,
    );
    return ready ? found : undefined;
  });
  return {
    runtime,
    child,
    output: () => output,
    call: (method, path, body) =>
      callApi(webUrl, { ...ownConnection, authorization: `Bearer ${runtime.token}` }, method, path, body),
    async metrics() {
      const response = await fetch(`${webUrl}/metrics`, { headers: ownConnection });
      return response.text();
    },
    async kill() {
      killNow();
      await gone;
    },
    async stop() {
      child.kill('SIGINT');
      return gone;
    },
  };
}

/** Real database servers for tests: spawned on a free port with a directory of their own, killed at the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StoreServer {
  readonly url: string;
  /** Starts it, or starts it again on what it had; resolves when it answers. */
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Its data is gone; only while it is down. */
  wipe(): void;
  /** Kills it and removes everything. */
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

const START_MS = 60_000;

/** Whatever a failed test left running ends with its process. */
const spawned = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of spawned) child.kill('SIGKILL');
});

function storeServer(directory: string, url: string, ready: string, command: readonly string[]): StoreServer {
  let child: ChildProcess | undefined;
  const data = join(directory, 'data');
  const server: StoreServer = {
    url,
    async start() {
      const [program, ...args] = command as [string, ...string[]];
      const started = spawn(program, args, { stdio: 'ignore' });
      child = started;
      spawned.add(started);
      started.once('exit', () => spawned.delete(started));
      for (const deadline = Date.now() + START_MS; ; ) {
        if (started.exitCode !== null) throw new Error(`${program} ended with ${started.exitCode}`);
        const answer = await fetch(`${url}${ready}`).catch(() => undefined);
        if (answer?.ok) return;
        if (Date.now() > deadline) throw new Error(`${program} does not answer at ${url}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async kill() {
      const running = child;
      child = undefined;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await gone;
    },
    wipe: () => rmSync(data, { recursive: true, force: true }),
    async remove() {
      await server.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return server;
}

/** Debian's influxdb (1.6.7). */
export async function influxServer(): Promise<StoreServer> {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-influxd-'));
  const [http, rpc] = [await freePort(), await freePort()];
  const config = join(directory, 'influxdb.conf');
  const part = (name: string) => JSON.stringify(join(directory, 'data', name));
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = ${part('meta')}
[data]
  dir = ${part('data')}
  wal-dir = ${part('wal')}
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
`,
  );
  return storeServer(directory, `http://127.0.0.1:${http}`, '/ping', ['influxd', '-config', config]);
}

/** Debian's victoria-metrics (1.79). */
export async function victoriaServer(): Promise<StoreServer> {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-victoria-'));
  const port = await freePort();
  return storeServer(directory, `http://127.0.0.1:${port}`, '/health', [
    'victoria-metrics',
    `-storageDataPath=${join(directory, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100y',
    '-dedup.minScrapeInterval=1ms',
  ]);
}

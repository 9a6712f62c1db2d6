import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real broker as a process of its own, with a data directory that outlives it. */
export interface RealBroker {
  readonly port: number;
  readonly dataDir: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** The same again: port, configuration, data. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whatever a failed test left running ends with its process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

interface Recipe {
  readonly command: string;
  args(place: { port: number; dataDir: string }): string[];
}

async function realBroker({ command, args }: Recipe): Promise<RealBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-broker-'));
  const port = await freePort();
  const argv = args({ port, dataDir });
  let child: ChildProcess;
  let output = '';
  const broker: RealBroker = {
    port,
    dataDir,
    async start() {
      const started = spawn(command, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      running.add(started);
      started.once('close', () => running.delete(started));
      output = '';
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += chunk));
      await new Promise((resolve, reject) => {
        started.once('spawn', resolve);
        started.once('error', reject);
      });
      const deadline = performance.now() + 20_000;
      while (!(await answers(port))) {
        if (started.exitCode !== null || performance.now() > deadline)
          throw new Error(`${command} does not come up:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async kill() {
      if (!running.has(child)) return;
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async remove() {
      await broker.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

/** Mosquitto of Debian's `mosquitto`; `lines` go into its configuration. */
export const startMosquitto = (lines: readonly string[] = []): Promise<RealBroker> =>
  realBroker({
    command: '/usr/sbin/mosquitto',
    args({ port, dataDir }) {
      const file = join(dataDir, 'mosquitto.conf');
      const fixed = [
        `listener ${port} 127.0.0.1`,
        'user root', // keeps the rights it was started with; otherwise it cannot write into our directory
        'max_inflight_messages 0',
        'max_queued_messages 0',
        'persistence true',
        `persistence_location ${dataDir}/`,
        'autosave_interval 1',
      ];
      if (!lines.some((line) => line.startsWith('allow_anonymous'))) fixed.push('allow_anonymous true');
      writeFileSync(file, [...fixed, ...lines.map((line) => line.replaceAll('{dir}', dataDir)), ''].join('\n'));
      return ['-c', file];
    },
  });

/** nats-server of Debian's `nats-server`, with its MQTT listener and JetStream on files. It sends again what is not acknowledged within `ack_wait`, also on the same connection. */
export const startNats = (): Promise<RealBroker> =>
  realBroker({
    command: '/usr/sbin/nats-server',
    args({ port, dataDir }) {
      const file = join(dataDir, 'nats.conf');
      writeFileSync(
        file,
        [
          'server_name: uptower-test',
          'listen: "127.0.0.1:-1"',
          `jetstream { store_dir: "${dataDir}/jetstream" }`,
          `mqtt { host: "127.0.0.1", port: ${port}, max_ack_pending: 8192, ack_wait: "1s" }`,
          '',
        ].join('\n'),
      );
      return ['-c', file];
    },
  });

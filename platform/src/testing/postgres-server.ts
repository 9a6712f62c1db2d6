/** A real PostgreSQL for tests, in a directory of its own. It refuses to run as root, so root becomes `postgres`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const BIN = '/usr/lib/postgresql/15/bin';
const START_MS = 60_000;

export interface PostgresServer {
  readonly url: string;
  start(): Promise<void>;
  /** kill -9 of the whole server. */
  kill(): Promise<void>;
  newDatabase(): Promise<string>;
  remove(): Promise<void>;
}

const asPostgres = (program: string, args: readonly string[]): [string, string[]] =>
  process.getuid?.() === 0
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(BIN, program), ...args]]
    : [join(BIN, program), [...args]];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

export async function postgresServer(): Promise<PostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-postgres-'));
  chmodSync(directory, 0o777);
  const data = join(directory, 'data');
  const made = spawnSync(
    ...asPostgres('initdb', ['-D', data, '-U', 'uptower', '-A', 'trust', '-E', 'UTF8', '--no-locale']),
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const urlOf = (database: string) => `postgres://uptower@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  let databases = 0;

  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };

  const server: PostgresServer = {
    url: urlOf('postgres'),
    async start() {
      child = spawn(
        ...asPostgres('postgres', [
          '-D',
          data,
          '-p',
          `${port}`,
          '-c',
          'listen_addresses=127.0.0.1',
          '-c',
          `unix_socket_directories=${directory}`,
        ]),
        { stdio: 'ignore', detached: true },
      );
      for (const deadline = Date.now() + START_MS; ; ) {
        if (
          await query('SELECT 1').then(
            () => true,
            () => false,
          )
        )
          return;
        if (child.exitCode !== null || Date.now() > deadline) throw new Error('PostgreSQL did not start');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async kill() {
      const running = child;
      child = undefined;
      if (!running?.pid || running.exitCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      process.kill(-running.pid, 'SIGKILL'); // its own group: the backends too
      await gone;
    },
    async newDatabase() {
      const name = `records${databases++}`;
      await query(`CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async remove() {
      await server.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return server;
}

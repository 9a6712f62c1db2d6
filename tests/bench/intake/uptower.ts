import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRuntime } from '@uptower/platform';
import { start, until } from '../process.ts';
import { deviceName, SITE } from './fleet.ts';
import { registry } from './registry.ts';
import { NODE_FLAGS, root, scratch, type Target } from './target.ts';

export interface UptowerTarget extends Target {
  readonly webUrl: string;
  readonly token: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** As the administrator made at the first start; the session's cookie. */
  signIn(): Promise<string>;
}

/** The whole product as `npx uptower serve` runs it: broker, journal, decoding, detectors, alerts, ledger, DuckDB. */
export async function uptower(devices: number): Promise<UptowerTarget> {
  const directory = scratch();
  const dataDir = join(directory, 'data');
  mkdirSync(dataDir);
  const server = start(
    process.execPath,
    [
      ...NODE_FLAGS,
      join(root, 'app/dist/main.js'),
      'serve',
      '--data-dir',
      dataDir,
      '--mqtt-port',
      '0',
      '--web-port',
      '0',
      '--log-level',
      'warn',
    ],
    { cwd: directory },
  );
  const runtime = await until('the server to be ready', async () => {
    const found = readRuntime(dataDir);
    if (!found) return undefined;
    const ready = await fetch(`http://127.0.0.1:${found.webPort}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    return ready ? found : undefined;
  });
  const webUrl = `http://127.0.0.1:${runtime.webPort}`;
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${webUrl}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${runtime.token}`, 'content-type': 'application/json', 'x-uptower': '1' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
  };
  await call('PUT', '/registry', registry(devices));
  const credentials: { username: string; password: string }[] = [];
  for (let i = 0; i < devices; i += 1000) {
    const names = Array.from({ length: Math.min(1000, devices - i) }, (_, j) => deviceName(i + j));
    credentials.push(...(await call<typeof credentials>('POST', '/credentials', { devices: names, sites: [] })));
  }
  const metric = (all: string, name: string) =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(all)?.[1] ?? Number.NaN);
  return {
    port: runtime.mqttPort,
    webUrl,
    token: runtime.token,
    call,
    async signIn() {
      const password = /password +(\S+)/.exec(server.output())?.[1];
      const response = await fetch(`${webUrl}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-uptower': '1' },
        body: JSON.stringify({ username: 'admin', password }),
      });
      return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    },
    fleet: { siteId: SITE, logins: credentials.map(({ username, password }) => [username, password] as const) },
    pids: [server.pid],
    async settled(total) {
      await until(
        `${total} messages to be worked on`,
        async () => {
          const all = await (await fetch(`${webUrl}/metrics`)).text();
          if (/^uptower_gateway_quarantined_total\S* [1-9]/m.test(all))
            throw new Error('messages of the load were quarantined');
          const [position, lag] = [
            metric(all, 'uptower_gateway_journal_position'),
            metric(all, 'uptower_gateway_consumer_lag'),
          ];
          return position >= total && lag === 0 ? true : undefined;
        },
        300,
      );
      // A history query waits for everything to be in the store.
      const [first] = credentials;
      await call('GET', `/devices/${first?.username}/readings?metric=oil&from=0&to=${Date.now()}&points=10`);
    },
    async stop() {
      await server.stop();
      if (/error/i.test(server.output())) process.stderr.write(`${server.output().slice(-2000)}\n`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

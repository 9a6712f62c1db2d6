import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DeviceModel, RegistryUpload } from '@uptower/domain';
import { readRuntime } from '@uptower/platform';
import { freePort, listening, start, until } from '../process.ts';
import { anonymousFleet, deviceName, type Fleet, SITE } from './fleet.ts';

/** As `npm start`, the `uptower` command and the container run it: short-lived objects get room to die young. */
const NODE_FLAGS = ['--max-semi-space-size=64'];

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Something that takes the generator's messages. */
export interface Target {
  readonly port: number;
  readonly fleet: Fleet;
  /** Processes whose CPU time counts. */
  readonly pids: readonly number[];
  /** Resolves when everything acknowledged so far was worked on to its end. */
  settled(total: number): Promise<void>;
  stop(): Promise<void>;
}

const scratch = () => mkdtempSync(join(tmpdir(), 'uptower-bench-'));
const atOnce = async () => undefined;

/** Debian's mosquitto, keeping nothing: what a plain QoS 1 acknowledgement costs. */
export async function mosquitto(connections: number): Promise<Target> {
  const directory = scratch();
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\nmax_inflight_messages 0\nmax_queued_messages 0\nuser root\n`,
  );
  const server = start('/usr/sbin/mosquitto', ['-c', file]);
  await listening(port);
  return {
    port,
    fleet: anonymousFleet(connections),
    pids: [server.pid],
    settled: atOnce,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Our broker and journal, bundled like the product. */
export async function acknowledgeOnly(connections: number): Promise<Target> {
  const directory = scratch();
  const port = await freePort();
  const bundle = join(root, '.cache/bench/acknowledge-only.mjs');
  const { build } = await import('esbuild');
  await build({
    entryPoints: [fileURLToPath(new URL('./acknowledge-only.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'silent',
    plugins: [
      {
        name: 'externals',
        setup(context) {
          context.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@uptower/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  const server = start(process.execPath, [...NODE_FLAGS, bundle, directory, String(port)]);
  await listening(port).catch((error) => {
    throw new Error(`${error.message}\n${server.output()}`);
  });
  return {
    port,
    fleet: anonymousFleet(connections),
    pids: [server.pid],
    settled: atOnce,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const text = (en: string) => ({ en, zh: en });

/** A model with a rule of each kind, so that every message is judged. */
const model: DeviceModel = {
  id: 'mdl_bench' as DeviceModel['id'],
  kind: 'mr',
  name: text('Bench'),
  metrics: [
    {
      key: 'helium_pressure',
      name: text('Helium pressure'),
      unit: 'kPa',
      kind: 'gauge',
      possible: { min: 0, max: 200 },
    },
    { key: 'chiller_trips', name: text('Chiller trips'), unit: 'count', kind: 'counter' },
    { key: 'oil', name: text('Oil temperature'), unit: '°C', kind: 'gauge', possible: { min: -40, max: 200 } },
    { key: 'rpm', name: text('Fan speed'), unit: 'rpm', kind: 'gauge' },
  ],
  components: [
    { key: 'cold-head', name: text('Cold head') },
    { key: 'chiller', name: text('Chiller') },
  ],
  failureModes: ['cold-head', 'chiller'].map((component) => ({
    key: `${component}-wear`,
    component,
    name: text(component),
    skill: { name: 'mr', level: 2 as const },
    serviceMinutes: 120,
    parts: [],
    steps: [{ key: 'swap', name: text('Swap') }],
  })),
  rules: [
    {
      kind: 'trend',
      id: 'trend',
      name: text('Trend'),
      component: 'cold-head',
      failureMode: 'cold-head-wear',
      metric: 'helium_pressure',
      severity: 'P2',
      direction: 'rising',
      healthyLevel: 20,
      failLevel: 45,
      memoryHours: 12,
      minHours: 3,
      horizonHours: 48,
      minProbability: 0.3,
    },
    {
      kind: 'limit',
      id: 'limit',
      name: text('Limit'),
      component: 'cold-head',
      failureMode: 'cold-head-wear',
      metric: 'helium_pressure',
      severity: 'P1',
      side: 'high',
      level: 40,
      deadband: 2,
      onDelaySeconds: 0,
      offDelaySeconds: 0,
      probability: 0.8,
      horizonHours: 24,
    },
    {
      kind: 'growth',
      id: 'growth',
      name: text('Growth'),
      component: 'chiller',
      failureMode: 'chiller-wear',
      metric: 'chiller_trips',
      severity: 'P2',
      by: 3,
      withinHours: 24,
      holdHours: 48,
      probability: 0.5,
      horizonHours: 72,
    },
  ],
  reportingIntervalSeconds: null,
};

function registry(devices: number): RegistryUpload {
  return RegistryUpload.parse({
    hospitals: [{ id: 'hos_a', name: text('Hospital') }],
    sites: [
      {
        id: SITE,
        hospitalId: 'hos_a',
        name: text('Site'),
        place: { lat: 29.5, lon: 106.5 },
        timeZone: 'Asia/Shanghai',
        access: { fromMinute: 0, toMinute: 1440 },
      },
    ],
    contracts: [
      {
        id: 'ctr_a',
        hospitalId: 'hos_a',
        name: text('Full'),
        uptimeTarget: 0.98,
        partialWeight: 0.5,
        downHourCost: 100_000,
        responseHours: { P1: 4, P2: 8, P3: 24 },
        resolutionHours: { P1: 8, P2: 24, P3: 72 },
      },
    ],
    models: [model],
    devices: Array.from({ length: devices }, (_, i) => ({
      id: deviceName(i),
      siteId: SITE,
      hospitalId: 'hos_a',
      modelId: model.id,
      contractId: 'ctr_a',
      name: text(deviceName(i)),
      serial: String(i),
      room: text('1'),
      service: 'full',
    })),
  });
}

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

/** Node-RED behind mosquitto: MQTT in, JSON, a threshold, a line in a file. What it does not do is keep before acknowledging. */
export async function nodeRed(connections: number, peers: string): Promise<Target> {
  const broker = await mosquitto(connections);
  const directory = scratch();
  const port = await freePort();
  const out = join(directory, 'out.txt');
  const flow = [
    { id: 'tab', type: 'tab', label: 'intake' },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(broker.port),
      clientid: '',
      autoConnect: true,
      usetls: false,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      autoUnsubscribe: true,
    },
    {
      id: 'in',
      type: 'mqtt in',
      z: 'tab',
      topic: 'uptower/v1/+/+/telemetry',
      qos: '1',
      datatype: 'json',
      broker: 'broker',
      nl: false,
      rap: true,
      inputs: 0,
      wires: [['threshold']],
    },
    {
      id: 'threshold',
      type: 'function',
      z: 'tab',
      func: 'msg.payload.alarm = msg.payload.values.helium_pressure > 40; msg.payload = JSON.stringify(msg.payload); return msg;',
      outputs: 1,
      wires: [['out']],
    },
    {
      id: 'out',
      type: 'file',
      z: 'tab',
      filename: out,
      filenameType: 'str',
      appendNewline: true,
      createDir: false,
      overwriteFile: 'false',
      encoding: 'none',
      wires: [[]],
    },
  ];
  writeFileSync(join(directory, 'flows.json'), JSON.stringify(flow));
  writeFileSync(
    join(directory, 'settings.js'),
    `module.exports = { uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json', logging: { console: { level: 'info' } } };\n`,
  );
  const red = start(process.execPath, [
    join(peers, 'node_modules/node-red/red.js'),
    '--userDir',
    directory,
    '--settings',
    join(directory, 'settings.js'),
  ]);
  await until('Node-RED to subscribe', () => (/Connected to broker/.test(red.output()) ? true : undefined));
  const lines = () => {
    try {
      return readFileSync(out).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    } catch {
      return 0;
    }
  };
  return {
    ...broker,
    pids: [...broker.pids, red.pid],
    settled: async (total) =>
      void (await until(`${total} lines of Node-RED`, () => (lines() >= total ? true : undefined), 300)),
    async stop() {
      await red.stop();
      await broker.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

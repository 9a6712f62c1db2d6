import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadingPoint } from '@uptower/domain';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority, makeClientCertificate, makeServerCertificate } from '../../app/src/cli/certificates.ts';
import { type RealBroker, startMosquitto, startNats } from '../../gateway/src/testing/brokers.ts';
import { newDataDir, type Running, startUptower, until, uptower } from '../support/uptower.ts';

/** Each reading has a moment of its own. */
const FIRST = Date.UTC(2026, 0, 1);
/** How a publisher keeps the load up and the numbers small: about a thousand a second. */
const IN_FLIGHT = 20;
const PAUSE_MS = 20;
const NATIVE = ['telemetry', 'events', 'state'].map((channel) => `uptower/v1/+/+/${channel}`);
const STYLES = [
  ['Mosquitto', startMosquitto, {}],
  ['NATS', startNats, { externalBrokerProtocol: 4, externalBrokerFilters: NATIVE }],
] as const;

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function running(start: () => Promise<RealBroker>): Promise<RealBroker> {
  const broker = await start();
  cleanups.push(() => broker.remove());
  return broker;
}

/** A server behind this broker, with its settings in the file of its directory. */
async function behind(broker: RealBroker, settings: object, dataDir = newDataDir()): Promise<Running> {
  const all = { externalBroker: `mqtt://127.0.0.1:${broker.port}`, ...settings };
  writeFileSync(join(dataDir, 'uptower.config.json'), JSON.stringify(all));
  const server = await startUptower('serve', dataDir, ['--log-level', 'warn']);
  cleanups.push(() => server.kill());
  return server;
}

async function registered(server: Running, name: string): Promise<string> {
  const { code, stdout, stderr } = await uptower(['connect', name, '--json', '--data-dir', server.dataDir]);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { topic: string }).topic;
}

/** Mosquitto saves once a second what it has in memory: a session it never saved, a kill takes away. NATS saves at once. */
async function sessionSaved(broker: RealBroker): Promise<void> {
  const file = join(broker.dataDir, 'mosquitto.db');
  if (!existsSync(join(broker.dataDir, 'mosquitto.conf'))) return;
  await until(
    'Mosquitto to save our session',
    async () => existsSync(file) && readFileSync(file).includes(NATIVE[0] as string),
  );
}

/** A device that keeps a message until the broker acknowledged it, over any number of connections. */
async function device(broker: RealBroker, topic: string) {
  const acknowledged: number[] = [];
  const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    clientId: 'counter',
    clean: false,
    reconnectPeriod: 100,
  });
  client.on('error', () => undefined);
  cleanups.push(() => client.endAsync(true));
  let next = 0;
  /** Publishes further values, some under way, until `enough` says so; resolves when all are acknowledged. */
  const publishUntil = (enough: () => boolean) =>
    new Promise<void>((resolve) => {
      let underWay = 0;
      const pump = () => {
        while (underWay < IN_FLIGHT && !enough()) {
          const value = next++;
          underWay += 1;
          const payload = JSON.stringify({ ts: FIRST + value, seq: value, values: { n: value } });
          client.publish(topic, payload, { qos: 1 }, () => {
            underWay -= 1;
            acknowledged.push(value);
            setTimeout(pump, PAUSE_MS);
          });
        }
        if (underWay === 0) resolve();
      };
      pump();
    });
  return { acknowledged, publishUntil };
}

/** The values of the readings, up to `last`; a page is as much as one question may ask for. */
async function stored(server: Running, name: string, last: number): Promise<number[]> {
  const found: number[] = [];
  for (let from = 0; from <= last; from += PAGE) {
    const path = `/devices/dev_${name}/recent?from=${FIRST + from}&to=${FIRST + from + PAGE}&limit=${PAGE}`;
    found.push(...(await server.call<ReadingPoint[]>('GET', path)).map((point) => point.values.n as number));
  }
  return found;
}
const PAGE = 10_000;

const doubled = (values: readonly number[]) => values.length - new Set(values).size;
const missing = (wanted: readonly number[], found: readonly number[]) => {
  const there = new Set(found);
  return wanted.filter((value) => !there.has(value));
};

test.each(STYLES)(
  '%s: kill -9 of the server under load, three times: everything the broker acknowledged is there, once',
  async (_name, start, style) => {
    const broker = await running(start);
    const dataDir = newDataDir();
    let server = await behind(broker, style, dataDir);
    const { acknowledged, publishUntil } = await device(broker, await registered(server, 'counter'));
    for (let round = 1; round <= 3; round += 1) {
      const before = acknowledged.length;
      let gone = false;
      const publishing = publishUntil(() => gone && acknowledged.length >= before + 1_000);
      await until('load', async () => acknowledged.length > before + 500);
      await server.kill();
      gone = true;
      await publishing;
      server = await behind(broker, style, dataDir);
    }
    const found = await until('all of it', async () => {
      const values = await stored(server, 'counter', acknowledged.length + IN_FLIGHT);
      return missing(acknowledged, values).length === 0 && values;
    });
    expect(doubled(found)).toBe(0);
    expect(acknowledged.length).toBeGreaterThanOrEqual(3_000);
    expect(await server.stop()).toBe(0);
  },
);

test.each(STYLES)(
  '%s: kill -9 of the broker under load, three times: what it kept arrives once, and work goes on',
  async (name, start, style) => {
    const broker = await running(start);
    const server = await behind(broker, style);
    await sessionSaved(broker);
    const { acknowledged, publishUntil } = await device(broker, await registered(server, 'counter'));
    for (let round = 1; round <= 3; round += 1) {
      const [before, begun] = [acknowledged.length, acknowledged.at(-1) ?? -1];
      let back = false;
      const publishing = publishUntil(() => back && acknowledged.length >= before + 1_000);
      // Killed again before we are back there, Mosquitto would take along what it had no time to save.
      await until('load that arrives', async () => {
        const values = await stored(server, 'counter', acknowledged.length + IN_FLIGHT);
        return values.some((value) => value > begun + 200);
      });
      await broker.kill();
      await broker.start();
      back = true;
      await publishing;
    }
    // From here on nothing dies: these must all come.
    const before = acknowledged.length;
    await publishUntil(() => acknowledged.length >= before + 500);
    const after = acknowledged.slice(before);
    const found = await until('the last of it', async () => {
      const values = await stored(server, 'counter', acknowledged.length + IN_FLIGHT);
      return missing(after, values).length === 0 && values;
    });
    expect(doubled(found)).toBe(0);
    const lost = missing(acknowledged, found);
    process.stdout.write(
      `${name}: ${acknowledged.length} acknowledged by the broker, ${lost.length} of them died with it\n`,
    );
    // Mosquitto acknowledges what it has in memory and saves it later: its kill may cost what came since the last save.
    // What it lost was lost before it reached us: nothing newer than the last kill.
    expect(lost.every((value) => value < (after[0] as number))).toBe(true);
    expect(await server.stop()).toBe(0);
  },
);

test('two servers of one group behind Mosquitto: each has a part, together everything once', async () => {
  const broker = await running(startMosquitto);
  const style = { externalBrokerGroup: 'gateways' };
  const [one, two] = [await behind(broker, style), await behind(broker, style)];
  const topic = await registered(one, 'counter');
  expect(await registered(two, 'counter')).toBe(topic);
  const { acknowledged, publishUntil } = await device(broker, topic);
  await publishUntil(() => acknowledged.length >= 3_000);
  const [ofOne, ofTwo] = await until('both to have everything', async () => {
    const parts = [
      await stored(one, 'counter', 3_000 + IN_FLIGHT),
      await stored(two, 'counter', 3_000 + IN_FLIGHT),
    ] as const;
    return missing(acknowledged, parts.flat()).length === 0 && parts;
  });
  expect(doubled([...ofOne, ...ofTwo])).toBe(0);
  expect(ofOne.length).toBeGreaterThan(0);
  expect(ofTwo.length).toBeGreaterThan(0);
});

test('TLS on both sides: the broker shows its certificate, the server its own; without one it stays outside', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'uptower-tls-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const now = Date.now();
  const authority = await makeAuthority('Hospital', now);
  const ofBroker = await makeServerCertificate(authority, ['127.0.0.1', 'localhost'], now);
  const ofServer = await makeClientCertificate(authority, 'uptower', now);
  const ca = write('ca.pem', authority.cert);
  const [cert, key] = [write('server.pem', ofServer.cert), write('server.key', ofServer.key)];
  const broker = await running(() =>
    startMosquitto([
      `cafile ${ca}`,
      `certfile ${write('broker.pem', ofBroker.cert)}`,
      `keyfile ${write('broker.key', ofBroker.key)}`,
      'require_certificate true',
    ]),
  );
  const url = `mqtts://127.0.0.1:${broker.port}`;
  const connections = async (server: Running) => {
    const text = await (await fetch(`${server.webUrl}/metrics`)).text();
    return Number(/^uptower_external_broker_connections (\d+)/m.exec(text)?.[1]);
  };
  const outside = await behind(broker, { externalBroker: url, externalBrokerCaFile: ca });
  await until('a refusal', async () => outside.output().includes('external-broker.disconnected'));
  expect(await connections(outside)).toBe(0);
  const tls = { externalBrokerCaFile: ca, externalBrokerCertFile: cert, externalBrokerKeyFile: key };
  const server = await behind(broker, { externalBroker: url, ...tls });
  await until('both connections', async () => (await connections(server)) === 2);
  const topic = await registered(server, 'counter');
  const client = await connectAsync(url, { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) });
  cleanups.push(() => client.endAsync(true));
  await client.publishAsync(topic, JSON.stringify({ ts: FIRST, seq: 0, values: { n: 0 } }), { qos: 1 });
  await until('the reading', async () => (await stored(server, 'counter', 1)).length === 1);
});

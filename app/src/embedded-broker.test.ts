import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IssuedCredential } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, test, vi } from 'vitest';
import { apiClient, CommandFailed } from './cli/api-client.ts';
import { connect as connectCommand } from './cli/connect.ts';
import { issueClientCertificate, tlsFilesIn, tlsInit } from './cli/tls.ts';
import { loadConfig } from './config.ts';
import { type RunningServer, startServer } from './server.ts';

const now = Date.now();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'uptower-tls-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function serve(dataDir: string, options: Record<string, unknown> = {}): Promise<RunningServer> {
  const config = loadConfig({
    file: '/nowhere/uptower.config.json',
    environment: {},
    options: { dataDir, mqttPort: 0, mqttsPort: 0, webPort: 0, logLevel: 'silent', ...options },
  });
  const server = await startServer({ config, log: silentLogger() });
  cleanups.push(() => server.stop());
  return server;
}

async function connect(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  cleanups.push(() => client.endAsync(true));
  return client;
}
const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));
const latest = async (api: ReturnType<typeof apiClient>, deviceId: string) =>
  (await api.get<{ latest: { value: number }[] }>(`/devices/${deviceId}`)).latest.map(({ value }) => value);
const topicOf = (deviceId: string) => `uptower/v1/site_my-hospital/${deviceId}/telemetry`;

test('over TLS with a password and with a certificate; revoked, the connection ends at once', async () => {
  const dataDir = newDir();
  await tlsInit(dataDir, ['broker.example'], false, now);
  const server = await serve(dataDir, { wssPort: 0 });
  const api = apiClient({ host: '127.0.0.1', webPort: server.webPort, token: server.adminToken });
  const url = `mqtts://localhost:${server.mqttPorts.tls}`;
  const ca = readFileSync(tlsFilesIn(dataDir).caCert);

  const one = JSON.parse(await connectCommand('one', { dataDir, json: true })) as IssuedCredential;
  const byPassword = await connect(url, { ca, username: one.username, password: one.password });
  await byPassword.publishAsync(topicOf('dev_one'), '{"values":{"a":1}}', { qos: 1 });
  const overWss = await connect(`wss://localhost:${server.mqttPorts.wss}/mqtt`, {
    ca,
    username: one.username,
    password: one.password,
  });
  await overWss.publishAsync(topicOf('dev_one'), '{"values":{"a":2}}', { qos: 1 });

  const two = JSON.parse(await connectCommand('two', { dataDir, certificate: true, json: true })) as {
    cert: string;
    key: string;
    fingerprint: string;
  };
  const pair = { ca, cert: readFileSync(two.cert), key: readFileSync(two.key) };
  const byCertificate = await connect(url, pair);
  await byCertificate.publishAsync(topicOf('dev_two'), '{"values":{"a":3}}', { qos: 1 });
  await vi.waitFor(async () => {
    expect(await latest(api, 'dev_one')).toEqual([2]);
    expect(await latest(api, 'dev_two')).toEqual([3]);
  });
  // It speaks for its own device only.
  await expect(connect(url, { ...pair, username: 'dev_one' })).rejects.toThrow();

  const response = await fetch(
    `http://127.0.0.1:${server.webPort}/api/v1/certificates/${encodeURIComponent(two.fingerprint)}`,
    { method: 'DELETE', headers: { authorization: `Bearer ${server.adminToken}` } },
  );
  expect(response.status).toBe(204);
  if (byCertificate.connected) await closed(byCertificate);
  await expect(connect(url, pair)).rejects.toThrow();
  expect(byPassword.connected).toBe(true);
  expect(await api.get('/credentials')).toEqual([{ username: 'dev_one', hasPassword: true, certificates: [] }]);
});

test('a certificate of somebody else is refused with the reason, whatever its name; the server is checked too', async () => {
  const dataDir = newDir();
  const elsewhere = newDir();
  for (const dir of [dataDir, elsewhere]) await tlsInit(dir, [], false, now);
  const server = await serve(dataDir, { tlsTrustNames: true });
  const api = apiClient({ host: '127.0.0.1', webPort: server.webPort, token: server.adminToken });
  await connectCommand('one', { dataDir, json: true });
  const url = `mqtts://localhost:${server.mqttPorts.tls}`;
  const ca = readFileSync(tlsFilesIn(dataDir).caCert);
  const pairOf = async (dir: string) => {
    const { cert, key } = await issueClientCertificate(dir, 'dev_one', now);
    return { cert: readFileSync(cert), key: readFileSync(key) };
  };
  const foreign = mqtt.connect(url, { ca, reconnectPeriod: 0, ...(await pairOf(elsewhere)) });
  foreign.on('error', () => undefined);
  cleanups.push(() => foreign.endAsync(true));
  await closed(foreign);
  const { refused } = await api.get<{ refused: Record<string, number> }>('/intake');
  expect(refused).toEqual({ 'bad-certificate': 1 });
  // Of our authority, and names are trusted: no registration is needed.
  const named = await connect(url, { ca, ...(await pairOf(dataDir)) });
  await named.publishAsync(topicOf('dev_one'), '{"values":{"a":1}}', { qos: 1 });
  await expect(connect(url, { ca: readFileSync(tlsFilesIn(elsewhere).caCert) })).rejects.toThrow(/self.signed|verify/);
});

test('MQTT over the web server’s own port, beside the live connection; stopping waits for nobody', async () => {
  const dataDir = newDir();
  const server = await serve(dataDir);
  expect(server.mqttPorts).toMatchObject({ tls: null, ws: null, wss: null });
  const one = JSON.parse(await connectCommand('one', { dataDir, json: true })) as IssuedCredential;
  const client = await connect(`ws://localhost:${server.webPort}/mqtt`, {
    username: one.username,
    password: one.password,
  });
  await client.publishAsync(topicOf('dev_one'), '{"values":{"a":1}}', { qos: 1 });
  await expect(connectCommand('two', { dataDir, certificate: true })).rejects.toThrow('TLS is off');
  await server.stop();
});

test('what is wrong with certificate files is said in words', async () => {
  const dataDir = newDir();
  const [one, other] = [newDir(), newDir()];
  for (const dir of [one, other]) await tlsInit(dir, [], false, now);
  const { cert: tlsCertFile, key: tlsKeyFile } = tlsFilesIn(one);
  const junk = join(dataDir, 'junk.pem');
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(junk, 'junk');
  const problem = (options: Record<string, unknown>) => expect(serve(join(dataDir, 'data'), options)).rejects;
  await problem({ tlsCertFile: '/nowhere.crt', tlsKeyFile }).toThrow('certificate /nowhere.crt: there is no such file');
  await problem({ tlsCertFile: junk, tlsKeyFile }).toThrow(`${junk} holds no certificate in PEM form`);
  await problem({ tlsCertFile, tlsKeyFile: junk }).toThrow(`${junk} holds no private key`);
  await problem({ tlsCertFile, tlsKeyFile: tlsFilesIn(other).key }).toThrow('is not the key of the certificate');
  await problem({ tlsCertFile, tlsKeyFile, tlsCaFile: tlsCertFile }).toThrow('not of an authority');
  await problem({ tlsCertFile }).toThrow('tlsCertFile and tlsKeyFile belong together');
  const old = newDir();
  await tlsInit(old, [], false, now - 1_000 * 86_400_000);
  await problem({ tlsCertFile: tlsFilesIn(old).cert, tlsKeyFile: tlsFilesIn(old).key }).toThrow('expired on');
});

test('tls init keeps the authority, and overwrites nothing unasked', async () => {
  const dataDir = newDir();
  const said = await tlsInit(dataDir, ['broker.example', '10.1.2.3'], false, now);
  const files = tlsFilesIn(dataDir);
  const [authority, first] = [readFileSync(files.caCert, 'utf8'), readFileSync(files.cert, 'utf8')];
  expect(said).toContain(files.caCert);
  expect(new X509Certificate(first).subjectAltName).toMatch(/DNS:broker\.example.*IP Address:10\.1\.2\.3/);
  await expect(tlsInit(dataDir, [], false, now)).rejects.toThrow(CommandFailed);
  await tlsInit(dataDir, [], true, now);
  expect(readFileSync(files.caCert, 'utf8')).toBe(authority);
  expect(readFileSync(files.cert, 'utf8')).not.toBe(first);
  await expect(issueClientCertificate(newDir(), 'dev_one', now)).rejects.toThrow('tls init');
});

test('a password somebody brings: long enough, for one device, and kept as a slow hash', async () => {
  const dataDir = newDir();
  const server = await serve(dataDir);
  const api = apiClient({ host: '127.0.0.1', webPort: server.webPort, token: server.adminToken });
  await connectCommand('one', { dataDir, json: true });
  const password = 'correct horse battery';
  await expect(api.post('/credentials', { devices: ['dev_one'], password: 'short' })).rejects.toThrow('12 characters');
  await expect(api.post('/credentials', { devices: ['dev_one', 'dev_two'], password })).rejects.toThrow('one device');
  await api.post('/credentials', { devices: ['dev_one'], password });
  const client = await connect(`mqtt://localhost:${server.mqttPort}`, { username: 'dev_one', password });
  expect(client.connected).toBe(true);
  const issued = (await server.events.read(0, 1_000)).map(({ event }) => event);
  const last = issued.filter((event) => event.type === 'credential.issued').at(-1);
  expect(last?.secretHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('a server on one address only: the commands find it there, and say so', async () => {
  const dataDir = newDir();
  const server = await serve(dataDir, { host: '127.0.0.2' });
  const said = JSON.parse(await connectCommand('one', { dataDir, json: true })) as IssuedCredential & { page: string };
  expect(said).toMatchObject({
    host: '127.0.0.2',
    line: expect.stringContaining(`mosquitto_pub -h 127.0.0.2 -p ${server.mqttPort} `),
    httpLine: expect.stringContaining(`http://127.0.0.2:${server.webPort}/api/v1/telemetry`),
    page: `http://127.0.0.2:${server.webPort}/devices/dev_one`,
  });
  const words = await connectCommand('site_my-hospital', { dataDir });
  expect(words).toContain(`broker     127.0.0.2:${server.mqttPort} `);
  const client = await connect(`mqtt://127.0.0.2:${server.mqttPort}`, said);
  await client.publishAsync(topicOf('dev_one'), '{"values":{"a":1}}', { qos: 1 });
});

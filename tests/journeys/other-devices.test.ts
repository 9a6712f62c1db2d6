import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LatestValue, QuarantineEntry } from '@uptower/domain';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { linesUnder, runLine, startLine } from '../support/doc-lines.ts';
import { connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, root, startUptower, until, uptower } from '../support/uptower.ts';

let server: Running;
const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => server.stop());

/** The latest values of a device, once it has those that are wanted. */
const values = (deviceId: string, wanted: readonly string[]) =>
  until(`${wanted.join(', ')} of ${deviceId}`, async () => {
    const found = await server
      .call<{ latest: LatestValue[] }>('GET', `/devices/${deviceId}`)
      .then(({ latest }) => Object.fromEntries(latest.map(({ metric, value }) => [metric, value])))
      .catch(() => undefined);
    return found && wanted.every((metric) => metric in found) ? found : undefined;
  });

/** `npx uptower connect …` of a document, with this server's data directory; the secret it prints. */
async function connectLine(line: string): Promise<{ username: string; password: string }> {
  const [, , , ...args] = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
  const { code, stdout, stderr } = await uptower(['connect', ...args, '--json', '--data-dir', server.dataDir]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { username: string; password: string };
}

const peer = (name: string) => existsSync(join(root, '.cache/peers/node_modules', name));

/**
 * Runs a document's lines as printed, in order. Only what nobody can print is put in: the password for `…`, and this
 * server's port for 1883. A line that starts a node goes on; it is ended after the test.
 */
async function runDocument(document: string, heading: string): Promise<void> {
  let password = '';
  const environment: Record<string, string> = { BROKER: `mqtt://127.0.0.1:${server.mqttPort}` };
  for (const line of linesUnder(document, heading)) {
    const ready = line.replace('…', password).replace('-p 1883', `-p ${server.mqttPort}`);
    if (line.startsWith('npx uptower connect ')) ({ password } = await connectLine(line));
    else if (line.startsWith('npm install ')) await (peer('sparkplug-payload') || runLine(ready));
    else if (line.startsWith('export ')) {
      const [name = '', value = ''] = ready.slice('export '.length).split('=');
      environment[name] = value;
    } else if (line.startsWith('PASSWORD=')) {
      const node = startLine(ready, environment);
      cleanups.push(() => node.stop());
      await until('the node to be born', async () => node.output().includes('born'));
    } else await runLine(ready, environment);
  }
}

test('README, Sparkplug: a node on a public library delivers', async () => {
  await runDocument('README.md', '### Sparkplug B');
  // Born with 31.5, then by alias 36.6.
  await until(
    'the reading by alias',
    async () => (await values('dev_my-pump', ['box_temperature'])).box_temperature === 36.6,
  );
});

test('README, ThingsBoard: a token and mosquitto_pub', async () => {
  await runDocument('README.md', '### ThingsBoard');
  expect(await values('dev_my-monitor', ['temperature'])).toEqual({ temperature: 25 });
});

test('docs/connect.md, Sparkplug: a node with a device of its site', async () => {
  const { code } = await uptower(['connect', 'my-pump', '--renew', '--data-dir', server.dataDir]);
  expect(code).toBe(0);
  for (const line of linesUnder('docs/connect.md', '## Sparkplug')) expect(line).toMatch(/^(npx|npm|PASSWORD)/);
  const second = linesUnder('docs/connect.md', '## Sparkplug').slice(3);
  expect(second.length).toBe(3);
  await connectLine(second[0] as string);
  const { password } = await connectLine(second[1] as string);
  const line = (second[2] as string).replace('…', password);
  const node = startLine(line, { BROKER: `mqtt://127.0.0.1:${server.mqttPort}` });
  cleanups.push(() => node.stop());
  expect(await values('dev_heater', ['flow_set_point'])).toEqual({ flow_set_point: -3 });
  const refused = await server.call<QuarantineEntry[]>('GET', '/quarantine');
  // The box's own temperature, at birth and after: nobody is registered for the box.
  const reasons = refused.filter(({ from }) => from === 'site_my-hospital').map(({ reason }) => reason);
  expect(new Set(reasons)).toEqual(new Set(['unknown-device']));
});

test('docs/connect.md, ThingsBoard: device and gateway', async () => {
  await uptower(['connect', 'my-monitor', '--renew', '--data-dir', server.dataDir]);
  const lines = linesUnder('docs/connect.md', '## ThingsBoard');
  const at = lines.findIndex((line) => line.includes('device-a'));
  let password = '';
  const environment: Record<string, string> = { BROKER: `mqtt://127.0.0.1:${server.mqttPort}` };
  for (const [i, line] of lines.entries()) {
    const again = i === 0 || line.includes('connect site_') ? `${line} --renew` : line;
    const ready = line.replace('…', password).replace('-p 1883', `-p ${server.mqttPort}`);
    if (line.startsWith('npx')) ({ password } = await connectLine(again));
    else if (line.startsWith('export')) environment.ACCESS_TOKEN = ready.split('=')[1] as string;
    else await runLine(ready, environment);
  }
  expect(at).toBeGreaterThan(0);
  expect(await values('dev_my-monitor', ['humidity'])).toMatchObject({
    temperature: 42,
    humidity: 73,
    attr_firmware_version: '1.0.1',
  });
  expect(await values('dev_device-a', ['humidity'])).toEqual({ temperature: 42, humidity: 80 });
});

test('a node waits for the host’s state, is asked for its birth, and hears the host go', async () => {
  const other = await startUptower('serve', newDataDir());
  cleanups.push(() => other.kill());
  const device = await connectDevice(other, 'node-9');
  const client = await mqttClient(other, device);
  cleanups.push(() => client.endAsync(true));
  const heard: { topic: string; payload: Buffer }[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, payload }));
  await client.subscribeAsync(['spBv1.0/STATE/uptower', 'spBv1.0/Ward/NCMD/dev_node-9'], { qos: 1 });
  const said = async (topic: string) => {
    await until(topic, async () => heard.some((message) => message.topic === topic));
    const at = heard.findIndex((message) => message.topic === topic);
    return (heard.splice(at, 1)[0] as (typeof heard)[number]).payload;
  };
  expect(JSON.parse((await said('spBv1.0/STATE/uptower')).toString())).toMatchObject({ online: true });
  // A metric {alias 1, Double, 36.5} and seq 4, with no birth that says what 1 is.
  const data = Buffer.from('120d1001200a6900000000004042401804', 'hex');
  client.publish('spBv1.0/Ward/NDATA/dev_node-9', data);
  expect((await said('spBv1.0/Ward/NCMD/dev_node-9')).toString('latin1')).toContain('Node Control/Rebirth');
  const refused = await other.call<QuarantineEntry[]>('GET', '/quarantine');
  expect(refused).toMatchObject([{ reason: 'unknown-alias', from: 'dev_node-9' }]);
  await other.stop();
  expect(JSON.parse((await said('spBv1.0/STATE/uptower')).toString())).toMatchObject({ online: false });
});

test('settings: the host’s name, and how long an overtaken message may take [tck-id-operational-behavior-host-reordering-param]', async () => {
  const dataDir = newDataDir();
  writeFileSync(
    join(dataDir, 'uptower.config.json'),
    JSON.stringify({ sparkplugHostId: 'ward-host', sparkplugReorderSeconds: 0 }),
  );
  const other = await startUptower('serve', dataDir);
  cleanups.push(() => other.kill());
  const client = await mqttClient(other, await connectDevice(other, 'node-1'));
  cleanups.push(() => client.endAsync(true));
  const heard: string[] = [];
  client.on('message', (topic) => heard.push(topic));
  await client.subscribeAsync(['spBv1.0/STATE/+', 'spBv1.0/Ward/NCMD/dev_node-1'], { qos: 1 });
  await until('the state of the host', async () => heard.includes('spBv1.0/STATE/ward-host'));
  // Births and data without metrics: seq 0, then 2 before 1. With the usual two seconds nobody would be asked.
  client.publish('spBv1.0/Ward/NBIRTH/dev_node-1', Buffer.from('1800', 'hex'));
  client.publish('spBv1.0/Ward/NDATA/dev_node-1', Buffer.from('1802', 'hex'));
  client.publish('spBv1.0/Ward/NDATA/dev_node-1', Buffer.from('1801', 'hex'));
  await until('the request for a birth', async () => heard.includes('spBv1.0/Ward/NCMD/dev_node-1'));
});

test('nobody reads what another ThingsBoard device says, and a revoked token ends', async () => {
  const [one, two] = [await connectDevice(server, 'tb-1'), await connectDevice(server, 'tb-2')];
  const token = ({ username, password }: typeof one) => `${username}:${password}`;
  const connect = (username: string) =>
    connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { username, reconnectPeriod: 0 });
  const listener = await connect(token(two));
  cleanups.push(() => listener.endAsync(true));
  const heard: string[] = [];
  listener.on('message', (topic) => heard.push(topic));
  await listener.subscribeAsync('v1/devices/me/attributes');
  await listener.subscribeAsync('v1/devices/me/rpc/request/+');
  const speaker = await connect(token(one));
  await speaker.publishAsync('v1/devices/me/attributes', '{"serial":"secret"}', { qos: 1 });
  await values('dev_tb-1', ['attr_serial']);
  // Its own words come back through the same broker: had the other's been passed on, they would be here first.
  await listener.publishAsync('v1/devices/me/telemetry', '{"a":1}', { qos: 1 });
  await values('dev_tb-2', ['a']);
  expect(heard).toEqual([]);
  await speaker.endAsync();
  await server.call('DELETE', '/credentials/dev_tb-1');
  await expect(connect(token(one))).rejects.toThrow(/[Nn]ot authorized|Bad user/);
  const refused = await server.call<QuarantineEntry[]>('GET', '/quarantine');
  expect(JSON.stringify(refused)).not.toContain(one.password);
});

import type { IntakeView, LatestValue, QuarantineEntry } from '@uptower/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connected, connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower, until } from '../support/uptower.ts';

let server: Running;
let device: Connected;
let bystander: Connected;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
  [device, bystander] = [await connectDevice(server, 'clumsy'), await connectDevice(server, 'bystander')];
});
afterAll(() => server.stop());

const intake = () => server.call<IntakeView>('GET', '/intake');
const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const refusals = async () => {
  const { quarantined, refused } = await intake();
  return total(quarantined) + total(refused);
};

const IN_2100 = Date.UTC(2100, 0, 1);

/** Each: what is sent, and the word that must be in the reason on the quarantine list. */
const CASES: readonly [string, (topic: string) => { topic: string; payload: string | Buffer }, RegExp][] = [
  ['malformed JSON', (topic) => ({ topic, payload: '{"values":{"t":1' }), /malformed|json/i],
  ['an empty payload', (topic) => ({ topic, payload: '' }), /malformed|json/i],
  ['a wrong type', (topic) => ({ topic, payload: '{"values":{"t":[1,2]}}' }), /schema|type/i],
  ['a field nobody knows', (topic) => ({ topic, payload: '{"values":{"t":1},"colour":"red"}' }), /schema/i],
  [
    'something that looks like a patient',
    (topic) => ({ topic, payload: '{"values":{"patientName":"Zhang San"}}' }),
    /patient/i,
  ],
  ['a reading from the year 2100', (topic) => ({ topic, payload: `{"ts":${IN_2100},"values":{"t":1}}` }), /future/i],
  ['bytes that are no text', (topic) => ({ topic, payload: Buffer.from([0xff, 0xfe, 0, 1, 2]) }), /malformed|json/i],
];

test.each(CASES)('%s is refused with a reason that can be seen, and the stream goes on', async (name, make, reason) => {
  const before = await refusals();
  const client = await mqttClient(server, device);
  const { topic, payload } = make(device.topic);
  await client.publishAsync(topic, payload, { qos: 1 });
  const marker = Math.round(before * 1000 + CASES.findIndex(([other]) => other === name));
  await client.publishAsync(device.topic, JSON.stringify({ values: { marker } }), { qos: 1 });
  await until('the good reading behind the bad one', async () => {
    const { latest } = await server.call<{ latest: LatestValue[] }>('GET', `/devices/${device.deviceId}`);
    return latest.some((value) => value.metric === 'marker' && value.value === marker);
  });
  expect(await refusals()).toBe(before + 1);
  const [newest] = await server.call<QuarantineEntry[]>('GET', '/quarantine');
  expect(newest?.reason).toMatch(reason);
  expect(newest?.topic).toBe(topic);
  await client.endAsync();
});

test('one bad item in a batch does not take the good ones with it', async () => {
  const client = await mqttClient(server, device);
  const batch = [{ values: { good1: 1 } }, { ts: IN_2100, values: { bad: 1 } }, { values: { good2: 2 } }];
  await client.publishAsync(device.topic, JSON.stringify(batch), { qos: 1 });
  const latest = await until('the good items', async () => {
    const found = (await server.call<{ latest: LatestValue[] }>('GET', `/devices/${device.deviceId}`)).latest.map(
      (value) => value.metric,
    );
    return found.includes('good2') ? found : undefined;
  });
  expect(latest).toContain('good1');
  expect(latest).not.toContain('bad');
  await client.endAsync();
});

/** The sender is thrown out; somebody who publishes meanwhile notices nothing. */
async function thrownOut(publish: (client: Awaited<ReturnType<typeof mqttClient>>) => void): Promise<void> {
  const before = await refusals();
  const other = await mqttClient(server, bystander);
  const client = await mqttClient(server, device);
  client.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  publish(client);
  await closed;
  await until('the refusal to be counted', async () => (await refusals()) > before);
  await other.publishAsync(bystander.topic, JSON.stringify({ values: { calm: before } }), { qos: 1 });
  await until("the bystander's reading", async () => {
    const { latest } = await server.call<{ latest: LatestValue[] }>('GET', `/devices/${bystander.deviceId}`);
    return latest.some((value) => value.value === before);
  });
  await other.endAsync();
  client.end(true);
}

test("a publication on another device's topic: thrown out, and nothing of it is stored", async () => {
  await thrownOut((client) => client.publish(bystander.topic, JSON.stringify({ values: { forged: 1 } }), { qos: 1 }));
  const { latest } = await server.call<{ latest: LatestValue[] }>('GET', `/devices/${bystander.deviceId}`);
  expect(latest.map((value) => value.metric)).not.toContain('forged');
});

test('a payload of 10 MB: thrown out', () =>
  thrownOut((client) => client.publish(device.topic, Buffer.alloc(10_000_000, 120), { qos: 1 })));

test('a topic that is not ours: thrown out', () =>
  thrownOut((client) => client.publish('home/kitchen', 'hot', { qos: 1 })));

test('a device nobody knows, and a wrong password, cannot connect; both are counted', async () => {
  const before = (await intake()).refused;
  await expect(mqttClient(server, { ...device, username: 'dev_stranger' })).rejects.toThrow();
  await expect(mqttClient(server, { ...device, password: 'guessed' })).rejects.toThrow();
  expect(total((await intake()).refused)).toBe(total(before) + 2);
});

import { expect, test } from 'vitest';
import { connected, device, listener, newDir, recorder, start, until } from './testing/harness.ts';

const RPC = 'v1/devices/me/rpc/request/+';
const ATTRIBUTES = 'v1/devices/me/attributes';

test('what a device publishes on a topic that is the same for everybody reaches no other, wildcards or not', async () => {
  const { ports, accepted, refusals } = recorder();
  const broker = await start(ports);
  const other = listener(broker, 'dev_two');
  await connected(other.client);
  await other.client.subscribeAsync([ATTRIBUTES, RPC], { qos: 1 });
  for (const filter of [
    'v1/devices/me/telemetry',
    'v1/devices/me/#',
    'v1/+/me/attributes',
    '+/devices/me/attributes',
    '#',
  ])
    await expect(other.client.subscribeAsync(filter)).rejects.toThrow();
  expect(refusals.every(({ reason }) => reason === 'foreign-topic')).toBe(true);
  const gateway = listener(broker, 'site_a');
  await connected(gateway.client);
  await gateway.client.subscribeAsync([ATTRIBUTES, 'v1/gateway/attributes'], { qos: 1 });
  const client = await device(broker, 'dev_one');
  await client.subscribeAsync(ATTRIBUTES, { qos: 1 });
  const topics = ['v1/devices/me/telemetry', ATTRIBUTES, 'v1/devices/me/rpc/request/7'];
  for (const topic of topics) await client.publishAsync(topic, '{"a":1}', { qos: 1, retain: true });
  // Something they may hear, published after: what was to come before it would be here.
  await broker.publish({ topic: ATTRIBUTES, payload: Buffer.from('two'), qos: 1, retain: false, to: 'dev_two' });
  await broker.publish({ topic: ATTRIBUTES, payload: Buffer.from('site'), qos: 1, retain: false, to: 'site_a' });
  await until(() => other.heard.length > 0 && gateway.heard.length > 0);
  expect(other.heard.map(({ text }) => text)).toEqual(['two']);
  expect(gateway.heard.map(({ text }) => text)).toEqual(['site']);
  // They were taken in, and not retained: whoever subscribes later finds nothing.
  expect(accepted.map(({ topic, retain }) => [topic, retain])).toEqual(topics.map((topic) => [topic, false]));
});

test('a message for one client reaches all its connections that want it, and is kept while it is away', async () => {
  const { ports } = recorder();
  const broker = await start(ports, { sessionDir: newDir() });
  const away = await device(broker, 'dev_one', { clientId: 'away', clean: false });
  await away.subscribeAsync(RPC, { qos: 1 });
  await away.endAsync();
  await until(() => broker.connections() === 0);
  const here = listener(broker, 'dev_one', { clientId: 'here' });
  const deaf = listener(broker, 'dev_one', { clientId: 'deaf' });
  const other = listener(broker, 'dev_two', { clientId: 'away', clean: false });
  for (const { client } of [here, deaf, other]) await connected(client);
  await here.client.subscribeAsync(RPC, { qos: 1 });
  await other.client.subscribeAsync(RPC, { qos: 1 });
  const message = { topic: 'v1/devices/me/rpc/request/1', qos: 1 as const, retain: false };
  await broker.publish({ ...message, payload: Buffer.from('one'), to: 'dev_one' });
  await broker.publish({ ...message, payload: Buffer.from('two'), to: 'dev_two' });
  await until(() => here.heard.length > 0 && other.heard.length > 0);
  expect(here.heard.map(({ text }) => text)).toEqual(['one']);
  expect(other.heard.map(({ text }) => text)).toEqual(['two']);
  expect(deaf.heard).toEqual([]);
  const back = listener(broker, 'dev_one', { clientId: 'away', clean: false });
  await until(() => back.heard.length > 0);
  expect(back.heard.map(({ text }) => text)).toEqual(['one']);
});

test('Sparkplug: a node hears its own commands and the state of hosts, not what others send', async () => {
  const { ports, accepted } = recorder();
  ports.namesOf = (principal) => (principal.kind === 'device' && principal.deviceId === 'dev_one' ? ['press'] : []);
  const broker = await start(ports);
  const node = listener(broker, 'dev_one');
  await connected(node.client);
  await node.client.subscribeAsync(['spBv1.0/Plant/NCMD/press', 'spBv1.0/Plant/DCMD/press/#', 'spBv1.0/STATE/#'], {
    qos: 1,
  });
  for (const filter of ['spBv1.0/Plant/NCMD/other', 'spBv1.0/Plant/NCMD/#', 'spBv1.0/Plant/NDATA/press', 'spBv1.0/#'])
    await expect(node.client.subscribeAsync(filter)).rejects.toThrow();
  const say = (topic: string) => broker.publish({ topic, payload: Buffer.from('x'), qos: 1, retain: false });
  for (const name of ['other', 'press']) await say(`spBv1.0/Plant/NCMD/${name}`);
  await say('spBv1.0/STATE/host');
  await until(() => node.heard.length === 2);
  expect(node.heard.map(({ topic }) => topic)).toEqual(['spBv1.0/Plant/NCMD/press', 'spBv1.0/STATE/host']);
  await node.client.publishAsync('spBv1.0/Plant/NBIRTH/press', 'x', { qos: 1, retain: true });
  expect(accepted).toMatchObject([{ topic: 'spBv1.0/Plant/NBIRTH/press', retain: false }]);
});

test('a refused filter of a lasting session is not kept: nothing of it comes later', async () => {
  const { ports } = recorder();
  const broker = await start(ports, { sessionDir: newDir() });
  const mine = 'uptower/v1/site_a/dev_one/cmd/+';
  const theirs = 'uptower/v1/site_a/dev_two/#';
  const client = await device(broker, 'dev_one', { clientId: 'c', clean: false });
  await client.subscribeAsync([theirs, mine], { qos: 1 }).catch(() => undefined);
  await client.endAsync();
  const other = await device(broker, 'dev_two');
  await other.publishAsync('uptower/v1/site_a/dev_two/telemetry', 'secret', { qos: 1, retain: true });
  await broker.publish({
    topic: 'uptower/v1/site_a/dev_one/cmd/1',
    payload: Buffer.from('mine'),
    qos: 1,
    retain: false,
  });
  const back = listener(broker, 'dev_one', { clientId: 'c', clean: false });
  await until(() => back.heard.length > 0);
  expect(back.heard.map(({ text }) => text)).toEqual(['mine']);
});

import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { createMetrics, silentLogger } from '@uptower/platform';
import { afterEach, expect, test, vi } from 'vitest';
import type { Incoming } from '../incoming.ts';
import { type RealBroker, startMosquitto, startNats } from '../testing/brokers.ts';
import { type ExternalBroker, type ExternalBrokerPorts, startExternalBroker } from './external-broker.ts';
import { type Link, type LinkEvents, type LinkOptions, openLink } from './link.ts';
import { type ExternalBrokerOptions, INTAKE_FILTERS } from './options.ts';

const NATIVE = INTAKE_FILTERS.filter((filter) => filter.startsWith('uptower/'));
const STYLES = [
  ['Mosquitto, MQTT 5', startMosquitto, { protocol: 5 }],
  ['Mosquitto, MQTT 3.1.1', startMosquitto, { protocol: 4 }],
  ['NATS', startNats, { protocol: 4, filters: NATIVE }],
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

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

/** Notes what was accepted; `hold` keeps it from becoming durable until it is let go. */
function intake() {
  const accepted: Incoming[] = [];
  const refusals: { reason: string; topic: string; detail: string }[] = [];
  const waiting: (() => void)[] = [];
  const port = {
    accepted,
    refusals,
    hold: false,
    fail: null as Error | null,
    texts: () => accepted.map(({ payload }) => payload.toString()),
    waiting: () => waiting.length,
    letGo() {
      port.hold = false;
      for (const go of waiting.splice(0)) go();
    },
    ports: {
      async accept(message) {
        if (port.fail) throw port.fail;
        if (port.hold) await new Promise<void>((resolve) => waiting.push(resolve));
        accepted.push(message);
      },
      refused: (reason, _from, topic, detail) => void refusals.push({ reason, topic, detail }),
    } satisfies ExternalBrokerPorts,
  };
  return port;
}

function join(
  broker: { readonly port: number },
  ports: ExternalBrokerPorts,
  more: Partial<ExternalBrokerOptions> & { readonly hostId?: string } = {},
): ExternalBroker {
  const { hostId, ...rest } = more;
  const options: ExternalBrokerOptions = {
    name: 'hospital',
    host: '127.0.0.1',
    port: broker.port,
    protocol: 5,
    clientId: 'uptower-test',
    filters: INTAKE_FILTERS,
    shards: 1,
    maxInFlight: 1000,
    maxPayloadBytes: 10_000,
    ...rest,
  };
  const parts = { log: silentLogger(), metrics: createMetrics(), now: () => Date.now(), hostId };
  const joined = startExternalBroker(options, ports, parts);
  cleanups.push(() => joined.close());
  return joined;
}

const isUp = (joined: ExternalBroker, connections = 2) => until(() => expect(joined.connections()).toBe(connections));

let clients = 0;
async function client(broker: { readonly port: number }, more: Partial<LinkOptions & LinkEvents> = {}): Promise<Link> {
  clients += 1;
  const { message = () => undefined, closed = () => undefined, ...options } = more;
  const link = await openLink(
    { host: '127.0.0.1', port: broker.port, protocol: 4, clientId: `client-${clients}`, clean: true, ...options },
    { message, closed },
  );
  cleanups.push(() => link.destroy('the test is over'));
  return link;
}

const topicOf = (device: string) => `uptower/v1/site_a/${device}/telemetry`;
const say = (link: Link, text: string, topic = topicOf('dev_one')) =>
  link.publish({ topic, payload: Buffer.from(text), qos: 1, retain: false });
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

/** A wire that can be cut; connections whose first bytes are to be held reach the broker after `release` only. */
async function wireTo(port: number, holds: (connect: Buffer) => boolean = () => false) {
  const ends = new Set<Socket>();
  const held: (() => void)[] = [];
  const said: Buffer[] = [];
  const server = createServer((near) => {
    const far = connectTcp({ host: '127.0.0.1', port });
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.once('data', (first: Buffer) => {
      const go = () => {
        far.write(first);
        near.pipe(far);
      };
      near.pause();
      if (holds(first)) held.push(go);
      else {
        near.on('data', (bytes: Buffer) => said.push(bytes));
        go();
      }
    });
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const cut = () => {
    for (const end of ends) end.destroy();
    ends.clear();
  };
  cleanups.push(() => {
    cut();
    server.close();
  });
  const release = () => {
    for (const go of held.splice(0)) go();
  };
  /** What was sent after the first bytes, of connections that were not held. */
  const sent = () => Buffer.concat(said).toString('latin1');
  return { port: (server.address() as { port: number }).port, cut, release, held: () => held.length, sent };
}

test.each(STYLES)('%s: messages arrive in order, under the name of the broker', async (_name, start, style) => {
  const broker = await running(start);
  const { ports, texts, accepted } = intake();
  await isUp(join(broker, ports, style));
  const device = await client(broker);
  await Promise.all(numbers(0, 500).map((text) => say(device, text)));
  await until(() => expect(texts()).toEqual(numbers(0, 500)));
  expect(accepted[0]).toMatchObject({
    principal: { kind: 'broker', name: 'hospital' },
    topic: topicOf('dev_one'),
    qos: 1,
    retain: false,
  });
});

test.each(STYLES)(
  '%s: what was not durable when the connection broke comes again, what was does not',
  async (_name, start, style) => {
    const broker = await running(start);
    const wire = await wireTo(broker.port);
    const inside = intake();
    const joined = join(wire, inside.ports, style);
    await isUp(joined);
    const device = await client(broker);
    await say(device, 'durable');
    await until(() => expect(inside.texts()).toEqual(['durable']));
    inside.hold = true;
    await say(device, 'under way');
    await until(() => expect(inside.waiting()).toBe(1));
    wire.cut();
    await until(() => expect(inside.waiting()).toBe(2)); // sent again
    inside.letGo();
    await until(() => expect(inside.texts()).toEqual(['durable', 'under way', 'under way']));
    await isUp(joined);
    await say(device, 'later');
    await until(() => expect(inside.texts()).toEqual(['durable', 'under way', 'under way', 'later']));
  },
);

test.each(STYLES)(
  '%s: storage trouble means no acknowledgement: the message comes again until it is stored',
  async (_name, start, style) => {
    const broker = await running(start);
    const inside = intake();
    const joined = join(broker, inside.ports, style);
    await isUp(joined);
    inside.fail = new Error('disk full');
    const device = await client(broker);
    await say(device, 'kept by the broker');
    await until(() => expect(inside.refusals.map(({ reason }) => reason)).toContain('storage'));
    inside.fail = null;
    await until(() => expect(inside.texts()).toEqual(['kept by the broker']));
  },
);

test.each(STYLES)('%s: the broker keeps what comes while we are away', async (_name, start, style) => {
  const broker = await running(start);
  const { ports, texts } = intake();
  const first = join(broker, ports, style);
  await isUp(first);
  await first.close();
  const device = await client(broker);
  await Promise.all(numbers(0, 300).map((text) => say(device, text)));
  join(broker, ports, style);
  await until(() => expect(texts()).toEqual(numbers(0, 300)));
});

test.each(STYLES)('%s: closing finishes what was taken; nothing of it comes again', async (_name, start, style) => {
  const broker = await running(start);
  const inside = intake();
  const first = join(broker, inside.ports, style);
  await isUp(first);
  inside.hold = true;
  const device = await client(broker);
  await Promise.all(numbers(0, 50).map((text) => say(device, text)));
  await until(() => expect(inside.waiting()).toBe(50));
  const closing = first.close();
  inside.letGo();
  await closing;
  await isUp(join(broker, inside.ports, style));
  await say(device, 'last');
  await until(() => expect(inside.texts()).toEqual([...numbers(0, 50), 'last']));
});

test('no more is taken than may be under way; what waits at the broker follows', async () => {
  const broker = await running(startMosquitto);
  const inside = intake();
  inside.hold = true;
  // MQTT 3.1.1 has no agreement about it: only the unread socket holds the broker back.
  await isUp(join(broker, inside.ports, { protocol: 4, maxInFlight: 100 }));
  const device = await client(broker);
  const body = 'x'.repeat(1000);
  for (let i = 0; i < 40; i += 1)
    await Promise.all(numbers(i * 100, i * 100 + 100).map((text) => say(device, `${text} ${body}`)));
  // One chunk of the socket, 64 KiB, is taken whole.
  expect(inside.waiting()).toBeLessThanOrEqual(100 + 65);
  const tick = setInterval(() => inside.letGo(), 1);
  cleanups.push(() => clearInterval(tick));
  await until(() => expect(inside.texts().map((text) => text.split(' ')[0])).toEqual(numbers(0, 4000)));
});

test('two servers of one group share the messages; each message goes to one of them', async () => {
  const broker = await running(startMosquitto);
  const [one, two] = [intake(), intake()];
  await isUp(join(broker, one.ports, { group: 'gateways', clientId: 'one' }));
  await isUp(join(broker, two.ports, { group: 'gateways', clientId: 'two' }));
  const device = await client(broker);
  await Promise.all(numbers(0, 1000).map((text) => say(device, text)));
  const both = () => [...one.texts(), ...two.texts()].sort((a, b) => Number(a) - Number(b));
  await until(() => expect(both()).toEqual(numbers(0, 1000)));
  expect(one.texts().length).toBeGreaterThan(0);
  expect(two.texts().length).toBeGreaterThan(0);
});

test('without a group the connections divide the filters; nothing comes twice', async () => {
  const broker = await running(startNats);
  const { ports, accepted } = intake();
  await isUp(join(broker, ports, { protocol: 4, filters: NATIVE, shards: 3 }), 4);
  const device = await client(broker);
  const topics = ['telemetry', 'events', 'state'].map((channel) => `uptower/v1/site_a/dev_one/${channel}`);
  await Promise.all(numbers(0, 300).map((text) => say(device, text, topics[Number(text) % 3])));
  const heard = () => accepted.map(({ payload }) => Number(payload.toString())).sort((a, b) => a - b);
  await until(() => expect(heard()).toEqual(numbers(0, 300).map(Number)));
});

test('a subscription the broker refuses is told in words; the others work', async () => {
  const broker = await running(startNats); // 2.9 has no dots in topics
  const { ports, refusals, texts } = intake();
  await isUp(join(broker, ports, { protocol: 4 }));
  expect(refusals).toContainEqual({
    reason: 'subscription',
    topic: 'spBv1.0/+/NDATA/+',
    detail: 'refused (0x80): not authorised, or not supported',
  });
  await say(await client(broker), 'still heard');
  await until(() => expect(texts()).toEqual(['still heard']));
});

test('a connection without any subscription is none: it is told, given up and tried again', async () => {
  const broker = await running(startNats);
  const { ports, refusals } = intake();
  const joined = join(broker, ports, { protocol: 4, filters: ['spBv1.0/+/NDATA/+'] });
  let most = 0;
  await until(() => {
    most = Math.max(most, joined.connections());
    expect(refusals.length).toBeGreaterThanOrEqual(3);
  });
  expect(most).toBeLessThanOrEqual(1); // the one that speaks
});

test('a payload over the limit is refused and does not come back', async () => {
  const broker = await running(startMosquitto);
  const { ports, refusals, texts } = intake();
  const first = join(broker, ports);
  await isUp(first);
  const device = await client(broker);
  await say(device, 'x'.repeat(10_001));
  await until(() => expect(refusals).toHaveLength(1));
  expect(refusals[0]).toMatchObject({ reason: 'too-large', detail: '10001 bytes, at most 10000' });
  await first.close();
  await isUp(join(broker, ports));
  await say(device, 'small');
  await until(() => expect(texts()).toEqual(['small']));
  expect(refusals).toHaveLength(1);
});

test.each([4, 5] as const)('MQTT version %i: a wrong password is said in words', async (protocol) => {
  const broker = await running(() => startMosquitto(['allow_anonymous false']));
  await expect(client(broker, { protocol, username: 'somebody', password: Buffer.from('wrong') })).rejects.toThrow(
    /the broker refuses the connection: not authorised/,
  );
});

test('what answers without being a broker is no broker, and no reason to fall over', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(20));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  cleanups.push(() => server.close());
  await expect(client(server.address() as { port: number })).rejects.toThrow(/sent no MQTT|closed|answer/);
});

test('the state of this host: online while here, offline by will when cut off, by itself when it leaves', async () => {
  const broker = await running(startMosquitto);
  const wire = await wireTo(broker.port);
  const heard: { online: boolean; timestamp: number; qos: number }[] = [];
  const node = await client(broker, {
    message: ({ topic, payload, qos }) => {
      if (topic === 'spBv1.0/STATE/uptower') heard.push({ ...JSON.parse(payload.toString()), qos });
    },
  });
  await node.subscribe(['spBv1.0/STATE/uptower']);
  const joined = join(wire, intake().ports, { hostId: 'uptower' });
  await isUp(joined);
  await until(() => expect(heard.map(({ online }) => online)).toEqual([true]));
  wire.cut();
  await until(() => expect(heard.map(({ online }) => online).slice(0, 3)).toEqual([true, false, true]));
  const [birth, will, again] = heard as [(typeof heard)[0], (typeof heard)[0], (typeof heard)[0]];
  expect(will.timestamp).toBe(birth.timestamp);
  expect(again.timestamp).toBeGreaterThan(birth.timestamp);
  await isUp(joined);
  await joined.close();
  await until(() => expect(heard.at(-1)).toMatchObject({ online: false, timestamp: again.timestamp }));
  expect(heard.every(({ qos }) => qos === 1)).toBe(true);
  const late: boolean[] = [];
  const lateNode = await client(broker, {
    message: ({ payload, retain }) => void late.push(retain, JSON.parse(payload.toString()).online),
  });
  await lateNode.subscribe(['spBv1.0/STATE/uptower']);
  await until(() => expect(late).toEqual([true, false])); // retained, offline
});

test.each([4, 5] as const)(
  'MQTT version %i: the connection that speaks leaves no session behind; the ones that listen do',
  async (protocol) => {
    const broker = await running(startMosquitto);
    const joined = join(broker, intake().ports, { protocol, hostId: 'uptower' });
    await isUp(joined);
    await joined.close();
    expect((await client(broker, { clientId: 'uptower-test-host', clean: false })).sessionPresent).toBe(false);
    expect((await client(broker, { clientId: 'uptower-test-0', clean: false })).sessionPresent).toBe(true);
  },
);

test('[tck-id-host-topic-phid-birth-sub-required] [tck-id-message-flow-phid-sparkplug-subscription] this host says that it is there when nodes are heard, not before', async () => {
  const broker = await running(startMosquitto);
  const wire = await wireTo(broker.port, (connect) => !connect.includes('-host'));
  const heard: string[] = [];
  const node = await client(broker, {
    message: ({ topic, payload }) => void heard.push(`${topic} ${JSON.parse(payload.toString()).online}`),
  });
  const offline = { payload: Buffer.from('{"online":false,"timestamp":1}'), qos: 1 } as const;
  // Left behind by an earlier run: nothing to contradict before there is something to say.
  await node.publish({ ...offline, topic: 'spBv1.0/STATE/uptower', retain: true });
  await node.subscribe(['spBv1.0/STATE/uptower', 'echo']);
  const joined = join(wire, intake().ports, { hostId: 'uptower' });
  await until(() => expect(wire.sent()).toContain('spBv1.0/STATE/uptower'));
  await until(() => expect(wire.held()).toBe(1));
  for (let i = 1; i <= 5; i += 1) {
    await node.publish({ ...offline, topic: 'echo', retain: false });
    await until(() => expect(heard.filter((one) => one.startsWith('echo')).length).toBe(i));
  }
  expect(heard.filter((one) => !one.startsWith('echo'))).toEqual(['spBv1.0/STATE/uptower false']);
  wire.release();
  await until(() => expect(heard.at(-1)).toBe('spBv1.0/STATE/uptower true'));
  await isUp(joined);
});

test('closed while nothing can be heard yet: it leaves without having been there', async () => {
  const broker = await running(startMosquitto);
  const wire = await wireTo(broker.port, (connect) => !connect.includes('-host'));
  const joined = join(wire, intake().ports, { hostId: 'uptower' });
  await until(() => expect(wire.sent()).toContain('spBv1.0/STATE/uptower'));
  await joined.close();
  expect(joined.connections()).toBe(0);
});

test('somebody who says this host is offline is contradicted', async () => {
  const broker = await running(startMosquitto);
  const joined = join(broker, intake().ports, { hostId: 'uptower' });
  await isUp(joined);
  const said: boolean[] = [];
  const node = await client(broker, {
    message: ({ payload }) => void said.push(JSON.parse(payload.toString()).online),
  });
  await node.subscribe(['spBv1.0/STATE/uptower']);
  await until(() => expect(said).toEqual([true]));
  const payload = Buffer.from(JSON.stringify({ online: false, timestamp: Date.now() }));
  await node.publish({ topic: 'spBv1.0/STATE/uptower', payload, qos: 1, retain: true });
  await until(() => expect(said).toEqual([true, false, true]));
});

test('what the gateway says to a node arrives there; with no broker it is an error, not a silence', async () => {
  const broker = await running(startMosquitto);
  const joined = join(broker, intake().ports);
  await isUp(joined);
  const heard: string[] = [];
  const node = await client(broker, { message: ({ payload }) => void heard.push(payload.toString()) });
  await node.subscribe(['spBv1.0/group/NCMD/node']);
  const command = { topic: 'spBv1.0/group/NCMD/node', payload: Buffer.from('rebirth'), qos: 0, retain: false } as const;
  await joined.publish(command);
  await until(() => expect(heard).toEqual(['rebirth']));
  await broker.kill();
  await until(() => expect(joined.connections()).toBe(0));
  await expect(joined.publish(command)).rejects.toThrow('not connected to the broker');
});

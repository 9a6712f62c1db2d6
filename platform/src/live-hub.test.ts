import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Delta, LIVE_VERSION, type Snapshot, Viewer } from '@uptower/domain';
import { io, type Socket } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { createLiveHub } from './live-hub.ts';
import { silentLogger } from './logger.ts';

interface Row {
  readonly id: string;
  readonly hospitalId: string;
}

const viewer = (role: string, hospitalId: string | null) =>
  Viewer.parse({ accountId: `acc_${role}`, name: { en: role, zh: role }, role, hospitalId, engineerId: null });
const PEOPLE: Record<string, Viewer> = {
  staff: viewer('dispatcher', null),
  a: viewer('hospital', 'hos_a'),
  b: viewer('hospital', 'hos_b'),
};

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function hubWithRows(rows: Row[]) {
  const hub = createLiveHub(silentLogger());
  const publisher = hub.register<Row>({
    name: 'devices',
    audienceOf: (who) => (who.role === 'hospital' ? who.hospitalId : 'staff'),
    items: (audience) => rows.filter((row) => audience === 'staff' || row.hospitalId === audience),
    sees: (audience, row) => audience === 'staff' || row.hospitalId === audience,
  });
  const server: Server = createServer();
  hub.attach(server, async (cookie) => PEOPLE[cookie ?? '']);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => hub.close());
  const connect = (who: string, version = LIVE_VERSION): Socket => {
    const socket = io(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      path: '/live',
      auth: { version },
      extraHeaders: { cookie: who },
      transports: ['websocket'],
      reconnection: false,
    });
    open.push(() => socket.close());
    return socket;
  };
  return { publisher, connect };
}

const once = <T>(socket: Socket, event: string) => new Promise<T>((resolve) => socket.once(event, resolve));
const watch = (socket: Socket) => {
  const snapshot = once<Snapshot<Row>>(socket, 'snapshot');
  socket.emit('watch', { collections: ['devices'], telemetry: [] });
  return snapshot;
};

test('a snapshot, then numbered deltas; a hospital gets its own rows only', async () => {
  const rows: Row[] = [
    { id: 'dev_1', hospitalId: 'hos_a' },
    { id: 'dev_2', hospitalId: 'hos_b' },
  ];
  const { publisher, connect } = await hubWithRows(rows);
  const [staff, a] = [connect('staff'), connect('a')];
  expect((await watch(staff)).items.map((row) => row.id)).toEqual(['dev_1', 'dev_2']);
  const snapshot = await watch(a);
  expect(snapshot.items.map((row) => row.id)).toEqual(['dev_1']);
  const seenByA: Delta<Row>[] = [];
  a.on('delta', (delta: Delta<Row>) => seenByA.push(delta));
  const toStaff = once<Delta<Row>>(staff, 'delta');
  publisher.upsert(rows[1] as Row);
  expect((await toStaff).upserts.map((row) => row.id)).toEqual(['dev_2']);
  const toA = once<Delta<Row>>(a, 'delta');
  publisher.upsert(rows[0] as Row);
  expect(await toA).toMatchObject({ seq: snapshot.seq + 1, upserts: [{ id: 'dev_1' }] });
  expect(seenByA).toHaveLength(1);
});

test.each([
  ['nobody', 'unknown', LIVE_VERSION, 'not-signed-in'],
  ['another protocol version', 'staff', LIVE_VERSION + 1, 'protocol-version'],
])('%s is refused with the reason', async (_name, who, version, reason) => {
  const { connect } = await hubWithRows([]);
  const error = await once<Error>(connect(who, version), 'connect_error');
  expect(error.message).toBe(reason);
});

test('telemetry of a device that is not theirs, and nonsense, are refused', async () => {
  const { connect } = await hubWithRows([]);
  const socket = connect('b');
  const first = once<{ reason: string }>(socket, 'refused');
  socket.emit('watch', { collections: [], telemetry: ['dev_1'] });
  expect((await first).reason).toBe('not-allowed');
  const second = once<{ reason: string }>(socket, 'refused');
  socket.emit('watch', { collections: 'everything' });
  expect((await second).reason).toBe('malformed');
});

import { type DeviceView, isOpen, type ReadingPoint, type WorkOrder } from '@uptower/domain';
import { expect, test } from 'vitest';
import { connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower, until, uptower } from '../support/uptower.ts';

const SPEED = ['--speed', '240'];
const ROUNDS = 3;
/** Each reading has a moment of its own. */
const FIRST = Date.UTC(2026, 0, 1);

/** Publishes as fast as it is acknowledged until the server dies; the values that were acknowledged. */
async function publishUntilDeath(server: Running, name: string, from: number, killAfter: number): Promise<number[]> {
  const device = await connectDevice(server, name, from > 0 ? ['--renew'] : []);
  const client = await mqttClient(server, device);
  client.on('error', () => undefined);
  const acknowledged: number[] = [];
  const dead = new Promise<void>((resolve) => client.once('close', resolve));
  let n = from;
  const pump = () => {
    const value = n++;
    client.publish(
      device.topic,
      JSON.stringify({ ts: FIRST + value, seq: value, values: { n: value } }),
      { qos: 1 },
      (error) => {
        if (error) return;
        acknowledged.push(value);
        if (acknowledged.length === killAfter) void server.kill();
        pump();
      },
    );
  };
  for (let i = 0; i < 20; i++) pump();
  await dead;
  client.end(true);
  return acknowledged;
}

test('kill -9 in the middle of the demo, three times: no acknowledged reading missing or doubled, no order lost or doubled, the story goes on', async () => {
  const dataDir = newDataDir();
  const acknowledged = new Set<number>();
  const known = new Map<string, WorkOrder>();
  let server = await startUptower('demo', dataDir, SPEED);
  for (let round = 0; round < ROUNDS; round++) {
    // From the second round on there is an order to lose.
    if (round > 0)
      await until('an order', async () => (await server.call<WorkOrder[]>('GET', '/work-orders?state=all')).length > 0);
    for (const order of await server.call<WorkOrder[]>('GET', '/work-orders?state=all')) known.set(order.id, order);
    for (const value of await publishUntilDeath(server, 'counter', round * 1_000_000, 1_500 + round * 700))
      acknowledged.add(value);
    server = await startUptower('demo', dataDir, SPEED);
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 1_500);

  const stored = await until('the journal to be worked through', async () => {
    const points = await server.call<ReadingPoint[]>(
      'GET',
      `/devices/dev_counter/recent?from=0&to=${8e15}&limit=10000`,
    );
    return points.length >= acknowledged.size ? points : undefined;
  });
  const counts = new Map<number, number>();
  for (const point of stored) counts.set(point.values.n as number, (counts.get(point.values.n as number) ?? 0) + 1);
  expect([...acknowledged].filter((value) => !counts.has(value))).toEqual([]);
  expect([...counts].filter(([, times]) => times > 1)).toEqual([]);

  const orders = await server.call<WorkOrder[]>('GET', '/work-orders?state=all');
  const ids = new Set(orders.map((order) => order.id));
  expect([...known.keys()].filter((id) => !ids.has(id as WorkOrder['id']))).toEqual([]);
  const open = orders.filter(isOpen).map((order) => `${order.deviceId} ${order.component}`);
  expect(new Set(open).size).toBe(open.length);
  expect(new Set(orders.map((order) => order.number)).size).toBe(orders.length);

  await until('an order to be closed', async () =>
    (await server.call<WorkOrder[]>('GET', '/work-orders?state=all')).some(
      (order) => order.state === 'closed' && order.closedBecause === 'confirmed-by-telemetry',
    ),
  );
  const devices = await server.call<DeviceView[]>('GET', '/devices');
  expect(devices).toHaveLength(221);
  expect(await server.stop()).toBe(0);
  const audit = await uptower(['audit', 'verify', '--data-dir', dataDir]);
  expect([audit.code, audit.stdout]).toEqual([0, expect.stringContaining('the chain is intact')]);
});

import { LIVE_VERSION } from '@uptower/domain';
import mqtt from 'mqtt';
import { io } from 'socket.io-client';
import { pause } from '../process.ts';
import { deviceName, SITE } from './fleet.ts';
import type { UptowerTarget } from './uptower.ts';

interface AlertRow {
  readonly deviceId: string;
  readonly state: string;
}

/**
 * Milliseconds from publishing a reading beyond its limit until a signed-in screen was told of the alert, `samples` times:
 * through broker, journal, detector, event log and the live connection with its 100 ms batches. The device is the fleet's
 * last, which the load leaves alone.
 */
export async function alertLatencies(target: UptowerTarget, samples: number): Promise<number[]> {
  const index = target.fleet.logins.length - 1;
  const [username, password] = target.fleet.logins[index] as readonly [string, string];
  const deviceId = deviceName(index);
  const socket = io(target.webUrl, {
    path: '/live',
    auth: { version: LIVE_VERSION },
    extraHeaders: { cookie: await target.signIn() },
    transports: ['websocket'],
  });
  const waiting: ((row: AlertRow) => void)[] = [];
  socket.on('delta', (delta: { collection: string; upserts: AlertRow[] }) => {
    if (delta.collection !== 'alerts') return;
    for (const row of delta.upserts) if (row.deviceId === deviceId) for (const told of waiting.splice(0)) told(row);
  });
  const snapshot = new Promise((resolve) => socket.once('snapshot', resolve));
  socket.emit('watch', { collections: ['alerts'], telemetry: [] });
  await snapshot;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${target.port}`, { username, password, clientId: 'probe' });
  const publish = (value: number) => {
    const told = new Promise<AlertRow>((resolve, reject) => {
      waiting.push(resolve);
      setTimeout(() => reject(new Error('no word of the alert for 30 s')), 30_000).unref();
    });
    client.publish(
      `uptower/v1/${SITE}/${deviceId}/telemetry`,
      JSON.stringify({ ts: Date.now(), values: { helium_pressure: value } }),
      { qos: 1 },
    );
    return told;
  };
  const latencies: number[] = [];
  for (let i = 0; i < samples; i += 1) {
    const begun = performance.now();
    await publish(60);
    latencies.push(performance.now() - begun);
    await publish(10);
    // Alerts do not follow each other's heels: in step with the window of the live connection, each would wait for it.
    await pause(150 + ((i * 37) % 100));
  }
  await client.endAsync();
  socket.close();
  return latencies.sort((a, b) => a - b);
}

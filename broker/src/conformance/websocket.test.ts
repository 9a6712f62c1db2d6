import { once } from 'node:events';
import { parser } from 'mqtt-packet';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Bench, cleanUp, connectBytes, startBench, until } from './wire.ts';

/** Statements of MQTT 3.1.1 about WebSocket. */
afterEach(cleanUp);

async function opened(bench: Bench) {
  const socket = new WebSocket(`ws://127.0.0.1:${bench.broker.ports.ws}/mqtt`, 'mqtt');
  const heard: string[] = [];
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet) => heard.push(packet.cmd));
  const frames: boolean[] = [];
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    frames.push(isBinary);
    packets.parse(data);
  });
  await once(socket, 'open');
  return { socket, heard, frames };
}

test('[MQTT-6.0.0-4] [MQTT-6.0.0-2] sub-protocol mqtt; packets in pieces and several in one frame', async () => {
  const { socket, heard, frames } = await opened(await startBench({ wsPort: 0 }));
  expect(socket.protocol).toBe('mqtt');
  const bytes = Buffer.from([...connectBytes('ab'), 0xc0, 0, 0xc0, 0]);
  socket.send(bytes.subarray(0, 5));
  socket.send(bytes.subarray(5, 20));
  socket.send(bytes.subarray(20));
  await until(() => expect(heard).toEqual(['connack', 'pingresp', 'pingresp']));
  expect(frames.every((isBinary) => isBinary)).toBe(true);
  socket.terminate();
});

test('[MQTT-6.0.0-1] a text frame ends the connection', async () => {
  const { socket } = await opened(await startBench({ wsPort: 0 }));
  socket.send('no MQTT');
  await once(socket, 'close');
});

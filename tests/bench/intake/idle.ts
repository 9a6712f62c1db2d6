import { createConnection, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { pause } from '../process.ts';
import type { Target } from './target.ts';

/** Connects as many devices, each with its own credential, and lets them do nothing; the answer lets them go. */
export async function holdIdle(target: Target, count: number): Promise<() => void> {
  const sockets: Socket[] = [];
  const connect = (index: number) => {
    const [username, password] = target.fleet.logins[index] as readonly [string, string];
    return new Promise<void>((resolve, reject) => {
      const socket = createConnection({ port: target.port, host: '127.0.0.1' });
      sockets.push(socket);
      socket.on('error', reject);
      socket.on('connect', () =>
        socket.write(
          generate({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: 4,
            clean: true,
            clientId: `idle${index}`,
            keepalive: 0,
            username,
            password: Buffer.from(password),
          }),
        ),
      );
      socket.once('data', (connack) =>
        connack[3] === 0 ? resolve() : reject(new Error(`${username} was refused: ${connack.toString('hex')}`)),
      );
    });
  };
  for (let i = 0; i < count; i += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - i) }, (_, j) => connect(i + j)));
  // What connecting needed is let go by then.
  await pause(10_000);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

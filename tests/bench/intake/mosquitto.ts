import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening, start } from '../process.ts';
import { anonymousFleet } from './fleet.ts';
import { atOnce, scratch, type Target } from './target.ts';

/** Debian's mosquitto, keeping nothing: what a plain QoS 1 acknowledgement costs. */
export async function mosquitto(connections: number): Promise<Target> {
  const directory = scratch();
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\nmax_inflight_messages 0\nmax_queued_messages 0\nuser root\n`,
  );
  const server = start('/usr/sbin/mosquitto', ['-c', file]);
  await listening(port);
  return {
    port,
    fleet: anonymousFleet(connections),
    pids: [server.pid],
    settled: atOnce,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

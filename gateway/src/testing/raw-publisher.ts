/**
 * Publishes QoS 1 as fast as the broker acknowledges, without a client library in the way; a process of its own:
 * `raw-publisher.ts PORT CONNECTIONS IN_FLIGHT MESSAGES`. Every message is a reading of five values, about 250 bytes, on
 * `uptower/v1/site_a/dev_p{connection}/telemetry`, numbered by `seq` from 0 a connection. Prints one line of JSON at the end.
 */
import { connect } from 'node:net';
import { generate, parser } from 'mqtt-packet';

const [port, connections, inFlight, messages] = process.argv.slice(2).map(Number) as [number, number, number, number];
const START = Date.UTC(2026, 0, 1);

async function publishFrom(connection: number, count: number): Promise<void> {
  const topic = `uptower/v1/site_a/dev_p${connection}/telemetry`;
  const socket = connect({ host: '127.0.0.1', port });
  socket.setNoDelay(true);
  const packets = parser({ protocolVersion: 4 });
  let sent = 0;
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    const next = () => {
      const out: Buffer[] = [];
      for (; sent < count && sent - acknowledged < inFlight; sent += 1) {
        const values = {
          helium_pressure: 15 + (sent % 7),
          coil_temperature: 20.5,
          chiller_flow: 11.25,
          note: 'x'.repeat(90),
          b: 'on',
        };
        const payload = JSON.stringify({ ts: START + sent, seq: sent, values });
        const messageId = (sent % 0xffff) + 1;
        out.push(generate({ cmd: 'publish', topic, payload, qos: 1, messageId, retain: false, dup: false }));
      }
      if (out.length > 0) socket.write(Buffer.concat(out));
    };
    packets.on('packet', (packet) => {
      if (packet.cmd === 'puback') acknowledged += 1;
      if (acknowledged === count) resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the broker closed the connection')));
    socket.on('connect', () =>
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clientId: `p${connection}`,
          clean: true,
          keepalive: 0,
        }),
      ),
    );
    socket.on('data', (chunk) => {
      packets.parse(chunk);
      next();
    });
  });
  socket.removeAllListeners('close');
  socket.destroy();
}

const begun = performance.now();
await Promise.all(Array.from({ length: connections }, (_, i) => publishFrom(i, Math.floor(messages / connections))));
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(`${JSON.stringify({ published: Math.floor(messages / connections) * connections, seconds })}\n`);

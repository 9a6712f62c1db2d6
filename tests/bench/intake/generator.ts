/**
 * The load generator, a process of its own: raw MQTT 3.1.1 over TCP, packets prepared once and patched in place, so that
 * the generator is not what is measured. Takes a `Load` as JSON on standard input, prints a `LoadResult`.
 */
import { createConnection, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { generate } from 'mqtt-packet';
import type { Load, LoadResult } from './load.ts';

const load = JSON.parse(await text(process.stdin)) as Load;
const perConnection = Math.floor(load.messages / load.connections);
/** Send times by packet id; a connection never has more in flight than ids. */
const latencies = new Float64Array(Math.min(load.messages, 2_000_000));
let measured = 0;
let acknowledged = 0;

/** One QoS 1 message with five values; the digits that change lie at known places. */
function template(device: string) {
  const body =
    '{"ts":1000000000000,"seq":10000000,"values":{"helium_pressure":15.000,"chiller_trips":0,"oil":31.500,"rpm":1200.5,"mode":"scan"}}';
  const packet = generate({
    cmd: 'publish',
    topic: `uptower/v1/${load.fleet.siteId}/${device}/telemetry`,
    payload: body,
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  });
  const bodyAt = packet.length - Buffer.byteLength(body);
  return {
    packet,
    id: bodyAt - 2,
    ts: packet.indexOf('"ts":', bodyAt) + 5,
    seq: packet.indexOf('"seq":', bodyAt) + 6,
    value: packet.indexOf('15.000', bodyAt) + 3,
  };
}

/** Eight digits from the first on: JSON has no leading zeros. */
const FIRST_SEQ = 10_000_000;
const DIGIT = 48;
function putDigits(into: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = digits - 1; i >= 0; i -= 1) {
    into[at + i] = DIGIT + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function connect(index: number): Promise<Socket> {
  const [username, password] = load.fleet.logins[index] as readonly [string, string];
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port: load.port, host: '127.0.0.1', noDelay: true });
    socket.on('error', reject);
    socket.on('connect', () =>
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          clientId: `bench${index}`,
          keepalive: 0,
          username,
          password: Buffer.from(password),
        }),
      ),
    );
    socket.once('data', (connack) => {
      if (connack[0] === 0x20 && connack[3] === 0) resolve(socket);
      else reject(new Error(`${username} was refused: ${connack.toString('hex')}`));
    });
  });
}

/** Sends one connection's share, as allowed by `mayHave` messages so far; resolves when all are acknowledged. */
function drive(socket: Socket, index: number, mayHave: () => number): { pump(): void; done: Promise<void> } {
  const [device] = load.fleet.logins[index] as readonly [string, string];
  const { packet, id, ts, seq, value } = template(device);
  const sentAt = new Float64Array(load.inFlight + 1);
  let last = 0;
  let sent = 0;
  let acked = 0;
  let rest: Buffer = Buffer.alloc(0);
  let finish: () => void;
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    socket.on('close', () => reject(new Error(`${device} was disconnected after ${acked} of ${perConnection}`)));
  });
  const pump = () => {
    const now = performance.now();
    const moment = Date.now();
    const burst: Buffer[] = [];
    while (sent < perConnection && sent - acked < load.inFlight && sent < mayHave()) {
      const slot = (sent % load.inFlight) + 1;
      packet.writeUInt16BE(slot, id);
      // A device measures at different moments, also where several messages leave in one burst.
      last = Math.max(last + 1, moment);
      putDigits(packet, ts, 13, last);
      putDigits(packet, seq, 8, FIRST_SEQ + load.firstSeq + sent);
      putDigits(packet, value, 3, (sent * 7919) % 1000);
      sentAt[slot] = now;
      burst.push(Buffer.from(packet));
      sent += 1;
    }
    if (burst.length > 0) socket.write(burst.length === 1 ? (burst[0] as Buffer) : Buffer.concat(burst));
  };
  socket.on('data', (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const now = performance.now();
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      if (bytes[at] !== 0x40) throw new Error(`not a PUBACK: ${bytes.subarray(at, at + 8).toString('hex')}`);
      const slot = bytes.readUInt16BE(at + 2);
      if (measured < latencies.length) latencies[measured++] = now - (sentAt[slot] as number);
      acked += 1;
    }
    rest = bytes.subarray(at);
    acknowledged += at / 4;
    if (acked >= perConnection) {
      socket.removeAllListeners('close');
      finish();
    } else pump();
  });
  return { pump, done };
}

const sockets: Socket[] = [];
for (let i = 0; i < load.connections; i += 50)
  sockets.push(
    ...(await Promise.all(Array.from({ length: Math.min(50, load.connections - i) }, (_, j) => connect(i + j)))),
  );
process.stderr.write('connected\n');

const [begun, startedAt] = [performance.now(), Date.now()];
const { rate } = load;
const mayHave = rate
  ? () => ((performance.now() - begun) / 1000) * (rate / load.connections)
  : () => Number.POSITIVE_INFINITY;
const drivers = sockets.map((socket, i) => drive(socket, i, mayHave));
const pumpAll = () => {
  for (const { pump } of drivers) pump();
};
pumpAll();
const pacer = rate ? setInterval(pumpAll, 2) : undefined;
await Promise.all(drivers.map(({ done }) => done));
clearInterval(pacer);
const seconds = (performance.now() - begun) / 1000;
for (const socket of sockets) socket.destroy();
const sorted = latencies.subarray(0, measured).sort();
const result: LoadResult = {
  acknowledged,
  startedAt,
  seconds,
  p50: sorted[measured >> 1] ?? 0,
  p99: sorted[Math.floor(measured * 0.99)] ?? 0,
};
process.stdout.write(JSON.stringify(result));

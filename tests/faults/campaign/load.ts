/**
 * Devices that publish as fast as allowed and remember what was acknowledged: a process of its own, so that whatever
 * happens to the server cannot touch what is known of its promises. Started by `generator.ts`; what it is to do comes as
 * JSON in the first argument. A line `stop` on standard input ends it once everything sent was acknowledged.
 */
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { generate, parser as newParser, type Packet } from 'mqtt-packet';
import type { LoadOptions } from './generator.ts';

const options = JSON.parse(process.argv[2] as string) as LoadOptions;
/** No answer for so long means the connection is dead, whatever TCP thinks. */
const SILENCE_MS = 3_000;
const RECONNECT_MS = 50;
const TICK_MS = 10;
let stopping = false;

const say = (event: object) => void process.stdout.write(`${JSON.stringify({ ...event, at: Date.now() })}\n`);

/** One device: one connection at a time, a window of unacknowledged messages that are sent again after a reconnect. */
class Publisher {
  /** Packet id to reading number, in the order sent. */
  readonly inFlight = new Map<number, number>();
  /** Closed stretches of acknowledged numbers. */
  readonly acked: [number, number][] = [];
  ackedCount = 0;
  private next = 1;
  private packetId = 0;
  private socket: Socket | undefined;
  private ready = false;
  private heardAt = 0;
  private fresh = true;

  constructor(private readonly deviceId: string) {
    this.open();
  }

  private open(): void {
    const { host, port, username, password } = options;
    const socket = connect({ host, port, noDelay: true });
    const parser = newParser({ protocolVersion: 4 });
    this.socket = socket;
    this.ready = false;
    this.fresh = true;
    this.heardAt = performance.now();
    parser.on('packet', (packet) => this.take(packet));
    parser.on('error', () => socket.destroy());
    socket.on('connect', () =>
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clientId: this.deviceId,
          clean: true,
          keepalive: 60,
          username,
          password: Buffer.from(password),
        }),
      ),
    );
    socket.on('data', (bytes) => parser.parse(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.ready = false;
      if (!this.done()) setTimeout(() => this.open(), RECONNECT_MS);
    });
  }

  private take(packet: Packet): void {
    this.heardAt = performance.now();
    if (packet.cmd === 'connack') {
      if (packet.returnCode !== 0) {
        say({ event: 'refused', code: packet.returnCode });
        return void this.socket?.destroy();
      }
      this.ready = true;
      const again = [...this.inFlight.values()];
      this.inFlight.clear();
      for (const number of again) this.send(number, true);
      this.fill(1);
    } else if (packet.cmd === 'puback') {
      const number = this.inFlight.get(packet.messageId as number);
      if (number === undefined) return;
      this.inFlight.delete(packet.messageId as number);
      this.note(number);
      if (this.fresh) say({ event: 'acknowledged', device: this.deviceId });
      this.fresh = false;
    }
  }

  private note(number: number): void {
    this.ackedCount += 1;
    const last = this.acked.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else this.acked.push([number, number]);
  }

  private send(number: number, dup: boolean): void {
    this.packetId = (this.packetId % 65_535) + 1;
    this.inFlight.set(this.packetId, number);
    const payload = JSON.stringify({ ts: options.firstTs + number, seq: number, values: { n: number } });
    this.socket?.write(
      generate({
        cmd: 'publish',
        topic: `uptower/v1/${options.siteId}/${this.deviceId}/telemetry`,
        payload,
        qos: 1,
        dup,
        retain: false,
        messageId: this.packetId,
      }),
    );
  }

  /** At most so many new ones now. */
  fill(allowed: number): number {
    let sent = 0;
    while (this.ready && !stopping && sent < allowed && this.inFlight.size < options.window) {
      this.send(this.next++, false);
      sent += 1;
    }
    return sent;
  }

  done(): boolean {
    return stopping && this.inFlight.size === 0;
  }

  /** Gives up a connection that no longer answers. */
  watch(): void {
    const waits = this.inFlight.size > 0 || !this.ready;
    if (!waits) this.heardAt = performance.now();
    else if (performance.now() - this.heardAt > (options.silenceMs ?? SILENCE_MS)) this.socket?.destroy();
  }

  end(): void {
    this.socket?.destroy();
  }
}

const acknowledgedOf = () => Object.fromEntries(options.devices.map((id, i) => [id, publishers[i]?.acked]));
const countOf = () => publishers.reduce((sum, { ackedCount }) => sum + ackedCount, 0);

const publishers = options.devices.map((deviceId) => new Publisher(deviceId));
let allowance = 0;
let last = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  allowance = Math.min(options.perSecond / 4, allowance + ((now - last) * options.perSecond) / 1000);
  last = now;
  for (const [i, publisher] of publishers.entries()) {
    publisher.watch();
    allowance -= publisher.fill(Math.ceil(Math.max(0, allowance) / (publishers.length - i)));
  }
  if (publishers.every((publisher) => publisher.done())) finish();
}, TICK_MS);

function finish(): void {
  clearInterval(timer);
  for (const publisher of publishers) publisher.end();
  writeFileSync(options.file, JSON.stringify(acknowledgedOf()));
  process.exit(0);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'stop') stopping = true;
  if (line === 'so far') say({ event: 'so far', count: countOf(), acknowledged: acknowledgedOf() });
});
// Whoever started us is gone.
process.stdin.on('close', () => process.exit(1));

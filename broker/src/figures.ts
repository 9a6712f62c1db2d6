import { Counter, Gauge, type Metrics } from '@uptower/platform';
import { TRANSPORTS, type Transport } from './connections/listeners.ts';
import type { Refusal } from './ports.ts';

/** What is read when somebody asks. */
export interface Levels {
  readonly sessions: number;
  readonly queued: number;
  readonly retained: number;
}

/** Figures of the broker since it started: for Prometheus and for `$SYS/broker/…`, counted once. */
export class Figures {
  readonly connections: Record<Transport, number> = { tcp: 0, tls: 0, ws: 0, wss: 0 };
  readonly received = { messages: 0, bytes: 0 };
  readonly sent = { messages: 0, bytes: 0 };
  readonly refusedBy = new Map<Refusal, number>();
  mostConnections = 0;
  paused = 0;
  expired = 0;

  opened(transport: Transport): void {
    this.connections[transport] += 1;
    this.mostConnections = Math.max(this.mostConnections, this.connected());
  }
  closed(transport: Transport): void {
    this.connections[transport] -= 1;
  }
  connected(): number {
    return TRANSPORTS.reduce((sum, transport) => sum + this.connections[transport], 0);
  }
  refused(reason: Refusal): void {
    this.refusedBy.set(reason, (this.refusedBy.get(reason) ?? 0) + 1);
  }

  /** Topic below `$SYS/broker/` and value, in mosquitto's names where it has one. */
  *topics(levels: Levels, uptimeSeconds: number): Iterable<readonly [string, number]> {
    yield ['uptime', Math.floor(uptimeSeconds)];
    yield ['clients/connected', this.connected()];
    yield ['clients/maximum', this.mostConnections];
    yield ['clients/expired', this.expired];
    yield ['clients/paused', this.paused];
    yield ['sessions/count', levels.sessions];
    yield ['publish/messages/received', this.received.messages];
    yield ['publish/bytes/received', this.received.bytes];
    yield ['publish/messages/sent', this.sent.messages];
    yield ['publish/bytes/sent', this.sent.bytes];
    yield ['publish/messages/dropped', this.refusedBy.get('queue-full') ?? 0];
    yield ['store/messages/count', levels.queued];
    yield ['retained messages/count', levels.retained];
    yield ['refused', [...this.refusedBy.values()].reduce((sum, count) => sum + count, 0)];
  }

  /** Adds the figures to the process's metrics; they are read when scraped, so that counting costs an addition. */
  expose(metrics: Metrics, levels: () => Levels): void {
    const registers = [metrics];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `uptower_broker_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    const counter = (name: string, help: string, read: () => number) =>
      new Counter({
        name: `uptower_broker_${name}`,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    counter('messages_received_total', 'Messages published by clients', () => this.received.messages);
    counter('bytes_received_total', 'Payload bytes published by clients', () => this.received.bytes);
    counter('messages_sent_total', 'Messages sent to subscribers', () => this.sent.messages);
    counter('bytes_sent_total', 'Payload bytes sent to subscribers', () => this.sent.bytes);
    gauge('paused_connections', 'Connections left unread because they send faster than they may', () => this.paused);
    gauge('sessions', 'Lasting sessions, their clients here or away', () => levels().sessions);
    gauge('queued_messages', 'Messages kept for clients until they acknowledge', () => levels().queued);
    gauge('retained_messages', 'Topics with a retained message', () => levels().retained);
    const { connections, refusedBy } = this;
    new Gauge({
      name: 'uptower_broker_connections',
      help: 'MQTT connections',
      labelNames: ['transport'],
      registers,
      collect() {
        for (const transport of TRANSPORTS) this.set({ transport }, connections[transport]);
      },
    });
    new Counter({
      name: 'uptower_broker_refused_total',
      help: 'What the broker did not let in',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of refusedBy) this.inc({ reason }, count);
      },
    });
  }
}

import type { Clock, DeviceId, UptowerEvent } from '@uptower/domain';
import type { EventLog, Logger } from '@uptower/platform';
import { type Outage, Pulse } from '../presence/outage.ts';
import { type Look, PresenceWatch, type WatchParts } from '../presence/watch.ts';
import type { SilenceLimits } from '../uptime/silence.ts';
import { alertAppend, type EventWriter } from './event-writer.ts';

interface ListeningParts extends WatchParts {
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly writer: EventWriter;
  readonly limits: () => Omit<SilenceLimits, 'servingSince'>;
  /** This server lets senders wait, or refuses them all: who is not heard then may be waiting for us. */
  readonly holding: () => boolean;
  /** A device's row changed. */
  onDevice(deviceId: DeviceId): void;
}

/** Who is heard, by this server's clock; and what this server itself could not hear. */
export class Listening {
  private readonly watch: PresenceWatch;
  private readonly pulse: Pulse;
  /** Found at the start, to be noted when everything from before was read. */
  private outage: Outage | null = null;

  constructor(private readonly parts: ListeningParts) {
    this.pulse = new Pulse(parts.events);
    this.watch = new PresenceWatch(parts);
  }

  async begin(): Promise<void> {
    const { clock, limits } = this.parts;
    this.outage = await this.pulse.begin(clock.now(), limits().graceMs);
  }

  figures() {
    return this.watch.figures;
  }

  /** Notes that this server holds everybody up, or no longer does; also while nothing else gets its turn. */
  hold(): void {
    this.pulse.hold(this.parts.holding(), this.parts.clock.now());
  }

  /** This server lives. */
  beat(): void {
    const { clock, log } = this.parts;
    void this.pulse.beat(clock.now()).catch((error) => log.warn({ err: error }, 'pipeline.pulse-not-saved'));
  }

  /** Looks at everybody, as of a journal position up to which everything was read. */
  async look(position: number): Promise<void> {
    await this.noteOutage(position);
    await this.carryOut(await this.watch.look(this.limits(), position, this.parts.clock.now()));
  }

  /** Whether `noteOutage` has something to note. */
  hasOutage(): boolean {
    return this.outage !== null;
  }

  /** After a start, when everything from before it was read and nothing since: what this server could not hear. */
  async noteOutage(position: number): Promise<void> {
    const { outage } = this;
    if (!outage) return;
    this.outage = null;
    await this.carryOut({ availability: this.watch.afterOutage(outage, this.limits(), position), alerts: [] });
  }

  private async carryOut({ availability, alerts }: Look): Promise<void> {
    const { writer, onDevice } = this.parts;
    writer.availability(availability);
    writer.add(alerts.map((alert) => alertAppend(alert.deviceId, alert)));
    await writer.send();
    for (const { deviceId } of [...availability, ...alerts]) onDevice(deviceId);
  }

  private limits(): SilenceLimits {
    return { ...this.parts.limits(), servingSince: this.pulse.servingSince };
  }
}

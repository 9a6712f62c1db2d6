import { type Clock, type DeviceId, streams, type UptowerEvent } from '@uptower/domain';
import type { Append, EventLog, Logger } from '@uptower/platform';
import type { ComponentAlert } from '../event-time/telling.ts';
import type { Outcome } from './outcome.ts';

/** Who writes the machine's own events. */
export const ACTOR = 'gateway';
const RETRY_MS = 1000;

interface EventWriterParts {
  readonly events: Pick<EventLog<UptowerEvent>, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The event log took so many real milliseconds. */
  appended?(ms: number): void;
  /** Aborted when nothing is tried again any more. */
  readonly stopping: AbortSignal;
}

/** Brings what the pipeline decided into the event log, in the order it was decided. */
export class EventWriter {
  private outbox: Append<UptowerEvent>[] = [];

  constructor(private readonly parts: EventWriterParts) {}

  /** Goes out with the next `send`. */
  add(appends: readonly Append<UptowerEvent>[]): void {
    for (const append of appends) this.outbox.push(append);
  }

  availability(changes: Outcome['availability']): void {
    for (const event of changes) this.outbox.push({ stream: streams.availability(event.deviceId), events: [event] });
  }

  /** Resolves when everything added is written. */
  async send(): Promise<void> {
    if (this.outbox.length > 0) await this.write(this.outbox.splice(0));
  }

  /** Until it is written: what was decided from the journal must not be lost, and nothing goes on before it. */
  private async write(appends: readonly Append<UptowerEvent>[]): Promise<void> {
    const { events, clock, log, stopping } = this.parts;
    const at = clock.now();
    for (;;) {
      try {
        const begun = performance.now();
        await events.append(appends, { at, actor: ACTOR });
        this.parts.appended?.(performance.now() - begun);
        return;
      } catch (error) {
        if (stopping.aborted) throw error;
        log.error({ err: error, events: appends.length }, 'pipeline.append-failed');
        await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

export const alertAppend = (deviceId: DeviceId, { component, event }: ComponentAlert): Append<UptowerEvent> => ({
  stream: streams.alert(deviceId, component),
  events: [event],
});

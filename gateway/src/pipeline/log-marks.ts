import type { Clock, UptowerEvent } from '@uptower/domain';
import type { EventLog, Logger } from '@uptower/platform';
import type { Journal } from '../telemetry/journal/journal.ts';
import { concernsPipeline } from './world.ts';

interface LogMarksParts {
  readonly journal: Journal;
  readonly events: Pick<EventLog<UptowerEvent>, 'read' | 'head'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Notes in the journal up to where the event log was known, so that what it tells has its place among the messages. */
export class LogMarks {
  private wanted = false;
  private marking: Promise<unknown> | undefined;

  constructor(private readonly parts: LogMarksParts) {}

  /** The event log told of something. */
  appended(event: UptowerEvent): void {
    if (!concernsPipeline(event) || this.wanted) return;
    this.wanted = true;
    // After this turn, so that an upload of thousands of items is one mark.
    queueMicrotask(() => {
      this.wanted = false;
      this.marking = this.mark().catch((error) => this.parts.log.error({ err: error }, 'pipeline.log-mark-failed'));
    });
  }

  /** Resolves when what the event log told until now is marked. */
  async settled(): Promise<void> {
    while (this.wanted) await pause();
    await this.marking;
  }

  /**
   * What was appended after the last mark (a crash came between) is marked now, ahead of any new message. The journal was
   * read up to `position`, the event log as far as `logPosition`.
   */
  async markMissed(position: number, logPosition: number): Promise<void> {
    const { journal, events } = this.parts;
    let marked = logPosition;
    for (let last = position; ; ) {
      const entries = await journal.read(last);
      for (const entry of entries) if (entry.kind === 'log') marked = Math.max(marked, entry.logPosition);
      if (entries.length === 0) break;
      last = entries.at(-1)?.position ?? last;
    }
    let missed = false;
    await this.each(marked, events.head(), (event) => {
      missed ||= concernsPipeline(event);
    });
    if (missed) await this.mark();
  }

  /** Every event of `(after, upTo]`, in order. */
  async each(after: number, upTo: number, apply: (event: UptowerEvent) => void): Promise<void> {
    for (let last = after; last < upTo; ) {
      const batch = await this.parts.events.read(last, Math.min(1000, upTo - last));
      if (batch.length === 0) return;
      for (const stored of batch) apply(stored.event);
      last = batch.at(-1)?.position ?? upTo;
      await pause();
    }
  }

  private mark(): Promise<number> {
    const { journal, events, clock } = this.parts;
    return journal.append({ kind: 'log', receivedAt: clock.now(), logPosition: events.head() });
  }
}

import { AlertId, type Instant, type UptowerEvent } from '@uptower/domain';
import { countingIds, type EventLog, type Logger } from '@uptower/platform';
import { AlertBook } from '../alarms/alert-book.ts';
import { FactBook } from '../event-time/fact-book.ts';
import { StoredReadings } from '../event-time/stored-readings.ts';
import type { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import type { Batch, ReadingStore } from '../ports/reading-store.ts';
import type { Journal } from '../telemetry/journal/journal.ts';
import { Ledger } from '../uptime/ledger.ts';
import type { Context } from './context.ts';
import { contextOf } from './context.ts';
import type { Outcome } from './outcome.ts';
import { DeviceStates } from './state.ts';
import type { Refill } from './store-writer.ts';
import { take } from './take.ts';
import { World } from './world.ts';

export interface RefillParts {
  readonly journal: Journal;
  /** The one that lost it. */
  readonly store: Pick<ReadingStore, 'range'>;
  readonly events: EventLog<UptowerEvent>;
  readonly log: Logger;
  /** What births said, as far as this is read: of a node that was born before the oldest record it is all there is. */
  readonly sparkplug: SparkplugSessions;
  readonly futureToleranceMs?: number | undefined;
}

const EVENTS_AT_ONCE = 1000;

/**
 * Decides a stretch of the journal again for a store that lost it: the same decoding and the same look for duplicates,
 * in a memory of its own that nobody else sees and that begins with the oldest record there is. Nothing else of what the
 * records led to is repeated.
 */
export function refillFrom({ journal, store, events, log, sparkplug, futureToleranceMs }: RefillParts): Refill {
  return async function* refill(after, upTo, lacking) {
    const world = new World(futureToleranceMs);
    const [oldest] = await journal.read(journal.first() - 1);
    const context = contextOf({
      world,
      devices: new DeviceStates(),
      sparkplug: sparkplug.bornBefore(oldest?.receivedAt ?? 0),
      alerts: new AlertBook(),
      ledger: new Ledger(),
      facts: new FactBook(),
      newAlertId: newIds(),
    });
    const stored = new StoredReadings((...stretch) => store.range(...stretch));
    const told = worldTeller(events, world);
    if (journal.first() > after + 1) lacking(after + 1, Math.min(upTo, journal.first() - 1));
    let sent = after;
    // From the oldest record on, not from `after`: what came before decides what is a duplicate.
    for (let last = journal.first() - 1; last < upTo; ) {
      const entries = await journal.read(last);
      if (entries.length === 0) break; // the records between here and the end are gone
      const readings: Batch['readings'][number][] = [];
      for (const entry of entries) {
        last = entry.position;
        if (last > upTo) break;
        if (entry.kind === 'log') await told.upTo(entry.logPosition);
        else {
          await told.beforeFirst(entry.receivedAt);
          const decided = decide(entry, context, log);
          if (last <= after) continue;
          const inDoubt = decided.some(({ unsure }) => unsure);
          // The store is asked, and has to have what came before.
          if (inDoubt && readings.length > 0) yield { readings: readings.splice(0), through: last - 1 };
          for (const reading of inDoubt ? await stored.missing(decided) : decided) {
            readings.push(reading);
            stored.note(reading);
          }
        }
      }
      if (last > after) {
        sent = Math.min(last, upTo);
        yield { readings, through: sent };
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (sent < upTo) {
      lacking(sent + 1, upTo);
      yield { readings: [], through: upTo };
    }
  };
}

function decide(entry: Parameters<typeof take>[0], context: Context, log: Logger): Outcome['readings'] {
  try {
    return take(entry, context).flatMap((outcome) => outcome.readings);
  } catch (error) {
    log.error({ err: error, position: entry.position }, 'refill.message-failed'); // as quarantined the first time
    return [];
  }
}

function newIds(): () => AlertId {
  const ids = countingIds();
  return () => AlertId.parse(ids.next('alr'));
}

/** Tells a world the event log as the journal's records say it was known. */
function worldTeller(events: EventLog<UptowerEvent>, world: World) {
  let position = 0;
  let begun = false;
  const tell = async (wanted: (at: Instant, position: number) => boolean) => {
    for (;;) {
      const batch = await events.read(position, EVENTS_AT_ONCE);
      for (const stored of batch) {
        if (!wanted(stored.recordedAt, stored.position)) return;
        world.apply(stored.event);
        position = stored.position;
      }
      if (batch.length < EVENTS_AT_ONCE) return;
    }
  };
  return {
    /** The oldest record here says nothing of what was known then: what had been written by its time. */
    async beforeFirst(receivedAt: Instant) {
      if (begun) return;
      begun = true;
      await tell((at) => at <= receivedAt);
    },
    async upTo(logPosition: number) {
      begun = true;
      await tell((_at, at) => at <= logPosition);
    },
  };
}

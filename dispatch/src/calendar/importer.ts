import {
  type BusyCopy,
  type CalendarEvent,
  type Clock,
  DAY,
  type EngineerId,
  type Instant,
  MINUTE,
  streams,
  type UptowerEvent,
} from '@uptower/domain';
import type { EventLog, Logger } from '@uptower/platform';
import { CalendarError } from '../availability/ical/lines.ts';
import { weekOf } from '../availability/overtime.ts';
import type { DispatchState } from '../state.ts';
import { FetchError, type Fetched } from './fetch-feed.ts';
import type { ReadText } from './read-in-thread.ts';
import { OWN_UIDS } from './visits-feed.ts';

export interface ImporterOptions {
  readonly state: DispatchState;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly read: ReadText;
  readonly fetch: (url: string, etag: string | undefined) => Promise<Fetched>;
}

/** Feeds are asked again this often, by the wall clock: others' servers are not in the demo. */
const EVERY_REAL_MS = 15 * MINUTE;
const ACTOR = 'calendar-import';
/** The period that is read: from last week on, for half a year. By whole weeks, so that a day's passing changes nothing. */
const BEFORE_MS = 7 * DAY;
const AHEAD_MS = 26 * 7 * DAY;

export type Refreshed =
  | { readonly ok: true; readonly copy: BusyCopy }
  | { readonly ok: false; readonly reason: string };

/** What a source said of itself the last time, and when; lost at a restart, and then asked again. */
interface Known {
  readonly source: unknown;
  readonly etag: string | undefined;
  readonly periodFrom: Instant;
  readonly goodAt: Instant;
}

/**
 * Reads busy time from other calendars into the event log: an event when what was read differs, one when it begins to fail.
 * The last copy stays in use meanwhile. One source at a time.
 */
export class CalendarImporter {
  private readonly known = new Map<EngineerId, Known>();
  private queue: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private stopTimer: (() => void) | undefined;

  constructor(private readonly deps: ImporterOptions) {}

  start(): void {
    const { clock } = this.deps;
    this.stopTimer = clock.every(EVERY_REAL_MS * clock.speed, () => this.refreshAll());
    this.refreshAll();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopTimer?.();
    await this.queue;
  }

  async idle(): Promise<void> {
    await this.queue;
  }

  /** When the source was last read or said that nothing changed; null when not since this server started. */
  goodAt(engineerId: EngineerId): Instant | null {
    const known = this.known.get(engineerId);
    return known && known.source === this.sourceOf(engineerId) ? known.goodAt : null;
  }

  private refreshAll(): void {
    for (const [id, { imported }] of this.deps.state.calendars.engineers)
      if (imported?.source.kind === 'url')
        void this.refresh(id).catch((error) => this.deps.log.error({ err: error, engineerId: id }, 'calendar.failed'));
  }

  /** Reads the address of an engineer's import now. */
  refresh(engineerId: EngineerId): Promise<Refreshed> {
    return this.exclusive(async () => {
      const source = this.sourceOf(engineerId);
      if (this.stopped || source?.kind !== 'url') return { ok: false, reason: 'no address is set' };
      const period = this.period(engineerId);
      const known = this.known.get(engineerId);
      const copy = this.deps.state.calendars.engineers.get(engineerId)?.imported?.copy ?? null;
      const same = known?.source === source && known.periodFrom === period.from && copy !== null;
      try {
        const fetched = await this.deps.fetch(source.url, same ? known.etag : undefined);
        const next = fetched.changed ? await this.read(engineerId, fetched.text, period) : copy;
        if (!next || this.sourceOf(engineerId) !== source)
          return { ok: false, reason: 'the import was changed meanwhile' };
        const etag = fetched.changed ? fetched.etag : known?.etag;
        this.known.set(engineerId, { source, etag, periodFrom: period.from, goodAt: this.deps.clock.now() });
        await this.keep(engineerId, next);
        return { ok: true, copy: next };
      } catch (error) {
        if (!(error instanceof FetchError || error instanceof CalendarError)) throw error;
        if (this.sourceOf(engineerId) === source) await this.fail(engineerId, error.message);
        return { ok: false, reason: error.message };
      }
    });
  }

  /** Reads the text of a file, as the engineer's calendar has it. Throws CalendarError for what is no calendar. */
  read(engineerId: EngineerId, text: string, period = this.period(engineerId)): Promise<BusyCopy> {
    const timeZone = this.zoneOf(engineerId);
    return this.deps.read(text, { period, timeZone, ignore: OWN_UIDS });
  }

  private async keep(engineerId: EngineerId, copy: BusyCopy): Promise<void> {
    const before = this.deps.state.calendars.engineers.get(engineerId)?.imported;
    if (before?.failure === null && JSON.stringify(before.copy) === JSON.stringify(copy)) return;
    await this.write({ type: 'calendar.busy-read', engineerId, at: this.deps.clock.now(), copy });
    this.deps.log.info({ engineerId, busy: copy.busy.length, aside: copy.asideCount }, 'calendar.read');
  }

  private async fail(engineerId: EngineerId, reason: string): Promise<void> {
    const imported = this.deps.state.calendars.engineers.get(engineerId)?.imported;
    this.deps.log.warn({ engineerId, reason }, 'calendar.not-read');
    if (imported?.failure?.reason === reason) return;
    const goodAt = imported?.failure?.goodAt ?? this.goodAt(engineerId) ?? imported?.copiedAt ?? null;
    await this.write({ type: 'calendar.import-failed', engineerId, at: this.deps.clock.now(), goodAt, reason });
  }

  private async write(event: Extract<CalendarEvent, { type: 'calendar.busy-read' | 'calendar.import-failed' }>) {
    const stream = streams.calendar(event.engineerId);
    await this.deps.events.append([{ stream, events: [event] }], { at: event.at, actor: ACTOR });
  }

  private sourceOf = (engineerId: EngineerId) => this.deps.state.calendars.engineers.get(engineerId)?.imported?.source;

  private zoneOf = (engineerId: EngineerId) => this.deps.state.registry.engineers.get(engineerId)?.timeZone ?? 'UTC';

  private period(engineerId: EngineerId) {
    const week = weekOf(this.zoneOf(engineerId), this.deps.clock.now());
    return { from: week.from - BEFORE_MS, to: week.to + AHEAD_MS };
  }

  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

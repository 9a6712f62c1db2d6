import type { Instant, Interval, Place } from '@uptower/domain';
import { estimatedTravel, type TravelTimes } from '../travel.ts';
import { type SpeedStep, speedSteps } from './hours.ts';
import { KnownWays } from './known-ways.ts';
import { factorTo, type Speeds } from './speeds.ts';
import type { TableService } from './table-service.ts';

export interface RoadStatus {
  readonly service: TableService['name'] | null;
  /** `none`: there is no service; `waiting`: nothing was asked yet; `failing`: the last request went wrong, estimates stand in. */
  readonly state: 'none' | 'waiting' | 'ok' | 'failing';
  /** When the service last gave an answer. */
  readonly answeredAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly problem: string | null;
  readonly waysKnown: number;
}

export interface RoadsOptions {
  readonly service: TableService | null;
  /** Trips made so far. */
  readonly speeds: () => Speeds;
  /** Real time, not the demo's: servers live in it. */
  readonly now: () => Instant;
  /** Ends the wait of a request, real milliseconds. */
  readonly timeoutMs?: number;
  /** Somebody learns that ways became known which a plan had to do without. */
  readonly onNews?: () => void;
}

/** 1,000 places and all ways between them. */
const MOST_WAYS = 1_000_000;
/** Roads are rebuilt; closures longer than this are in the service's map by then. */
const FRESH_MS = 7 * 24 * 3_600_000;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** There is no road (an island, a wrong address): no engineer gets there in a day. */
const NO_WAY = { seconds: 24 * 3_600, metres: 0 };

/**
 * Travel times for planning. A way is what the table service said of it; without one, or until it has answered, the estimate
 * times what trips to that region taught. `between` never waits: `prepare` asks for what is missing beforehand.
 */
export class Roads implements TravelTimes {
  private readonly options: RoadsOptions;
  private readonly known = new KnownWays(MOST_WAYS);
  private factors = new WeakMap<Place, number>();
  private factorsAfter = -1;
  private asking: Promise<void> | null = null;
  private answeredAt: Instant | null = null;
  private failing: {
    readonly since: Instant;
    readonly problem: string;
    readonly times: number;
    readonly at: Instant;
  } | null = null;
  /** Of the request under way. */
  private request = new AbortController();
  private closed = false;

  constructor(options: RoadsOptions) {
    this.options = options;
  }

  between(from: Place, to: Place): { readonly seconds: number; readonly metres: number } {
    const way = this.options.service === null ? undefined : this.known.get(from, to);
    if (way !== undefined) return Number.isNaN(way.seconds) ? NO_WAY : way;
    return this.estimate(from, to);
  }

  /** What a service said of a way holds at any hour, as far as we know: hours were learned for estimates. */
  steps(from: Place, timeZone: string, period: Interval): readonly SpeedStep[] {
    return this.options.service === null ? speedSteps(this.options.speeds(), from, timeZone, period) : [];
  }

  private estimate(from: Place, to: Place): { readonly seconds: number; readonly metres: number } {
    const { seconds, metres } = estimatedTravel.between(from, to);
    return { seconds: Math.ceil(seconds * this.factor(to)), metres };
  }

  /** Remembered by place until another trip ends. */
  private factor(to: Place): number {
    const speeds = this.options.speeds();
    if (this.factorsAfter !== speeds.all.trips) {
      this.factors = new WeakMap();
      this.factorsAfter = speeds.all.trips;
    }
    const known = this.factors.get(to);
    if (known !== undefined) return known;
    const factor = factorTo(speeds, to);
    this.factors.set(to, factor);
    return factor;
  }

  /**
   * Asks for the ways between these places that are not known or old. Resolves when they are, when the service fails, or
   * after `patienceMs`; what comes later is announced by `onNews`. Never rejects.
   */
  async prepare(places: readonly Place[], patienceMs: number): Promise<void> {
    const { service } = this.options;
    if (service === null || this.closed || this.paused()) return;
    if (this.asking === null) {
      const missing = this.missing(places);
      if (missing.length === 0) return;
      let late = false;
      const asking = this.ask(service, missing).finally(() => {
        this.asking = null;
        if (late && this.failing === null) this.options.onNews?.();
      });
      this.asking = asking;
      await within(asking, patienceMs).then((inTime) => {
        late = !inTime;
      });
    } else await within(this.asking, patienceMs);
  }

  status(): RoadStatus {
    const { service } = this.options;
    const none = service === null;
    const state = none ? 'none' : this.failing ? 'failing' : this.answeredAt === null ? 'waiting' : 'ok';
    return {
      service: service?.name ?? null,
      state,
      answeredAt: this.answeredAt,
      failingSince: this.failing?.since ?? null,
      problem: this.failing?.problem ?? null,
      waysKnown: this.known.size,
    };
  }

  stop(): void {
    this.closed = true;
    this.request.abort();
  }

  private paused(): boolean {
    if (this.failing === null) return false;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failing.times - 1));
    return this.options.now() < this.failing.at + pause;
  }

  /** By hand: what `AbortSignal.any` makes may be collected while it is waited for, and then nothing ends the call. */
  private async inTime<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const request = new AbortController();
    this.request = request;
    const timer = setTimeout(() => request.abort(new Error('timed out')), this.options.timeoutMs ?? 10_000);
    try {
      if (this.closed) request.abort();
      return await call(request.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Rows with something to ask: a place and all it has no fresh way to. */
  private missing(places: readonly Place[]): { readonly from: Place; readonly to: readonly Place[] }[] {
    const old = this.options.now() - FRESH_MS;
    return places.flatMap((from) => {
      const to = places.filter(
        (place) => place !== from && (this.known.get(from, place)?.askedAt ?? Number.NEGATIVE_INFINITY) < old,
      );
      return to.length === 0 ? [] : [{ from, to }];
    });
  }

  private async ask(
    service: TableService,
    missing: readonly { readonly from: Place; readonly to: readonly Place[] }[],
  ): Promise<void> {
    const side = Math.max(1, Math.floor(service.mostPlaces / 2));
    try {
      for (const sources of slices(missing, side)) {
        const wanted = [...new Set(sources.flatMap(({ to }) => to))];
        for (const destinations of slices(wanted, side)) {
          const from = sources.map((row) => row.from);
          const { seconds, metres } = await this.inTime((signal) => service.table(from, destinations, signal));
          const askedAt = this.options.now();
          from.forEach((source, row) => {
            destinations.forEach((destination, column) => {
              const k = row * destinations.length + column;
              this.known.set(source, destination, {
                seconds: seconds[k] as number,
                metres: metres[k] as number,
                askedAt,
              });
            });
          });
          this.answeredAt = askedAt;
        }
      }
      this.failing = null;
    } catch (error) {
      const at = this.options.now();
      this.failing = {
        since: this.failing?.since ?? at,
        problem: (error as Error).message,
        times: (this.failing?.times ?? 0) + 1,
        at,
      };
    }
  }
}

/** Whether it came in time. The timer keeps no process alive. */
function within(work: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    timer.unref();
    void work.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function* slices<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += size) yield list.slice(from, from + size);
}

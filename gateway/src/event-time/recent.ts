import type { Instant } from '@uptower/domain';
import { type Checkpoint, type FoldState, foldOf, type Mark, type Moment } from './past.ts';

/** So many moments of a device at least are remembered (twice as many at most), unless it sent fewer. */
export const RECENT = 16;
/** More are not gathered while something waits to be judged anew. */
const MOST = 512;

/** Moments newer than `base`, in order; `base` null: from the device's beginning. */
export interface Stretch {
  readonly base: Checkpoint | null;
  readonly moments: Moment[];
}

/**
 * The latest moments of each device, in memory only: readings that come a little late, and the whole life of a device that
 * has sent little, are judged anew without asking the store. After a restart it begins empty.
 */
export class RecentMoments {
  private readonly byDevice = new Map<string, Stretch[]>();
  /** Devices whose history is being read: what comes meanwhile is noted beside it. */
  private readonly taps = new Map<string, Moment[]>();

  /** A moment newer than everything folded; `state` is the fold before it, of everything up to `at`; `taken`: the same, if it was just written. */
  follow(deviceId: string, at: Instant | null, state: FoldState, moment: Moment, taken?: Checkpoint): void {
    if (this.taps.size > 0) this.taps.get(deviceId)?.push(moment);
    let stretches = this.byDevice.get(deviceId);
    const newest = stretches?.at(-1);
    if (!stretches || !newest || newest.moments.length >= RECENT) {
      const base: Checkpoint | null = at === null ? null : (taken ?? [at, foldOf(state)]);
      if (!stretches) {
        stretches = [];
        this.byDevice.set(deviceId, stretches);
      }
      stretches.push({ base, moments: [moment] });
      if (stretches.length > 2) stretches.shift();
    } else newest.moments.push(moment);
  }

  /** A moment newer than everything, while what was folded is in doubt. */
  append(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    const newest = this.byDevice.get(deviceId)?.at(-1);
    if (!newest) return;
    newest.moments.push(moment);
    if (newest.moments.length > MOST) this.byDevice.delete(deviceId);
  }

  /** Values of the newest moment that came apart from the rest. */
  join(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    const newest = this.byDevice.get(deviceId)?.at(-1);
    if (newest) insert(newest.moments, moment);
  }

  /** The newest moment, as far as it has come. */
  newest(deviceId: string): Moment | undefined {
    return this.byDevice.get(deviceId)?.at(-1)?.moments.at(-1);
  }

  /** From now on every moment of this device is also noted in the result, until `untap`. */
  tap(deviceId: string): Moment[] {
    const noted: Moment[] = [];
    this.taps.set(deviceId, noted);
    return noted;
  }

  untap(deviceId: string): void {
    this.taps.delete(deviceId);
  }

  /** Something came late: what was computed from there on is void. `moment`: null when it is no reading. */
  late(deviceId: string, at: Instant, moment: Moment | null): void {
    if (moment) this.taps.get(deviceId)?.push(moment);
    const stretches = this.byDevice.get(deviceId);
    const [first, ...rest] = stretches ?? [];
    if (!first) return;
    if (first.base && at <= first.base[0]) {
      this.byDevice.delete(deviceId);
      return;
    }
    const cut = rest.findIndex(({ base }) => base && at <= base[0]);
    if (cut >= 0) {
      for (const { moments } of rest.splice(cut)) (rest[cut - 1] ?? first).moments.push(...moments);
      this.byDevice.set(deviceId, [first, ...rest]);
    }
    const holder = [first, ...rest].findLast(({ base }) => base === null || at > base[0]) ?? first;
    if (moment) insert(holder.moments, moment);
  }

  /** The newest stretch that begins before `at`, with all moments from there on; undefined when it is not in memory. */
  since(deviceId: string, at: Instant): Stretch | undefined {
    const stretches = this.byDevice.get(deviceId) ?? [];
    const index = stretches.findLastIndex(({ base }) => base === null || base[0] < at);
    const found = stretches[index];
    return found && { base: found.base, moments: stretches.slice(index).flatMap(({ moments }) => moments) };
  }

  /** Every moment of the device from `at` on, and some before; undefined when that is not all in memory. */
  allSince(deviceId: string, at: Instant): readonly Moment[] | undefined {
    const stretch = this.since(deviceId, at);
    if (!stretch) return undefined;
    // Read from the store, a beginning is that of what was asked for.
    return stretch.base !== null || at >= (stretch.moments[0]?.ts ?? at) ? stretch.moments : undefined;
  }

  /** The first moment of its life. */
  begin(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    this.replace(deviceId, { base: null, moments: [moment] });
  }

  /** After a replay: what is to be remembered now. */
  replace(deviceId: string, stretch: Stretch): void {
    this.byDevice.set(deviceId, [stretch]);
  }

  forget(deviceId: string): void {
    this.byDevice.delete(deviceId);
  }
}

/** At its place; what is there of the same moment already is joined. */
export function insert(moments: Moment[], moment: Moment): void {
  let i = moments.length;
  while (i > 0 && (moments[i - 1] as Moment).ts > moment.ts) i -= 1;
  const same = moments[i - 1];
  if (same?.ts === moment.ts) moments[i - 1] = { ts: moment.ts, values: { ...same.values, ...moment.values } };
  else moments.splice(i, 0, moment);
}

/** Marks newer than `at`. */
export const marksAfter = (marks: readonly Mark[], at: Instant): Mark[] => marks.filter((mark) => mark.at > at);

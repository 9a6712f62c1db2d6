import type { Instant } from '@uptower/domain';
import { type Checkpoint, foldOf } from './fold.ts';
import type { FoldState, Mark, Moment } from './past.ts';
import { Tail } from './tail.ts';

/**
 * So many moments of a device at least are remembered (twice as many at most), unless it sent fewer; half as many of one
 * that is always in order.
 */
export const RECENT = 16;
/** More are not gathered while something waits to be judged anew. */
const MOST = 512;
/**
 * The state before a device's latest moments is kept too, of all devices together in so many bytes. When half of them are
 * taken, only of a device of which something came late, until so many times RECENT moments came in order; one that is
 * always in order does not need it. Of further devices the store is asked.
 */
const MOST_BYTES = 128 * 2 ** 20;
const CAREFUL = 32;

/** Moments newer than `base`, in order; `base` null: from the device's beginning. */
export interface Stretch {
  readonly base: Checkpoint | null;
  readonly moments: Moment[];
}

/** `base` undefined: the state before them is not kept. */
interface Held {
  readonly base: Checkpoint | null | undefined;
  readonly tail: Tail;
  /** Bytes of a base that is nobody else's. */
  readonly bytes: number;
}

interface Memory {
  /** One or two, without a gap between them. */
  stretches: [Held, ...Held[]];
  /** Of how many more stretches the state before them is kept. */
  careful: number;
}

/**
 * The latest moments of each device, in memory only: readings that come a little late, and the whole life of a device that
 * has sent little, are judged anew without asking the store. After a restart it begins empty.
 */
export class RecentMoments {
  private readonly byDevice = new Map<string, Memory>();
  /** Devices whose history is being read: what comes meanwhile is noted beside it. */
  private readonly taps = new Map<string, Moment[]>();
  private bytes = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** A moment newer than everything folded; `state` is the fold before it, of everything up to `at`; `taken`: the same, if it was just written. */
  follow(deviceId: string, at: Instant | null, state: FoldState, moment: Moment, taken?: Checkpoint): void {
    if (this.taps.size > 0) this.taps.get(deviceId)?.push(moment);
    const memory = this.byDevice.get(deviceId);
    if (!memory) {
      this.set(deviceId, { base: at === null ? null : taken, tail: Tail.of([moment]), bytes: 0 }, 0);
      return;
    }
    const { stretches } = memory;
    const newest = newestOf(memory);
    const enough = newest.base !== undefined || memory.careful > 0 ? RECENT : RECENT / 2;
    if (taken === undefined && newest.tail.length < enough) {
      newest.tail.push(moment);
      return;
    }
    if (stretches.length > 1) this.bytes -= stretches.shift()?.bytes ?? 0;
    const isLate = memory.careful > 0;
    if (isLate) memory.careful -= 1;
    const room = this.bytes < (isLate ? this.mostBytes : this.mostBytes / 2);
    const own = !taken && at !== null && room ? ([at, foldOf(state)] as const) : undefined;
    stretches.push({ base: taken ?? own, tail: Tail.of([moment]), bytes: sizeOf(own) });
    this.bytes += sizeOf(own);
  }

  /** A moment newer than everything, while what was folded is in doubt. */
  append(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    const memory = this.byDevice.get(deviceId);
    if (!memory) return;
    const { tail } = newestOf(memory);
    tail.push(moment);
    if (tail.length > MOST) this.forget(deviceId);
  }

  /** Values of the newest moment that came apart from the rest. */
  join(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    const memory = this.byDevice.get(deviceId);
    if (memory) newestOf(memory).tail.insert(moment);
  }

  /** The newest moment, as far as it has come. */
  newest(deviceId: string): Moment | undefined {
    const memory = this.byDevice.get(deviceId);
    return memory && newestOf(memory).tail.newest();
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
    const memory = this.byDevice.get(deviceId);
    if (!memory) return;
    memory.careful = CAREFUL;
    const [first, second] = memory.stretches;
    if (first.base && at <= first.base[0]) {
      this.forget(deviceId);
      return;
    }
    const isVoid = second?.base && at <= second.base[0];
    if (isVoid) {
      this.bytes -= second.bytes;
      for (const each of second.tail.all()) first.tail.push(each);
      memory.stretches = [first];
    }
    if (!moment) return;
    const isSecond = !isVoid && second && at > (second.base?.[0] ?? (second.tail.first ?? at) - 1);
    const holder = isSecond ? second : first;
    // Of before what is remembered it would stand alone.
    if (holder.base !== undefined || at >= (holder.tail.first ?? at)) holder.tail.insert(moment);
  }

  /** The newest stretch that begins before `at`, with all moments from there on; undefined when it is not in memory. */
  since(deviceId: string, at: Instant): Stretch | undefined {
    const stretches = this.byDevice.get(deviceId)?.stretches ?? [];
    const index = stretches.findLastIndex(({ base }) => base === null || (base && base[0] < at));
    const base = stretches[index]?.base;
    return base === undefined ? undefined : { base, moments: momentsOf(stretches.slice(index)) };
  }

  /** Every moment of the device from `at` on, and some before; undefined when that is not all in memory. */
  allSince(deviceId: string, at: Instant): readonly Moment[] | undefined {
    const [first, ...rest] = this.byDevice.get(deviceId)?.stretches ?? [];
    if (!first) return undefined;
    // Read from the store, a beginning is that of what was asked for.
    const isThere = (first.base && first.base[0] < at) || at >= (first.tail.first ?? Number.POSITIVE_INFINITY);
    return isThere ? momentsOf([first, ...rest]) : undefined;
  }

  /** The first moment of its life. */
  begin(deviceId: string, moment: Moment): void {
    this.taps.get(deviceId)?.push(moment);
    this.replace(deviceId, { base: null, moments: [moment] });
  }

  /** After a replay: what is to be remembered now. */
  replace(deviceId: string, { base, moments }: Stretch): void {
    const kept = base === null || this.bytes < this.mostBytes ? base : undefined;
    this.set(deviceId, { base: kept, tail: Tail.of(moments), bytes: sizeOf(kept) }, CAREFUL);
  }

  forget(deviceId: string): void {
    for (const { bytes } of this.byDevice.get(deviceId)?.stretches ?? []) this.bytes -= bytes;
    this.byDevice.delete(deviceId);
  }

  private set(deviceId: string, stretch: Held, careful: number): void {
    this.forget(deviceId);
    this.bytes += stretch.bytes;
    this.byDevice.set(deviceId, { stretches: [stretch], careful });
  }
}

const newestOf = ({ stretches }: Memory): Held => stretches.at(-1) as Held;
const momentsOf = (stretches: readonly Held[]): Moment[] => stretches.flatMap(({ tail }) => tail.all());
const sizeOf = (base: Held['base']): number => base?.[1].size ?? 0;

/** Marks newer than `at`. */
export const marksAfter = (marks: readonly Mark[], at: Instant): Mark[] => marks.filter((mark) => mark.at > at);

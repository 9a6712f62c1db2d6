import { type Instant, MINUTE, type Value } from '@uptower/domain';

/**
 * What a device already sent, in bounded space, JSON-serialisable. MQTT QoS 1 redelivers, gateways resend whole batches.
 *
 * Numbered readings are remembered as runs: sequence numbers a..b without a hole, measured from t0 to t1. What lies in no
 * run, in number and time, was never sent. What lies in one was, if the device has one counter; where several programs
 * count for themselves it may be another's. So it is told apart by the last numbers one by one, and beyond them by what
 * is stored. A restart of the device (numbers begin again, later) is something new, and an uninterrupted stream is one
 * run, however long. Of a stream with many holes the oldest runs are forgotten; what is no newer than those may be either.
 * A number without a time is remembered by a hash for some minutes.
 * Unnumbered readings are remembered by a hash of time and values, the latest `HASHES` of them. One that is newer than all
 * before it is new for certain; an older one that is not among the latest may be either, and the store is asked.
 */
export interface Seen {
  runs: [firstSeq: number, lastSeq: number, firstTs: Instant, lastTs: Instant][];
  hashes: number[];
  /** Time of the newest unnumbered reading. */
  newest?: Instant;
  /** Time of the newest numbered reading whose run was forgotten. */
  forgotten?: Instant;
  /** In memory only. */
  last?: LastNumbers;
}

const MAX_RUNS = 64;
const HASHES = 128;

export const nothingSeen = (): Seen => ({ runs: [], hashes: [] });

export interface Sighting {
  readonly seq: number | null;
  readonly ts: Instant;
  /** False: `ts` is the moment of receipt and says nothing about sameness. */
  readonly timed: boolean;
  readonly values: Readonly<Record<string, Value>>;
}

/**
 * What must be stored of its moment for a reading in doubt to count as sent again: the same values, or, where the very
 * number came with that time lately, any value of each of its metrics (of two values of one moment the later stands).
 */
export type Doubt = 'values' | 'moment';

/** Whether this was seen before; remembers it. A `Doubt`: only what is stored can tell. */
export function sighted(seen: Seen, item: Sighting): 'new' | 'seen' | Doubt {
  if (item.seq !== null && item.timed) return sightedNumber(seen, item.seq, item.ts);
  // Neither number nor time: two equal messages may well be two measurements.
  if (item.seq === null && !item.timed) return 'new';
  const all = seen.hashes.length < HASHES;
  if (item.seq !== null) return isRedelivered(seen, item) ? 'seen' : 'new';
  if (isHashed(seen, hashOf(JSON.stringify([item.ts, item.values])))) return 'seen';
  const newest = seen.newest ?? Number.NEGATIVE_INFINITY;
  seen.newest = Math.max(newest, item.ts);
  return item.ts > newest || all ? 'new' : 'values';
}

/** Whether what is known of a moment shows that a reading in doubt was taken before. */
export function wasTaken(values: Sighting['values'], there: Sighting['values'] | undefined, doubt: Doubt): boolean {
  if (!there) return false;
  for (const metric in values) {
    if (!Object.hasOwn(there, metric)) return false;
    if (doubt === 'values' && there[metric] !== values[metric]) return false;
  }
  return true;
}

function sightedNumber(seen: Seen, seq: number, ts: Instant): 'new' | Doubt {
  seen.last ??= new LastNumbers(newestOf(seen));
  const { last, forgotten = Number.NEGATIVE_INFINITY } = seen;
  if (!isInRuns(seen, seq, ts)) {
    last.note(seq, ts);
    return ts > forgotten ? 'new' : 'values';
  }
  // Even the same number and time may be another program's: whose metrics they are the values tell.
  if (last.has(seq, ts)) return 'moment';
  // Longer ago the number says little: a clock may have been set back, and the numbers begun again.
  if (!last.reaches(ts)) return 'values';
  last.note(seq, ts);
  return 'new';
}

function newestOf({ runs, forgotten = Number.NEGATIVE_INFINITY }: Seen): Instant {
  return runs.reduce((newest, [, , , lastTs]) => Math.max(newest, lastTs), forgotten);
}

const LAST = 32;

/** Numbers and times of the last numbered readings, one by one: two programs that speak in turn are told apart. */
class LastNumbers {
  private readonly pairs = new Float64Array(2 * LAST).fill(Number.NaN);
  private next = 0;

  /** `before`: nothing newer than this came that is not remembered here. */
  constructor(private before: Instant) {}

  /** Whether everything of this moment that came is remembered. */
  reaches(ts: Instant): boolean {
    return ts > this.before;
  }

  has(seq: number, ts: Instant): boolean {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === seq && pairs[i + 1] === ts) return true;
    return false;
  }

  note(seq: number, ts: Instant): void {
    const { pairs, next } = this;
    const oldest = pairs[next + 1] as number;
    if (oldest > this.before) this.before = oldest;
    pairs[next] = seq;
    pairs[next + 1] = ts;
    this.next = (next + 2) % pairs.length;
  }

  /** Left out of snapshots: beyond what is remembered the store is asked. */
  toJSON(): undefined {
    return undefined;
  }
}

/** Without a clock of its own, a device that counts from 0 again after a restart repeats itself: that is something new. */
const REDELIVERED_WITHIN = 10 * MINUTE;

/** A number without a time is known with its values, for as long as redelivery takes: one to two such stretches. */
function isRedelivered(seen: Seen, { seq, ts, values }: Sighting): boolean {
  const stretch = Math.floor(ts / REDELIVERED_WITHIN);
  const before = hashOf(JSON.stringify([seq, stretch - 1, values]));
  return seen.hashes.includes(before) || isHashed(seen, hashOf(JSON.stringify([seq, stretch, values])));
}

/** For messages that are not readings. */
export function isRepeated(seen: Seen, text: string): boolean {
  return isHashed(seen, hashOf(text));
}

function isInRuns(seen: Seen, seq: number, ts: Instant): boolean {
  const { runs } = seen;
  for (let i = runs.length - 1; i >= 0; i -= 1) {
    const [firstSeq, lastSeq, firstTs, lastTs] = runs[i] as Seen['runs'][number];
    if (seq >= firstSeq && seq <= lastSeq && ts >= firstTs && ts <= lastTs) return true;
  }
  const before = runs.findLast((run) => run[1] === seq - 1 && run[3] <= ts);
  const after = runs.findLast((run) => run[0] === seq + 1 && run[2] >= ts);
  if (before && after) {
    before[1] = after[1];
    before[3] = after[3];
    runs.splice(runs.indexOf(after), 1);
  } else if (before) {
    before[1] = seq;
    before[3] = ts;
  } else if (after) {
    after[0] = seq;
    after[2] = ts;
  } else {
    runs.push([seq, seq, ts, ts]);
    if (runs.length > MAX_RUNS) {
      const [[, , , lastTs]] = runs.splice(oldestOf(runs), 1) as [Seen['runs'][number]];
      seen.forgotten = Math.max(seen.forgotten ?? lastTs, lastTs);
    }
  }
  return false;
}

function oldestOf(runs: Seen['runs']): number {
  let oldest = 0;
  for (let i = 1; i < runs.length; i += 1)
    if ((runs[i] as Seen['runs'][number])[3] < (runs[oldest] as Seen['runs'][number])[3]) oldest = i;
  return oldest;
}

function isHashed(seen: Seen, hash: number): boolean {
  if (seen.hashes.includes(hash)) return true;
  seen.hashes.push(hash);
  if (seen.hashes.length > HASHES) seen.hashes.shift();
  return false;
}

/** 53 bits of cyrb53 (public domain, bryc): enough for a window of 128, small as a JSON number. */
function hashOf(text: string): number {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ code, 2654435761);
    h2 = Math.imul(h2 ^ code, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return 4294967296 * (2097151 & h2) + (h1 >>> 0);
}

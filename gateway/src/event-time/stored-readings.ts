import { DAY, HOUR, type Instant, MINUTE, type Reading, type ReadingPoint, SECOND } from '@uptower/domain';
import { type Doubt, wasTaken } from '../telemetry/dedupe.ts';
import type { Moment } from './past.ts';
import type { RecentMoments } from './recent.ts';

/** A reading the look for duplicates left in doubt, or not. */
export type Doubtful = Reading & { readonly unsure?: Doubt };

/** The newest `limit` moments in `[from, to)`, oldest first, everything taken so far among them. */
export type RangeOf = (deviceId: string, from: Instant, to: Instant, limit: number) => Promise<readonly ReadingPoint[]>;

/** So many moments are read at once; a device that has more in a day is looked at by the hour, and so on. */
const PAGE = 5_000;
const WIDTHS = [DAY, HOUR, MINUTE, SECOND] as const;
/** Moments remembered of all devices together, about 200 bytes each. */
const MOST_HELD = 100_000;
/** What was not asked about while so many readings came is not kept up any longer. */
const UNASKED = 1_000;

/** All that is stored of a device in `[from, to)`. */
interface Block {
  readonly from: Instant;
  readonly to: Instant;
  readonly moments: Map<Instant, Moment['values']>;
  /** Readings noted since it was last asked. */
  unasked: number;
}

/**
 * Whether a reading in doubt is in the store already: a device that sends its buffer again must not double it, and what
 * only looks as if it came again must not be lost. A stretch around it is read once and remembered for what else comes of
 * that time.
 */
export class StoredReadings {
  /** The last asked come last. */
  private readonly blocks = new Map<string, Block[]>();
  /** Moments and blocks. */
  private held = 0;

  constructor(private readonly range: RangeOf) {}

  /** Those of one message's readings that are not in the store. Where it does not answer they are: stored perhaps once more. */
  async missing<R extends Doubtful>(readings: readonly R[]): Promise<readonly R[]> {
    // The stretches they lie in are read before: what this very message brings is in no store yet.
    for (const reading of readings) if (reading.unsure) await this.has(reading).catch(() => false);
    const missing: R[] = [];
    for (const reading of readings) {
      if (reading.unsure && (await this.has(reading).catch(() => false))) continue;
      missing.push(reading);
      this.note(reading);
    }
    return missing;
  }

  /** Stored now. */
  note({ deviceId, ts, values }: Reading): void {
    const blocks = this.blocks.get(deviceId);
    if (!blocks) return;
    for (let i = blocks.length - 1; i >= 0; i -= 1) {
      const block = blocks[i] as Block;
      if (ts < block.from || ts >= block.to) continue;
      const there = block.moments.get(ts);
      if (!there) this.held += 1;
      block.moments.set(ts, there ? { ...there, ...values } : values);
      block.unasked += 1;
      if (block.unasked > UNASKED) this.drop(deviceId, blocks, block);
    }
  }

  /** Rejects while the store does not answer. */
  private async has({ deviceId, ts, values, unsure = 'values' }: Doubtful): Promise<boolean> {
    const block = this.blockOf(deviceId, ts) ?? (await this.read(deviceId, ts));
    block.unasked = 0;
    return wasTaken(values, block.moments.get(ts), unsure);
  }

  private blockOf(deviceId: string, ts: Instant): Block | undefined {
    const blocks = this.blocks.get(deviceId);
    if (!blocks) return undefined;
    this.blocks.delete(deviceId);
    this.blocks.set(deviceId, blocks);
    return blocks.findLast(({ from, to }) => ts >= from && ts < to);
  }

  private async read(deviceId: string, ts: Instant): Promise<Block> {
    for (const width of WIDTHS) {
      const from = Math.floor(ts / width) * width;
      const points = await this.range(deviceId, from, from + width, PAGE);
      if (points.length < PAGE) return this.hold(deviceId, from, from + width, points);
      // The newest of too many.
      const [oldest] = points;
      if (oldest && oldest.ts <= ts) return this.hold(deviceId, oldest.ts, from + width, points);
    }
    throw new Error('more than a thousand moments in a second');
  }

  private hold(deviceId: string, from: Instant, to: Instant, points: readonly ReadingPoint[]): Block {
    const block = { from, to, moments: new Map(points.map((point) => [point.ts, point.values])), unasked: 0 };
    const blocks = this.blocks.get(deviceId) ?? [];
    blocks.push(block);
    this.blocks.set(deviceId, blocks);
    this.held += 1 + block.moments.size;
    for (const [oldestId, oldest] of this.blocks) {
      while (this.held > MOST_HELD && oldest[0] && oldest[0] !== block) this.drop(oldestId, oldest, oldest[0]);
      if (this.held <= MOST_HELD) break;
    }
    return block;
  }

  private drop(deviceId: string, blocks: Block[], block: Block): void {
    blocks.splice(blocks.indexOf(block), 1);
    this.held -= 1 + block.moments.size;
    if (blocks.length === 0) this.blocks.delete(deviceId);
  }
}

/** The same from memory, for a reading of a message of which `taken` was taken so far. Undefined: the store knows. */
export function isKnown(
  { deviceId, ts, values }: Pick<Reading, 'deviceId' | 'ts' | 'values'>,
  doubt: Doubt,
  taken: readonly Moment[],
  recent: RecentMoments,
): boolean | undefined {
  for (const moment of taken) if (moment.ts === ts && wasTaken(values, moment.values, doubt)) return true;
  const moments = recent.allSince(deviceId, ts);
  return moments && wasTaken(values, moments.find((moment) => moment.ts === ts)?.values, doubt);
}

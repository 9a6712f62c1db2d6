import { HOUR, type Instant } from '@uptower/domain';
import type { Checkpoint } from './fold.ts';

/** One is taken at most this often, in event time; one of more than so many bytes less often, down to every twelve hours. */
export const CHECKPOINT_EVERY = HOUR;
const BYTES_AN_HOUR = 1_024;
const MOST_HOURS = 12;
/**
 * So many are kept, the older the further apart, and fewer of many bytes: what they cost is memory, what they save is
 * reading again. Of the largest one, and the one before it until the newest is so old that little comes later than it.
 */
const KEPT = 6;
const KEPT_BYTES = 16_384;
const OLD_ENOUGH = HOUR;

/** `phase`: see `phaseOf`. */
export function isCheckpointDue(checkpoints: readonly Checkpoint[], at: Instant, phase: number): boolean {
  const last = checkpoints.at(-1);
  if (!last) return true;
  const every = Math.min(MOST_HOURS, Math.max(1, last[1].size / BYTES_AN_HOUR)) * CHECKPOINT_EVERY;
  const offset = phase * every;
  return Math.floor((at + offset) / every) > Math.floor((last[0] + offset) / every);
}

/** Between 0 and 1, by device: so that a fleet does not take its checkpoints all at once. FNV-1a, mixed. */
export function phaseOf(deviceId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < deviceId.length; i += 1) hash = Math.imul(hash ^ deviceId.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Adds the newest and lets some go when there are too many. */
export function addCheckpoint(checkpoints: Checkpoint[], taken: Checkpoint): void {
  checkpoints.push(taken);
  letSomeGo(checkpoints, taken[0]);
}

/**
 * Too many: lets those go whose neighbours are closest to each other for their age. What remains lies about evenly on a
 * logarithmic scale of age: hours, a day, days, weeks.
 */
export function letSomeGo(checkpoints: Checkpoint[], at: Instant): void {
  while (checkpoints.length > KEPT || (checkpoints.length > 2 && sizeOf(checkpoints) > KEPT_BYTES))
    letOneGo(checkpoints, at);
  const newest = checkpoints[1];
  if (checkpoints.length === 2 && newest && at - newest[0] >= OLD_ENOUGH && sizeOf(checkpoints) > KEPT_BYTES)
    checkpoints.shift();
}

const sizeOf = (checkpoints: readonly Checkpoint[]) => checkpoints.reduce((sum, [, { size }]) => sum + size, 0);

function letOneGo(checkpoints: Checkpoint[], at: Instant): void {
  let least = { index: 1, share: Number.POSITIVE_INFINITY };
  for (let i = 1; i < checkpoints.length - 1; i += 1) {
    const [before, after] = [(checkpoints[i - 1] as Checkpoint)[0], (checkpoints[i + 1] as Checkpoint)[0]];
    const share = (after - before) / (at - before + CHECKPOINT_EVERY);
    if (share < least.share) least = { index: i, share };
  }
  checkpoints.splice(least.index, 1);
}

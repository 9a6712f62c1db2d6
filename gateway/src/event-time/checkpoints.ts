import { HOUR, type Instant } from '@uptower/domain';
import type { Checkpoint } from './past.ts';

/** One is taken at most this often, in event time. */
export const CHECKPOINT_EVERY = HOUR;
/** So many are kept: the older, the further apart. A device's take some kilobytes. */
const KEPT = 6;

export const isCheckpointDue = (checkpoints: readonly Checkpoint[], at: Instant): boolean =>
  at - (checkpoints.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY) >= CHECKPOINT_EVERY;

/**
 * Adds the newest and lets one go when there are too many: that whose neighbours are closest to each other for their age.
 * What remains lies about evenly on a logarithmic scale of age: hours, a day, days, weeks.
 */
export function addCheckpoint(checkpoints: Checkpoint[], taken: Checkpoint): void {
  checkpoints.push(taken);
  if (checkpoints.length <= KEPT) return;
  let least = { index: 1, share: Number.POSITIVE_INFINITY };
  for (let i = 1; i < checkpoints.length - 1; i += 1) {
    const [before, after] = [(checkpoints[i - 1] as Checkpoint)[0], (checkpoints[i + 1] as Checkpoint)[0]];
    const share = (after - before) / (taken[0] - before + CHECKPOINT_EVERY);
    if (share < least.share) least = { index: i, share };
  }
  checkpoints.splice(least.index, 1);
}

import { HOUR, type Instant } from '@uptower/domain';
import type { Checkpoint } from './past.ts';

/** One is taken at most this often, in event time; one of more than so many characters less often, down to every six hours. */
export const CHECKPOINT_EVERY = HOUR;
const CHARACTERS_AN_HOUR = 4_096;
const MOST_HOURS = 6;
/** So many are kept, the older the further apart, and fewer of many characters: what they cost is memory, what they save is reading again. */
const KEPT = 6;
const KEPT_CHARACTERS = 40_000;
const KEPT_AT_LEAST = 2;

export function isCheckpointDue(checkpoints: readonly Checkpoint[], at: Instant): boolean {
  const last = checkpoints.at(-1);
  if (!last) return true;
  const hours = Math.min(MOST_HOURS, Math.max(1, last[1].length / CHARACTERS_AN_HOUR));
  return at - last[0] >= hours * CHECKPOINT_EVERY;
}

/**
 * Adds the newest and lets one go when there are too many: that whose neighbours are closest to each other for their age.
 * What remains lies about evenly on a logarithmic scale of age: hours, a day, days, weeks.
 */
export function addCheckpoint(checkpoints: Checkpoint[], taken: Checkpoint): void {
  checkpoints.push(taken);
  while (
    checkpoints.length > KEPT ||
    (checkpoints.length > KEPT_AT_LEAST && charactersOf(checkpoints) > KEPT_CHARACTERS)
  )
    letOneGo(checkpoints, taken);
}

const charactersOf = (checkpoints: readonly Checkpoint[]) =>
  checkpoints.reduce((sum, [, state]) => sum + state.length, 0);

function letOneGo(checkpoints: Checkpoint[], taken: Checkpoint): void {
  let least = { index: 1, share: Number.POSITIVE_INFINITY };
  for (let i = 1; i < checkpoints.length - 1; i += 1) {
    const [before, after] = [(checkpoints[i - 1] as Checkpoint)[0], (checkpoints[i + 1] as Checkpoint)[0]];
    const share = (after - before) / (taken[0] - before + CHECKPOINT_EVERY);
    if (share < least.share) least = { index: i, share };
  }
  checkpoints.splice(least.index, 1);
}

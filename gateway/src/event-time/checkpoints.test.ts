import { DAY, HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import { addCheckpoint, isCheckpointDue } from './checkpoints.ts';
import type { Checkpoint } from './past.ts';

/** Checkpoints after so many hours of a fold of so many characters. */
function after(hours: number, characters: number): Checkpoint[] {
  const checkpoints: Checkpoint[] = [];
  for (let at = 0; at <= hours * HOUR; at += HOUR / 4)
    if (isCheckpointDue(checkpoints, at)) addCheckpoint(checkpoints, [at, 'x'.repeat(characters)]);
  return checkpoints;
}

test('six of a small fold, over the whole of its life', () => {
  const kept = after(30 * 24, 2_000);
  expect(kept).toHaveLength(6);
  expect(kept[0]?.[0]).toBe(0);
  expect(30 * DAY - (kept.at(-1)?.[0] ?? 0)).toBeLessThanOrEqual(HOUR);
});

test('of a large fold fewer and further apart, never less than two', () => {
  for (const characters of [16_000, 100_000]) {
    const kept = after(30 * 24, characters);
    expect(kept.length).toBe(2);
    expect(30 * DAY - (kept.at(-1)?.[0] ?? 0)).toBeLessThanOrEqual(6 * HOUR);
  }
});

import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { expect, test } from 'vitest';
import { addCheckpoint, isCheckpointDue, letSomeGo, phaseOf } from './checkpoints.ts';
import { type Checkpoint, PackedFold } from './fold.ts';

/** Checkpoints after so many hours of a fold of so many bytes. */
function after(hours: number, bytes: number, phase = 0): Checkpoint[] {
  const checkpoints: Checkpoint[] = [];
  for (let at = 0; at <= hours * HOUR; at += HOUR / 4)
    if (isCheckpointDue(checkpoints, at, phase))
      addCheckpoint(checkpoints, [at, new PackedFold('', new Uint8Array(bytes), '')]);
    else letSomeGo(checkpoints, at);
  return checkpoints;
}

test('six of a small fold, over the whole of its life', () => {
  const kept = after(30 * 24, 2_000);
  expect(kept).toHaveLength(6);
  expect(kept[0]?.[0]).toBe(0);
  expect(30 * DAY - (kept.at(-1)?.[0] ?? 0)).toBeLessThanOrEqual(2 * HOUR);
});

test('of a large fold the newest alone, and the one before as long as something may come later than the newest', () => {
  for (const bytes of [11_000, 100_000])
    for (let hours = 30 * 24; hours < 30 * 24 + 24; hours += 1) {
      const kept = after(hours, bytes, 0.3);
      const age = hours * HOUR - (kept.at(-1)?.[0] ?? 0);
      expect(age).toBeLessThanOrEqual(12 * HOUR);
      expect(kept).toHaveLength(age < HOUR ? 2 : 1);
    }
});

test('a fleet takes them at different times', () => {
  const due = (id: string) => {
    const checkpoints: Checkpoint[] = [[0, new PackedFold('', new Uint8Array(20_000), '')]];
    let at = 0;
    while (!isCheckpointDue(checkpoints, at, phaseOf(id))) at += MINUTE;
    return Math.floor(at / (2 * HOUR));
  };
  const times = Array.from({ length: 600 }, (_, i) => due(`dev_${i}`));
  for (let slot = 0; slot < 6; slot += 1)
    expect(Math.abs(times.filter((time) => time === slot).length - 100)).toBeLessThan(50);
});

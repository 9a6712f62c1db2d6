import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pauseAfter, type Retry, retrying } from './retrying.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How long a session is in before it is over, ms; null: it never gets in. */
type Session = number | null;

/** Runs these sessions, then one that stays; the pauses before each but the first, ms. */
async function pausesBetween(sessions: readonly Session[]): Promise<number[]> {
  const pauses: number[] = [];
  let endedAt: number | undefined;
  let number = 0;
  const retry: Retry = retrying(
    async (isIn) => {
      if (endedAt !== undefined) pauses.push(performance.now() - endedAt);
      const lasts = sessions[number++];
      if (lasts === undefined) return new Promise(() => undefined);
      if (lasts === null) throw new Error('refused');
      isIn();
      await new Promise((resolve) => setTimeout(resolve, lasts));
      return 'gone';
    },
    () => {
      endedAt = performance.now();
    },
  );
  await vi.advanceTimersByTimeAsync(3_600_000);
  retry.stop();
  expect(pauses).toHaveLength(sessions.length);
  return pauses;
}

/** Which of the doubled pauses each of these is. */
const steps = (pauses: readonly number[]) =>
  pauses.map((pause) =>
    [500, 1000, 2000, 4000, 5000].filter((whole) => pause >= Math.floor(whole / 2) && pause <= whole),
  );

test('the pause is half to all of 0.5, 1, 2, 4 and then 5 s', () => {
  expect([0, 1, 2, 3, 4, 5, 5000].map((failures) => pauseAfter(failures, 0))).toEqual([
    250, 500, 1000, 2000, 2500, 2500, 2500,
  ]);
  expect(pauseAfter(0, 0.5)).toBe(375);
  expect(pauseAfter(9, 1)).toBe(5000);
});

test('with a broker that stays away the pauses grow, up to the longest', async () => {
  const found = steps(await pausesBetween(Array(6).fill(null)));
  [500, 1000, 2000, 4000, 5000, 5000].forEach((whole, i) => {
    expect(found[i]).toContain(whole);
  });
});

test('a session that was in for a second begins anew, however often before there was none', async () => {
  const found = steps(await pausesBetween([null, null, null, null, 1000, null]));
  [500, 1000, 2000, 4000, 500, 1000].forEach((whole, i) => {
    expect(found[i]).toContain(whole);
  });
});

test('losing a broker again and again, each time after a second, costs a first pause each', async () => {
  for (const pause of await pausesBetween(Array(20).fill(1000))) expect(pause).toBeLessThanOrEqual(500);
});

test('getting in and out at once is no success: the pauses grow', async () => {
  const pauses = await pausesBetween(Array(8).fill(10));
  expect(pauses.at(-1)).toBeGreaterThanOrEqual(2500);
});

test('stopping ends the pause', async () => {
  let sessions = 0;
  const retry = retrying(
    async () => {
      sessions += 1;
      throw new Error('refused');
    },
    () => undefined,
  );
  await vi.advanceTimersByTimeAsync(0);
  retry.stop();
  await retry.over();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sessions).toBe(1);
});

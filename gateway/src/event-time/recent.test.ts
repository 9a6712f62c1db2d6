import { MINUTE } from '@uptower/domain';
import { expect, test } from 'vitest';
import { noEvidence } from '../uptime/evidence.ts';
import { type Checkpoint, foldOf } from './fold.ts';
import { beginning } from './past.ts';
import { RECENT, RecentMoments } from './recent.ts';

/** Half of what there is room for is taken by others. */
function crowded(): RecentMoments {
  const recent = new RecentMoments(4 * foldOf(state).size);
  for (const id of ['dev_x', 'dev_y']) recent.replace(id, { base: checkpoint(0), moments: [] });
  return recent;
}

const state = beginning({ evidence: noEvidence() });
const at = (minute: number) => minute * MINUTE;
const moment = (minute: number) => ({ ts: at(minute), values: { a: minute } });
const checkpoint = (minute: number): Checkpoint => [at(minute), foldOf(state)];

/** Moments a minute apart, as they come in order; `from` − 1 is folded. */
function follow(recent: RecentMoments, from: number, to: number): void {
  for (let minute = from; minute < to; minute += 1)
    recent.follow('dev_a', minute === 0 ? null : at(minute - 1), state, moment(minute));
}
const minutes = (recent: RecentMoments, minute: number) =>
  recent.since('dev_a', at(minute))?.moments.map(({ ts }) => ts / MINUTE);

test('the whole life of a young device is in memory', () => {
  const recent = new RecentMoments();
  follow(recent, 0, 2 * RECENT);
  expect(recent.since('dev_a', -1)).toMatchObject({ base: null });
  expect(minutes(recent, 3)).toHaveLength(2 * RECENT);
});

test('while there is room, of each device the state before its last moments is kept', () => {
  const recent = new RecentMoments();
  follow(recent, 0, 100);
  for (const late of [99, 90, 84]) expect(recent.since('dev_a', at(late))?.base?.[0]).toBeLessThan(at(late));
});

test('else of one that is always in order its last moments alone, and all since a new checkpoint', () => {
  const recent = crowded();
  follow(recent, 0, 100);
  expect(recent.since('dev_a', at(99))).toBeUndefined();
  expect(recent.allSince('dev_a', at(95))?.at(-1)).toEqual(moment(99));
  expect(recent.allSince('dev_a', at(50))).toBeUndefined();
  expect(recent.newest('dev_a')).toEqual(moment(99));
  const taken = checkpoint(99);
  recent.follow('dev_a', at(99), state, moment(100), taken);
  follow(recent, 101, 105);
  expect(recent.since('dev_a', at(102))?.base).toBe(taken);
  expect(minutes(recent, 102)).toEqual([100, 101, 102, 103, 104]);
  expect(recent.since('dev_a', at(99))).toBeUndefined();
});

test('of one that was late it is, and what comes late again finds it; until it was long in order', () => {
  const recent = crowded();
  follow(recent, 0, 100);
  const base = checkpoint(80);
  recent.late('dev_a', at(90), { ts: at(90) + 1, values: { a: 7 } });
  recent.replace('dev_a', { base, moments: [moment(98), moment(99)] });
  follow(recent, 100, 300);
  for (const late of [299, 290, 284]) {
    const found = recent.since('dev_a', at(late));
    expect(found?.base?.[0]).toBeLessThan(at(late));
    expect(found?.moments.at(-1)).toEqual(moment(299));
  }
  // Between the last moment before a state and the next one it belongs to what comes after the state.
  const boundary = recent.since('dev_a', at(299))?.base?.[0] as number;
  recent.late('dev_a', boundary + 1, { ts: boundary + 1, values: { a: 7 } });
  expect(recent.since('dev_a', boundary + 2)?.moments[0]?.ts).toBe(boundary + 1);
  follow(recent, 300, 2_000);
  expect(recent.since('dev_a', at(1_999))).toBeUndefined();
});

test('what is void is not gone back to', () => {
  const recent = new RecentMoments();
  recent.replace('dev_a', { base: checkpoint(0), moments: [] });
  follow(recent, 1, 1 + RECENT + 4);
  const [before, after] = [recent.since('dev_a', at(2)), recent.since('dev_a', at(RECENT + 4))];
  expect(after?.base?.[0]).toBe(at(RECENT));
  recent.late('dev_a', at(3), { ts: at(3) + 1, values: { a: 7 } });
  const left = recent.since('dev_a', at(RECENT + 4));
  expect(left?.base).toBe(before?.base);
  expect(left?.moments).toHaveLength(RECENT + 5);
  // Before everything remembered: nothing of it counts.
  recent.late('dev_a', at(0), { ts: at(0), values: { a: 7 } });
  expect(recent.since('dev_a', at(RECENT + 4))).toBeUndefined();
});

test('such states take no more than so many bytes in all, of whatever number of devices', () => {
  const size = foldOf(state).size;
  const recent = new RecentMoments(10 * size);
  for (let i = 0; i < 100; i += 1) recent.replace(`dev_${i}`, { base: checkpoint(0), moments: [moment(1)] });
  const kept = () =>
    Array.from({ length: 100 }, (_, i) => recent.since(`dev_${i}`, at(1))).filter((found) => found).length;
  expect(kept()).toBe(10);
  for (let i = 0; i < 100; i += 2) recent.forget(`dev_${i}`);
  expect(kept()).toBe(5);
  for (let i = 50; i < 100; i += 1) recent.replace(`dev_${i}`, { base: checkpoint(0), moments: [moment(1)] });
  expect(kept()).toBe(10);
});

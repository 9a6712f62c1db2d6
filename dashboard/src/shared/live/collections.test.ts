import { describe, expect, test } from 'vitest';
import { applyDelta, applySnapshot, type Collection, EMPTY, forgetSeq } from './collections.ts';

interface Row {
  readonly id: string;
  readonly n: number;
}
const empty: Collection<Row> = EMPTY;
const snapshot = (seq: number, ...items: Row[]) => ({ collection: 'devices' as const, seq, items });
const delta = (seq: number, upserts: Row[], removes: string[] = []) => ({
  collection: 'devices' as const,
  seq,
  upserts,
  removes,
});

describe('a live collection', () => {
  test('takes a snapshot, then deltas in order', () => {
    const one = applySnapshot(empty, snapshot(4, { id: 'a', n: 1 }, { id: 'b', n: 1 }));
    const two = applyDelta(one, delta(5, [{ id: 'a', n: 2 }], ['b']));
    expect(two).toMatchObject({ ready: true, seq: 5, list: [{ id: 'a', n: 2 }] });
    expect(one.items.size).toBe(2); // the old object did not change
  });

  test('a missed number is a gap, never silently skipped', () => {
    const one = applySnapshot(empty, snapshot(4));
    expect(applyDelta(one, delta(6, []))).toBe('gap');
    expect(applyDelta(empty, delta(1, []))).toBe('gap');
  });

  test('the same snapshot again keeps the object, so nothing renders', () => {
    const one = applySnapshot(empty, snapshot(4, { id: 'a', n: 1 }));
    expect(applySnapshot(one, snapshot(4, { id: 'a', n: 1 }))).toBe(one);
  });

  test('after a reconnect the same number may mean other rows', () => {
    const one = forgetSeq(applySnapshot(empty, snapshot(4, { id: 'a', n: 1 })));
    expect(one.items.get('a')?.n).toBe(1);
    expect(applySnapshot(one, snapshot(4, { id: 'a', n: 2 })).items.get('a')?.n).toBe(2);
  });
});

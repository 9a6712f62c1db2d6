import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOnePiece, PIECE, sortInPieces } from './pieces.ts';

test('sorted as `sort` does it, equal ones in their order', () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 * PIECE }), fc.integer({ min: 1, max: 50 }), (length, kinds) => {
      const items = Array.from({ length }, (_, i) => ({ key: (i * 7_919) % kinds, i }));
      const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;
      expect(inOnePiece(sortInPieces(items, byKey))).toEqual([...items].sort(byKey));
    }),
    { numRuns: 20 },
  ));

test('no two yields are further apart than the comparisons of a piece', () => {
  let compared = 0;
  const items = Array.from({ length: 20 * PIECE }, (_, i) => (i * 7_919) % 10_007);
  const work = sortInPieces(items, (a, b) => {
    compared += 1;
    return a - b;
  });
  let most = 0;
  for (let before = 0; !work.next().done; before = compared) most = Math.max(most, compared - before);
  expect(most).toBeLessThan(PIECE * Math.log2(PIECE) * 1.2);
});

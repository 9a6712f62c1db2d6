import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Moment } from './past.ts';
import { insert, Tail } from './tail.ts';

const value = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.string({ maxLength: 3 }), fc.boolean());
const names = ['a', 'b', '__proto__', 'constructor', '1'];
const values = fc.oneof(
  fc.tuple(value, value).map(([a, b]) =>
    Object.fromEntries([
      ['a', a],
      ['b', b],
    ]),
  ),
  fc
    .uniqueArray(fc.constantFrom(...names))
    .chain((some) =>
      fc
        .tuple(...some.map(() => value))
        .map((all) => Object.fromEntries(all.map((each, i) => [some[i] as string, each]))),
    ),
);

/** With the names in order: what a moment is does not depend on it. */
const plain = (moments: readonly Moment[]) =>
  moments.map((moment) => [moment.ts, Object.entries(moment.values).sort(([a], [b]) => (a < b ? -1 : 1))]);

test('it holds what a plain list would hold, of whatever metrics', () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ late: fc.boolean(), by: fc.integer({ min: 1, max: 5 }), values }), { maxLength: 40 }),
      (steps) => {
        const tail = new Tail();
        const list: Moment[] = [];
        let now = 0;
        for (const { late, by, values } of steps) {
          if (late) {
            tail.insert({ ts: now - by, values });
            insert(list, { ts: now - by, values });
          } else {
            now += by;
            tail.push({ ts: now, values });
            list.push({ ts: now, values });
          }
          now = Math.max(now, list.at(-1)?.ts ?? now);
          expect(tail.length).toBe(list.length);
          expect(tail.first).toBe(list[0]?.ts);
          expect(plain([tail.newest() as Moment])).toEqual(plain([list.at(-1) as Moment]));
        }
        expect(plain(tail.all())).toEqual(plain(list));
        expect(plain(Tail.of(list).all())).toEqual(plain(list));
      },
    ),
    { numRuns: 500 },
  ));

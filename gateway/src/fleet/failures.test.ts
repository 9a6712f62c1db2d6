import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failures, type SecretKind } from './failures.ts';

const tryOf = (kind: SecretKind, username = 'dev_one', address = 'a') => ({ kind, username, address });

/** So many tries of this kind are looked at within a minute, however often and from wherever they come. */
function lookedAt(kind: SecretKind, tries: readonly { readonly username?: string; readonly address?: string }[]) {
  const failures = new Failures();
  let looked = 0;
  for (let now = 0; now < 60_000; now += 100)
    for (const { username, address } of tries) {
      const tried = tryOf(kind, username, address);
      if (failures.wait(tried, now) > 0) continue;
      failures.tried(tried, now);
      looked += 1;
    }
  return looked;
}
const times = <T>(count: number, of: (i: number) => T) => Array.from({ length: count }, (_, i) => of(i));

test('guesses at a chosen password are bounded by name and address together, by name, and by address', () => {
  expect(
    lookedAt(
      'chosen',
      times(20, () => ({})),
    ),
  ).toBeLessThanOrEqual(5 + 12);
  expect(
    lookedAt(
      'chosen',
      times(20, (i) => ({ address: `a${i}` })),
    ),
  ).toBeLessThanOrEqual(20 + 30);
  expect(
    lookedAt(
      'chosen',
      times(20, (i) => ({ username: `dev_${i}` })),
    ),
  ).toBeLessThanOrEqual(30 + 60);
});

test('nobody guesses a secret we made: only the work for it is bounded', () => {
  const looked = lookedAt(
    'made',
    times(100, (i) => ({ username: `dev_${i}` })),
  );
  expect(looked).toBeGreaterThan(6_000);
  expect(looked).toBeLessThanOrEqual(400 + 60 * 200);
});

test('one device with an old password does not hold up others at its address, nor itself elsewhere', () => {
  const failures = new Failures();
  for (let i = 0; i < 100; i += 1) failures.tried(tryOf('chosen', 'dev_one'), i * 10_000);
  const now = 1_000_000;
  for (let i = 0; i < 10; i += 1) failures.tried(tryOf('chosen', 'dev_one'), now);
  expect(failures.wait(tryOf('chosen', 'dev_one'), now)).toBeGreaterThan(0);
  expect(failures.wait(tryOf('chosen', 'dev_two'), now)).toBe(0);
  expect(failures.wait(tryOf('chosen', 'dev_one', 'b'), now)).toBe(0);
});

test('after the wait it says a try may be looked at; right ones cost nothing', () =>
  fc.assert(
    fc.property(
      fc.constantFrom<SecretKind>('made', 'chosen'),
      fc.array(fc.tuple(fc.nat(3_000), fc.boolean()), { maxLength: 200 }),
      (kind, steps) => {
        const failures = new Failures();
        let now = 0;
        for (const [ms, right] of steps) {
          now += ms + failures.wait(tryOf(kind), now + ms);
          expect(failures.wait(tryOf(kind), now)).toBe(0);
          const before = failures.wait(tryOf(kind), now);
          failures.tried(tryOf(kind), now);
          if (right) failures.succeeded(tryOf(kind), now);
          if (right) expect(failures.wait(tryOf(kind), now)).toBe(before);
        }
      },
    ),
  ));

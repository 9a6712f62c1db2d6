import { expect, test } from 'vitest';
import { hashSecret, secretMatches } from './secrets.ts';
import { createTokens } from './tokens.ts';

const key = new Uint8Array(32).fill(7);

test('a token carries its claims until it expires, and nobody else can make one', async () => {
  let now = 1_000_000;
  const tokens = createTokens(key, () => now);
  const token = await tokens.issue({ account: 'acc_1' }, 60);
  expect(await tokens.check(token)).toMatchObject({ account: 'acc_1' });
  const forged = await createTokens(new Uint8Array(32).fill(8), () => now).issue({ account: 'acc_1' }, 60);
  expect(await tokens.check(forged)).toBeUndefined();
  expect(await tokens.check(`${token.slice(0, -2)}xx`)).toBeUndefined();
  expect(await tokens.check('')).toBeUndefined();
  now += 61;
  expect(await tokens.check(token)).toBeUndefined();
});

test('a device secret matches its own hash only', () => {
  expect(secretMatches(hashSecret('one'), 'one')).toBe(true);
  expect(secretMatches(hashSecret('one'), 'two')).toBe(false);
});

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, hashSecret, isMadeByUs, secretMatches } from './secrets.ts';
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

test('a device secret matches its own hash only', async () => {
  const stored = await hashSecret('one');
  expect(stored).toMatch(/^\$argon2id\$/);
  expect(await secretMatches(stored, 'one')).toBe(true);
  expect(await secretMatches(stored, 'two')).toBe(false);
  expect(await secretMatches('not a hash', 'one')).toBe(false);
});

test('a hash tells whether we made the secret or a person chose it', async () => {
  expect(isMadeByUs(await hashSecret('one'))).toBe(true);
  expect(isMadeByUs(createHash('sha256').update('one').digest('hex'))).toBe(true);
  expect(isMadeByUs(await hashPassword('one'))).toBe(false);
});

test('a SHA-256 of earlier records still matches', async () => {
  const stored = createHash('sha256').update('one').digest('hex');
  expect(await secretMatches(stored, 'one')).toBe(true);
  expect(await secretMatches(stored, 'two')).toBe(false);
});

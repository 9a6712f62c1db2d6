import { expect, test } from 'vitest';
import { fromAccessToken } from './access-token.ts';

const read = (username?: string, password?: string) => {
  const given = fromAccessToken(username, password === undefined ? undefined : Buffer.from(password));
  return [given.username, given.password?.toString()];
};

test('a token without a password is taken apart at its first colon; anything else stays as it is', () => {
  expect(read('dev_one:se:cret')).toEqual(['dev_one', 'se:cret']);
  expect(read('dev_one:secret', '')).toEqual(['dev_one', 'secret']);
  expect(read('dev_one:secret', 'other')).toEqual(['dev_one:secret', 'other']);
  expect(read('dev_one', 'secret')).toEqual(['dev_one', 'secret']);
  expect(read('dev_one')).toEqual(['dev_one', undefined]);
  expect(read(':secret')).toEqual([':secret', undefined]);
  expect(read()).toEqual([undefined, undefined]);
});

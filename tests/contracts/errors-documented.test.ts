import { readFileSync } from 'node:fs';
import { ERRORS } from '@uptower/domain';
import { expect, test } from 'vitest';

test('docs/errors.md has every code of the catalogue, with its status, and no other', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\|/gm)].map((match) => `${match[1]} ${match[2]}`);
  const known = Object.entries(ERRORS).map(([code, { status }]) => `${code} ${status}`);
  expect(documented.sort()).toEqual(known.sort());
});

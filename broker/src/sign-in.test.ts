import { expect, test } from 'vitest';
import { shownName } from './sign-in.ts';
import { device, recorder, start } from './testing/harness.ts';

test.each([
  ['dev_one', 'dev_one'],
  ['site_a', 'site_a'],
  ['A1_TEST_TOKEN_OF_20_', 'A1_TEST_…'],
  ['dev_One', 'dev…'],
  ['secret12', 'secr…'],
  ['x', '…'],
])('a refused user name %s is shown as %s', (username, shown) => {
  expect(shownName(username)).toBe(shown);
});

test('a token nobody has appears in no refusal', async () => {
  const { ports, refusals } = recorder();
  const token = 'Zx81kLw09aQpTokenOfAPlant';
  await expect(device(await start(ports), token, { password: undefined })).rejects.toThrow();
  expect(refusals).toMatchObject([{ reason: 'bad-credentials', from: 'Zx81kLw0…' }]);
  expect(JSON.stringify(refusals)).not.toContain(token);
});

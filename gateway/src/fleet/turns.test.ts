import { expect, test } from 'vitest';
import { createTurns, TooManyWaiting } from './turns.ts';

test('so many at once; keys take turns; whoever comes from elsewhere does not wait behind a flood', async () => {
  const inTurn = createTurns(2, 100);
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const task = (name: string) => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(name);
    running -= 1;
  };
  const flood = Array.from({ length: 50 }, (_, i) => inTurn('a', task(`a${i}`)));
  const other = inTurn('b', task('b'));
  await Promise.all([...flood, other]);
  expect(most).toBe(2);
  expect(order.indexOf('b')).toBeLessThan(6);
  expect(order).toHaveLength(51);
});

test('too many waiting are refused; a failing task gives its place on', async () => {
  const inTurn = createTurns(1, 1);
  const failing = inTurn('a', async () => {
    throw new Error('no');
  });
  const second = inTurn('a', async () => 2);
  await expect(inTurn('a', async () => 3)).rejects.toThrow(TooManyWaiting);
  await expect(failing).rejects.toThrow('no');
  expect(await second).toBe(2);
  expect(await inTurn('a', async () => 4)).toBe(4);
});

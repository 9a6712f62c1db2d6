import { expect, test } from 'vitest';
import { askStore } from './ask-store.ts';

test('a store that does not answer is waited for once, then not asked for a while', async () => {
  let now = 0;
  let asked = 0;
  let answer: Promise<never[]> = new Promise(() => undefined);
  const store = {
    range() {
      asked += 1;
      return answer;
    },
  };
  const ask = askStore(store, async () => undefined, { patienceMs: 5, pauseMs: 1_000, monotonicMs: () => now });
  await expect(ask('dev_a1', 0, 1, 10)).rejects.toThrow(/no answer/);
  await expect(ask('dev_a1', 0, 1, 10)).rejects.toThrow(/a moment ago/);
  expect(asked).toBe(1);
  answer = Promise.resolve([]);
  now = 1_000;
  expect(await ask('dev_a1', 0, 1, 10)).toEqual([]);
});

test('what was taken and is not in the store yet is waited for; a store that does not take it is not asked', async () => {
  const order: string[] = [];
  const store = {
    async range() {
      order.push('asked');
      return [];
    },
  };
  await askStore(store, async () => void order.push('given'))('dev_a1', 0, 1, 10);
  expect(order).toEqual(['given', 'asked']);
  const failing = askStore(store, () => Promise.reject(new Error('down')));
  await expect(failing('dev_a1', 0, 1, 10)).rejects.toThrow('down');
  expect(order).toEqual(['given', 'asked']);
});

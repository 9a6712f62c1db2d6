import { expect, test } from 'vitest';
import { Quarantine } from './quarantine.ts';

const row = (id: number, from: string, reason = 'schema') => ({
  id: `q_${id}`,
  at: id,
  reason,
  detail: '',
  from,
  topic: 't',
});
const nothing = Buffer.alloc(0);

test('equal rows are one with a count, so that one sender cannot push out the others', () => {
  const quarantine = new Quarantine(5);
  quarantine.add(row(1, 'dev_b'), nothing);
  for (let i = 2; i < 600; i += 1) quarantine.add(row(i, i % 100 === 0 ? 'dev_c' : 'dev_a'), nothing);
  expect(quarantine.list().map(({ from, at, count }) => [from, at, count])).toEqual([
    ['dev_b', 1, undefined],
    ['dev_c', 500, 5],
    ['dev_a', 599, 593],
  ]);
  const again = new Quarantine(5);
  again.restore(JSON.parse(JSON.stringify(quarantine.list())));
  again.add(row(700, 'dev_a'), nothing);
  expect(again.list().at(-1)).toMatchObject({ at: 700, count: 594 });
});

test('the list stays bounded, the oldest leave first', () => {
  const quarantine = new Quarantine(3);
  for (let i = 0; i < 9; i += 1) quarantine.add(row(i, `dev_${i}`), nothing);
  expect(quarantine.list().map(({ at }) => at)).toEqual([6, 7, 8]);
});

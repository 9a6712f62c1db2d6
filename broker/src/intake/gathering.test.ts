import { expect, test } from 'vitest';
import type { Incoming } from '../ports.ts';
import { gathering } from './gathering.ts';

const message = (text: string) => ({ payload: Buffer.from(text) }) as unknown as Incoming;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one piece a turn, in order; each is told how it went', async () => {
  const pieces: string[] = [];
  const told: string[] = [];
  let broken = false;
  const gathered = gathering(async (messages) => {
    pieces.push(messages.map(({ payload }) => payload.toString()).join());
    if (broken) throw new Error('disk');
  });
  gathered.add([message('a1'), message('a2')], (taken) => told.push(`a ${taken}`));
  gathered.add([message('b1')], (taken) => told.push(`b ${taken}`));
  expect(pieces).toEqual([]);
  await turn();
  expect([pieces, told]).toEqual([['a1,a2,b1'], ['a true', 'b true']]);

  broken = true;
  gathered.add([message('c1')], (taken) => told.push(`c ${taken}`));
  gathered.flush();
  expect(pieces.at(-1)).toBe('c1');
  await turn();
  expect(told.at(-1)).toBe('c false');
  expect(pieces).toHaveLength(2); // nothing is left for the turn's end
});

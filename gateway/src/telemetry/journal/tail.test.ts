import { expect, test } from 'vitest';
import type { JournalRecord } from './record.ts';
import { Tail } from './tail.ts';

const message = (text: string, from = 'dev_a1'): JournalRecord => ({
  kind: 'message',
  receivedAt: 1,
  from,
  topic: 'uptower/v1/site_a/dev_a1/telemetry',
  payload: Buffer.from(text),
});
const positions = (tail: Tail, after: number) => tail.take(after).map(({ position }) => position);

test('gives what follows without a gap, once; what the disk has to give it leaves out', () => {
  const tail = new Tail();
  tail.offer(1, [message('1'), message('2')]);
  tail.offer(3, [{ kind: 'log', receivedAt: 1, logPosition: 9 }]);
  expect(positions(tail, 1)).toEqual([2, 3]);
  expect(positions(tail, 3)).toEqual([]);
  tail.offer(6, [message('6'), message('7')]); // 4 and 5 were before it began
  expect(positions(tail, 3)).toEqual([]);
  expect(positions(tail, 5)).toEqual([6, 7]);
});

test('what is too much, or may be cut on the disk, is left to the disk, and what follows is kept again', () => {
  const tail = new Tail();
  tail.offer(1, [message('1')]);
  tail.offer(2, [message('x'.repeat(9 * 1024 * 1024))]);
  tail.offer(3, [message('3')]);
  expect(positions(tail, 0)).toEqual([]);
  expect(positions(tail, 2)).toEqual([3]);
  tail.offer(4, [message('4', 'ü'.repeat(86))]);
  tail.offer(5, [message('5')]);
  expect(positions(tail, 3)).toEqual([]);
  expect(positions(tail, 4)).toEqual([5]);
});

import type { Availability, UptowerEvent } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MR } from '../testing/world.ts';
import { applyToBook, emptyBook } from './book.ts';

const changed = (at: number, state: Availability): UptowerEvent => ({
  ...{ type: 'availability.changed', deviceId: MR, at, state, cause: 'device-report', journalPosition: 1 },
});
const amended = (from: number, entries: readonly (readonly [from: number, state: Availability])[]): UptowerEvent => ({
  ...{ type: 'availability.amended', deviceId: MR, at: 999, from, before: [], journalPosition: 2 },
  entries: entries.map(([at, state]) => ({ from: at, state, cause: 'device-report' })),
  late: { count: 1, from, to: from, arrivedAt: 999 },
});
const heard = (...events: UptowerEvent[]) => {
  const book = emptyBook();
  for (const event of events) applyToBook(book, event);
  return book.heard.get(MR)?.map(({ from, to }) => [from, to]);
};

test('heard in every state but unknown; stretches that touch are one', () => {
  expect(heard(changed(10, 'up'), changed(20, 'down'), changed(30, 'unknown'), changed(40, 'up'))).toEqual([
    [10, 30],
    [40, null],
  ]);
  expect(heard(changed(10, 'unknown'), changed(10, 'up'), changed(10, 'unknown'))).toEqual([]);
});

test('late data fill a silence, or begin earlier', () => {
  const before = [changed(10, 'up'), changed(30, 'unknown'), changed(40, 'up')];
  expect(heard(...before, amended(30, [[30, 'up']]))).toEqual([[10, null]]);
  expect(
    heard(
      ...before,
      amended(5, [
        [5, 'up'],
        [30, 'unknown'],
        [35, 'up'],
      ]),
    ),
  ).toEqual([
    [5, 30],
    [35, null],
  ]);
});

test('an amendment whose entries begin late takes nothing away of what was heard before them', () => {
  expect(heard(changed(10, 'up'), amended(10, [[25, 'up']]), amended(25, [[60, 'down']]))).toEqual([[10, null]]);
});

import type { IntakeView } from '@uptower/domain';
import { expect, test } from 'vitest';
import { byCount, ratePerSecond, totalOf, troubleOf, verdictOf } from './model.ts';

test('readings a second over the last ten; a restarted server starts a new count', () => {
  expect(ratePerSecond({ readings: 100 }, 0)).toBeNull();
  expect(ratePerSecond({ readings: 300 }, 4_000)).toBe(50); // (300 − 100) / 4 s
  expect(ratePerSecond({ readings: 5 }, 5_000)).toBeNull();
});

test('counts of all reasons together; reasons by how many', () => {
  expect(totalOf({ malformed: 2, 'wrong-type': 3 })).toBe(5);
  expect(byCount({ malformed: 2, future: 0, 'wrong-type': 3 })).toEqual([
    ['wrong-type', 3],
    ['malformed', 2],
  ]);
});

const calm = {
  held: 0,
  alarms: [],
  broker: { paused: 0, queued: 0, retained: 0 },
  journal: { state: 'ok', bytes: 1, unreadBytes: 1, freeBytes: 1, waiting: 0, damaged: 0, consumers: {} },
  journalLimitBytes: 100,
  consumers: [],
  store: { error: null, backlog: false, waitingRows: 0, refused: 0, missing: 0 },
  latency: { durable: null, events: null, loop: null },
} as unknown as IntakeView;
const slow = (p99: number) => ({ p50: 1, p99, max: p99, count: 1 });
const behind = (name: string, lagMs: number) => ({ consumers: [{ name, position: 1, lag: 1, lagMs }] });

test.each<[string, Partial<IntakeView>, Parameters<typeof troubleOf>[0], string | undefined]>([
  ['all is well', {}, 'journal', undefined],
  ['senders are held back', { held: 3 }, 'senders', 'red'],
  ['senders are paused', { broker: { paused: 1, queued: 0, retained: 0 } }, 'senders', 'amber'],
  ['the disk is nearly full', { journal: { ...calm.journal, state: 'low' } }, 'journal', 'amber'],
  ['the disk is full', { journal: { ...calm.journal, state: 'full' } }, 'journal', 'red'],
  ['the journal is half used up', { journal: { ...calm.journal, unreadBytes: 50 } }, 'journal', 'amber'],
  ['the disk is slow', { latency: { ...calm.latency, durable: slow(600) } }, 'journal', 'amber'],
  ['the pipeline is behind', behind('pipeline', 20_000), 'pipeline', 'amber'],
  ['the store is far behind', behind('store', 120_000), 'store', 'red'],
  ['the store is down', { store: { ...calm.store, error: 'refused' } }, 'store', 'red'],
  ['the store lost what the journal does not have', { store: { ...calm.store, missing: 1 } }, 'store', 'red'],
  ['the event loop hangs', { latency: { ...calm.latency, loop: slow(2_000) } }, 'process', 'red'],
])('%s', (_name, over, stage, trouble) => {
  expect(troubleOf(stage, { ...calm, ...over })).toBe(trouble);
});

test('the verdict is as bad as the worst', () => {
  expect(verdictOf(calm)).toBe('ok');
  expect(verdictOf({ ...calm, ...behind('pipeline', 20_000) })).toBe('behind');
  expect(verdictOf({ ...calm, held: 1 })).toBe('trouble');
  expect(verdictOf({ ...calm, alarms: [{ code: 'journal-low', since: null, freeBytes: 1 }] })).toBe('trouble');
});

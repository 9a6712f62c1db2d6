import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceId } from '@uptower/domain';
import { manualClock, silentLogger } from '@uptower/platform';
import { afterEach, expect, test } from 'vitest';
import { createMemoryReadingStore, emptyDisk } from '../adapters/memory-reading-store.ts';
import { type Batch, type ReadingStore, StoreUnavailable } from '../ports/reading-store.ts';
import { openBacklog } from './backlog.ts';
import { type Refill, StoreWriter } from './store-writer.ts';

const deviceId = DeviceId.parse('dev_a');
const reading = (position: number, count = 1) => ({
  deviceId,
  ts: position,
  seq: position,
  position,
  values: Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, position])),
});

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const never: Refill = (after, upTo) => {
  throw new Error(`nobody should ask for ${after}…${upTo} again`);
};

/** A store that can be down, or hang. */
function trouble(store: ReadingStore) {
  const state = { down: false, hanging: undefined as Promise<void> | undefined };
  const reached = async () => {
    await state.hanging;
    if (state.down) throw new StoreUnavailable('the store is down');
  };
  const troubled: ReadingStore = {
    ...store,
    check: () => reached().then(store.check),
    append: (batch) => reached().then(() => store.append(batch)),
    settle: () => reached().then(store.settle),
  };
  return { store: troubled, state };
}

async function newWriter(
  store: ReadingStore,
  { from = 0, head = 0, refill = never, directory = mkdtempSync(join(tmpdir(), 'uptower-backlog-')) } = {},
) {
  const clock = manualClock(0);
  const backlog = await openBacklog(directory, silentLogger());
  const writer = new StoreWriter({ store, backlog, refill, clock, log: silentLogger() });
  writer.start(from, head);
  const crash = async () => {
    await writer.abandon();
    await backlog.close();
  };
  undo.push(() => rmSync(directory, { recursive: true, force: true }), crash);
  return { writer, clock, backlog, directory, crash };
}

/** Lets its loop run, and time pass, until something holds. */
async function until(clock: ReturnType<typeof manualClock>, holds: () => boolean) {
  for (const deadline = Date.now() + 20_000; !holds(); clock.advance(500)) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const stored = async (store: ReadingStore) => (await store.range(deviceId, 0, 1e9, 1e6)).map((point) => point.ts);
const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

/** A server killed after its store was written and before its snapshot reads a long stretch of the journal again. */
test('what the store already has neither waits nor comes twice, however much it is', async () => {
  const store = createMemoryReadingStore();
  await store.append({ readings: [reading(1)], through: 700 });
  const { writer } = await newWriter(store, { head: 701 });
  for (let position = 1; position <= 700; position++) writer.add([reading(position, 100)], position);
  await writer.room();
  writer.add([reading(701)], 701);
  await writer.flush();
  expect(store.position()).toBe(701);
  expect(await stored(store)).toEqual([1, 701]);
});

test('a store that is down holds nobody up; when it is back everything is there once, in order', async () => {
  const real = createMemoryReadingStore();
  const { store, state } = trouble(real);
  const { writer, clock, backlog } = await newWriter(store);
  writer.add([reading(1)], 1);
  await writer.flush();
  state.down = true;
  for (let position = 2; position <= 4000; position++) writer.add([reading(position, 100)], position);
  await writer.room();
  expect(await writer.secure(3000)).toBe(true);
  await until(clock, () => writer.state().error === 'the store is down');
  expect(writer.state()).toMatchObject({ backlog: true, position: 1 });
  for (let position = 4001; position <= 4010; position++) writer.add([reading(position)], position);
  state.down = false;
  await until(clock, () => writer.state().position === 4010);
  await until(clock, () => backlog.begin() === null);
  expect(writer.state()).toMatchObject({ error: null, backlog: false, rows: 0 });
  expect(await stored(real)).toEqual(oneTo(4010));
});

test('a store that hangs does not keep a snapshot from counting', async () => {
  const { store, state } = trouble(createMemoryReadingStore());
  const { writer, clock } = await newWriter(store);
  let release: () => void = () => undefined;
  state.hanging = new Promise((resolve) => {
    release = resolve;
  });
  writer.add([reading(1)], 1);
  let secured = false;
  const securing = writer.secure(1).then((done) => {
    secured = done;
  });
  await until(clock, () => secured);
  await securing;
  expect(writer.state().position).toBe(0);
  state.hanging = undefined;
  release();
  await until(clock, () => writer.state().position === 1);
});

test('after a crash with a backlog, what is read again from the journal comes once', async () => {
  const disk = emptyDisk();
  const first = trouble(createMemoryReadingStore(disk));
  first.state.down = true;
  const before = await newWriter(first.store);
  for (let position = 1; position <= 50; position++) before.writer.add([reading(position)], position);
  await until(before.clock, () => before.writer.state().backlog);
  for (let position = 51; position <= 60; position++) before.writer.add([reading(position)], position);
  await before.crash();
  // The snapshot was at 20: 21…60 are read again.
  const store = createMemoryReadingStore(disk);
  const after = await newWriter(store, { from: 20, head: 60, directory: before.directory });
  for (let position = 21; position <= 60; position++) after.writer.add([reading(position)], position);
  await after.writer.flush();
  expect(await stored(store)).toEqual(oneTo(60));
});

test('a store that comes back empty gets everything again from the journal, and what that lacks is counted', async () => {
  const disk = emptyDisk();
  const { store, state } = trouble(createMemoryReadingStore(disk));
  const asked: [number, number][] = [];
  async function* refill(after: number, upTo: number, lacking: (from: number, to: number) => void) {
    asked.push([after, upTo]);
    lacking(after + 1, 3);
    yield { readings: [reading(4), reading(5)], through: 5 } satisfies Batch;
    yield { readings: [reading(6)], through: upTo } satisfies Batch;
  }
  const { writer, clock } = await newWriter(store, { refill });
  for (const position of oneTo(6)) writer.add([reading(position)], position);
  await writer.flush();
  state.down = true;
  writer.add([reading(7)], 7);
  await until(clock, () => writer.state().error !== null);
  disk.byDevice.clear();
  disk.position = 0;
  state.down = false;
  await until(clock, () => writer.state().position === 7);
  expect(asked).toEqual([[0, 6]]);
  expect(await stored(store)).toEqual([4, 5, 6, 7]);
  expect(writer.state().missing).toBe(3);
});

test('a store that was emptied between two batches is found out by asking it', async () => {
  const disk = emptyDisk();
  const store = createMemoryReadingStore(disk);
  async function* refill(_after: number, upTo: number) {
    yield { readings: [reading(1)], through: upTo } satisfies Batch;
  }
  const { writer, clock } = await newWriter(store, { refill });
  writer.add([reading(1)], 1);
  await writer.flush();
  disk.byDevice.clear();
  disk.position = 0;
  await until(clock, () => disk.position === 1);
  expect(await stored(store)).toEqual([1]);
});

test('a store that is ahead of a journal that began anew takes what comes', async () => {
  const store = createMemoryReadingStore();
  await store.append({ readings: [reading(5000)], through: 5000 });
  const { writer, clock } = await newWriter(store, { from: 0, head: 0 });
  await until(clock, () => store.position() === 0);
  for (const position of oneTo(3)) writer.add([reading(position)], position);
  await writer.flush();
  expect(await stored(store)).toEqual([1, 2, 3, 5000]);
});

test('stopping while the store is down keeps everything for the next start', async () => {
  const disk = emptyDisk();
  const { store, state } = trouble(createMemoryReadingStore(disk));
  state.down = true;
  const before = await newWriter(store);
  for (const position of oneTo(10)) before.writer.add([reading(position)], position);
  await until(before.clock, () => before.writer.state().error !== null);
  await before.writer.stop();
  expect(await before.writer.secure(10)).toBe(true);
  await before.backlog.close();
  state.down = false;
  const after = await newWriter(store, { from: 10, head: 10, directory: before.directory });
  await until(after.clock, () => disk.position === 10);
  expect(await stored(store)).toEqual(oneTo(10));
});

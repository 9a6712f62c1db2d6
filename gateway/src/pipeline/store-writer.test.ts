import { DeviceId } from '@uptower/domain';
import { manualClock, silentLogger } from '@uptower/platform';
import { expect, test } from 'vitest';
import { createMemoryReadingStore } from '../adapters/memory-reading-store.ts';
import { StoreWriter } from './store-writer.ts';

const deviceId = DeviceId.parse('dev_a');
const reading = (position: number, count: number) => ({
  deviceId,
  ts: position,
  seq: position,
  position,
  values: Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, position])),
});

/** A server killed after its store was written and before its snapshot reads a long stretch of the journal again. */
test('what the store already has neither waits nor comes twice, however much it is', async () => {
  const store = createMemoryReadingStore();
  await store.append({ readings: [reading(1, 1)], through: 700 });
  const writer = new StoreWriter(store, manualClock(0), silentLogger());
  for (let position = 1; position <= 700; position++) writer.add([reading(position, 100)], position);
  await writer.room();
  writer.add([reading(701, 1)], 701);
  await writer.flush();
  expect(store.position()).toBe(701);
  expect((await store.range(deviceId, 0, 1000, 10)).map((point) => point.ts)).toEqual([1, 701]);
});

import { DeviceId, type Reading } from '@uptower/domain';
import { expect, test } from 'vitest';
import type { ReadingStore } from './reading-store.ts';

const deviceId = DeviceId.parse('dev_ct');
const other = DeviceId.parse('dev_mr');

const reading = (position: number, ts: number, values: Reading['values'], device = deviceId) => ({
  deviceId: device,
  ts,
  seq: position,
  values,
  position,
});

/** Every store of readings passes this, the one in memory included. `open` opens the same data again each time. */
export function readingStoreContract(name: string, newData: () => { open(): Promise<ReadingStore> }): void {
  test(`[${name}] returns what was stored, of one device, half-open, oldest first`, async () => {
    const store = await newData().open();
    await store.append({
      readings: [
        reading(1, 2000, { oil: 31.5, mode: 'scan', door: false }),
        reading(2, 1000, { oil: 30 }),
        reading(3, 3000, { oil: 33 }),
        reading(4, 2000, { oil: 99 }, other),
      ],
      through: 4,
    });
    expect(await store.range(deviceId, 1000, 3000, 100)).toEqual([
      { ts: 1000, values: { oil: 30 } },
      { ts: 2000, values: { oil: 31.5, mode: 'scan', door: false } },
    ]);
    expect(await store.range(deviceId, 0, 10_000, 2)).toEqual([
      { ts: 2000, values: { oil: 31.5, mode: 'scan', door: false } },
      { ts: 3000, values: { oil: 33 } },
    ]);
    expect(await store.range(deviceId, 5000, 6000, 10)).toEqual([]);
    await store.close();
  });

  test(`[${name}] downsamples into buckets of minimum, maximum and mean`, async () => {
    const store = await newData().open();
    const readings = [10, 20, 30, 100].map((oil, i) => reading(i + 1, i * 1000, { oil, mode: 'scan' }));
    await store.append({ readings, through: 4 });
    // Two buckets of 2,000 ms over [0, 4000): {10, 20} and {30, 100}.
    expect(await store.series(deviceId, 'oil', 0, 4000, 2)).toEqual([
      { ts: 0, min: 10, max: 20, avg: 15 },
      { ts: 2000, min: 30, max: 100, avg: 65 },
    ]);
    // [1000, 2500) in two buckets of 750 ms: 20 at 1000, 30 at 2000 (bucket 1750).
    expect(await store.series(deviceId, 'oil', 1000, 2500, 2)).toEqual([
      { ts: 1000, min: 20, max: 20, avg: 20 },
      { ts: 1750, min: 30, max: 30, avg: 30 },
    ]);
    expect(await store.series(deviceId, 'mode', 0, 4000, 2)).toEqual([]);
    await store.close();
  });

  test(`[${name}] latest is last measured, not last arrived`, async () => {
    const store = await newData().open();
    await store.append({
      readings: [reading(1, 5000, { oil: 50, mode: 'idle' }), reading(2, 4000, { oil: 40, arcs: 2 })],
      through: 2,
    });
    expect(await store.latest(deviceId)).toEqual([
      { metric: 'arcs', value: 2, ts: 4000 },
      { metric: 'mode', value: 'idle', ts: 5000 },
      { metric: 'oil', value: 50, ts: 5000 },
    ]);
    await store.close();
  });

  test(`[${name}] keeps its position with the data, and drops what a replay brings again`, async () => {
    const data = newData();
    const first = await data.open();
    expect(first.position()).toBe(0);
    await first.append({ readings: [reading(3, 1000, { oil: 1 })], through: 5 });
    await first.close();
    const second = await data.open();
    expect(second.position()).toBe(5);
    await second.append({ readings: [reading(3, 1000, { oil: 1 }), reading(6, 2000, { oil: 2 })], through: 6 });
    await second.append({ readings: [reading(6, 2000, { oil: 2 })], through: 6 });
    expect(await second.series(deviceId, 'oil', 0, 3000, 1)).toEqual([{ ts: 0, min: 1, max: 2, avg: 1.5 }]);
    expect(second.position()).toBe(6);
    await second.close();
  });

  test(`[${name}] an empty batch moves the position`, async () => {
    const store = await newData().open();
    await store.append({ readings: [], through: 9 });
    expect(store.position()).toBe(9);
    await store.close();
  });
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DeviceId, type Reading } from '@uptower/domain';
import { expect, test } from 'vitest';
import type { ReadingStore, Selection } from './reading-store.ts';

const deviceId = DeviceId.parse('dev_ct');
const other = DeviceId.parse('dev_mr');
/** 2026-03-02T00:00Z: databases with a retention refuse 1970. */
const BASE = Date.UTC(2026, 2, 2);

const reading = (position: number, ts: number, values: Reading['values'], device = deviceId) => ({
  deviceId: device,
  ts: BASE + ts,
  seq: position,
  values,
  position,
});
/** Times as the tests write them. */
const relative = <T extends { readonly ts: number }>(points: readonly T[]) =>
  points.map((point) => ({ ...point, ts: point.ts - BASE }));

const DURABLE_MS = 30_000;
/** Until the store has on disk what it was given. */
export async function durable(store: ReadingStore, through: number): Promise<void> {
  for (const deadline = Date.now() + DURABLE_MS; store.position() < through; ) {
    await store.settle();
    if (Date.now() > deadline) throw new Error(`still at ${store.position()}, not at ${through}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface StoreUnderTest {
  /** Opens the same data again each time. */
  open(): Promise<ReadingStore>;
  /** False: of two values of one metric at one millisecond only one is kept (said in docs/stores.md). */
  readonly keepsSameMoment?: boolean;
}

/** Every store of readings passes this, the one in memory included. */
export function readingStoreContract(name: string, newData: () => Promise<StoreUnderTest>): void {
  const opened = async (data: StoreUnderTest) => {
    const store = await data.open();
    await store.check();
    return store;
  };
  const filled = async (readings: ReturnType<typeof reading>[], through: number) => {
    const store = await opened(await newData());
    await store.append({ readings, through });
    await durable(store, through);
    return store;
  };

  test(`[${name}] returns what was stored, of one device, half-open, oldest first`, async () => {
    const store = await filled(
      [
        reading(1, 2000, { oil: 31.5, mode: 'scan', door: false }),
        reading(2, 1000, { oil: 30 }),
        reading(3, 3000, { oil: 33 }),
        reading(4, 2000, { oil: 99 }, other),
      ],
      4,
    );
    const range = async (from: number, to: number, limit: number) =>
      relative(await store.range(deviceId, BASE + from, BASE + to, limit));
    expect(await range(1000, 3000, 100)).toEqual([
      { ts: 1000, values: { oil: 30 } },
      { ts: 2000, values: { oil: 31.5, mode: 'scan', door: false } },
    ]);
    expect(await range(0, 10_000, 2)).toEqual([
      { ts: 2000, values: { oil: 31.5, mode: 'scan', door: false } },
      { ts: 3000, values: { oil: 33 } },
    ]);
    expect(await range(5000, 6000, 10)).toEqual([]);
    expect(await store.range('dev_nobody', BASE, BASE + 6000, 10)).toEqual([]);
    await store.close();
  });

  test(`[${name}] downsamples into buckets of minimum, maximum and mean`, async () => {
    const store = await filled(
      [10, 20, 30, 100].map((oil, i) => reading(i + 1, i * 1000, { oil, mode: 'scan', door: true })),
      4,
    );
    const series = async (metric: string, from: number, to: number, points: number) =>
      relative(await store.series(deviceId, metric, BASE + from, BASE + to, points));
    // Two buckets of 2,000 ms over [0, 4000): {10, 20} and {30, 100}.
    expect(await series('oil', 0, 4000, 2)).toEqual([
      { ts: 0, min: 10, max: 20, avg: 15 },
      { ts: 2000, min: 30, max: 100, avg: 65 },
    ]);
    // [1000, 2500) in two buckets of 750 ms: 20 at 1000, 30 at 2000 (bucket 1750).
    expect(await series('oil', 1000, 2500, 2)).toEqual([
      { ts: 1000, min: 20, max: 20, avg: 20 },
      { ts: 1750, min: 30, max: 30, avg: 30 },
    ]);
    // [0, 2500) in two of 1,250 ms; [0, 3000) in buckets of 2,000 ms: the last one ends with the range.
    expect(await series('oil', 0, 2500, 2)).toEqual([
      { ts: 0, min: 10, max: 20, avg: 15 },
      { ts: 1250, min: 30, max: 30, avg: 30 },
    ]);
    expect(await series('oil', 1, 3000, 2)).toEqual([
      { ts: 1, min: 20, max: 20, avg: 20 },
      { ts: 1501, min: 30, max: 30, avg: 30 },
    ]);
    for (const words of ['mode', 'door', 'nothing']) expect(await series(words, 0, 4000, 2)).toEqual([]);
    await store.close();
  });

  test(`[${name}] keeps its position with the data, and drops what a replay brings again`, async () => {
    const data = await newData();
    const first = await opened(data);
    expect(first.position()).toBe(0);
    await first.append({ readings: [reading(3, 1000, { oil: 1 })], through: 5 });
    await durable(first, 5);
    await first.close();
    const second = await opened(data);
    expect(second.position()).toBe(5);
    await second.append({ readings: [reading(3, 1000, { oil: 1 }), reading(6, 2000, { oil: 2 })], through: 6 });
    await second.append({ readings: [reading(6, 2000, { oil: 2 })], through: 6 });
    await durable(second, 6);
    expect(relative(await second.series(deviceId, 'oil', BASE, BASE + 3000, 1))).toEqual([
      { ts: 0, min: 1, max: 2, avg: 1.5 },
    ]);
    await second.close();
  });

  test(`[${name}] an empty batch moves the position, and it can be put back`, async () => {
    const data = await newData();
    const store = await opened(data);
    await store.append({ readings: [], through: 9 });
    await durable(store, 9);
    await store.rewind(4);
    expect(store.position()).toBe(4);
    await store.close();
    const again = await opened(data);
    expect(again.position()).toBe(4);
    await again.append({ readings: [reading(5, 0, { oil: 5 })], through: 5 });
    await durable(again, 5);
    expect(await again.range(deviceId, BASE, BASE + 1, 1)).toHaveLength(1);
    await again.close();
  });

  test(`[${name}] readings of one moment: the later one is shown, both count`, async () => {
    const data = await newData();
    const store = await opened(data);
    const readings = [reading(1, 0, { oil: 1, mode: 'idle' }), reading(1, 0, { oil: 2 }), reading(2, 0, { oil: 6 })];
    await store.append({ readings, through: 2 });
    await durable(store, 2);
    const [point] = relative(await store.range(deviceId, BASE, BASE + 1, 10));
    if (data.keepsSameMoment ?? true) {
      expect(point).toEqual({ ts: 0, values: { oil: 6, mode: 'idle' } });
      expect(relative(await store.series(deviceId, 'oil', BASE, BASE + 1, 1))).toEqual([
        { ts: 0, min: 1, max: 6, avg: 3 },
      ]);
    } else {
      expect(point?.values.mode).toBe('idle');
      expect([1, 2, 6]).toContain(point?.values.oil);
    }
    await store.close();
  });

  test(`[${name}] exports what was selected as CSV and Parquet`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'uptower-export-'));
    const store = await filled(
      [
        reading(1, 1000, { oil: 30.25, mode: 'say "scan", then\\wait', door: true }),
        reading(2, 2000, { oil: 31 }),
        reading(3, 1500, { oil: 7 }, other),
        reading(4, 3000, { oil: 33 }),
      ],
      4,
    );
    const what: Selection = { from: BASE + 1000, to: BASE + 3000, devices: [deviceId], metrics: null };
    const csv = async (selection: Selection) => {
      const file = join(directory, 'x.csv');
      const heard: number[] = [];
      await store.exportTo(file, 'csv', selection, (done) => heard.push(done));
      expect(heard.at(-1)).toBe(1);
      // 1.0 and 1 are the same number.
      const [header, ...lines] = readFileSync(file, 'utf8').replaceAll('.0,', ',').trimEnd().split('\n');
      return [header, ...lines.sort()];
    };
    expect(await csv(what)).toEqual([
      'time,device,metric,value,text',
      '2026-03-02T00:00:01.000Z,dev_ct,door,1,true',
      '2026-03-02T00:00:01.000Z,dev_ct,mode,,"say ""scan"", then\\wait"',
      '2026-03-02T00:00:01.000Z,dev_ct,oil,30.25,',
      '2026-03-02T00:00:02.000Z,dev_ct,oil,31,',
    ]);
    expect(await csv({ ...what, devices: [deviceId, other], metrics: ['oil'] })).toHaveLength(4);
    expect(await csv({ ...what, devices: ['dev_nobody'] })).toEqual(['time,device,metric,value,text']);
    const file = join(directory, 'x.parquet');
    await store.exportTo(file, 'parquet', what, () => undefined);
    const duckdb = await DuckDBInstance.create(':memory:');
    const connection = await duckdb.connect();
    const rows = await connection.runAndReadAll(
      `SELECT epoch_ms(time)::DOUBLE - ${BASE} AS moment, metric, value, text FROM read_parquet('${file}') ORDER BY moment, metric`,
    );
    expect(rows.getRowsJS()).toEqual([
      [1000, 'door', 1, 'true'],
      [1000, 'mode', null, 'say "scan", then\\wait'],
      [1000, 'oil', 30.25, null],
      [2000, 'oil', 31, null],
    ]);
    connection.closeSync();
    rmSync(directory, { recursive: true });
    await store.close();
  });
}

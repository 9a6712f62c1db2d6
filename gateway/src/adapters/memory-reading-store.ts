import { DAY, type Reading, type ReadingPoint, type SeriesPoint } from '@uptower/domain';
import type { ReadingStore } from '../ports/reading-store.ts';
import { exportRows } from './export-rows.ts';
import { exportRow } from './influx/points.ts';

/** What outlives a store that was closed or killed; tests hand it to the next one. */
export interface MemoryDisk {
  readonly byDevice: Map<string, Reading[]>;
  position: number;
}

export const emptyDisk = (): MemoryDisk => ({ byDevice: new Map(), position: 0 });

/** The store in memory: for tests, and the plain statement of what the others must do. */
export function createMemoryReadingStore(disk: MemoryDisk = emptyDisk()): ReadingStore {
  const within = (deviceId: string, from: number, to: number) =>
    (disk.byDevice.get(deviceId) ?? [])
      .filter((reading) => reading.ts >= from && reading.ts < to)
      .toSorted((a, b) => a.ts - b.ts);

  let position = disk.position;
  return {
    position: () => position,
    async check() {
      position = disk.position;
      return position;
    },
    settle: async () => undefined,
    async rewind(to) {
      position = disk.position = to;
    },
    async append({ readings, through }) {
      for (const { position: at, ...reading } of readings) {
        if (at <= disk.position) continue;
        const list = disk.byDevice.get(reading.deviceId);
        if (list) list.push(reading);
        else disk.byDevice.set(reading.deviceId, [reading]);
      }
      position = disk.position = Math.max(disk.position, through);
    },
    async series(deviceId, metric, from, to, points) {
      const width = Math.max(1, Math.ceil((to - from) / points));
      const buckets = new Map<number, number[]>();
      for (const reading of within(deviceId, from, to)) {
        const value = reading.values[metric];
        if (typeof value !== 'number') continue;
        const start = from + Math.floor((reading.ts - from) / width) * width;
        const bucket = buckets.get(start);
        if (bucket) bucket.push(value);
        else buckets.set(start, [value]);
      }
      return [...buckets].map(
        ([ts, values]): SeriesPoint => ({
          ts,
          min: Math.min(...values),
          max: Math.max(...values),
          avg: values.reduce((sum, value) => sum + value, 0) / values.length,
        }),
      );
    },
    async range(deviceId, from, to, limit) {
      const byTime = new Map<number, ReadingPoint>();
      for (const { ts, values } of within(deviceId, from, to))
        byTime.set(ts, { ts, values: { ...byTime.get(ts)?.values, ...values } });
      return [...byTime.values()].slice(-limit);
    },
    /** Single values only: no rollups. */
    async tidy({ rawDays }, now) {
      for (const [deviceId, readings] of disk.byDevice)
        disk.byDevice.set(
          deviceId,
          readings.filter(({ ts }) => ts >= now - rawDays * DAY),
        );
      return false;
    },
    async exportTo(file, format, { from, to, devices, metrics }, onProgress) {
      async function* rows() {
        for (const device of devices)
          yield within(device, from, to).flatMap(({ ts, values }) =>
            Object.entries(values)
              .filter(([metric]) => metrics?.includes(metric) ?? true)
              .map(([metric, value]) => exportRow(ts, device, metric, value)),
          );
      }
      await exportRows(file, format, rows());
      onProgress(1);
    },
    refused: () => 0,
    async close() {},
  };
}

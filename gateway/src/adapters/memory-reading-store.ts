import type { LatestValue, Reading, ReadingPoint, SeriesPoint } from '@uptower/domain';
import type { ReadingStore } from '../ports/reading-store.ts';

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

  return {
    position: () => disk.position,
    async append({ readings, through }) {
      for (const { position, ...reading } of readings) {
        if (position <= disk.position) continue;
        const list = disk.byDevice.get(reading.deviceId);
        if (list) list.push(reading);
        else disk.byDevice.set(reading.deviceId, [reading]);
      }
      disk.position = Math.max(disk.position, through);
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
    async latest(deviceId) {
      const latest = new Map<string, LatestValue>();
      for (const { ts, values } of within(deviceId, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))
        for (const [metric, value] of Object.entries(values)) latest.set(metric, { metric, value, ts });
      return [...latest.values()].toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
    },
    async close() {},
  };
}

import { DAY, type Instant, MINUTE } from '@uptower/domain';
import { add, fade, type Histogram, quantile } from './histogram.ts';

/** How long a metric usually repeats the same number. Plain data, constant size. */
export interface SensorRuns {
  value: number;
  /** Readings with exactly this value in a row, since when, and the last one's time. */
  run: number;
  since: Instant;
  ts: Instant;
  /** When it was first seen. */
  begun: Instant;
  /** Lengths of past runs in readings, each weighted by its own length. */
  past: Histogram;
  /** Readings in `past`, the old ones forgotten; runs seen, not forgotten. */
  readings: number;
  runs: number;
  /** Values it has rested at before: the ends of a range, off, idle. The latest four. */
  rests: number[];
}

/** It must have been seen to vary so often, over two days at least. What rarely changes (a mode, a set point) never is judged. */
const LEARNED_RUNS = 100;
const LEARNED_MS = 2 * DAY;
const MEMORY_READINGS = 20_000;
/** Stuck: a run so many times as long as 99 % of its readings were in, of so many readings and so much time. */
const FACTOR = 5;
const SHARE = 0.99;
const LEAST_RUN = 20;
const RESTS_KEPT = 4;
const LEAST_MS = 30 * MINUTE;

export const startSensor = (value: number, ts: Instant): SensorRuns => ({
  value,
  run: 1,
  since: ts,
  ts,
  begun: ts,
  past: [],
  readings: 0,
  runs: 0,
  rests: [],
});

/** Takes the next reading of a metric; late ones change nothing. Returns whether it is stuck now. */
export function onValue(sensor: SensorRuns, value: number, ts: Instant): boolean {
  if (ts <= sensor.ts) return false;
  sensor.ts = ts;
  if (value === sensor.value) {
    sensor.run += 1;
    return isStuck(sensor);
  }
  // A run that was called stuck is learned at most as twice what was still usual.
  const length = Math.min(sensor.run, 2 * (stuckRun(sensor) ?? sensor.run));
  add(sensor.past, length, length);
  sensor.readings += length;
  sensor.runs += 1;
  if (sensor.readings > MEMORY_READINGS) {
    fade(sensor.past, MEMORY_READINGS / sensor.readings, 1e-3);
    sensor.readings = MEMORY_READINGS;
  }
  if (sensor.run >= LEAST_RUN && !sensor.rests.includes(sensor.value))
    sensor.rests = [...sensor.rests, sensor.value].slice(-RESTS_KEPT);
  sensor.value = value;
  sensor.run = 1;
  sensor.since = ts;
  return false;
}

/**
 * Readings in a row after which it counts as stuck; null while it was not seen to vary enough. Runs are weighted by
 * their length, like a device's pauses: an output that rests at zero all night has long runs for much of its time, and
 * is judged by those.
 */
export function stuckRun({ past, runs, begun, ts }: SensorRuns): number | null {
  if (runs < LEARNED_RUNS || ts - begun < LEARNED_MS) return null;
  const usual = quantile(past, SHARE);
  return usual === null ? null : Math.max(LEAST_RUN, FACTOR * usual);
}

/** Where it has rested before it may rest again, for however long. */
export function isStuck(sensor: SensorRuns): boolean {
  if (sensor.rests.includes(sensor.value) || sensor.run < LEAST_RUN || sensor.ts - sensor.since < LEAST_MS)
    return false;
  const limit = stuckRun(sensor);
  return limit !== null && sensor.run > limit;
}

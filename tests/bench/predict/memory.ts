import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HOUR, MINUTE } from '@uptower/domain';
import { Snapshots } from '../../../gateway/src/pipeline/snapshot.ts';
import { type DeviceState, newDevice } from '../../../gateway/src/pipeline/state.ts';
import {
  type NoveltyAlarmState,
  startNoveltyAlarm,
  takeNovelty,
} from '../../../gateway/src/prediction/novelty-alarm.ts';
import { METRICS, model } from './model.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const words = { timeZone: 'UTC', metric: () => ({ name: { en: 'm', zh: 'm' }, unit: '' }) };
const START = Date.UTC(2026, 0, 5);
/** Enough readings that every part of a detector is in use. */
const READINGS = 200;

const held = () => {
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

export interface Memory {
  readonly metrics: number;
  /** Bytes a metric of the detectors alone, live and as JSON. */
  readonly live: number;
  readonly json: number;
  /** Of writing such a state down: MB, whole time, the longest time nothing else runs, milliseconds. */
  readonly snapshotMb: number;
  readonly snapshotMs: number;
  readonly longestMs: number;
}

/** So many devices with METRICS novelty detectors each, really allocated. */
export async function measureMemory(devices: number): Promise<Memory> {
  const rules = model.rules.filter((rule) => rule.kind === 'novelty');
  const states = new Map<string, DeviceState>(Array.from({ length: devices }, (_, i) => [`dev_${i}`, newDevice()]));
  const before = held();
  let seed = 1;
  let json = 0;
  for (const state of states.values())
    for (const rule of rules) {
      const alarm: NoveltyAlarmState = startNoveltyAlarm();
      for (let i = 0; i < READINGS; i += 1) {
        seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
        takeNovelty(alarm, rule, 50 + seed / 1e9 + Math.sin(i / 20), START + i * (HOUR / 4) + MINUTE, words);
      }
      state.detectors[rule.id] = alarm;
      json += JSON.stringify(alarm).length;
    }
  const after = held();
  const metrics = devices * METRICS;
  let bytes = 0;
  let longestMs = 0;
  let begun = performance.now();
  const lap = () => {
    longestMs = Math.max(longestMs, performance.now() - begun);
  };
  const store = {
    async saveSnapshot(_: string, body: string) {
      bytes += body.length;
    },
    loadSnapshot: async () => null,
  };
  const snapshots = new Snapshots(store, async () => {
    lap();
    await new Promise<void>((resolve) => setImmediate(resolve));
    begun = performance.now();
  });
  const whole = performance.now();
  begun = performance.now();
  await (await snapshots.prepare({ position: 1, logPosition: 0, quarantine: [] }, states, []))();
  lap();
  const snapshotMs = performance.now() - whole;
  if (states.size !== devices) throw new Error('the state was let go while it was measured');
  return {
    metrics,
    live: (after - before) / metrics,
    json: json / metrics,
    snapshotMb: bytes / 1e6,
    snapshotMs,
    longestMs,
  };
}

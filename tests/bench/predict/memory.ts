import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DAY, type Device, type DeviceModel, MINUTE } from '@uptower/domain';
import { type Arrival, arriveMoment } from '../../../gateway/src/event-time/arrive.ts';
import { beginning, noPast } from '../../../gateway/src/event-time/past.ts';
import { RecentMoments } from '../../../gateway/src/event-time/recent.ts';
import { type Listener, stepMoment } from '../../../gateway/src/event-time/step.ts';
import { rhythmOf } from '../../../gateway/src/event-time/words.ts';
import { DeviceMap, newDevice } from '../../../gateway/src/pipeline/state.ts';
import { noEvidence } from '../../../gateway/src/uptime/evidence.ts';
import { METRICS, model } from './model.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const words = { timeZone: 'UTC', metric: () => ({ name: { en: 'm', zh: 'm' }, unit: '' }) };
const deaf: Listener = { alert: () => undefined, fact: () => undefined };
const START = Date.UTC(2026, 0, 5);
/** A quarter of an hour apart every part of every detector is in use after a day, in a third of the time. */
const STEP = 15 * MINUTE;
const keys = Array.from({ length: METRICS }, (_, i) => `m${i}`);

/** Bytes in use, without what is garbage. */
export function held(): { readonly used: number; readonly resident: number } {
  gc();
  gc();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { used: heapUsed + arrayBuffers, resident: rss };
}

let seed = 1;
function noise(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
  return seed / 2 ** 31;
}

/** One message's readings: a rhythm of the day and noise. */
const momentAt = (ts: number) => ({
  ts,
  values: Object.fromEntries(
    keys.map((key) => [key, 50 + 10 * Math.sin((ts * 2 * Math.PI) / DAY) + noise() + noise()]),
  ),
});

const knownOf = (id: string, judged: DeviceModel): Arrival['known'] => ({
  device: { id, service: 'observe' } as Device,
  model: judged,
  words,
  since: {},
  suppressions: [],
});

/** Bytes a metric of the novelty detectors alone, `devices` × METRICS of them. */
export function measureNovelty(devices: number): number {
  const judged = { ...model, rules: model.rules.filter(({ kind }) => kind === 'novelty') } as DeviceModel;
  const before = held();
  const folds = Array.from({ length: devices }, () => beginning({ evidence: noEvidence() }));
  for (const [i, fold] of folds.entries())
    for (let at = 0; at <= DAY; at += STEP) stepMoment(fold, momentAt(START + at), knownOf(`dev_${i}`, judged), deaf);
  const bytes = held().used - before.used;
  if (folds.length !== devices) throw new Error('the state was let go while it was measured');
  return bytes / (devices * METRICS);
}

/** A fleet after a day of steady data, in every way as the pipeline keeps it for prediction. */
export class Fleet {
  readonly devices = new DeviceMap();
  private readonly recent = new RecentMoments();
  private readonly clocks = new Map<string, number>();

  constructor(count: number, onDevice: (i: number) => void) {
    for (let i = 0; i < count; i += 1) {
      const id = `dev_${i}`;
      this.devices.set(id, { ...newDevice(), ...beginning({ evidence: noEvidence() }), past: noPast() });
      // Not all at the same moment.
      this.clocks.set(id, START + Math.round((i / count) * STEP));
      for (let at = 0; at <= DAY; at += STEP) this.speak(id);
      onDevice(i);
    }
  }

  /** The device's next message. */
  speak(id: string): void {
    const ts = this.clocks.get(id) as number;
    this.clocks.set(id, ts + STEP);
    const state = this.devices.get(id);
    if (!state) throw new Error(`there is no device ${id}`);
    const known = knownOf(id, model as DeviceModel);
    const rhythm = rhythmOf(model as DeviceModel);
    const arrival = {
      deviceId: id,
      state,
      known,
      listener: deaf,
      recent: this.recent,
      receivedAt: ts,
      absences: [],
      rhythm,
    };
    arriveMoment(arrival, momentAt(ts));
  }
}

export interface FleetMemory {
  readonly fleet: Fleet;
  /** Bytes a device in use, and by which the process grew. */
  readonly used: number;
  readonly resident: number;
}

export function measureFleet(devices: number, onDevice: (i: number) => void): FleetMemory {
  const before = held();
  const fleet = new Fleet(devices, onDevice);
  const after = held();
  return {
    fleet,
    used: (after.used - before.used) / devices,
    resident: (after.resident - before.resident) / devices,
  };
}

import { DAY, type Device, type DeviceModel, MINUTE } from '@uptower/domain';
import { type Arrival, arriveMoment } from '../../../gateway/src/event-time/arrive.ts';
import { beginning, noPast } from '../../../gateway/src/event-time/past.ts';
import { RecentMoments } from '../../../gateway/src/event-time/recent.ts';
import { type Known, type Listener, stepMoment } from '../../../gateway/src/event-time/step.ts';
import { rhythmOf } from '../../../gateway/src/event-time/words.ts';
import { observe, startNovelty } from '../../../gateway/src/prediction/novelty/detector.ts';
import { noEvidence } from '../../../gateway/src/uptime/evidence.ts';
import { median } from '../process.ts';
import { METRICS, model } from './model.ts';

const START = Date.UTC(2026, 0, 5);
const STEP = 5 * MINUTE;
const deaf: Listener = { alert: () => undefined, fact: () => undefined };
const words = { timeZone: 'UTC', metric: () => ({ name: { en: 'm', zh: 'm' }, unit: '' }) };

/** A day's rhythm and noise, different for each device and metric; made before the clock runs. */
function series(seed: number, length: number): Float64Array {
  let a = seed * 2654435761;
  const noise = () => {
    a = (Math.imul(a, 1664525) + 1013904223) | 0;
    return a / 2147483648;
  };
  return Float64Array.from(
    { length },
    (_, i) => 50 + 10 * Math.sin((i * STEP * 2 * Math.PI) / DAY) + noise() + noise(),
  );
}

/** The plainest thing that is called anomaly detection: exponentially weighted mean and variance, |z| > 4. */
interface Ewma {
  mean: number;
  variance: number;
}
function ewma(state: Ewma, value: number): boolean {
  const error = value - state.mean;
  const strange = error * error > 16 * state.variance;
  state.mean += 0.01 * error;
  state.variance = 0.99 * (state.variance + 0.01 * error * error);
  return strange;
}

export interface Costs {
  /** ns of CPU a value, and of that of the EWMA how many times; medians of the rounds. */
  readonly rows: { readonly what: string; readonly ns: number; readonly ratio: number }[];
}

/** Each contender is shown the same values of `devices` × METRICS metrics in turn, as they would come. */
export function measureCosts(devices: number, days: number, rounds: number): Costs {
  const length = Math.round((days * DAY) / STEP);
  const warm = Math.round(length / 3);
  const data = Array.from({ length: devices * METRICS }, (_, i) => series(i + 1, length));
  const times = new Map<string, number[]>();
  let found = 0;
  const time = (what: string, step: (moment: number) => void) => {
    for (let i = 0; i < warm; i += 1) step(i);
    // CPU time, not the clock's: what else the machine does is not counted.
    const begun = process.cpuUsage();
    for (let i = warm; i < length; i += 1) step(i);
    const { user, system } = process.cpuUsage(begun);
    const ns = ((user + system) * 1e3) / ((length - warm) * data.length);
    times.set(what, [...(times.get(what) ?? []), ns]);
  };
  const moments = (i: number, device: number) => {
    const values: Record<string, number> = {};
    for (let m = 0; m < METRICS; m += 1) values[`m${m}`] = (data[device * METRICS + m] as Float64Array)[i] as number;
    return { ts: START + i * STEP, values };
  };
  for (let round = 0; round < rounds; round += 1) {
    const plain = data.map((of) => ({ mean: of[0] as number, variance: 1 }));
    time('EWMA z-score', (i) => {
      for (let k = 0; k < data.length; k += 1)
        if (ewma(plain[k] as Ewma, (data[k] as Float64Array)[i] as number)) found += 1;
    });
    const novelties = data.map((of) => startNovelty(of[0] as number, START));
    time('novelty', (i) => {
      for (let k = 0; k < data.length; k += 1)
        if (observe(novelties[k] as never, (data[k] as Float64Array)[i] as number, START + i * STEP).fresh) found += 1;
    });
    time('making the messages alone', (i) => {
      for (let d = 0; d < devices; d += 1) found += moments(i, d).ts > 0 ? 1 : 0;
    });
    const known: Known = {
      device: { id: 'dev_a', service: 'observe' } as Device,
      model: model as DeviceModel,
      words,
      since: {},
      suppressions: [],
    };
    const folds = Array.from({ length: devices }, () => beginning({ evidence: noEvidence() }));
    time('live fold: limit, trend, rate and novelty on each metric', (i) => {
      for (let d = 0; d < devices; d += 1) stepMoment(folds[d] as never, moments(i, d), known, deaf);
    });
    const recent = new RecentMoments();
    const arrivals = folds.map(
      (_, d): Arrival => ({
        deviceId: `dev_${d}`,
        state: { ...beginning({ evidence: noEvidence() }), past: noPast() },
        known,
        listener: deaf,
        recent,
        receivedAt: START,
        absences: [],
        rhythm: rhythmOf(model as DeviceModel),
      }),
    );
    time('the same with what late data need (checkpoints, recent moments)', (i) => {
      for (let d = 0; d < devices; d += 1) arriveMoment(arrivals[d] as Arrival, moments(i, d));
    });
  }
  if (found === 0) throw new Error('nothing was measured');
  const base = times.get('EWMA z-score') as number[];
  return {
    rows: [...times].map(([what, ns]) => ({
      what,
      ns: median(ns),
      ratio: median(ns.map((each, i) => each / (base[i] as number))),
    })),
  };
}

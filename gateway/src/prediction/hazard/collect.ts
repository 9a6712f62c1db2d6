import { featureNames, writeFeatures } from './features.ts';
import type { StreamOptions } from './stream.ts';
import { type Past, walk } from './walk.ts';

/** Moments of one component of a fleet, in order of time. */
export interface Collected {
  readonly rows: number;
  readonly x: Float32Array;
  readonly at: Float64Array;
  readonly device: Int32Array;
  readonly failsIn: Float64Array;
  readonly seenFor: Float64Array;
}

/** Walks a history as the live stream would and notes every moment at which `component` is judged, and what came of it. */
export function collect(past: Past, component: string, options: StreamOptions): Collected {
  const columns = featureNames(options.inputs).length;
  const fates = fatesOf(past, component);
  const at: number[] = [];
  const device: number[] = [];
  let x = new Float32Array(1024 * columns);
  walk(past, () => options, options.quietHours, {
    judge(index, name, hour, state) {
      if (name !== component) return;
      const row = at.length;
      if ((row + 1) * columns > x.length) {
        const wider = new Float32Array(2 * x.length);
        wider.set(x);
        x = wider;
      }
      const model = past.devices[index]?.model ?? '';
      writeFeatures(state, options.inputs, model, hour, x.subarray(row * columns, (row + 1) * columns));
      at.push(hour);
      device.push(index);
    },
  });
  const rows = at.length;
  const failsIn = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const seenFor = new Float64Array(rows);
  for (let r = 0; r < rows; r += 1) {
    const now = at[r] as number;
    const index = device[r] as number;
    const fate = fates.get(index);
    const failure = fate?.failed.find((time) => time > now) ?? Number.POSITIVE_INFINITY;
    const renewal = fate?.renewed.find((time) => time > now) ?? Number.POSITIVE_INFINITY;
    const end = past.devices[index]?.to ?? now;
    if (failure <= renewal) failsIn[r] = failure - now;
    seenFor[r] = Math.min(Math.max(end, failure === Number.POSITIVE_INFINITY ? end : failure), renewal) - now;
  }
  return {
    rows,
    x: x.subarray(0, rows * columns),
    at: Float64Array.from(at),
    device: Int32Array.from(device),
    failsIn,
    seenFor,
  };
}

/** When the component of a device failed and was renewed, by device. */
export function fatesOf(past: Past, component: string): Map<number, { failed: number[]; renewed: number[] }> {
  const fates = new Map<number, { failed: number[]; renewed: number[] }>();
  for (const input of past.inputs) {
    if ((input.kind !== 'failed' && input.kind !== 'renewed') || input.component !== component) continue;
    const fate = fates.get(input.device) ?? { failed: [], renewed: [] };
    fates.set(input.device, fate);
    fate[input.kind].push(input.at);
  }
  return fates;
}

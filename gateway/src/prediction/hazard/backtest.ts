import { calibrated } from './calibrate.ts';
import { featureNames, writeFeatures } from './features.ts';
import { meanSurvival } from './member.ts';
import type { HazardModel } from './model.ts';
import { observed, propose, resolve, settle, startOpener } from './opener.ts';
import { intervalEnds } from './periods.ts';
import type { StreamOptions } from './stream.ts';
import { streamOptions } from './train.ts';
import { type Past, walk } from './walk.ts';

/** An order the hazard layer would have opened; times in hours of the history. */
export interface HazardOrder {
  readonly device: number;
  readonly component: string;
  readonly at: number;
  /** P(fails within the horizon). */
  readonly probability: number;
  /** Between these the failure is expected, should it come: tenth and ninetieth percentile. */
  readonly from: number;
  readonly to: number;
}

export interface BacktestOptions {
  readonly falsePerDeviceMonth: number;
  readonly kindOf: StreamOptions['kindOf'];
}

/** Walks a fleet's past event by event, as it would have come in live, and opens orders within the budget. */
export function backtestHazard(past: Past, model: HazardModel, options: BacktestOptions): HazardOrder[] {
  const { horizonHours, leadHours, inputs } = model;
  const names = Object.keys(model.components);
  const stream = streamOptions(inputs, names, horizonHours, options.kindOf);
  const opening = { horizonHours, falsePerDeviceMonth: options.falsePerDeviceMonth, learned: model.spending };
  const books = startOpener();
  const ends = intervalEnds(leadHours, horizonHours);
  const x = new Float32Array(featureNames(inputs).length);
  const orders: HazardOrder[] = [];
  const heard: number[] = past.devices.map(({ from }) => from);
  const hear = (index: number, at: number) => {
    settle(books, at, opening);
    const since = heard[index] ?? at;
    if (at <= since) return;
    heard[index] = at;
    observed(books, past.devices[index]?.model ?? '', at - since, opening);
  };
  walk(past, stream, {
    quiet: hear,
    before(input) {
      hear(input.device, input.at);
      if (input.kind === 'failed' || input.kind === 'renewed')
        resolve(books, `${input.device} ${input.component}`, input.kind === 'failed', opening);
    },
    judge(device, component, at, state) {
      const hazard = model.components[component];
      if (!hazard) return;
      const kind = past.devices[device]?.model ?? '';
      writeFeatures(state, inputs, kind, at, x);
      const curve = meanSurvival(hazard.members, x, ends.length);
      const probability = calibrated(hazard.calibration, 1 - (curve.at(-1) as number));
      if (!propose(books, `${device} ${component}`, kind, at, probability, opening)) return;
      const [from, to] = [0.1, 0.9].map((q) => at + expectedIn(curve, ends, q)) as [number, number];
      orders.push({ device, component, at, probability, from, to });
    },
  });
  return orders;
}

/** Hours until the share `q` of those that fail within the horizon has failed, by the survival curve, linear in between. */
function expectedIn(curve: readonly number[], ends: readonly number[], q: number): number {
  const target = q * (1 - (curve.at(-1) as number));
  let [failed, from] = [0, 0];
  for (let k = 0; k < curve.length; k += 1) {
    const then = 1 - (curve[k] as number);
    const end = ends[k] as number;
    if (then >= target && then > failed) return from + ((target - failed) / (then - failed)) * (end - from);
    failed = then;
    from = end;
  }
  return ends.at(-1) as number;
}

import { evaluate, optionsFor } from './live.ts';
import type { HazardModel } from './model.ts';
import { observed, propose, resolve, settle, startOpener } from './opener.ts';
import type { StreamOptions } from './stream.ts';
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
  const { horizonHours } = model;
  const stream = optionsFor(model, options.kindOf);
  const opening = { horizonHours, falsePerDeviceMonth: options.falsePerDeviceMonth, learned: model.spending };
  const books = startOpener();
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
      const kind = past.devices[device]?.model ?? '';
      const answer = evaluate(model, component, state, kind, at);
      if (!answer) return;
      const { probability, expected } = answer;
      if (!propose(books, `${device} ${component}`, kind, at, probability, opening)) return;
      const [from, to] = [at + expected[0], at + expected[1]];
      orders.push({ device, component, at, probability, from, to });
    },
  });
  return orders;
}

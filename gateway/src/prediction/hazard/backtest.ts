import { pooled } from './budget.ts';
import { leastEvidence } from './evidence.ts';
import { evaluate, optionsFor } from './live.ts';
import type { HazardModel } from './model.ts';
import { believe, observed, propose, resolve, settle, startOpener } from './opener.ts';
import type { StreamOptions } from './stream.ts';
import { type Past, walk } from './walk.ts';

/** An order the hazard layer would have opened; times in hours of the history. */
export interface HazardOrder {
  readonly device: number;
  readonly component: string;
  readonly at: number;
  /** P(fails within the horizon), by what came of such orders on this device model before. */
  readonly probability: number;
  /** Between these the failure is expected, should it come: tenth and ninetieth percentile. */
  readonly from: number;
  readonly to: number;
}

export interface BacktestOptions {
  readonly falsePerDeviceMonth: number;
  readonly kindOf: StreamOptions['kindOf'];
}

/**
 * Walks a fleet's past event by event, as it would have come in live, and opens orders within the budget. Each device is
 * judged by the model `modelOf` gives for it (cross-fitting); the books of orders and budget are those of the whole fleet.
 */
export function backtestHazard(
  past: Past,
  models: readonly HazardModel[],
  modelOf: (device: number) => HazardModel,
  options: BacktestOptions,
): HazardOrder[] {
  const horizonHours = Math.max(...models.map((model) => model.horizonHours));
  const streams = new Map(models.map((model) => [model, optionsFor(model, options.kindOf)]));
  const streamOf = (device: number) => streams.get(modelOf(device)) as StreamOptions;
  const quietHours = Math.max(...[...streams.values()].map((stream) => stream.quietHours));
  const opening = {
    horizonHours,
    falsePerDeviceMonth: options.falsePerDeviceMonth,
    learned: pooled(models.map(({ spending }) => spending)),
  };
  const least = new Map(models.map((model) => [model, leastEvidence(model)]));
  const books = startOpener();
  const orders: HazardOrder[] = [];
  const heard: number[] = past.devices.map(({ from }) => from);
  const hear = (index: number, at: number) => {
    settle(books, at, opening);
    const since = heard[index] ?? at;
    if (at <= since) return;
    heard[index] = at;
    observed(books, past.devices[index]?.model ?? '', at, at - since, opening);
  };
  walk(past, streamOf, quietHours, {
    quiet: hear,
    before(input) {
      hear(input.device, input.at);
      if (input.kind === 'failed' || input.kind === 'renewed')
        resolve(books, `${input.device} ${input.component}`, input.kind === 'failed', opening);
    },
    judge(device, component, at, state) {
      const kind = past.devices[device]?.model ?? '';
      const model = modelOf(device);
      const answer = evaluate(model, component, state, kind, at);
      if (!answer) return;
      const { probability: told, urgency, expected } = answer;
      const probability = believe(books, kind, told);
      const asked = { probability: told, urgency, least: least.get(model)?.[component] ?? 0 };
      if (!propose(books, `${device} ${component}`, kind, at, asked, opening)) return;
      const [from, to] = [at + expected[0], at + expected[1]];
      orders.push({ device, component, at, probability, from, to });
    },
  });
  return orders;
}

import type { Inputs } from './features.ts';
import type { Usual } from './gauge.ts';
import type { Past } from './walk.ts';

/** A counter that grew on more than this share of devices counts use, not faults (power cycles, hours, exposures). */
const USAGE_SHARE = 0.5;
/** Readings of a gauge looked at for its usual level; every n-th beyond. */
const SAMPLE = 20_000;

/** Finds out what there is to look at: counters of faults, gauges and what is usual for them, event codes. */
export function learnInputs(pasts: readonly Past[], kindOf: (metric: string) => 'counter' | 'gauge'): Inputs {
  const counters = new Map<string, { devices: number; grew: number }>();
  const codes = new Set<string>();
  const values = new Map<string, Map<string, number[]>>();
  for (const past of pasts) {
    const seen: Map<string, { value: number; grew: boolean }>[] = past.devices.map(() => new Map());
    for (const input of past.inputs) {
      if (input.kind === 'code') codes.add(input.code);
      if (input.kind !== 'values') continue;
      const model = past.devices[input.device]?.model ?? '';
      for (const [metric, value] of Object.entries(input.values)) {
        if (kindOf(metric) === 'gauge') {
          for (const name of new Set(['', model])) {
            const byMetric = values.get(name) ?? new Map<string, number[]>();
            values.set(name, byMetric);
            const list = byMetric.get(metric);
            if (list) list.push(value);
            else byMetric.set(metric, [value]);
          }
          continue;
        }
        const known = seen[input.device]?.get(metric);
        if (known) {
          known.grew ||= value > known.value;
          known.value = value;
        } else seen[input.device]?.set(metric, { value, grew: false });
      }
    }
    for (const device of seen)
      for (const [metric, { grew }] of device) {
        const count = counters.get(metric) ?? { devices: 0, grew: 0 };
        counters.set(metric, { devices: count.devices + 1, grew: count.grew + (grew ? 1 : 0) });
      }
  }
  const usual = Object.fromEntries(
    [...values].map(([model, byMetric]) => [
      model,
      Object.fromEntries([...byMetric].map(([metric, list]) => [metric, usualOf(list)])),
    ]),
  );
  return {
    counters: [...counters]
      .flatMap(([name, { devices, grew }]) => (grew <= USAGE_SHARE * devices ? [name] : []))
      .sort(),
    gauges: [...(values.get('')?.keys() ?? [])].sort(),
    codes: [...codes].sort(),
    usual,
  };
}

/** Median, and median absolute deviation × 1.4826 (the standard deviation of a normal distribution). */
function usualOf(list: readonly number[]): Usual {
  const step = Math.max(1, Math.floor(list.length / SAMPLE));
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
  const sample = list.filter((_, i) => i % step === 0);
  const level = median([...sample]);
  return { level, spread: 1.4826 * median(sample.map((value) => Math.abs(value - level))) };
}

import { DAY, HOUR, type Instant, MINUTE } from '@uptower/domain';
import { type Decoy, decoyDelta, extraAmbient, frozen } from '../failure-modes/decoys.ts';
import { type Fault, lastingDegradation, visibleDegradation } from '../failure-modes/fault.ts';
import { bell, wander } from '../rng.ts';
import { hiddenModeOf } from './catalogue.ts';
import type { Effect } from './kit.ts';
import type { Machine, OwnSignal } from './machine.ts';
import { ambientAt, type Usage, usageAt } from './usage.ts';

/** Counters start here; before the demo is imagined, after every device was installed. 2025-01-01T00:00Z. */
const COUNTING_SINCE = 1_735_689_600_000;
const WANDER_PERIOD = 7 * HOUR;

/** An engineer's work on a device: no exams, and in the end test scans on a phantom. */
export interface ServiceSpan {
  readonly from: Instant;
  readonly testFrom: Instant | null;
  readonly to: Instant | null;
}

/** All that decides what a device measures besides seed and time. */
export interface Condition {
  readonly faults: readonly Fault[];
  readonly decoys: readonly Decoy[];
  readonly services: readonly ServiceSpan[];
  /** What repaired faults left on counters. */
  readonly counted: Readonly<Record<string, number>>;
}

export const HEALTHY: Condition = { faults: [], decoys: [], services: [], counted: {} };

/** Load of the phantom scans that end a repair: enough for rules that look only at scans. */
const TEST_LOAD = 0.6;
const ACCEPTANCE = 20 * MINUTE;

/** Usage as it really is: none on a failed device, none under repair, test scans at the end of one. */
export function actualUsage(machine: Machine, at: Instant, condition: Condition): Usage {
  const usage = usageAt(machine.usageSeed, machine.kit.rhythm, at);
  const service = condition.services.find((span) => at >= span.from && (span.to === null || at < span.to));
  // After a repair the department makes a series of acceptance scans before patients come back.
  const accepting = condition.services.some(
    ({ testFrom, to }) => testFrom !== null && to !== null && at >= to && at - to < ACCEPTANCE,
  );
  if (service) {
    const testing = service.testFrom !== null && at >= service.testFrom;
    return testing ? { load: TEST_LOAD, heat: 0.3 } : { load: 0, heat: usage.heat * cooling(at - service.from) };
  }
  if (accepting && !service) return { load: Math.max(usage.load, TEST_LOAD), heat: Math.max(usage.heat, 0.3) };
  for (const fault of condition.faults) {
    if (fault.failedAt === null || at < fault.failedAt) continue;
    if (fault.repairedAt !== null && at >= fault.repairedAt) continue;
    if (hiddenModeOf(machine.kit, fault.mode).whenFailed === 'down')
      return { load: 0, heat: usage.heat * cooling(at - fault.failedAt) };
  }
  return usage;
}

const cooling = (sinceMs: number) => Math.exp(-sinceMs / HOUR);

/** How much of a load-dependent effect shows: nearly all in an exam, little at rest. */
const shown = (effect: Effect, usage: Usage) =>
  effect.underLoad ? (usage.load > 0 ? 0.8 + 0.2 * usage.heat : 0.4 * usage.heat) : 1;

function gauge(own: OwnSignal, usage: Usage, ambient: number, at: Instant): number {
  const { signal } = own;
  return (
    signal.base +
    own.offset +
    (signal.load ?? 0) * usage.load +
    (signal.heat ?? 0) * usage.heat +
    (signal.ambient ?? 0) * ambient +
    (signal.wander ? signal.wander * wander(own.wanderSeed, at, WANDER_PERIOD) : 0) +
    (signal.noise ? signal.noise * bell(own.noiseSeed, Math.floor(at / MINUTE)) : 0)
  );
}

/** Healthy counts grow steadily: what matters of them is only that they grow slowly. */
const counter = (own: OwnSignal, at: Instant) =>
  own.signal.base + own.offset + (own.signal.perDay ?? 0) * own.pace * ((at - COUNTING_SINCE) / DAY);

/** What a device measures at a moment. Pure: asked again after a crash it answers the same. */
export function readingAt(machine: Machine, at: Instant, condition: Condition): Record<string, number> {
  const usage = actualUsage(machine, at, condition);
  const ambient = ambientAt(machine.siteSeed, at) + extraAmbient(condition.decoys, at);
  const values: Record<string, number> = { activity: Math.round(usage.load * 100) };
  for (const own of machine.signals) {
    const { metric, decimals } = own.signal;
    const counts = metric.kind === 'counter';
    let value = counts ? counter(own, at) + (condition.counted[metric.key] ?? 0) : gauge(own, usage, ambient, at);
    for (const fault of condition.faults) {
      const hidden = hiddenModeOf(machine.kit, fault.mode);
      for (const effect of hidden.effects) {
        if (effect.metric !== metric.key) continue;
        value += counts
          ? Math.floor(effect.amount * lastingDegradation(fault, at))
          : effect.amount * visibleDegradation(fault, at, hidden.recoveryMinutes) * shown(effect, usage);
      }
    }
    if (!counts) value += decoyDelta(condition.decoys, metric.key, at);
    if (metric.possible) value = Math.min(metric.possible.max, Math.max(metric.possible.min, value));
    const unit = 10 ** decimals;
    values[metric.key] = counts ? Math.floor(value) : Math.round(value * unit) / unit;
  }
  for (const { metric, of } of frozen(condition.decoys, at)) {
    const kept = readingAt(machine, of, condition)[metric];
    if (kept !== undefined) values[metric] = kept;
  }
  return values;
}

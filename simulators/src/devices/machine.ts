import type { Device } from '@uptower/domain';
import { seedOf, unit } from '../rng.ts';
import { kitOf } from './catalogue.ts';
import type { ModelKit, Signal } from './kit.ts';

/** One signal of one device: what makes this device differ from its sisters. */
export interface OwnSignal {
  readonly signal: Signal;
  readonly noiseSeed: number;
  readonly wanderSeed: number;
  /** Added to the model's base, within its spread. */
  readonly offset: number;
  /** Counters: this device counts so much faster or slower than its model. */
  readonly pace: number;
}

/** A device with its model and its own chances, prepared once. */
export interface Machine {
  readonly device: Device;
  readonly kit: ModelKit;
  readonly usageSeed: number;
  readonly siteSeed: number;
  readonly signals: readonly OwnSignal[];
  /** Milliseconds after the full minute at which it speaks: spreads the fleet over the minute. */
  readonly phaseMs: number;
}

export function machineOf(device: Device, seed: number): Machine {
  const kit = kitOf(device.modelId);
  const own = seedOf(seed, device.id);
  return {
    device,
    kit,
    usageSeed: seedOf(own, 'usage'),
    siteSeed: seedOf(seed, device.siteId),
    signals: kit.signals.map((signal) => {
      const of = (what: string) => seedOf(own, signal.metric.key, what);
      return {
        signal,
        noiseSeed: of('noise'),
        wanderSeed: of('wander'),
        offset: (signal.spread ?? 0) * (2 * unit(of('spread'), 0) - 1),
        pace: 0.7 + 0.6 * unit(of('pace'), 0),
      };
    }),
    phaseMs: Math.floor(unit(own, 0) * 60) * 1_000,
  };
}

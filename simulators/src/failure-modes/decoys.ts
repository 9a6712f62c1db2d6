import { DAY, HOUR, type Instant, MINUTE } from '@uptower/domain';
import type { Machine } from '../devices/machine.ts';
import { type Draws, draws } from '../rng.ts';

/**
 * What looks like trouble and is none. Sizes are given as shares of what the fault of the same metric does in full, so
 * that each is plainly visible on a chart.
 */
export type Decoy = {
  readonly id: string;
  readonly deviceId: string;
  readonly from: Instant;
  readonly to: Instant;
} & (
  | { readonly kind: 'hot-day'; readonly degrees: number }
  /** One wild sample (a bit error on the sensor bus). */
  | { readonly kind: 'spike'; readonly metric: string; readonly amount: number }
  /** A loose connector for a few minutes. */
  | { readonly kind: 'glitch'; readonly metric: string; readonly amount: number }
  /** Recalibrated: another zero from now on, until the next calibration. */
  | { readonly kind: 'calibration-step'; readonly metric: string; readonly amount: number }
  /** A door stands open: warms slowly, recovers slowly. */
  | { readonly kind: 'door-open'; readonly metric: string; readonly amount: number }
  /** The network is away; the device keeps its readings and sends them later. */
  | { readonly kind: 'silence' }
  /** The same of the gateway that carries it. */
  | { readonly kind: 'gateway-away' }
  /** Its software hangs: the session stands, nothing is said; what was measured is sent later. */
  | { readonly kind: 'hung' }
  /** Its clock is so much ahead (negative: behind). */
  | { readonly kind: 'clock-off'; readonly ms: number }
  /** A sensor repeats its last number. */
  | { readonly kind: 'frozen'; readonly metric: string }
);

const PER_DAY = 30;
const KINDS = [
  'hot-day',
  'spike',
  'spike',
  'glitch',
  'glitch',
  'calibration-step',
  'door-open',
  'silence',
  'silence',
] as const;

/** The decoys that begin on day `day` of the world, fleet-wide. Pure. */
export function decoysOfDay(seed: number, start: Instant, day: number, fleet: readonly Machine[]): Decoy[] {
  const chance = draws(seed, 'decoys', String(day));
  return Array.from({ length: PER_DAY }, (_, index) => {
    const machine = chance.pick(fleet);
    const from = start + day * DAY + Math.floor(chance.next() * DAY);
    return decoy(`d${day}-${index}`, machine, from, chance);
  });
}

function decoy(id: string, machine: Machine, from: Instant, chance: Draws): Decoy {
  const kind = chance.pick(KINDS);
  const effects = machine.kit.modes.flatMap((hidden) => hidden.effects);
  const gauges = effects.filter(({ metric }) =>
    machine.kit.signals.some((signal) => signal.metric.key === metric && signal.metric.kind === 'gauge'),
  );
  const { metric, amount } = chance.pick(gauges);
  const size = chance.next();
  const lasting = (ms: number) => ({ id, deviceId: machine.device.id, from, to: from + Math.round(ms) });
  switch (kind) {
    case 'hot-day':
      return { ...lasting(6 * HOUR), kind, degrees: 2.5 + 1.5 * size };
    case 'spike':
      return { ...lasting(MINUTE), kind, metric, amount: amount * (0.7 + 0.6 * size) };
    case 'glitch':
      return { ...lasting((2 + 4 * size) * MINUTE), kind, metric, amount: amount * (0.6 + 0.5 * size) };
    case 'calibration-step':
      return { ...lasting((24 + 24 * size) * HOUR), kind, metric, amount: amount * (0.08 + 0.06 * size) };
    case 'door-open':
      return { ...lasting((60 + 60 * size) * MINUTE), kind, metric, amount: amount * (0.1 + 0.08 * size) };
    case 'silence':
      return { ...lasting((3 + 7 * size) * MINUTE), kind };
  }
}

const active = (decoy: Pick<Decoy, 'from' | 'to'>, at: Instant) => at >= decoy.from && at < decoy.to;

/** Degrees the room is warmer than the season says. Rises and falls over two hours. */
export function extraAmbient(decoys: readonly Decoy[], at: Instant): number {
  let degrees = 0;
  for (const decoy of decoys)
    if (decoy.kind === 'hot-day' && active(decoy, at)) {
      const edge = Math.min(at - decoy.from, decoy.to - at) / (2 * HOUR);
      degrees += decoy.degrees * Math.min(1, edge);
    }
  return degrees;
}

/** What decoys add to a metric now. */
export function decoyDelta(decoys: readonly Decoy[], metric: string, at: Instant): number {
  let delta = 0;
  for (const decoy of decoys) {
    if (!active(decoy, at) || !('amount' in decoy) || decoy.metric !== metric) continue;
    if (decoy.kind === 'door-open') {
      const share = (at - decoy.from) / (decoy.to - decoy.from);
      delta += decoy.amount * (share < 0.4 ? share / 0.4 : (1 - share) / 0.6);
    } else delta += decoy.amount;
  }
  return delta;
}

/** The network of the device, or of the gateway that carries it, is away. */
export const silenced = (decoys: readonly Decoy[], at: Instant): boolean =>
  decoys.some(({ kind, ...decoy }) => (kind === 'silence' || kind === 'gateway-away') && active(decoy, at));

export const hung = (decoys: readonly Decoy[], at: Instant): boolean =>
  decoys.some((decoy) => decoy.kind === 'hung' && active(decoy, at));

/** Milliseconds its clock is ahead. */
export const clockOffset = (decoys: readonly Decoy[], at: Instant): number =>
  decoys.reduce((sum, decoy) => sum + (decoy.kind === 'clock-off' && active(decoy, at) ? decoy.ms : 0), 0);

/** Metrics that repeat themselves now, with the moment their number is of. */
export const frozen = (decoys: readonly Decoy[], at: Instant): readonly { metric: string; of: Instant }[] =>
  decoys.flatMap((decoy) =>
    decoy.kind === 'frozen' && active(decoy, at) ? [{ metric: decoy.metric, of: decoy.from - 1 }] : [],
  );

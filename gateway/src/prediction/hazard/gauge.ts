/** Usual level and spread of a gauge, over a fleet or one device. */
export interface Usual {
  readonly level: number;
  readonly spread: number;
}

/** What is remembered of one gauge. Plain data. */
export interface GaugeState {
  at: number;
  value: number;
  /** How far the value lay off the own baseline when it came, before it became part of it, in spreads. */
  off: number | null;
  /** How far it had come, in spreads, from the mean of the day before, on the side it is off: nothing when it was there already. */
  step: number | null;
  /** Readings the own baseline rests on, the fleet's counting as `FLEET_WEIGHT`. */
  weight: number;
  level: number;
  spread: number;
  /** Means that forget within a day and within four; null after a replacement until the next reading. */
  day: number | null;
  days: number | null;
}

export const GAUGE_FEATURES = ['now', 'step', 'day', 'days', 'now-in-fleet', 'days-in-fleet'] as const;

/** The own baseline forgets with this time constant, hours: slow against a fault that develops in days. */
const MEMORY = 720;
const FLEET_WEIGHT = 5;
/** Huber's bound: a reading further off than this many spreads pulls the baseline no more than one at the bound. */
const BOUND = 2.5;
/** Mean absolute deviation of a normal distribution × this = its standard deviation. */
const TO_SIGMA = Math.sqrt(Math.PI / 2);

export const startGauge = (value: number, at: number, fleet: Usual | undefined): GaugeState => ({
  at,
  value,
  off: fleet && fleet.spread > 0 ? (value - fleet.level) / fleet.spread : null,
  step: fleet && fleet.spread > 0 ? (value - fleet.level) / fleet.spread : null,
  weight: fleet ? FLEET_WEIGHT : 1,
  level: fleet?.level ?? value,
  spread: fleet?.spread ?? 0,
  day: value,
  days: value,
});

export function takeGauge(state: GaugeState, value: number, at: number): void {
  const elapsed = Math.max(0, at - state.at);
  state.off = state.spread > 0 ? (value - state.level) / state.spread : null;
  state.step = stepOf(state, value);
  const toward = (mean: number | null, hours: number) =>
    mean === null ? value : mean + (1 - Math.exp(-elapsed / hours)) * (value - mean);
  state.day = toward(state.day, 24);
  state.days = toward(state.days, 96);
  const share = Math.max(1 - Math.exp(-elapsed / MEMORY), 1 / (state.weight + 1));
  const bound = state.spread > 0 ? BOUND * state.spread : Number.POSITIVE_INFINITY;
  const off = Math.max(-bound, Math.min(bound, value - state.level));
  state.level += share * off;
  state.spread += share * (TO_SIGMA * Math.abs(off) - state.spread);
  state.weight += 1;
  state.value = value;
  state.at = Math.max(at, state.at);
}

function stepOf({ off, day, spread }: GaugeState, value: number): number | null {
  if (off === null || day === null) return off;
  const moved = (value - day) / spread;
  return off > 0 ? Math.max(0, Math.min(off, moved)) : Math.min(0, Math.max(off, moved));
}

/** In spreads off the own baseline, and off the fleet's: no units. */
export function gaugeFeatures(
  state: GaugeState | undefined,
  fleet: Usual | undefined,
  out: Float32Array,
  offset: number,
): void {
  const off = (value: number | null, usual: Usual | undefined) =>
    value === null || !usual || !(usual.spread > 0) ? Number.NaN : (value - usual.level) / usual.spread;
  const known = state && state.days !== null ? state : undefined;
  out[offset] = known?.off ?? Number.NaN;
  out[offset + 1] = known?.step ?? Number.NaN;
  out[offset + 2] = off(state?.day ?? null, state);
  out[offset + 3] = off(state?.days ?? null, state);
  out[offset + 4] = off(known?.value ?? null, fleet);
  out[offset + 5] = off(state?.days ?? null, fleet);
}

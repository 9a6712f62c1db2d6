import { addTo, type Fading, recency, SPANS, startFading, sumAt } from './decay.ts';

/** What is remembered of one counter. Plain data. */
export interface CounterState {
  value: number;
  /** Value when it was first seen, or when its component was replaced. */
  first: number;
  growth: Fading;
  /** How often it grew. */
  times: Fading;
  /** Hour of the last growth; null when it never grew. */
  grewAt: number | null;
  /** Hour of the last fall. */
  fellAt: number | null;
}

/** Names of the features of a counter, in the order `counterFeatures` writes them. */
export const COUNTER_FEATURES = [
  'level',
  'grown',
  ...SPANS.map((hours) => `growth-${hours}h`),
  'times-96h',
  'times-1536h',
  'grew-recently',
  'fell-recently',
] as const;

export const startCounter = (value: number, at: number): CounterState => ({
  value,
  first: value,
  growth: startFading(at),
  times: startFading(at),
  grewAt: null,
  fellAt: null,
});

/** Takes a value; true when the counter grew. A fall (reset, other part, sectors given back) is taken as it is, it undoes no growth. */
export function takeCounter(state: CounterState, value: number, at: number): boolean {
  const grew = value - state.value;
  state.value = value;
  if (grew < 0) state.fellAt = at;
  if (grew <= 0) {
    state.first = Math.min(state.first, value);
    return false;
  }
  addTo(state.growth, at, grew);
  addTo(state.times, at, 1);
  state.grewAt = at;
  return true;
}

/** Writes the features at an hour into `out` from `offset` on. Logarithms make them comparable between models that count in other steps. */
export function counterFeatures(state: CounterState | undefined, at: number, out: Float32Array, offset: number): void {
  if (!state) {
    out.fill(Number.NaN, offset, offset + COUNTER_FEATURES.length);
    return;
  }
  out[offset] = Math.log1p(Math.max(0, state.value));
  out[offset + 1] = Math.log1p(Math.max(0, state.value - state.first));
  for (let i = 0; i < SPANS.length; i += 1) out[offset + 2 + i] = Math.log1p(sumAt(state.growth, i, at));
  out[offset + 6] = sumAt(state.times, 1, at);
  out[offset + 7] = sumAt(state.times, 3, at);
  out[offset + 8] = recency(state.grewAt, at);
  out[offset + 9] = recency(state.fellAt, at);
}

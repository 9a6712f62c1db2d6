/**
 * What is remembered of one unit: for each wear component, level and slope over several memories and the level when it
 * was new. Constant size, plain data, one step a row; the same for training, tables and live telemetry.
 */
export interface WearState {
  firstCycle: number;
  lastCycle: number;
  rows: number;
  /** [memory]: Σw, Σwt, Σwt² with t ≤ 0 cycles back from the newest row and w = exp(t / memory). */
  readonly time: [s0: number, s1: number, s2: number][];
  /** [memory][component]: Σwy, Σwty */
  readonly sums: [y0: number, y1: number][][];
  /** [component] mean of the first rows. */
  readonly start: number[];
}

/** Memories as shares of a typical life; the last is the whole life. */
const MEMORIES = [0.025, 0.075, 0.2, 0.5, Number.POSITIVE_INFINITY];
/** A unit is new for this share of a typical life. */
const NEW = 0.15;
/** Ridge of the slopes: that of one row in a typical life of 200 moves the noise by about 0.2. */
const RIDGE = 20 / 200 ** 2;

export function startWear(components: number, cycle: number): WearState {
  return {
    firstCycle: cycle,
    lastCycle: cycle,
    rows: 0,
    time: MEMORIES.map(() => [0, 0, 0]),
    sums: MEMORIES.map(() => Array.from({ length: components }, () => [0, 0])),
    start: new Array<number>(components).fill(0),
  };
}

/**
 * @param values wear components of the row
 * @param life typical life in cycles; the same at every call
 */
export function addWear(state: WearState, cycle: number, values: readonly number[], life: number): void {
  const gap = cycle - state.lastCycle;
  state.lastCycle = cycle;
  state.rows++;
  for (const [m, share] of MEMORIES.entries()) {
    const keep = Math.exp(-gap / (share * life));
    const time = state.time[m]!;
    const [s0, s1, s2] = time;
    time[2] = keep * (s2 - 2 * gap * s1 + gap * gap * s0);
    time[1] = keep * (s1 - gap * s0);
    time[0] = keep * s0 + 1;
    for (const [k, sum] of state.sums[m]!.entries()) {
      sum[1] = keep * (sum[1] - gap * sum[0]);
      sum[0] = keep * sum[0] + values[k]!;
    }
  }
  if (state.rows <= Math.max(1, NEW * life))
    for (const [k, value] of values.entries()) state.start[k]! += (value - state.start[k]!) / state.rows;
}

/** What the predictor sees: age (and its logarithm), then level and slope per memory and the level when new. */
export function featuresOf(state: WearState, life: number): Float64Array {
  const components = state.start.length;
  const out = new Float64Array(2 + components * (2 * MEMORIES.length + 1));
  // Cycles are counted from when the unit was new, so a table that begins later still tells the age.
  const age = Math.max(1, state.lastCycle) / life;
  out[0] = age;
  out[1] = Math.log(age);
  let at = 2;
  for (const [m, [s0, s1, s2]] of state.time.entries()) {
    const middle = s1 / s0;
    const spread = s2 - s0 * middle * middle;
    for (const [y0, y1] of state.sums[m]!) {
      out[at++] = y0 / s0;
      out[at++] = ((y1 - middle * y0) / (spread + RIDGE * life * life)) * life;
    }
  }
  out.set(state.start, at);
  return out;
}

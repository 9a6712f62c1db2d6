import { DAY, HOUR, type Instant, MINUTE } from '@uptower/domain';
import { expect, test } from 'vitest';
import { type Novelty, type NoveltyState, observe, startNovelty } from './detector.ts';
import { NOVELTY, ONCE_A_FORTNIGHT } from './settings.ts';
import { NOVELTY_SIZE, readNovelty } from './state.ts';

const START = Date.UTC(2026, 0, 5);
const STEP = 5 * MINUTE;

/** Deterministic uniform noise in [−1, 1): mulberry32. */
function noiseOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

interface Reading {
  ts: Instant;
  value: number;
}

/** A metric that is busy by day and calm by night. */
function ward(days: number, seed: number, change: (value: number, day: number) => number | undefined = (v) => v) {
  const noise = noiseOf(seed);
  const readings: Reading[] = [];
  for (let ts = START; ts < START + days * DAY; ts += STEP) {
    const day = (ts - START) / DAY;
    const value = change(50 - 20 * Math.cos(2 * Math.PI * day) + noise() + noise() + noise(), day);
    if (value !== undefined) readings.push({ ts, value });
  }
  return readings;
}

interface Said extends Pick<Novelty, 'probability' | 'rarity' | 'expert'> {
  /** Days since the start. */
  day: number;
}

function alertsOf(readings: readonly Reading[], state = started(readings)): Said[] {
  const said: Said[] = [];
  for (const { ts, value } of readings) {
    const { fresh, probability, rarity, expert } = observe(state, value, ts);
    if (fresh && probability < ONCE_A_FORTNIGHT) said.push({ probability, rarity, expert, day: (ts - START) / DAY });
  }
  return said;
}

const started = ([first]: readonly Reading[]): NoveltyState => {
  if (!first) throw new Error('a series without readings');
  return startNovelty(first.value, first.ts);
};

test('keeps its promise: on ordinary days it speaks up no more often than one day in fourteen', () => {
  let days = 0;
  let alerts = 0;
  for (let seed = 1; seed <= 10; seed++) {
    days += 40;
    alerts += alertsOf(ward(40, seed)).length;
  }
  expect(alerts / days).toBeLessThan(ONCE_A_FORTNIGHT);
});

test('a constant metric is not strange', () => {
  expect(alertsOf(ward(20, 1, () => 45))).toEqual([]);
});

test.each<[what: string, change: (value: number, day: number) => number | undefined, within: number]>([
  ['a spike', (v, day) => (day >= 12.3 && day < 12.304 ? v + 40 : v), 0.01],
  ['a dip', (v, day) => (day >= 12.3 && day < 12.304 ? v - 40 : v), 0.01],
  ['a step to another level', (v, day) => (day >= 12.3 ? v + 25 : v), 0.1],
  ['a value that is usual at another hour', (v, day) => (day >= 12.4 && day < 12.7 ? 30 : v), 0.3],
  ['noise that doubles', (v, day) => (day >= 12.3 && day < 12.8 ? v + 8 * Math.sin(day * 5000) : v), 0.1],
  ['a slow rise out of the usual', (v, day) => (day >= 12 ? v + 10 * (day - 12) : v), 3],
])('%s is found', (_what, change, within) => {
  const from = 12;
  const alerts = alertsOf(ward(16, 3, change));
  const first = alerts.find(({ day }) => day >= from);
  expect(first?.day).toBeLessThan(12.4 + within);
});

test('a lasting change is said a few times while it grows, not with every reading', () => {
  const alerts = alertsOf(ward(18, 3, (v, day) => (day >= 12.3 ? v + 25 : v)));
  expect(alerts.length).toBeGreaterThan(0);
  expect(alerts.length).toBeLessThanOrEqual(5);
});

test('the same spike every day is no news after some days', () => {
  const daily = (v: number, day: number) => (day % 1 >= 0.3 && day % 1 < 0.304 ? v + 40 : v);
  expect(alertsOf(ward(25, 4, daily)).filter(({ day }) => day > 5)).toEqual([]);
});

test('says which expert saw it, and how improbable it is', () => {
  const [alert] = alertsOf(ward(16, 3, (v, day) => (day >= 12.3 && day < 12.304 ? v + 40 : v))).filter(
    (a) => a.day > 12,
  );
  expect(['rise', 'burst-high']).toContain(alert?.expert);
  expect(alert?.probability).toBeCloseTo(10 ** -(alert?.rarity ?? 0), 12);
});

test('a gap is neither strange nor forgotten', () => {
  const silent = ward(20, 5, (v, day) => (day >= 12.1 && day < 14.6 ? undefined : v));
  expect(alertsOf(silent).filter(({ day }) => day >= 12)).toEqual([]);
  const spikeAfter = silent.map((r) =>
    Math.abs((r.ts - START) / DAY - 14.8) < 0.002 ? { ...r, value: r.value + 40 } : r,
  );
  expect(alertsOf(spikeAfter).some(({ day }) => day >= 14.7 && day < 14.9)).toBe(true);
});

test('repeated and late readings change nothing', () => {
  const readings = ward(14, 6, (v, day) => (day >= 12.3 && day < 12.31 ? v + 40 : v));
  const twice = readings.flatMap((r, i) => [r, r, readings[Math.max(0, i - 3)] as Reading]);
  expect(alertsOf(twice)).toEqual(alertsOf(readings));
});

test('goes on exactly after a restart', () => {
  const readings = ward(16, 7, (v, day) => (day >= 14.3 && day < 14.31 ? v + 40 : v));
  const straight = started(readings);
  const before = started(readings);
  const half = readings.length / 2;
  alertsOf(readings.slice(0, half), before);
  const after = readNovelty(JSON.parse(JSON.stringify(before)));
  const alerts = alertsOf(readings.slice(half), after);
  expect(alertsOf(readings, straight).filter(({ day }) => day >= 8)).toEqual(alerts);
  expect(after).toEqual(straight);
});

test('the state of a metric packs into 1 KB of text, however long it runs', () => {
  const state = started(ward(1, 8));
  const atFirst = JSON.stringify(state).length;
  alertsOf(ward(60, 8), state);
  expect(JSON.stringify(state).length).toBe(atFirst);
  expect(atFirst).toBeLessThan(1024);
  expect(8 * NOVELTY_SIZE).toBeLessThan(1024);
});

test('only the side that is asked for is strange', () => {
  const spike = ward(16, 3, (v, day) => (day >= 12.3 && day < 12.304 ? v + 40 : v));
  const strangest = (side: 'high' | 'low') => {
    const state = started(spike);
    let least = 1;
    for (const { ts, value } of spike) {
      const { probability } = observe(state, value, ts, 0, NOVELTY, side);
      if ((ts - START) / DAY >= 12.29 && (ts - START) / DAY < 12.304) least = Math.min(least, probability);
    }
    return least;
  };
  expect(strangest('high')).toBeLessThan(0.01);
  expect(strangest('low')).toBeGreaterThan(0.1);
});

test('a text of before the counts of the profile were packed is read, and goes on alike', () => {
  const readings = ward(25, 3);
  const state = started(readings);
  alertsOf(readings, state);
  const bytes = Buffer.from(state.toJSON(), 'base64');
  const singles = new Float32Array(new Uint8Array(bytes.subarray(8 * 17)).buffer);
  // 24 deviations, then a number for each of the 24 counts; now three counts are in one number.
  const counts = Array.from(
    { length: 24 },
    (_, h) => ((singles[24 + Math.floor(h / 3)] as number) >> (8 * (h % 3))) & 255,
  );
  expect(Math.min(...counts)).toBeGreaterThan(200);
  expect(Math.max(...counts)).toBe(250);
  const before = Float32Array.of(...singles.subarray(0, 24), ...counts, ...singles.subarray(32));
  const text = Buffer.concat([bytes.subarray(0, 8 * 17), Buffer.from(before.buffer)]).toString('base64');
  expect(readNovelty(text).toJSON()).toBe(state.toJSON());
});

test('a text that is no state is refused', () => {
  expect(() => readNovelty('AAAA')).toThrow(RangeError);
});

test('does not judge before it knows two days', () => {
  const early = alertsOf(ward(1.2, 9, (v, day) => (day > 1 ? v + 100 : v)));
  expect(early).toEqual([]);
});

test('changes below the resolution of a metric are not strange', () => {
  const flicker = ward(14, 10, (_v, day) => (Math.abs(day - 12.3) < 0.01 ? 45.01 : 45));
  const say = (resolution: number) => {
    const state = started(flicker);
    return flicker.filter(({ ts, value }) => {
      const { fresh, probability } = observe(state, value, ts, resolution);
      return fresh && probability < ONCE_A_FORTNIGHT;
    }).length;
  };
  expect(say(0)).toBeGreaterThan(0);
  expect(say(1)).toBe(0);
});

test('goes on learning from a device that speaks twelve times less often', () => {
  const readings = ward(30, 12).filter(({ ts }) => ts < START + 10 * DAY || (ts - START) % HOUR === 0);
  const state = started(readings);
  alertsOf(
    readings.filter(({ ts }) => ts < START + 15 * DAY),
    state,
  );
  const { closed } = state;
  alertsOf(readings, state);
  expect(state.closed - closed).toBeGreaterThan(50);
});

test('works on hourly and on minutely metrics alike', () => {
  for (const step of [HOUR, MINUTE]) {
    const noise = noiseOf(11);
    const readings: Reading[] = [];
    for (let ts = START; ts < START + 20 * DAY; ts += step) {
      const day = (ts - START) / DAY;
      const spike = day >= 15.5 && ts - step < START + 15.5 * DAY ? 40 : 0;
      readings.push({ ts, value: 50 - 20 * Math.cos(2 * Math.PI * day) + noise() + noise() + spike });
    }
    expect(alertsOf(readings).some(({ day }) => day >= 15.4 && day < 15.6)).toBe(true);
  }
});

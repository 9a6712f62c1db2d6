import { DAY, type Finding, MINUTE, type NoveltyRule } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY } from '../testing/fixtures.ts';
import { type NoveltyAlarmState, resetNovelty, startNoveltyAlarm, takeNovelty } from './novelty-alarm.ts';
import type { Words } from './words.ts';

const words: Words = {
  timeZone: 'Asia/Shanghai',
  metric: () => ({ name: { en: 'Bus voltage', zh: '母线电压' }, unit: 'V' }),
};

const rule: NoveltyRule = {
  kind: 'novelty',
  id: 'bus-strange',
  name: { en: 'Bus voltage unusual', zh: '母线电压异常' },
  component: 'supply',
  failureMode: 'capacitor',
  metric: 'bus',
  severity: 'P3',
  onceInDays: 30,
  minDeviation: 0,
  side: 'any',
  everySeconds: 300,
  onDelaySeconds: 900,
  offDelaySeconds: 1800,
  probability: 0.3,
  horizonHours: 168,
};

/** Deterministic noise in [−1, 1). */
const noise = (i: number) => ((Math.sin(i * 12.9898) * 43758.5453) % 1) * 1;
const healthy = (minute: number) =>
  560 + 5 * Math.cos((2 * Math.PI * minute) / 1440) + noise(minute) + noise(minute + 0.5);

function watch(over: Partial<NoveltyRule> = {}, state: NoveltyAlarmState = startNoveltyAlarm()) {
  const own = { ...rule, ...over };
  return {
    state,
    show(minute: number, value: number): Finding | null {
      takeNovelty(state, own, value, MONDAY + minute * MINUTE, words);
      return state.finding;
    },
    /** Healthy readings, every five minutes. */
    live(from: number, to: number): void {
      for (let minute = from; minute < to; minute += 5) this.show(minute, healthy(minute));
    },
  };
}

const LEARNT = 10 * 1440;

test('a lasting drop is found, with the usual range of the hour, since when, and how rare it is', () => {
  const own = watch();
  own.live(0, LEARNT);
  expect(own.state.finding).toBeNull();
  let at: number | undefined;
  for (let minute = LEARNT; at === undefined && minute < LEARNT + 120; minute += 5)
    if (own.show(minute, healthy(minute) - 20)) at = minute - LEARNT;
  expect(at).toBeGreaterThanOrEqual(15);
  expect(at).toBeLessThan(40);
  const { evidence, probability } = own.state.finding as Finding;
  expect(probability).toBe(0.3);
  expect(evidence.usual?.low).toBeGreaterThan(555);
  expect(evidence.usual?.high).toBeLessThan(575);
  expect(evidence.level).toBe(evidence.usual?.low);
  expect(evidence.since).toBe(MONDAY + LEARNT * MINUTE);
  expect(evidence.text.en).toMatch(
    /^Bus voltage 5\d\d V, .* since 08:00 \(usual at this hour 5\d\d–5\d\d V\); so strange once in /,
  );
  expect(evidence.text.zh).toMatch(/^母线电压 5\d\d V，自 08:00 起.*平常为 5\d\d–5\d\d V.*天.*一次$/);
});

test('a spike shorter than the on delay is nothing', () => {
  const own = watch();
  own.live(0, LEARNT);
  expect(own.show(LEARNT, 500)).toBeNull();
  own.live(LEARNT + 5, LEARNT + 1440);
  expect(own.state.finding).toBeNull();
});

test('only the side that is a sign of the failure', () => {
  for (const side of ['high', 'low'] as const) {
    const own = watch({ side });
    own.live(0, LEARNT);
    for (let minute = LEARNT; minute < LEARNT + 120; minute += 5) own.show(minute, healthy(minute) - 20);
    expect(own.state.finding !== null).toBe(side === 'low');
  }
});

test('what is strange but small is nothing', () => {
  for (const minDeviation of [10, 25]) {
    const own = watch({ minDeviation });
    own.live(0, LEARNT);
    for (let minute = LEARNT; minute < LEARNT + 120; minute += 5) own.show(minute, healthy(minute) - 20);
    expect(own.state.finding !== null).toBe(minDeviation === 10);
  }
});

test('values quicker than asked for are thinned by the clock, not by their arrival', () => {
  const [every, some] = [watch(), watch()];
  for (let minute = 0; minute < LEARNT; minute += 1) {
    every.show(minute, healthy(minute));
    if (minute % 5 === 0) some.show(minute, healthy(minute));
  }
  expect(JSON.stringify(every.state)).toBe(JSON.stringify(some.state));
});

test('a gap neither ends a finding nor makes one', () => {
  const own = watch();
  own.live(0, LEARNT);
  own.live(LEARNT + 2 * 1440, LEARNT + 4 * 1440);
  expect(own.state.finding).toBeNull();
  const from = LEARNT + 4 * 1440;
  for (let minute = from; minute < from + 120; minute += 5) own.show(minute, healthy(minute) - 20);
  const before = own.state.finding;
  expect(before).not.toBeNull();
  expect(own.show(from + 1440, healthy(from + 1440))).toBe(before);
});

test('ends after the off delay; after work only on healthy readings, and what is usual is still known', () => {
  const own = watch();
  own.live(0, LEARNT);
  for (let minute = LEARNT; minute < LEARNT + 120; minute += 5) own.show(minute, healthy(minute) - 20);
  resetNovelty(own.state);
  const from = LEARNT + 120;
  expect(own.show(from, healthy(from))).not.toBeNull();
  expect(own.show(from + 15, healthy(from + 15) - 20)).not.toBeNull();
  own.live(from + 20, from + 300);
  expect(own.state.finding).toBeNull();
  for (let minute = from + 300; minute < from + 400; minute += 5) own.show(minute, healthy(minute) - 20);
  expect(own.state.finding).not.toBeNull();
});

test('goes on exactly after a restart, at any moment', () => {
  const [straight, broken] = [watch(), watch()];
  const value = (minute: number) => healthy(minute) - (minute > LEARNT && minute < LEARNT + 200 ? 20 : 0);
  let found = 0;
  for (let minute = 0; minute < LEARNT + DAY / MINUTE; minute += 5) {
    if (straight.show(minute, value(minute))) found += 1;
    broken.show(minute, value(minute));
    if (minute % 35 === 0) Object.assign(broken.state, JSON.parse(JSON.stringify(broken.state)));
  }
  expect(found).toBeGreaterThan(0);
  expect(JSON.stringify(broken.state)).toBe(JSON.stringify(straight.state));
});

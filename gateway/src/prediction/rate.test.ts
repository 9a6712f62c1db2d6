import { type Finding, MINUTE, type RateRule } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY } from '../testing/fixtures.ts';
import { resetRate, startRate, takeRate } from './rate.ts';
import type { Words } from './words.ts';

const words: Words = {
  timeZone: 'Asia/Shanghai',
  metric: () => ({ name: { en: 'Water temperature', zh: '水温' }, unit: '°C' }),
};

const rule: RateRule = {
  kind: 'rate',
  id: 'water-rate',
  name: { en: 'Water warms quickly', zh: '水温快速升高' },
  component: 'chiller',
  failureMode: 'chiller-pump',
  metric: 'water',
  severity: 'P2',
  side: 'high',
  perHour: 2,
  withinHours: 2,
  deadband: 1,
  onDelaySeconds: 600,
  offDelaySeconds: 1200,
  probability: 0.7,
  horizonHours: 24,
};

function watch(over: Partial<RateRule> = {}) {
  const state = startRate();
  const own = { ...rule, ...over };
  return {
    state,
    show(minutes: number, value: number): Finding | null {
      takeRate(state, own, value, MONDAY + minutes * MINUTE, words);
      return state.finding;
    },
  };
}

/** 20 °C for six hours, then rising by `perHour`; the minute at which the alarm came, or undefined. */
function alarmAt(perHour: number, own = watch()): number | undefined {
  for (let minute = 0; minute < 12 * 60; minute += 1)
    if (own.show(minute, 20 + Math.max(0, (minute - 360) / 60) * perHour)) return minute;
  return undefined;
}

test('a change quicker than the limit is found within the window, a slower one never', () => {
  const at = alarmAt(3);
  expect(at).toBeGreaterThan(360);
  expect(at).toBeLessThan(360 + 120);
  expect(alarmAt(1.8)).toBeUndefined();
  expect(alarmAt(-5)).toBeUndefined();
  expect(alarmAt(-3, watch({ side: 'low' }))).toBe(at);
});

test('says how quickly, since when and the limit, in both languages', () => {
  const own = watch();
  alarmAt(3, own);
  const finding = own.state.finding as Finding;
  expect(finding).toMatchObject({ probability: 0.7, horizonHours: 24, component: 'chiller' });
  expect(finding.evidence.slopePerHour).toBeGreaterThan(2);
  expect(finding.evidence.text.en).toMatch(
    /^Water temperature .* °C, rising .* °C\/h over the last 2 h \(limit 2\) since 1\d:\d\d$/,
  );
  expect(finding.evidence.text.zh).toMatch(/每小时上升 .* °C（限值 2）$/);
});

test('a wild reading is no change', () => {
  const own = watch();
  for (let minute = 0; minute < 600; minute += 1) expect(own.show(minute, minute === 300 ? 35 : 20)).toBeNull();
});

test('ends only past the deadband and after the off delay', () => {
  const own = watch();
  alarmAt(3, own);
  const from = (own.state.finding as Finding).at;
  const start = (from - MONDAY) / MINUTE;
  const level = 20 + ((start - 360) / 60) * 3;
  // Goes on at 1.5 an hour: below the limit, inside the deadband.
  for (let minute = start + 1; minute < start + 300; minute += 1)
    expect(own.show(minute, level + ((minute - start) / 60) * 1.5)).not.toBeNull();
  const last = level + (299 / 60) * 1.5;
  let ended = 0;
  for (let minute = start + 300; ended === 0 && minute < start + 500; minute += 1)
    if (own.show(minute, last) === null) ended = minute;
  expect(ended).toBeGreaterThan(start + 300 + 20);
});

test('a gap is neither health nor a change', () => {
  const own = watch();
  alarmAt(3, own);
  const start = ((own.state.finding as Finding).at - MONDAY) / MINUTE;
  // Ten hours of silence, then steady at another level: nothing is said before there is half a window to judge by.
  for (let minute = start + 600; minute < start + 660; minute += 1) expect(own.show(minute, 40)).not.toBeNull();
  for (let minute = start + 660; minute < start + 700; minute += 1) own.show(minute, 40);
  expect(own.state.finding).toBeNull();
  const fresh = watch();
  fresh.show(0, 20);
  for (let minute = 300; minute < 600; minute += 1) expect(fresh.show(minute, 40)).toBeNull();
});

test('after work it stands until healthy data were seen, and the change across the work is none', () => {
  const own = watch();
  const at = alarmAt(3, own) as number;
  resetRate(own.state);
  expect(own.show(at + 1, 20)).not.toBeNull();
  for (let minute = at + 2; minute < at + 60; minute += 1) expect(own.show(minute, 20)).not.toBeNull();
  for (let minute = at + 60; minute < at + 90; minute += 1) own.show(minute, 20);
  expect(own.state.finding).toBeNull();
});

test('goes on exactly after a restart', () => {
  const [straight, broken] = [watch(), watch()];
  for (let minute = 0; minute < 500; minute += 7) {
    const value = 20 + Math.sin(minute / 50) * 3;
    straight.show(minute, value);
    broken.show(minute, value);
    Object.assign(broken.state, JSON.parse(JSON.stringify(broken.state)));
  }
  expect(broken.state).toEqual(straight.state);
});

import { DAY, HOUR, MINUTE, SECOND } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY } from '../testing/fixtures.ts';
import { type ClockWatch, noClock, onTime } from './clock-watch.ts';
import { learnedPatience, noRhythm, onArrival, onFarewell, patience, type Rhythm } from './rhythm.ts';
import { onValue, type SensorRuns, startSensor, stuckRun } from './sensor.ts';
import { serverClockOff } from './server-clock.ts';

/** Arrivals at these moments, ascending. */
function rhythmOf(arrivals: Iterable<number>): Rhythm {
  const rhythm = noRhythm();
  for (const at of arrivals) onArrival(rhythm, at);
  return rhythm;
}
function* every(step: number, from: number, to: number) {
  for (let at = from; at < to; at += step) yield at;
}
const hours = (rhythm: Rhythm) => (learnedPatience(rhythm) ?? Number.NaN) / HOUR;

test('a rhythm is learned from a day on; before, the model’s interval counts, and without one nothing does', () => {
  const young = rhythmOf(every(MINUTE, MONDAY, MONDAY + 23 * HOUR));
  expect(learnedPatience(young)).toBeNull();
  expect(patience(young, 120, 0)).toBe(10 * MINUTE);
  expect(patience(young, null, 0)).toBeNull();
  const known = rhythmOf(every(MINUTE, MONDAY, MONDAY + 2 * DAY));
  // Three times a minute, up to the upper edge of its bin.
  expect(patience(known, 3600, 0)).toBeGreaterThanOrEqual(3 * MINUTE);
  expect(patience(known, 3600, 0)).toBeLessThan(3 * 1.2 * MINUTE);
  expect(patience(known, 3600, HOUR)).toBe(HOUR);
});

test('a device that speaks at night only, in a burst of a thousand messages, is not silent by day', () => {
  function* nights(days: number) {
    for (let day = 0; day < days; day += 1)
      for (let i = 0; i < 1000; i += 1) yield MONDAY + day * DAY + 2 * HOUR + i * SECOND;
  }
  const patienceHours = hours(rhythmOf(nights(3)));
  expect(patienceHours).toBeGreaterThan(24);
  expect(patienceHours).toBeLessThan(24 * 3 * 1.2);
});

test('the nights of a device that speaks by day are its rhythm; a daily hiccup is not', () => {
  function* days(count: number) {
    for (let day = 0; day < count; day += 1) yield* every(MINUTE, MONDAY + day * DAY, MONDAY + day * DAY + 10 * HOUR);
  }
  expect(hours(rhythmOf(days(4)))).toBeGreaterThan(14);
  function* hiccups(count: number) {
    for (let day = 0; day < count; day += 1)
      yield* every(MINUTE, MONDAY + day * DAY + 10 * MINUTE, MONDAY + (day + 1) * DAY);
  }
  expect(hours(rhythmOf(hiccups(10))) * 60).toBeLessThan(4);
});

test('one long outage does not become the rule; a rhythm that changed does', () => {
  const rhythm = rhythmOf(every(MINUTE, MONDAY, MONDAY + 10 * DAY));
  const before = learnedPatience(rhythm) as number;
  onArrival(rhythm, MONDAY + 13 * DAY);
  expect(learnedPatience(rhythm)).toBeLessThan(8 * before);
  const changed = rhythmOf(every(MINUTE, MONDAY, MONDAY + 3 * DAY));
  let alarms = 0;
  for (let at = MONDAY + 3 * DAY; at < MONDAY + 10 * DAY; at += HOUR) {
    if (HOUR > (learnedPatience(changed) as number)) alarms += 1;
    onArrival(changed, at);
  }
  expect(alarms).toBeGreaterThan(0);
  expect(alarms).toBeLessThan(12);
  expect(hours(changed)).toBeGreaterThan(1);
});

test('a pause that began with a goodbye teaches nothing', () => {
  const rhythm = rhythmOf(every(MINUTE, MONDAY, MONDAY + 2 * DAY));
  const before = JSON.stringify(rhythm.gaps);
  onFarewell(rhythm);
  onArrival(rhythm, MONDAY + 9 * DAY);
  expect(JSON.stringify(rhythm.gaps)).toBe(before);
});

test('what is remembered of a rhythm or a sensor stays small, however long', () => {
  const rhythm = noRhythm();
  let at = MONDAY;
  for (let i = 0; i < 50_000; i += 1) {
    at += 1 + ((i * 7919) % 9973) ** 1.6;
    onArrival(rhythm, at);
  }
  expect(JSON.stringify(rhythm).length).toBeLessThan(4_000);
  const sensor = startSensor(0, MONDAY);
  for (let i = 1; i < 50_000; i += 1) onValue(sensor, Math.floor(i ** 0.7), MONDAY + i * MINUTE);
  expect(JSON.stringify(sensor).length).toBeLessThan(2_000);
});

/** Minute by minute; returns the sensor and in which minutes it was called stuck. */
function sensorOf(values: (minute: number) => number, minutes: number): { sensor: SensorRuns; stuck: number[] } {
  const sensor = startSensor(values(0), MONDAY);
  const stuck: number[] = [];
  for (let minute = 1; minute < minutes; minute += 1)
    if (onValue(sensor, values(minute), MONDAY + minute * MINUTE)) stuck.push(minute);
  return { sensor, stuck };
}
const noisy = (minute: number) => 20 + Math.round(Math.sin(minute * 977) * 10) / 10;
const DAY_MINUTES = 1440;

test('a sensor that varied and now repeats itself is stuck; when it moves again it is not', () => {
  const frozenFrom = 3 * DAY_MINUTES;
  const { stuck } = sensorOf((m) => (m < frozenFrom || m >= frozenFrom + 300 ? noisy(m) : 21.3), frozenFrom + 400);
  expect(stuck[0]).toBeGreaterThan(frozenFrom + 25);
  expect(stuck[0]).toBeLessThan(frozenFrom + 120);
  expect(stuck.at(-1)).toBe(frozenFrom + 299);
});

test.each([
  ['a set point', () => 37],
  ['a mode that changes now and then', (m: number) => Math.floor(m / 600) % 3],
  ['a switch', (m: number) => (m % 97 < 40 ? 1 : 0)],
  ['a counter that rests at night', (m: number) => Math.floor(m / DAY_MINUTES) * 600 + Math.min(600, m % DAY_MINUTES)],
  [
    'a load that is full for two days now and then',
    (m: number) => (m % (3 * DAY_MINUTES) < 1000 ? 1 : m > 5000 && m < 9000 ? 1 : noisy(m)),
  ],
  ['an output that is nothing from the evening to the morning', (m: number) => (m % DAY_MINUTES < 600 ? noisy(m) : 0)],
])('never stuck: %s', (_name, values) => {
  // The first night is learned in whole before anything is judged; the last rest is as long as any.
  expect(sensorOf(values, 8 * DAY_MINUTES).stuck).toEqual([]);
});

test('a value whose past is too short is not judged', () => {
  const { sensor, stuck } = sensorOf((m) => (m < 600 ? noisy(m) : 5), 1200);
  expect([stuckRun(sensor), stuck]).toEqual([null, []]);
});

/** Messages of a device, [its time, our time]; the watch after them. */
function clockOf(messages: Iterable<readonly [ts: number, at: number]>): ClockWatch {
  const clock = noClock();
  for (const [ts, at] of messages) onTime(clock, ts, at);
  return clock;
}
const minutes = (from: number, to: number, offset: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const at = MONDAY + (from + i) * MINUTE;
    return [at + offset, at + 300] as const;
  });

test.each([
  ['back by two hours', -2 * HOUR],
  ['ahead by ten minutes', 10 * MINUTE],
  ['back by a year', -365 * DAY],
])('a clock that jumps %s is noticed with how far; set right it is over', (_name, offset) => {
  const messages = [...minutes(0, 60, 0), ...minutes(60, 70, offset)];
  const { jumped } = clockOf(messages);
  expect(jumped?.at).toBe(MONDAY + 60 * MINUTE + 300);
  expect(Math.abs((jumped?.offset ?? 0) - offset)).toBeLessThan(SECOND);
  expect(clockOf([...messages, ...minutes(70, 71, 0)]).jumped).toBeNull();
});

test('an emptied buffer is no jump: in order, after a live word, or between live ones', () => {
  const buffer = (pace: number) =>
    Array.from({ length: 600 }, (_, i) => [MONDAY + (60 + i) * MINUTE, MONDAY + 660 * MINUTE + i * pace] as const);
  for (const pace of [1, 50, SECOND]) {
    expect(clockOf([...minutes(0, 60, 0), ...buffer(pace)]).jumped).toBeNull();
    const live = [MONDAY + 660 * MINUTE, MONDAY + 660 * MINUTE] as const;
    expect(clockOf([...minutes(0, 60, 0), live, ...buffer(pace)]).jumped).toBeNull();
    const mixed = buffer(pace).flatMap((old) => [old, [old[1], old[1]] as const]);
    expect(clockOf([...minutes(0, 60, 0), ...mixed]).jumped).toBeNull();
  }
});

test('a slow way is no jump, whether always or from now on', () => {
  const slow = minutes(60, 200, 0).map(([ts, at]) => [ts, at + 10 * MINUTE] as const);
  expect(clockOf(slow).jumped).toBeNull();
  expect(clockOf([...minutes(0, 60, 0), ...slow]).jumped).toBeNull();
});

test('one wrong time among right ones is no jump', () => {
  const [before, after] = [minutes(0, 60, 0), minutes(61, 70, 0)];
  expect(clockOf([...before, ...minutes(60, 61, -HOUR), ...after]).jumped).toBeNull();
  expect(clockOf([...before, ...minutes(60, 61, -HOUR)]).jumped).toBeNull();
});

test('many clocks that jump alike are ours; a few, or each another way, are theirs', () => {
  const jumps = (count: number, offset: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => ({ deviceId: `dev_${i}`, offset: offset(i), at: MONDAY + i }));
  expect(
    serverClockOff(
      jumps(8, () => HOUR),
      10,
    ),
  ).toEqual({ offsetMs: HOUR, since: MONDAY });
  expect(
    serverClockOff(
      jumps(4, () => HOUR),
      4,
    ),
  ).toBeNull();
  expect(
    serverClockOff(
      jumps(8, () => HOUR),
      30,
    ),
  ).toBeNull();
  expect(
    serverClockOff(
      jumps(8, (i) => i * HOUR),
      10,
    ),
  ).toBeNull();
});

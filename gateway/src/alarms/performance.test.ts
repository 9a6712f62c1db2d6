import {
  type Alert,
  type AlertEvent,
  AlertId,
  DAY,
  evolveAlert,
  type Finding,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
  verdictOf,
} from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceA1, MONDAY } from '../testing/fixtures.ts';
import { AlarmHistory } from './alarm-history.ts';
import { alarmPerformance } from './performance.ts';

const finding = (over: Partial<Finding> = {}) =>
  ({ ruleId: 'r', ruleName: { en: 'r', zh: 'r' }, component: 'tube', severity: 'P3', ...over }) as Finding;

/** Writes what the gateway would, and folds it. */
function aHistory(service: 'full' | 'observe' = 'full') {
  const history = new AlarmHistory(() => service);
  const alerts = new Map<string, Alert>();
  let ids = 0;
  const tell = (event: AlertEvent, recordedAt: Instant) => {
    const alert = evolveAlert(alerts.get(event.alertId), event);
    alerts.set(alert.id, alert);
    history.apply({ event, recordedAt } as never, alert);
  };
  return {
    history,
    raise(at: Instant, over: Partial<Finding> = {}, recordedAt = at) {
      const alertId = AlertId.parse(`alr_${++ids}`);
      const [component, journalPosition] = [over.component ?? 'tube', 1];
      const raised = { alertId, deviceId: deviceA1, component, at, finding: finding(over), journalPosition };
      tell({ type: 'alert.raised', ...raised }, recordedAt);
      return alertId;
    },
    change: (alertId: AlertId, at: Instant, over: Partial<Finding> = {}) =>
      tell(
        { type: 'alert.findings-changed', alertId, at, findings: [finding(over)], joined: 0, journalPosition: 1 },
        at,
      ),
    acknowledge: (alertId: AlertId, at: Instant) => tell({ type: 'alert.acknowledged', alertId, at, by: 'acc_1' }, at),
    shelve: (alertId: AlertId, at: Instant, until: Instant) =>
      tell({ type: 'alert.shelved', alertId, at, by: 'acc_1', reason: 'known', until }, at),
    clear: (alertId: AlertId, at: Instant) =>
      tell({ type: 'alert.cleared', alertId, at, because: 'returned-to-normal', journalPosition: 1 }, at),
    figures: (from = MONDAY, to = MONDAY + 10 * DAY, operators = 1) =>
      alarmPerformance({ records: history.records, from, to, operators }),
  };
}

const suppression = { kind: 'service-mode' } as const;

test('rates are those of one operator position; peaks and shares count ten-minute periods', () => {
  const own = aHistory();
  for (let i = 0; i < 12; i += 1) own.raise(MONDAY + 2 * HOUR + i * SECOND, { component: `c${i}` }); // 12 in one period
  for (let i = 0; i < 8; i += 1) own.raise(MONDAY + DAY + i * HOUR, { component: `d${i}` });
  const one = own.figures();
  expect(one).toMatchObject({ alarms: 20, perDay: 2, perHour: 2 / 24, peakTenMinutes: 12, peakAt: MONDAY + 2 * HOUR });
  expect(one).toMatchObject({ busyPeriods: 1 / 1440, busyHours: 0, flood: 1 / 1440, floods: 1 });
  const two = own.figures(MONDAY, MONDAY + 10 * DAY, 2);
  expect(two).toMatchObject({ alarms: 20, perDay: 1, peakTenMinutes: 6, busyPeriods: 0, flood: 0, floods: 0 });
});

test('a flood goes on until fewer than five come in ten minutes', () => {
  const own = aHistory();
  const come = (period: number, count: number) => {
    for (let i = 0; i < count; i += 1) own.raise(MONDAY + period * 10 * MINUTE + i);
  };
  come(0, 11);
  come(1, 5);
  come(2, 4); // over
  come(3, 10); // not yet another
  come(5, 11);
  expect(own.figures(MONDAY, MONDAY + 2 * HOUR)).toMatchObject({ floods: 2, flood: 3 / 12, busyPeriods: 2 / 12 });
});

test('what stands for more than a day is stale, unless shelved or suppressed', () => {
  const own = aHistory();
  own.raise(MONDAY, { component: 'a' });
  const seen = own.raise(MONDAY, { component: 'b' });
  own.acknowledge(seen, MONDAY + HOUR);
  own.shelve(own.raise(MONDAY, { component: 'c' }), MONDAY + HOUR, MONDAY + 30 * DAY);
  own.raise(MONDAY, { component: 'd', suppression });
  const gone = own.raise(MONDAY, { component: 'e' });
  own.clear(gone, MONDAY + 3 * DAY);
  own.raise(MONDAY + 9.5 * DAY, { component: 'f' });
  expect(own.figures().stale).toEqual({ most: 3, atEnd: 2, unacknowledged: 1 });
  expect(own.figures()).toMatchObject({ shelved: { inPeriod: 1, atEnd: 1 }, suppressed: { inPeriod: 1, atEnd: 1 } });
});

test('chattering by the standard’s minute and by the day; fleeting is gone before anybody could look', () => {
  const own = aHistory();
  const flicker = (component: string, first: Instant, apart: number, times: number) => {
    for (let i = 0; i < times; i += 1) own.clear(own.raise(first + i * apart, { component }), first + i * apart + 5);
  };
  flicker('quick', MONDAY, 20 * SECOND, 4);
  flicker('slow', MONDAY, 8 * HOUR, 4);
  flicker('calm', MONDAY, 13 * HOUR, 4);
  const { chattering, fleeting } = own.figures();
  expect(chattering).toEqual([
    { deviceId: deviceA1, component: 'quick', within: 'minute', times: 4 },
    { deviceId: deviceA1, component: 'slow', within: 'day', times: 4 },
  ]);
  expect(fleeting).toBe(12);
});

test('worst actors with their share of the load; priorities; time to acknowledge', () => {
  const own = aHistory();
  for (let i = 0; i < 6; i += 1) own.clear(own.raise(MONDAY + i * DAY, { severity: 'P1' }), MONDAY + i * DAY + HOUR);
  for (const minutes of [10, 20, 90])
    own.acknowledge(own.raise(MONDAY, { component: `c${minutes}`, severity: 'P2' }), MONDAY + minutes * MINUTE);
  own.raise(MONDAY, { component: 'waiting' });
  const figures = own.figures();
  expect(figures.worstActors[0]).toMatchObject({ component: 'tube', ruleId: 'r', count: 6, share: 0.6 });
  expect(figures.worstShare).toBeCloseTo(1);
  expect(figures.priorities).toMatchObject({ P1: { count: 6, share: 0.6 }, P2: { count: 3 }, P3: { count: 1 } });
  expect(figures.acknowledged).toEqual({ count: 3, medianMs: 20 * MINUTE, p90Ms: 90 * MINUTE, waiting: 1 });
});

test('a suppressed alarm is no load until it calls; acknowledged before, it does not call again', () => {
  const own = aHistory();
  const quiet = own.raise(MONDAY, { suppression });
  expect(own.figures().alarms).toBe(0);
  own.change(quiet, MONDAY + HOUR, { severity: 'P1' });
  expect(own.figures()).toMatchObject({ alarms: 1, priorities: { P1: { count: 1 } }, suppressed: { atEnd: 0 } });
  own.acknowledge(quiet, MONDAY + 2 * HOUR);
  own.change(quiet, MONDAY + 3 * HOUR, { suppression });
  own.change(quiet, MONDAY + 4 * HOUR);
  expect(own.figures()).toMatchObject({ alarms: 1, acknowledged: { medianMs: HOUR } });
});

test('people’s load is dated by when they were told, a replayed history by its own time', () => {
  for (const [service, day] of [
    ['full', 5],
    ['observe', 0],
  ] as const) {
    const own = aHistory(service);
    own.raise(MONDAY, {}, MONDAY + 5 * DAY);
    expect(own.history.records[0]?.told).toEqual([MONDAY + day * DAY]);
  }
});

test('whatever happens, shares stay shares and every alarm is in the course once', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 20 * 24 * 60 }), fc.constantFrom('P1', 'P2', 'P3'), fc.nat({ max: 3000 }))),
      (given) => {
        const own = aHistory();
        for (const [minute, severity, lasts] of given.sort(([a], [b]) => a - b)) {
          const at = MONDAY + minute * MINUTE;
          const id = own.raise(at, { severity: severity as 'P1' });
          if (lasts > 0) own.clear(id, at + lasts * MINUTE);
        }
        const figures = own.figures();
        for (const share of [figures.busyPeriods, figures.busyHours, figures.flood, figures.worstShare]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-9);
        }
        const inCourse = figures.course.reduce((sum, { P1, P2, P3 }) => sum + P1 + P2 + P3, 0);
        expect(inCourse).toBe(figures.alarms);
        expect(figures.course.length).toBeLessThanOrEqual(60);
      },
    ),
  ));

test('a figure beside its recommended value', () => {
  expect([100, 200, 400].map((value) => verdictOf('perDay', value))).toEqual(['good', 'fair', 'poor']);
});

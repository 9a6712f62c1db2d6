import { expect, test } from 'vitest';
import { Alert, AlertEvent, decideAlert, evolveAlert, worstOf } from './alert.ts';
import { Finding } from './finding.ts';
import { HOUR } from './time.ts';

const T0 = Date.UTC(2026, 10, 23);
const both = (text: string) => ({ en: text, zh: text });
const finding = (ruleId: string, severity: 'P1' | 'P2' | 'P3', probability: number) =>
  Finding.parse({
    ruleId,
    ruleName: both(ruleId),
    component: 'coldHead',
    failureMode: 'wear',
    severity,
    at: T0,
    probability,
    horizonHours: 24,
    curve: [],
    expected: { p10: null, p50: null, p90: null },
    evidence: { metric: 'pressure', value: 1, level: 2, since: T0, text: both('rising') },
  });

const raised = evolveAlert(
  undefined,
  AlertEvent.parse({
    type: 'alert.raised',
    alertId: 'alr_1',
    deviceId: 'dev_a',
    component: 'coldHead',
    at: T0,
    finding: finding('trend', 'P2', 0.6),
    journalPosition: 7,
  }),
);

test('the worst finding is the most severe, then the most probable', () => {
  expect(worstOf([finding('a', 'P2', 0.9), finding('b', 'P1', 0.5), finding('c', 'P1', 0.7)])?.ruleId).toBe('c');
});

test('raise, acknowledge, shelve, unshelve, clear', () => {
  let alert = raised;
  const act = (command: Parameters<typeof decideAlert>[1], at: number) => {
    const decided = decideAlert(alert, command, at);
    if (typeof decided === 'string') return decided;
    for (const event of decided) alert = evolveAlert(alert, event);
    expect(Alert.parse(alert)).toEqual(alert);
    return alert.state;
  };
  expect(act({ type: 'acknowledge', by: 'acc_1' }, T0 + 1)).toBe('acknowledged');
  expect(act({ type: 'acknowledge', by: 'acc_2' }, T0 + 2)).toBe('alert-already-acknowledged');
  expect(act({ type: 'shelve', by: 'acc_1', reason: 'known', until: T0 }, T0 + 3)).toBe('shelve-until-past');
  expect(act({ type: 'shelve', by: 'acc_1', reason: 'known', until: T0 + HOUR }, T0 + 3)).toBe('shelved');
  expect(act({ type: 'unshelve', by: 'acc_1' }, T0 + 4)).toBe('raised');
  alert = evolveAlert(
    alert,
    AlertEvent.parse({
      type: 'alert.cleared',
      alertId: 'alr_1',
      at: T0 + 5,
      because: 'returned-to-normal',
      journalPosition: 9,
    }),
  );
  expect(act({ type: 'acknowledge', by: 'acc_1' }, T0 + 6)).toBe('alert-already-cleared');
});

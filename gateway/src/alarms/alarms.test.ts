import { type Alert, AlertId, evolveAlert, type Finding, HOUR, MINUTE } from '@uptower/domain';
import { expect, test } from 'vitest';
import { deviceA1, MONDAY } from '../testing/fixtures.ts';
import { decideFact } from './decide-fact.ts';
import { decideFindings, isNews } from './decide-findings.ts';

const finding = (ruleId: string, over: Partial<Finding> = {}): Finding => ({
  ruleId,
  ruleName: { en: ruleId, zh: ruleId },
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  severity: 'P2',
  at: MONDAY,
  probability: 0.5,
  horizonHours: 48,
  curve: [],
  expected: { p10: null, p50: MONDAY + 20 * HOUR, p90: null },
  evidence: { metric: 'm', value: 1, level: 2, since: MONDAY, text: { en: 'x', zh: 'x' } },
  ...over,
});

let ids = 0;
const newId = () => AlertId.parse(`alr_${++ids}`);
const decide = (alert: Alert | undefined, findings: Finding[], position = 1) =>
  decideFindings(alert, { deviceId: deviceA1, component: 'cold-head', findings, at: MONDAY, position }, newId);
const fold = (alert: Alert | undefined, events: ReturnType<typeof decide>) =>
  events.reduce<Alert | undefined>(
    (now, event) => evolveAlert(event.type === 'alert.raised' ? undefined : now, event),
    alert,
  );

test('one alert a component: later findings join it', () => {
  const raised = fold(undefined, decide(undefined, [finding('a')]));
  expect(raised).toMatchObject({ state: 'raised', occurrences: 1 });
  const joined = fold(raised, decide(raised, [finding('a'), finding('b', { severity: 'P1' })], 2));
  expect(joined).toMatchObject({ id: raised?.id, occurrences: 2, journalPosition: 2, worst: { ruleId: 'b' } });
});

test('two findings at once raise one alert with both', () => {
  const events = decide(undefined, [finding('a'), finding('b', { severity: 'P1' })]);
  expect(events.map((event) => event.type)).toEqual(['alert.raised', 'alert.findings-changed']);
  expect(fold(undefined, events)).toMatchObject({
    findings: [{ ruleId: 'a' }, { ruleId: 'b' }],
    worst: { ruleId: 'b' },
  });
});

test('no finding clears it; the next one is a new alert', () => {
  const raised = fold(undefined, decide(undefined, [finding('a')]));
  const cleared = fold(raised, decide(raised, [], 2));
  expect(cleared).toMatchObject({ state: 'cleared', clearedBecause: 'returned-to-normal' });
  expect(decide(cleared, [])).toEqual([]);
  expect(fold(cleared, decide(cleared, [finding('a')], 3))?.id).not.toBe(raised?.id);
});

test.each([
  ['the same again', {}, false],
  ['a slightly other probability', { probability: 0.59 }, false],
  ['a clearly other probability', { probability: 0.6 }, true],
  ['another severity', { severity: 'P1' as const }, true],
  ['15 % nearer', { expected: { p10: null, p50: MONDAY + 17 * HOUR, p90: null } }, false],
  ['25 % nearer', { expected: { p10: null, p50: MONDAY + 15 * HOUR, p90: null } }, true],
  ['no longer expected', { expected: { p10: null, p50: null, p90: null } }, true],
])('worth an event: %s → %s', (_name, over, expected) => {
  expect(isNews([finding('a')], [finding('a', over)])).toBe(expected);
});

test('close to the failure minutes are no news', () => {
  const near = finding('a', { expected: { p10: null, p50: MONDAY + 20 * MINUTE, p90: null } });
  expect(isNews([near], [finding('a', { expected: { p10: null, p50: MONDAY + 40 * MINUTE, p90: null } })])).toBe(false);
});

test('a device’s own report: replaced clears, failed clears only where nobody is sent', () => {
  const raised = fold(undefined, decide(undefined, [finding('a')]));
  const fact = {
    type: 'device.fact',
    deviceId: deviceA1,
    component: 'cold-head',
    at: MONDAY,
    journalPosition: 9,
  } as const;
  expect(decideFact(raised, { ...fact, fact: 'replaced' }, 'full')).toMatchObject([{ because: 'component-replaced' }]);
  expect(decideFact(raised, { ...fact, fact: 'failed' }, 'observe')).toMatchObject([{ because: 'device-failed' }]);
  expect(decideFact(raised, { ...fact, fact: 'failed' }, 'full')).toEqual([]);
  expect(decideFact(undefined, { ...fact, fact: 'replaced' }, 'full')).toEqual([]);
});

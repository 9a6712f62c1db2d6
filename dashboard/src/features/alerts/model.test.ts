import type { Alert, Finding, WorkOrder } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { byUrgency, evidenceCharts, neighbour, orderOf, toInbox } from './model.ts';

const finding = (over: Partial<Finding> = {}): Finding => ({
  ruleId: 'r',
  ruleName: { en: 'r', zh: 'r' },
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  severity: 'P2',
  at: 0,
  probability: 0.8,
  horizonHours: 72,
  curve: [],
  expected: { p10: null, p50: null, p90: null },
  evidence: { metric: 'helium', value: 1, level: 2, since: 0, text: { en: 'e', zh: 'e' } },
  ...over,
});

const alert = (
  id: string,
  over: Partial<Finding> = {},
  state: 'raised' | 'acknowledged' | 'cleared' = 'raised',
): Alert =>
  ({
    state,
    id,
    deviceId: 'dev_a',
    component: 'cold-head',
    raisedAt: 0,
    findings: state === 'cleared' ? [] : [finding(over)],
    worst: finding(over),
    occurrences: 1,
    journalPosition: 0,
  }) as unknown as Alert;

const expected = (p50: number | null) => ({ expected: { p10: null, p50, p90: null } });

describe('the inbox', () => {
  test('P1 comes first, then what fails soonest, then what has no date', () => {
    const list = [
      alert('no-date', expected(null)),
      alert('later', expected(200)),
      alert('soon', expected(100)),
      alert('severe', { severity: 'P1', ...expected(900) }),
    ];
    expect(list.sort(byUrgency).map((each) => each.id)).toEqual(['severe', 'soon', 'later', 'no-date']);
  });

  test('cleared alerts are in no tab', () => {
    const inbox = toInbox([alert('a'), alert('b', {}, 'acknowledged'), alert('c', {}, 'cleared')], 'open');
    expect(inbox.counts).toEqual({ unassigned: 1, acknowledged: 1, shelved: 0, suppressed: 0, open: 2 });
    expect(inbox.shown).toHaveLength(2);
  });

  test('a suppressed alert is under its own tab and nowhere else', () => {
    const list = [alert('a'), alert('b', { suppression: { kind: 'on-site' } })];
    expect(toInbox(list, 'open').counts).toMatchObject({ unassigned: 1, open: 1, suppressed: 1 });
    expect(toInbox(list, 'suppressed').shown.map((each) => each.id)).toEqual(['b']);
  });

  test('alerts of one cause stand beside each other, the first-out on top; what is left alone is no group', () => {
    const group = { firstOut: 'slow', alerts: ['slow', 'worst'], because: ['same-device'] } as never;
    const list = [alert('other'), alert('slow', { severity: 'P3' }), alert('worst', { severity: 'P1' })];
    const inbox = toInbox(list, 'open', [group]);
    expect(inbox.entries.map((entry) => [entry.group !== null, entry.alerts.map(({ id }) => id)])).toEqual([
      [true, ['slow', 'worst']],
      [false, ['other']],
    ]);
    expect(inbox.shown.map(({ id }) => id)).toEqual(['slow', 'worst', 'other']);
    expect(toInbox(list.slice(0, 2), 'open', [group]).entries.every((entry) => entry.group === null)).toBe(true);
  });

  test('J and K stop at the ends and start at the top', () => {
    const list = [alert('a'), alert('b')];
    expect(neighbour(list, undefined, 1)?.id).toBe('a');
    expect(neighbour(list, 'a', 1)?.id).toBe('b');
    expect(neighbour(list, 'b', 1)?.id).toBe('b');
  });
});

describe('an alert', () => {
  test('draws each metric once, the worst finding first', () => {
    const two = alert('a', { severity: 'P1' });
    const other = finding({ evidence: { ...finding().evidence, metric: 'temperature' } });
    expect(evidenceCharts({ ...two, findings: [other, ...two.findings] } as Alert).map((c) => c.metric)).toEqual([
      'helium',
      'temperature',
    ]);
  });

  test('is handled by its open order, else by the last one done; a cancelled one does not count', () => {
    const order = (id: string, state: string) => ({ id, alertId: 'alr_1', state }) as unknown as WorkOrder;
    expect(orderOf('alr_1', [order('x', 'closed'), order('y', 'scheduled')])?.id).toBe('y');
    expect(orderOf('alr_1', [order('x', 'closed')])?.id).toBe('x');
    expect(orderOf('alr_1', [order('x', 'cancelled')])).toBeUndefined();
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from './alert.ts';
import { groupAlerts } from './alert-groups.ts';
import { MINUTE } from './time.ts';

const alert = (id: string, device: string, minute: number, rule = id, over: Partial<Alert> = {}) => {
  const worst = { ruleId: rule, severity: 'P2' };
  const raisedAt = minute * MINUTE;
  return {
    id,
    deviceId: `${device}`,
    raisedAt,
    findings: [worst],
    worst,
    state: 'raised',
    ...over,
  } as unknown as Alert;
};
/** `a1` stands at site `a`. */
const siteOf = (deviceId: string) => deviceId.charAt(0) as never;
const groups = (alerts: readonly Alert[]) => groupAlerts(alerts, siteOf);

test('components of one device within half an hour of the first are one group, first-out first', () => {
  const given = [alert('x', 'a1', 31), alert('y', 'a1', 10), alert('z', 'a1', 1), alert('other', 'b1', 5)];
  expect(groups(given)).toEqual([{ firstOut: 'z', alerts: ['z', 'y', 'x'], because: ['same-device'] }]);
  expect(groups([alert('x', 'a1', 31.1), alert('z', 'a1', 1)])).toEqual([]);
});

test('one rule on many devices of a site within ten minutes; not at another site, not another rule', () => {
  const given = [
    ...[alert('p', 'a1', 0, 'power'), alert('q', 'a2', 4, 'power'), alert('r', 'a3', 10, 'power')],
    ...[alert('s', 'b1', 4, 'power'), alert('t', 'a4', 4, 'cooling'), alert('u', 'a5', 11, 'power')],
  ];
  expect(groups(given)).toEqual([{ firstOut: 'p', alerts: ['p', 'q', 'r'], because: ['same-rule-at-site'] }]);
});

test('what belongs to two groups makes them one', () => {
  const given = [alert('p', 'a1', 0, 'power'), alert('q', 'a2', 4, 'power'), alert('r', 'a2', 20, 'tube')];
  expect(groups(given)).toEqual([
    { firstOut: 'p', alerts: ['p', 'q', 'r'], because: ['same-device', 'same-rule-at-site'] },
  ]);
});

test('what is over or suppressed is in no group', () => {
  const suppressed = { worst: { ruleId: 'y', severity: 'P2', suppression: { kind: 'on-site' } }, findings: [] };
  const given = [alert('x', 'a1', 0), alert('y', 'a1', 1, 'y', suppressed as never)];
  expect(groups([...given, alert('z', 'a1', 2, 'z', { state: 'cleared' } as never)])).toEqual([]);
});

test('the order of the alerts does not matter, and each is in one group at most', () => {
  const some = fc.array(
    fc.tuple(fc.constantFrom('a1', 'a2', 'b1'), fc.nat({ max: 60 }), fc.constantFrom('power', 'tube')),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(some, fc.infiniteStream(fc.nat()), (given, random) => {
      const alerts = given.map(([device, minute, rule], i) => alert(`id${i}`, device, minute, rule));
      const keys = new Map(alerts.map(({ id }) => [id, random.next().value as number]));
      const shuffled = [...alerts].sort((a, b) => (keys.get(a.id) ?? 0) - (keys.get(b.id) ?? 0));
      const found = groups(alerts);
      const ids = found.flatMap((group) => group.alerts);
      expect(new Set(ids).size).toBe(ids.length);
      const sorted = (all: typeof found) => [...all].sort((a, b) => (a.firstOut < b.firstOut ? -1 : 1));
      expect(sorted(groups(shuffled))).toEqual(sorted(found));
    }),
  );
});

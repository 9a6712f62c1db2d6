import { type AlertChange, DAY, HOUR, inOnePiece, type OrderEnding } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONTH_MS } from './budget.ts';
import { wouldOpen } from './would-open.ts';

const terms = { falseOrdersPerDeviceMonth: 0.05, minProbability: 0.5 };
let alerts = 0;
/** An alert that stands from `at` on. */
const alert = (deviceId: string, at: number, probability: number, more: object = {}) =>
  ({
    at,
    deviceId,
    component: 'cold-head',
    alert: alerts++,
    worst: { ruleId: 'helium', probability, severity: 'P2', horizonHours: 48 },
    ...more,
  }) as AlertChange;
const cleared = (told: AlertChange, at: number): AlertChange => ({ ...told, at, worst: null });
const open = (
  changes: AlertChange[],
  endings: OrderEnding[] = [],
  devices = 1,
  given = terms,
  free = new Set<string>(),
) => {
  const result = inOnePiece(wouldOpen({ changes, endings, devices, free, until: 400 * DAY }, given));
  return { at: result.orders.map(({ deviceId, at }) => `${deviceId} ${at / HOUR}`), held: result.held };
};

test('an order lasts until its horizon: meanwhile further alerts of the component are the same order', () => {
  const first = alert('a', 0, 0.9);
  const again = [cleared(first, HOUR), alert('a', 2 * HOUR, 0.9), alert('a', 3 * HOUR, 0.9, { component: 'chiller' })];
  expect(open([first, ...again]).at).toEqual(['a 0', 'a 3', 'a 48']);
});

test('a failure, a replacement or work on the component ends it; work on the device ends all of them', () => {
  const changes = [alert('a', 0, 0.9), alert('a', 2 * HOUR, 0.9)];
  const ending = (component: string | null, kind: OrderEnding['kind'] = 'work') =>
    [{ at: HOUR, deviceId: 'a', component, kind }] as OrderEnding[];
  expect(open(changes, ending('cold-head', 'failed')).at).toEqual(['a 0', 'a 2']);
  expect(open(changes, ending(null)).at).toEqual(['a 0', 'a 2']);
  expect(open(changes, ending('chiller')).at).toEqual(['a 0', 'a 48']);
});

test('the budget: one whole false order at first, the surest gets it, what is left waits until it is earned back', () => {
  // Two devices earn 0.1 a month: after 0.4 was spent there is 0.6, and 0.7 is there a month later.
  const changes = [alert('a', 0, 0.3), alert('b', 0, 0.6), alert('c', 0, 0.4)];
  const found = open(changes, [], 2, { ...terms, minProbability: 0 });
  expect(found.at[0]).toBe('b 0');
  expect(found.at[1]).toBe('c 0');
  expect(found.at[2]).toBe(`a ${Math.ceil((7 * MONTH_MS) / HOUR)}`);
  expect(open([alert('a', 0, 0.9), alert('b', 0, 0.1)], [], 2, { ...terms, minProbability: 0 }).at).toEqual([
    'a 0',
    'b 0',
  ]);
});

test('too improbable alerts and spent budget are counted by reason; a failure that was reported is no prediction', () => {
  const reported = { ruleId: 'reported-failure', probability: 1, severity: 'P1', horizonHours: 1 };
  const changes = [
    alert('a', 0, 0.4),
    alert('b', 0, 1, { worst: reported }),
    alert('c', 0, 0.5),
    alert('d', 0, 0.5),
    alert('e', 0, 0.5),
  ];
  const { at, held } = open(changes, [], 1, { falseOrdersPerDeviceMonth: 0, minProbability: 0.5 });
  expect(at).toEqual(['c 0', 'd 0']);
  expect(held).toEqual({ 'probability-too-low': 1, 'budget-spent': 1 });
});

test('devices that are only observed need no budget and cost none', () => {
  const changes = [alert('a', 0, 0.1), alert('b', 0, 0.5), alert('c', 0, 0.5)];
  const found = open(changes, [], 1, { falseOrdersPerDeviceMonth: 0, minProbability: 0.5 }, new Set(['a']));
  expect(found).toEqual({ at: ['b 0', 'c 0', 'a 0'], held: {} });
});

test('an alert that grows probable enough gets its order then', () => {
  const first = alert('a', 0, 0.4);
  const worse = { ...first, at: 5 * HOUR, worst: { ...first.worst, probability: 0.8 } } as AlertChange;
  expect(open([first, worse]).at).toEqual(['a 5']);
});

test('an alert that was suppressed for a while does not get a second order when its first one is over', () => {
  const first = alert('a', 0, 0.9);
  expect(open([first, cleared(first, 10 * HOUR), { ...first, at: 20 * HOUR }], [], 100).at).toEqual(['a 0']);
});

test('a piece is one look at the waiting alerts, however long nothing happens', () => {
  const changes = Array.from({ length: 50 }, (_, i) => alert(`d${i}`, 0, 0.4));
  const work = wouldOpen({ changes, endings: [], devices: 1, free: new Set(), until: 100 * HOUR }, terms);
  let pieces = 0;
  while (!work.next().done) pieces += 1;
  expect(pieces).toBe(100);
});

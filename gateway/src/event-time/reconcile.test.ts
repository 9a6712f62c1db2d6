import { type Alert, AlertId, evolveAlert, HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import { failureFinding } from '../alarms/reported-failure.ts';
import { deviceA1, MONDAY, mrModel } from '../testing/fixtures.ts';
import { reconcile } from './reconcile.ts';

const at = (hour: number) => MONDAY + hour * HOUR;
const finding = (hour: number) =>
  failureFinding(mrModel, 'chiller', { ts: at(hour), code: 'failure', severity: 'info', component: 'chiller' });

function alert(id: string, from: number, to: number | null = null): Alert {
  const alertId = AlertId.parse(id);
  const raised = evolveAlert(undefined, {
    ...{ type: 'alert.raised', alertId, deviceId: deviceA1, component: 'chiller', at: at(from) },
    ...{ finding: finding(from), journalPosition: 1 },
  });
  if (to === null) return raised;
  const because = 'returned-to-normal';
  return evolveAlert(raised, { type: 'alert.cleared', alertId, at: at(to), because, journalPosition: 2 });
}

/** What was told, after the reconciliation: told and new alerts by id. */
function after(told: Alert[], inOrder: Alert[]): Alert[] {
  const byId = new Map(told.map((one) => [one.id, one]));
  let ids = 0;
  const events = reconcile({
    told,
    inOrder,
    late: { count: 3, from: at(1), to: at(2), arrivedAt: at(30) },
    front: at(29),
    at: at(30),
    journalPosition: 9,
    newId: () => AlertId.parse(`alr_new${++ids}`),
  });
  for (const event of events) byId.set(event.alertId, evolveAlert(byId.get(event.alertId), event));
  return [...byId.values()];
}

test('what was told as it is in order stays untouched', () => {
  const told = [alert('alr_1', 1, 2), alert('alr_2', 5)];
  expect(after(told, [alert('alr_0', 1, 2), alert('alr_0', 5)])).toEqual(told);
});

test('an alert that does not hold is withdrawn; nothing of it is erased', () => {
  expect(after([alert('alr_1', 5)], [])).toMatchObject([
    {
      id: 'alr_1',
      state: 'cleared',
      clearedBecause: 'amended-by-late-data',
      clearedAt: at(29),
      raisedAt: at(5),
      amendments: [{ verdict: 'withdrawn', late: { count: 3 }, before: { raisedAt: at(5), clearedAt: null } }],
    },
  ]);
});

test('an open alert keeps its id and what people did to it, also when it began at another time', () => {
  const acknowledged = evolveAlert(alert('alr_1', 5), {
    ...{ type: 'alert.acknowledged', alertId: AlertId.parse('alr_1'), at: at(6), by: 'acc_1' },
  });
  expect(after([acknowledged], [alert('alr_0', 3)])).toMatchObject([
    {
      id: 'alr_1',
      state: 'acknowledged',
      acknowledgedBy: 'acc_1',
      raisedAt: at(3),
      amendments: [{ verdict: 'changed', before: { raisedAt: at(5) } }],
    },
  ]);
});

test('what began and ended unseen is recorded beside the open alert; what is missed and lasts is raised', () => {
  const [open, past] = after([alert('alr_1', 5)], [alert('alr_0', 1, 2), alert('alr_0', 5)]);
  expect(open).toEqual(alert('alr_1', 5));
  expect(past).toMatchObject({
    state: 'cleared',
    raisedAt: at(1),
    clearedAt: at(2),
    amendments: [{ verdict: 'missed' }],
  });
  expect(after([], [alert('alr_0', 4)])).toMatchObject([
    { id: 'alr_new1', state: 'raised', raisedAt: at(4), amendments: [{ verdict: 'missed', before: null }] },
  ]);
});

test('an open alert whose condition had ended in late data is cleared then', () => {
  expect(after([alert('alr_1', 5)], [alert('alr_0', 4, 8)])).toMatchObject([
    { id: 'alr_1', state: 'cleared', raisedAt: at(4), clearedAt: at(8), clearedBecause: 'returned-to-normal' },
  ]);
});

test('once withdrawn it is not withdrawn again', () => {
  const once = after([alert('alr_1', 5)], []);
  expect(after(once, [])).toEqual(once);
});

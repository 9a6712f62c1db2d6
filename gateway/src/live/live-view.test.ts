import {
  AccountId,
  applyRegistryEvent,
  type DeviceId,
  emptyRegistry,
  eventsOfUpload,
  HospitalId,
  type IntakeView,
  MINUTE,
  type Role,
  SECOND,
  type Viewer,
} from '@uptower/domain';
import { type LiveCollection, type LiveHub, manualClock } from '@uptower/platform';
import { expect, test } from 'vitest';
import { AlertBook } from '../alarms/alert-book.ts';
import { deviceA1, deviceB1, MONDAY, noIntake, smallFleet } from '../testing/fixtures.ts';
import { Ledger } from '../uptime/ledger.ts';
import { createLiveView } from './live-view.ts';

const viewer = (role: Role, hospital: string | null = null): Viewer => ({
  accountId: AccountId.parse('acc_x'),
  name: { en: 'x', zh: 'x' },
  role,
  hospitalId: hospital === null ? null : HospitalId.parse(hospital),
  engineerId: null,
});
const hospitalB = viewer('hospital', 'hos_b');

function setUp() {
  const registry = emptyRegistry();
  for (const event of eventsOfUpload(smallFleet())) applyRegistryEvent(registry, event);
  const collections = new Map<string, LiveCollection<{ readonly id: string }>>();
  const said: string[] = [];
  let allowed: (viewer: Viewer, deviceId: string) => boolean = () => false;
  const hub: LiveHub = {
    register(collection) {
      collections.set(collection.name, collection as never);
      return {
        upsert: (item) => void said.push(`${collection.name}+${item.id}`),
        remove: (id) => void said.push(`${collection.name}-${id}`),
      };
    },
    allowTelemetry: (rule) => {
      allowed = rule;
    },
    readings: (deviceId) => void said.push(`reading ${deviceId}`),
    attach: () => undefined,
    close: async () => undefined,
  };
  const clock = manualClock(MONDAY);
  const figures: { -readonly [K in keyof IntakeView]: IntakeView[K] } = noIntake();
  const sources = {
    registry,
    alerts: new AlertBook(),
    ledger: new Ledger(),
    state: () => undefined,
    connected: () => false,
  };
  const view = createLiveView(hub, clock, sources, () => ({ ...figures }));
  view.start();
  return { collections, said, clock, view, figures, allowed: (who: Viewer, id: DeviceId) => allowed(who, id) };
}

test('who sees which rows', () => {
  const { collections, allowed } = setUp();
  const audience = (name: string, who: Viewer) => collections.get(name)?.audienceOf(who);
  expect([audience('devices', viewer('dispatcher')), audience('devices', hospitalB)]).toEqual(['staff', 'hos_b']);
  expect([audience('alerts', viewer('field-engineer')), audience('alerts', hospitalB)]).toEqual(['staff', null]);
  expect([audience('intake', viewer('field-engineer')), audience('intake', viewer('manager'))]).toEqual([
    null,
    'staff',
  ]);
  const ids = (who: string) =>
    collections
      .get('devices')
      ?.items(who)
      .map((item) => item.id);
  expect([ids('staff')?.length, ids('hos_b')]).toEqual([3, ['dev_b1']]);
  const [row] = collections.get('devices')?.items('hos_b') ?? [];
  expect(
    row && [collections.get('devices')?.sees('hos_a', row), collections.get('devices')?.sees('hos_b', row)],
  ).toEqual([false, true]);
  expect([allowed(hospitalB, deviceB1), allowed(hospitalB, deviceA1), allowed(viewer('manager'), deviceA1)]).toEqual([
    true,
    false,
    true,
  ]);
});

test('a device that measures is told once a second; a change of state at once', () => {
  const { said, clock, view } = setUp();
  clock.advance(SECOND);
  said.length = 0;
  for (let i = 0; i < 100; i += 1) view.deviceSeen(deviceA1);
  expect(said).toEqual([]);
  clock.advance(SECOND);
  expect(said).toEqual(['devices+dev_a1']);
  view.deviceChanged(deviceA1);
  expect(said).toEqual(['devices+dev_a1', 'devices+dev_a1']);
});

test('intake figures are told when they changed', () => {
  const { said, clock, figures } = setUp();
  clock.advance(MINUTE);
  expect(said).toEqual(['intake+intake']);
  figures.messages = 5;
  clock.advance(MINUTE);
  expect(said).toEqual(['intake+intake', 'intake+intake']);
});

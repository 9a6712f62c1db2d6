import {
  type AvailabilityChanged,
  DAY,
  type DeviceFact,
  type DeviceId,
  HOUR,
  type Instant,
  type UptowerEvent,
  type WorkOrderId,
} from '@uptower/domain';
import { expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { CT, MONDAY_9, MR } from '../testing/world.ts';
import { applyToBook, emptyBook } from './book.ts';
import { gradeDevice } from './collect.ts';
import { RecordKeeper } from './keeper.ts';

const HORIZON = 48;

/** The small world's registry, and orders and facts by hand; `graded`: the devices graded since it was last looked at. */
async function keeping() {
  const service: Service = await aService({ started: false });
  const book = emptyBook();
  const graded: DeviceId[] = [];
  const { state } = service;
  const keeper = new RecordKeeper({
    state,
    book,
    lastMeasured: () => null,
    grade: (input) => {
      graded.push(input.device);
      return gradeDevice(input);
    },
  });
  const events: UptowerEvent[] = [];
  const hear = (event: UptowerEvent) => {
    events.push(event);
    applyToBook(book, event);
    keeper.apply(event);
  };
  let orders = 0;
  return {
    service,
    ask: (now: number, leadHours = 24) => keeper.collect({ now, leadHours, service: 'all' }),
    /** Of one that knows nothing yet. */
    anew(now: number) {
      const other = new RecordKeeper({ state, book, lastMeasured: () => null });
      for (const event of events) other.apply(event);
      return other.collect({ now, leadHours: 24, service: 'all' });
    },
    work: () => graded.splice(0).sort(),
    devices: [...state.registry.devices.keys()].sort(),
    heard: (deviceId: DeviceId, at: Instant) =>
      hear({
        ...{ type: 'availability.changed', deviceId, at, state: 'up', cause: 'device-report', journalPosition: 1 },
      } as AvailabilityChanged),
    fact: (deviceId: DeviceId, at: Instant, fact: DeviceFact['fact']) =>
      hear({ type: 'device.fact', deviceId, component: 'c', fact, at, journalPosition: 1 }),
    order(deviceId: DeviceId, at: Instant) {
      const id = `wo_${++orders}` as WorkOrderId;
      const claim = { ruleId: 'r', ruleName: null, probability: 0.8, horizonHours: HORIZON };
      const order = { id, deviceId, component: 'c', source: 'prediction', claim, openedAt: at, state: 'received' };
      state.orders.set(id, { order: { ...order, reports: [] } } as never);
      hear({ type: 'work-order.opened', workOrderId: id, facts: { deviceId } } as never);
      return {
        close(closedAt: Instant) {
          const closed = { ...order, state: 'closed', closedBecause: 'no-fault-found', closedAt, service: 'full' };
          state.orders.set(id, { order: { ...closed, reports: [] } } as never);
          hear({ type: 'work-order.closed', workOrderId: id } as never);
        },
      };
    },
  };
}

test('a device is graded again only when the log says something new of it, or an order is decided by time', async () => {
  const own = await keeping();
  try {
    const day = (n: number) => MONDAY_9 + n * DAY;
    for (const device of own.devices) own.heard(device, day(-5));
    const order = own.order(MR, day(0));
    own.order(CT, day(1));
    const grades = (now: number) => own.ask(now).orders.map(({ grade }) => grade);
    expect(grades(day(1))).toEqual(['open', 'open']);
    expect(own.work()).toEqual(own.devices);
    expect(grades(day(1) + HOUR)).toEqual(['open', 'open']);
    expect(own.work()).toEqual([]);
    order.close(day(1));
    expect(grades(day(1) + HOUR)).toEqual(['false', 'open']);
    expect(own.work()).toEqual([MR]);
    // Its horizon passes.
    expect(grades(day(3))).toEqual(['false', 'false']);
    expect(own.work()).toEqual([CT]);
    own.fact(CT, day(2), 'failed');
    expect(grades(day(3))).toEqual(['false', 'true']);
    expect(own.work()).toEqual([CT]);
    // Another lead is another record; both are kept.
    expect(own.ask(day(3), 48).orders.map(({ grade }) => grade)).toEqual(['false', 'late']);
    expect(own.work()).toEqual(own.devices);
    own.ask(day(3), 24);
    own.ask(day(3), 48);
    expect(own.work()).toEqual([]);
  } finally {
    await own.service.stop();
  }
});

test('what is kept is what grading everything anew says', async () => {
  const own = await keeping();
  try {
    for (const device of own.devices) own.heard(device, MONDAY_9 - 5 * DAY);
    for (let hour = 0; hour < 400; hour += 7) {
      const device = own.devices[(hour * 13) % own.devices.length] as DeviceId;
      if (hour % 3 === 0) own.fact(device, MONDAY_9 + (hour - 5) * HOUR, hour % 2 ? 'failed' : 'replaced');
      else own.order(device, MONDAY_9 + hour * HOUR);
      const now = MONDAY_9 + (hour + 1) * HOUR;
      const fresh = own.anew(now);
      expect(own.ask(now)).toEqual(fresh);
    }
  } finally {
    await own.service.stop();
  }
});

import {
  type Alert,
  AlertId,
  buildTopic,
  eventsOfUpload,
  evolveSuppression,
  HOUR,
  type Instant,
  MINUTE,
  type Rule,
  type SuppressionEvent,
  SuppressionId,
  streams,
  suppressionOf,
  type UptowerEvent,
} from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Amender } from '../event-time/amender.ts';
import { FactBook } from '../event-time/fact-book.ts';
import { foldOf } from '../event-time/fold.ts';
import type { Moment } from '../event-time/past.ts';
import { RecentMoments } from '../event-time/recent.ts';
import { insert } from '../event-time/tail.ts';
import { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { type Context, knownOf } from '../pipeline/context.ts';
import { DeviceStates } from '../pipeline/state.ts';
import { take } from '../pipeline/take.ts';
import { takeLogEvent } from '../pipeline/take-log.ts';
import { takeSuppression } from '../pipeline/take-suppression.ts';
import { World } from '../pipeline/world.ts';
import { deviceA1, heliumLimit, MONDAY, mrModel, smallFleet, tripGrowth } from '../testing/fixtures.ts';
import { Ledger } from '../uptime/ledger.ts';
import { AlertBook } from './alert-book.ts';

const at = (minute: number) => MONDAY + minute * MINUTE;
const limit: Rule = { ...heliumLimit, onDelaySeconds: 0, offDelaySeconds: 0 };
const byMetric: Rule = { ...limit, suppressWhile: [{ metric: 'chiller_trips', min: 3 }] };
const byActivity: Rule = { ...limit, suppressWhile: [{ activity: ['standby'] }] };
const growth: Rule = { ...tripGrowth, by: 1, withinHours: 1, holdHours: 0.5 };

/** The pipeline's decisions without its shell, for one device. */
function machine(rules: readonly Rule[], memory = true) {
  const world = new World();
  for (const event of eventsOfUpload(smallFleet({ ...mrModel, rules: [...rules] }))) world.apply(event);
  const [devices, alerts, ledger, facts] = [new DeviceStates(), new AlertBook(), new Ledger(), new FactBook()];
  const stored: Moment[] = [];
  const log: UptowerEvent[] = [];
  const versions = new Map<string, number>();
  let [ids, position] = [0, 0];
  const context: Context = {
    ...{ world, devices, alerts, ledger, facts, sparkplug: new SparkplugSessions(), recent: new RecentMoments() },
    fleet: { device: (id: string) => world.device(id), named: () => undefined, latest: () => undefined } as never,
    newAlertId: () => AlertId.parse(`alr_${++ids}`),
  };
  const write = (stream: string, event: UptowerEvent) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    log.push(event);
    const entry = { event, stream, version, position: log.length, recordedAt: 0, actor: 'test' } as never;
    alerts.apply(entry);
    ledger.applyStored(entry);
    if (event.type === 'device.fact') facts.apply(event);
  };
  const amender = new Amender({
    ...context,
    log: silentLogger(),
    state: (id) => devices.byId.get(id),
    known: (id) => {
      const [known, state] = [world.device(id), devices.byId.get(id)];
      return known && state && knownOf(known.device, known.model, state, world);
    },
    history: async (_, from, to) => stored.filter(({ ts }) => ts >= from && ts < to),
    between: (work) => work(position),
    write: async (appends) => {
      for (const { stream, events } of appends) for (const event of events) write(stream, event);
    },
    changed: () => undefined,
  });
  const amend = () => {
    if (!memory) context.recent.forget(deviceA1);
    if (devices.byId.get(deviceA1)?.past.late) amender.note(deviceA1);
    for (const { stream, events } of amender.near(position)) for (const event of events) write(stream, event);
  };
  const own = {
    alerts,
    log,
    say(channel: 'telemetry' | 'state', body: object, receivedAt: Instant = MONDAY + 40 * HOUR) {
      position += 1;
      const topic = buildTopic({ siteId: 'site_a' as never, deviceId: deviceA1, channel });
      const payload = Buffer.from(JSON.stringify(body));
      for (const outcome of take({ kind: 'message', position, receivedAt, from: deviceA1, topic, payload }, context)) {
        expect(outcome.refusals).toEqual([]);
        for (const event of outcome.availability) write(streams.availability(deviceA1), event);
        for (const { component, event } of outcome.alerts) write(streams.alert(deviceA1, component), event);
        for (const { ts, values } of outcome.readings) insert(stored, { ts, values });
      }
      amend();
    },
    measure: (minute: number, helium: number, trips = 0) =>
      own.say('telemetry', { ts: at(minute), values: { helium_pressure: helium, chiller_trips: trips } }),
    tell(event: UptowerEvent & { at: Instant }) {
      position += 1;
      const entry = { position, receivedAt: event.at };
      const told = event.type.startsWith('suppression.')
        ? takeSuppression(event as SuppressionEvent, entry, context).flatMap(({ alerts: some }) => some)
        : takeLogEvent(event, event.at, entry, context).alerts;
      for (const { component, event: alert } of told) write(streams.alert(deviceA1, component), alert);
      amend();
    },
    settled: () => amender.settled(),
    open: () => alerts.openOf(deviceA1).map((alert) => [alert.component, suppressionOf(alert)?.kind ?? 'calls']),
    /** What is the same for every order of arrival. */
    outcome() {
      const told = (alert: Alert) => ({
        ...{ component: alert.component, raisedAt: alert.raisedAt, worst: alert.worst, findings: alert.findings },
        ...{ occurrences: alert.occurrences, cleared: alert.state === 'cleared' ? alert.clearedAt : null },
      });
      const all = alerts
        .list('all')
        .filter((alert) => alert.state !== 'cleared' || alert.clearedBecause !== 'amended-by-late-data')
        .map(told)
        .sort((a, b) => (a.component < b.component ? -1 : a.component > b.component ? 1 : a.raisedAt - b.raisedAt));
      return { fold: foldOf(devices.of(deviceA1)), alerts: all };
    },
  };
  return own;
}

const id = SuppressionId.parse('sup_1');
const set = (over: Partial<Extract<SuppressionEvent, { type: 'suppression.set' }>> = {}) =>
  ({
    ...{ type: 'suppression.set', suppressionId: id, at: at(0), by: 'acc_1', kind: 'out-of-service' },
    ...{ scope: { deviceId: deviceA1 }, reason: 'being moved', owner: 'Wu', from: at(0), until: at(60) },
    ...over,
  }) as Extract<SuppressionEvent, { type: 'suppression.set' }>;
const ended = (minute: number) =>
  ({ type: 'suppression.ended', suppressionId: id, at: at(minute), by: 'gateway' }) as const;

test('an alarm of a device out of service is kept and calls nobody; what stands when that ends is raised then', () => {
  const own = machine([limit]);
  own.measure(1, 30);
  own.tell(set({ at: at(2), from: at(2), until: at(60) }));
  own.measure(10, 45);
  expect(own.open()).toEqual([['cold-head', 'out-of-service']]);
  own.tell(ended(60)); // the device says nothing more
  expect(own.open()).toEqual([['cold-head', 'calls']]);
  expect(own.log.at(-1)).toMatchObject({ type: 'alert.findings-changed', at: at(60), joined: 0 });
});

test('what returned to normal meanwhile never calls, and is still known as suppressed', () => {
  const own = machine([limit]);
  own.measure(1, 30);
  own.tell(set());
  own.measure(10, 45);
  own.measure(20, 30);
  own.tell(ended(60));
  expect(own.open()).toEqual([]);
  const [alert] = own.alerts.list('all');
  expect(alert && suppressionOf(alert)).toEqual({ kind: 'out-of-service', id });
});

test('an acknowledged alert that is suppressed for a time is acknowledged afterwards', () => {
  const own = machine([limit]);
  own.measure(10, 45);
  const [raised] = own.alerts.list('open');
  const acknowledged = { type: 'alert.acknowledged', alertId: raised?.id, at: at(11), by: 'acc_1' } as const;
  const stream = streams.alert(deviceA1, 'cold-head');
  own.alerts.apply({ event: acknowledged, stream, version: 1.5, position: 2, recordedAt: 0, actor: 'test' } as never);
  own.tell(set({ at: at(20), from: at(20) }));
  expect(own.open()).toEqual([['cold-head', 'out-of-service']]);
  own.tell(ended(30)); // early
  expect(own.open()).toEqual([['cold-head', 'calls']]);
  expect(own.alerts.list('open')).toMatchObject([{ state: 'acknowledged' }]);
});

test('only the named rule, only the named model', () => {
  const own = machine([limit, growth]);
  own.tell(set({ scope: { modelId: mrModel.id, ruleId: 'helium-high' } }));
  own.measure(1, 45, 0);
  own.measure(2, 45, 5);
  expect(own.open()).toEqual([
    ['cold-head', 'out-of-service'],
    ['chiller', 'calls'],
  ]);
  const other = machine([limit]);
  other.tell(set({ scope: { modelId: 'mdl_other' as never } }));
  other.measure(1, 45);
  expect(other.open()).toEqual([['cold-head', 'calls']]);
});

test('one finding that is not suppressed calls, and is the face of the alert', () => {
  const mild: Rule = { ...limit, id: 'helium-raised', severity: 'P3', level: 35 };
  const own = machine([limit, mild]);
  own.tell(set({ scope: { deviceId: deviceA1, ruleId: 'helium-high' } }));
  own.measure(1, 45);
  expect(own.alerts.list('open')).toMatchObject([{ worst: { ruleId: 'helium-raised' }, findings: [{}, {}] }]);
  expect(own.open()).toEqual([['cold-head', 'calls']]);
});

test('by design: while another metric lies in a range, while the device rests, while it is in service mode', () => {
  const metric = machine([byMetric]);
  metric.measure(1, 45, 5);
  expect(metric.open()).toEqual([['cold-head', 'by-design']]);
  metric.measure(2, 45, 0);
  expect(metric.open()).toEqual([['cold-head', 'calls']]);
  const activity = machine([byActivity]);
  activity.measure(1, 45);
  for (const [minute, is, expected] of [
    [2, 'standby', 'by-design'],
    [3, 'exam', 'calls'],
    [4, 'service', 'service-mode'],
    [5, 'idle', 'calls'],
  ] as const) {
    activity.say('state', { ts: at(minute), status: 'up', activity: is });
    expect(activity.open()).toEqual([['cold-head', expected]]);
  }
});

test('an announced window takes effect in its time, also told after the fact', () => {
  const own = machine([limit]);
  own.tell(set({ kind: 'maintenance', from: at(30), until: at(60) }));
  own.measure(10, 45);
  expect(own.open()).toEqual([['cold-head', 'calls']]);
  own.measure(45, 45);
  expect(own.open()).toEqual([['cold-head', 'maintenance']]);
  own.measure(60, 46);
  expect(own.open()).toEqual([['cold-head', 'calls']]);
});

test('an end that was never reached: cancelled before it began, it never was', () => {
  const planned = evolveSuppression(undefined, set({ from: at(30), until: at(60) }));
  const own = machine([limit]);
  own.tell(set({ from: at(30), until: at(60) }));
  own.tell(ended(10));
  own.measure(40, 45);
  expect(own.open()).toEqual([['cold-head', 'calls']]);
  expect(evolveSuppression(planned, ended(10))).toMatchObject({ endedAt: at(10), endedBy: 'gateway' });
});

const step = fc.record({
  kind: fc.constantFrom('reading', 'reading', 'reading', 'reading', 'state'),
  pause: fc.constantFrom(1, 1, 2, 7),
  helium: fc.constantFrom(30, 41, 45),
  trips: fc.constantFrom(0, 4),
  activity: fc.constantFrom('idle', 'standby', 'service'),
});
const worlds = fc.array(step, { minLength: 2, maxLength: 40 }).chain((steps) =>
  fc.record({
    steps: fc.constant(steps),
    order: fc.shuffledSubarray([...steps.keys()], { minLength: steps.length, maxLength: steps.length }),
    from: fc.nat({ max: 80 }),
    lasts: fc.integer({ min: 1, max: 60 }),
    /** After how many messages it is told, in the one world and in the other; of a device that was heard. */
    told: fc.tuple(fc.integer({ min: 1, max: steps.length }), fc.integer({ min: 1, max: steps.length })),
    endTold: fc.tuple(fc.nat({ max: steps.length }), fc.nat({ max: steps.length })),
    memory: fc.boolean(),
  }),
);

test('whenever it is told and in whatever order data come, a suppression ends as it would in order', () =>
  fc.assert(
    fc.asyncProperty(worlds, async ({ steps, order, from, lasts, told, endTold, memory }) => {
      let minute = 0;
      const messages = steps.map(({ kind, pause, helium, trips, activity }) => {
        minute += pause;
        const body =
          kind === 'state' ? { status: 'up', activity } : { values: { helium_pressure: helium, chiller_trips: trips } };
        return {
          channel: kind === 'state' ? ('state' as const) : ('telemetry' as const),
          body: { ts: at(minute), ...body },
        };
      });
      const run = async (own: ReturnType<typeof machine>, indexes: readonly number[], which: 0 | 1) => {
        const begins = told[which];
        const ends = Math.max(begins, endTold[which]);
        for (const [i, index] of [...indexes, -1].entries()) {
          if (i === begins) own.tell(set({ at: at(from), from: at(from), until: at(from + lasts) }));
          if (i === ends) own.tell(ended(from + lasts));
          const message = messages[index];
          if (message) own.say(message.channel, message.body);
        }
        await own.settled();
        return own.outcome();
      };
      const rules = [byMetric, growth, { ...byActivity, id: 'resting' }];
      const calm = await run(machine(rules), [...steps.keys()], 0);
      expect(await run(machine(rules, memory), order, 1)).toEqual(calm);
    }),
    { numRuns: 300 },
  ));

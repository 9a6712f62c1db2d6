import {
  evolveSuppression,
  HOUR,
  MINUTE,
  type Rule,
  type SuppressionEvent,
  SuppressionId,
  streams,
  suppressionOf,
} from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceA1, heliumLimit, MONDAY, mrModel, tripGrowth } from '../testing/fixtures.ts';
import { type Input, machine } from '../testing/machine.ts';

const at = (minute: number) => MONDAY + minute * MINUTE;
const limit: Rule = { ...heliumLimit, onDelaySeconds: 0, offDelaySeconds: 0 };
const byMetric: Rule = { ...limit, suppressWhile: [{ metric: 'chiller_trips', min: 3 }] };
const byActivity: Rule = { ...limit, suppressWhile: [{ activity: ['standby'] }] };
const growth: Rule = { ...tripGrowth, by: 1, withinHours: 1, holdHours: 0.5 };

/** One device under these rules. */
function suppressible(rules: readonly Rule[], memory = true) {
  const { say: hear, ...own } = machine(deviceA1, { rules, memory });
  const say = (channel: Input['channel'], body: object) => hear({ channel, body }, MONDAY + 40 * HOUR);
  return {
    ...own,
    say,
    measure: (minute: number, helium: number, trips = 0) =>
      say('telemetry', { ts: at(minute), values: { helium_pressure: helium, chiller_trips: trips } }),
    open: () => own.alerts.openOf(deviceA1).map((alert) => [alert.component, suppressionOf(alert)?.kind ?? 'calls']),
  };
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
  const own = suppressible([limit]);
  own.measure(1, 30);
  own.tell(set({ at: at(2), from: at(2), until: at(60) }));
  own.measure(10, 45);
  expect(own.open()).toEqual([['cold-head', 'out-of-service']]);
  own.tell(ended(60)); // the device says nothing more
  expect(own.open()).toEqual([['cold-head', 'calls']]);
  expect(own.log.at(-1)).toMatchObject({ type: 'alert.findings-changed', at: at(60), joined: 0 });
});

test('what returned to normal meanwhile never calls, and is still known as suppressed', () => {
  const own = suppressible([limit]);
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
  const own = suppressible([limit]);
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
  const own = suppressible([limit, growth]);
  own.tell(set({ scope: { modelId: mrModel.id, ruleId: 'helium-high' } }));
  own.measure(1, 45, 0);
  own.measure(2, 45, 5);
  expect(own.open()).toEqual([
    ['cold-head', 'out-of-service'],
    ['chiller', 'calls'],
  ]);
  const other = suppressible([limit]);
  other.tell(set({ scope: { modelId: 'mdl_other' as never } }));
  other.measure(1, 45);
  expect(other.open()).toEqual([['cold-head', 'calls']]);
});

test('one finding that is not suppressed calls, and is the face of the alert', () => {
  const mild: Rule = { ...limit, id: 'helium-raised', severity: 'P3', level: 35 };
  const own = suppressible([limit, mild]);
  own.tell(set({ scope: { deviceId: deviceA1, ruleId: 'helium-high' } }));
  own.measure(1, 45);
  expect(own.alerts.list('open')).toMatchObject([{ worst: { ruleId: 'helium-raised' }, findings: [{}, {}] }]);
  expect(own.open()).toEqual([['cold-head', 'calls']]);
});

test('by design: while another metric lies in a range, while the device rests, while it is in service mode', () => {
  const metric = suppressible([byMetric]);
  metric.measure(1, 45, 5);
  expect(metric.open()).toEqual([['cold-head', 'by-design']]);
  metric.measure(2, 45, 0);
  expect(metric.open()).toEqual([['cold-head', 'calls']]);
  const activity = suppressible([byActivity]);
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
  const own = suppressible([limit]);
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
  const own = suppressible([limit]);
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
      const run = async (own: ReturnType<typeof suppressible>, indexes: readonly number[], which: 0 | 1) => {
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
      const calm = await run(suppressible(rules), [...steps.keys()], 0);
      expect(await run(suppressible(rules, memory), order, 1)).toEqual(calm);
    }),
    { numRuns: 300 },
  ));

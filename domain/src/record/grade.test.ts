import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreOrders } from '../score.ts';
import { HOUR } from '../time.ts';
import { figuresOf } from './figures.ts';
import { type ComponentEvent, gradeRecord, type PredictedOrder } from './grade.ts';

const LEAD = 24;
const event = (at: number, device = 'a'): ComponentEvent => ({ device, component: 'disk', at: at * HOUR });
const order = (at: number, end: PredictedOrder['end'] = null, id = `wo_${at}`): PredictedOrder => ({
  ...{ id, device: 'a', component: 'disk', at: at * HOUR, horizonHours: 720, end },
});
const watched = [{ device: 'a', from: 0, to: 5_000 * HOUR }];
const grade = (orders: PredictedOrder[], failures: number[] = [], replacements: number[] = [], observed = watched) =>
  gradeRecord({
    ...{ orders, observed, leadHours: LEAD },
    failures: failures.map((at) => event(at)),
    replacements: replacements.map((at) => event(at)),
  });
const ended = (at: number, how: NonNullable<PredictedOrder['end']>['how']) => ({ at: at * HOUR, how });

describe('every order gets one grade', () => {
  test.each([
    ['failed 200 h later', order(800), [1000], [], 'true', 'failed'],
    ['failed 10 h later: too late to plan anything', order(990), [1000], [], 'late', 'failed'],
    ['nothing for 720 h', order(800), [], [], 'false', 'horizon-passed'],
    ['changed without a failure, nobody acted on the order', order(800), [1000], [900], 'false', 'replaced'],
    ['repaired, and telemetry confirmed', order(800, ended(850, 'repaired')), [], [], 'avoided', 'repaired'],
    ['repaired with a new part', order(800, ended(850, 'repaired')), [], [849], 'avoided', 'repaired'],
    ['it failed before anybody came', order(800, ended(850, 'repaired')), [840], [], 'true', 'failed'],
    ['the risk went away', order(800, ended(820, 'withdrawn')), [], [], 'false', 'withdrawn'],
    ['the risk went away, and then it failed', order(800, ended(820, 'withdrawn')), [1000], [], 'true', 'failed'],
    ['nothing wrong found', order(800, ended(820, 'no-fault-found')), [], [], 'false', 'no-fault-found'],
    ['nothing wrong found, and it failed', order(800, ended(820, 'no-fault-found')), [1000], [], 'true', 'failed'],
    [
      'repaired after the horizon: it had not come true',
      order(800, ended(1600, 'repaired')),
      [],
      [],
      'false',
      'horizon-passed',
    ],
  ] as const)('%s', (_name, given, failures, replacements, wanted, reason) => {
    const { orders } = grade([given], [...failures], [...replacements]);
    expect(orders).toMatchObject([{ grade: wanted, reason }]);
  });

  test('undecided while the device was not heard up to the horizon', () => {
    const short = [{ device: 'a', from: 0, to: 900 * HOUR }];
    expect(grade([order(800)], [], [], short).orders[0]).toMatchObject({ grade: 'open', decidedAt: null });
    // Nobody will ever hear more: the order was closed for it.
    const closed = order(800, ended(1520, 'horizon-passed'));
    expect(grade([closed], [], [], short).orders[0]).toMatchObject({ grade: 'false' });
  });

  test('a further order for the same problem repeats the first; after a visit for nothing it is another one', () => {
    const again = grade([order(800, ended(820, 'withdrawn')), order(830)], [1000]);
    expect(again.orders.map((each) => [each.grade, each.repeats])).toEqual([
      ['true', null],
      ['repeated', 'wo_800'],
    ]);
    const visited = grade([order(800, ended(820, 'no-fault-found')), order(830, ended(850, 'no-fault-found'))]);
    expect(visited.orders.map((each) => each.grade)).toEqual(['false', 'false']);
  });
});

test('failures: foreseen, late, missed, and too soon for anybody', () => {
  const { failures } = grade([order(800), order(2_990)], [10, 1000, 2000, 3000]);
  expect(failures.map((each) => [each.failure.at / HOUR, each.grade, each.orderId, each.leadHours])).toEqual([
    [10, 'unforeseeable', null, null],
    [1000, 'foreseen', 'wo_800', 200],
    [2000, 'missed', null, null],
    [3000, 'late', 'wo_2990', 10],
  ]);
});

test('after a confirmed repair the next failure is another one, and the old order has not foreseen it', () => {
  const { orders, failures } = grade([order(800, ended(850, 'repaired'))], [1000]);
  expect(orders[0]?.grade).toBe('avoided');
  expect(failures[0]?.grade).toBe('missed');
});

/** Where nobody acts on orders, the record and the scorer of replays are one. */
test('agrees with scoreOrders on any history', () => {
  const times = (max: number) => fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: max });
  const device = fc.record({
    from: fc.integer({ min: 0, max: 500 }),
    orders: times(6),
    failures: times(4),
    changed: times(3),
  });
  fc.assert(
    fc.property(
      fc.array(device, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 50, max: 900 }),
      (given, horizon) => {
        const devices = given.map((each, i) => ({ ...each, name: `d${i}` }));
        const at = (hours: readonly number[], name: string) => hours.map((hour) => event(hour, name));
        const observed = devices.map(({ name, from }) => ({ device: name, from: from * HOUR, to: 9_000 * HOUR }));
        const orders = devices.flatMap(({ name, orders: hours }) =>
          hours.map((hour, i) => ({
            ...order(hour),
            id: `${name}-${i}`,
            device: name,
            horizonHours: horizon,
            ruleId: 'r',
            probability: 0.8,
          })),
        );
        const failures = devices.flatMap(({ name, failures: hours }) => at(hours, name));
        const replacements = devices.flatMap(({ name, changed }) => at(changed, name));
        const record = gradeRecord({ orders, failures, replacements, observed, leadHours: LEAD });
        const mine = figuresOf({ ...record, devices: devices.length, deviceMonths: 1 });
        const inHours = (items: readonly ComponentEvent[]) => items.map((item) => ({ ...item, at: item.at / HOUR }));
        const score = scoreOrders({
          ...{ orders: inHours(orders), failures: inHours(failures), replacements: inHours(replacements) },
          ...{
            observed: observed.map(({ device: id, from, to }) => ({ device: id, from: from / HOUR, to: to / HOUR })),
          },
          ...{ leadHours: LEAD, horizonHours: horizon },
        });
        expect({
          trueOrders: mine.orders.true + mine.orders.late,
          falseOrders: mine.orders.false,
          failures: mine.failures.total,
          foreseen: mine.failures.foreseen,
          late: mine.failures.late,
          missed: mine.failures.missed,
          precision: mine.precision?.value ?? null,
          recall: mine.recall?.value ?? null,
          leadMedian: mine.leadMedian?.value ?? null,
          leadP10: mine.leadP10?.value ?? null,
        }).toEqual({
          trueOrders: score.trueOrders,
          falseOrders: score.falseOrders,
          failures: score.failures,
          foreseen: score.foreseen,
          late: score.late,
          missed: score.missed,
          precision: score.precision,
          recall: score.recall,
          leadMedian: score.leadMedian,
          leadP10: score.leadP10,
        });
      },
    ),
    { numRuns: 300 },
  );
});

import { HOUR, MINUTE, type WorkOrder } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEvent, emptyState } from '../state.ts';
import { aService } from '../testing/service.ts';
import { ANA, aViewer, MR } from '../testing/world.ts';
import { type RepairTally, studentQuantile80, withRepair, workTimeOf } from './work-time.ts';

const after = (minutes: readonly number[], catalogue = 60) =>
  workTimeOf(
    minutes.reduce<RepairTally | undefined>((tally, each) => withRepair(tally, each, catalogue), undefined),
    catalogue,
  );

test('before any repair the catalogue holds, and one in five takes longer by a good quarter', () => {
  expect(after([])).toEqual({ p50Minutes: 60, p80Minutes: 77, repairs: 0 });
});

test('few repairs move it a little, many say how it is', () => {
  const always = (count: number) => after(Array.from({ length: count }, () => 90));
  expect(always(1).p50Minutes).toBe(65); // 60 counts four times: exp((4 ln 60 + ln 90) / 5)
  expect(always(4).p50Minutes).toBe(73);
  expect(always(400)).toMatchObject({ p50Minutes: 90, repairs: 400 });
  expect(always(400).p80Minutes).toBeLessThan(96); // they hardly differ
});

test('work that varies has a wider promise around the same middle', () => {
  const steady = after(Array.from({ length: 40 }, (_, i) => (i % 2 ? 55 : 65)));
  const mixed = after(Array.from({ length: 40 }, (_, i) => (i % 2 ? 30 : 120)));
  expect(Math.abs(steady.p50Minutes - mixed.p50Minutes)).toBeLessThanOrEqual(1);
  expect(mixed.p80Minutes).toBeGreaterThan(steady.p80Minutes * 1.4);
});

test('a repair somebody forgot to end counts as four times the catalogue, not as the weekend', () => {
  expect(after([60, 60, 60 * 64])).toEqual(after([60, 60, 240]));
});

test('four in five of what is drawn from a known distribution stay within the learned time', () => {
  // Quantiles of a log-normal with median 100 and sigma 0.4, evenly: no chance in the test.
  const normal = Array.from({ length: 199 }, (_, i) => (i + 1) / 200).map(
    (p) => Math.sign(p - 0.5) * Math.sqrt((-Math.PI / 2) * Math.log(1 - (2 * p - 1) ** 2)),
  );
  const minutes = normal.map((z) => 100 * Math.exp(0.4 * z));
  const { p50Minutes, p80Minutes } = after(minutes);
  const within = (limit: number) => minutes.filter((each) => each <= limit).length / minutes.length;
  expect(within(p50Minutes)).toBeCloseTo(0.5, 1);
  expect(within(p80Minutes)).toBeCloseTo(0.8, 1);
});

test('the quantile of Student’s t is that of the tables', () => {
  for (const [freedom, value] of [
    [6, 0.906],
    [10, 0.879],
    [20, 0.86],
    [60, 0.848],
  ] as const)
    expect(studentQuantile80(freedom)).toBeCloseTo(value, 3);
});

test('whatever was done, the p80 is no shorter than the middle, and both are whole minutes of a working day', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 1_440 }),
      (done, catalogue) => {
        const { p50Minutes, p80Minutes } = after(done, catalogue);
        expect(p80Minutes).toBeGreaterThanOrEqual(p50Minutes);
        expect(p50Minutes).toBeGreaterThanOrEqual(1);
        expect(p50Minutes).toBeLessThanOrEqual(4 * catalogue + 1);
      },
    ),
  );
});

test('repairs teach the next order of the kind, from the log alone', async () => {
  const service = await aService();
  const ana = aViewer('field-engineer', { engineerId: ANA });
  await service.gateway.raise('a1', MR, 0.9);
  await service.settle();
  const [first] = service.orders() as [WorkOrder];
  expect(first).toMatchObject({ serviceMinutes: 120, workTime: { p50Minutes: 120, repairs: 0 } });
  const act = (action: string, body: object = {}) =>
    service.call(ana, 'POST', `/work-orders/${first.id}/${action}`, { ...body });
  await service.pass(10 * MINUTE);
  const depart = await act('depart');
  expect(depart.status).toBeLessThan(300);
  await service.pass(20 * MINUTE, 5 * MINUTE);
  await act('arrive');
  await service.pass(3 * HOUR, 10 * MINUTE);
  for (const step of first.steps) await act('steps', { step: step.key });
  await act('finish', { outcome: 'fixed', note: null });
  expect([...service.state.repairs]).toEqual([
    [expect.stringMatching(/\/wear$/), expect.objectContaining({ count: 1 })],
  ]);
  expect(service.state.workedAt.get(MR)).toEqual([ANA]);
  const replayed = emptyState({ falseOrdersPerDeviceMonth: 0.05, minProbability: 0.5 });
  for (const stored of await service.events.read(0, 10_000)) applyEvent(replayed, stored);
  expect(replayed.repairs).toEqual(service.state.repairs);
  expect(replayed.workedAt).toEqual(service.state.workedAt);
  await service.stop();
});

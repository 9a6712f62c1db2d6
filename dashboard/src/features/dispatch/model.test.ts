import { DAY, type EngineerView, HOUR, type Plan, type Visit, type WorkOrder } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { startOfDay } from '../../shared/format/zone.ts';
import { boardRows, boardVisits, objections, unassignedOf } from './model.ts';
import { instantAt, positionOf, SNAP_MS, timeScale } from './timescale.ts';

const ZONE = 'Asia/Shanghai';
const monday = Date.UTC(2026, 10, 22, 16); // Monday 00:00 in Chongqing
const at = (hour: number) => monday + hour * HOUR;

const engineer = (id: string, over: Partial<EngineerView> = {}): EngineerView =>
  ({
    id,
    skills: [{ name: 'mr', level: 2 }],
    free: [{ from: at(8), to: at(17) }],
    holes: [],
    status: 'available',
    ...over,
  }) as unknown as EngineerView;

const visit = (order: string, who: string, start: number, hours = 1): Visit =>
  ({
    workOrderId: order,
    engineerId: who,
    departAt: at(start) - HOUR / 2,
    arriveAt: at(start),
    startAt: at(start),
    endAt: at(start + hours),
    travelSeconds: 1800,
  }) as unknown as Visit;

const order = (id: string, own: Visit | null, over: Partial<WorkOrder> = {}): WorkOrder =>
  ({
    id,
    state: own ? 'scheduled' : 'received',
    service: 'full',
    priority: 'P2',
    openedAt: at(7),
    promises: [],
    skill: { name: 'mr', level: 2 },
    ...(own ? { visit: own } : {}),
    ...over,
  }) as unknown as WorkOrder;

describe('the time scale', () => {
  const scale = timeScale(at(10), ZONE, [{ from: at(7.5), to: at(9) }]);

  test('shows three days, cut to the hours in which something happens', () => {
    expect(startOfDay(at(10), ZONE)).toBe(monday);
    expect(scale.days).toHaveLength(3);
    expect([scale.fromHour, scale.toHour]).toEqual([7, 18]);
  });

  test('places and instants go both ways, on quarters of an hour', () => {
    const ten = positionOf(scale, at(10) + 7 * 60_000);
    expect(instantAt(scale, ten)).toBe(at(10)); // 10:07 lies nearer to 10:00
    expect(instantAt(scale, positionOf(scale, at(34) + SNAP_MS))).toBe(at(34) + SNAP_MS);
  });

  test('the night lies on the border between two days', () => {
    expect(positionOf(scale, at(22))).toBeCloseTo(1 / 2);
    expect(positionOf(scale, monday + 9 * DAY)).toBe(1);
  });

  test('a day in a zone with summer time starts at its own midnight', () => {
    const afterChange = Date.UTC(2026, 9, 25, 12); // Berlin left summer time that morning
    expect(startOfDay(afterChange, 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 24, 22));
  });
});

describe('the board', () => {
  test('shows a visit under way from the order and a planned one from the newest plan', () => {
    const planned = visit('wo_1', 'eng_b', 11);
    const plan = { visits: [planned], unassigned: [] } as unknown as Plan;
    const visits = boardVisits(
      [
        order('wo_1', visit('wo_1', 'eng_a', 9)),
        order('wo_2', visit('wo_2', 'eng_a', 14), { state: 'on-site' } as Partial<WorkOrder>),
      ],
      plan,
    );
    expect(visits.map((each) => [each.visit.engineerId, each.movable])).toEqual([
      ['eng_b', true],
      ['eng_a', false],
    ]);
  });

  test('a row that did not change keeps its object', () => {
    const engineers = [engineer('eng_a'), engineer('eng_b')];
    const first = order('wo_1', visit('wo_1', 'eng_a', 9));
    const before = boardRows(engineers, boardVisits([first], undefined));
    const after = boardRows(
      engineers,
      boardVisits([first, order('wo_2', visit('wo_2', 'eng_b', 9))], undefined),
      before,
    );
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  test('says what speaks against a place', () => {
    const moved = boardVisits([order('wo_1', visit('wo_1', 'eng_a', 9))], undefined)[0]!;
    const busy = boardVisits([order('wo_2', visit('wo_2', 'eng_b', 11))], undefined);
    const row = boardRows([engineer('eng_b')], busy)[0]!;
    expect(objections(row, moved, at(9), at(8))).toEqual([]);
    expect(objections(row, moved, at(11), at(8))).toEqual(['overlap']);
    expect(objections(row, moved, at(10), at(8))).toEqual(['overlap']); // the next one leaves at 10:30
    expect(objections(row, moved, at(16.5), at(8))).toEqual(['outside-shift']);
    expect(objections(row, moved, at(9), at(9.5))).toEqual(['past']);
    const unskilled = { ...row, engineer: engineer('eng_b', { skills: [] }) };
    expect(objections(unskilled, moved, at(9), at(8))).toEqual(['skill']);
  });
});

test('unassigned orders: most urgent first, observed devices never', () => {
  const list = unassignedOf(
    [
      order('wo_1', null),
      order('wo_2', null, { priority: 'P1' }),
      order('wo_3', null, { service: 'observe' }),
      order('wo_4', visit('wo_4', 'eng_a', 9)),
    ],
    undefined,
  );
  expect(list.map((each) => each.order.id)).toEqual(['wo_2', 'wo_1']);
});

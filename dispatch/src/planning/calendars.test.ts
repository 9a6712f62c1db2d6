import { DAY, HOUR, type Instant, MINUTE, type Visit } from '@uptower/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { calendarOf } from '../availability/calendar.ts';
import { freeTime } from '../availability/free-time.ts';
import { problemsIn } from '../solver/validate.ts';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, CITY, CT, HILL, HILL_CT, MONDAY_9 } from '../testing/world.ts';
import { planningInput } from './snapshot.ts';
import { toInstance } from './to-instance.ts';

let service: Service;
afterEach(() => service.stop());

const dispatcher = aViewer('dispatcher');
/** Monday 20:00: nobody is at work until Tuesday 08:00. */
const EVENING = MONDAY_9 + 11 * HOUR;
const NIGHT_ENDS = MONDAY_9 + 23 * HOUR;
const rota = (more = {}) => ({
  name: { en: 'Nights', zh: '夜班' },
  timeZone: 'Asia/Shanghai',
  startsOn: '2025-03-03',
  handoverMinute: 480,
  daysEach: 7,
  engineers: [BO],
  ...more,
});
const put = (path: string, body: unknown) => service.call(dispatcher, 'PUT', path, body);
const report = (hospitalId: typeof CITY, deviceId: typeof CT, impact: 'down' | 'limited') =>
  service.call(aViewer('hospital', { hospitalId }), 'POST', '/requests', { deviceId, impact, text: 'it stopped' });
const visits = () =>
  service.state.plan?.visits.map(({ engineerId, startAt }) => [engineerId, startAt < NIGHT_ENDS]) ?? [];
const problem = () => {
  const { clock, state } = service;
  return toInstance(planningInput(state, new Map(), travel, service.policy, clock.now()));
};
const travel = { between: () => ({ seconds: 600, metres: 6_000 }) };

describe('on call', () => {
  test('whoever is on call comes at night to what is urgent, and nobody to anything else', async () => {
    service = await aService({ at: EVENING });
    await put('/calendars/on-call/nights', rota());
    await report(HILL, HILL_CT, 'limited');
    await service.pass(MINUTE);
    expect(visits()).toEqual([[expect.any(String), false]]);
    expect(problem().engineers).toHaveLength(3); // without an urgent order nobody has a second row
    await report(CITY, CT, 'down');
    await service.pass(MINUTE);
    expect(visits()).toEqual([
      [BO, true],
      [expect.any(String), false],
    ]);
    const { engineers, plain } = problem();
    expect(problemsIn(plain)).toEqual([]);
    expect(engineers.map(({ engineer }) => engineer.id)).toEqual([ANA, BO, CHEN, BO]);
    const hill = plain.visits.find(({ priority }) => priority === 1);
    expect(hill?.excludedEngineers).toEqual([3]);
    // Why not Ana, and where with Bo: one answer each.
    const [urgent] = service.orders().filter(({ priority }) => priority === 'P1');
    const { body } = await service.call(dispatcher, 'GET', `/plan/places/${urgent?.id}`);
    const named = [...body.suggestions, ...body.refused].map(({ engineerId }: Visit) => engineerId);
    expect(named.sort()).toEqual([ANA, BO, CHEN]);
  });
  test('in the area only, and without a rota not at all', async () => {
    service = await aService({ at: EVENING });
    const [city] = [...service.state.registry.sites.values()];
    await put('/calendars/on-call/nights', rota({ area: { sites: [city?.id] } }));
    await report(HILL, HILL_CT, 'down');
    await service.pass(MINUTE);
    expect(visits()).toEqual([[expect.any(String), false]]);
    await put('/calendars/on-call/nights', rota({ area: { centre: { lat: 29.8, lon: 106.4 }, radiusMetres: 500 } }));
    await service.pass(MINUTE);
    expect(visits()).toEqual([[BO, true]]);
  });
  test('two rotas at once are two rows that share no moment', async () => {
    service = await aService({ at: EVENING });
    await put('/calendars/on-call/nights', rota());
    await put('/calendars/on-call/more', rota({ area: { centre: { lat: 29.8, lon: 106.4 }, radiusMetres: 50_000 } }));
    await report(CITY, CT, 'down');
    const shifts = problem()
      .plain.engineers.filter((_, e) => problem().engineers[e]?.engineer.id === BO)
      .flatMap((row) => row.shifts);
    const sorted = [...shifts].sort((a, b) => a.from - b.from);
    for (const [i, shift] of sorted.entries())
      if (i > 0)
        expect(shift.from).toBeGreaterThanOrEqual((sorted[i - 1]?.to ?? 0) + (sorted[i - 1]?.overtimeSeconds ?? 0));
    expect(sorted.some(({ fixedCost }) => fixedCost === 36_000)).toBe(true);
  });
});

test('what planning may use is free time, breaks and busy time of other calendars taken out', async () => {
  service = await aService();
  const breaks = [{ minutes: 60, fromMinute: 720, toMinute: 780 }];
  const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute: 480, toMinute: 1_080, breaks }));
  for (const id of [ANA, BO, CHEN]) await put(`/engineers/${id}/patterns`, { startsOn: '2025-03-03', weeks: [week] });
  const stamp = (at: Instant) => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const text = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART:${stamp(MONDAY_9 + HOUR)}\nDURATION:PT90M\nEND:VEVENT\nEND:VCALENDAR`;
  await put(`/engineers/${ANA}/calendar-import`, { text });
  await report(CITY, CT, 'down');
  await service.pass(MINUTE);
  const { plain, engineers } = problem();
  const calendar = calendarOf(service.state.calendars, engineers[0]?.engineer as never);
  const left = (plain.engineers[0]?.shifts ?? []).flatMap(({ from, to, unavailable = [] }) => {
    const points = [from, ...unavailable.flatMap((hole) => [hole.from, hole.to]), to];
    return Array.from({ length: points.length / 2 }, (_, i) => ({
      from: (points[2 * i] ?? 0) * 1_000,
      to: (points[2 * i + 1] ?? 0) * 1_000,
    }));
  });
  const now = service.clock.now();
  const free = freeTime(calendar, now, now + 3 * DAY);
  expect(left.slice(0, 6)).toEqual(free.slice(0, 6));
  expect(free[1]).toEqual({ from: MONDAY_9 + 2.5 * HOUR, to: MONDAY_9 + 3 * HOUR });
  for (const { startAt, endAt, engineerId } of service.state.plan?.visits ?? []) {
    const of = calendarOf(service.state.calendars, service.state.registry.engineers.get(engineerId) as never);
    expect(freeTime(of, startAt, endAt)).toEqual([{ from: startAt, to: endAt }]);
  }
  expect(service.state.plan?.visits).toHaveLength(1);
});

test('overtime of a week is what its rule leaves after what was worked', async () => {
  service = await aService();
  const overtime = { perShiftMinutes: 60, perWeekMinutes: 90 };
  await put(`/engineers/${ANA}/calendar-settings`, { holidayRegion: null, overtime });
  const shares = () => problem().plain.engineers[0]?.shifts.map(({ overtimeSeconds = 0 }) => overtimeSeconds / 60);
  expect(shares()).toEqual([60, 30, 0, 0]);
  await service.gateway.raise('late', CT, 0.9);
  await service.pass(MINUTE);
  const [order] = service.orders();
  await service.call(dispatcher, 'POST', '/plan/move', {
    workOrderId: order?.id,
    engineerId: ANA,
    startAt: MONDAY_9 + 7 * HOUR,
  });
  await service.pass(7 * HOUR, 30 * MINUTE);
  const act = (what: string, body = {}) =>
    service.call(aViewer('field-engineer', { engineerId: ANA }), 'POST', `/work-orders/${order?.id}/${what}`, body);
  expect((await act('depart')).status).toBe(200);
  await act('arrive');
  await service.pass(160 * MINUTE, 10 * MINUTE); // 41 minutes after the shift
  await act('finish', { outcome: 'cannot-finish' });
  const left = 90 - 41;
  expect(shares()).toEqual([left, 0, 0]);
});

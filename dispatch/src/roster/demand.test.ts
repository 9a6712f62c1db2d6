import { DAY, type Place, type WorkOrder } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { aViewer, MONDAY_9, MR } from '../testing/world.ts';
import { demandForecast, nextMonday } from './demand.ts';

let service: Service;
afterEach(() => service.stop());

const WEEKS = 10;
const now = MONDAY_9;

/** An order of the world's kind, opened on a day before now; only what the forecast reads. */
function opened(sites: 'site_city' | 'site_hill', daysAgo: number, more: Partial<WorkOrder> = {}): WorkOrder {
  return {
    state: 'closed',
    visit: {},
    siteId: sites,
    service: 'full',
    skill: { name: 'xray', level: 1 },
    serviceMinutes: 120,
    openedAt: now - daysAgo * DAY,
    visitsMade: 1,
    ...more,
  } as never;
}

/** The hill hospital lies a hundred kilometres away here: another region. */
function forecast(orders: readonly WorkOrder[], since = now - WEEKS * 7 * DAY, weeks = 1) {
  const { registry } = service.state;
  const sites = new Map([...registry.sites].map(([id, site]) => [id, { ...site, place: placeOf(id, site.place) }]));
  return demandForecast({ registry: { ...registry, sites }, orders, since, now, from: '2025-03-10', weeks });
}
const placeOf = (id: string, { lat, lon }: Place) => ({ lat: id === 'site_hill' ? lat + 0.9 : lat, lon });

test('as many visits as there were, on the weekdays they were on, with the work they took', async () => {
  service = await aService();
  // Two a week in the city, on Tuesdays (six days ago was one) and Fridays.
  const orders = Array.from({ length: WEEKS }, (_, week) => [6, 3].map((ago) => opened('site_city', ago + 7 * week)));
  const { rows, history, regions } = forecast(orders.flat());
  expect(history).toMatchObject({ weeks: 10, visits: 20, little: false, from: '2024-12-23' });
  const [city, hill] = ['City', 'Hill'].map((name) => {
    const region = regions.find((each) => each.name.en === name)?.region;
    return rows.find((row) => row.region === region && row.skill === 'xray');
  });
  expect(city).toMatchObject({ devices: 1, seen: 20, level: 1 });
  expect(city?.visits.mean).toBeGreaterThan(1.5);
  expect(city?.visits.mean).toBeLessThan(2.2);
  expect(city?.hours.mean).toBeCloseTo((city?.visits.mean ?? 0) * 2, 1);
  const byDay = city?.days.map(({ visits }) => visits.mean) ?? [];
  expect(Math.min(byDay[1] ?? 0, byDay[4] ?? 0)).toBeGreaterThan(10 * (byDay[0] ?? 1));
  expect(byDay.reduce((sum, mean) => sum + mean, 0)).toBeCloseTo(city?.visits.mean ?? 0, 1);
  // The hill hospital has such a device too, and never called.
  expect(hill).toMatchObject({ devices: 1, seen: 0 });
  expect(hill?.visits.mean).toBeGreaterThan(0);
  expect(hill?.visits.mean).toBeLessThan((city?.visits.mean ?? 0) / 2);
  expect(forecast(orders.flat(), undefined, 3).rows[0]?.visits.mean).toBeCloseTo(3 * (city?.visits.mean ?? 0), 1);
});

test('who needed nobody is no visit; who had to come again is another', async () => {
  service = await aService();
  const count = (order: WorkOrder) => forecast([order]).history.visits;
  expect(count(opened('site_city', 3))).toBe(1);
  expect(count(opened('site_city', 3, { visitsMade: 2 }))).toBe(2);
  expect(count(opened('site_city', 3, { state: 'cancelled' } as never))).toBe(0);
  expect(count(opened('site_city', 3, { visit: null } as never))).toBe(0);
  expect(count(opened('site_city', 3, { service: 'observe' }))).toBe(0);
  expect(count(opened('site_city', 400))).toBe(0); // too long ago
});

test('little history says so, and lays visits evenly on the days', async () => {
  service = await aService();
  const { rows, history } = forecast([opened('site_city', 1)], now - 3 * DAY);
  expect(history).toMatchObject({ little: true, weeks: 0.4, visits: 1 });
  expect(rows.length).toBeGreaterThan(2);
  for (const { days } of rows) expect(new Set(days.map(({ visits }) => visits.mean)).size).toBe(1);
  expect(forecast([], now).history).toMatchObject({ little: true, visits: 0 });
});

test('the next Monday is never today', () => {
  expect(nextMonday('Asia/Shanghai', MONDAY_9)).toBe('2025-03-10');
  expect(nextMonday('Asia/Shanghai', MONDAY_9 - DAY)).toBe('2025-03-03');
});

test('over HTTP, for staff; the server says which weeks are wrong', async () => {
  service = await aService();
  await service.gateway.raise('a', MR, 0.9);
  await service.pass(60_000);
  const dispatcher = aViewer('dispatcher');
  const { body } = await service.call(dispatcher, 'GET', '/roster/demand');
  expect(body).toMatchObject({ from: '2025-03-10', weeks: 1, history: { visits: 1, little: true } });
  expect(body.rows[0].days).toHaveLength(7);
  expect((await service.call(aViewer('hospital'), 'GET', '/roster/demand')).status).toBe(403);
  const refused = await service.call(dispatcher, 'GET', '/roster/demand?from=2025-03-11&weeks=9');
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'from' }, { path: 'weeks' }] } });
});

import { DAY, type Registry, SiteId } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { demandForecast } from '../roster/demand.ts';
import { aService, type Service } from '../testing/service.ts';
import { aViewer, MONDAY_9 } from '../testing/world.ts';
import { estimatedTravel } from '../travel.ts';
import { coverageView, nextEngineer } from './coverage.ts';

let service: Service;
afterEach(() => service.stop());

const HILL_SITE = SiteId.parse('site_hill');
/** The hill hospital lies 100 km north, where nobody lives. */
function farHill(): Registry {
  const { registry } = service.state;
  const hill = registry.sites.get(HILL_SITE)!;
  const chen = [...registry.engineers.values()].map((engineer) => [
    engineer.id,
    { ...engineer, home: { lat: 29.56, lon: 106.55 } },
  ]);
  return {
    ...registry,
    sites: new Map([...registry.sites, [hill.id, { ...hill, place: { lat: 30.5, lon: 106.5 } }]]),
    engineers: new Map(chen as never),
  };
}
const inputOf = (registry: Registry, minutes = 60, skills?: string[]) => {
  const now = MONDAY_9;
  const forecast = demandForecast({ registry, orders: [], since: now - 56 * DAY, now, from: '2025-03-10', weeks: 1 });
  return { registry, travel: estimatedTravel, forecast, minutes, skills };
};

test('what lies far from every home is not covered, by skill, site and cell', async () => {
  service = await aService();
  const view = coverageView(inputOf(farHill()));
  expect(view.covered).toBeGreaterThan(0.3);
  expect(view.covered).toBeLessThan(0.9);
  expect(view.sites.map(({ siteId, covered }) => [siteId, covered])).toEqual([
    ['site_hill', 0],
    ['site_city', 1],
  ]);
  expect(view.skills.find(({ skill }) => skill === 'cryogenics')).toMatchObject({ covered: 1, engineers: 2 });
  expect(view.skills.find(({ skill }) => skill === 'xray')).toMatchObject({ covered: 0.5, engineers: 3 });
  expect(view.cells).toHaveLength(2);
  expect(view.cells[0]?.boundary).toHaveLength(6);
  expect(view.visitsPerWeek).toBeCloseTo(view.cells.reduce((sum, cell) => sum + cell.visitsPerWeek, 0));
  expect(coverageView(inputOf(farHill(), 200)).covered).toBe(1);
});

test('one more engineer belongs near what is out of reach; the words say why', async () => {
  service = await aService();
  const view = nextEngineer(inputOf(farHill(), 60, ['xray']));
  const [best] = view.best;
  expect(view.before.covered).toBe(0.5);
  expect(best).toMatchObject({ covered: 1, near: { en: 'Hill' }, gain: 0.5 });
  expect(best?.newSites).toMatchObject([{ siteId: 'site_hill' }]);
  expect(best?.text.en).toMatch(
    /^Near Hill: 100 % of the expected X-ray visits would be within 60 minutes instead of 50 %/,
  );
  expect(best?.text.zh).toContain('由 50 % 升至 100 %');
  expect(view.candidates).toBeGreaterThan(100);
  expect(view.heat[0]).toMatchObject({ cell: best?.cell, gain: 0.5 });
  // Homes that are named lie apart.
  expect(new Set(view.best.map(({ cell }) => cell)).size).toBe(view.best.length);
  // Where all is within reach, only minutes are left to gain.
  const near = nextEngineer(inputOf(farHill(), 200, ['xray']));
  expect(near.best[0]).toMatchObject({ gain: 0 });
  expect(near.best[0]?.minutesSaved).toBeGreaterThan(10);
  expect(near.best[0]?.text.en).toContain('minutes shorter on average');
});

test('over HTTP for who plans; homes are nobody else’s business', async () => {
  service = await aService();
  const dispatcher = aViewer('dispatcher');
  const { body } = await service.call(dispatcher, 'GET', '/coverage?minutes=30');
  expect(body).toMatchObject({ minutes: 30, little: true, covered: 1 });
  const next = await service.call(dispatcher, 'GET', '/coverage/next-engineer?minutes=20&skill=xray&skill=cryogenics');
  expect(next.body.skills).toEqual(['xray', 'cryogenics']);
  for (const path of ['/coverage', '/coverage/next-engineer'])
    expect((await service.call(aViewer('remote-engineer'), 'GET', path)).status).toBe(403);
  const refused = await service.call(dispatcher, 'GET', '/coverage?minutes=5&skill=%20');
  expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual(['minutes', 'skill']);
});

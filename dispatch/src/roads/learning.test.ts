import { MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, MR } from '../testing/world.ts';
import { estimatedTravel } from '../travel.ts';
import { bandOf, factorTo, regionOf } from './speeds.ts';

let service: Service;
afterEach(() => service.stop());

const ana = aViewer('field-engineer', { engineerId: ANA });

test('an arrival teaches how long the way takes; the next plan goes by it, also after a restart', async () => {
  service = await aService();
  await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  const act = (what: string) => service.call(ana, 'POST', `/work-orders/wo_a1/${what}`);
  expect((await act('depart')).status).toBe(200);
  const departedAt = service.clock.now();
  await service.pass(40 * MINUTE);
  expect((await act('arrive')).status).toBe(200);

  const home = service.state.registry.engineers.get(ANA)?.home;
  const [site] = [...service.state.registry.sites.values()].filter(({ id }) => id === 'site_city');
  if (!home || !site) throw new Error('the world has Ana and the city');
  const { seconds } = estimatedTravel.between(home, site.place);
  const seen = await service.call(aViewer('dispatcher'), 'GET', '/travel');
  expect(seen.body).toMatchObject({ service: null, state: 'none', learned: { trips: 1 } });
  const [region] = seen.body.learned.regions;
  expect(region).toMatchObject({ region: regionOf(site.place), trips: 1 });
  expect(Object.keys(region.bands)).toEqual([bandOf(site.timeZone, departedAt)]);
  // one trip of forty minutes, against five that took as long as estimated; twice, for all and for the region
  const ratio = Math.min(1, Math.log((40 * 60) / seconds));
  const expected = Math.exp((ratio + (5 * ratio) / 6) / 6);
  expect(region.factor).toBeCloseTo(expected, 3);

  const { events } = service;
  const again = await aService({ events, at: service.clock.now() });
  expect(factorTo(again.state.speeds, site.place)).toBeCloseTo(expected, 9);
  await again.stop();
});

test('what travel times rest on is not for hospitals', async () => {
  service = await aService();
  expect((await service.call(aViewer('hospital'), 'GET', '/travel')).status).toBe(403);
});

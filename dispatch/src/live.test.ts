import { type CollectionName, MINUTE, type Viewer } from '@uptower/domain';
import type { LiveCollection, LiveHub } from '@uptower/platform';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from './testing/service.ts';
import { aViewer, CITY, HILL, HILL_CT, MR } from './testing/world.ts';

let service: Service;
afterEach(() => service.stop());

type Row = { readonly id: string };

/** A hub that remembers what was registered and said, and shows it to a viewer as the real one would. */
function recordingHub() {
  const collections = new Map<CollectionName, LiveCollection<Row>>();
  const said = new Map<CollectionName, { upserts: Row[]; removes: string[] }>();
  const hub: LiveHub = {
    register(collection) {
      collections.set(collection.name, collection as unknown as LiveCollection<Row>);
      const log = { upserts: [] as Row[], removes: [] as string[] };
      said.set(collection.name, log);
      return { upsert: (item) => void log.upserts.push(item), remove: (id) => void log.removes.push(id) };
    },
    allowTelemetry: () => undefined,
    readings: () => undefined,
    attach: () => undefined,
    close: async () => undefined,
  };
  const shownTo = (viewer: Viewer, name: CollectionName) => {
    const collection = collections.get(name);
    const audience = collection?.audienceOf(viewer) ?? null;
    if (!collection || audience === null) return null;
    const seen = (said.get(name)?.upserts ?? []).filter((row) => collection.sees(audience, row));
    return { snapshot: collection.items(audience), deltas: seen };
  };
  return { hub, shownTo, said };
}

test('staff watch everything, a hospital its own orders and nothing else', async () => {
  const { hub, shownTo } = recordingHub();
  service = await aService({ live: hub });
  await service.gateway.raise('city', MR, 0.9);
  await service.gateway.raise('hill', HILL_CT, 0.9);
  await service.pass(MINUTE);

  const staff = aViewer('dispatcher');
  const hill = aViewer('hospital', { hospitalId: HILL });
  expect(
    shownTo(staff, 'orders')
      ?.snapshot.map(({ id }) => id)
      .sort(),
  ).toEqual(['wo_city', 'wo_hill']);
  expect(shownTo(staff, 'portal-orders')?.snapshot).toHaveLength(2);
  expect(shownTo(staff, 'engineers')?.snapshot).toHaveLength(3);
  expect(shownTo(staff, 'plan')?.snapshot).toMatchObject([{ id: service.state.plan?.id, visits: [{}, {}] }]);
  for (const name of ['orders', 'engineers', 'plan'] as const) expect(shownTo(hill, name), name).toBeNull();
  const mine = shownTo(hill, 'portal-orders');
  expect(mine?.snapshot).toMatchObject([{ id: 'wo_hill' }]);
  expect(new Set(mine?.deltas.map(({ id }) => id))).toEqual(new Set(['wo_hill']));
  expect(shownTo(aViewer('hospital', { hospitalId: CITY }), 'portal-orders')?.snapshot).toMatchObject([
    { id: 'wo_city' },
  ]);
  expect(shownTo(aViewer('hospital'), 'portal-orders')).toBeNull(); // an account without a hospital
});

test('a new plan takes the place of the old one, and a hospital is told of no removals', async () => {
  const { hub, said } = recordingHub();
  service = await aService({ live: hub });
  await service.gateway.raise('city', MR, 0.9);
  await service.pass(MINUTE);
  const first = service.state.plan?.id;
  await service.gateway.raise('hill', HILL_CT, 0.9);
  await service.pass(MINUTE);
  expect(said.get('plan')?.removes).toEqual([first]);
  expect(said.get('plan')?.upserts.at(-1)?.id).toBe(service.state.plan?.id);
  expect(said.get('portal-orders')?.removes).toEqual([]);
});

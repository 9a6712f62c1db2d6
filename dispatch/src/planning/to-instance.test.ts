import {
  applyRegistryEvent,
  type DeviceId,
  emptyRegistry,
  eventsOfUpload,
  HOUR,
  MINUTE,
  type OpenWorkOrder,
  type Visit,
  WorkOrderId,
} from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../policy.ts';
import { problemsIn } from '../solver/validate.ts';
import { ANA, aSmallWorld, BO, CHEN, HILL_CT, MONDAY_9, MR } from '../testing/world.ts';
import { estimatedTravel } from '../travel.ts';
import { lookUp, orderFromRequest } from '../work-orders/facts.ts';
import { type PlannedEngineer, type PlanningInput, toInstance } from './to-instance.ts';

const world = aSmallWorld();
const registry = emptyRegistry();
for (const event of eventsOfUpload(world)) applyRegistryEvent(registry, event);

function aPlanned(deviceId: DeviceId, name: string, visit?: Partial<Visit>, impact: 'down' | 'limited' = 'limited') {
  const known = lookUp(registry, deviceId);
  const site = known && registry.sites.get(known.device.siteId);
  if (!known || !site) throw new Error(`${deviceId} is not in the small world`);
  const { facts, promises, curve, probability } = orderFromRequest({
    known,
    impact,
    id: WorkOrderId.parse(`wo_${name}`),
    number: 'WO-1',
    openedAt: MONDAY_9,
    note: 'n',
    requestServiceMinutes: 60,
  });
  const base = {
    ...facts,
    promises,
    curve,
    probability,
    visitsMade: 0,
    entered: {},
    stepsDone: [],
    partsUsed: [],
    reports: [],
  };
  const order = (
    visit ? { state: 'scheduled', ...base, visit: { pinned: false, ...visit } } : { state: 'received', ...base }
  ) as OpenWorkOrder;
  return { order, site, contract: known.contract };
}

const people = (more: Partial<PlannedEngineer> = {}): PlannedEngineer[] =>
  [...registry.engineers.values()].map((engineer) => ({
    engineer,
    position: engineer.home,
    underway: null,
    stock: engineer.vanStock,
    ...(engineer.id === ANA ? more : {}),
  }));

const problem = (orders: PlanningInput['orders'], engineers = people(), more: Partial<PlanningInput> = {}) =>
  toInstance({ now: MONDAY_9, orders, engineers, travel: estimatedTravel, policy: defaultPolicy.planning, ...more });
const seconds = (hours: number) => (MONDAY_9 + hours * HOUR) / 1_000;
const placeOf = (engineer: typeof ANA, departIn: number, startIn: number, pinned = false): Partial<Visit> => ({
  engineerId: engineer,
  pinned,
  departAt: MONDAY_9 + departIn * MINUTE,
  startAt: MONDAY_9 + startIn * MINUTE,
});
const order = [ANA, BO, CHEN];

describe('the problem in numbers', () => {
  test('is what the solver accepts: shifts of three days, one place a site, deadlines on the start', () => {
    const { plain } = problem([aPlanned(MR, 'a'), aPlanned(HILL_CT, 'b'), aPlanned(MR, 'c', undefined, 'down')]);
    expect(problemsIn(plain)).toEqual([]);
    expect(plain.engineers.map(({ shifts }) => shifts.length)).toEqual([4, 4, 4]); // the fourth begins an hour before the end
    expect(plain.engineers[0]?.shifts[0]).toMatchObject({ from: seconds(0), to: seconds(9), overtimeSeconds: 5_400 });
    expect(plain.locationCount).toBe(4); // two homes, two sites
    const [mr, hill, down] = plain.visits;
    expect(mr).toMatchObject({ due: seconds(12), priority: 1, mandatory: false, serviceSeconds: 3_600 });
    expect(mr?.windows).toBeUndefined(); // always open
    expect(hill?.windows?.[0]).toEqual({ from: seconds(-1), to: seconds(9) - 1 });
    expect(down).toMatchObject({
      due: seconds(4),
      priority: 2,
      mandatory: true,
      downtime: [{ from: seconds(0), perSecond: 100 }],
    });
  });

  test('an engineer at work is free when the work is expected to end, there', () => {
    const site = world.sites[1]?.place ?? { lat: 0, lon: 0 };
    const underway = { visit: {} as Visit, site, until: MONDAY_9 + 2 * HOUR };
    const { plain, places } = problem([], people({ underway }));
    const [today, tomorrow] = plain.engineers[0]?.shifts ?? [];
    expect(today?.freeAt).toBe(seconds(2));
    expect(places[today?.freeAtLocation ?? -1]).toEqual(site);
    expect(tomorrow?.freeAt).toBeUndefined();
    expect(
      problem([], people({ underway: { ...underway, until: MONDAY_9 + 9 * HOUR } })).plain.engineers[0]?.shifts,
    ).toHaveLength(3);
  });

  test('a scheduled visit may move at a price; one that is pinned or about to begin may not', () => {
    const frozenOf = (visit: Partial<Visit>, more: Partial<PlanningInput> = {}) =>
      problem([aPlanned(HILL_CT, 'a', visit)], people(), more).plain.visits[0];
    expect(frozenOf(placeOf(BO, 60, 120))).toMatchObject({
      previous: { engineer: order.indexOf(BO), startAt: seconds(2) },
    });
    expect(frozenOf(placeOf(BO, 60, 120))?.frozen).toBeUndefined();
    expect(frozenOf(placeOf(BO, 60, 120, true))?.frozen).toEqual({ engineer: 1, shift: 0, startAt: seconds(2) });
    expect(frozenOf(placeOf(CHEN, 15, 60))?.frozen).toEqual({ engineer: 2, shift: 0, startAt: seconds(1) });
    expect(frozenOf(placeOf(BO, 60, 120, true), { loose: WorkOrderId.parse('wo_a') })).not.toHaveProperty('frozen');
  });

  test('what can no longer be reached in time keeps the engineer, and the time slides', () => {
    const [visit] = problem([aPlanned(HILL_CT, 'a', placeOf(BO, -20, 5))]).plain.visits;
    expect(visit).toMatchObject({ requiredEngineer: 1 });
    expect(visit?.frozen).toBeUndefined();
  });

  test('parts decide who may go only where somebody able has them', () => {
    const needing = aPlanned(MR, 'a');
    const part = world.parts[0]?.id;
    const withPart = {
      ...needing,
      order: { ...needing.order, parts: part ? [part] : [], skill: { name: 'cryogenics', level: 2 as const } },
    };
    expect(problem([withPart]).plain.visits[0]?.excludedEngineers).toEqual([1, 2]);
    expect(problem([withPart], people({ stock: {} })).plain.visits[0]?.excludedEngineers).toBeUndefined();
  });
});

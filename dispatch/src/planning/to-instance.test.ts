import {
  applyRegistryEvent,
  type DeviceId,
  emptyCalendars,
  emptyRegistry,
  eventsOfUpload,
  HOUR,
  MINUTE,
  type OpenWorkOrder,
  type Visit,
  WorkOrderId,
} from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { calendarOf } from '../availability/calendar.ts';
import { defaultPolicy } from '../policy.ts';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { problemsIn } from '../solver/validate.ts';
import { ANA, aSmallWorld, BO, CHEN, HILL_CT, MONDAY_9, MR } from '../testing/world.ts';
import { estimatedTravel, type TravelTimes } from '../travel.ts';
import { lookUp, orderFromRequest } from '../work-orders/facts.ts';
import { toVisits } from './from-solution.ts';
import { busyUntil, type PlannedEngineer, type PlanningInput, toInstance } from './to-instance.ts';
import { PlanningWeights } from './weights.ts';

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
  return { order, site, contract: known.contract, familiar: [] };
}

const people = (more: Partial<PlannedEngineer> = {}): PlannedEngineer[] =>
  [...registry.engineers.values()].map((engineer) => ({
    engineer,
    calendar: calendarOf(emptyCalendars(), engineer),
    position: engineer.home,
    overtimeWorked: [],
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

  test('what waiting costs follows the hours of clinical use', () => {
    const use = { hours: [{ weekdays: [1], fromMinute: 480, toMinute: 1_080, share: 0.5 }], otherwise: 0 };
    const down = aPlanned(MR, 'a', undefined, 'down');
    expect(problem([{ ...down, clinicalUse: use }]).plain.visits[0]?.downtime).toEqual([
      { from: seconds(0), perSecond: 50 },
      { from: seconds(9), perSecond: 0 },
    ]);
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

  test('work is expected to end when it should; once over its time, soon, however often one looks', () => {
    const { order: base } = aPlanned(MR, 'a', placeOf(ANA, 0, 60));
    const order = { ...base, state: 'on-site', arrivedAt: MONDAY_9 + 20 * MINUTE } as OpenWorkOrder;
    const until = (minutes: number) => (busyUntil(order, MONDAY_9 + minutes * MINUTE, 0.5) - MONDAY_9) / MINUTE;
    expect(until(30)).toBe(120); // there early, and begins at the hour agreed: an hour of work
    expect(until(118)).toBe(120);
    expect(until(125)).toBe(135);
    const late = { ...order, arrivedAt: MONDAY_9 + 70 * MINUTE } as OpenWorkOrder;
    expect(busyUntil(late, MONDAY_9 + 80 * MINUTE, 0.5)).toBe(MONDAY_9 + 130 * MINUTE);
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

  test('whom the site would like to see, who was there before, whose territory it is: only where somebody able is named', () => {
    const planned = aPlanned(MR, 'a');
    const territory = [planned.site.hospitalId];
    const engineers = people().map((each) =>
      each.engineer.id === CHEN ? { ...each, engineer: { ...each.engineer, territory } } : each,
    );
    const able = { ...planned, order: { ...planned.order, skill: { name: 'general', level: 1 as const } } };
    const site = { ...planned.site, preferredEngineers: [BO] };
    const [visit] = problem([{ ...able, site, familiar: [ANA, CHEN] }], engineers).plain.visits;
    expect(visit).toMatchObject({ preferredEngineers: [1], familiarEngineers: [0, 2], territoryEngineers: [2] });
    const nobodyAble = { ...planned.order, skill: { name: 'alchemy', level: 3 as const } };
    const [none] = problem([{ ...able, order: nobodyAble, site, familiar: [ANA] }], engineers).plain.visits;
    for (const list of ['preferredEngineers', 'familiarEngineers', 'territoryEngineers'])
      expect(none).not.toHaveProperty(list);
  });

  test('of two orders of one engineer the urgent one comes first, also where the other is nearer', () => {
    const urgent = aPlanned(HILL_CT, 'a', undefined, 'down');
    const nearer = aPlanned(MR, 'b', undefined, 'limited');
    const general = { name: 'general', level: 1 as const };
    const orders = [urgent, nearer].map((each) => ({ ...each, order: { ...each.order, skill: general } }));
    const { plain } = problem(orders, people().slice(0, 1));
    const { plan } = solve(buildInstance(plain), { iterations: 100, seed: 1 });
    expect(plan.routes[0]?.stops.map(({ visit }) => visit)).toEqual([0, 1]);
  });

  test('a site that takes time to enter: the time is a place’s, and nobody who is inside pays it again', () => {
    const planned = aPlanned(HILL_CT, 'a');
    const site = { ...planned.site, setupMinutes: 15 };
    const underway = { visit: {} as Visit, site: site.place, until: MONDAY_9 + HOUR };
    const { plain } = problem([{ ...planned, site }], people({ underway, position: site.place }));
    const at = plain.visits[0]?.location ?? -1;
    expect(plain.setupSeconds?.[at]).toBe(900);
    expect(plain.setupSeconds?.filter((seconds) => seconds > 0)).toHaveLength(1);
    expect(plain.engineers[0]?.shifts[0]?.freeAtLocation).toBe(at);
    expect(problemsIn(plain)).toEqual([]);
    const home = people().map((each) => ({ ...each, engineer: { ...each.engineer, home: site.place } }));
    expect(problemsIn(problem([{ ...planned, site }], home).plain)).toEqual([]); // somebody lives at the gate
    expect(problem([planned]).plain).not.toHaveProperty('setupSeconds');
  });

  test('hours a site prefers are wishes for planned work, not for what is down', () => {
    const preferredHours = { fromMinute: 13 * 60, toMinute: 15 * 60 };
    const at = (impact: 'down' | 'limited') => {
      const planned = aPlanned(MR, 'a', undefined, impact);
      return problem([{ ...planned, site: { ...planned.site, preferredHours } }]).plain.visits[0];
    };
    expect(at('limited')?.preferred?.[0]).toEqual({ from: seconds(4), to: seconds(6) - 1 }); // it is nine
    expect(at('limited')?.windows).toBeUndefined();
    expect(at('down')).not.toHaveProperty('preferred');
  });

  test('work is planned with the learned middle or, if the operator says so, the p80; promises look at the p80', () => {
    const planned = aPlanned(MR, 'a', undefined, 'down');
    const workTime = { p50Minutes: 50, p80Minutes: 75, repairs: 9 };
    const resolution = planned.order.promises.filter(({ kind }) => kind === 'resolution');
    const order = { ...planned.order, workTime, promises: resolution };
    const planning = { ...defaultPolicy.planning, serviceQuantile: 0.8 as const };
    const [middle] = problem([{ ...planned, order }]).plain.visits;
    const [safe] = problem([{ ...planned, order }], people(), { policy: planning }).plain.visits;
    expect([middle?.serviceSeconds, safe?.serviceSeconds]).toEqual([3_000, 4_500]);
    const due = (resolution[0]?.due ?? 0) / 1_000 - 4_500;
    expect([middle?.due, safe?.due]).toEqual([due, due]);
  });

  test('who knows more than is needed is quicker, by as much as the operator says', () => {
    const planned = aPlanned(MR, 'a');
    const order = { ...planned.order, skill: { name: 'mr', level: 1 as const } };
    const skilled = (level: 1 | 2 | 3) => [{ name: 'mr', level }];
    const engineers = people().map((each, e) => ({
      ...each,
      engineer: { ...each.engineer, skills: skilled(([3, 1, 2] as const)[e] ?? 1) },
    }));
    const policy = { ...defaultPolicy.planning, quickerPerLevel: 0.1 };
    expect(problem([{ ...planned, order }], engineers, { policy }).plain.visits[0]?.serviceSecondsBy).toEqual([
      { engineer: 0, seconds: 49 * 60 }, // of 60 minutes, twice a tenth less
      { engineer: 2, seconds: 54 * 60 },
    ]);
    expect(problem([{ ...planned, order }], engineers).plain.visits[0]).not.toHaveProperty('serviceSecondsBy');
  });

  test('every weight the operator sets reaches the solver, in its units', () => {
    const one = {
      drivingHour: 7_200,
      drivingKilometre: 3_000,
      overtimeHour: 10_800,
      expectedDowntime: 4,
      unevenDays: 12,
      waitingHour: { P1: 10_800, P2: 7_200, P3: 3_600 },
      movedVisit: 5,
    };
    const two = { movedToleranceMinutes: 6, levelAboveNeed: 7, otherEngineerThanPreferred: 8, engineerNewToDevice: 9 };
    const lateHour = { P1: 36_000, P2: 18_000, P3: 7_200 };
    const weights = {
      ...one,
      ...two,
      lateHour,
      outsideTerritory: 10,
      outsidePreferredHours: 11,
      leftOut: { P1: 33, P2: 22, P3: 11 },
    };
    const policy = { ...defaultPolicy.planning, weights: PlanningWeights.parse(weights) };
    const { plain } = problem([aPlanned(MR, 'a', undefined, 'down')], people(), { policy });
    expect(plain.weights).toEqual({
      travelSecond: 2,
      distanceMetre: 3,
      lateSecond: 1,
      downtime: 4,
      overtimeSecond: 3,
      unevenHours: 12,
      waitingSecondByPriority: [1, 2, 3],
      churnPerMovedVisit: 5,
      churnToleranceSeconds: 360,
      overQualifiedLevel: 7,
      notPreferred: 8,
      unfamiliar: 9,
      outOfTerritory: 10,
      outsidePreferred: 11,
      unassignedByPriority: [11, 22, 33],
    });
    expect(plain.visits[0]?.latePerSecond).toBe(10); // P1
    expect(problemsIn(plain)).toEqual([]); // with distances, as they cost something
  });

  test('a weight that is no whole number of units a second is refused by name', () => {
    const told = PlanningWeights.safeParse({ drivingHour: 1_000, lateHour: { P1: -3_600 }, speed: 3 });
    expect(told.error?.issues.map(({ path }) => path.join('.')).sort()).toEqual(['', 'drivingHour', 'lateHour.P1']);
  });
});

describe('roads by the hour', () => {
  /** Half as fast until ten o'clock. */
  const rushHour: TravelTimes = {
    ...estimatedTravel,
    steps: (_, timeZone, { from }) => {
      expect([timeZone, from]).toEqual(['Asia/Shanghai', MONDAY_9]);
      return [
        { from: MONDAY_9, percent: 50 },
        { from: MONDAY_9 + HOUR, percent: 100 },
      ];
    },
  };
  const planned = (travel: TravelTimes) => {
    const asked = problem([aPlanned(MR, 'a', undefined, 'down')], people(), { travel });
    const instance = buildInstance(asked.plain);
    const { plan } = solve(instance, { seed: 1, iterations: 50 });
    expect(checkPlan(instance, plan)).toEqual([]);
    const [visit] = toVisits(asked, plan);
    if (!visit) throw new Error('there is room for one visit');
    return { instance, plan, visit };
  };

  test('whoever sets out in the rush hour is there later, in the plan, its visit and its promise; the checker agrees', () => {
    const [usual, slow] = [planned(estimatedTravel), planned(rushHour)];
    const way = usual.visit.travelSeconds;
    expect(way).toBeLessThan(1_800); // twice that ends before ten
    expect(usual.visit.departAt).toBe(MONDAY_9);
    expect(slow.visit).toMatchObject({
      engineerId: usual.visit.engineerId,
      travelSeconds: 2 * way,
      arriveAt: MONDAY_9 + 2 * way * 1_000,
      arriveBy: (usual.visit.arriveBy ?? 0) + way * 1_000,
    });
    expect(checkPlan(slow.instance, usual.plan)).toContainEqual(expect.objectContaining({ kind: 'travel', by: way }));
    expect(slow.plan.routes[0]?.homeAt).toBe((usual.plan.routes[0]?.homeAt ?? 0) + way); // home at any hour but that one
  });

  test('where hours differ in nothing the solver is not asked to know them', () => {
    expect(problem([aPlanned(MR, 'a')]).plain).not.toHaveProperty('speeds');
    const alike = { ...estimatedTravel, steps: () => [] };
    expect(problem([aPlanned(MR, 'a')], people(), { travel: alike }).plain).not.toHaveProperty('speeds');
    const { plain } = problem([aPlanned(MR, 'a')], people(), { travel: rushHour });
    expect(problemsIn(plain)).toEqual([]);
    expect(plain.speeds?.profiles.length).toBeLessThanOrEqual(1 + plain.locationCount);
  });

  test('a fixed visit that the rush hour puts out of reach slides', () => {
    const home = registry.engineers.get(BO)?.home;
    const site = world.sites[1];
    if (!home || !site) throw new Error('the world has Bo and the hill');
    const minutes = Math.ceil(estimatedTravel.between(home, site.place).seconds / 60);
    const frozen = (travel: TravelTimes) => {
      const fixed = aPlanned(HILL_CT, 'a', placeOf(BO, -1, minutes, true));
      return problem([fixed], people(), { travel }).plain.visits[0]?.frozen;
    };
    expect(frozen(estimatedTravel)).toMatchObject({ engineer: order.indexOf(BO) });
    expect(frozen(rushHour)).toBeUndefined();
  });
});

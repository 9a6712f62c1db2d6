import type { EngineerId, Instant, OpenWorkOrder, Visit } from '@uptower/domain';
import { calendarOf } from '../availability/calendar.ts';
import { overtimeWorked } from '../availability/overtime.ts';
import { positionOf, type Reported, underwayOrder } from '../field/positions.ts';
import { vanStockNow } from '../field/van-stock.ts';
import type { DispatchPolicy } from '../policy.ts';
import type { DispatchState } from '../state.ts';
import type { TravelTimes } from '../travel.ts';
import { familiarWith } from '../work-orders/visits-made.ts';
import { busyUntil, type PlannedEngineer, type PlannedOrder, type PlanningInput } from './to-instance.ts';

/** What is to be planned now, joined from the projection. Orders are sorted by id: the same state gives the same numbers. */
export function planningInput(
  state: DispatchState,
  reported: Reported,
  travel: TravelTimes,
  policy: DispatchPolicy,
  now: Instant,
): PlanningInput {
  const { registry } = state;
  const quantile = policy.planning.serviceQuantile;
  const orders = openFullOrders(state).flatMap((order): PlannedOrder[] => {
    if (order.state !== 'received' && order.state !== 'scheduled') return [];
    const site = registry.sites.get(order.siteId);
    const device = registry.devices.get(order.deviceId);
    const contract = device && registry.contracts.get(device.contractId);
    if (!site || !contract) return [];
    const clinicalUse = device.clinicalUse ?? site.clinicalUse;
    return [{ order, site, contract, familiar: familiarWith(state, order), clinicalUse }];
  });
  const engineers = [...registry.engineers.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((engineer): PlannedEngineer => {
      const calendar = calendarOf(state.calendars, engineer);
      const order = underwayOrder(state, engineer.id) as OpenWorkOrder | undefined;
      const site = order && registry.sites.get(order.siteId)?.place;
      const position = positionOf(state, reported, engineer.id, now, policy.positionFreshMs)?.place ?? engineer.home;
      return {
        engineer,
        calendar,
        position,
        underway:
          order && site && 'visit' in order
            ? { visit: order.visit, site, until: busyUntil(order, now, quantile) }
            : null,
        overtimeWorked: overtimeWorked(calendar, state.finishes.get(engineer.id) ?? [], now),
        stock: vanStockNow(engineer, state.partsUsed.get(engineer.id) ?? [], now),
      };
    });
  return { now, orders, engineers, travel, policy: policy.planning };
}

export function openFullOrders(state: DispatchState): OpenWorkOrder[] {
  return [...state.openOrders]
    .sort()
    .flatMap((id) => state.orders.get(id)?.order ?? [])
    .filter(
      (order): order is OpenWorkOrder =>
        order.service === 'full' && order.state !== 'closed' && order.state !== 'cancelled',
    );
}

/** Everything a plan depends on that others may change while it is being computed. A risk that moved meanwhile is not in it: it makes the next plan, and does not spoil this one. */
export function planningKey(state: DispatchState): string {
  const orders = openFullOrders(state).map((order) => {
    const visit = 'visit' in order ? order.visit : undefined;
    const waits = [
      order.slot?.from,
      order.slot?.to,
      ...(order.partsExpected ?? []).flatMap(({ partId, arrivesAt }) => [partId, arrivesAt]),
    ];
    return [order.id, order.state, order.priority, visit?.engineerId, visit?.startAt, visit?.pinned, ...waits].join(
      ' ',
    );
  });
  return [state.planVersion, ...orders].join('\n');
}

/** Visits that are being carried out: facts of every plan. */
export function underwayVisits(state: DispatchState): Visit[] {
  return openFullOrders(state).flatMap((order) =>
    order.state === 'travelling' || order.state === 'on-site' ? order.visit : [],
  );
}

/** An engineer's visits of today and the next days in order of time, those under way first. */
export function visitsOfEngineer(state: DispatchState, engineerId: EngineerId): OpenWorkOrder[] {
  return openFullOrders(state)
    .flatMap((order) =>
      (order.state === 'scheduled' || order.state === 'travelling' || order.state === 'on-site') &&
      order.visit.engineerId === engineerId
        ? [order]
        : [],
    )
    .sort(
      (a, b) => Number(a.state === 'scheduled') - Number(b.state === 'scheduled') || a.visit.startAt - b.visit.startAt,
    );
}

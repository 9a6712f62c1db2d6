import { along, type Engineer, type EngineerId, type Instant, type Place, type WorkOrder } from '@uptower/domain';
import type { DispatchState } from '../state.ts';

export interface Position {
  readonly place: Place;
  /** When it was reported; null when it is only concluded. */
  readonly at: Instant | null;
}

/** Reported positions live in memory only: after a restart the next report comes within a minute. */
export type Reported = ReadonlyMap<EngineerId, { readonly place: Place; readonly at: Instant }>;

/** The order an engineer is on the way to or works at. */
export function underwayOrder(state: DispatchState, engineerId: EngineerId): WorkOrder | undefined {
  for (const id of state.openOrders) {
    const order = state.orders.get(id)?.order;
    if (order && (order.state === 'travelling' || order.state === 'on-site') && order.visit.engineerId === engineerId)
      return order;
  }
  return undefined;
}

const LAST_SITE_BELIEVED_MS = 12 * 3_600_000;

/** Where an engineer's next way begins: the last site of the same working day, else home. */
export function leavesFrom(
  { registry, lastSite }: Pick<DispatchState, 'registry' | 'lastSite'>,
  { id, home }: Engineer,
  now: Instant,
): Place {
  const last = lastSite.get(id);
  const place = last && registry.sites.get(last.siteId)?.place;
  return place && now - last.at < LAST_SITE_BELIEVED_MS ? place : home;
}

/**
 * Where an engineer is: as reported; when that is old, concluded from the visit (at the site, or that share of the way that
 * the plan says), the last site of the same working day, at last home.
 */
export function positionOf(
  state: DispatchState,
  reported: Reported,
  engineerId: EngineerId,
  now: Instant,
  freshMs: number,
): Position | undefined {
  const engineer = state.registry.engineers.get(engineerId);
  if (!engineer) return undefined;
  const report = reported.get(engineerId);
  if (report && now - report.at <= freshMs) return report;
  const start = leavesFrom(state, engineer, now);
  const order = underwayOrder(state, engineerId);
  const site = order && state.registry.sites.get(order.siteId)?.place;
  if (order?.state === 'on-site' && site) return { place: site, at: null };
  if (order?.state === 'travelling' && site) {
    const share = (now - order.departedAt) / Math.max(1_000, order.visit.travelSeconds * 1_000);
    return { place: along(start, site, share), at: null };
  }
  return { place: start, at: null };
}

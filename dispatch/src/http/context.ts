import {
  type Clock,
  can,
  EngineerId,
  type Permission,
  type UptowerEvent,
  type Viewer,
  type WorkOrder,
  WorkOrderId,
} from '@uptower/domain';
import { type EventLog, HttpProblem, type IdSource, parse, requireViewer } from '@uptower/platform';
import type { Request } from 'express';
import type { Explanations } from '../explain/explanations.ts';
import type { Position } from '../field/positions.ts';
import type { Offers } from '../offers/offers.ts';
import type { Slots } from '../offers/slots.ts';
import type { Dispatcher } from '../planning/dispatcher.ts';
import type { DispatchPolicy } from '../policy.ts';
import type { Beliefs } from '../record/belief.ts';
import type { DispatchState } from '../state.ts';
import type { Desk } from '../work-orders/desk.ts';

/** What every route of this package needs. */
export interface RouteContext {
  readonly state: DispatchState;
  readonly desk: Desk;
  readonly dispatcher: Dispatcher;
  readonly offers: Offers;
  readonly slots: Slots;
  readonly explanations: Explanations;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly policy: DispatchPolicy;
  readonly beliefs: Beliefs;
  readonly reported: Map<EngineerId, Position & { readonly at: number }>;
  readonly engineerMoved: (id: EngineerId) => void;
}

/** The order of the path, for somebody who may; the same answer for "is not there" and "is not yours". */
export function orderOfPath(context: RouteContext, request: Request, permission: Permission): WorkOrder {
  requireViewer(request, permission);
  const id = WorkOrderId.safeParse(request.params.id);
  const order = id.success ? context.state.orders.get(id.data)?.order : undefined;
  if (!order) throw new HttpProblem('not-found');
  return order;
}

/** Header by which an integration (the simulated fleet, a partner's app) says for which engineer it acts. */
export const ENGINEER_HEADER = 'x-uptower-engineer';

/** Whose field work this is: a field engineer's own, or the named one for an integration. */
export function actingEngineer(context: RouteContext, request: Request): { viewer: Viewer; engineerId: EngineerId } {
  const viewer = requireViewer(request, 'do-field-work');
  const named = request.get(ENGINEER_HEADER);
  if (named !== undefined && viewer.role !== 'integration' && named !== viewer.engineerId)
    throw new HttpProblem('not-allowed', 'only an integration acts for somebody else');
  const engineerId = viewer.engineerId ?? (named === undefined ? undefined : parse(EngineerId, named));
  if (!engineerId)
    throw new HttpProblem('not-allowed', `the account is no engineer's and names none in ${ENGINEER_HEADER}`);
  if (!context.state.registry.engineers.has(engineerId)) throw new HttpProblem('not-found', 'unknown engineer');
  return { viewer, engineerId };
}

/** Permission of either kind. */
export function requireOneOf(request: Request, permissions: readonly Permission[]): Viewer {
  const viewer = requireViewer(request);
  if (!permissions.some((permission) => can(viewer, permission)))
    throw new HttpProblem('not-allowed', `${viewer.role} lacks ${permissions.join(' and ')}`);
  return viewer;
}

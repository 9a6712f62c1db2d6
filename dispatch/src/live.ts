import {
  type Clock,
  can,
  type EngineerId,
  type EngineerView,
  isCalendarEvent,
  MINUTE,
  type Plan,
  type PortalOrder,
  type UptowerEvent,
  type Viewer,
  type WorkOrder,
  type WorkOrderId,
} from '@uptower/domain';
import type { LiveHub, StoredEvent } from '@uptower/platform';
import type { Reported } from './field/positions.ts';
import type { DispatchPolicy } from './policy.ts';
import type { DispatchState } from './state.ts';
import { engineerView, isForPortal, isRecent, planView, portalOrderOf } from './views.ts';

export interface LiveOptions {
  readonly state: DispatchState;
  readonly reported: Reported;
  readonly clock: Clock;
  readonly policy: DispatchPolicy;
  readonly live: LiveHub;
}

export interface LiveViews {
  onEvent(stored: StoredEvent<UptowerEvent>): void;
  engineerMoved(id: EngineerId): void;
  /** Time alone changes who is on shift and which ended orders are still shown. */
  start(): () => void;
}

const STAFF = 'staff';
const staffOnly = (viewer: Viewer) => (can(viewer, 'see-fleet') ? STAFF : null);

/** Publishes orders, engineers and the plan to staff, and to each hospital its own orders in its own words. */
export function liveViews({ state, reported, clock, policy, live }: LiveOptions): LiveViews {
  const recent = () => {
    const now = clock.now();
    return [...state.orders.values()].map(({ order }) => order).filter((order) => isRecent(order, now));
  };
  const engineerNow = (id: EngineerId) => engineerView(state, reported, id, clock.now(), policy);

  const orders = live.register<WorkOrder>({
    name: 'orders',
    audienceOf: staffOnly,
    items: recent,
    sees: () => true,
  });
  const portal = live.register<PortalOrder>({
    name: 'portal-orders',
    audienceOf: (viewer) =>
      can(viewer, 'see-fleet')
        ? STAFF
        : can(viewer, 'see-own-hospital') && viewer.hospitalId
          ? viewer.hospitalId
          : null,
    items: (audience) =>
      recent()
        .filter((order) => isForPortal(order) && (audience === STAFF || order.hospitalId === audience))
        .map((order) => portalOrderOf(state, order)),
    sees: (audience, order) => audience === STAFF || order.hospitalId === audience,
  });
  const engineers = live.register<EngineerView>({
    name: 'engineers',
    audienceOf: staffOnly,
    items: () => [...state.registry.engineers.keys()].flatMap((id) => engineerNow(id) ?? []),
    sees: () => true,
  });
  const plan = live.register<Plan>({
    name: 'plan',
    audienceOf: staffOnly,
    items: () => [planView(state) ?? []].flat(),
    sees: () => true,
  });

  const publishEngineer = (id: EngineerId | undefined) => {
    const view = id && engineerNow(id);
    if (view) engineers.upsert(view);
  };
  let shownPlan = '';
  const publishPlan = () => {
    const view = planView(state);
    if (!view) return;
    if (shownPlan && shownPlan !== view.id) plan.remove(shownPlan);
    shownPlan = view.id;
    plan.upsert(view);
  };
  const shown = new Set<WorkOrderId>();

  return {
    onEvent({ event }) {
      if (event.type === 'plan.committed') publishPlan();
      else if (event.type === 'engineer.put') publishEngineer(event.engineer.id);
      else if (isCalendarEvent(event)) {
        if ('engineerId' in event) publishEngineer(event.engineerId);
        // Holidays and rotas are everybody's.
        else for (const id of state.registry.engineers.keys()) publishEngineer(id);
      } else if (event.type.startsWith('work-order.') && 'workOrderId' in event) {
        const order = state.orders.get(event.workOrderId)?.order;
        if (!order) return;
        shown.add(order.id);
        orders.upsert(order);
        if (isForPortal(order)) portal.upsert(portalOrderOf(state, order));
        if ('visit' in order) publishEngineer(order.visit?.engineerId);
        if ('by' in event) publishEngineer(event.by as EngineerId);
        if (!SAME_VISITS.has(event.type)) publishPlan();
      }
    },
    engineerMoved: publishEngineer,
    start() {
      for (const order of recent()) shown.add(order.id);
      return clock.every(5 * MINUTE, () => {
        const now = clock.now();
        for (const id of shown) {
          const order = state.orders.get(id)?.order;
          if (order && isRecent(order, now)) continue;
          shown.delete(id);
          // Not from `portal-orders`: removals go to every audience, and a hospital must not learn another one's ids.
          orders.remove(id);
        }
        for (const id of state.registry.engineers.keys()) publishEngineer(id);
      });
    },
  };
}

/** Order events that leave the plan as it looks. The planner's own are followed by the plan itself. */
const SAME_VISITS = new Set<UptowerEvent['type']>([
  'work-order.risk-changed',
  'work-order.report-joined',
  'work-order.scheduled',
  'work-order.step-completed',
  'work-order.part-used',
]);

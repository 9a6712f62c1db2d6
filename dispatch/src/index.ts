import {
  type Clock,
  DEFAULT_LEAD_HOURS,
  type DeviceId,
  type EngineerId,
  type Instant,
  type OrderJudge,
  type UptowerEvent,
} from '@uptower/domain';
import {
  type EventLog,
  follow,
  type IdSource,
  type LiveHub,
  type Logger,
  type Metrics,
  wallClock,
} from '@uptower/platform';
import { json, Router } from 'express';
import { fetchFeed } from './calendar/fetch-feed.ts';
import { CalendarImporter, type ImporterOptions } from './calendar/importer.ts';
import { readInThread } from './calendar/read-in-thread.ts';
import { explainThread } from './explain/explain-thread.ts';
import { Explanations } from './explain/explanations.ts';
import type { Explain } from './explain/port.ts';
import { allowances, budgetRoutes } from './http/budget.ts';
import { calendarRoutes, IMPORT_PATH } from './http/calendar.ts';
import { calendarFeed } from './http/calendar-feed.ts';
import { calendarOverviewRoutes } from './http/calendar-overview.ts';
import { calendarRuleRoutes } from './http/calendar-rules.ts';
import type { RouteContext } from './http/context.ts';
import { coverageRoutes } from './http/coverage.ts';
import { fieldRoutes } from './http/field.ts';
import { orderRoutes, portalRoutes } from './http/orders.ts';
import { planningRoutes } from './http/planning.ts';
import { recordRoutes } from './http/record.ts';
import { rosterRoutes } from './http/roster.ts';
import { slotRoutes } from './http/slots.ts';
import { travelRoutes } from './http/travel.ts';
import { liveViews } from './live.ts';
import { dispatchMetrics } from './metrics.ts';
import { Offers } from './offers/offers.ts';
import { offersThread } from './offers/offers-thread.ts';
import type { FindOffers } from './offers/port.ts';
import { Slots } from './offers/slots.ts';
import { Dispatcher } from './planning/dispatcher.ts';
import { Planner } from './planning/planner.ts';
import type { PlanVisits } from './planning/port.ts';
import { solverThread } from './planning/solver-thread.ts';
import { type DispatchPolicy, type DispatchSettings, policyWith } from './policy.ts';
import { Beliefs } from './record/belief.ts';
import { applyToBook, emptyBook } from './record/book.ts';
import { RecordKeeper } from './record/keeper.ts';
import { Roads } from './roads/roads.ts';
import type { TableService } from './roads/table-service.ts';
import type { ProposeRotas } from './roster/port.ts';
import { Proposals } from './roster/proposals.ts';
import { rosterThread } from './roster/roster-thread.ts';
import { applyEvent, type DispatchState, emptyState } from './state.ts';
import { Desk } from './work-orders/desk.ts';
import { heldAlerts } from './work-orders/from-alert.ts';
import { wouldOpen } from './work-orders/would-open.ts';

export { CpSat, CpSatMissing } from './exact/solve-model.ts';
export * from './exchange/index.ts';
export type { PlanTermsView, RelaxationsView, WhyNotView } from './explain/explanations.ts';
export { ENGINEER_HEADER } from './http/context.ts';
export type { MovedOrder, PlaceOf, PlacesView, RefusedEngineer, RepairedView } from './offers/offers.ts';
export { type DispatchPolicy, DispatchSettings, defaultPolicy } from './policy.ts';
export { osrmService } from './roads/osrm.ts';
export type { TableService } from './roads/table-service.ts';
export { valhallaService } from './roads/valhalla.ts';
export * from './roster/index.ts';
export type { Held, HeldReason } from './work-orders/from-alert.ts';

export interface DispatchOptions {
  /** Reserved for files of its own; everything is in the event log so far. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly events: EventLog<UptowerEvent>;
  readonly live: LiveHub;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly ids: IdSource;
  readonly policy?: Partial<DispatchPolicy>;
  /** What the operator set about planning; the policy's own where left out. */
  readonly settings?: DispatchSettings;
  /** Another solver than the built-in one. */
  readonly solver?: PlanVisits;
  readonly explain?: Explain;
  readonly findOffers?: FindOffers;
  /** Who searches rotas. */
  readonly rotas?: ProposeRotas;
  /** Who knows the roads; without one travel times are estimated, and learned from arrivals. */
  readonly roads?: TableService | undefined;
  /** How calendars are imported: from public addresses only, unless the operator allows those of this network. */
  readonly calendars?: { readonly allowPrivate?: boolean } & Partial<Pick<ImporterOptions, 'read' | 'fetch'>>;
  /** Newest event time of a device's telemetry; the event log tells of changes only. */
  readonly lastMeasured?: (deviceId: DeviceId) => Instant | null;
}

export interface Dispatch {
  /** Takes up the work: looks at what came in meanwhile, then reacts to what comes. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** To be mounted at `/api/v1`; expects `request.viewer`. */
  readonly router: Router;
  /** To be mounted at the root: calendars to subscribe to, by their token. */
  readonly feeds: Router;
  /** What dispatch knows; read-only. */
  readonly state: DispatchState;
  /** What orders a history of alerts would have opened under the budget now in force. */
  readonly judge: OrderJudge;
  /** Resolves when nothing is being decided or planned. */
  idle(): Promise<void>;
}

/** Wires dispatch: projection → desk (orders), planner (visits), HTTP and live views. */
export async function createDispatch(options: DispatchOptions): Promise<Dispatch> {
  const { clock, events, live, log, ids, solver = solverThread(), explain = explainThread() } = options;
  const { findOffers = offersThread() } = options;
  const policy = policyWith(options.policy, options.settings);
  const state = emptyState(policy);
  const book = emptyBook();
  const lastMeasured = options.lastMeasured ?? (() => null);
  const record = new RecordKeeper({ state, book, lastMeasured });
  const beliefs = new Beliefs(() =>
    record.collect({ now: clock.now(), leadHours: DEFAULT_LEAD_HOURS, service: 'all' }),
  );
  const reported: RouteContext['reported'] = new Map();
  const metrics = dispatchMetrics(options.metrics, {
    openByState: () => countBy([...state.openOrders].flatMap((id) => state.orders.get(id)?.order.state ?? [])),
    held: () => countBy(heldAlerts(state, clock.now(), beliefs.at(clock.now())).map(({ reason }) => reason)),
    allowance: () => allowances(state, clock.now()),
    seconds: () => performance.now() / 1_000,
  });
  const views = liveViews({ state, reported, clock, policy, live });
  // First in line, so that everybody called after it finds the event folded in.
  const unfollow = await follow(events, (stored) => {
    applyEvent(state, stored);
    applyToBook(book, stored.event);
    record.apply(stored.event);
    beliefs.apply(stored.event);
    views.onEvent(stored);
  });

  const desk = new Desk({ state, events, clock, policy, beliefs, log });
  const roads = new Roads({
    service: options.roads ?? null,
    speeds: () => state.speeds,
    now: wallClock().now,
    onNews: () => planner.request('travel-times-known'),
  });
  const planner = new Planner({
    state,
    events,
    clock,
    policy,
    log,
    ids,
    metrics,
    travel: roads,
    solver,
    findOffers,
    reported,
  });
  const dispatcher = new Dispatcher(state, planner);
  const offers = new Offers(state, planner, findOffers, events);
  const slots = new Slots({ state, planner, find: findOffers, events, clock, log });
  const explanations = new Explanations(state, planner, explain);
  const engineerMoved = (id: EngineerId) => {
    planner.placesChanged();
    views.engineerMoved(id);
  };
  const context: RouteContext = {
    state,
    desk,
    dispatcher,
    offers,
    slots,
    explanations,
    events,
    clock,
    ids,
    policy,
    beliefs,
    reported,
    engineerMoved,
  };

  const { allowPrivate = false, read = readInThread } = options.calendars ?? {};
  const fetch =
    options.calendars?.fetch ?? ((url: string, etag: string | undefined) => fetchFeed(url, { allowPrivate, etag }));
  const importer = new CalendarImporter({ state, events, clock, log, read, fetch });

  const proposals = new Proposals({
    state,
    events,
    clock,
    ids,
    log,
    travel: roads,
    solver: options.rotas ?? rosterThread(),
  });

  const router = Router();
  const body = json({ limit: '100kb' });
  // A calendar's file has a limit of its own.
  router.use((request, response, next) => (IMPORT_PATH.test(request.path) ? next() : body(request, response, next)));
  orderRoutes(router, context);
  portalRoutes(router, context);
  fieldRoutes(router, context);
  planningRoutes(router, context);
  slotRoutes(router, context);
  travelRoutes(router, { roads, state });
  budgetRoutes(router, context);
  recordRoutes(router, context, { book, record });
  calendarRoutes(router, context, importer);
  calendarRuleRoutes(router, context);
  calendarOverviewRoutes(router, context);
  rosterRoutes(router, context, proposals);
  coverageRoutes(router, context, { proposals, travel: roads });

  let stopViews: (() => void) | undefined;
  return {
    router,
    feeds: calendarFeed(state),
    state,
    judge: {
      budget: () => {
        const { falseOrdersPerDeviceMonth, minProbability } = state.allowed;
        return { falseOrdersPerDeviceMonth, minProbability };
      },
      wouldOpen: (history) => wouldOpen(history, state.allowed),
    },
    async start() {
      stopViews = views.start();
      await desk.start();
      planner.start();
      importer.start();
      log.info({ orders: state.openOrders.size, planId: state.plan?.id }, 'dispatch.started');
    },
    async stop() {
      roads.stop();
      await explain.stop();
      await proposals.stop();
      await importer.stop();
      await planner.stop();
      await findOffers.stop();
      await desk.stop();
      stopViews?.();
      unfollow();
    },
    async idle() {
      await importer.idle();
      await desk.idle();
      await planner.idle();
      await desk.idle();
    },
  };
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

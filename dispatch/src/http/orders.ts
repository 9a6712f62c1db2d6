import {
  CancelBody,
  canJoin,
  DeviceId,
  decideWorkOrder,
  HospitalId,
  isOpen,
  OpenOrderBody,
  ServiceRequestBody,
  seesHospital,
  streams,
  type WorkOrder,
  WorkOrderId,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { numberOf, openOrdersOf } from '../state.ts';
import { isForPortal, portalOrderOf } from '../views.ts';
import { lookUp, orderFromRequest, reportJoined } from '../work-orders/facts.ts';
import { heldAlerts, opened, openOrder } from '../work-orders/from-alert.ts';
import { orderOfPath, type RouteContext } from './context.ts';

/** Newest first; what needs hands before what is over. */
const byAge = (a: WorkOrder, b: WorkOrder) => b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1);

/** Orders as staff see them, and what staff do at a desk. */
export function orderRoutes(router: Router, context: RouteContext): void {
  const { state, desk, clock, policy, events, beliefs } = context;

  router.get(
    '/work-orders',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const all = request.query.state === 'all';
      if (!all && request.query.state !== undefined && request.query.state !== 'open')
        throw new HttpProblem('bad-request', undefined, [{ path: 'state', message: 'open or all' }]);
      const deviceId = request.query.deviceId === undefined ? undefined : parse(DeviceId, request.query.deviceId);
      const hospitalId =
        request.query.hospitalId === undefined ? undefined : parse(HospitalId, request.query.hospitalId);
      const orders = all ? [...state.orders.keys()] : [...state.openOrders];
      return orders
        .flatMap((id) => state.orders.get(id)?.order ?? [])
        .filter((order) => deviceId === undefined || order.deviceId === deviceId)
        .filter((order) => hospitalId === undefined || order.hospitalId === hospitalId)
        .sort(byAge);
    }),
  );

  router.get(
    '/work-orders/held',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return heldAlerts(state, clock.now(), beliefs.at(clock.now()));
    }),
  );

  router.get(
    '/work-orders/:id',
    answer(async (request) => {
      const order = orderOfPath(context, request, 'see-fleet');
      const stored = await events.readStream(streams.workOrder(order.id));
      const timeline = stored.map(({ position, recordedAt, actor, event }) => ({
        position,
        at: 'at' in event ? event.at : recordedAt,
        recordedAt,
        actor,
        type: event.type,
        event,
      }));
      return { order, timeline };
    }),
  );

  router.post(
    '/work-orders',
    answer((request, response) => {
      const viewer = requireViewer(request, 'handle-alerts');
      const { alertId, note } = parse(OpenOrderBody, request.body);
      return desk.exclusive(async () => {
        const alert = state.alerts.get(alertId)?.alert;
        if (!alert) throw new HttpProblem('not-found', 'there is no such alert');
        if (alert.state === 'cleared') throw new HttpProblem('alert-already-cleared');
        const existing = openOrdersOf(state, alert.deviceId).find(({ order }) => order.component === alert.component);
        if (existing) throw new HttpProblem('alert-has-order', `${existing.order.number} is open`);
        const opening = openOrder(
          state,
          {
            alert,
            source: 'remote-engineer',
            openedAt: clock.now(),
            note: note || null,
            belief: beliefs.at(clock.now()),
          },
          policy,
        );
        if (!opening) throw new HttpProblem('not-found', 'the device of the alert is not in the registry');
        response.status(201);
        return desk.open(opening, viewer.accountId);
      });
    }),
  );

  router.post(
    '/work-orders/:id/cancel',
    answer((request) => {
      const { id } = orderOfPath(context, request, 'dispatch');
      const viewer = requireViewer(request, 'dispatch');
      const { reason } = parse(CancelBody, request.body);
      return desk.decideOn(id, viewer.accountId, (order) => {
        const decided = decideWorkOrder(order, { type: 'cancel', by: viewer.accountId, reason }, clock.now());
        if (typeof decided === 'string') throw new HttpProblem(decided);
        return decided;
      });
    }),
  );
}

/** What a hospital does and sees: only its own devices and orders, in its own words. */
export function portalRoutes(router: Router, context: RouteContext): void {
  const { state, desk, clock, policy, ids } = context;

  router.get(
    '/portal/orders',
    answer((request) => {
      const viewer = requireViewer(request);
      const wanted = request.query.hospitalId === undefined ? undefined : parse(HospitalId, request.query.hospitalId);
      return [...state.orders.values()]
        .map(({ order }) => order)
        .filter((order) => isForPortal(order) && seesHospital(viewer, order.hospitalId))
        .filter((order) => wanted === undefined || order.hospitalId === wanted)
        .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || byAge(a, b))
        .slice(0, MAX_PORTAL_ORDERS)
        .map((order) => portalOrderOf(state, order));
    }),
  );

  router.post(
    '/requests',
    answer((request, response) => {
      const viewer = requireViewer(request, 'request-service');
      const { deviceId, impact, text } = parse(ServiceRequestBody, request.body);
      return desk.exclusive(async () => {
        const known = lookUp(state.registry, deviceId);
        if (!known || !seesHospital(viewer, known.device.hospitalId)) throw new HttpProblem('not-found');
        const existing = openOrdersOf(state, deviceId).find(({ order }) => canJoin(order))?.order;
        if (existing) {
          const report = { at: clock.now(), by: viewer.accountId, text, impact };
          const joined = await desk.decideOn(existing.id, viewer.accountId, (order) => {
            if (!canJoin(order)) throw new HttpProblem('version-conflict'); // the work ended meanwhile: ask again
            return [reportJoined(order, report, known.contract)];
          });
          return { ...portalOrderOf(state, joined), joined: true };
        }
        const order = orderFromRequest({
          known,
          impact,
          id: WorkOrderId.parse(ids.next('wo')),
          number: numberOf(state.lastNumber + 1),
          openedAt: clock.now(),
          note: text,
          requestServiceMinutes: policy.requestServiceMinutes,
        });
        response.status(201);
        return { ...portalOrderOf(state, await desk.open(opened(order, state), viewer.accountId)), joined: false };
      });
    }),
  );
}

const MAX_PORTAL_ORDERS = 500;

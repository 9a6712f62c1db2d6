import {
  CompleteStepBody,
  decideWorkOrder,
  type EngineerId,
  FinishBody,
  PositionBody,
  UsePartBody,
  type WorkOrderCommand,
  WorkOrderId,
} from '@uptower/domain';
import { answer, HttpProblem, parse } from '@uptower/platform';
import type { Request, Router } from 'express';
import { vanStockNow } from '../field/van-stock.ts';
import { visitsOfEngineer } from '../planning/snapshot.ts';
import { deviceView, engineerView } from '../views.ts';
import { actingEngineer, type RouteContext } from './context.ts';

/** What an engineer on the road sees and does; the simulated engineers use the same routes. */
export function fieldRoutes(router: Router, context: RouteContext): void {
  const { state, desk, clock, policy, reported } = context;

  router.get(
    '/field/day',
    answer((request) => {
      const { engineerId } = actingEngineer(context, request);
      const { registry } = state;
      const visits = visitsOfEngineer(state, engineerId).flatMap((order) => {
        const device = registry.devices.get(order.deviceId);
        const site = registry.sites.get(order.siteId);
        if (!device || !site || !('visit' in order)) return [];
        return { visit: order.visit, order, device: deviceView(state, order.deviceId), site };
      });
      return { now: clock.now(), engineer: engineerView(state, reported, engineerId, clock.now(), policy), visits };
    }),
  );

  router.post(
    '/engineers/position',
    answer((request) => {
      const { engineerId } = actingEngineer(context, request);
      const { place, at } = parse(PositionBody, request.body);
      const now = clock.now();
      const before = reported.get(engineerId);
      // Reports may be sent late and out of order: the latest measured counts, and nobody is believed about the future.
      if (at <= now + MAX_AHEAD_MS && (!before || before.at < at)) {
        reported.set(engineerId, { place, at: Math.min(at, now) });
        context.engineerMoved(engineerId);
      }
    }),
  );

  const act = (request: Request, command: (by: EngineerId) => WorkOrderCommand) => {
    const { viewer, engineerId } = actingEngineer(context, request);
    const id = WorkOrderId.safeParse(request.params.id);
    if (!id.success || !state.orders.has(id.data)) throw new HttpProblem('not-found');
    const wanted = command(engineerId);
    return desk.decideOn(id.data, viewer.accountId, (order) => {
      const decided = decideWorkOrder(order, wanted, clock.now());
      if (typeof decided === 'string') throw new HttpProblem(decided);
      if (wanted.type === 'use-part') needInVan(wanted.by, wanted.partId, wanted.quantity);
      if (wanted.type === 'depart') needFree(wanted.by, id.data);
      return decided;
    });
  };
  const needInVan = (engineerId: EngineerId, partId: string, quantity: number) => {
    const engineer = state.registry.engineers.get(engineerId);
    const stock = engineer && vanStockNow(engineer, state.partsUsed.get(engineerId) ?? [], clock.now());
    const there = stock?.[partId as keyof typeof stock] ?? 0;
    if (there < quantity)
      throw new HttpProblem('part-not-in-van', `${partId}: ${there} in the van, ${quantity} wanted`);
  };
  /** Nobody is on the way to two places. */
  const needFree = (engineerId: EngineerId, id: WorkOrderId) => {
    const other = visitsOfEngineer(state, engineerId).find((order) => order.state !== 'scheduled' && order.id !== id);
    if (other) throw new HttpProblem('order-wrong-state', `${other.number} is ${other.state}: finish it first`);
  };

  router.post(
    '/work-orders/:id/depart',
    answer((request) => act(request, (by) => ({ type: 'depart', by }))),
  );
  router.post(
    '/work-orders/:id/arrive',
    answer((request) => act(request, (by) => ({ type: 'arrive', by }))),
  );
  router.post(
    '/work-orders/:id/steps',
    answer((request) => {
      return act(request, (by) => ({ type: 'complete-step', by, ...parse(CompleteStepBody, request.body) }));
    }),
  );
  router.post(
    '/work-orders/:id/parts',
    answer((request) => {
      return act(request, (by) => ({ type: 'use-part', by, ...parse(UsePartBody, request.body) }));
    }),
  );
  router.post(
    '/work-orders/:id/finish',
    answer((request) => {
      return act(request, (by) => ({ type: 'finish', by, ...parse(FinishBody, request.body) }));
    }),
  );
}

/** Clocks of phones run a little ahead; at a scaled clock a minute is a second. */
const MAX_AHEAD_MS = 5 * 60_000;

import {
  EngineerId,
  MoveVisitBody,
  type PlanChangesPage,
  PlanChangesQuery,
  WhatIfBody,
  WorkOrderId,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { engineerView, planView } from '../views.ts';
import type { RouteContext } from './context.ts';

/** The plan, what a dispatcher does to it by hand, and the engineers it is about. */
export function planningRoutes(router: Router, context: RouteContext): void {
  const { state, dispatcher, offers, explanations, clock, policy, reported } = context;

  router.get(
    '/plan',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return planView(state) ?? { id: null, visits: [], unassigned: [], cost: {}, moved: [] };
    }),
  );
  router.get(
    '/plan/changes',
    answer((request): PlanChangesPage => {
      requireViewer(request, 'see-fleet');
      const { orderId, before = Number.POSITIVE_INFINITY, limit } = parse(PlanChangesQuery, request.query);
      const older = state.planChanges.filter(
        ({ n, workOrderId }) => n < before && (orderId === undefined || workOrderId === orderId),
      );
      const changes = older.slice(-limit).reverse();
      return { changes, next: older.length > limit ? (changes.at(-1)?.n ?? null) : null };
    }),
  );
  router.post(
    '/plan/optimise',
    answer(async (request) => {
      const viewer = requireViewer(request, 'dispatch');
      const { outcome, before, after, violations, restarts } = await dispatcher.optimise(viewer.accountId);
      return { outcome, before, after, violations, restarts, plan: planView(state) };
    }),
  );
  router.post(
    '/plan/move',
    answer(async (request) => {
      const viewer = requireViewer(request, 'dispatch');
      const { workOrderId, engineerId, startAt, pin } = parse(MoveVisitBody, request.body);
      await dispatcher.move(workOrderId, engineerId, startAt, pin, viewer.accountId);
      return planView(state);
    }),
  );
  router.post(
    '/plan/what-if',
    answer((request) => {
      requireViewer(request, 'dispatch');
      return dispatcher.whatIf(parse(WhatIfBody, request.body).moves);
    }),
  );
  router.post(
    '/plan/unpin',
    answer(async (request) => {
      const viewer = requireViewer(request, 'dispatch');
      const { workOrderId } = parse(MoveVisitBody.pick({ workOrderId: true }), request.body);
      await dispatcher.unpin(workOrderId, viewer.accountId);
      return planView(state);
    }),
  );
  router.get(
    '/plan/places/:orderId',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const id = WorkOrderId.safeParse(request.params.orderId);
      if (!id.success) throw new HttpProblem('not-found');
      return offers.places(id.data);
    }),
  );
  router.get(
    '/plan/repaired/:orderId',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const id = WorkOrderId.safeParse(request.params.orderId);
      if (!id.success) throw new HttpProblem('not-found');
      return offers.repaired(id.data);
    }),
  );
  router.post(
    '/plan/repaired/:orderId',
    answer(async (request) => {
      const viewer = requireViewer(request, 'dispatch');
      const id = WorkOrderId.safeParse(request.params.orderId);
      if (!id.success) throw new HttpProblem('not-found');
      await offers.makeRoom(id.data, viewer.accountId);
      return planView(state);
    }),
  );
  router.get(
    '/plan/why-not/:orderId/:engineerId',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const id = WorkOrderId.safeParse(request.params.orderId);
      const engineer = EngineerId.safeParse(request.params.engineerId);
      if (!id.success || !engineer.success) throw new HttpProblem('not-found');
      return explanations.whyNot(id.data, engineer.data);
    }),
  );
  router.get(
    '/plan/terms',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return explanations.terms();
    }),
  );
  router.get(
    '/plan/relaxations/:orderId',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      const id = WorkOrderId.safeParse(request.params.orderId);
      if (!id.success) throw new HttpProblem('not-found');
      return explanations.relaxations(id.data);
    }),
  );
  router.get(
    '/engineers',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return [...state.registry.engineers.keys()].flatMap(
        (id) => engineerView(state, reported, id, clock.now(), policy) ?? [],
      );
    }),
  );
}

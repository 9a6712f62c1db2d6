import {
  AcceptSlotBody,
  can,
  ExpectPartBody,
  isOpen,
  PartId,
  type SlotOffers,
  SlotsBody,
  seesHospital,
  type Viewer,
  WithdrawSlotBody,
  type WorkOrderId,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Request, Router } from 'express';
import { isForPortal, portalOrderOf } from '../views.ts';
import { orderOfPath, type RouteContext } from './context.ts';

/** What a hospital can be promised, what it chooses, and what a visit waits for. */
export function slotRoutes(router: Router, context: RouteContext): void {
  const { state, slots, desk, clock } = context;

  /** The order, for a dispatcher or the hospital it is for; to others it is not there. */
  const choosing = (request: Request, id: WorkOrderId): { readonly viewer: Viewer; readonly staff: boolean } => {
    const viewer = requireViewer(request);
    const staff = can(viewer, 'dispatch');
    if (!staff && !can(viewer, 'request-service'))
      throw new HttpProblem('not-allowed', `${viewer.role} lacks dispatch`);
    const order = state.orders.get(id)?.order;
    if (!order || !seesHospital(viewer, order.hospitalId) || (!staff && !isForPortal(order)))
      throw new HttpProblem('not-found');
    return { viewer, staff };
  };

  router.post(
    '/plan/slots',
    answer(async (request) => {
      const wanted = parse(SlotsBody, request.body);
      const { staff } = choosing(request, wanted.workOrderId);
      const offers = await slots.offer(wanted);
      return staff ? offers : forHospital(offers);
    }),
  );
  router.post(
    '/plan/slots/accept',
    answer(async (request) => {
      const { workOrderId, from, to } = parse(AcceptSlotBody, request.body);
      const { viewer, staff } = choosing(request, workOrderId);
      const order = await slots.accept(workOrderId, { from, to }, viewer.accountId);
      return staff ? order : portalOrderOf(state, order);
    }),
  );
  router.post(
    '/plan/slots/withdraw',
    answer((request) => {
      const viewer = requireViewer(request, 'dispatch');
      const { workOrderId, reason } = parse(WithdrawSlotBody, request.body);
      if (!state.orders.has(workOrderId)) throw new HttpProblem('not-found');
      return desk.decideOn(workOrderId, viewer.accountId, (order) => {
        if (!order.slot || (order.state !== 'received' && order.state !== 'scheduled'))
          throw new HttpProblem('order-wrong-state', `${order.number} has no promised time, or somebody has set out`);
        return [{ type: 'work-order.slot-withdrawn', workOrderId, at: clock.now(), by: viewer.accountId, reason }];
      });
    }),
  );

  router.put(
    '/work-orders/:id/parts/:partId',
    answer((request) => {
      const { id } = orderOfPath(context, request, 'dispatch');
      const viewer = requireViewer(request, 'dispatch');
      const part = PartId.safeParse(request.params.partId);
      if (!part.success || !state.registry.parts.has(part.data)) throw new HttpProblem('not-found', 'unknown part');
      const { quantity, arrivesAt } = parse(ExpectPartBody, request.body);
      const partId = part.data;
      return desk.decideOn(id, viewer.accountId, (order) => {
        if (!isOpen(order) || order.state === 'verifying') throw new HttpProblem('order-wrong-state');
        const known = order.partsExpected?.find((one) => one.partId === partId);
        const same = known ? known.quantity === quantity && known.arrivesAt === arrivesAt : quantity === 0;
        if (same) return [];
        const by = viewer.accountId;
        return [
          { type: 'work-order.part-expected', workOrderId: id, at: clock.now(), by, partId, quantity, arrivesAt },
        ];
      });
    }),
  );
}

/** Who would come, and what that costs, is for those who plan. */
const forHospital = ({ offers, ...rest }: SlotOffers): SlotOffers => ({
  ...rest,
  offers: offers.map(({ from, to }) => ({ from, to })),
});

import { type EngineerId, type Instant, type Place, WorkOrder, type WorkOrderId } from '@uptower/domain';
import { z } from 'zod';
import type { Api } from '../live/api.ts';
import type { FieldAction, VisitedOrder } from './next-action.ts';

/** Only what an engineer needs of the answers; what else they hold may change without harm. */
const Day = z.looseObject({ visits: z.array(z.looseObject({ order: WorkOrder })) });
const OneOrder = z.looseObject({ order: WorkOrder });

export type OrderAction = Extract<FieldAction, { kind: 'depart' | 'arrive' | 'complete-step' | 'use-part' | 'finish' }>;

/** The product as an engineer's telephone sees it. */
export class FieldApi {
  constructor(private readonly api: Api) {}

  /** Visits to make or under way, what is under way first, then by departure. */
  async day(engineerId: EngineerId): Promise<VisitedOrder[]> {
    const { visits } = Day.parse(await this.api.asEngineer(engineerId, 'GET', '/field/day'));
    const rank = { 'on-site': 0, travelling: 1, scheduled: 2 };
    return visits
      .flatMap(({ order }) =>
        order.state === 'scheduled' || order.state === 'travelling' || order.state === 'on-site' ? order : [],
      )
      .sort((a, b) => rank[a.state] - rank[b.state] || a.visit.departAt - b.visit.departAt);
  }

  async order(engineerId: EngineerId, id: WorkOrderId): Promise<WorkOrder> {
    return OneOrder.parse(await this.api.asEngineer(engineerId, 'GET', `/work-orders/${id}`)).order;
  }

  async position(engineerId: EngineerId, place: Place, at: Instant): Promise<void> {
    await this.api.reportPosition(engineerId, place, at);
  }

  async act(engineerId: EngineerId, id: WorkOrderId, action: OrderAction): Promise<void> {
    const post = (what: string, body: unknown = {}) =>
      this.api.asEngineer(engineerId, 'POST', `/work-orders/${id}/${what}`, body);
    switch (action.kind) {
      case 'depart':
      case 'arrive':
        await post(action.kind);
        break;
      case 'complete-step':
        await post('steps', { step: action.step });
        break;
      case 'use-part':
        await post('parts', { partId: action.partId, quantity: 1 });
        break;
      case 'finish':
        await post('finish', { outcome: action.outcome, note: NOTES[action.outcome] });
        break;
    }
  }
}

const NOTES = {
  fixed: 'Repaired and tested. 已修复并测试。',
  'no-fault-found': 'Looked at everything, nothing wrong. 全面检查，未发现故障。',
  'cannot-finish': 'Could not finish: needs another visit. 未能完成，需再次上门。',
};

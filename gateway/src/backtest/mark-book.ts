import type { OrderSource, UptowerEvent } from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { Mark } from '../event-time/past.ts';

/**
 * What happened to each device besides its readings, as far as the event log tells it: failures, replacements, visits and
 * work. What a device said of its own state is not in the log: of that the pipeline remembers the latest.
 */
export class MarkBook {
  private readonly marks = new Map<string, Mark[]>();
  private readonly orders = new Map<string, { readonly deviceId: string; readonly source: OrderSource }>();
  private readonly onSite = new Map<string, Map<string, OrderSource>>();

  apply({ event }: StoredEvent<UptowerEvent>): void {
    switch (event.type) {
      case 'device.fact': {
        const { deviceId, component, fact, at, insteadOf } = event;
        const marks = this.of(deviceId);
        const old = insteadOf === undefined ? -1 : marks.findIndex((mark) => isFact(mark, fact, component, insteadOf));
        if (old >= 0) marks.splice(old, 1);
        marks.push(fact === 'failed' ? { kind: fact, at, component, text: null } : { kind: fact, at, component });
        return;
      }
      case 'work-order.opened':
        this.orders.set(event.workOrderId, { deviceId: event.facts.deviceId, source: event.facts.source });
        return;
      case 'work-order.arrived':
      case 'work-order.work-finished':
      case 'work-order.closed':
      case 'work-order.cancelled': {
        const order = this.orders.get(event.workOrderId);
        if (!order) return;
        const { at, workOrderId } = event;
        if (event.type === 'work-order.work-finished' && event.outcome === 'fixed')
          this.of(order.deviceId).push({ kind: 'work', at, component: event.component });
        this.visits(order, workOrderId, at, event.type === 'work-order.arrived');
        if (event.type === 'work-order.closed' || event.type === 'work-order.cancelled')
          this.orders.delete(workOrderId);
        return;
      }
    }
  }

  marksOf(deviceId: string): readonly Mark[] {
    return this.marks.get(deviceId) ?? [];
  }

  private visits(order: { deviceId: string; source: OrderSource }, id: string, at: number, there: boolean): void {
    const visits = this.onSite.get(order.deviceId) ?? new Map<string, OrderSource>();
    if (there === visits.has(id)) return;
    if (there) visits.set(id, order.source);
    else visits.delete(id);
    if (visits.size > 0) this.onSite.set(order.deviceId, visits);
    else this.onSite.delete(order.deviceId);
    this.of(order.deviceId).push({ kind: 'visit', at, sources: [...visits.values()] });
  }

  private of(deviceId: string): Mark[] {
    const marks = this.marks.get(deviceId) ?? [];
    this.marks.set(deviceId, marks);
    return marks;
  }
}

const isFact = (mark: Mark, kind: 'failed' | 'replaced', component: string, at: number) =>
  mark.kind === kind && mark.component === component && mark.at === at;

/** What the event log does not tell: states, event codes, when a suppression began or ended. */
export const isOfTelemetry = ({ kind }: Mark): boolean => kind === 'state' || kind === 'code' || kind === 'suppression';

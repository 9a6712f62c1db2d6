import {
  DAY,
  type DeviceView,
  type EngineerView,
  hasSkill,
  type Instant,
  type Plan,
  type Severity,
  standing,
  type Visit,
  type WorkOrder,
} from '@uptower/domain';
import { startOfDay } from '../../shared/format/zone.ts';

export interface BoardVisit {
  readonly visit: Visit;
  readonly order: WorkOrder;
  /** Only what has not begun may be moved. */
  readonly movable: boolean;
  /** Planned to arrive after what was promised. */
  readonly late: boolean;
}

export interface BoardRow {
  readonly engineer: EngineerView;
  readonly visits: readonly BoardVisit[];
}

const dueOf = (order: WorkOrder, kind: 'response' | 'resolution') =>
  order.promises.find((promise) => promise.kind === kind && promise.settledAt === null)?.due ?? null;

/** The present visit of every order that has one: the order's own word first, else the plan's. */
export function boardVisits(orders: readonly WorkOrder[], plan: Plan | undefined): BoardVisit[] {
  const planned = new Map(plan?.visits.map((visit) => [visit.workOrderId as string, visit]));
  const visits: BoardVisit[] = [];
  for (const order of orders) {
    if (order.state === 'cancelled') continue;
    const own = 'visit' in order ? order.visit : null;
    const visit = order.state === 'scheduled' ? (planned.get(order.id) ?? own) : own;
    if (!visit) continue;
    const due = dueOf(order, 'response');
    visits.push({
      visit,
      order,
      movable: order.state === 'scheduled',
      late: due !== null && visit.arriveAt > due,
    });
  }
  return visits;
}

export function boardRows(
  engineers: readonly EngineerView[],
  visits: readonly BoardVisit[],
  before: readonly BoardRow[] = [],
): BoardRow[] {
  const known = new Map(before.map((row) => [row.engineer.id as string, row]));
  return [...engineers]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((engineer) => {
      const own = visits
        .filter((each) => each.visit.engineerId === engineer.id)
        .sort((a, b) => a.visit.startAt - b.visit.startAt);
      const old = known.get(engineer.id);
      // An unchanged row keeps its object, so that a drop draws two rows and not sixty.
      const same =
        old?.engineer === engineer &&
        old.visits.length === own.length &&
        old.visits.every(
          (each, i) => each.visit === own[i]?.visit && each.order === own[i]?.order && each.late === own[i]?.late,
        );
      return same && old ? old : { engineer, visits: own };
    });
}

/** What speaks against a place, as far as the browser can tell; the server checks everything again. */
export type Objection = 'skill' | 'outside-shift' | 'overlap' | 'past' | 'late';

export function objections(row: BoardRow, moved: BoardVisit, startAt: Instant, now: Instant): readonly Objection[] {
  const length = moved.visit.endAt - moved.visit.startAt;
  const endAt = startAt + length;
  const found: Objection[] = [];
  if (!hasSkill(row.engineer.skills, moved.order.skill)) found.push('skill');
  if (startAt < now) found.push('past');
  if (!row.engineer.free.some((free) => startAt >= free.from && endAt <= free.to)) found.push('outside-shift');
  if (
    row.visits.some(
      ({ visit }) => visit.workOrderId !== moved.order.id && startAt < visit.endAt && endAt > visit.departAt,
    )
  )
    found.push('overlap');
  const due = dueOf(moved.order, 'response');
  if (due !== null && startAt > due) found.push('late');
  return found;
}

const RANK: Record<Severity, number> = { P1: 0, P2: 1, P3: 2 };

export interface Unassigned {
  readonly order: WorkOrder;
  readonly reason: Plan['unassigned'][number] | undefined;
  readonly due: Instant | null;
}

/** Orders that nobody is sent to yet, most urgent first. Observed devices are never visited. */
export function unassignedOf(orders: readonly WorkOrder[], plan: Plan | undefined): Unassigned[] {
  return orders
    .filter((order) => order.state === 'received' && order.service === 'full')
    .map((order) => ({
      order,
      reason: plan?.unassigned.find((each) => each.workOrderId === order.id),
      due: dueOf(order, 'response'),
    }))
    .sort(
      (a, b) =>
        RANK[a.order.priority] - RANK[b.order.priority] ||
        (a.due ?? Number.POSITIVE_INFINITY) - (b.due ?? Number.POSITIVE_INFINITY) ||
        a.order.openedAt - b.order.openedAt,
    );
}

export interface Figures {
  readonly unassigned: number;
  readonly atRisk: number;
  readonly broken: number;
  readonly down: number;
  readonly visitsToday: number;
  readonly doneToday: number;
  readonly working: number;
  readonly onShift: number;
  readonly travelMinutes: number | null;
}

export function figuresOf(input: {
  orders: readonly WorkOrder[];
  visits: readonly BoardVisit[];
  devices: readonly DeviceView[];
  engineers: readonly EngineerView[];
  unassigned: number;
  now: Instant;
  zone: string;
}): Figures {
  const { orders, visits, devices, engineers, now } = input;
  const today = startOfDay(now, input.zone);
  const ofToday = visits.filter(({ visit }) => visit.startAt >= today && visit.startAt < today + DAY);
  const open = orders.filter(
    (order) => order.state !== 'closed' && order.state !== 'cancelled' && order.service === 'full',
  );
  const seconds = ofToday.reduce((sum, { visit }) => sum + visit.travelSeconds, 0);
  return {
    unassigned: input.unassigned,
    atRisk: visits.filter((each) => each.late && each.order.state !== 'closed').length,
    broken: open.filter((order) => order.promises.some((promise) => standing(promise, now) === 'broken')).length,
    down: devices.filter((device) => device.availability.state === 'down').length,
    visitsToday: ofToday.length,
    doneToday: ofToday.filter(({ order }) => order.state === 'closed' || order.state === 'verifying').length,
    working: engineers.filter((engineer) => engineer.status === 'travelling' || engineer.status === 'on-site').length,
    onShift: engineers.filter((engineer) => engineer.status !== 'off-shift').length,
    travelMinutes: ofToday.length > 0 ? seconds / 60 / ofToday.length : null,
  };
}

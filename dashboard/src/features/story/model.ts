import type { Alert, EngineerId, Instant, PortalOrder, Visit, WorkOrder } from '@uptower/domain';

const isDone = (order: { readonly state: string }) => order.state === 'closed' || order.state === 'cancelled';

/** What `pickStory` tells the staff, for a hospital, which knows only its own orders and no visits. */
export function pickPortalStory(orders: readonly PortalOrder[]): PortalOrder | undefined {
  const own = orders.filter((order) => order.source === 'prediction');
  const endOf = (order: PortalOrder) => order.expectedRestored ?? Number.POSITIVE_INFINITY;
  const running = own.filter((order) => !isDone(order)).sort((a, b) => endOf(a) - endOf(b) || a.openedAt - b.openedAt);
  return running[0] ?? own.filter((order) => order.state === 'closed').sort((a, b) => b.openedAt - a.openedAt)[0];
}

export const STEPS = [
  'degradation',
  'alert',
  'order',
  'assigned',
  'travelling',
  'arrived',
  'repaired',
  'confirmed',
] as const;
export type StepKey = (typeof STEPS)[number];

export interface StoryStep {
  readonly key: StepKey;
  readonly state: 'done' | 'now' | 'ahead';
  readonly at: Instant | null;
  /** The plan's time for what has not happened yet. */
  readonly expectedAt: Instant | null;
  readonly engineerId: EngineerId | null;
}

/** How far an order has come, as the number of steps that lie behind it. */
const BEHIND: Record<WorkOrder['state'], number> = {
  received: 3,
  scheduled: 4,
  travelling: 4,
  'on-site': 6,
  verifying: 7,
  closed: 8,
  cancelled: 3,
};

/** When the metric left its healthy range, as far as the alert still tells. */
export function degradedSince(alert: Alert | undefined, order: WorkOrder): Instant {
  return Math.min(alert?.worst.evidence.since ?? order.openedAt, alert?.raisedAt ?? order.openedAt);
}

/** Eight steps from the first sign to the confirmed repair, each with its moment or what the plan expects. */
export function storySteps(order: WorkOrder, alert: Alert | undefined): StoryStep[] {
  const visit: Visit | null = 'visit' in order ? order.visit : null;
  const behind = BEHIND[order.state];
  const at: Record<StepKey, Instant | null> = {
    degradation: degradedSince(alert, order),
    alert: alert?.raisedAt ?? order.openedAt,
    order: order.openedAt,
    assigned: order.entered.scheduled ?? null,
    travelling: order.entered.travelling ?? null,
    arrived: order.entered['on-site'] ?? null,
    repaired: order.entered.verifying ?? null,
    confirmed: order.state === 'closed' ? order.closedAt : null,
  };
  const expected: Partial<Record<StepKey, Instant>> = visit
    ? { travelling: visit.departAt, arrived: visit.arriveAt, repaired: visit.endAt }
    : {};
  const withEngineer: readonly StepKey[] = ['assigned', 'travelling', 'arrived', 'repaired'];
  // The way has begun while somebody is on it; every other step is marked when it is over.
  const happened = (i: number) => i < behind || (order.state === 'travelling' && i === behind);
  return STEPS.map((key, i) => {
    const done = i < behind;
    return {
      key,
      state: done ? 'done' : i === behind && order.state !== 'cancelled' ? 'now' : 'ahead',
      at: happened(i) ? at[key] : null,
      expectedAt: happened(i) ? null : (expected[key] ?? null),
      engineerId: withEngineer.includes(key) ? (visit?.engineerId ?? null) : null,
    };
  });
}

/** From where the chart is drawn: some healthy hours before the first sign, so that the change can be seen. */
export function chartWindow(
  order: WorkOrder,
  since: Instant,
  now: Instant,
): { from: Instant; to: Instant | undefined } {
  const end = order.state === 'closed' ? Math.min(now, order.closedAt + 6 * 3_600_000) : now;
  const lead = Math.max(6 * 3_600_000, (end - since) * 0.35);
  return { from: Math.floor((since - lead) / 600_000) * 600_000, to: order.state === 'closed' ? end : undefined };
}

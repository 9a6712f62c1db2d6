import { type DeviceView, HOUR, type PortalOrder, type Stage } from '@uptower/domain';
import type { DeviceUptime } from '../../shared/api/types.ts';

export interface StepView {
  readonly stage: Stage;
  readonly state: 'done' | 'now' | 'ahead';
  /** When it happened, or is expected to. */
  readonly at: number | null;
  readonly expected: boolean;
}

/** The six stages of an order as a hospital reads them: what was, what is, what is expected. */
export function toSteps(order: PortalOrder): StepView[] {
  const reached = order.stages.findIndex((each) => each.stage === order.state);
  return order.stages.map(({ stage, at }, i) => {
    const closed = order.state === 'closed';
    const state = i < reached || closed ? 'done' : i === reached ? 'now' : 'ahead';
    if (state !== 'ahead') return { stage, state, at, expected: false };
    const expected = stage === 'on-site' ? order.expectedArrival : stage === 'closed' ? order.expectedRestored : null;
    return { stage, state, at: expected, expected: expected !== null };
  });
}

export const isOpenOrder = (order: PortalOrder): boolean => order.state !== 'closed' && order.state !== 'cancelled';

const closedAt = (order: PortalOrder) => order.stages.find((each) => each.stage === 'closed')?.at ?? order.openedAt;

/** So long a restored order keeps its steps on the page: its end is what the ward was waiting for. */
const JUST_RESTORED_MS = 6 * HOUR;

/** What is being done, the longest open first, and then what was restored just now. */
export function shownOrders(orders: readonly PortalOrder[], now: number): PortalOrder[] {
  const restored = orders.filter((order) => order.state === 'closed' && now - closedAt(order) < JUST_RESTORED_MS);
  return [...openOrders(orders), ...restored.sort((a, b) => closedAt(b) - closedAt(a))];
}

export function openOrders(orders: readonly PortalOrder[]): PortalOrder[] {
  return orders.filter(isOpenOrder).sort((a, b) => a.openedAt - b.openedAt);
}

export function doneOrders(orders: readonly PortalOrder[], count: number): PortalOrder[] {
  return orders
    .filter((order) => order.state === 'closed')
    .sort((a, b) => closedAt(b) - closedAt(a))
    .slice(0, count);
}

export interface Headline {
  /** Hours weighed over all devices, not the mean of percentages: (known − down) / known. */
  readonly uptime: number | null;
  readonly target: number | null;
  /** Hours of downtime that may still happen in the period before the target is missed; negative: missed. */
  readonly marginHours: number | null;
  readonly down: number;
  readonly partial: number;
  readonly planned: number;
}

export function headline(devices: readonly DeviceView[], uptimes: readonly DeviceUptime[]): Headline {
  let base = 0;
  let available = 0;
  let allowed = 0;
  for (const { figures, target } of uptimes) {
    const known = figures.ms.up + figures.ms.partial + figures.ms.down;
    if (figures.uptime === null || target === null) continue;
    base += known;
    available += known * figures.uptime;
    allowed += known * target;
  }
  const count = (state: string) => devices.filter((device) => device.availability.state === state).length;
  return {
    uptime: base > 0 ? available / base : null,
    target: base > 0 ? allowed / base : null,
    marginHours: base > 0 ? (available - allowed) / 3_600_000 : null,
    down: count('down'),
    partial: count('partial'),
    planned: count('planned'),
  };
}

import { type BudgetSet, type BudgetView, FalseOrderBudget, type Instant, streams } from '@uptower/domain';
import { answer, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import type { Beliefs } from '../record/belief.ts';
import type { DispatchState } from '../state.ts';
import { available, cap, monthly } from '../work-orders/budget.ts';
import { heldAlerts } from '../work-orders/from-alert.ts';
import type { RouteContext } from './context.ts';

/** The false-order budget: seen by staff, set by who answers for what visits cost. */
export function budgetRoutes(router: Router, { state, desk, clock, beliefs }: RouteContext): void {
  router.get(
    '/predictions/budget',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return budgetView(state, clock.now(), beliefs);
    }),
  );

  router.put(
    '/predictions/budget',
    answer((request) => {
      const viewer = requireViewer(request, 'manage-predictions');
      const wanted = parse(FalseOrderBudget, request.body);
      return desk.exclusive(async () => {
        const { falseOrdersPerDeviceMonth, minProbability } = state.allowed;
        const same =
          wanted.falseOrdersPerDeviceMonth === falseOrdersPerDeviceMonth && wanted.minProbability === minProbability;
        const event: BudgetSet = { type: 'budget.set', at: clock.now(), by: viewer.accountId, ...wanted };
        if (!same) await desk.write([{ stream: streams.predictionBudget, events: [event] }], viewer.accountId);
        return budgetView(state, clock.now(), beliefs);
      });
    }),
  );
}

/** Expected false orders that may still be opened. Observed devices are judged in their own event time. */
export const allowances = ({ budgets, devices, allowed }: DispatchState, now: Instant) => ({
  full: available(budgets.full, now, allowed.falseOrdersPerDeviceMonth, devices.full),
  observe: available(budgets.observe, budgets.observe.at ?? now, allowed.falseOrdersPerDeviceMonth, devices.observe),
});

function budgetView(state: DispatchState, now: Instant, beliefs: Beliefs): BudgetView {
  const { allowed, devices } = state;
  const rate = allowed.falseOrdersPerDeviceMonth;
  const there = allowances(state, now).full;
  const held = heldAlerts(state, now, beliefs.at(now));
  return {
    ...allowed,
    devices: devices.full,
    perMonth: monthly(rate, devices.full),
    cap: cap(rate, devices.full),
    spent: cap(rate, devices.full) - there,
    available: there,
    held: {
      budgetSpent: held.filter(({ reason }) => reason === 'budget-spent').length,
      probabilityTooLow: held.filter(({ reason }) => reason === 'probability-too-low').length,
    },
  };
}

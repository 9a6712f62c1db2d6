import { z } from 'zod';
import { Instant } from './time.ts';

/** What an operator allows predictions to cost; the body of `PUT /api/v1/predictions/budget`. */
export const FalseOrderBudget = z.strictObject({
  /** Expected false orders a full-service device may cost in a month of 730.5 h. 0.05: one false visit a device in 20 months. */
  falseOrdersPerDeviceMonth: z.number().min(0).max(5),
  /** Less probable alerts stay with the remote engineer whatever the budget. 0.5: more likely true than not. */
  minProbability: z.number().min(0).max(1),
});
export type FalseOrderBudget = z.infer<typeof FalseOrderBudget>;

/** From `at` on, orders are opened by this budget. */
export const BudgetSet = z.strictObject({
  type: z.literal('budget.set'),
  at: Instant,
  by: z.string(),
  ...FalseOrderBudget.shape,
});
export type BudgetSet = z.infer<typeof BudgetSet>;

/** Answer of `GET /api/v1/predictions/budget`. Amounts are expected false orders. */
export interface BudgetView extends FalseOrderBudget {
  /** Who set it and when; null while it is the one of the configuration. */
  readonly setAt: Instant | null;
  readonly setBy: string | null;
  /** In full service. */
  readonly devices: number;
  /** What is earned back in a month. */
  readonly perMonth: number;
  /** The most that can be saved up. */
  readonly cap: number;
  readonly spent: number;
  readonly available: number;
  /** Open alerts that wait for the allowance, and those too doubtful for an order of their own. */
  readonly held: { readonly budgetSpent: number; readonly probabilityTooLow: number };
}

import { HOUR, type Instant } from '@uptower/domain';

/** An average month, the same one the uptime figures use. */
export const MONTH_MS = 730.5 * HOUR;

/**
 * The false-order budget as a leaky bucket: what was spent and has not yet been earned back. An order costs its expected
 * falseness (1 − p). Starts empty of debt, that is with a full allowance.
 */
export interface Budget {
  readonly debt: number;
  readonly at: Instant | null;
}

export const fullBudget: Budget = { debt: 0, at: null };

/** What is earned back in a month: rate × devices. */
export const monthly = (ratePerDeviceMonth: number, devices: number) => ratePerDeviceMonth * devices;

/**
 * The most that can be saved up: one month's worth, but never less than one whole false order, else a fleet of less than
 * 1/rate devices could not open any order at all.
 */
export const cap = (ratePerDeviceMonth: number, devices: number) => Math.max(1, monthly(ratePerDeviceMonth, devices));

function debtAt(budget: Budget, now: Instant, perMonth: number): number {
  if (budget.at === null) return budget.debt;
  // Event times of different devices interleave: time that runs backwards earns nothing back, and costs nothing.
  return Math.max(0, budget.debt - (perMonth * Math.max(0, now - budget.at)) / MONTH_MS);
}

export function available(budget: Budget, now: Instant, rate: number, devices: number): number {
  return cap(rate, devices) - debtAt(budget, now, monthly(rate, devices));
}

/** Brings the debt up to `now`, before the rate changes. */
export const settle = (budget: Budget, now: Instant, rate: number, devices: number): Budget =>
  charge(budget, now, rate, devices, 1);

export function charge(budget: Budget, now: Instant, rate: number, devices: number, probability: number): Budget {
  return {
    debt: debtAt(budget, now, monthly(rate, devices)) + (1 - probability),
    at: Math.max(now, budget.at ?? now),
  };
}

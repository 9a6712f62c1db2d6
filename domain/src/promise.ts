import { z } from 'zod';
import { Instant } from './time.ts';

/** What was promised to the hospital about one order, and whether it was kept. `settledAt`: when the promised thing happened. */
export const ServicePromise = z.strictObject({
  kind: z.enum(['response', 'resolution']),
  due: Instant,
  settledAt: Instant.nullable(),
});
export type ServicePromise = z.infer<typeof ServicePromise>;

export type PromiseStanding = 'open' | 'kept' | 'broken';

export function standing(promise: ServicePromise, now: Instant): PromiseStanding {
  if (promise.settledAt !== null) return promise.settledAt <= promise.due ? 'kept' : 'broken';
  return now <= promise.due ? 'open' : 'broken';
}

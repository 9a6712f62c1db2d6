import { z } from 'zod';
import { betaInterval } from './intervals.ts';
import { betaI } from './special-functions.ts';

/**
 * What a false and a foreseen order are worth, in one currency's minor unit. `visit`: somebody drives out and finds nothing.
 * `downtimeHour`: an hour in which a device cannot be used; null: as each device's contract says. `hoursSaved`: how many such hours a failure costs less when it
 * was foreseen (parts are there, the visit is made at a quiet time).
 */
export const PredictionCosts = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'three letters of ISO 4217, such as CNY'),
  visit: z.int().min(0).max(1_000_000_000),
  downtimeHour: z.int().min(0).max(1_000_000_000).nullable(),
  hoursSaved: z.number().min(0).max(10_000),
});
export type PredictionCosts = z.infer<typeof PredictionCosts>;

/**
 * Until somebody sets them: a visit for nothing 1,500 yuan (half an engineer's day and the way), an hour without the device
 * what its contract says, six hours saved. Guesses for a middling device; the page asks for the operator's own.
 */
export const DEFAULT_COSTS: PredictionCosts = {
  currency: 'CNY',
  visit: 150_000,
  downtimeHour: null,
  hoursSaved: 6,
};

/** An hour down where the contract puts no price on it, minor units: 800 yuan. */
export const DEFAULT_DOWNTIME_HOUR = 80_000;

/** A rule's orders by what they cost or saved. Late ones cost nothing and save nothing: somebody had to go anyway. */
export interface Tally {
  /** An hour down of the devices these orders were about, on average, minor units. */
  readonly downtimeHour: number;
  readonly foreseen: number;
  readonly falseOrders: number;
  readonly avoided: number;
}

export interface NetBenefit {
  /** Saved less spent over the record, minor units: what is most believable, and the ends of the central 95 %. */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Share of its orders that must come true for the rule to pay; null when a false visit costs nothing. */
  readonly breakEven: number | null;
  /** P(net < 0) given the record. */
  readonly probabilityOfLoss: number;
}

/** A rule is proposed for retirement when it loses with this probability. */
export const SURE_ENOUGH = 0.95;

/**
 * Whether a rule costs more than it saves. The share q of its orders that come true has the Beta(½ + foreseen, ½ + false)
 * distribution (Jeffreys' prior); an order is worth q · saved − (1 − q) · visit. Avoided orders prove nothing about q, but
 * were orders: they count as coming true with the same q. So the rule loses when q lies below visit / (visit + saved).
 */
export function netBenefit(tally: Tally, costs: PredictionCosts): NetBenefit {
  const { foreseen, falseOrders, avoided } = tally;
  const saved = (costs.downtimeHour ?? tally.downtimeHour) * costs.hoursSaved;
  const { visit } = costs;
  const [a, b] = [0.5 + foreseen, 0.5 + falseOrders];
  const n = foreseen + falseOrders + avoided;
  const worth = (q: number) => Math.round(n * (q * saved - (1 - q) * visit));
  const { low, high } = betaInterval(a, b);
  const breakEven = visit > 0 ? visit / (visit + saved) : null;
  return {
    expected: worth(a / (a + b)),
    low: worth(low),
    high: worth(high),
    breakEven,
    probabilityOfLoss: breakEven === null ? 0 : betaI(breakEven, a, b),
  };
}

/** With one or two orders even the worst record may be chance that nobody should act on. */
const LEAST_DECIDED = 5;

export function deservesRetirement(tally: Pick<Tally, 'foreseen' | 'falseOrders'>, benefit: NetBenefit): boolean {
  return tally.foreseen + tally.falseOrders >= LEAST_DECIDED && benefit.probabilityOfLoss >= SURE_ENOUGH;
}

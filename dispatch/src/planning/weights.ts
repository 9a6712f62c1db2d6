import { MINUTE, type Severity } from '@uptower/domain';
import { z } from 'zod';
import type { Weights } from '../solver/plain.ts';

const MOST = 1_000_000_000; // ten million yuan
/** Minor units of money (fen). */
const money = (fen: number) => z.int().min(0).max(MOST).default(fen);
/** The solver counts whole units a second. */
const moneyPerHour = (fen: number) =>
  z.int().min(0).max(MOST).multipleOf(3_600, 'a multiple of 3600: whole minor units a second').default(fen);

/**
 * What a plan is weighed by, in a dispatcher's words; see "What each weight buys" in docs/dispatch.md. Zero switches a term
 * off. Money is in minor units (fen): 36,000 an hour behind the wheel is 360 yuan for an engineer and the car.
 */
export const PlanningWeights = z.strictObject({
  drivingHour: moneyPerHour(36_000),
  drivingKilometre: z
    .int()
    .min(0)
    .max(MOST)
    .multipleOf(1_000, 'a multiple of 1000: whole minor units a metre')
    .default(0),
  /** Service that starts an hour after it was promised. */
  lateHour: z
    .strictObject({ P1: moneyPerHour(216_000), P2: moneyPerHour(144_000), P3: moneyPerHour(72_000) })
    .prefault({}),
  /** How many times the contract's cost of an hour down counts, times the chance that the device is down. */
  expectedDowntime: z.int().min(0).max(100).default(1),
  /** An hour that an order waits for the visit, by priority alone: what is urgent comes first, whatever the contract says. */
  waitingHour: z.strictObject({ P1: moneyPerHour(180_000), P2: moneyPerHour(7_200), P3: moneyPerHour(0) }).prefault({}),
  overtimeHour: moneyPerHour(54_000),
  /** A working day of one hour; a day of n hours costs n times n as much, so that days come out even. The search is slower with it. */
  unevenDays: money(0),
  /** Ringing a hospital about an agreed visit: another engineer, or more than the tolerance earlier or later. */
  movedVisit: money(18_000),
  movedToleranceMinutes: z.int().min(0).max(1_440).default(15),
  /** For each level that an engineer has above the one needed: keeps specialists free. */
  levelAboveNeed: money(1_200),
  /** A visit by an engineer whom the site did not ask for, where it asks for somebody. */
  otherEngineerThanPreferred: money(36_000),
  /** A visit by somebody who was not there before, where somebody was. */
  engineerNewToDevice: money(3_000),
  /** A visit by an engineer in whose territory it is not, where it is in somebody's. */
  outsideTerritory: money(12_000),
  /** A visit that starts outside the hours the site prefers. */
  outsidePreferredHours: money(9_000),
  /** Calling somebody out who is on call: whoever is at work goes first, where that is soon enough. */
  callOut: money(36_000),
  /** A visit that nobody makes within the planned days, besides its waiting. Urgent orders (P1) come before all others anyway. */
  leftOut: z.strictObject({ P1: money(4_000_000), P2: money(2_000_000), P3: money(1_000_000) }).prefault({}),
});
export type PlanningWeights = z.infer<typeof PlanningWeights>;

export const SOLVER_PRIORITY: Record<Severity, number> = { P3: 0, P2: 1, P1: 2 };

/** The same in the solver's units: one unit of cost is one fen, time is seconds. */
export function solverWeights(weights: PlanningWeights): Weights {
  const { leftOut, waitingHour } = weights;
  return {
    travelSecond: weights.drivingHour / 3_600,
    distanceMetre: weights.drivingKilometre / 1_000,
    lateSecond: 1, // by order, see latePerSecond
    downtime: weights.expectedDowntime,
    waitingSecondByPriority: [waitingHour.P3, waitingHour.P2, waitingHour.P1].map((fen) => fen / 3_600),
    overtimeSecond: weights.overtimeHour / 3_600,
    unevenHours: weights.unevenDays,
    churnPerMovedVisit: weights.movedVisit,
    churnToleranceSeconds: (weights.movedToleranceMinutes * MINUTE) / 1_000,
    overQualifiedLevel: weights.levelAboveNeed,
    notPreferred: weights.otherEngineerThanPreferred,
    unfamiliar: weights.engineerNewToDevice,
    outOfTerritory: weights.outsideTerritory,
    outsidePreferred: weights.outsidePreferredHours,
    unassignedByPriority: [leftOut.P3, leftOut.P2, leftOut.P1],
  };
}

export const latePerSecond = ({ lateHour }: PlanningWeights, priority: Severity): number => lateHour[priority] / 3_600;

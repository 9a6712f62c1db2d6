import type { Severity } from '@uptower/domain';
import type { Weights } from '../solver/plain.ts';

/**
 * One unit of cost is one fen. Ten fen a second behind the wheel is 360 yuan an hour for an engineer and the car; a second
 * late is twice that for P3, up to six times for P1; moving an agreed visit costs as much as half an hour of driving.
 * An unassigned visit costs more than a day of driving, so that none is left out to save the way.
 */
export const WEIGHTS: Weights = {
  travelSecond: 10,
  distanceMetre: 0,
  lateSecond: 20,
  downtime: 1,
  overtimeSecond: 15,
  churnPerMovedVisit: 18_000,
  churnToleranceSeconds: 900,
  overQualifiedLevel: 1_200,
  unassignedByPriority: [1_000_000, 2_000_000, 4_000_000],
};
export const SOLVER_PRIORITY: Record<Severity, number> = { P3: 0, P2: 1, P1: 2 };
export const LATE_PER_SECOND: Record<Severity, number> = { P3: 1, P2: 2, P1: 3 };

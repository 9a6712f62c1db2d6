import type { PlainInstance, PlainVisit } from './plain.ts';
import type { Refusal } from './plan.ts';

/** Why the engineer may never do the visit, whatever the plan. */
export function staticRefusal(plain: PlainInstance, engineer: number, visit: PlainVisit): Refusal | null {
  const missing = (visit.skills ?? []).map(({ skill, level }) => ({ level, has: levelOf(plain, engineer, skill) }));
  if (missing.some(({ level, has }) => level > 0 && has === 0)) return 'skill';
  if (missing.some(({ level, has }) => has < level)) return 'level';
  if (visit.excludedEngineers?.includes(engineer)) return 'excluded';
  if (visit.requiredEngineer !== undefined && visit.requiredEngineer !== engineer) return 'required-other';
  return null;
}

function levelOf(plain: PlainInstance, engineer: number, skill: number): number {
  return plain.engineers[engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
}

/** Levels the engineer has beyond those asked for, summed over the skills asked for. */
function levelsAbove(plain: PlainInstance, engineer: number, visit: PlainVisit): number {
  let levels = 0;
  for (const { skill, level } of visit.skills ?? []) levels += Math.max(0, levelOf(plain, engineer, skill) - level);
  return levels;
}

/** How long service takes whoever goes. */
export function serviceTime(visit: PlainVisit, engineer: number): number {
  return visit.serviceSecondsBy?.find((entry) => entry.engineer === engineer)?.seconds ?? visit.serviceSeconds;
}

/** What it costs that this engineer goes and no other, whenever that is. */
export function engineerCost(plain: PlainInstance, engineer: number, visit: PlainVisit): number {
  const { weights } = plain;
  const missed = (wanted: readonly number[] | undefined, weight: number | undefined) =>
    wanted === undefined || wanted.length === 0 || wanted.includes(engineer) ? 0 : (weight ?? 0);
  return (
    weights.overQualifiedLevel * levelsAbove(plain, engineer, visit) +
    missed(visit.preferredEngineers, weights.notPreferred) +
    missed(visit.familiarEngineers, weights.unfamiliar) +
    missed(visit.territoryEngineers, weights.outOfTerritory)
  );
}

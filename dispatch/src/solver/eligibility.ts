import type { PlainInstance, PlainSkill, PlainVisit } from './plain.ts';
import type { Refusal } from './plan.ts';

/** Why the engineer may never do the visit, whatever the plan. Asked for each pair of them: plain loops. */
export function staticRefusal(plain: PlainInstance, engineer: number, visit: PlainVisit): Refusal | null {
  let low = false;
  if (visit.skills !== undefined) {
    for (const { skill, level } of visit.skills) {
      const has = levelOf(plain, engineer, skill);
      if (level > 0 && has === 0) return 'skill';
      low ||= has < level;
    }
  }
  if (low) return 'level';
  if (visit.excludedEngineers?.includes(engineer)) return 'excluded';
  if (visit.requiredEngineer !== undefined && visit.requiredEngineer !== engineer) return 'required-other';
  return null;
}

function levelOf(plain: PlainInstance, engineer: number, skill: number): number {
  const skills = plain.engineers[engineer]?.skills ?? [];
  for (let k = 0; k < skills.length; k++) {
    const entry = skills[k] as PlainSkill;
    if (entry.skill === skill) return entry.level;
  }
  return 0;
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
  return (
    weights.overQualifiedLevel * levelsAbove(plain, engineer, visit) +
    missed(visit.preferredEngineers, engineer, weights.notPreferred) +
    missed(visit.familiarEngineers, engineer, weights.unfamiliar) +
    missed(visit.territoryEngineers, engineer, weights.outOfTerritory)
  );
}

function missed(wanted: readonly number[] | undefined, engineer: number, weight: number | undefined): number {
  return wanted === undefined || wanted.length === 0 || wanted.includes(engineer) ? 0 : (weight ?? 0);
}

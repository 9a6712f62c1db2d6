import { type Engineer, hasSkill, type Skill } from '@uptower/domain';
import type { PlainVisit } from '../solver/plain.ts';
import type { PlannedOrder, PlanningInput } from './to-instance.ts';

/**
 * Whom it would please to see there, and who is quicker than `minutes`. What no able engineer can fulfil would cost the same
 * whoever goes, so it is left out.
 */
export function wishes(
  { order, site, familiar }: PlannedOrder,
  { engineers, policy }: PlanningInput,
  minutes: number,
): Partial<PlainVisit> {
  const those = (fulfils: (engineer: Engineer) => boolean) =>
    engineers.flatMap(({ engineer }, e) => (fulfils(engineer) && hasSkill(engineer.skills, order.skill) ? [e] : []));
  const preferredEngineers = those(({ id }) => site.preferredEngineers?.includes(id) ?? false);
  const familiarEngineers = those(({ id }) => familiar.includes(id));
  const territoryEngineers = those(({ territory }) => territory?.includes(site.hospitalId) ?? false);
  const serviceSecondsBy = engineers.flatMap(({ engineer }, e) => {
    const own = Math.round(minutes * (1 - policy.quickerPerLevel) ** levelsAbove(engineer, order.skill));
    return own < minutes ? [{ engineer: e, seconds: own * 60 }] : [];
  });
  return {
    ...(preferredEngineers.length > 0 && { preferredEngineers }),
    ...(familiarEngineers.length > 0 && { familiarEngineers }),
    ...(territoryEngineers.length > 0 && { territoryEngineers }),
    ...(serviceSecondsBy.length > 0 && { serviceSecondsBy }),
  };
}

function levelsAbove({ skills }: Engineer, { name, level }: Skill): number {
  const has = skills.filter((skill) => skill.name === name).map((skill) => skill.level);
  return Math.max(0, ...has.map((own) => own - level));
}

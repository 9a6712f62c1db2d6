import { type Engineer, hasSkill, type Skill } from '@uptower/domain';
import { accessTimes } from '../availability/free-time.ts';
import type { PlainVisit } from '../solver/plain.ts';
import { type PlannedOrder, type PlanningInput, solverWindows } from './to-instance.ts';

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

/** Hours in which the site would rather have planned work begin. Whoever's device is down is glad of any hour. */
export function preferredHours(
  { order, site }: PlannedOrder,
  { now, policy }: PlanningInput,
): Pick<PlainVisit, 'preferred'> {
  if (order.priority === 'P1' || !site.preferredHours) return {};
  const wanted = { ...site, access: site.preferredHours };
  const times = accessTimes(wanted, now, now + policy.horizonMs + policy.overtimeMs);
  return times === null ? {} : { preferred: solverWindows(times) };
}

function levelsAbove({ skills }: Engineer, { name, level }: Skill): number {
  const has = skills.filter((skill) => skill.name === name).map((skill) => skill.level);
  return Math.max(0, ...has.map((own) => own - level));
}

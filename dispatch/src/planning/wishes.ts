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
  { engineers, policy }: Pick<PlanningInput, 'engineers' | 'policy'>,
  minutes: number,
): Partial<PlainVisit> {
  const preferredEngineers: number[] = [];
  const familiarEngineers: number[] = [];
  const territoryEngineers: number[] = [];
  const serviceSecondsBy: { engineer: number; seconds: number }[] = [];
  // Asked of every engineer for every order: one loop.
  for (const [e, { engineer }] of engineers.entries()) {
    const { id, territory } = engineer;
    const preferred = site.preferredEngineers?.includes(id) ?? false;
    const familiarOne = familiar.includes(id);
    const own = territory?.includes(site.hospitalId) ?? false;
    if ((preferred || familiarOne || own) && hasSkill(engineer.skills, order.skill)) {
      if (preferred) preferredEngineers.push(e);
      if (familiarOne) familiarEngineers.push(e);
      if (own) territoryEngineers.push(e);
    }
    if (policy.quickerPerLevel === 0) continue;
    const quicker = Math.round(minutes * (1 - policy.quickerPerLevel) ** levelsAbove(engineer, order.skill));
    if (quicker < minutes) serviceSecondsBy.push({ engineer: e, seconds: quicker * 60 });
  }
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

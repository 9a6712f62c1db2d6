import { z } from 'zod';
import { Key } from './ids.ts';

/** 1 assisted, 2 independent, 3 specialist. */
export const SkillLevel = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type SkillLevel = z.infer<typeof SkillLevel>;

export const Skill = z.strictObject({ name: Key, level: SkillLevel });
export type Skill = z.infer<typeof Skill>;

export function hasSkill(skills: readonly Skill[], wanted: Skill): boolean {
  return skills.some((skill) => skill.name === wanted.name && skill.level >= wanted.level);
}

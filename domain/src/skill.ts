import { z } from 'zod';
import { Key } from './ids.ts';
import type { LocalText } from './text.ts';

/** 1 assisted, 2 independent, 3 specialist. */
export const SkillLevel = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type SkillLevel = z.infer<typeof SkillLevel>;

export const Skill = z.strictObject({ name: Key, level: SkillLevel });
export type Skill = z.infer<typeof Skill>;

/** Reserved: what every engineer can do without being told so, for work of which nobody knows yet what it needs. */
export const GENERAL_SKILL = { name: 'general', level: 1 } as const satisfies Skill;

const LABELS: Readonly<Record<string, LocalText>> = {
  general: { en: 'general', zh: '通用' },
  mr: { en: 'MR', zh: '磁共振' },
  ct: { en: 'CT', zh: 'CT' },
  dsa: { en: 'DSA', zh: '血管造影' },
  xray: { en: 'X-ray', zh: 'X 光' },
  ultrasound: { en: 'ultrasound', zh: '超声' },
  ventilator: { en: 'ventilator', zh: '呼吸机' },
  lab: { en: 'laboratory', zh: '检验设备' },
  it: { en: 'IT', zh: '信息系统' },
  power: { en: 'power supply', zh: '电源' },
};

/** A skill as people read it; a skill of somebody's own keeps its key. */
export function skillLabel(name: string): LocalText {
  return LABELS[name] ?? { en: name, zh: name };
}

export function hasSkill(skills: readonly Skill[], wanted: Skill): boolean {
  if (wanted.name === GENERAL_SKILL.name) return true;
  return skills.some((skill) => skill.name === wanted.name && skill.level >= wanted.level);
}

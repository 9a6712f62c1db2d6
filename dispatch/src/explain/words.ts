import { type LocalText, type OpenWorkOrder, skillLabel } from '@uptower/domain';
import { duration } from '../planning/from-solution.ts';
import type { Relaxation } from './relaxations.ts';
import type { CostTerm } from './why-not.ts';

export const TERM_TEXT: Record<CostTerm, LocalText> = {
  travel: { en: 'Driving time', zh: '路程时间' },
  distance: { en: 'Driving distance', zh: '路程距离' },
  lateness: { en: 'Late against the promise', zh: '超过承诺时限' },
  downtime: { en: 'Expected downtime', zh: '预计停机' },
  urgency: { en: 'Urgent work waiting', zh: '紧急工单等待' },
  overtime: { en: 'Overtime', zh: '加班' },
  work: { en: 'Working hours', zh: '工作时长' },
  fixed: { en: 'Another engineer sets out', zh: '增派工程师出勤' },
  churn: { en: 'Agreed visits moved', zh: '已约定的上门改期' },
  overQualification: { en: 'More skilled than needed', zh: '技能高于所需' },
  preference: { en: 'Not the engineer asked for', zh: '非指定工程师' },
  familiarity: { en: 'Engineer does not know the device', zh: '工程师不熟悉该设备' },
  territory: { en: 'Outside of the engineer’s territory', zh: '超出工程师负责区域' },
  hours: { en: 'Outside of the preferred hours', zh: '不在院方希望的时段' },
  fairness: { en: 'Uneven days', zh: '工作时长不均' },
  unassigned: { en: 'Visits left out', zh: '未安排的任务' },
};

/** What is given up, for the order and the engineer it would be. */
export function givesText(
  gives: Relaxation,
  order: Pick<OpenWorkOrder, 'skill'>,
  who: LocalText,
  overtimeSeconds: number,
): LocalText {
  switch (gives) {
    case 'skill': {
      const skill = skillLabel(order.skill.name);
      return {
        en: `${who.en} goes without ${skill.en} level ${order.skill.level}`,
        zh: `${who.zh}不具备${skill.zh} ${order.skill.level} 级技能，仍派往`,
      };
    }
    case 'engineer':
      return { en: `${who.en} goes; the parts are sent ahead`, zh: `派${who.zh}前往，备件另行送达` };
    case 'window':
      return { en: 'The site lets us in outside of its hours', zh: '请现场在准入时间之外放行' };
    case 'release':
      return { en: 'The visit begins before the parts have come', zh: '备件到货前开始作业' };
    case 'capacity':
      return { en: 'The van carries more than it holds', zh: '车辆超出装载量' };
    case 'overtime':
      return {
        en: `${who.en} works ${duration(overtimeSeconds * 1_000, 'en')} overtime`,
        zh: `${who.zh}加班${duration(overtimeSeconds * 1_000, 'zh-CN')}`,
      };
    case 'absence':
      return { en: `${who.en} gives up leave, training or a break`, zh: `${who.zh}放弃请假、培训或休息` };
  }
}

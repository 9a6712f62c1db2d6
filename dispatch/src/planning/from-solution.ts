import {
  type EngineerId,
  hasSkill,
  type Instant,
  inLanguage,
  type Language,
  type LocalText,
  type OpenWorkOrder,
  type Plan,
  type Skill,
  skillLabel,
  type UnassignedReason,
  type Visit,
  VisitId,
} from '@uptower/domain';
import type { Violation } from '../solver/check-plan.ts';
import type { Refusal, Plan as SolverPlan, UnassignedReason as SolverReason, Stop } from '../solver/plan.ts';
import { workMinutes } from '../work-orders/work-time.ts';
import { arriveBy } from './arrive-by.ts';
import { type PlanningProblem, waitsForPart } from './to-instance.ts';
import { toldNext } from './told-window.ts';

/** One visit an attempt: the same order planned again keeps its visit, a repeated visit is a new one. */
export function visitIdOf(order: Pick<OpenWorkOrder, 'id' | 'visitsMade'>): VisitId {
  return VisitId.parse(`vis_${order.id.slice(3).slice(0, 56)}-${order.visitsMade + 1}`);
}

/** The solver's routes as visits with times and reasons. */
export function toVisits(problem: PlanningProblem, solution: SolverPlan): Visit[] {
  return solution.routes.flatMap((route) => {
    const planned = problem.engineers[route.engineer];
    if (!planned) throw new Error(`the solution names engineer ${route.engineer} of ${problem.engineers.length}`);
    const first = shiftOfVehicle(problem, route.vehicle);
    let location = first?.freeAtLocation ?? first?.startLocation ?? 0;
    const latest = arriveBy(route.stops, spreads(problem, route.stops));
    return route.stops.map((stop, i): Visit => {
      const { order } = orderAt(problem, stop.visit);
      const to = problem.plain.visits[stop.visit]?.location ?? 0;
      const way = problem.travel.between(placeAt(problem, location), placeAt(problem, to));
      location = to;
      const times = {
        departAt: stop.departAt * 1_000,
        arriveAt: stop.arriveAt * 1_000,
        startAt: stop.startAt * 1_000,
        endAt: stop.endAt * 1_000,
        arriveBy: (latest[i] ?? stop.arriveAt) * 1_000,
      };
      const { id: engineerId, name } = planned.engineer;
      const placed = problem.placed?.some(({ workOrderId }) => workOrderId === order.id) ?? false;
      const before = order.state === 'scheduled' ? order.visit : null;
      return {
        id: visitIdOf(order),
        workOrderId: order.id,
        engineerId,
        ...times,
        told: toldNext(before, times, order.slot),
        travelSeconds: stop.arriveAt - stop.departAt,
        travelMetres: way.metres,
        pinned: placed || (before?.pinned === true && before.engineerId === engineerId),
        why: whyText(order, name, stop.arriveAt - stop.departAt, stop.arriveAt * 1_000),
      };
    });
  });
}

/** By how much longer than planned each stop's work may well take. */
function spreads(problem: PlanningProblem, stops: readonly Stop[]): number[] {
  return stops.map(({ visit }) => {
    const { order } = orderAt(problem, visit);
    return 60 * (workMinutes(order, 0.8) - workMinutes(order, problem.policy.serviceQuantile));
  });
}

export function toUnassigned(problem: PlanningProblem, solution: SolverPlan): Plan['unassigned'] {
  return solution.unassigned.map(({ visit, reason }) => {
    const { order } = orderAt(problem, visit);
    const workOrderId = order.id;
    const able = problem.engineers.some(({ engineer }) => hasSkill(engineer.skills, order.skill));
    if (waitsForPart(order)) return { workOrderId, reason: 'part' as const, text: WAITS_FOR_PART };
    if (able || problem.engineers.length === 0)
      return { workOrderId, reason: REASON[reason], text: REASON_TEXT[reason] };
    return { workOrderId, reason: 'skill' as const, text: nobodyHas(order.skill) };
  });
}

const WAITS_FOR_PART: LocalText = {
  en: 'Waits for a part, and nobody knows when it comes',
  zh: '等待备件，到货时间未知',
};

/** Waiting does not help here: somebody must be trained, hired or entered in the registry. */
function nobodyHas({ name, level }: Skill): LocalText {
  const label = skillLabel(name);
  return {
    en: `No engineer has the skill ${label.en} level ${level}`,
    zh: `没有工程师具备${label.zh} ${level} 级技能`,
  };
}

function orderAt(problem: PlanningProblem, visit: number) {
  const planned = problem.orders[visit];
  if (!planned) throw new Error(`the solution names visit ${visit} of ${problem.orders.length}`);
  return planned;
}

const placeAt = (problem: PlanningProblem, location: number) => problem.places[location] ?? { lat: 0, lon: 0 };

function shiftOfVehicle({ plain }: PlanningProblem, vehicle: number) {
  return plain.engineers.flatMap(({ shifts }) => shifts)[vehicle];
}

/** The plan in force as a start for the solver: orders of visits matter, it times them anew. */
export function asStart(problem: PlanningProblem): SolverPlan {
  const routes: SolverPlan['routes'][number][] = [];
  const planned = new Map<EngineerId | undefined, Stop[]>();
  for (const [visit, { order }] of problem.orders.entries()) {
    if (order.state !== 'scheduled') continue;
    const stops = planned.get(order.visit.engineerId) ?? [];
    planned.set(order.visit.engineerId, stops);
    stops.push({ visit, ...inSeconds(order.visit) });
  }
  let vehicle = 0;
  problem.plain.engineers.forEach(({ shifts }, e) => {
    const own = planned.get(problem.engineers[e]?.engineer.id) ?? [];
    for (const shift of shifts) {
      const stops = own
        .filter(({ startAt }) => startAt >= shift.from && startAt < shift.to + (shift.overtimeSeconds ?? 0))
        .sort((a, b) => a.startAt - b.startAt);
      if (stops.length > 0) {
        const end = stops.at(-1)?.endAt ?? shift.to;
        routes.push({ vehicle, engineer: e, stops, homeDepartAt: end, homeAt: end });
      }
      vehicle += 1;
    }
  });
  return { routes, unassigned: [] };
}

const inSeconds = ({ departAt, arriveAt, startAt, endAt }: Visit) => ({
  departAt: Math.ceil(departAt / 1_000),
  arriveAt: Math.ceil(arriveAt / 1_000),
  startAt: Math.ceil(startAt / 1_000),
  endAt: Math.ceil(endAt / 1_000),
});

/** Why this engineer, in one line: able, how far, how much before the promise. */
export function whyText(order: OpenWorkOrder, name: LocalText, travelSeconds: number, arriveAt: Instant): LocalText {
  const response = order.promises.find(({ kind, settledAt }) => kind === 'response' && settledAt === null);
  const left = response && response.due - arriveAt;
  const { name: skill, level } = order.skill;
  const deadline = {
    en:
      left === undefined
        ? ''
        : left >= 0
          ? `, ${duration(left, 'en')} before the response is due`
          : `, ${duration(-left, 'en')} late`,
    zh:
      left === undefined
        ? ''
        : left >= 0
          ? `，距响应时限还有${duration(left, 'zh-CN')}`
          : `，超时${duration(-left, 'zh-CN')}`,
  };
  const way = (language: 'en' | 'zh-CN') => duration(travelSeconds * 1_000, language);
  return {
    en: `${inLanguage(name, 'en')}: ${skillLabel(skill).en} level ${level}, ${way('en')} away${deadline.en}`,
    zh: `${inLanguage(name, 'zh-CN')}：具备${skillLabel(skill).zh} ${level} 级技能，路程${way('zh-CN')}${deadline.zh}`,
  };
}

export function duration(ms: number, language: 'en' | 'zh-CN'): string {
  const minutes = Math.round(ms / 60_000);
  const h = Math.floor(minutes / 60);
  const min = minutes % 60;
  if (language === 'en') return h === 0 ? `${min} min` : min === 0 ? `${h} h` : `${h} h ${min} min`;
  return h === 0 ? `${min} 分钟` : min === 0 ? `${h} 小时` : `${h} 小时 ${min} 分钟`;
}

export const REASON: Record<SolverReason, UnassignedReason> = {
  skill: 'skill',
  level: 'skill',
  excluded: 'excluded',
  'required-other': 'excluded',
  shift: 'shift',
  window: 'window',
  release: 'window',
  capacity: 'capacity',
  link: 'travel',
  travel: 'travel',
  unavailable: 'absence',
  cost: 'capacity',
  nobody: 'capacity',
};

/** Why nobody goes, or why this engineer does not. */
export const REASON_TEXT: Record<SolverReason, LocalText> = {
  skill: { en: 'Nobody free has the skill', zh: '没有具备该技能的工程师' },
  level: { en: 'Nobody free has the skill at that level', zh: '没有达到该技能等级的工程师' },
  excluded: { en: 'No van with the parts is free', zh: '没有携带所需备件的工程师' },
  'required-other': { en: 'Held for the engineer it was agreed with', zh: '已约定其他工程师' },
  shift: { en: 'No shift is long enough', zh: '班次时间不足' },
  window: { en: 'The site lets nobody in during the shifts', zh: '现场准入时间与班次不符' },
  release: { en: 'The parts come after the shifts', zh: '备件到货晚于班次' },
  capacity: { en: 'No van has room for the parts', zh: '车辆装载量不足' },
  link: { en: 'No way to fit it to the visits it goes with', zh: '无法与相关联的任务配合' },
  travel: { en: 'No way to fit it between the other visits', zh: '与其他任务的行程冲突' },
  unavailable: { en: 'Would fit but for leave or training', zh: '请假或培训占用' },
  cost: { en: 'Other work comes first', zh: '其他任务优先' },
  nobody: { en: 'There are no engineers', zh: '没有工程师' },
};

/** The same for one engineer: "why not him". */
export const REFUSAL_TEXT: Record<Refusal, LocalText> = {
  skill: { en: 'Does not have the skill', zh: '不具备该技能' },
  level: { en: 'Has the skill, but not at that level', zh: '技能等级不足' },
  excluded: { en: 'Does not have the parts in the van', zh: '车上没有所需备件' },
  'required-other': { en: 'Agreed with another engineer', zh: '已约定其他工程师' },
  shift: { en: 'No shift left that is long enough', zh: '剩余班次时间不足' },
  window: { en: 'Not on shift when the site lets people in', zh: '现场准入时间内不在班' },
  release: { en: 'Off shift when the parts have come', zh: '备件到货后不在班' },
  capacity: { en: 'No room left in the van', zh: '车辆已满载' },
  link: { en: 'Does not fit to the visits it goes with', zh: '与相关联的任务不符' },
  travel: { en: 'Cannot get there and on to the next visit in time', zh: '无法按时往返其他任务' },
  unavailable: { en: 'On leave or in training', zh: '请假或培训' },
};

const VIOLATION_TEXT: Record<Violation['kind'], LocalText> = {
  skill: { en: 'lacks the skill', zh: '不具备该技能' },
  level: { en: 'has the skill, but not at that level', zh: '技能等级不足' },
  excluded: { en: 'does not have the parts in the van', zh: '车上没有所需备件' },
  required: { en: 'agreed with another engineer', zh: '已约定其他工程师' },
  window: { en: 'the site lets nobody in at that time', zh: '该时段现场不开放' },
  release: { en: 'the parts are not there yet', zh: '备件尚未到货' },
  shift: { en: 'outside the shift', zh: '超出班次' },
  capacity: { en: 'more than the van holds', zh: '超出车辆装载量' },
  longest: { en: 'the day is too long', zh: '工作日过长' },
  setup: { en: 'no time to park and sign in', zh: '来不及停车登记' },
  travel: { en: 'the way takes longer', zh: '路程时间不够' },
  overlap: { en: 'overlaps with another visit', zh: '与其他任务重叠' },
  unavailable: { en: 'on leave or in training', zh: '请假或培训' },
  duration: { en: 'the work takes longer or shorter', zh: '工作时长不符' },
  twice: { en: 'planned twice', zh: '重复安排' },
  missing: { en: 'not planned', zh: '未安排' },
  link: { en: 'does not fit to the visit it goes with', zh: '与相关联的任务不符' },
  frozen: { en: 'a fixed visit would move', zh: '会移动已固定的任务' },
  unknown: { en: 'names something unknown', zh: '含有未知项目' },
};

export function describeViolations(problem: PlanningProblem, violations: readonly Violation[]) {
  return violations.map(({ kind, visit, engineer, by }) => {
    const order = problem.orders[visit]?.order;
    const who = problem.engineers[engineer]?.engineer;
    const small = kind === 'skill' || kind === 'level' || by <= 1;
    const say = (language: Language) => {
      const detail = small ? '' : ` (${language === 'en' ? 'by ' : ''}${duration(by * 1_000, language)})`;
      const whom = [order?.number, who && inLanguage(who.name, language)].filter(Boolean).join(', ');
      return `${whom}: ${inLanguage(VIOLATION_TEXT[kind], language)}${detail}`;
    };
    return { path: kind, message: say('en'), text: { en: say('en'), zh: say('zh-CN') } };
  });
}

export const engineerAt = (problem: PlanningProblem, index: number): EngineerId | undefined =>
  problem.engineers[index]?.engineer.id;

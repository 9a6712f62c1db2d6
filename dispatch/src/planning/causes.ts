import {
  type ChangeCause,
  type EngineerId,
  isCalendarEvent,
  type LocalText,
  type UptowerEvent,
  type WorkOrderId,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { DispatchState } from '../state.ts';

/** Why a plan is made, and whom it is about. */
export interface Cause extends ChangeCause {
  readonly workOrderId: WorkOrderId | null;
  readonly engineerId: EngineerId | null;
}

/** What somebody, or the clock, makes the planner do: about no order or engineer in particular. */
export function causeOf(trigger: string, actor: string, at: number, workOrderId: WorkOrderId | null = null): Cause {
  const text = DOINGS[trigger] ?? { en: trigger, zh: trigger };
  return { trigger, actor: actor.slice(0, 64), at, text, workOrderId, engineerId: null };
}

const DOINGS: Record<string, LocalText> = {
  'moved-by-hand': { en: 'Moved by hand', zh: '人工调整' },
  'after-hand-edit': { en: 'Improved after a change by hand', zh: '人工调整后优化' },
  'slot-promised': { en: 'The hospital chose a time', zh: '医院选定了时间' },
  pinned: { en: 'Fixed by hand', zh: '人工固定' },
  unpinned: { en: 'Let go by hand', zh: '人工取消固定' },
  optimise: { en: 'A better plan was asked for', zh: '请求优化计划' },
  'room-made': { en: 'Room was made for it', zh: '已为其腾出时间' },
  'time-passed': { en: 'Time passed', zh: '时间推移' },
  'travel-times-known': { en: 'Travel times became known', zh: '行程时间已更新' },
  started: { en: 'The service started', zh: '服务启动' },
  stale: { en: 'The plan was changed while it was computed', zh: '计算期间计划被修改' },
};

/** The event in words. `state` has it folded in already. Why somebody is away is nobody's business here. */
export function causeOfEvent(
  state: DispatchState,
  { event, actor, recordedAt }: Pick<StoredEvent<UptowerEvent>, 'event' | 'actor' | 'recordedAt'>,
  trigger: string,
): Cause {
  const workOrderId = 'workOrderId' in event ? event.workOrderId : null;
  const engineerId = engineerOf(event);
  const text = wordsOf(state, event, workOrderId, engineerId);
  return { trigger, actor: actor.slice(0, 64), at: recordedAt, text, workOrderId, engineerId };
}

function engineerOf(event: UptowerEvent): EngineerId | null {
  if (event.type === 'engineer.put') return event.engineer.id;
  return 'engineerId' in event ? event.engineerId : null;
}

function wordsOf(
  state: DispatchState,
  event: UptowerEvent,
  workOrderId: WorkOrderId | null,
  engineerId: EngineerId | null,
): LocalText {
  const number = (workOrderId && state.orders.get(workOrderId)?.order.number) ?? '';
  const name = (engineerId && state.registry.engineers.get(engineerId)?.name) ?? { en: 'An engineer', zh: '某工程师' };
  const say = (en: string, zh: string): LocalText => ({ en: en.slice(0, 200), zh: zh.slice(0, 200) });
  switch (event.type) {
    case 'work-order.opened':
      return say(`${number} was opened`, `新建工单 ${number}`);
    case 'work-order.risk-changed': {
      const p = Math.round(100 * event.probability);
      return say(`The risk of ${number} is now ${p} %`, `${number} 的风险现为 ${p}%`);
    }
    case 'work-order.report-joined':
      return say(`The hospital reported again for ${number}`, `医院就 ${number} 再次报修`);
    case 'work-order.overdue': {
      if (event.what === 'departure')
        return say(`${name.en} has not set out for ${number}`, `${name.zh} 未按时出发前往 ${number}`);
      if (event.what === 'arrival')
        return say(`${name.en} has not arrived for ${number}`, `${name.zh} 未按时到达 ${number}`);
      return say(`Work on ${number} takes longer than planned`, `${number} 的工作超出计划时间`);
    }
    case 'work-order.arrived':
      return say(`The arrival for ${number} was not at the time planned`, `${number} 的到达时间与计划不符`);
    case 'work-order.work-finished':
      if (event.outcome === 'cannot-finish') return say(`${number} could not be finished`, `${number} 未能完成`);
      return say(`Work on ${number} is done`, `${number} 的工作已完成`);
    case 'work-order.not-confirmed':
      return say(`The repair of ${number} was not confirmed`, `${number} 的维修未获确认`);
    case 'work-order.cancelled':
      if (event.by === 'dispatch') return say(`The risk behind ${number} is gone`, `${number} 所依据的风险已消失`);
      return say(`${number} was withdrawn`, `${number} 已撤销`);
    case 'work-order.slot-withdrawn':
      return say(`The time promised for ${number} was withdrawn`, `${number} 的约定时段已取消`);
    case 'work-order.part-expected':
      return say(`The arrival of a part for ${number} changed`, `${number} 的备件到货时间有变更`);
    case 'device.put':
      return say(`The record of ${event.device.name.en} changed`, `${event.device.name.zh} 的资料有变更`);
    case 'engineer.put':
      return say(`The record of ${name.en} changed`, `${name.zh} 的资料有变更`);
    case 'calendar.absence-added':
      return say(`${name.en} is away`, `${name.zh} 不在岗`);
    case 'site.put':
      return say(`Hours or place of ${event.site.name.en} changed`, `${event.site.name.zh} 的准入时间或位置有变更`);
    case 'contract.put':
      return say('A contract changed', '合同有变更');
    default:
      if (isCalendarEvent(event) && engineerId)
        return say(`The calendar of ${name.en} changed`, `${name.zh} 的日历有变更`);
      return isCalendarEvent(event)
        ? say('Holidays or duties changed', '节假日或值班有变更')
        : say(event.type, event.type);
  }
}

/** Of what happened, what a change is put down to: what was about the order itself, then about one of the engineers, then the first. */
export function causeFor(
  causes: readonly Cause[],
  workOrderId: WorkOrderId,
  engineerIds: readonly (EngineerId | undefined)[],
): ChangeCause {
  const own = causes.find((cause) => cause.workOrderId === workOrderId);
  const theirs = causes.find(({ engineerId }) => engineerId !== null && engineerIds.includes(engineerId));
  const { trigger, actor, at, text } = own ?? theirs ?? (causes[0] as Cause);
  return { trigger, actor, at, text };
}

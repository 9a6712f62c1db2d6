import type { WorkOrder, WorkOrderEvent } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useViewer } from '../api/session.ts';
import type { TimelineEntry } from '../api/types.ts';
import { useFormat, useText } from '../format/use-format.ts';
import { useCollection } from '../live/hooks.ts';

/** Who did it: an engineer's name, else the part of the product that acted. */
export function useActorName(): (actor: string) => string {
  const { t } = useTranslation();
  const text = useText();
  const viewer = useViewer();
  const engineers = useCollection('engineers').items;
  return (actor) => {
    const engineer = engineers.get(actor);
    if (engineer) return text(engineer.name);
    if (actor === viewer.accountId) return text(viewer.name);
    return t(`actor.${actor}`, { defaultValue: actor.startsWith('acc_') ? t('actor.person') : actor });
  };
}

const doer = (event: WorkOrderEvent, actor: string) => ('by' in event ? event.by : actor);

export function OrderTimeline(props: { order: WorkOrder; timeline: readonly TimelineEntry[]; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(props.zone);
  const actorName = useActorName();
  const sentence = useSentence(props.order, props.zone);
  return (
    <ol className="up-timeline">
      {props.timeline.map((entry, i) => (
        <li key={i}>
          <div>{sentence(entry.event)}</div>
          <div className="up-dim up-small up-num">
            {format.dayTime(entry.at)} · {actorName(doer(entry.event, entry.actor)) || t('actor.person')}
          </div>
        </li>
      ))}
    </ol>
  );
}

function useSentence(order: WorkOrder, zone: string): (event: WorkOrderEvent) => string {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const engineers = useCollection('engineers').items;
  return (event) => {
    switch (event.type) {
      case 'work-order.opened':
        return t(`timeline.opened.${event.facts.source}`, { priority: event.facts.priority });
      case 'work-order.risk-changed':
        return t('timeline.risk', { p: format.percent(event.probability), priority: event.priority });
      case 'work-order.report-joined':
        return t('timeline.reportJoined', { text: event.text, priority: event.priority });
      case 'work-order.slot-promised':
        return t('timeline.slotPromised', { from: format.dayTime(event.from), to: format.time(event.to) });
      case 'work-order.slot-withdrawn':
        return t('timeline.slotWithdrawn', { reason: event.reason });
      case 'work-order.part-expected':
        if (event.quantity === 0) return t('timeline.partNotAwaited', { part: event.partId });
        return event.arrivesAt === null
          ? t('timeline.partUnknown', { part: event.partId })
          : t('timeline.partExpected', { part: event.partId, time: format.dayTime(event.arrivesAt) });
      case 'work-order.scheduled':
        return t('timeline.scheduled', {
          name: text(engineers.get(event.visit.engineerId)?.name),
          time: format.dayTime(event.visit.startAt),
        });
      case 'work-order.unscheduled':
        return t('timeline.unscheduled');
      case 'work-order.overdue':
        return t(`timeline.overdue.${event.what}`, { name: text(engineers.get(event.engineerId)?.name) });
      case 'work-order.departed':
        return t('timeline.departed');
      case 'work-order.arrived':
        return t('timeline.arrived');
      case 'work-order.step-completed':
        return t('timeline.step', {
          step: text(order.steps.find((step) => step.key === event.step)?.name) || event.step,
        });
      case 'work-order.part-used':
        return t('timeline.part', { part: event.partId, quantity: event.quantity });
      case 'work-order.work-finished':
        return t(`timeline.finished.${event.outcome}`);
      case 'work-order.not-confirmed':
        return t('timeline.notConfirmed');
      case 'work-order.closed':
        return t(`timeline.closed.${event.because}`);
      case 'work-order.cancelled':
        return t('timeline.cancelled', { reason: event.reason });
    }
  };
}

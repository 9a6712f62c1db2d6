import { IconCheck } from '@tabler/icons-react';
import type { Alert, DeviceView, WorkOrder } from '@uptower/domain';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAllAlerts } from '../../shared/api/queries.ts';
import type { TimelineEntry } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { useModeName, useSiteZone } from '../../shared/ui/names.ts';
import { AlertCurve, Checklist, Distance, MetricStory } from './evidence.tsx';
import { type StepKey, type StoryStep, storySteps } from './model.ts';

/** The eight steps with time, person, one plain sentence and what can be looked at. */
export function StorySteps(props: {
  order: WorkOrder;
  device: DeviceView | undefined;
  timeline: readonly TimelineEntry[];
}) {
  const { t } = useTranslation();
  const { order, device } = props;
  const alerts = useCollection('alerts');
  const live = alerts.items.get(order.alertId ?? '');
  // A cleared alert may have left the live list; the store still knows it.
  const stored = useAllAlerts(order.state === 'closed' ? order.id : null);
  const alert = live ?? stored.data?.find((each) => each.id === order.alertId);
  const steps = storySteps(order, alert);
  const now = steps.findIndex((step) => step.state === 'now');
  const list = useLeadOn(now === -1 ? steps.length - 1 : now);
  return (
    <ol className="up-story-steps" aria-label={t('story.steps')} ref={list}>
      {steps.map((step, i) => (
        <Step key={step.key} step={step} number={i + 1} order={order} device={device} alert={alert}>
          <Evidence step={step} order={order} device={device} alert={alert} />
        </Step>
      ))}
    </ol>
  );
}

/** Whoever looks at the present step is led to the next one; who reads elsewhere on the page is left alone. */
function useLeadOn(present: number) {
  const list = useRef<HTMLOListElement>(null);
  const before = useRef(present);
  useEffect(() => {
    const left = list.current?.children[before.current]?.getBoundingClientRect();
    if (before.current === present) return;
    before.current = present;
    if (left && left.top < window.innerHeight && left.bottom > 0)
      list.current?.children[present]?.scrollIntoView({ block: 'nearest' });
  }, [present]);
  return list;
}

function Step(props: {
  step: StoryStep;
  number: number;
  order: WorkOrder;
  device: DeviceView | undefined;
  alert: Alert | undefined;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const zone = useSiteZone(props.order.siteId);
  const format = useFormat(zone);
  const now = useNow(2_000);
  const sentence = useSentence(props.order, props.device, props.alert);
  const who = useWho(props.order, props.device, props.alert);
  const { step } = props;
  const time = step.at ?? step.expectedAt;
  return (
    <li className="up-story-step" data-state={step.state} aria-current={step.state === 'now' ? 'step' : undefined}>
      <div className="up-story-time">
        {time !== null && (
          <>
            <div style={{ fontWeight: step.at === null ? 400 : 650 }}>
              {step.at === null ? t('story.about', { time: format.moment(time, now) }) : format.time(time)}
            </div>
            {step.at !== null && <div className="up-dim up-small">{format.day(time)}</div>}
          </>
        )}
      </div>
      <div className="up-story-dot" aria-hidden="true">
        {step.state === 'done' ? <IconCheck size={18} stroke={2.6} /> : props.number}
      </div>
      <div className="up-story-card">
        <h2>{t(`story.step.${step.key}`)}</h2>
        <span className="up-dim up-small">
          {' '}
          · {t(`story.state.${step.state}`)}
          {step.state !== 'ahead' && who(step) && ` · ${who(step)}`}
        </span>
        <p className={step.state === 'ahead' ? 'up-dim' : undefined}>{sentence(step)}</p>
        {props.children}
      </div>
    </li>
  );
}

/** What can be looked at; nothing is drawn for what has not come yet. */
function Evidence(props: {
  step: StoryStep;
  order: WorkOrder;
  device: DeviceView | undefined;
  alert: Alert | undefined;
}) {
  const { step, order, device, alert } = props;
  if (step.state === 'ahead' || !device) return null;
  const show: Partial<Record<StepKey, ReactNode>> = {
    degradation: alert && order.state !== 'closed' && <MetricStory order={order} device={device} alert={alert} />,
    alert: alert && <AlertCurve alert={alert} device={device} />,
    travelling: <Distance order={order} device={device} />,
    arrived: step.state === 'done' && (order.state === 'on-site' || order.stepsDone.length > 0) && (
      <Checklist order={order} />
    ),
    confirmed: alert && order.state === 'closed' && <MetricStory order={order} device={device} alert={alert} />,
  };
  return show[step.key] ?? null;
}

function useWho(order: WorkOrder, device: DeviceView | undefined, alert: Alert | undefined) {
  const { t } = useTranslation();
  const text = useText();
  const engineers = useCollection('engineers').items;
  return (step: StoryStep): string => {
    switch (step.key) {
      case 'degradation':
      case 'confirmed':
        return text(device?.name);
      case 'alert':
        return text(alert?.worst.ruleName);
      case 'order':
        return t(order.source === 'prediction' ? 'actor.dispatch' : 'actor.person');
      default:
        return text(engineers.get(step.engineerId ?? '')?.name);
    }
  };
}

function useSentence(order: WorkOrder, device: DeviceView | undefined, alert: Alert | undefined) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(useSiteZone(order.siteId));
  const modeName = useModeName();
  const visit = 'visit' in order ? order.visit : null;
  const name = text(useCollection('engineers').items.get(visit?.engineerId ?? '')?.name);
  return (step: StoryStep): string => {
    if (step.state === 'ahead') return t(`story.ahead.${step.key}`);
    switch (step.key) {
      case 'degradation':
        return alert ? text(alert.worst.evidence.text) : t('story.ahead.degradation');
      case 'alert': {
        const mode = modeName(device?.modelId, order.failureMode ?? '');
        const p50 = alert?.worst.expected.p50 ?? null;
        if (!alert) return mode;
        return t(p50 === null ? 'story.alertNoDate' : 'story.alert', {
          mode,
          p: format.percent(alert.worst.probability),
          hours: format.number(alert.worst.horizonHours),
          time: p50 === null ? '' : format.dayTime(p50),
        });
      }
      case 'order': {
        const due = order.promises.find((promise) => promise.kind === 'response')?.due;
        return t('story.order', {
          number: order.number,
          priority: order.priority,
          time: due === undefined ? '—' : format.dayTime(due),
        });
      }
      case 'assigned':
        return step.state === 'now' ? t('story.looking') : visit ? text(visit.why) : t('story.ahead.assigned');
      case 'travelling':
        return visit
          ? t(
              order.state === 'scheduled'
                ? 'story.leaves'
                : order.state === 'travelling'
                  ? 'story.underway'
                  : 'story.travelling',
              {
                name,
                distance: format.km(visit.travelMetres),
                time: format.time(order.state === 'scheduled' ? visit.departAt : visit.arriveAt),
              },
            )
          : t('story.ahead.travelling');
      case 'arrived':
        return t('story.arrived', { name, room: text(device?.room) });
      case 'repaired': {
        const counts = { name, done: order.stepsDone.length, steps: order.steps.length };
        return step.state === 'now' ? t('story.working', counts) : t('story.repaired', counts);
      }
      case 'confirmed':
        return order.state === 'closed' ? t(`timeline.closed.${order.closedBecause}`) : t('story.verifying');
    }
  };
}

import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { WorkOrder } from '@uptower/domain';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import type { FieldDay, FieldStop } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { OrderStateBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { inOrder } from './model.ts';
import { StopBody } from './stop.tsx';
import './field.css';

/** The engineer's day on a phone: one thing to do next, everything large enough for a thumb. */
export function FieldPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const orders = useCollection('orders');
  const plan = useCollection('plan').list[0];
  const mine = orders.list.filter((order) => 'visit' in order && order.visit?.engineerId === viewer.engineerId);
  const version = mine.map((order) => order.id + order.state + order.stepsDone.length + order.partsUsed.length).join();
  const day = useQuery({
    queryKey: ['field-day', version, plan?.id],
    queryFn: ({ signal }) => api.get<FieldDay>('/field/day', signal),
    placeholderData: (before) => before,
  });
  useEffect(() => {
    document.title = `${t('nav.field')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page">
      <div className="up-field">
        {day.isPending ? (
          <Loading rows={6} />
        ) : day.isError ? (
          <ProblemNote error={day.error} retry={() => void day.refetch()} />
        ) : (
          <Day day={day.data} done={mine.filter((order) => order.state === 'verifying' || order.state === 'closed')} />
        )}
      </div>
    </div>
  );
}

function Day({ day, done }: { day: FieldDay; done: readonly WorkOrder[] }) {
  const { t } = useTranslation();
  const format = useFormat(day.engineer.timeZone);
  const stops = inOrder(day.visits);
  const [openId, setOpenId] = useState<string | null>(null);
  const current = stops[0];
  // What somebody opened or works on stays open, also when something more urgent comes first; until it has left the list.
  const chosen = openId === '' || stops.some(({ order }) => order.id === openId);
  const open = chosen ? openId : (current?.order.id ?? null);
  const metres = stops
    .filter(({ order }) => order.state === 'scheduled' || order.state === 'travelling')
    .reduce((sum, { visit }) => sum + visit.travelMetres, 0);
  const last = stops.at(-1);
  return (
    <>
      <div>
        <h1 className="up-h1">{t('field.title', { count: stops.length })}</h1>
        <div className="up-dim up-small up-num">
          {last
            ? t('field.left', { distance: format.km(metres), time: format.dayTime(last.visit.endAt) })
            : t('field.nothingLeft')}
        </div>
        {stops.length + done.length > 0 && (
          <Progress
            value={(done.length / (stops.length + done.length)) * 100}
            mt={8}
            size="sm"
            aria-label={t('field.progress', { done: done.length, total: stops.length + done.length })}
          />
        )}
      </div>
      {stops.length === 0 && <Empty title={t('field.none')}>{t('field.noneText')}</Empty>}
      {stops.map((stop) => (
        <Stop
          key={stop.order.id}
          stop={stop}
          day={day}
          current={stop === current}
          open={open === stop.order.id}
          toggle={() => setOpenId(open === stop.order.id ? '' : stop.order.id)}
          keepOpen={() => setOpenId(stop.order.id)}
        />
      ))}
      <Done orders={done} zone={day.engineer.timeZone} />
    </>
  );
}

/** What became of the work: the device's own readings confirm it, or they do not. */
function Done({ orders, zone }: { orders: readonly WorkOrder[]; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const devices = useCollection('devices').items;
  if (orders.length === 0) return null;
  const ended = (order: WorkOrder) => order.entered.closed ?? order.entered.verifying ?? order.openedAt;
  return (
    <section className="up-stop" aria-label={t('field.done')}>
      <h2 className="up-stop-done">{t('field.done')}</h2>
      <ul className="up-done-list">
        {[...orders]
          .sort((a, b) => ended(b) - ended(a))
          .map((order) => (
            <li key={order.id}>
              <span className="up-num">{format.time(ended(order))}</span>
              <span style={{ minWidth: 0 }}>
                <div>
                  {text(order.title)} <span className="up-dim up-small">{order.number}</span>
                </div>
                <div className="up-dim up-small">
                  {[text(devices.get(order.deviceId)?.name), text(devices.get(order.deviceId)?.hospitalName)]
                    .filter(Boolean)
                    .join(' · ')}
                </div>
              </span>
              <OrderStateBadge state={order.state} />
            </li>
          ))}
      </ul>
    </section>
  );
}

function Stop(props: {
  stop: FieldStop;
  day: FieldDay;
  current: boolean;
  open: boolean;
  toggle: () => void;
  keepOpen: () => void;
}) {
  const text = useText();
  const { order, visit, device, site, hospital } = props.stop;
  const format = useFormat(site.timeZone);
  const now = useNow(5_000);
  return (
    <section className="up-stop" data-current={props.current} data-p={order.priority} aria-label={text(device.name)}>
      <button type="button" className="up-stop-head" aria-expanded={props.open} onClick={props.toggle}>
        <b className="up-num" style={{ fontSize: 15 }}>
          {format.time(visit.startAt)}
        </b>
        <span style={{ minWidth: 0 }}>
          <div style={{ fontWeight: 600, fontSize: 15 }}>{text(order.title)}</div>
          <div className="up-dim up-small">
            {format.day(visit.startAt) === format.day(now) ? '' : `${format.day(visit.startAt)} · `}
            {text(hospital?.name ?? site.name)} · {format.km(visit.travelMetres)}
          </div>
        </span>
        <span style={{ display: 'grid', gap: 4, justifyItems: 'end' }}>
          <PriorityBadge priority={order.priority} />
          <OrderStateBadge state={order.state} />
        </span>
      </button>
      {props.open && <StopBody stop={props.stop} day={props.day} onAct={props.keepOpen} />}
    </section>
  );
}

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { DAY, HOUR, type PortalOrder } from '@uptower/domain';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFleetUptime } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import type { Tone } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { DeviceUptimeTable } from './devices.tsx';
import { doneOrders, headline, openOrders, shownOrders } from './model.ts';
import { OrderSteps } from './order-steps.tsx';
import { RequestDialog } from './request.tsx';
import './portal.css';

const PERIOD_DAYS = 90;

/** A hospital's own devices, their availability, and what is being done: plain words, nobody else's rows. */
export function PortalPage() {
  const { t } = useTranslation();
  const text = useText();
  const viewer = useViewer();
  const [asking, setAsking] = useState(false);
  const devices = useCollection('devices');
  const live = useCollection('portal-orders');
  const stored = useQuery({
    queryKey: ['portal-orders', live.seq],
    queryFn: ({ signal }) => api.get<readonly PortalOrder[]>('/portal/orders', signal),
    placeholderData: (before) => before,
  });
  const orders = useMemo(() => {
    const all = new Map((stored.data ?? []).map((order) => [order.id as string, order]));
    for (const order of live.list) all.set(order.id, order);
    return [...all.values()];
  }, [stored.data, live.list]);
  const shown = shownOrders(orders, useNow(5_000));
  // A staff member may look at the portal too; a hospital has one name.
  const name = viewer.hospitalId ? devices.list[0]?.hospitalName : null;
  useEffect(() => {
    document.title = `${t('portal.title')} · Uptower`;
  }, [t]);

  return (
    <div className="up-portal">
      <div className="up-portal-head">
        <div>
          <h1>{[text(name), t('portal.title')].filter(Boolean).join(' · ')}</h1>
          <div className="up-dim up-small">{t('portal.period', { days: PERIOD_DAYS })}</div>
        </div>
        <Button size="md" onClick={() => setAsking(true)} disabled={devices.list.length === 0}>
          {t('portal.request')}
        </Button>
      </div>
      <Cards orders={orders} />
      <section style={{ display: 'grid', gap: 10 }} aria-label={t('portal.orders')}>
        {shown.map((order) => (
          <OrderSteps key={order.id} order={order} />
        ))}
        {(live.ready || stored.data) && shown.length === 0 && (
          <Panel title={t('portal.orders')}>
            <Empty title={t('portal.noOrders')}>{t('portal.noOrdersText')}</Empty>
          </Panel>
        )}
      </section>
      <DeviceUptimeTable days={PERIOD_DAYS} />
      <Done orders={orders} />
      <RequestDialog opened={asking} onClose={() => setAsking(false)} devices={devices.list} />
    </div>
  );
}

function Cards({ orders }: { orders: readonly PortalOrder[] }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const devices = useCollection('devices').list;
  const to = Math.ceil(now / HOUR) * HOUR;
  const uptime = useFleetUptime(to - PERIOD_DAYS * DAY, to);
  if (uptime.isError) return <ProblemNote error={uptime.error} retry={() => void uptime.refetch()} />;
  if (!uptime.data) return <Loading rows={3} />;
  const own = new Set(devices.map((device) => device.id));
  const head = headline(
    devices,
    uptime.data.filter((each) => own.has(each.deviceId)),
  );
  const down = devices.find((device) => device.availability.state === 'down');
  const restored = orders.find((order) => order.deviceId === down?.id)?.expectedRestored;
  const met = head.marginHours !== null && head.marginHours >= 0;
  return (
    <dl className="up-cards" style={{ margin: 0 }}>
      <Card
        label={t('portal.uptime')}
        value={head.uptime === null ? '—' : format.percent(head.uptime, 2)}
        note={
          head.target === null || head.marginHours === null
            ? t('portal.noData')
            : `${t('common.target', { target: format.percent(head.target, 1) })} · ${t(
                met ? 'portal.margin' : 'portal.missed',
                {
                  time: format.duration(Math.abs(head.marginHours) * HOUR),
                },
              )}`
        }
        tone={head.uptime === null ? undefined : met ? 'green' : 'red'}
      />
      <Card
        label={t('portal.down')}
        value={t('portal.count', { count: head.down })}
        note={
          down
            ? [text(down.name), restored ? t('portal.restoredAt', { time: format.moment(restored, now) }) : null]
                .filter(Boolean)
                .join(' · ')
            : t('portal.noneDown')
        }
        tone={head.down > 0 ? 'red' : undefined}
      />
      <Card
        label={t('portal.partial')}
        value={t('portal.count', { count: head.partial })}
        note={head.partial > 0 ? t('portal.partialNote') : t('portal.nonePartial')}
        tone={head.partial > 0 ? 'amber' : undefined}
      />
      <Card
        label={t('portal.openOrders')}
        value={t('portal.orderCount', { count: openOrders(orders).length })}
        note={
          nextArrival(openOrders(orders), (time) => t('portal.nextArrival', { time: format.moment(time, now) })) ??
          t('portal.noArrival')
        }
      />
    </dl>
  );
}

function nextArrival(orders: readonly PortalOrder[], say: (time: number) => string): string | null {
  const times = orders.flatMap((order) => order.expectedArrival ?? []);
  return times.length > 0 ? say(Math.min(...times)) : null;
}

function Card(props: { label: string; value: string; note: string; tone?: Tone }) {
  return (
    <div className="up-card" data-tone={props.tone}>
      <dt>{props.label}</dt>
      <dd className="up-big">{props.value}</dd>
      <dd className="up-dim up-small">{props.note}</dd>
    </div>
  );
}

const SHOWN_DONE = 6;

function Done({ orders }: { orders: readonly PortalOrder[] }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const devices = useCollection('devices').items;
  const done = doneOrders(orders, SHOWN_DONE);
  if (done.length === 0) return null;
  return (
    <Panel title={t('portal.done')} label={t('portal.done')} padded={false}>
      <table className="up-table">
        <thead>
          <tr>
            <th>{t('portal.restored')}</th>
            <th>{t('common.device')}</th>
            <th>{t('portal.what')}</th>
            <th>{t('portal.took')}</th>
          </tr>
        </thead>
        <tbody>
          {done.map((order) => {
            const closed = order.stages.find((each) => each.stage === 'closed')?.at ?? null;
            return (
              <tr key={order.id}>
                <td className="up-num">{closed === null ? '—' : format.dayTime(closed)}</td>
                <td>{text(devices.get(order.deviceId)?.name)}</td>
                <td>
                  {text(order.title)} <span className="up-dim">{order.number}</span>
                </td>
                <td className="up-num">{closed === null ? '—' : format.duration(closed - order.openedAt)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

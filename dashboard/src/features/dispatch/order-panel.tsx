import { Button, CloseButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { can, standing, type WorkOrder, type WorkOrderId } from '@uptower/domain';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useOrder } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { Badge, OrderStateBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { Dialog, DialogForm, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { OrderTimeline } from '../../shared/ui/order-timeline.tsx';
import { Parts } from './parts.tsx';
import { Places } from './places.tsx';
import { PlanChanges } from './plan-changes.tsx';
import { PromisedSlot } from './promised-slot.tsx';
import { VisitTerms } from './visit-terms.tsx';

/** One order: why this engineer, what the places of the others would cost, and what happened so far. */
export function OrderPanel({ orderId, onClose }: { orderId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const orders = useCollection('orders');
  const liveOrder = orders.items.get(orderId);
  const detail = useOrder(orderId as WorkOrderId, liveOrder);
  const order = liveOrder ?? detail.data?.order;
  const close = <CloseButton size="sm" aria-label={t('common.close')} onClick={onClose} />;
  if (!order)
    return (
      <Panel title={t('dispatch.order')} label={t('dispatch.order')} aside={close}>
        {detail.isPending ? (
          <Loading rows={5} />
        ) : (
          <Empty title={t('dispatch.orderGone')}>
            <code>{orderId}</code>
          </Empty>
        )}
      </Panel>
    );
  return (
    <Panel
      title={
        <>
          {order.number} <span className="up-dim">·</span> {t(`source.${order.source}`)}
        </>
      }
      label={t('dispatch.order')}
      padded={false}
      aside={close}
    >
      <div className="up-scroll up-side">
        <div className="up-panel-body" style={{ display: 'grid', gap: 14 }}>
          <Facts order={order} />
          {order.state === 'scheduled' || order.state === 'received' ? <PromisedSlot order={order} /> : null}
          {order.state === 'scheduled' || order.state === 'received' ? <Places order={order} /> : null}
          {order.state === 'scheduled' || order.state === 'received' ? <Parts order={order} /> : null}
          {order.state === 'scheduled' || order.state === 'received' ? <VisitTerms order={order} /> : null}
          <ChangesOf order={order} />
          <section>
            <h3>{t('dispatch.timeline')}</h3>
            {detail.data ? (
              <TimelineOf order={order} timeline={detail.data.timeline} />
            ) : detail.isError ? (
              <ProblemNote error={detail.error} retry={() => void detail.refetch()} />
            ) : (
              <Loading rows={4} />
            )}
          </section>
        </div>
      </div>
    </Panel>
  );
}

function ChangesOf({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const zone = useSiteZone(order.siteId);
  if (order.service === 'observe') return null;
  return (
    <section>
      <h3>{t('dispatch.changes.title')}</h3>
      <PlanChanges orderId={order.id} zone={zone} />
    </section>
  );
}

function TimelineOf(props: { order: WorkOrder; timeline: Parameters<typeof OrderTimeline>[0]['timeline'] }) {
  return <OrderTimeline {...props} zone={useSiteZone(props.order.siteId)} />;
}

function Facts({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const zone = useSiteZone(order.siteId);
  const format = useFormat(zone);
  const now = useNow(2_000);
  const device = useCollection('devices').items.get(order.deviceId);
  const engineers = useCollection('engineers').items;
  const visit = 'visit' in order ? order.visit : null;
  return (
    <section style={{ display: 'grid', gap: 8 }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap' }}>
        <PriorityBadge priority={order.priority} />
        <b>{text(order.title)}</b>
        <OrderStateBadge state={order.state} />
        {visit?.pinned && order.state === 'scheduled' && <Badge>{t('dispatch.pinned')}</Badge>}
      </div>
      <dl className="up-facts">
        <Fact name={t('common.device')}>
          <Link className="up-link" to={`/devices/${order.deviceId}`}>
            {text(device?.name) || order.deviceId}
          </Link>
          <div className="up-dim up-small">{text(device?.hospitalName)}</div>
        </Fact>
        {order.promises.map((promise) => {
          const stand = standing(promise, now);
          return (
            <Fact key={promise.kind} name={t(`promise.${promise.kind}`)}>
              <span className="up-num" style={{ color: stand === 'broken' ? 'var(--up-red)' : undefined }}>
                {format.dayTime(promise.due)} · {t(`promise.${stand}`)}
              </span>
            </Fact>
          );
        })}
        {order.probability !== null && (
          <Fact name={t('dispatch.risk')}>
            <span className="up-num">{format.percent(order.probability)}</span>
          </Fact>
        )}
        {visit && (
          <Fact name={t('dispatch.engineer')}>
            <b>{text(engineers.get(visit.engineerId)?.name)}</b>{' '}
            <span className="up-num">
              {format.dayTime(visit.startAt)}–{format.time(visit.endAt)}
            </span>
            <div className="up-dim up-small">
              {t('dispatch.travelOf', {
                time: format.duration(visit.travelSeconds * 1000),
                distance: format.km(visit.travelMetres),
              })}
            </div>
          </Fact>
        )}
        {order.workTime && (
          <Fact name={t('dispatch.workTime')}>
            <span className="up-num">
              {t('dispatch.workTimeOf', {
                p50: format.duration(order.workTime.p50Minutes * 60_000),
                p80: format.duration(order.workTime.p80Minutes * 60_000),
              })}
            </span>
            <div className="up-dim up-small">{t('dispatch.workTimeFrom', { count: order.workTime.repairs })}</div>
          </Fact>
        )}
        {order.note && <Fact name={t('dispatch.note')}>{order.note}</Fact>}
      </dl>
      {visit && (
        <div className="up-small" style={{ borderLeft: '3px solid var(--up-accent)', paddingLeft: 8 }}>
          <b>{t('dispatch.why')}</b> {text(visit.why)}
        </div>
      )}
      <OrderActions order={order} pinned={visit?.pinned ?? false} />
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function OrderActions({ order, pinned }: { order: WorkOrder; pinned: boolean }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const viewer = useViewer();
  const [cancelling, setCancelling] = useState(false);
  const [reason, setReason] = useState('');
  const act = useMutation({
    mutationFn: (input: { path: string; body: unknown; said: string }) => api.post<unknown>(input.path, input.body),
    onSuccess: (_answer, input) => {
      notify.done(input.said);
      setCancelling(false);
    },
    onError: notify.failed,
  });
  const open = order.state === 'received' || order.state === 'scheduled';
  return (
    <div style={{ display: 'flex', gap: 6, flexWrap: 'wrap' }}>
      {order.source === 'prediction' && (
        <Button component={Link} to={`/story?order=${order.id}`} size="compact-sm" variant="default">
          {t('story.open')}
        </Button>
      )}
      {order.alertId && (
        <Button component={Link} to={`/alerts/${order.alertId}`} size="compact-sm" variant="default">
          {t('dispatch.openAlert')}
        </Button>
      )}
      {can(viewer, 'dispatch') && order.state === 'scheduled' && pinned && (
        <Button
          size="compact-sm"
          variant="default"
          loading={act.isPending}
          onClick={() =>
            act.mutate({ path: '/plan/unpin', body: { workOrderId: order.id }, said: t('dispatch.unpinned') })
          }
        >
          {t('dispatch.unpin')}
        </Button>
      )}
      {can(viewer, 'dispatch') && open && (
        <Button size="compact-sm" variant="default" onClick={() => setCancelling(true)}>
          {t('dispatch.cancel')}
        </Button>
      )}
      <Dialog
        opened={cancelling}
        onClose={() => setCancelling(false)}
        title={t('dispatch.cancelTitle', { number: order.number })}
      >
        <DialogForm
          confirm={t('dispatch.cancel')}
          danger
          busy={act.isPending}
          disabled={!isReason(reason)}
          onSubmit={() =>
            act.mutate({ path: `/work-orders/${order.id}/cancel`, body: { reason }, said: t('dispatch.cancelled') })
          }
        >
          <ReasonInput label={t('dispatch.cancelReason')} value={reason} onChange={setReason} />
        </DialogForm>
      </Dialog>
    </div>
  );
}

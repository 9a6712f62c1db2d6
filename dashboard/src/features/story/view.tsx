import { Button } from '@mantine/core';
import { isOpen, pickStory, type WorkOrder } from '@uptower/domain';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useAllOrders, useOrder } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { followedStory, followStory } from '../../shared/followed.ts';
import { useText } from '../../shared/format/use-format.ts';
import { useCollection, useRetain } from '../../shared/live/hooks.ts';
import { AvailabilityBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Loading } from '../../shared/ui/blocks.tsx';
import { PortalStory } from './portal-story.tsx';
import { StorySteps } from './steps.tsx';
import { Waiting } from './waiting.tsx';
import './story.css';

/** One failure from the first sign to the confirmed repair, as it happens. */
export function StoryPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  useEffect(() => {
    document.title = `${t('nav.story')} · Uptower`;
  }, [t]);
  return viewer.role === 'hospital' ? <PortalStory /> : <StaffStory />;
}

function StaffStory() {
  const [params, setParams] = useSearchParams();
  useRetain(['engineers', 'orders', 'alerts', 'devices', 'plan']);
  const orders = useCollection('orders');
  const chosenId = params.get('order');
  const stored = useAllOrders(null);
  const known = useMemo(() => {
    const all = new Map((stored.data ?? []).map((order) => [order.id as string, order]));
    for (const order of orders.list) all.set(order.id, order);
    return [...all.values()];
  }, [stored.data, orders.list]);
  const picked = pickStory(known);
  const chosen = known.find((order) => order.id === chosenId);
  // Who comes back from another page finds the story they left, as long as it goes on.
  const begun = known.find((order) => order.id === followedStory() && isOpen(order));
  const story = chosen ?? begun ?? picked;
  const storyId = story?.id;

  // A story stays on screen until somebody asks for the next: its end is what one came to see.
  useEffect(() => {
    if (!storyId || !orders.ready || stored.isPending) return;
    followStory(storyId);
    if (!chosenId) setParams({ order: storyId }, { replace: true });
  }, [chosenId, storyId, orders.ready, stored.isPending, setParams]);

  if (!orders.ready || stored.isPending) return <Loading rows={8} />;
  if (!story) return <Waiting />;
  const next = !isOpen(story) && picked && isOpen(picked) && picked.id !== story.id ? picked : undefined;
  return <Told order={story} next={next} />;
}

function Told({ order, next }: { order: WorkOrder; next: WorkOrder | undefined }) {
  const { t } = useTranslation();
  const text = useText();
  const device = useCollection('devices').items.get(order.deviceId);
  const detail = useOrder(order.id, order);
  return (
    <div className="up-story">
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
        <PriorityBadge priority={order.priority} />
        <h1>
          {text(order.title)} <span className="up-dim">·</span> {text(device?.name)}
        </h1>
        {device && <AvailabilityBadge state={device.availability.state} />}
        <span style={{ flex: 1 }} />
        {next && (
          <Button component={Link} to={`/story?order=${next.id}`} size="xs">
            {t('story.next')}
          </Button>
        )}
      </div>
      <div className="up-dim">
        {text(device?.hospitalName)} · {text(device?.room)} ·{' '}
        <Link className="up-link" to={`/devices/${order.deviceId}`}>
          {t('story.device')}
        </Link>{' '}
        ·{' '}
        <Link className="up-link" to={`/dispatch/${order.id}`}>
          {order.number}
        </Link>
        {order.alertId && (
          <>
            {' '}
            ·{' '}
            <Link className="up-link" to={`/alerts/${order.alertId}`}>
              {t('story.alertLink')}
            </Link>
          </>
        )}
      </div>
      {order.state === 'cancelled' && <div role="status">{t('story.cancelled', { reason: order.reason })}</div>}
      {order.visitsMade > 0 && !['verifying', 'closed'].includes(order.state) && (
        <div role="status">{t('story.again', { count: order.visitsMade })}</div>
      )}
      <StorySteps order={order} device={device} timeline={detail.data?.timeline ?? []} />
    </div>
  );
}

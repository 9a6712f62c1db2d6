import { IconCheck } from '@tabler/icons-react';
import type { PortalOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { AvailabilityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading } from '../../shared/ui/blocks.tsx';
import { pickPortalStory } from './model.ts';

/** The hospital's version: the same order in the words and stages that are theirs to see. */
export function PortalStory() {
  const { t } = useTranslation();
  const orders = useCollection('portal-orders');
  const devices = useCollection('devices');
  const [followedId, setFollowedId] = useState<string | null>(null);
  const picked = pickPortalStory(orders.list);
  if (followedId === null && picked) setFollowedId(picked.id);
  const order = orders.items.get(followedId ?? '') ?? picked;
  if (!orders.ready) return <Loading rows={6} />;
  if (!order)
    return (
      <div className="up-story">
        <h1>{t('story.waitingTitle', { count: devices.list.length })}</h1>
        <Empty title={t('story.portalNone')}>{t('story.portalNoneText')}</Empty>
      </div>
    );
  return <Told order={order} />;
}

function Told({ order }: { order: PortalOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(2_000);
  const device = useCollection('devices').items.get(order.deviceId);
  const reached = order.stages.findIndex((each) => each.stage === order.state);
  return (
    <div className="up-story">
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
        <h1>
          {text(order.title)} · {text(device?.name)}
        </h1>
        {device && <AvailabilityBadge state={device.availability.state} />}
      </div>
      <div className="up-dim">
        {order.number} · {text(device?.room)} ·{' '}
        <Link className="up-link" to="/portal">
          {t('story.toPortal')}
        </Link>
      </div>
      <ol className="up-story-steps" aria-label={t('story.steps')}>
        {order.stages.map(({ stage, at }, i) => {
          const state = i < reached || order.state === 'closed' ? 'done' : i === reached ? 'now' : 'ahead';
          const expected =
            stage === 'on-site' ? order.expectedArrival : stage === 'closed' ? order.expectedRestored : null;
          const time = state === 'ahead' ? expected : at;
          return (
            <li
              key={stage}
              className="up-story-step"
              data-state={state}
              aria-current={state === 'now' ? 'step' : undefined}
            >
              <div className="up-story-time">
                {time !== null &&
                  (state === 'ahead' ? t('story.about', { time: format.moment(time, now) }) : format.dayTime(time))}
              </div>
              <div className="up-story-dot" aria-hidden="true">
                {state === 'done' ? <IconCheck size={18} stroke={2.6} /> : i + 1}
              </div>
              <div className="up-story-card">
                <h2>{t(`stage.${stage}`)}</h2>
                <p className={state === 'ahead' ? 'up-dim' : undefined}>
                  {t(state === 'done' ? `story.portalDone.${stage}` : `story.portal.${stage}`, {
                    name: text(order.engineerName) || t('story.anEngineer'),
                  })}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

import { IconRoute } from '@tabler/icons-react';
import { isOpen, pickStory } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { pickPortalStory } from '../features/story/model.ts';
import { useViewer } from '../shared/api/session.ts';
import { followedStory } from '../shared/followed.ts';
import { useText } from '../shared/format/use-format.ts';
import { useCollection } from '../shared/live/hooks.ts';

const HOMES = ['/alerts', '/dispatch', '/devices', '/portal'];

/** On the home pages: what is happening now, from the first sign to the confirmed repair. */
export function StoryBanner() {
  const viewer = useViewer();
  const { pathname } = useLocation();
  if (!HOMES.some((home) => pathname.startsWith(home))) return null;
  return viewer.role === 'hospital' ? <PortalBanner /> : <StaffBanner />;
}

function StaffBanner() {
  const orders = useCollection('orders');
  const begun = orders.items.get(followedStory() ?? '');
  const story = begun && isOpen(begun) ? begun : pickStory(orders.list);
  const device = useCollection('devices').items.get(story?.deviceId ?? '');
  const text = useText();
  if (!story) return null;
  return <Banner title={`${text(story.title)} · ${text(device?.name)} · ${text(device?.hospitalName)}`} />;
}

function PortalBanner() {
  const story = pickPortalStory(useCollection('portal-orders').list);
  const device = useCollection('devices').items.get(story?.deviceId ?? '');
  const text = useText();
  if (!story) return null;
  return <Banner title={`${text(story.title)} · ${text(device?.name)}`} />;
}

function Banner({ title }: { title: string }) {
  const { t } = useTranslation();
  return (
    <div className="up-story-banner">
      <IconRoute size={18} aria-hidden color="var(--up-violet)" />
      <span className="up-clip">
        <b>{t('story.banner')}</b> {title}
      </span>
      <span style={{ flex: 1 }} />
      <Link className="up-link" to="/story" style={{ whiteSpace: 'nowrap' }}>
        {t('story.open')}
      </Link>
    </div>
  );
}

import { Menu, UnstyledButton } from '@mantine/core';
import { IconActivityHeartbeat, IconChevronDown, IconLogout, IconSunMoon, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { api } from '../shared/api/client.ts';
import { useSession, useViewer } from '../shared/api/session.ts';
import { useFormat, useText } from '../shared/format/use-format.ts';
import { live } from '../shared/live/connection.ts';
import { useCollection, useLiveStatus, useNow } from '../shared/live/hooks.ts';
import { Badge } from '../shared/ui/badges.tsx';
import { chooseScheme, useScheme } from '../shared/ui/scheme.ts';
import { LanguageSwitch, ThemeSwitch } from '../shared/ui/switches.tsx';

/** Older than this, the badge says so in another colour: the server speaks at least every 25 s (socket.io's ping). */
const STALE_SECONDS = 30;

function LiveBadge() {
  const { t } = useTranslation();
  const status = useLiveStatus();
  const format = useFormat();
  const [age, setAge] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setAge((performance.now() - live.lastMessage) / 1000), 400);
    return () => clearInterval(timer);
  }, []);
  // The age moves all the time and is not read out; a change of state is.
  return (
    <span role="status">
      {status.state === 'live' ? (
        <Badge tone={age > STALE_SECONDS ? 'amber' : 'green'} title={t('live.title')}>
          {t('live.live')}
          <span aria-hidden="true" className="up-num" style={{ minWidth: 30, textAlign: 'right' }}>
            {format.number(age, 1)} s
          </span>
        </Badge>
      ) : status.state === 'reconnecting' ? (
        <Badge tone="red">
          {status.dataFrom === null
            ? t('live.reconnecting')
            : t('live.reconnectingFrom', { time: format.time(status.dataFrom) })}
          <span aria-hidden="true" className="up-num">
            {format.duration(age * 1000)}
          </span>
        </Badge>
      ) : status.state === 'refused' ? (
        <Badge tone="red">{t(`live.refused.${status.reason}`)}</Badge>
      ) : (
        <Badge tone="amber">{t('live.connecting')}</Badge>
      )}
    </span>
  );
}

function ClockText() {
  const { t } = useTranslation();
  const clock = useCollection('clock').list[0];
  const now = useNow(500);
  const format = useFormat();
  const { demo } = useSession();
  return (
    <span className="up-clock">
      <span>
        <span className="up-day">{format.day(now)} </span>
        <b>{format.time(now)}</b>
      </span>
      {demo && clock && clock.speed !== 1 && (
        <span className="up-demo" title={t('nav.demoTime', { speed: clock.speed })}>
          <span className="up-wide">{t('nav.demo')} · </span>
          {format.number(clock.speed)}×
        </span>
      )}
    </span>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const scheme = useScheme();
  const text = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = async () => {
    await api.delete('/session').catch(() => undefined);
    live.close();
    queries.clear();
    void navigate('/sign-in');
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <UnstyledButton
          style={{ display: 'flex', alignItems: 'center', gap: 4, fontSize: 13, minHeight: 30 }}
          aria-label={t('nav.account', { name: `${text(viewer.name)} · ${t(`role.${viewer.role}`)}` })}
        >
          <span className="up-user-name">
            {text(viewer.name)} <span className="up-dim">· {t(`role.${viewer.role}`)}</span>
          </span>
          <IconUser className="up-narrow" size={20} aria-hidden />
          <IconChevronDown className="up-wide" size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {text(viewer.name)} · {t(`role.${viewer.role}`)}
        </Menu.Label>
        <Menu.Item
          className="up-narrow"
          leftSection={<IconSunMoon size={16} aria-hidden />}
          onClick={() => chooseScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          {t(scheme === 'dark' ? 'nav.toLight' : 'nav.toDark')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header() {
  return (
    <header className="up-head">
      <Link to="/" className="up-brand" aria-label="Uptower">
        <IconActivityHeartbeat size={22} aria-hidden />
        <span>Uptower</span>
      </Link>
      <LiveBadge />
      <span style={{ flex: 1 }} />
      <ClockText />
      <LanguageSwitch />
      <span className="up-wide">
        <ThemeSwitch />
      </span>
      <UserMenu />
    </header>
  );
}

import {
  IconAdjustments,
  IconBell,
  IconBellCog,
  IconBuildingHospital,
  IconCalendarWeek,
  IconDatabaseImport,
  IconDeviceHeartMonitor,
  IconMap2,
  IconRoute,
  IconTargetArrow,
  IconTool,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, Outlet, useLocation } from 'react-router';
import { ApiProblem, api } from '../shared/api/client.ts';
import { SessionContext, useViewer } from '../shared/api/session.ts';
import type { Session } from '../shared/api/types.ts';
import { live } from '../shared/live/connection.ts';
import { useCollection, useLiveStatus, useRetain } from '../shared/live/hooks.ts';
import { Loading, ProblemNote } from '../shared/ui/blocks.tsx';
import { defaultScheme } from '../shared/ui/scheme.ts';
import { Header } from './header.tsx';
import { homeOf, type PageKey, pagesOf } from './navigation.ts';
import { StoryBanner } from './story-banner.tsx';

const ICONS: Record<PageKey, typeof IconBell> = {
  alerts: IconBell,
  dispatch: IconMap2,
  calendars: IconCalendarWeek,
  devices: IconDeviceHeartMonitor,
  field: IconTool,
  portal: IconBuildingHospital,
  story: IconRoute,
  rules: IconAdjustments,
  'alarm-health': IconBellCog,
  intake: IconDatabaseImport,
  record: IconTargetArrow,
};

/** The product's clock is waited for this long; then the browser's own has to do. */
const CLOCK_PATIENCE_MS = 2_500;

export function Shell() {
  const location = useLocation();
  const session = useQuery({
    queryKey: ['session'],
    queryFn: ({ signal }) => api.get<Session>('/session', signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const signedOut = session.error instanceof ApiProblem && session.error.status === 401;
  if (signedOut) return <Navigate to="/sign-in" state={{ from: location.pathname + location.search }} replace />;
  if (session.isError) return <ProblemNote error={session.error} retry={() => void session.refetch()} />;
  if (!session.data) return <Loading />;
  return (
    <SessionContext value={session.data}>
      <Frame />
    </SessionContext>
  );
}

function Frame() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const staff = viewer.role !== 'hospital';
  useRetain(staff ? ['clock', 'devices', 'alerts', 'orders'] : ['clock', 'devices', 'portal-orders']);
  useEffect(() => {
    defaultScheme(staff ? 'dark' : 'light');
    live.open();
  }, [staff]);
  return (
    <div className="up-shell">
      <a className="up-skip" href="#main">
        {t('nav.skip')}
      </a>
      <Header />
      <nav className="up-rail" aria-label={t('nav.pages')}>
        <ul>
          {pagesOf(viewer).map((page) => {
            const Icon = ICONS[page];
            return (
              <li key={page}>
                <NavLink to={`/${page}`} className="up-focus">
                  <Icon size={21} stroke={1.7} aria-hidden />
                  {t(`nav.${page}`)}
                </NavLink>
              </li>
            );
          })}
        </ul>
      </nav>
      <main className="up-main" id="main" tabIndex={-1}>
        <StoryBanner />
        <WhenClockIsKnown>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </WhenClockIsKnown>
      </main>
    </div>
  );
}

/** Ages and lateness are measured on the product's clock; a page drawn before it is known would be wrong by months. */
function WhenClockIsKnown({ children }: { children: React.ReactNode }) {
  const known = useCollection('clock').ready;
  const status = useLiveStatus();
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), CLOCK_PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!known && patient && status.state !== 'refused') return <Loading />;
  return children;
}

export function Home() {
  return <Navigate to={homeOf(useViewer().role)} replace />;
}

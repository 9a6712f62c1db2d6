import { createBrowserRouter, Navigate } from 'react-router';
import { Crashed, NotFound } from './errors.tsx';
import { Home, Shell } from './shell.tsx';

/** Every page is its own chunk: the map is loaded on /dispatch only. */
export const router = createBrowserRouter([
  {
    path: '/sign-in',
    lazy: async () => ({ Component: (await import('../features/sign-in/view.tsx')).SignInPage }),
    errorElement: <Crashed />,
    hydrateFallbackElement: <span />,
  },
  {
    path: '/',
    element: <Shell />,
    errorElement: <Crashed />,
    hydrateFallbackElement: <span />,
    children: [
      {
        errorElement: <Crashed />,
        children: [
          { index: true, element: <Home /> },
          {
            path: 'alerts/:alertId?',
            lazy: async () => ({ Component: (await import('../features/alerts/view.tsx')).AlertsPage }),
          },
          {
            path: 'devices',
            lazy: async () => ({ Component: (await import('../features/devices/list.tsx')).DevicesPage }),
          },
          {
            path: 'devices/:deviceId',
            lazy: async () => ({ Component: (await import('../features/devices/view.tsx')).DevicePage }),
          },
          {
            path: 'dispatch/:orderId?',
            lazy: async () => ({ Component: (await import('../features/dispatch/view.tsx')).DispatchPage }),
          },
          {
            path: 'calendars',
            lazy: async () => ({ Component: (await import('../features/calendars/view.tsx')).CalendarsPage }),
          },
          { path: 'field', lazy: async () => ({ Component: (await import('../features/field/view.tsx')).FieldPage }) },
          {
            path: 'portal',
            lazy: async () => ({ Component: (await import('../features/portal/view.tsx')).PortalPage }),
          },
          { path: 'story', lazy: async () => ({ Component: (await import('../features/story/view.tsx')).StoryPage }) },
          {
            path: 'alarm-health',
            lazy: async () => ({ Component: (await import('../features/alarm-health/view.tsx')).AlarmHealthPage }),
          },
          {
            path: 'rules/:modelId?',
            lazy: async () => ({ Component: (await import('../features/rules/view.tsx')).RulesPage }),
          },
          {
            path: 'intake',
            lazy: async () => ({ Component: (await import('../features/intake/view.tsx')).IntakePage }),
          },
          {
            path: 'record',
            lazy: async () => ({ Component: (await import('../features/record/view.tsx')).RecordPage }),
          },
          { path: 'overview', element: <Navigate to="/" replace /> },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
]);

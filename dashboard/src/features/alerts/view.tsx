import { useHotkeys } from '@mantine/hooks';
import { groupAlerts } from '@uptower/domain';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useCollection } from '../../shared/live/hooks.ts';
import { Empty } from '../../shared/ui/blocks.tsx';
import { AlertActions } from './actions.tsx';
import { AlertFacts } from './facts.tsx';
import { InboxList } from './inbox.tsx';
import { neighbour, TABS, type Tab, toInbox } from './model.ts';
import { DevicePane } from './pane.tsx';
import './alerts.css';

export function AlertsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { alertId } = useParams();
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((each) => each === params.get('tab')) ?? 'open';
  const alerts = useCollection('alerts');
  const devices = useCollection('devices');
  const groups = useMemo(
    () => groupAlerts(alerts.list, (deviceId) => devices.items.get(deviceId)?.siteId),
    [alerts.list, devices.items],
  );
  const inbox = useMemo(() => toInbox(alerts.list, tab, groups), [alerts.list, tab, groups]);
  const open = alerts.items.get(alertId ?? '');
  // On a wide screen the first alert is open at once; on a phone the list comes first.
  const wide = window.matchMedia('(min-width: 821px)').matches;
  const selected = open ?? (wide && !alertId ? inbox.shown[0] : undefined);
  const device = devices.items.get(selected?.deviceId ?? '');

  const go = (id: string | undefined) => void navigate(`/alerts${id ? `/${id}` : ''}?${params}`, { replace: true });
  const step = (by: 1 | -1) => {
    const next = neighbour(inbox.shown, selected?.id, by);
    if (!next) return;
    go(next.id);
    document.getElementById(`row-${next.id}`)?.focus();
  };
  useHotkeys([
    ['J', () => step(1)],
    ['K', () => step(-1)],
  ]);

  useEffect(() => {
    document.title = t('alerts.pageTitle', { count: inbox.counts.unassigned });
  }, [t, inbox.counts.unassigned]);

  return (
    <div className="up-page">
      <h1 className="up-sr">{t('nav.alerts')}</h1>
      <div className="up-alerts" data-detail={Boolean(selected && alertId)}>
        <InboxList
          ready={alerts.ready}
          inbox={inbox}
          tab={tab}
          onTab={(next: Tab) => setParams({ tab: next }, { replace: true })}
          selectedId={selected?.id}
          search={params.toString()}
        />
        {selected && device ? (
          <>
            <DevicePane
              key={selected.id}
              alert={selected}
              device={device}
              actions={<AlertActions alert={selected} />}
              back={`/alerts?${params}`}
            />
            <AlertFacts alert={selected} device={device} />
          </>
        ) : (
          <section className="up-panel" style={{ gridColumn: 'span 2' }} aria-label={t('alerts.detail')}>
            {alertId && alerts.ready ? (
              <Empty title={t('alerts.gone')}>{t('alerts.goneText')}</Empty>
            ) : (
              <Empty title={t('alerts.noneSelected')}>{t('alerts.watching', { count: devices.list.length })}</Empty>
            )}
          </section>
        )}
      </div>
    </div>
  );
}

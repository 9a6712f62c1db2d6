import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type Alert, type AlertGroup, can, type ManyAlertsDone } from '@uptower/domain';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { ShelveDialog } from './shelve-dialog.tsx';

/** Alerts that probably have one cause: the first-out on top, answered together. */
export function GroupOfAlerts(props: { group: AlertGroup; alerts: readonly Alert[]; children: ReactNode }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const viewer = useViewer();
  const text = useText();
  const firstOut = useCollection('alerts').items.get(props.group.firstOut);
  const device = useCollection('devices').items.get(firstOut?.deviceId ?? '');
  const [shelving, setShelving] = useState(false);
  const ids = (wanted: (alert: Alert) => boolean) => props.alerts.filter(wanted).map(({ id }) => id);
  const act = useMutation({
    mutationFn: (input: { path: string; body: object }) => api.post<ManyAlertsDone>(input.path, input.body),
    onSuccess: ({ done, refused }) => {
      setShelving(false);
      notify.done(t('group.done', { count: done.length }));
      if (refused.length > 0) notify.told(t('group.refused', { count: refused.length }));
    },
    onError: notify.failed,
  });
  const toAcknowledge = ids(({ state }) => state === 'raised');
  const toShelve = ids(({ state }) => state === 'raised' || state === 'acknowledged');
  const allowed = can(viewer, 'handle-alerts');
  return (
    <li className="up-alert-group">
      <div className="up-alert-group-head">
        <span>
          <b>{t('group.title', { count: props.alerts.length })}</b>
          <br />
          <span className="up-dim up-small">
            {props.group.because.map((reason) => t(`group.because.${reason}`)).join(' · ')}{' '}
            {t('group.firstOut', { device: text(device?.name) })}
          </span>
        </span>
        {allowed && toAcknowledge.length > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            loading={act.isPending && !shelving}
            onClick={() => act.mutate({ path: '/alerts/acknowledge', body: { ids: toAcknowledge } })}
          >
            {t('group.acknowledge')}
          </Button>
        )}
        {allowed && toShelve.length > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => setShelving(true)}>
            {t('group.shelve')}
          </Button>
        )}
      </div>
      <ul>{props.children}</ul>
      <ShelveDialog
        opened={shelving}
        busy={act.isPending}
        onClose={() => setShelving(false)}
        onSubmit={(body) => act.mutate({ path: '/alerts/shelve', body: { ...body, ids: toShelve } })}
      />
    </li>
  );
}

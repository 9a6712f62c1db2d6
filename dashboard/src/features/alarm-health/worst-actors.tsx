import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type AlarmPerformance, can, suppressionOf, type WorstActor } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Empty, Panel } from '../../shared/ui/blocks.tsx';
import { useModels } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { ShelveDialog } from '../alerts/shelve-dialog.tsx';
import { SuppressDialog } from '../alerts/suppress-dialog.tsx';
import { useComponentName } from './names.ts';

/** The ten alarms that make most of the load, and what can be done about each. */
export function WorstActors({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { worstActors, worstShare } = performance;
  return (
    <Panel
      title={t('health.worst')}
      padded={false}
      aside={<span className="up-dim up-small">{t('health.worstShare', { share: format.percent(worstShare) })}</span>}
    >
      {worstActors.length === 0 ? (
        <Empty title={t('health.noAlarms')}>{t('health.noAlarmsText')}</Empty>
      ) : (
        <div className="up-health-scroll">
          <table className="up-table">
            <thead>
              <tr>
                <th scope="col">{t('health.rule')}</th>
                <th scope="col">{t('common.device')}</th>
                <th scope="col" style={{ textAlign: 'right' }}>
                  {t('health.count')}
                </th>
                <th scope="col" style={{ textAlign: 'right' }}>
                  {t('health.share')}
                </th>
                <th scope="col">{t('health.todo')}</th>
              </tr>
            </thead>
            <tbody>
              {worstActors.map((actor) => (
                <Row key={`${actor.deviceId} ${actor.component} ${actor.ruleId}`} actor={actor} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Row({ actor }: { actor: WorstActor }) {
  const text = useText();
  const format = useFormat();
  const componentName = useComponentName();
  const device = useCollection('devices').items.get(actor.deviceId);
  return (
    <tr>
      <td>
        {text(actor.ruleName)}
        <div className="up-dim up-small">{componentName(actor.deviceId, actor.component)}</div>
      </td>
      <td>
        <Link className="up-link" to={`/devices/${actor.deviceId}`}>
          {text(device?.name) || actor.deviceId}
        </Link>
        <div className="up-dim up-small">{text(device?.hospitalName)}</div>
      </td>
      <td className="up-num" style={{ textAlign: 'right' }}>
        {format.number(actor.count, 0)}
      </td>
      <td className="up-num" style={{ textAlign: 'right' }}>
        {format.percent(actor.share, actor.share < 0.1 ? 1 : 0)}
      </td>
      <td>
        <Remedies actor={actor} />
      </td>
    </tr>
  );
}

function Remedies({ actor }: { actor: WorstActor }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const [dialog, setDialog] = useState<'shelve' | 'suppress' | null>(null);
  const mayHandle = can(useViewer(), 'handle-alerts');
  const device = useCollection('devices').items.get(actor.deviceId);
  const rule = useModels()
    .get(device?.modelId ?? '')
    ?.rules.find(({ id }) => id === actor.ruleId);
  const open = useCollection('alerts').list.find(
    ({ deviceId, component, state }) =>
      deviceId === actor.deviceId && component === actor.component && (state === 'raised' || state === 'acknowledged'),
  );
  const shelve = useMutation({
    mutationFn: (body: object) => api.post(`/alerts/${open?.id}/shelve`, body),
    onSuccess: () => {
      notify.done(t('alerts.shelved'));
      setDialog(null);
    },
    onError: notify.failed,
  });
  const close = () => setDialog(null);
  return (
    <div className="up-actions">
      {mayHandle && open && !suppressionOf(open) && (
        <Button size="compact-xs" variant="default" onClick={() => setDialog('shelve')}>
          {t('alerts.shelve')}
        </Button>
      )}
      {mayHandle && (
        <Button size="compact-xs" variant="default" onClick={() => setDialog('suppress')}>
          {t('suppress.action')}
        </Button>
      )}
      {rule && (
        <Button size="compact-xs" variant="default" component={Link} to={`/rules/${device?.modelId}`}>
          {t('health.openRule')}
        </Button>
      )}
      <ShelveDialog
        opened={dialog === 'shelve'}
        busy={shelve.isPending}
        onClose={close}
        onSubmit={(body) => shelve.mutate(body)}
      />
      <SuppressDialog opened={dialog === 'suppress'} of={actor} onClose={close} />
    </div>
  );
}

import type { AlarmPerformance } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Panel } from '../../shared/ui/blocks.tsx';
import { useComponentName } from './names.ts';

/** Alarms that come and go: noise that hides the others. */
export function Chattering({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  const text = useText();
  const devices = useCollection('devices').items;
  const componentName = useComponentName();
  const { chattering, fleeting } = performance;
  return (
    <Panel title={t('health.chatteringTitle')}>
      <p className="up-dim" style={{ margin: '0 0 6px' }}>
        {t('health.fleetingCount', { count: fleeting })}
      </p>
      {chattering.length === 0 ? (
        <p style={{ margin: 0 }}>{t('health.noChattering')}</p>
      ) : (
        <ul className="up-health-list">
          {chattering.slice(0, 10).map(({ deviceId, component, within, times }) => (
            <li key={`${deviceId} ${component}`}>
              <Link className="up-link" to={`/devices/${deviceId}`}>
                {text(devices.get(deviceId)?.name) || deviceId}
              </Link>{' '}
              · {componentName(deviceId, component)}
              <span className="up-dim"> · {t(`health.within.${within}`, { times })}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

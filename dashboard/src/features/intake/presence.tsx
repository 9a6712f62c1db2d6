import { PRESENCE_FACTS, type PresenceView } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '../../shared/format/use-format.ts';
import { Panel } from '../../shared/ui/blocks.tsx';

/** Who is heard, and why somebody is not. */
export function Presence({ presence }: { presence: PresenceView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = (value: number) => format.number(value, 0);
  const { facts, neverHeard, skewed, devices } = presence;
  const silent = facts['session-lost'] + facts['gateway-lost'] + facts.silent;
  return (
    <Panel
      title={t('intake.presence')}
      label={t('intake.presence')}
      aside={
        <Link className="up-link up-small" to="/devices?state=unknown">
          {t('intake.unknownDevices')}
        </Link>
      }
    >
      <dl className="up-presence">
        <div>
          <dt>{t('intake.heard')}</dt>
          <dd>{t('intake.of', { part: n(Math.max(0, devices - neverHeard - silent)), whole: n(devices) })}</dd>
        </div>
        {PRESENCE_FACTS.map((fact) => (
          <div key={fact} data-tone={facts[fact] > 0 ? 'amber' : undefined}>
            <dt>{t(`presence.fact.${fact}`)}</dt>
            <dd>{n(facts[fact])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('intake.neverHeard')}</dt>
          <dd>{n(neverHeard)}</dd>
        </div>
        <div data-tone={skewed > 0 ? 'amber' : undefined}>
          <dt>{t('intake.skewed')}</dt>
          <dd>{n(skewed)}</dd>
        </div>
      </dl>
    </Panel>
  );
}

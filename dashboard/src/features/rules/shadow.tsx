import type { RuleDraft } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Badge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useShadow } from './queries.ts';
import { ResultView } from './result.tsx';
import type { RuleWords } from './words.ts';

/** What a draft makes of live data: alerts that were never raised, orders that were never opened. */
export function Shadow({ draft, words }: { draft: RuleDraft; words: RuleWords }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const devices = useCollection('devices').items;
  const shadow = useShadow(draft.id, draft.shadowSince);
  const data = shadow.data;
  const standing = data?.result?.draft.standing ?? [];
  return (
    <Panel
      title={t('rules.shadow')}
      label={t('rules.shadow')}
      aside={
        draft.shadowSince !== null && (
          <Badge tone="blue">{t('rules.shadowSince', { time: format.dayTime(draft.shadowSince) })}</Badge>
        )
      }
    >
      {shadow.isPending ? (
        <Loading rows={3} />
      ) : shadow.isError ? (
        <ProblemNote error={shadow.error} retry={() => void shadow.refetch()} />
      ) : (
        <>
          <p className="up-dim up-small" style={{ marginTop: 0 }}>
            {data?.asOf === null || !data
              ? t('rules.shadowWaits')
              : t('rules.shadowAsOf', { time: format.dayTime(data.asOf) })}{' '}
            {data?.problem && <span role="alert">{t('rules.shadowProblem', { problem: data.problem })}</span>}
          </p>
          {standing.length > 0 && (
            <ul className="up-rules-standing" aria-label={t('rules.figure.standing')}>
              {standing.map((alert) => (
                <li key={`${alert.deviceId} ${alert.component}`}>
                  <Badge tone="blue">{t('rules.shadowMark')}</Badge>
                  <PriorityBadge priority={alert.severity} />
                  <span>
                    {text(devices.get(alert.deviceId)?.name) || alert.deviceId} · {words.component(alert.component)}
                  </span>
                  <span className="up-dim up-small">
                    {format.percent(alert.probability)} · {format.dayTime(alert.since)} ·{' '}
                    {t(alert.ordered ? 'rules.wouldOrder' : 'rules.wouldHold')}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {data?.result && data.asOf !== null && (
            <ResultView
              looked={{ result: data.result, from: data.since, to: data.asOf, leadHours: 24 }}
              words={words}
            />
          )}
        </>
      )}
    </Panel>
  );
}

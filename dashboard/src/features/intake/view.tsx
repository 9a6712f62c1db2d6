import { useQuery } from '@tanstack/react-query';
import type { IntakeView, QuarantineEntry } from '@uptower/domain';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Empty, KpiStrip, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { ratePerSecond, totalOf } from './model.ts';

/** What comes in and what was refused, with the reason: nothing is dropped in silence. */
export function IntakePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const intake = useCollection('intake').list[0];
  const refusedCount = intake ? totalOf(intake.quarantined) + totalOf(intake.refused) : 0;
  const quarantine = useQuery({
    queryKey: ['quarantine', refusedCount],
    queryFn: ({ signal }) => api.get<readonly QuarantineEntry[]>('/quarantine', signal),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });
  useEffect(() => {
    document.title = `${t('nav.intake')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page">
      <h1 className="up-h1">{t('intake.title')}</h1>
      {intake ? <Figures intake={intake} /> : <Loading rows={2} />}
      {intake && refusedCount > 0 && (
        <Panel title={t('intake.reasons')} label={t('intake.reasons')}>
          <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
            {Object.entries({ ...intake.quarantined }).map(([reason, count]) => (
              <Badge key={`q-${reason}`} tone="amber">
                {t(`intake.reason.${reason}`, { defaultValue: reason })} {format.number(count, 0)}
              </Badge>
            ))}
            {Object.entries({ ...intake.refused }).map(([reason, count]) => (
              <Badge key={`r-${reason}`} tone="red">
                {t(`intake.reason.${reason}`, { defaultValue: reason })} {format.number(count, 0)}
              </Badge>
            ))}
          </div>
        </Panel>
      )}
      <Panel title={t('intake.quarantine')} padded={false} label={t('intake.quarantine')}>
        {quarantine.isPending ? (
          <Loading rows={6} />
        ) : quarantine.isError ? (
          <ProblemNote error={quarantine.error} retry={() => void quarantine.refetch()} />
        ) : quarantine.data.length === 0 ? (
          <Empty title={t('intake.none')}>{t('intake.noneText')}</Empty>
        ) : (
          <QuarantineTable entries={quarantine.data} />
        )}
      </Panel>
    </div>
  );
}

function Figures({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  useNow(1_000);
  const rate = ratePerSecond(intake, performance.now());
  const n = (value: number) => format.number(value, 0);
  return (
    <KpiStrip
      label={t('intake.title')}
      items={[
        { label: t('intake.connections'), value: n(intake.connections) },
        {
          label: t('intake.readings'),
          value: n(intake.readings),
          note: rate === null ? ' ' : t('intake.rate', { rate: n(rate) }),
        },
        { label: t('intake.messages'), value: n(intake.messages) },
        { label: t('intake.duplicates'), value: n(intake.duplicates), note: t('intake.duplicatesNote') },
        {
          label: t('intake.quarantined'),
          value: n(totalOf(intake.quarantined)),
          tone: totalOf(intake.quarantined) > 0 ? 'amber' : undefined,
        },
        {
          label: t('intake.refused'),
          value: n(totalOf(intake.refused)),
          tone: totalOf(intake.refused) > 0 ? 'red' : undefined,
        },
        {
          label: t('intake.lag'),
          value: n(intake.lag),
          note: t('intake.position', { position: n(intake.journalPosition) }),
        },
      ]}
    />
  );
}

function QuarantineTable({ entries }: { entries: readonly QuarantineEntry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="up-scroll up-focus" tabIndex={0} aria-label={t('intake.list')}>
      <table className="up-table">
        <thead>
          <tr>
            <th>{t('common.time')}</th>
            <th>{t('intake.reasonColumn')}</th>
            <th>{t('intake.from')}</th>
            <th>{t('intake.topic')}</th>
            <th>{t('intake.excerpt')}</th>
          </tr>
        </thead>
        <tbody>
          {[...entries]
            .sort((a, b) => b.at - a.at)
            .map((entry) => (
              <tr key={entry.id}>
                <td className="up-num" style={{ whiteSpace: 'nowrap' }}>
                  {format.dayTime(entry.at)}
                </td>
                <td>
                  <b>{t(`intake.reason.${entry.reason}`, { defaultValue: entry.reason })}</b>
                  <div className="up-dim up-small">{entry.detail}</div>
                </td>
                <td>{entry.from}</td>
                <td style={{ overflowWrap: 'anywhere' }}>
                  <code className="up-small">{entry.topic}</code>
                </td>
                <td style={{ overflowWrap: 'anywhere', maxWidth: 420 }}>
                  <code className="up-small">{entry.excerpt}</code>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

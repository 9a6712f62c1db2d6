import { useQuery } from '@tanstack/react-query';
import type { IntakeView, QuarantineEntry } from '@uptower/domain';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Empty, KpiStrip, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { Alarms } from './alarms.tsx';
import { byCount, totalOf, verdictOf } from './model.ts';
import { Presence } from './presence.tsx';
import { QuarantineTable } from './quarantine.tsx';
import { Stages } from './stages.tsx';
import './intake.css';

/** How the intake does: what waits where, who is heard, and what was refused with the reason. */
export function IntakePage() {
  const { t } = useTranslation();
  const intake = useCollection('intake').list[0];
  useEffect(() => {
    document.title = `${t('nav.intake')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page">
      <div className="up-intake-head">
        <h1 className="up-h1">{t('intake.title')}</h1>
        {intake && <Verdict intake={intake} />}
      </div>
      {intake ? (
        <>
          <Alarms intake={intake} />
          <Stages intake={intake} />
          <Counts intake={intake} />
          <div className="up-intake-pair">
            <Presence presence={intake.presence} />
            <Reasons intake={intake} />
          </div>
        </>
      ) : (
        <Loading rows={8} />
      )}
      <Quarantine refused={intake ? totalOf(intake.quarantined) + totalOf(intake.refused) : 0} />
    </div>
  );
}

function Verdict({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  const verdict = verdictOf(intake);
  return (
    <p
      className="up-intake-verdict"
      role="status"
      data-tone={verdict === 'ok' ? undefined : verdict === 'behind' ? 'amber' : 'red'}
    >
      {t(`intake.verdict.${verdict}`)}
    </p>
  );
}

function Counts({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = (value: number) => format.number(value, 0);
  return (
    <KpiStrip
      label={t('intake.sinceStart')}
      items={[
        {
          label: t('intake.messages'),
          value: n(intake.messages),
          note: t('intake.position', { position: n(intake.journalPosition) }),
        },
        { label: t('intake.readings'), value: n(intake.readings), note: t('intake.sinceStart') },
        { label: t('intake.duplicates'), value: n(intake.duplicates), note: t('intake.duplicatesNote') },
        { label: t('intake.amended'), value: n(intake.amended), note: t('intake.amendedNote') },
        { label: t('intake.tooLate'), value: n(intake.tooLate), note: t('intake.tooLateNote') },
        { label: t('intake.unknownMetrics'), value: n(intake.unknownMetrics), note: t('intake.unknownNote') },
        { label: t('intake.converted'), value: n(intake.converted), note: t('intake.convertedNote') },
        {
          label: t('intake.quarantined'),
          value: n(totalOf(intake.quarantined)),
          note: t('intake.quarantinedNote'),
          tone: totalOf(intake.quarantined) > 0 ? 'amber' : undefined,
        },
        {
          label: t('intake.refused'),
          value: n(totalOf(intake.refused)),
          note: t('intake.refusedNote'),
          tone: totalOf(intake.refused) > 0 ? 'amber' : undefined,
        },
        {
          label: t('intake.dropped'),
          value: n(intake.dropped),
          note: t('intake.droppedNote'),
          tone: intake.dropped > 0 ? 'red' : undefined,
        },
      ]}
    />
  );
}

function Reasons({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const lists = [
    ['quarantined', byCount(intake.quarantined)],
    ['refused', byCount(intake.refused)],
  ] as const;
  return (
    <Panel title={t('intake.reasons')} label={t('intake.reasons')}>
      {lists.every(([, counts]) => counts.length === 0) ? (
        <span className="up-dim">{t('intake.noReasons')}</span>
      ) : (
        <dl className="up-reasons">
          {lists.flatMap(([list, counts]) =>
            counts.map(([reason, count]) => (
              <div key={`${list}-${reason}`}>
                <dt>
                  {t(`intake.reason.${reason}`, { defaultValue: reason })}{' '}
                  <span className="up-dim up-small">{t(`intake.by.${list}`)}</span>
                </dt>
                <dd>{format.number(count, 0)}</dd>
              </div>
            )),
          )}
        </dl>
      )}
    </Panel>
  );
}

function Quarantine({ refused }: { refused: number }) {
  const { t } = useTranslation();
  const quarantine = useQuery({
    queryKey: ['quarantine', refused],
    queryFn: ({ signal }) => api.get<readonly QuarantineEntry[]>('/quarantine', signal),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  });
  return (
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
  );
}

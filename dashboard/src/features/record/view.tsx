import { SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  DEFAULT_LEAD_HOURS,
  type RecordAnswer,
  type RecordGrouping,
  type Retirements,
  type Scorecard,
} from '@uptower/domain';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, query } from '../../shared/api/client.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { FigureCards, Standing } from './figures.tsx';
import { Groups } from './groups.tsx';
import { isBlank, PERIODS, type Period, since } from './model.ts';
import { GradedOrders } from './orders.tsx';
import { Reliability } from './reliability.tsx';
import { Worth } from './worth.tsx';
import './record.css';

/** Grades follow what devices do, not what anybody clicks: asked again so often, in real time. */
const EVERY_MS = 15_000;
/** As many as the server gives at once; older ones need a shorter period. */
const MOST_ROWS = 2_000;
const LEADS = [0, 24, 72, 168] as const;
const SERVICES = ['all', 'full', 'observe'] as const;

/** How good the predictions were: the engine's own record. */
export function RecordPage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useState<Period>('all');
  const [lead, setLead] = useState(DEFAULT_LEAD_HOURS);
  const [service, setService] = useState<(typeof SERVICES)[number]>('all');
  const [by, setBy] = useState<RecordGrouping>('rule');
  const from = since(period, useNow(60_000));
  useEffect(() => {
    document.title = `${t('nav.record')} · Uptower`;
  }, [t]);
  const asked = { from, lead, service };
  const scorecard = useRecord<Scorecard>('scorecard', { ...asked, by });
  const record = useRecord<RecordAnswer>('record', { ...asked, limit: MOST_ROWS });
  const retirements = useRecord<Retirements>('retirements', {});
  return (
    <div className="up-page">
      <div className="up-record-head">
        <h1 className="up-h1">{t('record.title')}</h1>
        <span style={{ flex: 1 }} />
        <SegmentedControl
          size="xs"
          aria-label={t('record.service')}
          value={service}
          onChange={(value) => setService(value as typeof service)}
          data={SERVICES.map((value) => ({ value, label: t(`record.services.${value}`) }))}
        />
        <Select
          size="xs"
          w={150}
          aria-label={t('record.leadWanted')}
          allowDeselect={false}
          value={String(lead)}
          onChange={(value) => value !== null && setLead(Number(value))}
          data={LEADS.map((hours) => ({ value: String(hours), label: t('record.atLeast', { hours }) }))}
        />
        <Select
          size="xs"
          w={150}
          aria-label={t('record.period')}
          allowDeselect={false}
          value={period}
          onChange={(value) => value !== null && setPeriod(value as Period)}
          data={PERIODS.map((value) => ({ value, label: t(`record.periods.${value}`) }))}
        />
      </div>
      {scorecard.isError ? (
        <ProblemNote error={scorecard.error} retry={() => void scorecard.refetch()} />
      ) : !scorecard.data ? (
        <Loading rows={8} />
      ) : isBlank(scorecard.data.total) ? (
        <Panel title={t('record.blank')}>
          <Nothing />
        </Panel>
      ) : (
        <>
          <FigureCards figures={scorecard.data.total} leadHours={scorecard.data.leadHours} />
          <Standing figures={scorecard.data.total} />
          <div className="up-record-pair">
            <Reliability calibration={scorecard.data.total.calibration} />
            {retirements.isError ? (
              <ProblemNote error={retirements.error} retry={() => void retirements.refetch()} />
            ) : retirements.data ? (
              <Worth retirements={retirements.data} />
            ) : (
              <Loading />
            )}
          </div>
          <Groups scorecard={scorecard.data} by={by} onBy={setBy} />
          {record.isError ? (
            <ProblemNote error={record.error} retry={() => void record.refetch()} />
          ) : record.data ? (
            <GradedOrders record={record.data} />
          ) : (
            <Loading />
          )}
        </>
      )}
    </div>
  );
}

function useRecord<T>(what: string, asked: Record<string, string | number | undefined>) {
  return useQuery({
    queryKey: ['predictions', what, asked],
    queryFn: ({ signal }) => api.get<T>(`/predictions/${what}?${query(asked)}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  });
}

/** What has to happen before there is anything to grade. */
function Nothing() {
  const { t } = useTranslation();
  const alerts = useCollection('alerts').list.filter(({ state }) => state !== 'cleared').length;
  const orders = useCollection('orders').list.length;
  return <Empty title={t('record.blankTitle')}>{t('record.blankText', { alerts, orders })}</Empty>;
}

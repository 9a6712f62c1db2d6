import { NumberInput } from '@mantine/core';
import type { AlarmPerformance } from '@uptower/domain';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useAlarmPerformance } from '../../shared/api/queries.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useNow } from '../../shared/live/hooks.ts';
import { KpiStrip, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { Budget } from './budget.tsx';
import { Chattering } from './chattering.tsx';
import { Course } from './course.tsx';
import { Figures } from './figures.tsx';
import { isPeriod, PERIODS, type Period, spanOf } from './model.ts';
import { WorstActors } from './worst-actors.tsx';
import './alarm-health.css';

/** How the alarm system itself does: its load, its floods, what is noise, and what false orders may cost. */
export function AlarmHealthPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const wanted = params.get('period');
  const period: Period = isPeriod(wanted) ? wanted : 'month';
  const [operators, setOperators] = useState(1);
  const { from, to } = spanOf(period, useNow(60_000));
  const performance = useAlarmPerformance(from, to, operators);
  useEffect(() => {
    document.title = `${t('nav.alarm-health')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page up-health">
      <div className="up-health-head">
        <h1 className="up-h1">{t('health.title')}</h1>
        <FilterTabs
          label={t('health.period')}
          value={period}
          onChange={(next) => setParams({ period: next }, { replace: true })}
          controls="health"
          tabs={(Object.keys(PERIODS) as Period[]).map((each) => ({ value: each, label: t(`health.periods.${each}`) }))}
        />
        <div className="up-health-operators">
          <span className="up-dim up-small" aria-hidden="true">
            {t('health.operators')}
          </span>
          <NumberInput
            size="xs"
            w={70}
            min={1}
            max={1000}
            allowDecimal={false}
            value={operators}
            aria-label={t('health.operators')}
            onChange={(value) => setOperators(Math.min(1000, Math.max(1, Number(value) || 1)))}
          />
        </div>
      </div>
      <div
        id="health"
        role="tabpanel"
        aria-labelledby={`health-tab-${period}`}
        className="up-health-body"
        // The figures of one period stay until those of the next are there.
        aria-busy={performance.isFetching}
      >
        {performance.isError ? (
          <ProblemNote error={performance.error} retry={() => void performance.refetch()} />
        ) : performance.data ? (
          <Answer performance={performance.data} />
        ) : (
          <Loading rows={8} />
        )}
      </div>
      <Budget />
    </div>
  );
}

function Answer({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  return (
    <>
      <Summary performance={performance} />
      <div className="up-health-pair">
        <Panel title={t('health.figures')} padded={false}>
          <Figures performance={performance} />
        </Panel>
        <div className="up-health-column">
          <Course performance={performance} />
          <Chattering performance={performance} />
        </div>
      </div>
      <WorstActors performance={performance} />
    </>
  );
}

function Summary({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { alarms, from, to, acknowledged, stale, shelved, suppressed } = performance;
  const time = (ms: number | null) => (ms === null ? '–' : format.duration(ms));
  return (
    <KpiStrip
      label={t('health.summary')}
      items={[
        {
          label: t('health.alarms'),
          value: format.number(alarms, 0),
          note: t('health.span', { from: format.dayTime(from), to: format.dayTime(to) }),
        },
        {
          label: t('health.acknowledged'),
          value: time(acknowledged.medianMs),
          note:
            acknowledged.count === 0
              ? t('health.nobody')
              : t('health.p90', { time: time(acknowledged.p90Ms), count: acknowledged.count }),
        },
        {
          label: t('health.waiting'),
          value: format.number(acknowledged.waiting, 0),
          note: t('health.waitingNote', { count: stale.unacknowledged }),
          tone: stale.unacknowledged > 0 ? 'amber' : undefined,
        },
        {
          label: t('health.shelved'),
          value: format.number(shelved.atEnd, 0),
          note: t('health.inPeriod', { count: shelved.inPeriod }),
        },
        {
          label: t('health.suppressed'),
          value: format.number(suppressed.atEnd, 0),
          note: t('health.inPeriod', { count: suppressed.inPeriod }),
        },
      ]}
    />
  );
}

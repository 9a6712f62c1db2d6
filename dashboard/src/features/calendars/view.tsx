import { Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { can, type EngineerId } from '@uptower/domain';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useViewer } from '../../shared/api/session.ts';
import { ZONE } from '../../shared/format/format.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { addDays } from '../../shared/format/zone.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { EngineerPanel } from './engineer-panel.tsx';
import { type Week, weekOf, zoneOfMost } from './model.ts';
import { useOverview } from './queries.ts';
import { Legend, WeekTable } from './week-table.tsx';
import './calendars.css';

const Roster = lazy(async () => ({ default: (await import('./roster.tsx')).Roster }));
const Coverage = lazy(async () => ({ default: (await import('./coverage.tsx')).Coverage }));

const TABS = ['week', 'roster', 'coverage'] as const;
type Tab = (typeof TABS)[number];

/** Who works when: a week of everybody for who plans, of themselves for an engineer; rotas, and where to live. */
export function CalendarsPage() {
  const { t } = useTranslation();
  const plans = can(useViewer(), 'manage-calendars');
  const [params, setParams] = useSearchParams();
  const asked = params.get('tab');
  const tab: Tab = TABS.find((each) => plans && each === asked) ?? 'week';
  useEffect(() => {
    document.title = `${t('nav.calendars')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page up-calendars">
      <div className="up-calendars-head">
        <h1 className="up-h1">{t(plans ? 'calendars.title' : 'calendars.own')}</h1>
        {plans && (
          <FilterTabs
            label={t('calendars.tabs')}
            value={tab}
            onChange={(next) => setParams(next === 'week' ? {} : { tab: next }, { replace: true })}
            controls="calendars"
            tabs={TABS.map((value) => ({ value, label: t(`calendars.tab.${value}`) }))}
          />
        )}
      </div>
      <div id="calendars" {...(plans ? { role: 'tabpanel', 'aria-labelledby': `calendars-tab-${tab}` } : {})}>
        {tab === 'week' ? (
          <Weeks />
        ) : (
          <Suspense fallback={<Loading rows={8} />}>{tab === 'roster' ? <Roster /> : <Coverage />}</Suspense>
        )}
      </div>
    </div>
  );
}

function Weeks() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const [params, setParams] = useSearchParams();
  const engineers = useCollection('engineers').list;
  const now = useNow(10_000);
  const own = engineers.find(({ id }) => id === viewer.engineerId);
  const zone =
    own?.timeZone ??
    zoneOfMost(
      engineers.map(({ timeZone }) => timeZone),
      ZONE,
    );
  const week = weekOf(params.get('week'), now, zone);
  const overview = useOverview(week.period);
  const chosen = can(viewer, 'manage-calendars') ? params.get('engineer') : viewer.engineerId;
  const set = (key: 'week' | 'engineer', value: string | null) =>
    setParams(
      (before) => {
        if (value === null) before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace: true },
    );
  const row = overview.data?.rows.find(({ engineerId }) => engineerId === chosen);
  return (
    <>
      <div className="up-calendars-head">
        <WeekSwitch week={week} zone={zone} onWeek={(monday) => set('week', monday)} />
        <span className="up-dim up-small">{t('calendars.zone', { zone })}</span>
      </div>
      <div className="up-calendars-body" data-chosen={row !== undefined}>
        <Panel title={t('calendars.week')} label={t('calendars.week')} padded={false} aside={<Legend />}>
          {overview.isError ? (
            <ProblemNote error={overview.error} retry={() => void overview.refetch()} />
          ) : !overview.data ? (
            <Loading rows={8} />
          ) : overview.data.rows.length === 0 ? (
            <Empty title={t('calendars.nobody')}>{t('calendars.nobodyText')}</Empty>
          ) : (
            <WeekTable
              rows={overview.data.rows}
              week={week}
              zone={zone}
              now={now}
              chosen={chosen}
              onChoose={(id) => set('engineer', id === chosen ? null : id)}
            />
          )}
        </Panel>
        {row && (
          <EngineerPanel
            key={row.engineerId}
            row={row}
            period={week.period}
            now={now}
            {...(can(viewer, 'manage-calendars') ? { onClose: () => set('engineer', null) } : {})}
            shifts={engineers.find(({ id }) => id === row.engineerId)?.shifts ?? []}
          />
        )}
      </div>
    </>
  );
}

export type ChooseEngineer = (id: EngineerId) => void;

function WeekSwitch({ week, zone, onWeek }: { week: Week; zone: string; onWeek: (monday: string | null) => void }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const last = week.days[6]?.from ?? week.period.from;
  return (
    <fieldset className="up-calendars-switch">
      <legend className="up-sr">{t('calendars.whichWeek')}</legend>
      <Button
        size="xs"
        variant="default"
        aria-label={t('calendars.before')}
        onClick={() => onWeek(addDays(week.monday, -7))}
      >
        <IconChevronLeft size={16} aria-hidden />
      </Button>
      <Button size="xs" variant="default" onClick={() => onWeek(null)}>
        {t('calendars.today')}
      </Button>
      <Button
        size="xs"
        variant="default"
        aria-label={t('calendars.after')}
        onClick={() => onWeek(addDays(week.monday, 7))}
      >
        <IconChevronRight size={16} aria-hidden />
      </Button>
      <b className="up-num" aria-live="polite">
        {format.date(week.period.from)} – {format.date(last)} {week.monday.slice(0, 4)}
      </b>
    </fieldset>
  );
}

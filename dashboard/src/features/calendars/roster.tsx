import type { DemandForecast } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { Proposals } from './proposals.tsx';
import { useDemand } from './queries.ts';
import { heatBySkill, heatByWeekday } from './roster-model.ts';
import './roster.css';

/** What is expected, and rotas proposed for it. */
export function Roster() {
  const [weeks, setWeeks] = useState(2);
  const demand = useDemand(weeks);
  return (
    <div className="up-roster">
      {demand.isError ? (
        <ProblemNote error={demand.error} retry={() => void demand.refetch()} />
      ) : demand.data ? (
        <>
          <Demand forecast={demand.data} />
          <Proposals from={demand.data.from} weeks={weeks} onWeeks={setWeeks} />
        </>
      ) : (
        <Loading rows={10} />
      )}
    </div>
  );
}

function Demand({ forecast }: { forecast: DemandForecast }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat('UTC');
  const [by, setBy] = useState<'skill' | 'weekday'>('skill');
  const heat = by === 'skill' ? heatBySkill(forecast) : heatByWeekday(forecast);
  const { history } = forecast;
  const column = (key: string) =>
    by === 'skill' ? t(`skill.${key}`, { defaultValue: key }) : format.weekday((Number(key) + 3) * 86_400_000);
  const region = (cell: string) => forecast.regions.find((each) => each.region === cell);
  return (
    <Panel
      title={t('roster.demand')}
      label={t('roster.demand')}
      padded={false}
      aside={
        <FilterTabs
          label={t('roster.by')}
          value={by}
          onChange={setBy}
          controls="demand"
          tabs={(['skill', 'weekday'] as const).map((value) => ({ value, label: t(`roster.bys.${value}`) }))}
        />
      }
    >
      <p className="up-roster-note up-small" data-little={history.little}>
        {t(history.little ? 'roster.little' : 'roster.history', {
          count: history.visits,
          weeks: format.number(history.weeks),
          from: history.from,
        })}{' '}
        {t(by === 'skill' ? 'roster.perWeeks' : 'roster.perDay', { count: forecast.weeks })}
      </p>
      {heat.most === 0 ? (
        <Empty title={t('roster.noDemand')}>{t('roster.noDemandText')}</Empty>
      ) : (
        <section
          id="demand"
          role="tabpanel"
          aria-labelledby={`demand-tab-${by}`}
          className="up-scroll up-focus up-heat-scroll"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
        >
          <table className="up-heat up-num">
            <thead>
              <tr>
                <th scope="col">{t('roster.region')}</th>
                {heat.columns.map((key) => (
                  <th key={key} scope="col">
                    {column(key)}
                  </th>
                ))}
                <th scope="col">{t('roster.total')}</th>
              </tr>
            </thead>
            <tbody>
              {heat.rows.map((row) => (
                <tr key={row.region}>
                  <th scope="row">
                    {text(region(row.region)?.name)}
                    {(region(row.region)?.sites ?? 1) > 1 && (
                      <span className="up-dim"> +{(region(row.region)?.sites ?? 1) - 1}</span>
                    )}
                  </th>
                  {row.cells.map(({ visits, hours, ownShare }, k) => (
                    <td
                      key={heat.columns[k]}
                      style={{ '--heat': `${Math.round((visits.mean / heat.most) * 38)}%` } as React.CSSProperties}
                      title={t('roster.cell', {
                        mean: format.number(visits.mean, 2),
                        p80: format.number(visits.p80),
                        hours: format.number(hours, 1),
                        own: format.percent(ownShare),
                      })}
                    >
                      {visits.mean < 0.005 ? '' : format.number(visits.mean, visits.mean < 1 ? 2 : 1)}
                    </td>
                  ))}
                  <td className="up-heat-total">{format.number(row.total, 1)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}

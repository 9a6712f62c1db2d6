import { MultiSelect, Select } from '@mantine/core';
import type { CoverageView, NextEngineerView } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useLanguage, useText } from '../../shared/format/use-format.ts';
import { Empty, KpiStrip, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { CoverageMap } from './coverage-drawing.tsx';
import { useCoverage, useDemand, useNextEngineer } from './queries.ts';
import './coverage.css';

const MINUTES = ['30', '45', '60', '90', '120'];

/** How much of what is expected is reached in time, and where one more engineer would help. */
export function Coverage() {
  const { t } = useTranslation();
  const [minutes, setMinutes] = useState(90);
  const [skills, setSkills] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const coverage = useCoverage(minutes, skills);
  const next = useNextEngineer(minutes, skills);
  const known = [...new Set((useDemand(2).data?.rows ?? []).map(({ skill }) => skill))].sort();
  return (
    <div className="up-coverage">
      <div className="up-coverage-ask">
        <Select
          size="xs"
          label={t('coverage.within')}
          data={MINUTES.map((value) => ({ value, label: t('coverage.minutes', { count: Number(value) }) }))}
          value={String(minutes)}
          allowDeselect={false}
          onChange={(value) => setMinutes(Number(value))}
        />
        <MultiSelect
          size="xs"
          label={t('coverage.skills')}
          placeholder={skills.length === 0 ? t('coverage.allSkills') : ''}
          data={known.map((value) => ({ value, label: t(`skill.${value}`, { defaultValue: value }) }))}
          value={[...skills]}
          clearable
          onChange={setSkills}
        />
      </div>
      {coverage.isError ? (
        <ProblemNote error={coverage.error} retry={() => void coverage.refetch()} />
      ) : !coverage.data ? (
        <Loading rows={8} />
      ) : coverage.data.sites.length === 0 ? (
        <Empty title={t('coverage.nothing')}>{t('coverage.nothingText')}</Empty>
      ) : (
        <>
          <Figures coverage={coverage.data} />
          <div className="up-coverage-pair">
            <Panel title={t('coverage.map')} label={t('coverage.map')} padded={false}>
              <CoverageMap coverage={coverage.data} next={next.data} chosen={chosen} />
            </Panel>
            <Panel title={t('coverage.next')} label={t('coverage.next')}>
              {next.isError ? (
                <ProblemNote error={next.error} retry={() => void next.refetch()} />
              ) : next.data ? (
                <Next next={next.data} chosen={chosen} onChoose={setChosen} />
              ) : (
                <Loading rows={5} />
              )}
            </Panel>
          </div>
          <Sites coverage={coverage.data} />
        </>
      )}
    </div>
  );
}

function Figures({ coverage }: { coverage: CoverageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <KpiStrip
        label={t('coverage.figures')}
        items={[
          {
            label: t('coverage.covered'),
            value: format.percent(coverage.covered),
            note: t('coverage.ofVisits', { count: format.number(coverage.visitsPerWeek) }),
          },
          {
            label: t('coverage.mean'),
            value: format.duration(coverage.meanMinutes * 60_000),
            note: t('coverage.meanNote'),
          },
          ...coverage.skills.slice(0, 5).map((skill) => ({
            label: t(`skill.${skill.skill}`, { defaultValue: skill.skill }),
            value: format.percent(skill.covered),
            note: t('coverage.engineers', { count: skill.engineers }),
            tone: skill.covered < 0.8 ? ('amber' as const) : undefined,
          })),
        ]}
      />
      {coverage.little && <p className="up-dim up-small up-coverage-note">{t('coverage.little')}</p>}
    </>
  );
}

function Next(props: { next: NextEngineerView; chosen: string | null; onChoose: (cell: string | null) => void }) {
  const { t } = useTranslation();
  const text = useText();
  const language = useLanguage();
  const format = useFormat();
  const { next, chosen, onChoose } = props;
  if (next.best.length === 0)
    return <Empty title={t('coverage.noGain')}>{t('coverage.noGainText', { count: next.candidates })}</Empty>;
  return (
    <>
      <ol className="up-coverage-best">
        {next.best.map((home, k) => (
          <li key={home.cell}>
            <button
              type="button"
              className="up-focus"
              aria-pressed={chosen === home.cell}
              onClick={() => onChoose(chosen === home.cell ? null : home.cell)}
            >
              <span className="up-coverage-rank up-num">{k + 1}</span>
              <span>
                <b>{text(home.near)}</b>{' '}
                <span className="up-num">
                  +{format.percent(home.gain, 1)} · −{format.number(home.minutesSaved)} {t('coverage.min')}
                </span>
                <br />
                <span className="up-dim up-small">{home.text[language === 'en' ? 'en' : 'zh']}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <p className="up-dim up-small">{t('coverage.how', { count: next.candidates })}</p>
    </>
  );
}

function Sites({ coverage }: { coverage: CoverageView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  return (
    <Panel title={t('coverage.sites')} label={t('coverage.sites')} padded={false}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="up-scroll up-focus up-coverage-sites" tabIndex={0} aria-label={t('coverage.sites')}>
        <table className="up-table up-num">
          <thead>
            <tr>
              <th scope="col">{t('coverage.site')}</th>
              <th scope="col">{t('coverage.perWeek')}</th>
              <th scope="col">{t('coverage.covered')}</th>
              <th scope="col">{t('coverage.mean')}</th>
            </tr>
          </thead>
          <tbody>
            {coverage.sites.map((site) => (
              <tr key={site.siteId}>
                <td>{text(site.name)}</td>
                <td>{format.number(site.visitsPerWeek, 2)}</td>
                <td>{format.percent(site.covered)}</td>
                <td>{format.duration(site.meanMinutes * 60_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

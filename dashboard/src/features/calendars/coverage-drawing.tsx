import type { CoverageView, NextEngineerView } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { cornersOf, landPath, projectionOf } from './coverage-map.ts';
import { useBaseMap } from './queries.ts';

/** Sites by how much of their visits is reached, homes, and cells in which one more would help. A picture: the lists say the same. */
export function CoverageMap(props: {
  coverage: CoverageView;
  next: NextEngineerView | undefined;
  chosen: string | null;
}) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const base = useBaseMap().data;
  const { coverage, next, chosen } = props;
  const projection = useMemo(
    () => projectionOf([...coverage.sites.map(({ place }) => place), ...coverage.engineers.map(({ home }) => home)]),
    [coverage.sites, coverage.engineers],
  );
  const land = useMemo(() => (base ? landPath(projection, base) : ''), [base, projection]);
  const most = Math.max(...(next?.heat ?? []).map(({ gain, minutesSaved }) => gain || minutesSaved / 1_000), 1e-9);
  const busiest = Math.max(...coverage.sites.map(({ visitsPerWeek }) => visitsPerWeek), 1e-9);
  return (
    <figure className="up-coverage-figure">
      <svg viewBox={`0 0 ${projection.width} ${projection.height}`} role="img" aria-label={t('coverage.mapLabel')}>
        <path d={land} className="up-coverage-land" />
        {next?.heat.map(({ cell, boundary, gain, minutesSaved }) => (
          <polygon
            key={cell}
            points={cornersOf(projection, boundary)}
            className="up-coverage-heat"
            style={{ opacity: 0.12 + 0.5 * ((gain || minutesSaved / 1_000) / most) }}
          />
        ))}
        {coverage.sites.map((site) => {
          const r = 7 + 13 * Math.sqrt(site.visitsPerWeek / busiest);
          const [x, y] = [projection.x(site.place), projection.y(site.place)];
          return (
            <g key={site.siteId} className="up-coverage-site">
              <title>
                {t('coverage.siteTitle', {
                  name: text(site.name),
                  covered: format.percent(site.covered),
                  time: format.duration(site.meanMinutes * 60_000),
                })}
              </title>
              <circle cx={x} cy={y} r={r} />
              {/* As much of it is filled as is reached: shape says it, not only colour. */}
              <circle
                cx={x}
                cy={y}
                r={r / 2}
                pathLength={100}
                style={{ strokeWidth: r }}
                strokeDasharray={`${site.covered * 100} 100`}
                transform={`rotate(-90 ${x} ${y})`}
                className="up-coverage-share"
              />
            </g>
          );
        })}
        {coverage.engineers.map(({ engineerId, name, home }) => {
          const [x, y] = [projection.x(home), projection.y(home)];
          return (
            <path key={engineerId} d={`M${x},${y - 9}l8,14h-16Z`} className="up-coverage-home">
              <title>{text(name)}</title>
            </path>
          );
        })}
        {next?.best.map(({ cell, place, near }, k) => (
          <g key={cell} className="up-coverage-pin" data-chosen={chosen === cell}>
            <title>{text(near)}</title>
            <circle cx={projection.x(place)} cy={projection.y(place)} r={chosen === cell ? 22 : 16} />
            <text x={projection.x(place)} y={projection.y(place) + 6} textAnchor="middle">
              {k + 1}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="up-legend">
        <span>
          <i data-kind="reached" aria-hidden="true" />
          {t('coverage.legend.reached')}
        </span>
        <span>
          <i data-kind="missed" aria-hidden="true" />
          {t('coverage.legend.missed')}
        </span>
        <span>
          <b aria-hidden="true">▲</b> {t('coverage.legend.home')}
        </span>
        <span>
          <i data-kind="heat" aria-hidden="true" />
          {t('coverage.legend.heat')}
        </span>
      </figcaption>
    </figure>
  );
}

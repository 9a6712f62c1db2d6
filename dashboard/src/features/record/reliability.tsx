import type { Calibration } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { Panel } from '../../shared/ui/blocks.tsx';

const SIZE = 260;
const LEFT = 40;
const BOTTOM = 34;
const TOP = 8;
const RIGHT = 18;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Reliability diagram: what was claimed against how many failed, with intervals; on the diagonal every word is true. */
export function Reliability({ calibration }: { calibration: Calibration }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bins, brier, orders } = calibration;
  return (
    <Panel
      title={t('record.calibration')}
      label={t('record.calibration')}
      aside={
        brier !== null && <span className="up-small up-num">{t('record.brier', { n: format.number(brier, 3) })}</span>
      }
    >
      {bins.length === 0 ? (
        <p className="up-dim" style={{ margin: 0 }}>
          {t('record.calibrationNone')}
        </p>
      ) : (
        <>
          <Diagram calibration={calibration} />
          <p className="up-dim up-small" style={{ margin: '6px 0 0' }}>
            {t('record.calibrationText', { count: orders })}
          </p>
          <table className="up-sr">
            <caption>{t('record.calibration')}</caption>
            <thead>
              <tr>
                <th>{t('record.claimed')}</th>
                <th>{t('record.failed')}</th>
                <th>{t('record.orders')}</th>
              </tr>
            </thead>
            <tbody>
              {bins.map((bin) => (
                <tr key={bin.from}>
                  <td>{format.percent(bin.meanClaim)}</td>
                  <td>{format.percent(bin.observed.value)}</td>
                  <td>{bin.orders}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}

function Diagram({ calibration: { bins } }: { calibration: Calibration }) {
  const { t } = useTranslation();
  const format = useFormat();
  const x = (p: number) => LEFT + p * (SIZE - LEFT - RIGHT);
  const y = (p: number) => TOP + (1 - p) * (SIZE - TOP - BOTTOM);
  const most = Math.max(...bins.map((bin) => bin.orders));
  return (
    <svg className="up-reliability" viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
      {TICKS.map((p) => (
        <g key={p} fontSize={10} fill="var(--up-dim)">
          <line x1={x(0)} x2={x(1)} y1={y(p)} y2={y(p)} stroke="var(--up-line)" />
          <text x={LEFT - 5} y={y(p) + 3.5} textAnchor="end">
            {format.percent(p)}
          </text>
          <text x={x(p)} y={SIZE - BOTTOM + 14} textAnchor="middle">
            {format.percent(p)}
          </text>
        </g>
      ))}
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke="var(--up-dim)" strokeDasharray="4 4" />
      <text x={x(0.5)} y={SIZE - 4} textAnchor="middle" fontSize={11} fill="var(--up-dim)">
        {t('record.claimed')}
      </text>
      <text transform={`translate(10 ${y(0.5)}) rotate(-90)`} textAnchor="middle" fontSize={11} fill="var(--up-dim)">
        {t('record.failed')}
      </text>
      {bins.map((bin) => (
        <g key={bin.from}>
          <title>
            {t('record.bin', {
              claim: format.percent(bin.meanClaim),
              failed: bin.failed,
              count: bin.orders,
              low: format.percent(bin.observed.low),
              high: format.percent(bin.observed.high),
            })}
          </title>
          <line
            x1={x(bin.meanClaim)}
            x2={x(bin.meanClaim)}
            y1={y(bin.observed.low)}
            y2={y(bin.observed.high)}
            stroke="var(--up-accent)"
            strokeWidth={2}
          />
          <circle
            cx={x(bin.meanClaim)}
            cy={y(bin.observed.value)}
            r={3.5 + 4 * Math.sqrt(bin.orders / most)}
            fill="var(--up-accent)"
            stroke="var(--up-panel)"
          />
        </g>
      ))}
    </svg>
  );
}

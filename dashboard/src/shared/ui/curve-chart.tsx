import type { CurvePoint } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

const W = 300;
const H = 96;
const LEFT = 34;
const BOTTOM = 18;

/** Once it is as good as certain, the rest of the curve says nothing. */
const CERTAIN = 0.985;

function untilCertain(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const at = curve.findIndex((point) => point.p >= CERTAIN);
  return at < 0 ? curve : curve.slice(0, Math.max(3, at + 2));
}

/** P(fail by t): how likely it has failed by then, if nothing is done. */
export function CurveChart({ curve: whole, now, zone }: { curve: readonly CurvePoint[]; now: number; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const curve = untilCertain(whole);
  const first = curve[0];
  const last = curve.at(-1);
  if (!first || !last || last.at <= first.at) return null;
  const x = (at: number) => LEFT + ((at - first.at) / (last.at - first.at)) * (W - LEFT - 6);
  const y = (p: number) => 6 + (1 - p) * (H - BOTTOM - 6);
  const line = curve.map((point) => `${x(point.at).toFixed(1)},${y(point.p).toFixed(1)}`).join(' ');
  const within = now > first.at && now < last.at;
  return (
    <svg
      viewBox={`0 0 ${W} ${H}`}
      style={{ width: '100%', maxWidth: 330, display: 'block' }}
      role="img"
      aria-label={t('chart.curve', { p: format.percent(last.p), at: format.dayTime(last.at) })}
    >
      {[0, 0.5, 1].map((p) => (
        <g key={p}>
          <line x1={LEFT} x2={W - 6} y1={y(p)} y2={y(p)} stroke="var(--up-line)" />
          <text x={LEFT - 5} y={y(p) + 3.5} textAnchor="end" fontSize={10} fill="var(--up-dim)">
            {format.percent(p)}
          </text>
        </g>
      ))}
      <polygon
        points={`${x(first.at)},${y(0)} ${line} ${x(last.at)},${y(0)}`}
        fill="var(--up-amber)"
        fillOpacity={0.16}
      />
      <polyline points={line} fill="none" stroke="var(--up-amber)" strokeWidth={1.8} />
      {within && <line x1={x(now)} x2={x(now)} y1={4} y2={y(0)} stroke="var(--up-accent)" strokeWidth={1.2} />}
      <text x={LEFT} y={H - 4} fontSize={10} fill="var(--up-dim)">
        {format.dayTime(first.at)}
      </text>
      <text x={W - 6} y={H - 4} textAnchor="end" fontSize={10} fill="var(--up-dim)">
        {format.dayTime(last.at)}
      </text>
    </svg>
  );
}

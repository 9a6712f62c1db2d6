import type { Estimate, QuantileEstimate } from '@uptower/domain';
import { useTranslation } from 'react-i18next';

const W = 120;
const H = 12;

/** A figure with its 95 % interval drawn: the thin line is the scale, the bar the interval, the tick the figure. */
export function IntervalBar({ estimate, max }: { estimate: QuantileEstimate; max: number }) {
  const x = (value: number) => 2 + (Math.min(value, max) / max) * (W - 4);
  const [low, high] = [x(estimate.low ?? estimate.value), x(estimate.high ?? estimate.value)];
  return (
    <svg className="up-interval" viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" aria-hidden="true">
      <line x1={2} x2={W - 2} y1={H / 2} y2={H / 2} stroke="var(--up-line)" />
      <rect
        x={low}
        width={Math.max(1.5, high - low)}
        y={H / 2 - 3}
        height={6}
        rx={1}
        fill="var(--up-accent)"
        opacity={0.4}
      />
      <rect x={x(estimate.value) - 1} width={2} y={0} height={H} fill="var(--up-text)" />
    </svg>
  );
}

/** `72 % (61–81 %)`, or that there is nothing to say. */
export function EstimateText(props: { estimate: Estimate | null; show: (value: number) => string }) {
  const { t } = useTranslation();
  const { estimate, show } = props;
  if (!estimate) return <span className="up-dim">{t('record.nothing')}</span>;
  return (
    <span className="up-num" style={{ whiteSpace: 'nowrap' }}>
      <b>{show(estimate.value)}</b>{' '}
      <span className="up-dim up-small">
        {t('record.interval', { low: show(estimate.low), high: show(estimate.high) })}
      </span>
    </span>
  );
}

import type { Availability, UptimeInterval } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { type Bucket, toBuckets } from './buckets.ts';

/** How tall a bar stands says how much service there was, so that colour is never alone. */
const HEIGHT: Record<Availability, number> = { up: 1, partial: 0.6, down: 0.35, planned: 0.8, unknown: 0.18 };
const SLOTS = { hours: 72, days: 90 };
/** Fewer bars than this would be as wide as buttons. */
const LEAST = { hours: 36, days: 45 };

export function AvailabilityStrip(props: {
  intervals: readonly UptimeInterval[];
  now: number;
  label: string;
  height?: number;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const height = props.height ?? 24;
  const minute = Math.floor(props.now / 60_000);
  const buckets = useMemo(() => toBuckets(props.intervals, minute * 60_000), [props.intervals, minute]);
  const hours = buckets.length > 0 && (buckets[0]?.to ?? 0) - (buckets[0]?.from ?? 0) <= 3_600_000;
  const shown = buckets.slice(-(hours ? SLOTS.hours : SLOTS.days));
  const slots = Math.max(shown.length, hours ? LEAST.hours : LEAST.days);
  const troubled = shown.filter((bucket) => bucket.state === 'down' || bucket.state === 'partial').length;
  const summary = t(hours ? 'strip.hours' : 'strip.days', { label: props.label, count: shown.length, troubled });
  const tip = (bucket: Bucket) => {
    const when = hours ? `${format.dayTime(bucket.from)}–${format.time(bucket.to)}` : format.day(bucket.from);
    const parts = (Object.keys(HEIGHT) as Availability[])
      .filter((state) => bucket.ms[state] >= 60_000)
      .map((state) => `${t(`availability.${state}`)} ${format.duration(bucket.ms[state])}`);
    return `${when}: ${parts.join(', ')}`;
  };
  return (
    <svg
      className="up-strip"
      viewBox={`0 0 ${slots * 8} ${height}`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={summary}
    >
      {Array.from({ length: slots - shown.length }, (_, i) => (
        <rect key={`e${i}`} x={i * 8 + 1} y={height - 2} width={6} height={2} fill="var(--up-line)" />
      ))}
      {shown.map((bucket, i) => {
        const state = bucket.state ?? 'unknown';
        const tall = Math.max(2, HEIGHT[state] * height);
        const x = (slots - shown.length + i) * 8 + 1;
        return (
          <g key={bucket.from}>
            <title>{tip(bucket)}</title>
            {state === 'down' && <rect x={x - 1} y={0} width={8} height={height} fill="var(--up-tint-red)" />}
            <rect x={x} y={height - tall} width={6} height={tall} fill={`var(--up-state-${state})`} />
          </g>
        );
      })}
    </svg>
  );
}

export function StripLegend() {
  const { t } = useTranslation();
  return (
    <div className="up-legend">
      {(Object.keys(HEIGHT) as Availability[]).map((state) => (
        <span key={state}>
          <svg width={8} height={14} aria-hidden="true">
            {state === 'down' && <rect width={8} height={14} fill="var(--up-tint-red)" />}
            <rect
              x={1}
              y={14 - HEIGHT[state] * 14}
              width={6}
              height={HEIGHT[state] * 14}
              fill={`var(--up-state-${state})`}
            />
          </svg>
          {t(`availability.${state}`)}
        </span>
      ))}
    </div>
  );
}

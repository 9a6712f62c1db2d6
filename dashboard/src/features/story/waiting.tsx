import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';

const KEEP = 60;

/** Before the first sign: the fleet is being watched, and readings do come in. */
export function Waiting() {
  const { t } = useTranslation();
  const format = useFormat();
  const devices = useCollection('devices');
  const intake = useCollection('intake').list[0];
  const rates = useRates(intake?.readings ?? null);
  const most = Math.max(1, ...rates);
  const line = rates.map((rate, i) => `${(i / (KEEP - 1)) * 600},${64 - (rate / most) * 56}`).join(' ');
  const alerts = useCollection('alerts').list.filter((alert) => alert.state !== 'cleared').length;
  return (
    <div className="up-story">
      <h1>{t('story.waitingTitle', { count: devices.list.length })}</h1>
      <p style={{ margin: 0 }} role="status">
        {alerts > 0 ? t('story.waitingAlerts', { count: alerts }) : t('story.waitingText')}
      </p>
      <div className="up-story-card">
        <div className="up-small up-dim">
          {intake ? t('story.pulse', { readings: format.number(intake.readings, 0) }) : t('common.loading')}
        </div>
        <svg className="up-pulse-line" viewBox="0 0 600 70" preserveAspectRatio="none" aria-hidden="true">
          {rates.length > 1 && (
            <polyline
              points={line}
              fill="none"
              stroke="var(--up-accent)"
              strokeWidth={2}
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </div>
    </div>
  );
}

/** Readings a second, one sample a second. */
function useRates(readings: number | null): readonly number[] {
  const [rates, setRates] = useState<readonly number[]>([]);
  const latest = useRef(readings);
  latest.current = readings;
  useEffect(() => {
    let before = latest.current;
    const timer = setInterval(() => {
      const now = latest.current;
      if (now === null) return;
      const grown = before === null ? 0 : Math.max(0, now - before);
      before = now;
      setRates((list) => [...list.slice(1 - KEEP), grown]);
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return rates;
}

import { SECOND, type TelemetryFacts, type Value } from '@uptower/domain';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { Panel } from '../../shared/ui/blocks.tsx';

/** The way of a message is part of the measured skew; less than this says nothing of the clock. */
const RIGHT_WITHIN_MS = 10 * SECOND;

/** How far the device's clock is from ours, in words. */
export function ClockSkew({ skew }: { skew: TelemetryFacts['skew'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!skew) return <span className="up-dim">{t('devices.clockUnknown')}</span>;
  if (Math.abs(skew.ms) <= RIGHT_WITHIN_MS) return <>{t('devices.clockRight')}</>;
  const time = format.duration(skew.ms);
  return (
    <>
      <b>{t(skew.ms < 0 ? 'devices.clockAhead' : 'devices.clockBehind', { time })}</b>{' '}
      <span className="up-dim">{t('devices.since', { time: format.dayTime(skew.since) })}</span>
    </>
  );
}

/** What it sends that its model does not have, has in another unit, or came too late for it. */
export function BesideModel({ facts: { unknownMetrics, converted, tooLate } }: { facts: TelemetryFacts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = (value: Value) => (typeof value === 'number' ? format.number(value, 2) : String(value));
  if (unknownMetrics.length + converted.length + tooLate === 0) return null;
  return (
    <Panel title={t('devices.beside')} label={t('devices.beside')}>
      {unknownMetrics.length > 0 && <p className="up-dim up-small up-beside">{t('devices.besideUnknown')}</p>}
      <dl className="up-beside">
        {unknownMetrics.map(({ metric, count, since, last, unit }) => (
          <Row key={metric} name={metric}>
            {t('devices.lastValue', { value: [shown(last), unit].filter(Boolean).join(' ') })} ·{' '}
            {t('devices.times', { count })} · {t('devices.since', { time: format.dayTime(since) })}
          </Row>
        ))}
      </dl>
      {converted.length > 0 && <p className="up-dim up-small up-beside">{t('devices.besideConverted')}</p>}
      <dl className="up-beside">
        {converted.map(({ metric, from, to, count }) => (
          <Row key={metric} name={metric}>
            {from} → {to} · {t('devices.times', { count })}
          </Row>
        ))}
      </dl>
      {tooLate > 0 && <p className="up-dim up-small up-beside">{t('devices.tooLate', { count: tooLate })}</p>}
    </Panel>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="up-dim up-small">{children}</dd>
    </div>
  );
}

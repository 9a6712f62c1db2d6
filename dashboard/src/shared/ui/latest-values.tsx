import type { DeviceModel, DeviceView, LatestValue } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../format/use-format.ts';
import { useNow, useReadings } from '../live/hooks.ts';
import { mergeLatest } from '../live/readings.ts';
import './latest-values.css';

/**
 * Every metric's last measured value with its age; a new reading is here as soon as the server says it. Where contact was
 * lost, it is said that they are of the past.
 */
export function LatestValues(props: { device: DeviceView; model: DeviceModel; initial: readonly LatestValue[] }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(1_000);
  const readings = useReadings(props.device.id);
  const latest = useMemo(
    () => mergeLatest(new Map(props.initial.map((value) => [value.metric, value])), readings),
    [props.initial, readings],
  );
  const known = props.model.metrics.map((metric) => metric.key);
  const keys = [...known.filter((key) => latest.has(key)), ...[...latest.keys()].filter((key) => !known.includes(key))];
  if (keys.length === 0) return <div className="up-empty">{t('latest.none')}</div>;
  const { stale } = props.device;
  const values = (
    <dl className="up-latest" style={{ margin: 0 }} data-stale={stale !== null}>
      {keys.map((key) => {
        const entry = latest.get(key);
        const metric = props.model.metrics.find((each) => each.key === key);
        if (!entry) return null;
        return (
          <div key={key} data-metric={key}>
            <dt className="up-clip" title={metric ? text(metric.name) : key}>
              {metric ? text(metric.name) : key}
            </dt>
            <dd>
              {typeof entry.value === 'number' ? format.number(entry.value, 2) : String(entry.value)}{' '}
              <span className="up-dim up-small">{metric?.unit}</span>
            </dd>
            <dd className="up-age">
              {format.ago(entry.ts, Math.max(now, entry.ts))}
              {stale && ` · ${t('latest.stale')}`}
            </dd>
          </div>
        );
      })}
    </dl>
  );
  if (!stale) return values;
  return (
    <>
      <p className="up-latest-note up-small" role="note">
        {t('latest.staleNote', {
          time: format.dayTime(stale.since),
          cause: t(`availabilityCause.${stale.cause}`, { defaultValue: stale.cause }),
        })}
      </p>
      {values}
    </>
  );
}

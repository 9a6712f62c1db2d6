import type { DeviceModel, DeviceView, LatestValue } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../format/use-format.ts';
import { useNow, useReadings } from '../live/hooks.ts';
import { mergeLatest } from '../live/readings.ts';
import './latest-values.css';

/** Silent for longer than this many reporting intervals: shown grey. Devices without a rhythm are never judged by silence. */
const STALE_INTERVALS = 4;

/** Every metric's last measured value with its age; a new reading is here as soon as the server says it. */
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
  const staleAfter = (props.model.reportingIntervalSeconds ?? Number.POSITIVE_INFINITY) * STALE_INTERVALS * 1000;
  return (
    <dl className="up-latest" style={{ margin: 0 }}>
      {keys.map((key) => {
        const entry = latest.get(key);
        const metric = props.model.metrics.find((each) => each.key === key);
        if (!entry) return null;
        const age = Math.max(0, now - entry.ts);
        return (
          <div key={key} data-stale={age > staleAfter} data-metric={key}>
            <dt className="up-clip" title={metric ? text(metric.name) : key}>
              {metric ? text(metric.name) : key}
            </dt>
            <dd>
              {typeof entry.value === 'number' ? format.number(entry.value, 2) : String(entry.value)}{' '}
              <span className="up-dim up-small">{metric?.unit}</span>
            </dd>
            <dd className="up-age">{format.ago(entry.ts, Math.max(now, entry.ts))}</dd>
          </div>
        );
      })}
    </dl>
  );
}

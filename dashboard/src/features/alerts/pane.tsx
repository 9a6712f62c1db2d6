import { SegmentedControl } from '@mantine/core';
import { type Alert, type DeviceView, suppressionOf } from '@uptower/domain';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useDevice } from '../../shared/api/queries.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { AvailabilityBadge, Badge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { LatestValues } from '../../shared/ui/latest-values.tsx';
import { MetricChart } from '../../shared/ui/metric-chart.tsx';
import { useModeName, useSiteZone } from '../../shared/ui/names.ts';
import { evidenceCharts, faceOf } from './model.ts';

const WINDOWS = [3, 24, 168] as const;

/** The device behind an alert: what it measures, against the limit it is judged by. */
export function DevicePane(props: { alert: Alert; device: DeviceView; actions: ReactNode; back: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const modeName = useModeName();
  const { alert, device } = props;
  const zone = useSiteZone(device.siteId);
  const detail = useDevice(device.id);
  const [hours, setHours] = useState<string>('24');
  const face = faceOf(alert);
  const charts = evidenceCharts(alert).flatMap((chart) => {
    const metric = detail.data?.model.metrics.find((each) => each.key === chart.metric);
    return metric ? [{ ...chart, metric }] : [];
  });
  return (
    <div className="up-alert-main">
      <section className="up-panel" aria-label={t('alerts.device')}>
        <div className="up-panel-head" style={{ flexWrap: 'wrap' }}>
          <Link to={props.back} className="up-link up-back">
            {t('alerts.back')}
          </Link>
          <PriorityBadge priority={face.severity} />
          <h2 className="up-clip">
            <Link to={`/devices/${device.id}`} className="up-link" style={{ color: 'inherit' }}>
              {text(device.name)}
            </Link>{' '}
            — {modeName(device.modelId, face.failureMode)}
          </h2>
          <AvailabilityBadge state={device.availability.state} />
          {alert.state !== 'raised' && <Badge>{t(`alerts.state.${alert.state}`)}</Badge>}
          {suppressionOf(alert) && <Badge tone="blue">{t('alerts.tab.suppressed')}</Badge>}
          <span style={{ flex: 1 }} />
          {props.actions}
        </div>
        <div className="up-panel-body">
          <div style={{ display: 'flex', alignItems: 'center', gap: 10, marginBottom: 6, flexWrap: 'wrap' }}>
            <span className="up-dim up-small">
              {text(device.hospitalName)} · {text(device.room)} · {text(device.modelName)}
            </span>
            <span style={{ flex: 1 }} />
            {charts.length > 0 && (
              <SegmentedControl
                size="xs"
                aria-label={t('chart.window')}
                value={hours}
                onChange={setHours}
                data={WINDOWS.map((each) => ({ value: String(each), label: t(`chart.hours.${each}`) }))}
              />
            )}
          </div>
          {detail.isPending ? (
            <Loading rows={6} />
          ) : detail.isError ? (
            <ProblemNote error={detail.error} retry={() => void detail.refetch()} />
          ) : (
            charts.map(({ metric, ...chart }) => (
              <div key={metric.key} style={{ marginBottom: 10 }}>
                <div className="up-small" style={{ marginBottom: 2 }}>
                  <b>{text(metric.name)}</b> {metric.unit && <span className="up-dim">{metric.unit}</span>}
                  {chart.slopePerHour !== undefined && alert.state !== 'cleared' && (
                    <span className="up-dim"> · {t('chart.dotted')}</span>
                  )}
                </div>
                <MetricChart
                  deviceId={device.id}
                  metric={metric}
                  zone={zone}
                  hours={Number(hours)}
                  level={chart.level?.value}
                  levelLabel={
                    chart.level &&
                    t(chart.level.label, { value: format.number(chart.level.value, 2), unit: metric.unit })
                  }
                  marks={[{ at: alert.raisedAt, label: t('chart.alertMark'), tone: 'amber' }]}
                  slopePerHour={alert.state === 'cleared' ? undefined : chart.slopePerHour}
                  height={charts.length > 1 ? 210 : 300}
                />
              </div>
            ))
          )}
        </div>
      </section>
      {detail.data && (
        <section className="up-panel" aria-label={t('alerts.latest')}>
          <div className="up-panel-head">
            <h2>{t('alerts.latest')}</h2>
          </div>
          <LatestValues device={device} model={detail.data.model} initial={detail.data.latest} />
        </section>
      )}
    </div>
  );
}

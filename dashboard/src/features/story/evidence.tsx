import { type Alert, type DeviceView, distanceMetres, type WorkOrder } from '@uptower/domain';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useDevice, useRegistry } from '../../shared/api/queries.ts';
import { levelOf } from '../../shared/format/evidence-level.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { Loading } from '../../shared/ui/blocks.tsx';
import { CurveChart } from '../../shared/ui/curve-chart.tsx';
import { MetricChart } from '../../shared/ui/metric-chart.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import type { Mark } from '../../shared/ui/uplot-chart.tsx';
import { chartWindow, degradedSince } from './model.ts';

/** The metric that gave it away: when it was detected, and when it was repaired. */
export function MetricStory({ order, device, alert }: { order: WorkOrder; device: DeviceView; alert: Alert }) {
  const { t } = useTranslation();
  const text = useText();
  const zone = useSiteZone(device.siteId);
  const format = useFormat(zone);
  const now = useNow(2_000);
  const detail = useDevice(device.id);
  const { evidence } = alert.worst;
  const metric = detail.data?.model.metrics.find((each) => each.key === evidence.metric);
  const repairedAt = order.entered.verifying;
  const marks = useMemo<Mark[]>(
    () => [
      { at: alert.raisedAt, label: t('story.markDetected'), tone: 'amber' },
      ...(repairedAt === undefined ? [] : [{ at: repairedAt, label: t('story.markRepaired'), tone: 'green' as const }]),
    ],
    [alert.raisedAt, repairedAt, t],
  );
  if (!metric) return <Loading rows={3} />;
  const level = levelOf(evidence);
  const { from, to } = chartWindow(order, degradedSince(alert, order), now);
  return (
    <div style={{ marginTop: 8 }}>
      <div className="up-small">
        <b>{text(metric.name)}</b> <span className="up-dim">{metric.unit}</span>
      </div>
      <MetricChart
        deviceId={device.id}
        metric={metric}
        zone={zone}
        from={from}
        to={to}
        level={level?.value}
        levelLabel={level && t(level.label, { value: format.number(level.value, 2), unit: metric.unit })}
        marks={marks}
        height={160}
      />
    </div>
  );
}

export function AlertCurve({ alert, device }: { alert: Alert; device: DeviceView }) {
  const now = useNow(2_000);
  const zone = useSiteZone(device.siteId);
  if (alert.worst.curve.length < 2) return null;
  return (
    <div style={{ maxWidth: 420, marginTop: 6 }}>
      <CurveChart curve={alert.worst.curve} now={now} zone={zone} />
    </div>
  );
}

/** How far the engineer still is, from the position they report. */
export function Distance({ order, device }: { order: WorkOrder; device: DeviceView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const visit = 'visit' in order ? order.visit : null;
  const engineer = useCollection('engineers').items.get(visit?.engineerId ?? '');
  if (!visit || order.state !== 'travelling' || !engineer) return null;
  const left = distanceMetres(engineer.position, device.place);
  const share = Math.min(1, Math.max(0, 1 - left / Math.max(left, visit.travelMetres)));
  const sentence = t('story.distance', { distance: format.km(left) });
  return (
    <div>
      <div className="up-way" role="img" aria-label={sentence}>
        <i style={{ width: `${share * 100}%` }} />
        <b style={{ left: `${share * 100}%` }} />
      </div>
      <div className="up-small up-dim up-num">{sentence}</div>
    </div>
  );
}

export function Checklist({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(useSiteZone(order.siteId));
  const registry = useRegistry();
  return (
    <>
      <ul className="up-checks">
        {order.steps.map((step) => {
          const done = order.stepsDone.find((each) => each.key === step.key);
          return (
            <li key={step.key} className={done ? undefined : 'up-dim'}>
              <span aria-hidden="true">{done ? '☑' : '☐'}</span> {text(step.name)}{' '}
              <span className="up-dim up-small up-num">{done ? format.time(done.at) : t('story.stepOpen')}</span>
            </li>
          );
        })}
      </ul>
      {order.partsUsed.length > 0 && (
        <div className="up-small" style={{ marginTop: 6 }}>
          {t('story.parts')}{' '}
          {order.partsUsed
            .map((used) => {
              const part = registry.data?.parts.find((each) => each.id === used.partId);
              return `${part ? text(part.name) : used.partId} ×${used.quantity}`;
            })
            .join(', ')}
        </div>
      )}
    </>
  );
}

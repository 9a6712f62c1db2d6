import { SegmentedControl, Select } from '@mantine/core';
import {
  DAY,
  type DeviceId,
  type DeviceView,
  HOUR,
  type Metric,
  type Rule,
  type TelemetryFacts,
} from '@uptower/domain';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { ApiProblem } from '../../shared/api/client.ts';
import { useDevice, useUptime } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { AvailabilityBadge, OrderStateBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { LatestValues } from '../../shared/ui/latest-values.tsx';
import { MetricChart } from '../../shared/ui/metric-chart.tsx';
import { useModeName, useSiteZone } from '../../shared/ui/names.ts';
import { AvailabilityStrip, StripLegend } from '../../shared/ui/strip.tsx';
import { drawable, withUnknown } from './model.ts';
import { BesideModel, ClockSkew } from './telemetry-facts.tsx';
import './devices.css';

export function DevicePage() {
  const { t } = useTranslation();
  const text = useText();
  const { deviceId } = useParams();
  const id = deviceId as DeviceId;
  const detail = useDevice(id);
  const device = useCollection('devices').items.get(id) ?? detail.data?.device;
  useEffect(() => {
    if (device) document.title = `${text(device.name)} · Uptower`;
  }, [device, text]);
  if (detail.isPending) return <Loading rows={8} />;
  if (detail.error instanceof ApiProblem && detail.error.code === 'not-found')
    return (
      <div className="up-page">
        <Empty title={t('devices.unknown')}>
          <code>{deviceId}</code>
        </Empty>
      </div>
    );
  if (detail.isError || !device) return <ProblemNote error={detail.error} retry={() => void detail.refetch()} />;
  const { latest, unknownMetrics } = detail.data;
  const model = withUnknown(detail.data.model, unknownMetrics);
  return (
    <div className="up-page">
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
        <h1 className="up-h1">{text(device.name)}</h1>
        <AvailabilityBadge state={device.availability.state} />
        <span className="up-dim">
          {text(device.hospitalName)} · {text(device.room)} · {text(device.modelName)}
        </span>
      </div>
      <div className="up-device-grid">
        <div className="up-device-col">
          <Panel title={t('devices.latest')} padded={false} label={t('devices.latest')}>
            <LatestValues device={device} model={model} initial={latest} />
          </Panel>
          <History device={device} metrics={drawable(model, latest)} rules={model.rules} />
          <Uptime device={device} />
        </div>
        <div className="up-device-col">
          <OpenWork device={device} />
          <Facts device={device} skew={detail.data.skew} />
          <BesideModel facts={detail.data} />
        </div>
      </div>
    </div>
  );
}

const WINDOWS = [3, 24, 168] as const;

function History(props: { device: DeviceView; metrics: readonly Metric[]; rules: readonly Rule[] }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { device, metrics, rules } = props;
  const zone = useSiteZone(device.siteId);
  const [params, setParams] = useSearchParams();
  const [hours, setHours] = useState('24');
  const metric = metrics.find((each) => each.key === params.get('metric')) ?? metrics[0];
  const rule = rules.find((each) => each.metric === metric?.key && (each.kind === 'limit' || each.kind === 'trend'));
  const level = rule?.kind === 'limit' ? rule.level : rule?.kind === 'trend' ? rule.failLevel : undefined;
  if (!metric) return null;
  return (
    <Panel
      className="up-history"
      title={t('devices.history')}
      label={t('devices.history')}
      aside={
        <>
          <Select
            size="xs"
            w={200}
            aria-label={t('devices.metric')}
            data={metrics.map((each) => ({ value: each.key, label: text(each.name) }))}
            value={metric.key}
            allowDeselect={false}
            onChange={(value) => value && setParams({ metric: value }, { replace: true })}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('chart.window')}
            value={hours}
            onChange={setHours}
            data={WINDOWS.map((each) => ({ value: String(each), label: t(`chart.hours.${each}`) }))}
          />
        </>
      }
    >
      <MetricChart
        deviceId={device.id}
        metric={metric}
        zone={zone}
        hours={Number(hours)}
        level={level}
        levelLabel={
          level === undefined ? undefined : t('chart.limit', { value: format.number(level, 2), unit: metric.unit })
        }
        height={250}
      />
    </Panel>
  );
}

const AMENDMENTS_SHOWN = 3;

function Uptime({ device }: { device: DeviceView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const [asked] = useState(() => Math.ceil(live.now() / HOUR) * HOUR);
  // The period moves on every simulated hour, or when the state changes; in between the open interval grows by itself.
  const to = Math.max(asked, Math.ceil(now / HOUR) * HOUR);
  const uptime = useUptime(device.id, to - 90 * DAY, to);
  return (
    <Panel
      title={t('devices.availability')}
      label={t('devices.availability')}
      aside={
        uptime.data && (
          <b className="up-num">
            {uptime.data.figures.uptime === null ? '—' : format.percent(uptime.data.figures.uptime, 2)}{' '}
            <span className="up-dim up-small" style={{ fontWeight: 400 }}>
              {uptime.data.target !== null && t('common.target', { target: format.percent(uptime.data.target, 1) })}
            </span>
          </b>
        )
      }
    >
      {uptime.isError ? (
        <ProblemNote error={uptime.error} retry={() => void uptime.refetch()} />
      ) : uptime.data ? (
        <>
          <AvailabilityStrip intervals={uptime.data.intervals} now={now} label={text(device.name)} height={28} />
          <div style={{ marginTop: 8 }}>
            <StripLegend />
          </div>
          {uptime.data.amendments.length > 0 && (
            <ul className="up-small up-dim" style={{ margin: '8px 0 0', padding: 0, listStyle: 'none' }}>
              {uptime.data.amendments.slice(-AMENDMENTS_SHOWN).map(({ late, from }) => (
                <li key={`${late.arrivedAt} ${from}`}>
                  {t('devices.amended', {
                    count: late.count,
                    from: format.dayTime(late.from),
                    to: format.dayTime(late.to),
                    arrived: format.dayTime(late.arrivedAt),
                  })}
                </li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <Loading rows={2} />
      )}
    </Panel>
  );
}

function OpenWork({ device }: { device: DeviceView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const modeName = useModeName();
  const staff = useViewer().role !== 'hospital';
  const now = useNow(5_000);
  const alerts = useCollection('alerts').list.filter(
    (alert) => alert.deviceId === device.id && alert.state !== 'cleared',
  );
  const orders = useCollection('orders').list.filter(
    (order) => order.deviceId === device.id && order.state !== 'closed' && order.state !== 'cancelled',
  );
  if (!staff) return null;
  return (
    <Panel title={t('devices.work')} label={t('devices.work')}>
      {alerts.length + orders.length === 0 && <span className="up-dim">{t('devices.noWork')}</span>}
      <div style={{ display: 'grid', gap: 10 }}>
        {alerts.map((alert) => (
          <div key={alert.id} style={{ display: 'flex', gap: '2px 8px', alignItems: 'baseline', flexWrap: 'wrap' }}>
            <PriorityBadge priority={alert.worst.severity} />
            <Link className="up-link" to={`/alerts/${alert.id}`}>
              {modeName(device.modelId, alert.worst.failureMode)}
            </Link>
            <span className="up-dim up-small">{format.ago(alert.raisedAt, now)}</span>
            {alert.worst.presence && (
              <span className="up-small" style={{ flexBasis: '100%' }}>
                {text(alert.worst.evidence.text)}
              </span>
            )}
          </div>
        ))}
        {orders.map((order) => (
          <div key={order.id} style={{ display: 'flex', gap: 8, alignItems: 'baseline', flexWrap: 'wrap' }}>
            <Link className="up-link" to={`/dispatch/${order.id}`}>
              {order.number}
            </Link>
            <span>{text(order.title)}</span>
            <OrderStateBadge state={order.state} />
          </div>
        ))}
      </div>
    </Panel>
  );
}

function Facts({ device, skew }: { device: DeviceView; skew: TelemetryFacts['skew'] }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(1_000);
  const { state, since, cause } = device.availability;
  return (
    <Panel title={t('devices.connection')} label={t('devices.connection')}>
      <dl className="up-facts">
        <dt>{t('devices.column.lastSeen')}</dt>
        <dd className="up-num">{device.lastSeen === null ? t('devices.never') : format.ago(device.lastSeen, now)}</dd>
        <dt>{t(`availability.${state}`)}</dt>
        <dd>
          {since > 0 && <>{t('devices.since', { time: format.dayTime(since) })} · </>}
          <span className="up-dim">{t(`availabilityCause.${cause}`, { defaultValue: cause })}</span>
        </dd>
        <dt>{t('devices.activity')}</dt>
        <dd>{device.activity ? t(`activity.${device.activity}`, { defaultValue: device.activity }) : '—'}</dd>
        <dt>{t('devices.clock')}</dt>
        <dd>
          <ClockSkew skew={skew} />
        </dd>
        <dt>{t('devices.topic')}</dt>
        <dd style={{ overflowWrap: 'anywhere' }}>
          <code className="up-small">{`uptower/v1/${device.siteId}/${device.id}/telemetry`}</code>
        </dd>
        <dt>{t('common.serial')}</dt>
        <dd>{device.serial}</dd>
        <dt>{t('devices.column.hospital')}</dt>
        <dd>{text(device.hospitalName)}</dd>
        <dt>{t('devices.service')}</dt>
        <dd>{t(`devices.serviceMode.${device.service}`)}</dd>
      </dl>
    </Panel>
  );
}

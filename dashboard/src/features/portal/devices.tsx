import { DAY, type DeviceView, HOUR } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useUptime } from '../../shared/api/queries.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { AvailabilityBadge } from '../../shared/ui/badges.tsx';
import { Loading, Panel } from '../../shared/ui/blocks.tsx';
import { AvailabilityStrip, StripLegend } from '../../shared/ui/strip.tsx';

/** More rows than a hospital has; staff who look in see the first ones only. */
const MOST = 60;

export function DeviceUptimeTable({ days }: { days: number }) {
  const { t } = useTranslation();
  const devices = useCollection('devices');
  return (
    <Panel
      title={t('portal.devices', { count: devices.list.length })}
      label={t('portal.devicesLabel')}
      padded={false}
      aside={<StripLegend />}
    >
      {!devices.ready ? (
        <Loading rows={6} />
      ) : (
        <table className="up-table up-portal-table">
          <thead>
            <tr>
              <th style={{ width: '22%' }}>{t('common.device')}</th>
              <th>{t('portal.state')}</th>
              <th style={{ width: '46%' }}>{t('portal.strip')}</th>
              <th>{t('portal.uptimeShort')}</th>
              <th>{t('portal.target')}</th>
              <th>{t('portal.marginShort')}</th>
            </tr>
          </thead>
          <tbody>
            {devices.list.slice(0, MOST).map((device) => (
              <Row key={device.id} device={device} days={days} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Row({ device, days }: { device: DeviceView; days: number }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const to = Math.ceil(now / HOUR) * HOUR;
  const uptime = useUptime(device.id, to - days * DAY, to);
  const figures = uptime.data?.figures;
  const base = figures ? figures.ms.up + figures.ms.partial + figures.ms.down : 0;
  const share = figures?.uptime ?? null;
  const target = uptime.data?.target ?? null;
  const margin = share === null || target === null ? null : ((share - target) * base) / HOUR;
  return (
    <tr>
      <td>
        <b>{text(device.name)}</b>
        <div className="up-dim up-small">{text(device.room)}</div>
      </td>
      <td>
        <AvailabilityBadge state={device.availability.state} />
      </td>
      <td className="up-strip-cell">
        {uptime.data ? (
          <AvailabilityStrip intervals={uptime.data.intervals} now={now} label={text(device.name)} height={22} />
        ) : (
          <span className="up-dim">{uptime.isError ? t('portal.noData') : '…'}</span>
        )}
      </td>
      <td className="up-num">
        <b>{share === null ? '—' : format.percent(share, 2)}</b>
      </td>
      <td className="up-num up-dim">{target === null ? '' : format.percent(target, 1)}</td>
      <td className="up-num" style={{ color: margin !== null && margin < 0 ? 'var(--up-red)' : undefined }}>
        {margin === null ? '' : `${margin < 0 ? '−' : '+'}${format.duration(Math.abs(margin) * HOUR)}`}
      </td>
    </tr>
  );
}

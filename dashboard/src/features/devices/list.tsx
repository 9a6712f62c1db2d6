import { CloseButton, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { DeviceView } from '@uptower/domain';
import { memo, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useFormat, useLanguage, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { AvailabilityBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading } from '../../shared/ui/blocks.tsx';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { countStates, type DeviceFilter, filterDevices, modelsOf } from './model.ts';
import './devices.css';

const ROW = 44;
const STATES = ['all', 'alert', 'down', 'partial', 'planned', 'unknown', 'up'] as const;

export function DevicesPage() {
  const { t } = useTranslation();
  const text = useText();
  const language = useLanguage();
  const devices = useCollection('devices');
  const [params, setParams] = useSearchParams();
  const filter: DeviceFilter = {
    search: params.get('q') ?? '',
    state: (STATES.find((state) => state !== 'all' && state === params.get('state')) as DeviceFilter['state']) ?? null,
    modelId: params.get('model'),
  };
  const set = (key: string, value: string | null) =>
    setParams(
      (before) => {
        if (value) before.set(key, value);
        else before.delete(key);
        return before;
      },
      { replace: true },
    );
  const shown = useMemo(
    () =>
      filterDevices(devices.list, { search: filter.search, state: filter.state, modelId: filter.modelId }, language),
    [devices.list, filter.search, filter.state, filter.modelId, language],
  );
  const counts = useMemo(() => countStates(devices.list), [devices.list]);
  const models = useMemo(() => modelsOf(devices.list), [devices.list]);
  useEffect(() => {
    document.title = `${t('nav.devices')} · Uptower`;
  }, [t]);
  return (
    <div className="up-page">
      <h1 className="up-sr">{t('nav.devices')}</h1>
      <section className="up-panel" style={{ flex: 1 }} aria-label={t('nav.devices')}>
        <div className="up-filters">
          <TextInput
            size="xs"
            w={260}
            aria-label={t('devices.search')}
            placeholder={t('devices.search')}
            leftSection={<IconSearch size={15} aria-hidden />}
            value={filter.search}
            onChange={(event) => set('q', event.currentTarget.value)}
            rightSection={
              filter.search && <CloseButton size="xs" aria-label={t('common.clear')} onClick={() => set('q', null)} />
            }
          />
          <Select
            size="xs"
            w={230}
            aria-label={t('devices.model')}
            placeholder={t('devices.anyModel')}
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            data={models.map((model) => ({ value: model.id, label: text(model.name) }))}
            value={filter.modelId}
            onChange={(value) => set('model', value)}
          />
          <span style={{ flex: 1 }} />
          <span className="up-dim up-small up-num" role="status">
            {t('devices.shown', { count: shown.length, total: devices.list.length })}
          </span>
        </div>
        <FilterTabs
          label={t('devices.state')}
          controls="device-table"
          value={filter.state ?? 'all'}
          onChange={(value) => set('state', value === 'all' ? null : value)}
          tabs={STATES.map((state) => ({
            value: state,
            label:
              state === 'all'
                ? t('devices.all')
                : state === 'alert'
                  ? t('devices.withAlert')
                  : t(`availability.${state}`),
            count: state === 'all' ? devices.list.length : counts[state],
          }))}
        />
        {!devices.ready ? (
          <Loading rows={10} />
        ) : shown.length === 0 ? (
          <Empty title={t('devices.none')}>
            {t(devices.list.length === 0 ? 'devices.noneYet' : 'devices.noneMatch')}
          </Empty>
        ) : (
          <DeviceTable devices={shown} />
        )}
      </section>
    </div>
  );
}

const COLUMNS = ['state', 'device', 'hospital', 'model', 'serial', 'alert', 'lastSeen'] as const;

function DeviceTable({ devices }: { devices: readonly DeviceView[] }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(1_000);
  const rows = useVirtualizer({
    count: devices.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <div className="up-scroll" ref={scroller} id="device-table" role="tabpanel" aria-label={t('nav.devices')}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a table element cannot do */}
      <div className="up-vtable" role="table" aria-rowcount={devices.length + 1} aria-label={t('nav.devices')}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: rows are not focused, their links are */}
        <div className="up-vrow up-vhead" role="row">
          {COLUMNS.map((column) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <span key={column} role="columnheader">
              {t(`devices.column.${column}`)}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div className="up-vbody" role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((item) => {
            const device = devices[item.index];
            return (
              device && (
                <Row
                  key={device.id}
                  device={device}
                  index={item.index}
                  top={item.start}
                  seen={device.lastSeen === null ? null : Math.max(0, Math.floor((now - device.lastSeen) / 1000))}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

const Row = memo(function Row(props: { device: DeviceView; index: number; top: number; seen: number | null }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { device } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual row
    // biome-ignore lint/a11y/useFocusableInteractive: its link is
    <div
      role="row"
      aria-rowindex={props.index + 2}
      className="up-vrow"
      style={{ position: 'absolute', top: props.top, left: 0, right: 0, height: ROW }}
    >
      <Cell>
        <AvailabilityBadge state={device.availability.state} />
      </Cell>
      <Cell>
        <Link className="up-link up-clip" to={`/devices/${device.id}`} style={{ display: 'block', fontWeight: 600 }}>
          {text(device.name)}
        </Link>
      </Cell>
      <Cell>
        <div className="up-clip">{text(device.hospitalName)}</div>
        <div className="up-clip up-dim up-small">{text(device.room)}</div>
      </Cell>
      <Cell>
        <div className="up-clip">{text(device.modelName)}</div>
      </Cell>
      <Cell>
        <span className="up-dim up-num up-small">{device.serial}</span>
      </Cell>
      <Cell>
        {device.openAlert && (
          <Link
            to={`/alerts/${device.openAlert.id}`}
            aria-label={t('devices.openAlert', { name: text(device.name), priority: device.openAlert.severity })}
          >
            <PriorityBadge priority={device.openAlert.severity} />
          </Link>
        )}
      </Cell>
      <Cell>
        <span className="up-num up-dim">
          {props.seen === null ? t('devices.never') : format.ago(0, props.seen * 1000)}
        </span>
      </Cell>
    </div>
  );
});

function Cell({ children }: { children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual row's cell
    <span role="cell">{children}</span>
  );
}

import type { EngineerId } from '@uptower/domain';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useFormat } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { KpiStrip, Loading, Panel } from '../../shared/ui/blocks.tsx';
import { Board } from './board.tsx';
import { type BoardRow, boardRows, boardVisits, figuresOf, unassignedOf } from './model.ts';
import { OrderPanel } from './order-panel.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { TravelSource } from './travel-source.tsx';
import { UnassignedList } from './unassigned.tsx';
import './dispatch.css';

const RegionMap = lazy(async () => ({ default: (await import('./map.tsx')).RegionMap }));

const ZONE = 'Asia/Shanghai';

export function DispatchPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { orderId } = useParams();
  const now = useNow(2_000);
  const orders = useCollection('orders');
  const devices = useCollection('devices');
  const engineers = useCollection('engineers');
  const plan = useCollection('plan').list[0];
  const [engineerId, setEngineerId] = useState<EngineerId | null>(null);

  const visits = useMemo(() => boardVisits(orders.list, plan), [orders.list, plan]);
  const before = useRef<readonly BoardRow[]>([]);
  const rows = useMemo(() => {
    before.current = boardRows(engineers.list, visits, before.current);
    return before.current;
  }, [engineers.list, visits]);
  const unassigned = useMemo(() => unassignedOf(orders.list, plan), [orders.list, plan]);
  const figures = figuresOf({
    orders: orders.list,
    visits,
    devices: devices.list,
    engineers: engineers.list,
    unassigned: unassigned.length,
    now,
    zone: ZONE,
  });
  const select = useCallback(
    (id: string | null) => void navigate(id ? `/dispatch/${id}` : '/dispatch', { replace: true }),
    [navigate],
  );

  useEffect(() => {
    document.title = t('dispatch.pageTitle', { count: unassigned.length });
  }, [t, unassigned.length]);

  return (
    <div className="up-page">
      <h1 className="up-sr">{t('nav.dispatch')}</h1>
      <div className="up-dispatch">
        <KpiStrip
          label={t('dispatch.figures')}
          items={[
            {
              label: t('dispatch.unassigned'),
              value: figures.unassigned,
              tone: figures.unassigned > 0 ? 'amber' : undefined,
            },
            {
              label: t('dispatch.atRisk'),
              value: figures.atRisk,
              note: t('dispatch.atRiskNote'),
              tone: figures.atRisk > 0 ? 'red' : undefined,
            },
            {
              label: t('dispatch.broken'),
              value: figures.broken,
              note: t('dispatch.brokenNote'),
              tone: figures.broken > 0 ? 'red' : undefined,
            },
            {
              label: t('dispatch.down'),
              value: figures.down,
              note: t('dispatch.ofDevices', { count: devices.list.length }),
              tone: figures.down > 0 ? 'red' : undefined,
            },
            {
              label: t('dispatch.visitsToday'),
              value: figures.visitsToday,
              note: t('dispatch.done', { count: figures.doneToday }),
            },
            {
              label: t('dispatch.working'),
              value: `${figures.working} / ${figures.onShift}`,
              note: t('dispatch.workingNote'),
            },
            {
              label: t('dispatch.travel'),
              value: figures.travelMinutes === null ? '—' : format.duration(figures.travelMinutes * 60_000),
              note: t('dispatch.travelNote'),
            },
          ]}
        />
        <div className="up-dispatch-mid">
          <UnassignedList ready={orders.ready} list={unassigned} selectedId={orderId} onSelect={select} now={now} />
          <Panel
            title={t('dispatch.map')}
            padded={false}
            label={t('dispatch.map')}
            className="up-map-panel"
            aside={<TravelSource />}
          >
            <Suspense fallback={<Loading rows={3} />}>
              <RegionMap
                devices={devices.list}
                engineers={engineers.list}
                visits={visits}
                unassigned={unassigned}
                selectedOrderId={orderId}
                selectedEngineerId={engineerId}
                onEngineer={setEngineerId}
              />
            </Suspense>
          </Panel>
          {orderId ? (
            <OrderPanel key={orderId} orderId={orderId} onClose={() => select(null)} />
          ) : (
            <PlanPanel plan={plan} zone={ZONE} />
          )}
        </div>
        <Board
          rows={rows}
          ready={engineers.ready}
          zone={ZONE}
          selectedOrderId={orderId}
          selectedEngineerId={engineerId}
          onOrder={select}
          onEngineer={setEngineerId}
        />
      </div>
    </div>
  );
}

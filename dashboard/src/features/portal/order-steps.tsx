import { can, type PortalOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { AvailabilityBadge } from '../../shared/ui/badges.tsx';
import { Panel } from '../../shared/ui/blocks.tsx';
import { SlotChooser } from '../../shared/ui/slot-chooser.tsx';
import { toSteps } from './model.ts';

/** One order from received to restored, with the time of each step or when it is expected. */
export function OrderSteps({ order }: { order: PortalOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const mayChoose = can(useViewer(), 'request-service');
  const device = useCollection('devices').items.get(order.deviceId);
  return (
    <Panel
      label={t('portal.orderLabel', { number: order.number })}
      title={
        <>
          {order.number} · {text(device?.name)} — {text(order.title)}
        </>
      }
      aside={device && <AvailabilityBadge state={device.availability.state} />}
    >
      <ol className="up-steps">
        {toSteps(order).map((step, i) => (
          <li
            key={step.stage}
            data-state={step.state}
            data-n={i + 1}
            aria-current={step.state === 'now' ? 'step' : undefined}
          >
            <b>{t(`stage.${step.stage}`)}</b>
            {step.stage === 'scheduled' && order.engineerName && step.state !== 'ahead' && (
              <> · {text(order.engineerName)}</>
            )}
            <div className="up-dim up-small up-num">
              {step.at === null
                ? step.state === 'now'
                  ? t('portal.now')
                  : ' '
                : step.expected
                  ? t('portal.expected', { time: format.moment(step.at, now) })
                  : format.moment(step.at, now)}
            </div>
          </li>
        ))}
      </ol>
      {order.slot && (
        <p className="up-num" style={{ margin: '10px 0 0' }}>
          {t('slots.chosen', { time: `${format.dayTime(order.slot.from)}–${format.time(order.slot.to)}` })}
        </p>
      )}
      {order.mayChooseSlot && mayChoose && (
        <section style={{ marginTop: 10 }} aria-label={t('slots.choose')}>
          <SlotChooser orderId={order.id} number={order.number} again={order.slot !== null} />
        </section>
      )}
      {order.source === 'prediction' && (
        <p className="up-dim up-small" style={{ margin: '10px 0 0' }}>
          {t('portal.foreseen')}
        </p>
      )}
    </Panel>
  );
}

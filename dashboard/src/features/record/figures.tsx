import type { Figures, QuantileEstimate } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { IntervalBar } from './estimate.tsx';
import { scaleFor } from './model.ts';

/** The six figures everything is judged by, each with what it means in words. */
export function FigureCards({ figures, leadHours }: { figures: Figures; leadHours: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = (value: number) => format.percent(value);
  const hours = (value: number) => t('record.hours', { n: format.number(value, value < 10 ? 1 : 0) });
  const rate = (value: number) => format.number(value, value < 0.1 ? 4 : 2);
  const { orders, failures, calibration } = figures;
  const leads = scaleFor([figures.leadMedian, figures.leadP10]);
  const failed = orders.true + orders.late;
  return (
    <ul className="up-record-cards" aria-label={t('record.figures')}>
      <Card
        name={t('record.precision')}
        estimate={figures.precision}
        show={percent}
        max={1}
        note={t('record.precisionNote', { failed, decided: failed + orders.false })}
      />
      <Card
        name={t('record.recall', { hours: leadHours })}
        estimate={figures.recall}
        show={percent}
        max={1}
        note={t('record.recallNote', { foreseen: failures.foreseen, total: failures.total })}
      />
      <Card
        name={t('record.falseRate')}
        estimate={figures.falsePerDeviceMonth}
        show={rate}
        max={scaleFor([figures.falsePerDeviceMonth])}
        note={t('record.falseRateNote', {
          count: orders.false,
          months: format.number(figures.deviceMonths, figures.deviceMonths < 10 ? 1 : 0),
        })}
      />
      <Card
        name={t('record.leadMedian')}
        estimate={figures.leadMedian}
        show={hours}
        max={leads}
        note={t('record.leadMedianNote')}
      />
      <Card
        name={t('record.leadP10')}
        estimate={figures.leadP10}
        show={hours}
        max={leads}
        note={t('record.leadP10Note')}
      />
      <Card
        name={t('record.eighty')}
        estimate={calibration.eighty?.observed ?? null}
        show={percent}
        max={1}
        note={
          calibration.eighty
            ? t('record.eightyNote', { failed: calibration.eighty.failed, count: calibration.eighty.orders })
            : t('record.eightyNone')
        }
      />
    </ul>
  );
}

function Card(props: {
  name: string;
  estimate: QuantileEstimate | null;
  show: (value: number) => string;
  max: number;
  note: string;
}) {
  const { t } = useTranslation();
  const { name, estimate, show, max, note } = props;
  return (
    <li className="up-panel up-record-card">
      <span className="up-dim up-small">{name}</span>
      <span className="up-record-value up-num">{estimate ? show(estimate.value) : t('record.nothing')}</span>
      {estimate ? (
        <>
          <IntervalBar estimate={estimate} max={max} />
          <span className="up-dim up-small up-num">
            {estimate.low === null || estimate.high === null
              ? t('record.tooFew')
              : t('record.interval95', { low: show(estimate.low), high: show(estimate.high) })}
          </span>
        </>
      ) : (
        <span style={{ minHeight: 12 }} />
      )}
      <span className="up-small">{note}</span>
    </li>
  );
}

/** One line that says how the orders stand: what is decided, what is not, and what avoided ones could change. */
export function Standing({ figures }: { figures: Figures }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { orders, precisionBounds } = figures;
  return (
    <p className="up-dim up-small" style={{ margin: 0 }}>
      {t('record.standing', {
        devices: format.number(figures.devices, 0),
        open: orders.open,
        avoided: orders.avoided,
      })}
      {orders.avoided > 0 && precisionBounds && (
        <>
          {' '}
          {t('record.bounds', { low: format.percent(precisionBounds.low), high: format.percent(precisionBounds.high) })}
        </>
      )}
    </p>
  );
}

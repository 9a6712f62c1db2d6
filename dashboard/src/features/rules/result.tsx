import { Select } from '@mantine/core';
import type { BacktestResult, BacktestSide, Share } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Empty } from '../../shared/ui/blocks.tsx';
import { TimelineChart } from './chart.tsx';
import { OrdersTable } from './orders.tsx';
import { devicesOf, splitOf } from './timeline.ts';
import type { RuleWords } from './words.ts';

export interface Looked {
  readonly result: BacktestResult;
  readonly from: number;
  readonly to: number;
  readonly leadHours: number;
}

/** Present and draft side by side: figures, then every order on one axis of time. */
export function ResultView({ looked, words }: { looked: Looked; words: RuleWords }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { result, from, to, leadHours } = looked;
  const [device, setDevice] = useState<string | null>(null);
  const devices = useCollection('devices').items;
  const nameOf = (id: string) => text(devices.get(id)?.name) || id;
  const split = splitOf(result);
  if (result.devices === 0) return <Empty title={t('rules.noHistory')}>{t('rules.noHistoryText')}</Empty>;
  return (
    <div className="up-rules-result">
      <p className="up-dim up-small" style={{ margin: 0 }}>
        {t('rules.basis', {
          devices: format.number(result.devices, 0),
          months: format.number(result.deviceMonths, 3),
          moments: format.number(result.moments, 0),
          from: format.dayTime(from),
          to: format.dayTime(to),
        })}{' '}
        {t('rules.budgetWas', {
          rate: format.number(result.budget.falseOrdersPerDeviceMonth, 3),
          least: format.percent(result.budget.minProbability),
        })}
      </p>
      <Figures result={result} leadHours={leadHours} />
      <p className="up-rules-split">
        {t('rules.split', {
          both: format.number(split.both, 0),
          present: format.number(split.onlyPresent, 0),
          draft: format.number(split.onlyDraft, 0),
        })}
      </p>
      <Select
        size="xs"
        w={260}
        label={t('common.device')}
        value={device ?? ''}
        onChange={(id) => setDevice(id || null)}
        data={[
          { value: '', label: t('rules.allDevices') },
          ...devicesOf(result).map((id) => ({ value: id, label: nameOf(id) })),
        ]}
      />
      <TimelineChart result={result} from={from} to={to} device={device} nameOf={nameOf} words={words} />
      <OrdersTable result={result} device={device} nameOf={nameOf} words={words} />
    </div>
  );
}

function Figures({ result, leadHours }: { result: BacktestResult; leadHours: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const n = (value: number) => format.number(value, 0);
  const hours = (value: number | null) => (value === null ? '–' : format.duration(value * 3_600_000));
  const share = (value: Share | null, say: (each: number) => string) =>
    value === null ? '–' : t('rules.interval', { value: say(value.value), low: say(value.low), high: say(value.high) });
  const percent = (each: number) => format.percent(each);
  const figure = (each: number) => format.number(each, 3);
  const rows: [string, (side: BacktestSide) => string][] = [
    ['orders', ({ score }) => n(score.orders)],
    ['true', ({ score }) => n(score.trueOrders)],
    ['late', ({ score }) => n(score.lateOrders)],
    ['false', ({ score }) => n(score.falseOrders)],
    ['avoided', ({ score }) => n(score.avoided)],
    ['open', ({ score }) => n(score.open)],
    ['foreseen', ({ score }) => t('rules.of', { part: n(score.foreseen), all: n(score.failures) })],
    ['recall', ({ score }) => share(score.recall, percent)],
    ['precision', ({ score }) => share(score.precision, percent)],
    ['falseRate', ({ score }) => share(score.falsePerDeviceMonth, figure)],
    ['lead', ({ score }) => `${hours(score.leadMedian)} · ${hours(score.leadP10)}`],
    ['alerts', ({ alerts }) => n(alerts)],
    ['held', ({ held }) => n(Object.values(held).reduce((sum, each) => sum + each, 0))],
    ['standing', ({ standing }) => n(standing.length)],
  ];
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className="up-table up-rules-figures">
        <thead>
          <tr>
            <td />
            <th scope="col">{t('rules.present')}</th>
            <th scope="col">{t('rules.draft')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, say]) => (
            <tr key={key}>
              <th scope="row" title={t(`rules.figureText.${key}`, { lead: format.number(leadHours, 0) })}>
                {t(`rules.figure.${key}`, { lead: format.number(leadHours, 0) })}
              </th>
              <td className="up-num">{say(result.present)}</td>
              <td className="up-num">{say(result.draft)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import type { RecordGrouping, Scorecard } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Panel } from '../../shared/ui/blocks.tsx';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { EstimateText, IntervalBar } from './estimate.tsx';
import { GRADE_SIGN, scaleFor } from './model.ts';

const GROUPINGS: readonly RecordGrouping[] = ['rule', 'model', 'component', 'device-kind'];
const COUNTED = ['true', 'late', 'false', 'avoided', 'open'] as const;

/** The same figures by rule, device model, component or kind of device. */
export function Groups(props: { scorecard: Scorecard; by: RecordGrouping; onBy: (by: RecordGrouping) => void }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { groups } = props.scorecard;
  const percent = (value: number) => format.percent(value);
  const rate = (value: number) => format.number(value, value < 0.1 ? 4 : 2);
  const rates = scaleFor(groups.map(({ figures }) => figures.falsePerDeviceMonth));
  return (
    <Panel title={t('record.groups')} label={t('record.groups')} padded={false}>
      <FilterTabs
        label={t('record.groupBy')}
        controls="record-groups"
        value={props.by}
        onChange={props.onBy}
        tabs={GROUPINGS.map((value) => ({ value, label: t(`record.by.${value}`) }))}
      />
      <div
        className="up-scroll up-focus"
        id="record-groups"
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
        tabIndex={0}
        aria-label={t('record.groups')}
      >
        <table className="up-table">
          <thead>
            <tr>
              <th>{t(`record.by.${props.by}`)}</th>
              {COUNTED.map((grade) => (
                <th key={grade} className="up-right">
                  <span aria-hidden="true">{GRADE_SIGN[grade]} </span>
                  {t(`record.grade.${grade}`)}
                </th>
              ))}
              <th>{t('record.precision')}</th>
              <th>{t('record.recallShort')}</th>
              <th>{t('record.falseRate')}</th>
              <th className="up-right">{t('record.leadMedian')}</th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ key, name, modelName, retired, figures }) => (
              <tr key={key}>
                <td>
                  <b>{props.by === 'device-kind' ? t(`record.kind.${key}`) : text(name)}</b>{' '}
                  {retired && <Badge title={t('record.retiredText')}>{t('record.retired')}</Badge>}
                  {props.by !== 'model' && modelName && <div className="up-dim up-small">{text(modelName)}</div>}
                </td>
                {COUNTED.map((grade) => (
                  <td key={grade} className="up-right up-num">
                    {figures.orders[grade]}
                  </td>
                ))}
                <td>
                  <EstimateText estimate={figures.precision} show={percent} />
                  {figures.precision && <IntervalBar estimate={figures.precision} max={1} />}
                </td>
                <td>
                  <EstimateText estimate={figures.recall} show={percent} />
                  {figures.recall && <IntervalBar estimate={figures.recall} max={1} />}
                </td>
                <td>
                  <EstimateText estimate={figures.falsePerDeviceMonth} show={rate} />
                  {figures.falsePerDeviceMonth && <IntervalBar estimate={figures.falsePerDeviceMonth} max={rates} />}
                </td>
                <td className="up-right up-num">
                  {figures.leadMedian
                    ? t('record.hours', { n: format.number(figures.leadMedian.value, 0) })
                    : t('record.nothing')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

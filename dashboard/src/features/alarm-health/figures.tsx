import { type AlarmPerformance, PRIORITY_TARGETS } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { Badge, PriorityBadge, type Tone } from '../../shared/ui/badges.tsx';
import { type FigureRow, figureRows, PRIORITIES } from './model.ts';

const TONE: Record<FigureRow['verdict'], Tone> = { good: 'green', fair: 'amber', poor: 'red', few: 'grey' };
const SIGN: Record<FigureRow['verdict'], string> = { good: '●', fair: '◐', poor: '■', few: '○' };

/** Each figure beside what the standards recommend, and in words. */
export function Figures({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = ({ unit }: FigureRow, value: number) =>
    unit === 'share' ? format.percent(value, value < 0.1 ? 1 : 0) : format.number(value, value < 10 ? 2 : 0);
  return (
    <div className="up-health-scroll">
      <table className="up-table">
        <thead>
          <tr>
            <th scope="col">{t('health.figure')}</th>
            <th scope="col" style={{ textAlign: 'right' }}>
              {t('health.value')}
            </th>
            <th scope="col" style={{ textAlign: 'right' }}>
              {t('health.recommended')}
            </th>
            <th scope="col">{t('health.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {figureRows(performance).map((row) => (
            <tr key={row.key}>
              <td>
                {t(`health.name.${row.key}`)}
                <div className="up-dim up-small">{t(`health.words.${row.key}`)}</div>
              </td>
              <td className="up-num" style={{ textAlign: 'right' }}>
                <b>{shown(row, row.value)}</b>
              </td>
              <td className="up-num" style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>
                {row.target.good > 0 && '≤ '}
                {shown(row, row.target.good)}
                {row.target.most !== row.target.good && (
                  <div className="up-dim up-small">{t('health.atMost', { value: shown(row, row.target.most) })}</div>
                )}
              </td>
              <td>
                <Badge tone={TONE[row.verdict]}>
                  <span aria-hidden="true">{SIGN[row.verdict]}</span>
                  {t(`health.verdicts.${row.verdict}`)}
                </Badge>
              </td>
            </tr>
          ))}
          {PRIORITIES.map((priority) => (
            <tr key={priority}>
              <td>
                <PriorityBadge priority={priority} /> {t('health.priority')}
              </td>
              <td className="up-num" style={{ textAlign: 'right' }}>
                <b>{format.percent(performance.priorities[priority].share)}</b>{' '}
                <span className="up-dim">({format.number(performance.priorities[priority].count, 0)})</span>
              </td>
              <td className="up-num" style={{ textAlign: 'right' }}>
                ≈ {format.percent(PRIORITY_TARGETS[priority])}
              </td>
              <td />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="up-dim up-small up-health-source">{t('health.source')}</p>
    </div>
  );
}

import type { BacktestResult, GradedOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { GRADE_SIGN, GRADE_TONE } from './timeline.ts';
import type { RuleWords } from './words.ts';

/** So many are listed; the figures count all. */
const SHOWN = 100;

/** Every order with what became of it, and whose it is. */
export function OrdersTable(props: {
  result: BacktestResult;
  device: string | null;
  nameOf: (id: string) => string;
  words: RuleWords;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, device, nameOf, words } = props;
  const rows = (['present', 'draft'] as const)
    .flatMap((side) => result[side].orders.map((order) => ({ side, order })))
    .filter(({ order }) => device === null || order.deviceId === device)
    .sort((a, b) => a.order.at - b.order.at || (a.side < b.side ? 1 : -1));
  if (rows.length === 0) return <p className="up-dim">{t('rules.noOrders')}</p>;
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className="up-table">
        <thead>
          <tr>
            <th scope="col">{t('rules.opened')}</th>
            <th scope="col">{t('rules.side')}</th>
            <th scope="col">{t('common.device')}</th>
            <th scope="col">{t('rules.field.component')}</th>
            <th scope="col">{t('rules.ruleId')}</th>
            <th scope="col">{t('rules.probability')}</th>
            <th scope="col">{t('rules.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(({ side, order }) => (
            <tr key={`${side} ${order.deviceId} ${order.component} ${order.at}`}>
              <td className="up-num">{format.dayTime(order.at)}</td>
              <td>
                {t(`rules.${side}`)}
                {order.shared && <span className="up-dim"> · {t('rules.shared')}</span>}
              </td>
              <td>
                <Link className="up-link" to={`/devices/${order.deviceId}`}>
                  {nameOf(order.deviceId)}
                </Link>
              </td>
              <td>{words.component(order.component)}</td>
              <td>{words.ruleName(order.ruleId)}</td>
              <td className="up-num">{format.percent(order.probability)}</td>
              <td>
                <GradeBadge order={order} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && <p className="up-dim up-small">{t('rules.more', { count: rows.length - SHOWN })}</p>}
    </div>
  );
}

function GradeBadge({ order }: { order: GradedOrder }) {
  const { t } = useTranslation();
  const format = useFormat();
  const after = order.endedAt === null ? '' : ` · ${format.duration(order.endedAt - order.at)}`;
  return (
    <Badge tone={GRADE_TONE[order.grade]} title={t(`rules.gradeText.${order.grade}`)}>
      <span aria-hidden="true">{GRADE_SIGN[order.grade]}</span>
      {t(`rules.grade.${order.grade}`)}
      {order.grade === 'true' || order.grade === 'late' ? after : ''}
    </Badge>
  );
}

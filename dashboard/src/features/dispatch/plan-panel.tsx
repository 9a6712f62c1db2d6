import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { can, type Plan } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import type { OptimiseAnswer, PlanCost } from '../../shared/api/types.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useNow } from '../../shared/live/hooks.ts';
import { Empty, Panel } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { PlanChanges } from './plan-changes.tsx';

/** The plan in force with its cost, and a longer search on request with the figures before and after. */
export function PlanPanel({ plan, zone }: { plan: Plan | undefined; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notify = useNotify();
  const now = useNow(2_000);
  const editable = can(useViewer(), 'dispatch');
  const optimise = useMutation({
    mutationFn: () => api.post<OptimiseAnswer>('/plan/optimise'),
    onError: notify.failed,
  });
  const answer = optimise.data;
  const [trigger, detail] = (plan?.trigger ?? '').split(':');
  return (
    <Panel
      title={t('dispatch.plan')}
      label={t('dispatch.plan')}
      padded={false}
      aside={
        editable && (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            loading={optimise.isPending}
            onClick={() => optimise.mutate()}
          >
            {t('dispatch.optimise')}
          </Button>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="up-scroll up-side up-focus" tabIndex={0} aria-label={t('dispatch.planFigures')}>
        <div className="up-panel-body" style={{ display: 'grid', gap: 12 }}>
          {plan?.id ? (
            <dl className="up-facts">
              <dt>{t('dispatch.committed')}</dt>
              <dd className="up-num">
                {format.dayTime(plan.committedAt)} · {format.ago(plan.committedAt, now)}
              </dd>
              <dt>{t('dispatch.trigger')}</dt>
              <dd>{t(`trigger.${detail ?? trigger}`, { defaultValue: plan.trigger })}</dd>
              <dt>{t('dispatch.visits')}</dt>
              <dd className="up-num">
                {plan.visits.length} ·{' '}
                {t('dispatch.pinnedCount', { count: plan.visits.filter((v) => v.pinned).length })}
              </dd>
              <dt>{t('dispatch.movedVisits')}</dt>
              <dd className="up-num">{plan.moved.length}</dd>
            </dl>
          ) : (
            <Empty title={t('dispatch.noPlan')}>{t('dispatch.noPlanText')}</Empty>
          )}
          {answer && (
            <div role="status">
              <b>{t(`dispatch.outcome.${answer.outcome}`)}</b>
              {answer.restarts > 0 && <div>{t('dispatch.restarts', { count: answer.restarts })}</div>}
            </div>
          )}
          {answer?.before && answer.after ? (
            <Costs before={answer.before} after={answer.after} />
          ) : (
            plan?.id && <Costs after={plan.cost} />
          )}
          <p className="up-dim up-small" style={{ margin: 0 }}>
            {t('dispatch.planHint')}
          </p>
          <section aria-label={t('dispatch.changes.title')}>
            <h3>{t('dispatch.changes.title')}</h3>
            <PlanChanges zone={zone} />
          </section>
        </div>
      </section>
    </Panel>
  );
}

const TERMS = ['downtime', 'lateness', 'unassigned', 'travel', 'distance', 'overtime', 'churn', 'overQualification'];
/** Shown where they cost something: most regions have not set what they are about. */
const WISHES = ['preference', 'familiarity', 'territory', 'hours', 'fairness', 'urgency'];

function Costs({ before, after }: { before?: PlanCost; after: PlanCost }) {
  const { t } = useTranslation();
  const format = useFormat();
  const yuan = (fen: number | undefined) => format.number((fen ?? 0) / 100, 0);
  const known = [
    ...TERMS.filter((term) => term in after || (before && term in before)),
    ...WISHES.filter((term) => after[term] || before?.[term]),
  ];
  const total = after.total ?? known.reduce((sum, term) => sum + (after[term] ?? 0), 0);
  return (
    <table className="up-table up-figures">
      <thead>
        <tr>
          <th style={{ paddingLeft: 0 }}>{t('dispatch.costs')}</th>
          {before && <th style={{ textAlign: 'right' }}>{t('dispatch.before')}</th>}
          <th style={{ textAlign: 'right' }}>{before ? t('dispatch.after') : '¥'}</th>
        </tr>
      </thead>
      <tbody>
        {known.map((term) => (
          <tr key={term}>
            <td style={{ paddingLeft: 0 }}>{t(`cost.${term}`)}</td>
            {before && <td>{yuan(before[term])}</td>}
            <td>{yuan(after[term])}</td>
          </tr>
        ))}
        <tr>
          <td style={{ paddingLeft: 0 }}>
            <b>{t('cost.total')}</b>
          </td>
          {before && <td>{yuan(before.total)}</td>}
          <td>
            <b>{yuan(total)}</b>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

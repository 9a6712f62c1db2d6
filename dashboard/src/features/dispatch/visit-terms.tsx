import { useQuery } from '@tanstack/react-query';
import type { WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import type { PlanTermsAnswer } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';

/** What this visit costs the plan, by term; looked up when it is opened. */
export function VisitTerms({ order }: { readonly order: WorkOrder }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className="up-small" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('dispatch.visitCosts')}</summary>
      {open && <Terms order={order} />}
    </details>
  );
}

function Terms({ order }: { readonly order: WorkOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const planId = useCollection('plan').list[0]?.id;
  const answer = useQuery({
    queryKey: ['plan-terms', planId],
    queryFn: ({ signal }) => api.get<PlanTermsAnswer>('/plan/terms', signal),
    placeholderData: (before) => before,
  });
  if (answer.isPending) return <Loading rows={3} />;
  if (answer.isError) return <ProblemNote error={answer.error} retry={() => void answer.refetch()} />;
  const own = answer.data.visits.find(({ workOrderId }) => workOrderId === order.id);
  if (!own) return <p className="up-dim">{t('dispatch.visitCostsNothing')}</p>;
  const yuan = (fen: number) => `${format.number(fen / 100, 0)} ¥`;
  return (
    <>
      <dl className="up-terms">
        {own.terms.map((term) => (
          <div key={term.term}>
            <dt>{text(term.text)}</dt>
            <dd className="up-num">{yuan(term.cost)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <b>{t('cost.total')}</b>
          </dt>
          <dd className="up-num">
            <b>{yuan(own.total)}</b>
          </dd>
        </div>
      </dl>
      <p className="up-dim" style={{ margin: 0 }}>
        {t('dispatch.visitCostsOf', { total: yuan(answer.data.total) })}
      </p>
    </>
  );
}

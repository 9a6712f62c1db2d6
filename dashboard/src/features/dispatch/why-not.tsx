import { useQuery } from '@tanstack/react-query';
import type { EngineerId, WorkOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import type { RelaxationsAnswer, WhyNotAnswer } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';

interface Props {
  readonly order: WorkOrder;
  readonly planId: string | undefined;
  readonly nameOf: (id: string) => string;
}

const SHOWN_MOVED = 5;

/** What the best plan with that engineer costs more than the best plan, by term, and what else it moves. */
export function WhyNot({ order, planId, nameOf, engineerId }: Props & { readonly engineerId: EngineerId }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(useSiteZone(order.siteId));
  const orders = useCollection('orders').items;
  const answer = useQuery({
    queryKey: ['why-not', order.id, engineerId, planId],
    queryFn: ({ signal }) => api.get<WhyNotAnswer>(`/plan/why-not/${order.id}/${engineerId}`, signal),
    placeholderData: (before) => before,
  });
  if (answer.isPending) return <Loading rows={2} />;
  if (answer.isError) return <ProblemNote error={answer.error} retry={() => void answer.refetch()} />;
  const { verdict, terms, total, moved, text: reason, startAt } = answer.data;
  if (verdict === 'impossible') return <p className="up-small">{text(reason)}</p>;
  const yuan = (fen: number) => `${fen > 0 ? '+' : fen < 0 ? '−' : ''}${format.number(Math.abs(fen) / 100, 0)} ¥`;
  return (
    <div className="up-small" style={{ margin: '4px 0 6px' }} role="status">
      <div>
        {total === 0
          ? t('dispatch.whyNotEqual')
          : t('dispatch.whyNotTotal', {
              cost: yuan(total).replace('+', ''),
              time: startAt === null ? '' : format.dayTime(startAt),
            })}
      </div>
      <dl className="up-terms">
        {terms.map((term) => (
          <div key={term.term}>
            <dt>{text(term.text)}</dt>
            <dd className="up-num">{yuan(term.cost)}</dd>
          </div>
        ))}
      </dl>
      {moved.length > 0 && (
        <div className="up-dim">
          {t('dispatch.whyNotMoves', { count: moved.length })}{' '}
          {moved
            .slice(0, SHOWN_MOVED)
            .map(({ workOrderId, after }) => {
              const number = orders.get(workOrderId)?.number ?? workOrderId;
              const where = after
                ? `${nameOf(after.engineerId)} ${format.dayTime(after.startAt)}`
                : t('dispatch.whyNotLeftOut');
              return `${number} → ${where}`;
            })
            .join('; ')}
          {moved.length > SHOWN_MOVED && ' …'}
        </div>
      )}
    </div>
  );
}

/** The smallest sets of rules that, given up, would make a place. */
export function WhatWouldHelp({ order, planId, nameOf }: Props) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(useSiteZone(order.siteId));
  const answer = useQuery({
    queryKey: ['relaxations', order.id, planId],
    queryFn: ({ signal }) => api.get<RelaxationsAnswer>(`/plan/relaxations/${order.id}`, signal),
    placeholderData: (before) => before,
  });
  if (answer.isPending) return <Loading rows={2} />;
  if (answer.isError) return <ProblemNote error={answer.error} retry={() => void answer.refetch()} />;
  const options = answer.data.options.filter(({ gives }) => gives.length > 0);
  return (
    <div className="up-small">
      <b>{t('dispatch.wouldHelp')}</b>
      {options.length === 0 ? (
        <p className="up-dim">{t('dispatch.nothingHelps')}</p>
      ) : (
        <ul style={{ margin: '4px 0 0', paddingLeft: 16 }}>
          {options.map(({ gives, engineerId, startAt }) => (
            <li key={gives.map(({ rule }) => rule).join()}>
              {gives.map((give) => text(give.text)).join(t('dispatch.and'))}
              <span className="up-dim up-num">
                {' '}
                · {nameOf(engineerId)} {format.dayTime(startAt)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

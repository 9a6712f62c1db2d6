import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PlanChange, PlanChangesPage, PromiseVerdict, WorkOrderId } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Badge, type Tone } from '../../shared/ui/badges.tsx';
import { Empty, Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useActorName } from '../../shared/ui/order-timeline.tsx';

const PAGE = 20;
const MOST = 200;
const TONE: Record<PromiseVerdict, Tone> = { kept: 'grey', moved: 'amber', broken: 'red', withdrawn: 'grey' };

/** What plans changed, for whom, why, and what became of what the hospital was told: of one order, or of all, newest first. */
export function PlanChanges({ orderId, zone }: { orderId?: WorkOrderId; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const actorName = useActorName();
  const orders = useCollection('orders').items;
  const planId = useCollection('plan').list[0]?.id;
  const [limit, setLimit] = useState(PAGE);
  const page = useQuery({
    queryKey: ['plan-changes', orderId, planId, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(limit), ...(orderId && { orderId }) });
      return api.get<PlanChangesPage>(`/plan/changes?${query}`, signal);
    },
    placeholderData: (before) => before,
  });
  if (page.isPending) return <Loading rows={3} />;
  if (page.isError) return <ProblemNote error={page.error} retry={() => void page.refetch()} />;
  const { changes, next } = page.data;
  if (changes.length === 0)
    return orderId ? (
      <p className="up-dim up-small">{t('dispatch.changes.noneOfOrder')}</p>
    ) : (
      <Empty title={t('dispatch.changes.none')}>{t('dispatch.changes.noneText')}</Empty>
    );
  return (
    <>
      <ol className="up-timeline up-small">
        {changes.map((change) => (
          <li key={change.n}>
            <div style={{ display: 'flex', gap: 6, flexWrap: 'wrap', alignItems: 'baseline' }}>
              {!orderId && (
                <Link className="up-link" to={`/dispatch/${change.workOrderId}`}>
                  {orders.get(change.workOrderId)?.number ?? change.workOrderId}
                </Link>
              )}
              <span className="up-num">
                <WhatChanged change={change} zone={zone} />
              </span>
              <Badge tone={TONE[change.promise.verdict]}>
                {t(`dispatch.changes.promise.${change.promise.verdict}`)}
              </Badge>
            </div>
            <WhatWasTold change={change} zone={zone} />
            <div className="up-dim up-num">
              {format.dayTime(change.at)} · {text(change.cause.text)} ·{' '}
              {actorName(change.cause.actor) || t('actor.person')}
            </div>
          </li>
        ))}
      </ol>
      {next !== null && limit < MOST && (
        <Button size="compact-xs" variant="default" onClick={() => setLimit((shown) => Math.min(MOST, shown + PAGE))}>
          {t('dispatch.changes.more')}
        </Button>
      )}
    </>
  );
}

type Change = Pick<PlanChange, 'kind' | 'from' | 'to' | 'promise'>;

/** Who and when before, and now. */
export function WhatChanged({ change: { kind, from, to }, zone }: { change: Change; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const engineers = useCollection('engineers').items;
  const said = (place: Change['to']) =>
    place && `${text(engineers.get(place.engineerId)?.name) || place.engineerId} ${format.dayTime(place.startAt)}`;
  if (kind === 'placed') return t('dispatch.changes.placed', { to: said(to) });
  if (kind === 'removed') return t('dispatch.changes.removed', { from: said(from) });
  return (
    <>
      {said(from)} <span aria-hidden="true">→</span>
      <span className="up-sr">{t('dispatch.changes.to')}</span> {said(to)}
    </>
  );
}

/** Said only where the hospital has to be told another window. */
export function WhatWasTold({ change: { promise }, zone }: { change: Change; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const { verdict, before, after } = promise;
  if (!before || verdict === 'kept' || verdict === 'withdrawn') return null;
  const said = (told: typeof before) => `${format.dayTime(told.from)}–${format.time(told.to)}`;
  return (
    <div className="up-num">
      {after
        ? t('dispatch.changes.toldNew', { before: said(before), after: said(after) })
        : t('dispatch.changes.toldNone', { before: said(before) })}
    </div>
  );
}

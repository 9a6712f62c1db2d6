import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { can, type WorkOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import type { RepairedAnswer } from '../../shared/api/types.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';

interface Props {
  readonly order: WorkOrder;
  readonly planId: string | undefined;
  readonly nameOf: (id: string) => string;
}

/** Where nobody comes in time: who could, if up to three others moved, and from when to when. */
export function MakeRoom({ order, planId, nameOf }: Props) {
  const { t } = useTranslation();
  const format = useFormat(useSiteZone(order.siteId));
  const answer = useQuery({
    queryKey: ['repaired', order.id, planId],
    queryFn: ({ signal }) => api.get<RepairedAnswer>(`/plan/repaired/${order.id}`, signal),
    placeholderData: (before) => before,
  });
  const notify = useNotify();
  const mayMove = can(useViewer(), 'dispatch');
  const make = useMutation({
    mutationFn: () => api.post<unknown>(`/plan/repaired/${order.id}`),
    onSuccess: () => notify.done(t('dispatch.roomMade', { number: order.number })),
    onError: (error) => {
      notify.failed(error);
      void answer.refetch();
    },
  });
  if (answer.isPending) return <Loading rows={2} />;
  if (answer.isError) return <ProblemNote error={answer.error} retry={() => void answer.refetch()} />;
  const { repaired } = answer.data;
  if (repaired === null) return <p className="up-dim up-small">{t('dispatch.noRoom')}</p>;
  return (
    <div className="up-small" role="status" style={{ borderLeft: '3px solid var(--up-accent)', paddingLeft: 8 }}>
      <b>
        {t('dispatch.room', {
          name: nameOf(repaired.engineerId),
          time: format.dayTime(repaired.startAt),
          count: repaired.moved.length,
        })}
      </b>
      <ul style={{ margin: '4px 0 0', paddingLeft: 16 }}>
        {repaired.moved.map(({ workOrderId, number, from, to }) => (
          <li key={workOrderId}>
            {number}: {nameOf(from.engineerId)} {format.dayTime(from.startAt)} → {nameOf(to.engineerId)}{' '}
            {format.dayTime(to.startAt)}
          </li>
        ))}
      </ul>
      <div className="up-dim">{t('dispatch.roomKeeps')}</div>
      {mayMove && (
        <Button
          size="compact-sm"
          variant="light"
          loading={make.isPending}
          style={{ marginTop: 4 }}
          onClick={() => make.mutate()}
        >
          {t('dispatch.makeRoom')}
        </Button>
      )}
    </div>
  );
}

import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EngineerId, Instant, WhatIfAnswer, WorkOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { WhatChanged, WhatWasTold } from './plan-changes.tsx';

export interface Move {
  readonly order: Pick<WorkOrder, 'id' | 'number'>;
  readonly engineerId: EngineerId;
  readonly startAt: Instant;
}

/** Before a visit is moved: what it costs, which rules it breaks, whom else it moves, what hospitals have to be told. */
export function MoveDialog(props: {
  move: Move;
  zone: string;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { move, zone, busy } = props;
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const name = useCollection('engineers').items.get(move.engineerId)?.name;
  const { order, engineerId, startAt } = move;
  const asked = useQuery({
    queryKey: ['what-if', order.id, engineerId, startAt],
    queryFn: () => api.post<WhatIfAnswer>('/plan/what-if', { moves: [{ workOrderId: order.id, engineerId, startAt }] }),
    gcTime: 0,
  });
  const broken = (asked.data?.violations.length ?? 0) > 0;
  const title = t('dispatch.whatIf.title', { number: order.number, name: text(name), time: format.dayTime(startAt) });
  return (
    <Dialog title={title} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onConfirm();
        }}
      >
        <Stack gap="sm">
          {asked.isPending ? (
            <Loading rows={4} />
          ) : asked.isError ? (
            <ProblemNote error={asked.error} retry={() => void asked.refetch()} />
          ) : (
            <Answer answer={asked.data} own={order.id} zone={zone} />
          )}
          <Group gap="sm" justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {t('dispatch.whatIf.leave')}
            </Button>
            <Button type="submit" loading={busy} disabled={broken} data-autofocus>
              {t('dispatch.whatIf.move')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Answer({ answer, own, zone }: { answer: WhatIfAnswer; own: string; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const orders = useCollection('orders').items;
  const { before, after, violations, changes } = answer;
  const mine = changes.find(({ workOrderId }) => workOrderId === own);
  const others = changes.filter(({ workOrderId }) => workOrderId !== own);
  return (
    <>
      {violations.length > 0 && (
        <div role="alert" style={{ borderLeft: '3px solid var(--up-red)', paddingLeft: 8 }}>
          <b>{t('dispatch.whatIf.breaks')}</b>
          <ul style={{ margin: '4px 0 0', paddingLeft: 16 }}>
            {violations.map(({ message, text: said }) => (
              <li key={message}>{text(said)}</li>
            ))}
          </ul>
        </div>
      )}
      {after && <Terms before={before} after={after} />}
      {mine && <WhatWasTold change={mine} zone={zone} />}
      {others.length > 0 ? (
        <div className="up-small">
          <b>{t('dispatch.whatIf.others', { count: others.length })}</b>
          <ul style={{ margin: '4px 0 0', paddingLeft: 16 }}>
            {others.map((change) => (
              <li key={change.workOrderId} className="up-num">
                {orders.get(change.workOrderId)?.number ?? change.workOrderId}:{' '}
                <WhatChanged change={change} zone={zone} />
                <WhatWasTold change={change} zone={zone} />
              </li>
            ))}
          </ul>
        </div>
      ) : (
        violations.length === 0 && <div className="up-dim up-small">{t('dispatch.whatIf.noOthers')}</div>
      )}
    </>
  );
}

/** The terms that change, and what they come to. */
function Terms({ before, after }: { before: WhatIfAnswer['before']; after: WhatIfAnswer['before'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const yuan = (fen: number) => `${fen > 0 ? '+' : fen < 0 ? '−' : ''}${format.number(Math.abs(fen) / 100, 0)} ¥`;
  const by = (term: string) => (after[term] ?? 0) - (before[term] ?? 0);
  const changed = Object.keys(after).filter((term) => term !== 'total' && Math.abs(by(term)) >= 50);
  return (
    <div className="up-small" role="status">
      <b>{by('total') === 0 ? t('dispatch.whatIf.same') : t('dispatch.whatIf.costs', { cost: yuan(by('total')) })}</b>
      <dl className="up-terms">
        {changed.map((term) => (
          <div key={term}>
            <dt>{t(`cost.${term}`)}</dt>
            <dd className="up-num">{yuan(by(term))}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

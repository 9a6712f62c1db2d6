import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { SlotOffer, SlotOffers, WorkOrderId } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../api/client.ts';
import { useFormat, useText } from '../format/use-format.ts';
import { useCollection, useNow } from '../live/hooks.ts';
import { Loading, ProblemNote } from './blocks.tsx';
import { useNotify } from './notify.ts';

interface Props {
  readonly orderId: WorkOrderId;
  readonly number: string;
  readonly zone?: string;
  /** A time is promised already: another one takes its place. */
  readonly again: boolean;
}

/** Times that can be promised for an order, asked for when wanted, and one of them taken. Staff also see who would come. */
export function SlotChooser({ orderId, number, zone, again }: Props) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const notify = useNotify();
  const now = useNow(5_000);
  const ask = useMutation({
    mutationFn: () => api.post<SlotOffers>('/plan/slots', { workOrderId: orderId }),
  });
  const accept = useMutation({
    mutationFn: ({ from, to }: SlotOffer) =>
      api.post<unknown>('/plan/slots/accept', { workOrderId: orderId, from, to }),
    onSuccess: (_answer, { from, to }) => {
      ask.reset();
      notify.done(t('slots.promised', { number, time: `${format.dayTime(from)}–${format.time(to)}` }));
    },
    onError: (error) => {
      notify.failed(error);
      // Somebody else has it: what is on offer now takes its place.
      if (error instanceof ApiProblem && (error.code === 'slot-gone' || error.code === 'slot-not-offered'))
        ask.mutate();
    },
  });
  const stands = ask.data !== undefined && ask.data.standUntil >= now;
  if (ask.isPending) return <Loading rows={3} />;
  if (ask.isError) return <ProblemNote error={ask.error} retry={() => ask.mutate()} />;
  if (!ask.data || !stands)
    return (
      <div>
        <Button size="compact-sm" variant="default" onClick={() => ask.mutate()}>
          {t(again ? 'slots.askAgain' : 'slots.ask')}
        </Button>
      </div>
    );
  if (ask.data.offers.length === 0)
    return (
      <p className="up-dim" role="status" style={{ margin: 0 }}>
        {t('slots.none')}
      </p>
    );
  return (
    <section aria-label={t('slots.offers')}>
      <ul className="up-slots">
        {ask.data.offers.map((offer) => (
          <li key={offer.from}>
            <Offer offer={offer} zone={zone} />
            <Button
              size="compact-sm"
              variant="light"
              disabled={accept.isPending}
              aria-label={t('slots.takeTime', { time: `${format.dayTime(offer.from)}–${format.time(offer.to)}` })}
              onClick={() => accept.mutate(offer)}
            >
              {t('slots.take')}
            </Button>
          </li>
        ))}
      </ul>
      <p className="up-dim up-small" style={{ margin: '6px 0 0' }}>
        {t('slots.standUntil', { time: format.time(ask.data.standUntil) })}
      </p>
    </section>
  );
}

function Offer({ offer, zone }: { offer: SlotOffer; zone: string | undefined }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(zone);
  const engineer = useCollection('engineers').items.get(offer.engineerId ?? '');
  return (
    <div>
      <b className="up-num">
        {format.dayTime(offer.from)}–{format.time(offer.to)}
      </b>
      {engineer && (
        <div className="up-dim up-small">
          {text(engineer.name)} ·{' '}
          {offer.extraCost ? `+${format.number(offer.extraCost / 100, 0)} ¥` : t('dispatch.best')}
        </div>
      )}
    </div>
  );
}

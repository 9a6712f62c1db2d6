import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { can, type WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { Dialog, DialogForm, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { SlotChooser } from '../../shared/ui/slot-chooser.tsx';

/** The time the hospital was promised, and the times it could be. */
export function PromisedSlot({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const zone = useSiteZone(order.siteId);
  const format = useFormat(zone);
  const notify = useNotify();
  const mayPromise = can(useViewer(), 'dispatch');
  const [taking, setTaking] = useState(false);
  const [reason, setReason] = useState('');
  const withdraw = useMutation({
    mutationFn: () => api.post<unknown>('/plan/slots/withdraw', { workOrderId: order.id, reason }),
    onSuccess: () => {
      setTaking(false);
      notify.done(t('slots.withdrawn'));
    },
    onError: notify.failed,
  });
  if (!order.slot && !mayPromise) return null;
  return (
    <section>
      <h3>{t('slots.title')}</h3>
      {order.slot && (
        <div style={{ display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap', marginBottom: 6 }}>
          <b className="up-num">
            {format.dayTime(order.slot.from)}–{format.time(order.slot.to)}
          </b>
          {mayPromise && (
            <Button size="compact-xs" variant="subtle" onClick={() => setTaking(true)}>
              {t('slots.withdraw')}
            </Button>
          )}
        </div>
      )}
      {mayPromise && (
        <SlotChooser orderId={order.id} number={order.number} zone={zone} again={order.slot !== undefined} />
      )}
      <Dialog
        opened={taking}
        onClose={() => setTaking(false)}
        title={t('slots.withdrawTitle', { number: order.number })}
      >
        <DialogForm
          confirm={t('slots.withdraw')}
          danger
          busy={withdraw.isPending}
          disabled={!isReason(reason)}
          onSubmit={() => withdraw.mutate()}
        >
          <ReasonInput label={t('slots.withdrawReason')} value={reason} onChange={setReason} />
        </DialogForm>
      </Dialog>
    </section>
  );
}

import { Button, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type Alert, can, suppressionOf, type WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Dialog, DialogForm, DialogText } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { orderOf } from './model.ts';
import { ShelveDialog } from './shelve-dialog.tsx';
import { SuppressDialog } from './suppress-dialog.tsx';

/** Acknowledge (A), shelve (S), suppress (U), create an order (C): every one is at most two key strokes away. */
export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const notify = useNotify();
  const orders = useCollection('orders');
  const order = orderOf(alert.id, orders.list);
  const [dialog, setDialog] = useState<'shelve' | 'suppress' | 'order' | null>(null);

  const act = useMutation({
    mutationFn: (input: { path: string; body?: unknown; said: string }) => api.post<unknown>(input.path, input.body),
    onSuccess: (_answer, input) => {
      notify.done(input.said);
      setDialog(null);
    },
    onError: notify.failed,
  });
  const allowed = can(viewer, 'handle-alerts');
  const mayAcknowledge = allowed && alert.state === 'raised';
  const mayShelve = allowed && (alert.state === 'raised' || alert.state === 'acknowledged');
  const maySuppress = allowed && alert.state !== 'cleared' && suppressionOf(alert)?.id === undefined;
  const mayOrder = allowed && alert.state !== 'cleared' && (!order || order.state === 'closed');
  const acknowledge = () => act.mutate({ path: `/alerts/${alert.id}/acknowledge`, said: t('alerts.acknowledged') });
  useHotkeys([
    ['A', () => mayAcknowledge && !act.isPending && acknowledge()],
    ['S', () => mayShelve && setDialog('shelve')],
    ['U', () => maySuppress && setDialog('suppress')],
    ['C', () => mayOrder && setDialog('order')],
  ]);
  if (!allowed) return null;
  return (
    <>
      <div className="up-actions">
        {mayAcknowledge && (
          <Button size="xs" onClick={acknowledge} loading={act.isPending && !dialog}>
            {t('alerts.acknowledge')}
            <Key label="A" />
          </Button>
        )}
        {mayShelve && (
          <Button size="xs" variant="default" onClick={() => setDialog('shelve')}>
            {t('alerts.shelve')}
            <Key label="S" />
          </Button>
        )}
        {alert.state === 'shelved' && (
          <Button
            size="xs"
            variant="default"
            onClick={() => act.mutate({ path: `/alerts/${alert.id}/unshelve`, said: t('alerts.unshelved') })}
          >
            {t('alerts.unshelve')}
          </Button>
        )}
        {maySuppress && (
          <Button size="xs" variant="default" onClick={() => setDialog('suppress')}>
            {t('suppress.action')}
            <Key label="U" />
          </Button>
        )}
        {mayOrder && (
          <Button size="xs" variant="default" onClick={() => setDialog('order')}>
            {t('alerts.createOrder')}
            <Key label="C" />
          </Button>
        )}
      </div>
      <ShelveDialog
        opened={dialog === 'shelve'}
        busy={act.isPending}
        onClose={() => setDialog(null)}
        onSubmit={(body) => act.mutate({ path: `/alerts/${alert.id}/shelve`, body, said: t('alerts.shelved') })}
      />
      <SuppressDialog
        opened={dialog === 'suppress'}
        of={{ deviceId: alert.deviceId, ruleId: alert.worst.ruleId }}
        onClose={() => setDialog(null)}
      />
      <OrderDialog
        opened={dialog === 'order'}
        alertId={alert.id}
        onClose={() => setDialog(null)}
        onOpened={(opened) => notify.done(t('alerts.orderCreated', { number: opened.number }))}
      />
    </>
  );
}

function Key({ label }: { label: string }) {
  return (
    <span className="up-kbd" aria-hidden="true">
      {label}
    </span>
  );
}

function OrderDialog(props: {
  opened: boolean;
  alertId: string;
  onClose: () => void;
  onOpened: (order: WorkOrder) => void;
}) {
  const { t } = useTranslation();
  const notify = useNotify();
  const [note, setNote] = useState('');
  const create = useMutation({
    mutationFn: () =>
      api.post<WorkOrder | { order: WorkOrder }>('/work-orders', { alertId: props.alertId, note: note.trim() }),
    onSuccess: (answer) => {
      props.onOpened('order' in answer ? answer.order : answer);
      setNote('');
      props.onClose();
    },
    onError: notify.failed,
  });
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={t('alerts.createOrder')}>
      <DialogForm confirm={t('alerts.createOrder')} busy={create.isPending} onSubmit={() => create.mutate()}>
        <DialogText>{t('alerts.orderText')}</DialogText>
        <Textarea
          data-autofocus
          label={t('alerts.orderNote')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
        />
      </DialogForm>
    </Dialog>
  );
}

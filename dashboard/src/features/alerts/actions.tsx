import { Button, Modal, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { type Alert, can, type WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { orderOf, SHELVE_HOURS, shelveUntil } from './model.ts';

/** Acknowledge (A), shelve (S), create an order (C): every one is at most two key strokes away. */
export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const notify = useNotify();
  const orders = useCollection('orders');
  const order = orderOf(alert.id, orders.list);
  const [dialog, setDialog] = useState<'shelve' | 'order' | null>(null);

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
  const mayOrder = allowed && alert.state !== 'cleared' && (!order || order.state === 'closed');
  const acknowledge = () => act.mutate({ path: `/alerts/${alert.id}/acknowledge`, said: t('alerts.acknowledged') });
  useHotkeys([
    ['A', () => mayAcknowledge && !act.isPending && acknowledge()],
    ['S', () => mayShelve && setDialog('shelve')],
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

function ShelveDialog(props: {
  opened: boolean;
  busy: boolean;
  onClose: () => void;
  onSubmit: (body: { reason: string; until: number }) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState<string>(String(SHELVE_HOURS[1]));
  const until = shelveUntil(live.now(), Number(hours));
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t('alerts.shelveTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit({ reason: reason.trim(), until });
        }}
      >
        <Stack gap="sm">
          <p className="up-dim" style={{ margin: 0 }}>
            {t('alerts.shelveText')}
          </p>
          <Textarea
            data-autofocus
            label={t('alerts.shelveReason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            minLength={3}
            maxLength={500}
            required
            autosize
            minRows={2}
          />
          <SegmentedControl
            aria-label={t('alerts.shelveFor')}
            value={hours}
            onChange={setHours}
            data={SHELVE_HOURS.map((each) => ({ value: String(each), label: format.duration(each * 3_600_000) }))}
          />
          <span className="up-dim up-small">{t('alerts.shelveUntil', { time: format.dayTime(until) })}</span>
          <Button type="submit" loading={props.busy} disabled={reason.trim().length < 3}>
            {t('alerts.shelve')}
          </Button>
        </Stack>
      </form>
    </Modal>
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
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t('alerts.createOrder')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <p className="up-dim" style={{ margin: 0 }}>
            {t('alerts.orderText')}
          </p>
          <Textarea
            data-autofocus
            label={t('alerts.orderNote')}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={2000}
            autosize
            minRows={2}
          />
          <Button type="submit" loading={create.isPending}>
            {t('alerts.createOrder')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { can, type ExpectedPart, type PartId, type WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useRegistry } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { instantOf, wallClock } from '../../shared/format/zone.ts';
import { useNow } from '../../shared/live/hooks.ts';
import { Dialog, DialogForm } from '../../shared/ui/dialog.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';

/** The parts an order needs: out of the van, or sent to the site, and when they come. */
export function Parts({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(useSiteZone(order.siteId));
  const mayChange = can(useViewer(), 'dispatch');
  const registry = useRegistry();
  const [asked, setAsked] = useState<PartId | null>(null);
  const expected = new Map((order.partsExpected ?? []).map((part) => [part.partId, part]));
  const parts = [...new Set([...order.parts, ...expected.keys()])];
  if (parts.length === 0) return null;
  const nameOf = (id: PartId) => text(registry.data?.parts.find((part) => part.id === id)?.name) || id;
  const stateOf = (part: ExpectedPart | undefined) =>
    part === undefined
      ? t('parts.fromVan')
      : part.arrivesAt === null
        ? t('parts.unknown')
        : t('parts.arrives', { time: format.dayTime(part.arrivesAt) });
  return (
    <section>
      <h3>{t('parts.title')}</h3>
      <ul className="up-slots">
        {parts.map((id) => (
          <li key={id}>
            <div>
              <b>{nameOf(id)}</b>
              <div className="up-dim up-small up-num">{stateOf(expected.get(id))}</div>
            </div>
            {mayChange && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('parts.changeName', { name: nameOf(id) })}
                onClick={() => setAsked(id)}
              >
                {t('parts.change')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <PartDialog
          order={order}
          part={expected.get(asked)}
          partId={asked}
          name={nameOf(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function PartDialog(props: {
  order: WorkOrder;
  part: ExpectedPart | undefined;
  partId: PartId;
  name: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const notify = useNotify();
  const { order, part, partId, name, onClose } = props;
  const zone = useSiteZone(order.siteId);
  const now = useNow(60_000);
  const first = wallClock(part?.arrivesAt ?? now, zone);
  const [day, setDay] = useState(first.date);
  const [time, setTime] = useState(first.time);
  const [unknown, setUnknown] = useState(part?.arrivesAt === null);
  const arrivesAt = unknown ? null : instantOf(day, time, zone);
  const save = useMutation({
    mutationFn: (body: { quantity?: number; arrivesAt: number | null }) =>
      api.put<unknown>(`/work-orders/${order.id}/parts/${partId}`, body),
    onSuccess: () => {
      notify.done(t('parts.saved'));
      onClose();
    },
    onError: notify.failed,
  });
  return (
    <Dialog opened onClose={onClose} title={t('parts.dialog', { name })}>
      <DialogForm
        confirm={t('parts.save')}
        busy={save.isPending}
        disabled={Number.isNaN(arrivesAt)}
        onSubmit={() => save.mutate({ arrivesAt })}
      >
        <Checkbox
          label={t('parts.unknown')}
          checked={unknown}
          onChange={(event) => setUnknown(event.currentTarget.checked)}
        />
        {!unknown && (
          <div style={{ display: 'flex', gap: 10, flexWrap: 'wrap' }}>
            <TextInput
              type="date"
              label={t('parts.day')}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={t('parts.time')}
              value={time}
              onChange={(event) => setTime(event.currentTarget.value)}
            />
          </div>
        )}
        {part && (
          <div>
            <Button
              size="compact-sm"
              variant="subtle"
              loading={save.isPending}
              onClick={() => save.mutate({ quantity: 0, arrivesAt: null })}
            >
              {t('parts.notAwaited')}
            </Button>
          </div>
        )}
        <span className="up-dim up-small">{t('parts.zone', { zone })}</span>
      </DialogForm>
    </Dialog>
  );
}

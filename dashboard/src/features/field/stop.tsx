import { Button, Stack, Textarea } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WorkOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useRegistry } from '../../shared/api/queries.ts';
import type { FieldDay, FieldStop } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { isOvertaken, missingSteps, nextAction, plannedParts } from './model.ts';

type Act = (path: string, body?: unknown) => void;

export function StopBody({ stop, day, onAct }: { stop: FieldStop; day: FieldDay; onAct: () => void }) {
  const { t } = useTranslation();
  const text = useText();
  const notify = useNotify();
  const queries = useQueryClient();
  const { order, device, site, model } = stop;
  const format = useFormat(site.timeZone);
  const mutation = useMutation({
    mutationFn: (input: { path: string; body?: unknown }) =>
      api.post<WorkOrder>(`/work-orders/${order.id}/${input.path}`, input.body),
    // Somebody else reported it first, or the order was taken back: no fault of the person who touched the button.
    onError: (error) => (isOvertaken(error) ? notify.told(t('field.overtaken')) : notify.failed(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['field-day'] }),
  });
  const act: Act = (path, body) => {
    onAct();
    mutation.mutate({ path, body });
  };
  const due = order.promises.find((promise) => promise.settledAt === null);
  return (
    <div className="up-stop-body">
      <dl className="up-facts">
        <dt>{t('field.where')}</dt>
        <dd>
          {text(site.name)}, {text(device.room)}
          <div className="up-dim up-small up-num">
            {site.place.lat.toFixed(4)}, {site.place.lon.toFixed(4)}
          </div>
        </dd>
        <dt>{t('common.device')}</dt>
        <dd>
          {[text(device.name), text(model?.name)].filter(Boolean).join(' · ')}
          <div className="up-dim up-small">{device.serial}</div>
        </dd>
        <dt>{t('field.order')}</dt>
        <dd>
          {order.number}
          {order.note && <div className="up-small">{order.note}</div>}
        </dd>
        {due && (
          <>
            <dt>{t(`promise.${due.kind}`)}</dt>
            <dd className="up-num">{format.dayTime(due.due)}</dd>
          </>
        )}
      </dl>
      <Steps order={order} act={act} busy={mutation.isPending} />
      {order.state === 'on-site' && <Parts order={order} day={day} act={act} busy={mutation.isPending} />}
      <Next order={order} act={act} busy={mutation.isPending} />
    </div>
  );
}

function Steps({ order, act, busy }: { order: WorkOrder; act: Act; busy: boolean }) {
  const { t } = useTranslation();
  const text = useText();
  const working = order.state === 'on-site';
  return (
    <div>
      <b className="up-small">{t('field.steps')}</b>
      {order.steps.map((step) => {
        const done = order.stepsDone.some((each) => each.key === step.key);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a target of 48 px that cannot be unticked
          <button
            key={step.key}
            type="button"
            role="checkbox"
            aria-checked={done}
            className="up-step"
            disabled={!working || done || busy}
            onClick={() => act('steps', { step: step.key })}
          >
            <span className="up-box" aria-hidden="true">
              {done && <IconCheck size={19} stroke={3} />}
            </span>
            <span>{text(step.name)}</span>
          </button>
        );
      })}
    </div>
  );
}

function Parts({ order, day, act, busy }: { order: WorkOrder; day: FieldDay; act: Act; busy: boolean }) {
  const { t } = useTranslation();
  const text = useText();
  const registry = useRegistry();
  const parts = plannedParts(order);
  if (parts.length === 0) return null;
  return (
    <div>
      <b className="up-small">{t('field.parts')}</b>
      {parts.map(({ partId, used }) => {
        const part = registry.data?.parts.find((each) => each.id === partId);
        const stock = (day.engineer.vanStock as Record<string, number>)[partId] ?? 0;
        const name = part ? text(part.name) : partId;
        return (
          <div key={partId} className="up-part">
            <span style={{ flex: 1 }}>
              {name}
              <span className="up-dim up-small up-num"> · {t('field.stock', { used, stock })}</span>
            </span>
            <Button
              variant="default"
              h={44}
              disabled={busy || stock === 0}
              aria-label={t('field.usePart', { part: name })}
              onClick={() => act('parts', { partId, quantity: 1 })}
            >
              +1
            </Button>
          </div>
        );
      })}
    </div>
  );
}

type Ending = 'cannot-finish' | 'no-fault-found';

/** Words of the two ways to end a visit without a repair. */
const ENDINGS = {
  'no-fault-found': { title: 'field.noFaultFound', label: 'field.whatChecked', send: 'field.closeNoFault' },
  'cannot-finish': { title: 'field.cannotFinish', label: 'field.whyNot', send: 'field.sendBack' },
} as const;

function Next({ order, act, busy }: { order: WorkOrder; act: Act; busy: boolean }) {
  const { t } = useTranslation();
  const [ending, setEnding] = useState<Ending | null>(null);
  const next = nextAction(order);
  const missing = missingSteps(order);
  if (next === 'wait') return <div className="up-dim">{t(`orderState.${order.state}`)}</div>;
  if (next !== 'finish')
    return (
      <Button h={50} fullWidth loading={busy} onClick={() => act(next)}>
        {t(`field.${next}`)}
      </Button>
    );
  // Whoever changed a part found something.
  const offered: readonly Ending[] =
    order.partsUsed.length > 0 ? ['cannot-finish'] : ['no-fault-found', 'cannot-finish'];
  return (
    <>
      <Button
        h={50}
        fullWidth
        loading={busy}
        disabled={missing > 0}
        onClick={() => act('finish', { outcome: 'fixed', note: null })}
      >
        {missing > 0 ? t('field.stepsLeft', { count: missing }) : t('field.finish')}
      </Button>
      {offered.map((each) => (
        <Button key={each} h={46} fullWidth variant="default" disabled={busy} onClick={() => setEnding(each)}>
          {t(ENDINGS[each].title)}
        </Button>
      ))}
      {ending && (
        <EndingDialog
          ending={ending}
          onClose={() => setEnding(null)}
          onSend={(note) => {
            act('finish', { outcome: ending, note });
            setEnding(null);
          }}
        />
      )}
    </>
  );
}

function EndingDialog(props: { ending: Ending; onClose: () => void; onSend: (note: string) => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const words = ENDINGS[props.ending];
  return (
    <Dialog onClose={props.onClose} title={t(words.title)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onSend(note);
        }}
      >
        <Stack>
          {props.ending === 'no-fault-found' && <div className="up-small">{t('field.noFaultText')}</div>}
          <Textarea
            data-autofocus
            label={t(words.label)}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            required
            autosize
            minRows={3}
            maxLength={2000}
          />
          <Button type="submit" h={46} disabled={note.trim().length < 3}>
            {t(words.send)}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

import { Radio, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SuppressionScope } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Dialog, DialogForm, DialogText, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';
import { useModels } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { STARTS_IN_HOURS, SUPPRESS_HOURS, type Suppressible, scopesOf } from './suppressible.ts';

const HOUR = 3_600_000;
const KINDS = ['out-of-service', 'maintenance'] as const;

/** Takes alarms out of service for a time, or announces maintenance: what, why, who answers for it, from when until when. */
export function SuppressDialog(props: { opened: boolean; of: Suppressible; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={t('suppress.title')}>
      {props.opened && <SuppressForm of={props.of} onClose={props.onClose} />}
    </Dialog>
  );
}

function SuppressForm({ of, onClose }: { of: Suppressible; onClose: () => void }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const notify = useNotify();
  const queries = useQueryClient();
  const device = useCollection('devices').items.get(of.deviceId);
  const model = useModels().get(device?.modelId ?? '');
  const rule = model?.rules.find(({ id }) => id === of.ruleId);
  const scopes = scopesOf(of, model);
  const [chosen, setChosen] = useState(scopes[0]?.key ?? 'device');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('out-of-service');
  const [reason, setReason] = useState('');
  const [owner, setOwner] = useState(text(useViewer().name));
  const [startsIn, setStartsIn] = useState('0');
  const [hours, setHours] = useState('24');
  const from = live.now() + Number(startsIn) * HOUR;
  const until = Math.round(from + Number(hours) * HOUR);
  const send = useMutation({
    mutationFn: (scope: SuppressionScope) =>
      api.post('/alarms/suppressions', {
        ...{ kind, scope, reason: reason.trim(), owner: owner.trim(), until },
        ...(startsIn === '0' ? {} : { from: Math.round(from) }),
      }),
    onSuccess: () => {
      notify.done(t('suppress.done'));
      void queries.invalidateQueries({ queryKey: ['suppressions'] });
      onClose();
    },
    onError: notify.failed,
  });
  const names = { device: text(device?.name), model: text(device?.modelName), rule: text(rule?.name) };
  const choice = scopes.find(({ key }) => key === chosen) ?? scopes[0];
  return (
    <DialogForm
      confirm={t('suppress.action')}
      busy={send.isPending}
      disabled={!isReason(reason) || owner.trim().length < 2 || !choice}
      onSubmit={() => choice && send.mutate(choice.scope)}
    >
      <DialogText>{t('suppress.text')}</DialogText>
      <Radio.Group label={t('suppress.what')} value={choice?.key ?? ''} onChange={(value) => setChosen(value as never)}>
        <Stack gap={6} mt={6}>
          {scopes.map(({ key }) => (
            <Radio key={key} value={key} label={t(`suppress.scope.${key}`, names)} />
          ))}
        </Stack>
      </Radio.Group>
      <SegmentedControl
        aria-label={t('suppress.kindLabel')}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
        data={KINDS.map((each) => ({ value: each, label: t(`suppress.kind.${each}`) }))}
      />
      <ReasonInput label={t('suppress.reason')} value={reason} onChange={setReason} />
      <TextInput
        label={t('suppress.owner')}
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
        minLength={2}
        maxLength={100}
        required
      />
      <Choice label={t('suppress.starts')} value={startsIn} onChange={setStartsIn} hours={STARTS_IN_HOURS} />
      <Choice label={t('suppress.lasts')} value={hours} onChange={setHours} hours={SUPPRESS_HOURS} />
      <span className="up-dim up-small">
        {t('suppress.period', { from: format.dayTime(from), until: format.dayTime(until) })}
      </span>
    </DialogForm>
  );
}

function Choice(props: { label: string; value: string; onChange: (value: string) => void; hours: readonly number[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div>
      <div className="up-small" style={{ marginBottom: 4 }}>
        {props.label}
      </div>
      <SegmentedControl
        fullWidth
        aria-label={props.label}
        value={props.value}
        onChange={props.onChange}
        data={props.hours.map((each) => ({
          value: String(each),
          label: each === 0 ? t('suppress.now') : format.duration(each * HOUR),
        }))}
      />
    </div>
  );
}

import { Button, Radio, Select, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { DeviceId, DeviceView, PortalOrder } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useText } from '../../shared/format/use-format.ts';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';

const IMPACTS = ['down', 'limited', 'question'] as const;

export function RequestDialog(props: { opened: boolean; onClose: () => void; devices: readonly DeviceView[] }) {
  const { t } = useTranslation();
  const text = useText();
  const notify = useNotify();
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [impact, setImpact] = useState<string>('limited');
  const [words, setWords] = useState('');
  const send = useMutation({
    mutationFn: () =>
      api.post<PortalOrder & { joined?: boolean }>('/requests', {
        deviceId: deviceId as DeviceId,
        impact,
        text: words.trim(),
      }),
    onSuccess: (order) => {
      notify.done(t(order.joined ? 'portal.joined' : 'portal.requested', { number: order.number }));
      setWords('');
      props.onClose();
    },
    onError: notify.failed,
  });
  const ready = deviceId !== null && words.trim().length >= 3;
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={t('portal.request')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send.mutate();
        }}
      >
        <Stack>
          <Select
            label={t('common.device')}
            placeholder={t('portal.chooseDevice')}
            data={props.devices.map((device) => ({
              value: device.id,
              label: `${text(device.name)} · ${text(device.room)}`,
            }))}
            value={deviceId}
            onChange={setDeviceId}
            searchable
            required
            withAsterisk={false}
            nothingFoundMessage={t('devices.none')}
          />
          <Radio.Group label={t('portal.impact')} value={impact} onChange={setImpact}>
            <Stack gap={10} mt={6}>
              {IMPACTS.map((each) => (
                <Radio key={each} value={each} label={t(`portal.impacts.${each}`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Textarea
            label={t('portal.describe')}
            description={t('portal.noPatients')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            required
            withAsterisk={false}
            autosize
            minRows={3}
            maxLength={2000}
          />
          <Button type="submit" size="md" loading={send.isPending} disabled={!ready}>
            {t('portal.send')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

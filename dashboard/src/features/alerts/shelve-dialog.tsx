import { Button, Modal, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { SHELVE_HOURS, shelveUntil } from './model.ts';

/** Why, and for how long, an alert (or several of one cause) stays out of the inbox. */
export function ShelveDialog(props: {
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

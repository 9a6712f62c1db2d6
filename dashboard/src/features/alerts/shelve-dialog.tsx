import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { Dialog, DialogForm, DialogText, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';
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
    <Dialog opened={props.opened} onClose={props.onClose} title={t('alerts.shelveTitle')}>
      <DialogForm
        confirm={t('alerts.shelve')}
        busy={props.busy}
        disabled={!isReason(reason)}
        onSubmit={() => props.onSubmit({ reason: reason.trim(), until })}
      >
        <DialogText>{t('alerts.shelveText')}</DialogText>
        <ReasonInput label={t('alerts.shelveReason')} value={reason} onChange={setReason} />
        <SegmentedControl
          aria-label={t('alerts.shelveFor')}
          value={hours}
          onChange={setHours}
          data={SHELVE_HOURS.map((each) => ({ value: String(each), label: format.duration(each * 3_600_000) }))}
        />
        <span className="up-dim up-small">{t('alerts.shelveUntil', { time: format.dayTime(until) })}</span>
      </DialogForm>
    </Dialog>
  );
}

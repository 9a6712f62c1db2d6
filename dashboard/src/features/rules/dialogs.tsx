import { Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog, DialogForm, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';

/** Asks for a reason before the rules in force change. What was written stays when the server refuses. */
export function ReasonDialog(props: {
  opened: boolean;
  title: string;
  children?: ReactNode;
  confirm: string;
  busy: boolean;
  /** Finished back-tests the decision may rest on. */
  backtests?: readonly { readonly id: string; readonly label: string }[];
  onClose: () => void;
  onSubmit: (reason: string, backtestId: string | null) => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const backtestId = chosen === undefined ? (props.backtests?.[0]?.id ?? null) : chosen;
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={props.title}>
      <DialogForm
        confirm={props.confirm}
        busy={props.busy}
        disabled={!isReason(reason)}
        onSubmit={() => props.onSubmit(reason.trim(), backtestId)}
      >
        {props.children}
        <ReasonInput label={t('rules.reason')} value={reason} onChange={setReason} />
        {props.backtests && (
          <Select
            label={t('rules.restsOn')}
            value={backtestId}
            onChange={setChosen}
            clearable
            placeholder={t('rules.restsOnNone')}
            data={props.backtests.map(({ id, label }) => ({ value: id, label }))}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

import { Button, Modal, Select, Stack, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

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
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit(reason.trim(), backtestId);
        }}
      >
        <Stack gap="sm">
          {props.children}
          <Textarea
            data-autofocus
            label={t('rules.reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            minLength={3}
            maxLength={500}
            required
            autosize
            minRows={2}
          />
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
          <Button type="submit" loading={props.busy} disabled={reason.trim().length < 3}>
            {props.confirm}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

import { Button, Modal, Stack, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The frame of every dialog. */
export function Dialog(props: {
  opened?: boolean;
  title: ReactNode;
  size?: string;
  onClose: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened ?? true}
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {props.children}
    </Modal>
  );
}

/** What a dialog asks for, and the button that sends it. */
export function DialogForm(props: {
  confirm: string;
  busy: boolean;
  /** Something that is needed is missing. */
  disabled?: boolean;
  /** What is taken away does not come back by itself. */
  danger?: boolean;
  onSubmit: () => void;
  children?: ReactNode;
}) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <Stack gap="sm">
        {props.children}
        <Button
          type="submit"
          {...(props.danger ? { color: 'red' } : {})}
          loading={props.busy}
          disabled={props.disabled ?? false}
        >
          {props.confirm}
        </Button>
      </Stack>
    </form>
  );
}

/** What the dialog does, in a sentence or two above its fields. */
export function DialogText({ children }: { children: ReactNode }) {
  return (
    <p className="up-dim" style={{ margin: 0 }}>
      {children}
    </p>
  );
}

/** The server takes reasons of this length. */
export const isReason = (text: string): boolean => text.trim().length >= 3;

export function ReasonInput(props: { label: string; value: string; rows?: number; onChange: (text: string) => void }) {
  return (
    <Textarea
      data-autofocus
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      minLength={3}
      maxLength={500}
      required
      autosize
      minRows={props.rows ?? 2}
    />
  );
}

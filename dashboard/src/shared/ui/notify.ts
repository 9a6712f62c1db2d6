import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from './blocks.tsx';

/** What became of an action, said where the eye already is and read out by screen readers. */
export function useNotify() {
  const { t } = useTranslation();
  const problem = useProblemText();
  const closeButtonProps = { 'aria-label': t('common.close') };
  return {
    done: (message: ReactNode) => void notifications.show({ message, color: 'teal', closeButtonProps }),
    /** Neither done nor failed: something to know. */
    told: (message: ReactNode) => void notifications.show({ message, color: 'blue', closeButtonProps }),
    failed: (error: unknown) => {
      const { title, text } = problem(error);
      notifications.show({ title, message: text, color: 'red', autoClose: 12_000, closeButtonProps });
    },
  };
}

import type { Availability, Severity, WorkOrderState } from '@uptower/domain';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Tone = 'red' | 'amber' | 'green' | 'blue' | 'grey';

export function Badge({ tone = 'grey', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className="up-badge" data-tone={tone} title={title}>
      {children}
    </span>
  );
}

export function PriorityBadge({ priority }: { priority: Severity }) {
  const { t } = useTranslation();
  return (
    <span className="up-prio" data-p={priority} title={t(`priority.${priority}`)}>
      {priority}
    </span>
  );
}

const STATE_TONE: Record<Availability, Tone> = {
  up: 'green',
  partial: 'amber',
  down: 'red',
  planned: 'grey',
  unknown: 'grey',
};
/** A shape for every state: never colour alone. */
export const STATE_SIGN: Record<Availability, string> = {
  up: '●',
  partial: '◐',
  down: '■',
  planned: '◇',
  unknown: '○',
};

export function AvailabilityBadge({ state }: { state: Availability }) {
  const { t } = useTranslation();
  return (
    <Badge tone={STATE_TONE[state]}>
      <span aria-hidden="true">{STATE_SIGN[state]}</span>
      {t(`availability.${state}`)}
    </Badge>
  );
}

const ORDER_TONE: Record<WorkOrderState, Tone> = {
  received: 'amber',
  scheduled: 'blue',
  travelling: 'blue',
  'on-site': 'blue',
  verifying: 'blue',
  closed: 'green',
  cancelled: 'grey',
};

export function OrderStateBadge({ state }: { state: WorkOrderState }) {
  const { t } = useTranslation();
  return <Badge tone={ORDER_TONE[state]}>{t(`orderState.${state}`)}</Badge>;
}

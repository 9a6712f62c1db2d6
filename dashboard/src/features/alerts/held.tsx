import type { Alert } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useHeld } from '../../shared/api/queries.ts';
import { useFormat } from '../../shared/format/use-format.ts';

/** Why an open alert has no order of its own, and where that is decided. */
export function HeldReason({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const held = useHeld(`${alert.id} ${alert.state} ${alert.worst.probability}`);
  const row = held.data?.find(({ alertId }) => alertId === alert.id);
  if (!row) return null;
  const values = { needs: format.number(row.needs, 2), available: format.number(Math.max(0, row.available), 2) };
  return (
    <>
      {t(`held.${row.reason}`, values)}{' '}
      {(row.reason === 'budget-spent' || row.reason === 'probability-too-low') && (
        <Link className="up-link" to="/alarm-health">
          {t('held.budget')}
        </Link>
      )}
    </>
  );
}

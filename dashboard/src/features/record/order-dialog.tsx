import { Stack } from '@mantine/core';
import type { RecordRow } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useOrder } from '../../shared/api/queries.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { CurveChart } from '../../shared/ui/curve-chart.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { OrderTimeline } from '../../shared/ui/order-timeline.tsx';
import { GradeBadge } from './orders.tsx';

/** The story of one graded order: what was claimed when it was opened, and what happened since. */
export function OrderDialog({ row, onClose }: { row: RecordRow; onClose: () => void }) {
  const { t } = useTranslation();
  const text = useText();
  const detail = useOrder(row.orderId ?? undefined, row.decidedAt);
  const zone = useSiteZone(detail.data?.order.siteId);
  const format = useFormat(zone);
  const opening = detail.data?.timeline.find(({ event }) => event.type === 'work-order.opened')?.event;
  const curve = opening?.type === 'work-order.opened' ? opening.curve : [];
  return (
    <Dialog onClose={onClose} size="lg" title={`${row.number} · ${text(row.componentName)}`}>
      <Stack gap="sm">
        <div>
          <GradeBadge grade={row.grade} /> {t(`record.gradeText.${row.grade}`)}
          {row.decidedAt !== null && (
            <div className="up-dim up-small">
              {t(row.reason ? `record.reason.${row.reason}` : 'record.missedText')} · {format.dayTime(row.decidedAt)}
            </div>
          )}
        </div>
        {row.probability !== null && row.horizonHours !== null && (
          <div className="up-small">
            {text(row.ruleName ?? undefined)}:{' '}
            {t('record.claim', { p: format.percent(row.probability), hours: format.number(row.horizonHours, 0) })}
          </div>
        )}
        <div className="up-small">
          <Link className="up-link" to={`/story?order=${row.orderId}`}>
            {t('record.story')}
          </Link>
          {row.alertId && (
            <>
              {' · '}
              <Link className="up-link" to={`/alerts/${row.alertId}`}>
                {t('record.alert')}
              </Link>
            </>
          )}
          {' · '}
          <Link className="up-link" to={`/devices/${row.deviceId}`}>
            {t('story.device')}
          </Link>
        </div>
        {detail.isError ? (
          <ProblemNote error={detail.error} retry={() => void detail.refetch()} />
        ) : detail.data ? (
          <>
            {curve.length > 1 && (
              <section aria-label={t('record.curveThen')}>
                <b className="up-small">{t('record.curveThen')}</b>
                <CurveChart curve={curve} now={row.decidedAt ?? row.at} zone={zone} />
              </section>
            )}
            <section aria-label={t('record.happened')}>
              <b className="up-small">{t('record.happened')}</b>
              <OrderTimeline order={detail.data.order} timeline={detail.data.timeline} zone={zone} />
            </section>
          </>
        ) : (
          <Loading rows={5} />
        )}
      </Stack>
    </Dialog>
  );
}

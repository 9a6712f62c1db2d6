import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Alert, can, type Suppression, suppressionOf } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useSuppressions } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { ProblemNote } from '../../shared/ui/blocks.tsx';
import { useModels } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { useActorName } from '../../shared/ui/order-timeline.tsx';

/** What people took out of service or announced, each with who, why, until when, and the way to end it early. */
export function SuppressionList({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation();
  const suppressions = useSuppressions(alerts.map(({ id }) => id).join());
  if (suppressions.isError) return <ProblemNote error={suppressions.error} retry={() => void suppressions.refetch()} />;
  if (!suppressions.data || suppressions.data.length === 0) return null;
  return (
    <section className="up-suppressions" aria-label={t('suppress.list')}>
      <h3>{t('suppress.list')}</h3>
      <ul>
        {suppressions.data.map((suppression) => (
          <li key={suppression.id}>
            <SuppressionRow
              suppression={suppression}
              count={alerts.filter((alert) => suppressionOf(alert)?.id === suppression.id).length}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SuppressionRow({ suppression, count }: { suppression: Suppression; count: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const { kind, reason, owner, from, until } = suppression;
  return (
    <>
      <div>
        <b>{useScopeName(suppression)}</b>{' '}
        <span className="up-dim">
          {t(`suppress.kind.${kind}`)} ·{' '}
          {from > now
            ? t('suppress.period', { from: format.dayTime(from), until: format.dayTime(until) })
            : t('suppress.until', { until: format.dayTime(until) })}
        </span>
        <div className="up-dim up-small">
          {reason} — {owner} · {t('suppress.holds', { count })}
        </div>
      </div>
      <EndSuppression id={suppression.id} />
    </>
  );
}

function useScopeName({ scope }: Suppression): string {
  const { t } = useTranslation();
  const text = useText();
  const device = useCollection('devices').items.get(scope.deviceId ?? '');
  const models = useModels();
  const model = models.get(scope.modelId ?? device?.modelId ?? '');
  const rule = model?.rules.find(({ id }) => id === scope.ruleId);
  const of = scope.deviceId ? text(device?.name) : t('suppress.allOf', { model: text(model?.name) });
  return scope.ruleId ? `${text(rule?.name) || scope.ruleId} · ${of}` : of;
}

function EndSuppression({ id }: { id: string }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const viewer = useViewer();
  const end = useMutation({
    mutationFn: () => api.post(`/alarms/suppressions/${id}/end`),
    onSuccess: () => {
      notify.done(t('suppress.ended'));
      void queries.invalidateQueries({ queryKey: ['suppressions'] });
    },
    onError: notify.failed,
  });
  if (!can(viewer, 'handle-alerts')) return null;
  return (
    <Button size="compact-xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      {t('suppress.end')}
    </Button>
  );
}

/** Why an alert calls nobody now, and who said so. */
export function SuppressedWhy({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actorName = useActorName();
  const by = suppressionOf(alert);
  const suppressions = useSuppressions(by?.id ?? '');
  const suppression = suppressions.data?.find(({ id }) => id === by?.id);
  if (!by) return null;
  return (
    <>
      {t(`suppress.why.${by.kind}`)}
      {suppression && (
        <div className="up-small">
          {suppression.reason} — {suppression.owner} ·{' '}
          {t('suppress.until', { until: format.dayTime(suppression.until) })} ({actorName(suppression.setBy)}){' '}
          <EndSuppression id={suppression.id} />
        </div>
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { Instant } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useNow } from '../../shared/live/hooks.ts';

interface TravelAnswer {
  readonly service: string | null;
  readonly state: 'none' | 'waiting' | 'ok' | 'failing';
  /** Of the road server: by the clock on the wall, not the demo's. */
  readonly answeredAt: Instant | null;
  readonly failingSince: Instant | null;
  readonly learned: { readonly trips: number; readonly lastTripAt: Instant | null };
}

const AGAIN_MS = 30_000;
/** By which the rules name them. */
const NAMES: Readonly<Record<string, string>> = { osrm: 'OSRM', valhalla: 'Valhalla' };

/** What the plan's travel times rest on, and how old that is, in one line. */
export function TravelSource() {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const { data } = useQuery({
    queryKey: ['travel'],
    queryFn: ({ signal }) => api.get<TravelAnswer>('/travel', signal),
    refetchInterval: AGAIN_MS,
  });
  if (!data) return null;
  const service = data.service === null ? '' : (NAMES[data.service] ?? data.service);
  const { trips, lastTripAt } = data.learned;
  const learned =
    trips === 0 || lastTripAt === null
      ? t('dispatch.travelSource.estimated')
      : t('dispatch.travelSource.learned', { count: trips, ago: format.ago(lastTripAt, Math.max(now, lastTripAt)) });
  const text =
    data.state === 'ok' && data.answeredAt !== null
      ? t('dispatch.travelSource.ok', {
          service,
          ago: format.ago(data.answeredAt, Math.max(Date.now(), data.answeredAt)),
        })
      : data.state === 'failing' && data.failingSince !== null
        ? t('dispatch.travelSource.failing', { service, since: format.dayTime(data.failingSince) })
        : data.state === 'waiting'
          ? t('dispatch.travelSource.waiting', { service })
          : learned;
  const line = `${t('dispatch.travelSource.label')}: ${text}`;
  return (
    <span
      className="up-small up-clip"
      role={data.state === 'failing' ? 'alert' : undefined}
      title={line}
      style={{ color: `var(--up-${data.state === 'failing' ? 'amber' : 'dim'})` }}
    >
      {line}
    </span>
  );
}

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { can, type EngineerId, type WorkOrder } from '@uptower/domain';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import type { PlacesAnswer } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Loading, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useSiteZone } from '../../shared/ui/names.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { MakeRoom } from './make-room.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { WhatWouldHelp, WhyNot } from './why-not.tsx';

/** The best place at each engineer, and why the others cannot. */
export function Places({ order }: { order: WorkOrder }) {
  const { t } = useTranslation();
  const text = useText();
  const zone = useSiteZone(order.siteId);
  const format = useFormat(zone);
  const notify = useNotify();
  const mayMove = can(useViewer(), 'dispatch');
  const engineers = useCollection('engineers').items;
  const planId = useCollection('plan').list[0]?.id;
  const current = 'visit' in order ? order.visit : null;
  const [asked, setAsked] = useState<EngineerId | null>(null);
  const [wanted, setWanted] = useState<{ engineerId: EngineerId; startAt: number } | null>(null);
  const places = useQuery({
    queryKey: ['places', order.id, planId],
    queryFn: ({ signal }) => api.get<PlacesAnswer>(`/plan/places/${order.id}`, signal),
    placeholderData: (before) => before,
  });
  const move = useMutation({
    mutationFn: (input: { engineerId: EngineerId; startAt: number }) =>
      api.post<unknown>('/plan/move', { workOrderId: order.id, ...input, pin: true }),
    onSuccess: (_answer, input) =>
      notify.done(
        t('dispatch.moved', {
          number: order.number,
          name: text(engineers.get(input.engineerId)?.name),
          time: format.dayTime(input.startAt),
        }),
      ),
    onError: notify.failed,
    onSettled: () => setWanted(null),
  });
  const nameOf = (id: string) => text(engineers.get(id)?.name) || id;
  // It left the plan while it was looked at: the panel is about to say so.
  if (places.data?.plannable === false) return null;
  return (
    <section>
      <h3>{t('dispatch.places')}</h3>
      {wanted && (
        <MoveDialog
          move={{ order, ...wanted }}
          zone={zone}
          busy={move.isPending}
          onConfirm={() => move.mutate(wanted)}
          onClose={() => setWanted(null)}
        />
      )}
      {places.isPending ? (
        <Loading rows={3} />
      ) : places.isError ? (
        <ProblemNote error={places.error} retry={() => void places.refetch()} />
      ) : (
        <>
          {places.data.suggestions.length === 0 && (
            <>
              <p className="up-dim">{t('dispatch.noPlaces')}</p>
              <WhatWouldHelp order={order} planId={planId} nameOf={nameOf} />
            </>
          )}
          {places.data.roomNeeded && <MakeRoom order={order} planId={planId} nameOf={nameOf} />}
          <table className="up-table">
            <tbody>
              {places.data.suggestions.slice(0, 6).map((place) => (
                <Fragment key={place.engineerId}>
                  <tr title={text(place.why)}>
                    <td style={{ paddingLeft: 0 }}>
                      <b>{nameOf(place.engineerId)}</b>
                      {current?.engineerId === place.engineerId && (
                        <span className="up-dim up-small"> · {t('dispatch.present')}</span>
                      )}
                      <div className="up-dim up-small up-num">
                        {format.dayTime(place.startAt)}
                        {place.arriveBy > place.startAt &&
                          ` · ${t('dispatch.arriveBy', { time: format.time(place.arriveBy) })}`}
                      </div>
                    </td>
                    <td className="up-num" style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>
                      {place.extraCost === 0 ? t('dispatch.best') : `+${format.number(place.extraCost / 100, 0)} ¥`}
                    </td>
                    <td style={{ width: 1, paddingRight: 0, whiteSpace: 'nowrap', textAlign: 'right' }}>
                      {current?.engineerId !== place.engineerId && (
                        <Button
                          size="compact-xs"
                          variant="subtle"
                          aria-expanded={asked === place.engineerId}
                          aria-label={t('dispatch.whyNotName', { name: nameOf(place.engineerId) })}
                          onClick={() => setAsked(asked === place.engineerId ? null : place.engineerId)}
                        >
                          {t('dispatch.whyNot')}
                        </Button>
                      )}
                      {mayMove && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          disabled={move.isPending}
                          aria-label={t('dispatch.assignTo', { name: nameOf(place.engineerId) })}
                          onClick={() => setWanted({ engineerId: place.engineerId, startAt: place.startAt })}
                        >
                          {t('dispatch.assign')}
                        </Button>
                      )}
                    </td>
                  </tr>
                  {asked === place.engineerId && (
                    <tr>
                      <td colSpan={3} style={{ padding: '0 0 8px' }}>
                        <WhyNot order={order} engineerId={place.engineerId} planId={planId} nameOf={nameOf} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              ))}
            </tbody>
          </table>
          {places.data.refused.length > 0 && (
            <details style={{ marginTop: 6 }}>
              <summary className="up-small" style={{ cursor: 'pointer' }}>
                {t('dispatch.notPossible', { count: places.data.refused.length })}
              </summary>
              <ul className="up-small up-dim" style={{ margin: '6px 0 0', paddingLeft: 16 }}>
                {places.data.refused.map((each) => (
                  <li key={each.engineerId}>
                    <b>{nameOf(each.engineerId)}</b>: {text(each.text)}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </section>
  );
}

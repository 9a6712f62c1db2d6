import { useMutation } from '@tanstack/react-query';
import { can, type EngineerId, type MoveVisitBody } from '@uptower/domain';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useNow } from '../../shared/live/hooks.ts';
import { Loading, Panel, useProblemText } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { BoardLane } from './lane.tsx';
import type { BoardRow, BoardVisit } from './model.ts';
import { MoveDialog } from './move-dialog.tsx';
import { positionOf, timeScale } from './timescale.ts';
import { type Drop, useVisitDrag } from './use-visit-drag.ts';

export function Board(props: {
  rows: readonly BoardRow[];
  ready: boolean;
  zone: string;
  selectedOrderId: string | undefined;
  selectedEngineerId: EngineerId | null;
  onOrder: (id: string) => void;
  onEngineer: (id: EngineerId | null) => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const notify = useNotify();
  const problem = useProblemText();
  const editable = can(useViewer(), 'dispatch');
  const now = useNow(2_000);
  const minute = Math.floor(now / 60_000) * 60_000;
  const dayKey = format.day(now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scale moves with the day, not with every minute
  const scale = useMemo(() => {
    const busy = props.rows.flatMap((row) => [
      ...row.engineer.free,
      ...row.visits.map(({ visit }) => ({ from: visit.departAt, to: visit.endAt })),
    ]);
    return timeScale(now, props.zone, busy);
  }, [props.rows, dayKey, props.zone]);

  const [said, setSaid] = useState('');
  const [pending, setPending] = useState<Drop | null>(null);
  const move = useMutation({
    mutationFn: (drop: Drop) =>
      api.post<unknown>('/plan/move', {
        workOrderId: drop.visit.order.id,
        engineerId: drop.engineerId,
        startAt: drop.startAt,
        pin: true,
      } satisfies z.infer<typeof MoveVisitBody>),
    onSuccess: (_answer, drop) => {
      const name = text(props.rows.find((row) => row.engineer.id === drop.engineerId)?.engineer.name);
      const sentence = t('dispatch.moved', {
        number: drop.visit.order.number,
        name,
        time: format.dayTime(drop.startAt),
      });
      setSaid(sentence);
      notify.done(sentence);
    },
    onError: (error) => {
      notify.failed(error);
      setSaid(`${t('dispatch.movedBack')} ${problem(error).title}. ${problem(error).text}`);
    },
    // The plan that holds the move arrives by the live connection, usually within 0.1 s.
    onSettled: (_answer, _error, drop) => {
      setWanted(null);
      setTimeout(() => {
        setPending(null);
        backTo(drop);
      }, 300);
    },
  });
  /** Asked first what it would do; the visit is shown on its new place meanwhile. */
  const [wanted, setWanted] = useState<Drop | null>(null);
  const commit = useCallback((drop: Drop) => {
    setPending(drop);
    setWanted(drop);
  }, []);
  const leave = () => {
    setWanted(null);
    setPending(null);
    setSaid(t('dispatch.movedBack'));
    if (wanted) setTimeout(() => backTo(wanted), 300);
  };

  const lanes = useRef<HTMLDivElement>(null);
  const drag = useVisitDrag({ lanes, rows: props.rows, scale, commit, say: setSaid, format });
  const shownAt = drag.target ?? (pending ? { ...pending, bad: false } : null);

  return (
    <Panel
      title={t('dispatch.board')}
      label={t('dispatch.board')}
      className="up-board-panel"
      padded={false}
      aside={
        <span className="up-dim up-small">{editable ? t('dispatch.boardHint') : t('dispatch.boardReadOnly')}</span>
      }
    >
      {!props.ready ? (
        <Loading rows={8} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="up-scroll up-focus" tabIndex={0} aria-label={t('dispatch.boardScroll')}>
          {/* biome-ignore lint/a11y/useSemanticElements: bars lie on a time axis, which a table cannot draw */}
          <div className="up-board" role="grid" aria-label={t('dispatch.board')} aria-readonly={!editable}>
            <div className="up-board-head" aria-hidden="true">
              <span className="up-dim up-small" style={{ padding: '4px 10px', alignSelf: 'end' }}>
                {t('dispatch.engineer')}
              </span>
              <div className="up-board-days">
                {scale.days.map((day) => (
                  <div key={day.start} className="up-board-day" style={{ flexGrow: day.width }}>
                    <b>{format.day(day.start)}</b>
                    <div className="up-board-hours">
                      {Array.from({ length: scale.toHour - scale.fromHour }, (_, i) => {
                        const hour = scale.fromHour + i;
                        // A narrow day has room for every other hour.
                        return day.width > 0.3 || (i % 2 === 0 && hour < scale.toHour - 1) ? (
                          <span
                            key={hour}
                            style={{ left: `${((hour - scale.fromHour) / (scale.toHour - scale.fromHour)) * 100}%` }}
                          >
                            {hour}
                          </span>
                        ) : null;
                      })}
                    </div>
                  </div>
                ))}
              </div>
            </div>
            {/* biome-ignore lint/a11y/useSemanticElements: as above */}
            <div role="rowgroup" ref={lanes}>
              {props.rows.map((row) => (
                <BoardLane
                  key={row.engineer.id}
                  row={row}
                  scale={scale}
                  nowAt={positionOf(scale, minute)}
                  today={minute >= (scale.days[0]?.from ?? 0)}
                  zone={props.zone}
                  editable={editable}
                  selectedOrderId={selectedIn(row.visits, props.selectedOrderId)}
                  selected={props.selectedEngineerId === row.engineer.id}
                  movingId={selectedIn(row.visits, shownAt?.visit.order.id)}
                  target={shownAt?.engineerId === row.engineer.id ? shownAt : null}
                  onOrder={props.onOrder}
                  onEngineer={props.onEngineer}
                  onPointerDown={drag.onPointerDown}
                  onKeyDown={drag.onKeyDown}
                />
              ))}
            </div>
          </div>
        </section>
      )}
      {wanted && (
        <MoveDialog
          move={{ order: wanted.visit.order, engineerId: wanted.engineerId, startAt: wanted.startAt }}
          zone={props.zone}
          busy={move.isPending}
          onConfirm={() => move.mutate(wanted)}
          onClose={leave}
        />
      )}
      {drag.ghost && (
        <div
          className="up-ghost"
          data-bad={drag.ghost.bad}
          style={{ left: drag.ghost.x + 14, top: drag.ghost.y - 30 }}
          aria-hidden="true"
        >
          {drag.ghost.text}
        </div>
      )}
      <div className="up-sr" aria-live="assertive">
        {said}
      </div>
    </Panel>
  );
}

/** The focus comes back from the dialog to the visit, so that it can be moved on; it may lie in another row by now. */
function backTo({ visit }: Drop): void {
  document.getElementById(`visit-${visit.order.id}`)?.focus();
}

/** Only the row that holds it gets to know, so that the others are not drawn again. */
function selectedIn(visits: readonly BoardVisit[], id: string | undefined): string | undefined {
  return visits.some(({ order }) => order.id === id) ? id : undefined;
}

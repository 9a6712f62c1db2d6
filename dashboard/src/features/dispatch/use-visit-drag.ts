import type { EngineerId, Instant } from '@uptower/domain';
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Format } from '../../shared/format/format.ts';
import { useText } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { type BoardRow, type BoardVisit, objections } from './model.ts';
import { instantAt, SNAP_MS, type TimeScale } from './timescale.ts';

export interface Drop {
  readonly visit: BoardVisit;
  readonly engineerId: EngineerId;
  readonly startAt: Instant;
}

/** A press becomes a drag after this many pixels; less is a click. */
const THRESHOLD = 4;
/** Alt+arrow presses in a row are one move. */
const KEY_PAUSE_MS = 700;

interface Input {
  lanes: RefObject<HTMLDivElement | null>;
  rows: readonly BoardRow[];
  scale: TimeScale;
  commit: (drop: Drop) => void;
  say: (sentence: string) => void;
  format: Format;
}

/** Moving a visit by pointer or by Alt+arrows. Only the target row knows while it moves. */
export function useVisitDrag(input: Input) {
  const { t } = useTranslation();
  const text = useText();
  const [target, setTarget] = useState<(Drop & { bad: boolean }) | null>(null);
  const [ghost, setGhost] = useState<{ x: number; y: number; text: string; bad: boolean } | null>(null);
  const latest = useRef(input);
  latest.current = input;
  const keyTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(
    () => () => {
      stop.current?.();
      clearTimeout(keyTimer.current);
    },
    [],
  );

  const verdictOf = (drop: Drop) => {
    const row = latest.current.rows.find((each) => each.engineer.id === drop.engineerId);
    const against = row ? objections(row, drop.visit, drop.startAt, live.now()) : [];
    const words = against.map((each) => t(`dispatch.objection.${each}`));
    const sentence = [`${latest.current.format.dayTime(drop.startAt)} ${text(row?.engineer.name)}`, ...words].join(
      ' · ',
    );
    return { bad: against.length > 0, sentence };
  };
  const show = (drop: Drop) => {
    const verdict = verdictOf(drop);
    setTarget({ ...drop, bad: verdict.bad });
    return verdict;
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>, visit: BoardVisit) => {
    if (event.button !== 0) return;
    const element = event.currentTarget;
    const from = { x: event.clientX, y: event.clientY };
    const grabbed = event.clientX - element.getBoundingClientRect().left;
    let drop: Drop | null = null;

    const onMove = (move: globalThis.PointerEvent) => {
      if (!drop && Math.hypot(move.clientX - from.x, move.clientY - from.y) < THRESHOLD) return;
      const found = placeAt(latest.current, move.clientX - grabbed, move.clientY);
      if (!found) return;
      drop = { visit, ...found };
      const verdict = show(drop);
      setGhost({ x: move.clientX, y: move.clientY, text: verdict.sentence, bad: verdict.bad });
    };
    const end = () => {
      stop.current = undefined;
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', onEscape);
      setTarget(null);
      setGhost(null);
    };
    const onUp = () => {
      const made = drop;
      end();
      if (!made) return;
      // A click that follows at once belongs to the drag and must not open the order; the next one is a click again.
      const swallow = (click: Event) => click.stopImmediatePropagation();
      element.addEventListener('click', swallow, { capture: true });
      setTimeout(() => element.removeEventListener('click', swallow, { capture: true }), 0);
      if (made.engineerId !== visit.visit.engineerId || made.startAt !== visit.visit.startAt)
        latest.current.commit(made);
    };
    const onEscape = (key: globalThis.KeyboardEvent) => key.key === 'Escape' && end();
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', onEscape);
    stop.current = end;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, visit: BoardVisit) => {
    const current: Drop =
      target?.visit.order.id === visit.order.id
        ? target
        : { visit, engineerId: visit.visit.engineerId, startAt: visit.visit.startAt };
    const finish = (drop: Drop | null) => {
      clearTimeout(keyTimer.current);
      setTarget(null);
      if (drop) latest.current.commit(drop);
    };
    if (event.key === 'Escape' && target) return finish(null);
    if (event.key === 'Enter' && target) {
      event.preventDefault();
      return finish(current);
    }
    const next = event.altKey ? stepped(latest.current.rows, current, event.key) : null;
    if (!next) return;
    event.preventDefault();
    latest.current.say(show(next).sentence);
    clearTimeout(keyTimer.current);
    keyTimer.current = setTimeout(() => finish(next), KEY_PAUSE_MS);
  };

  return { target, ghost, onPointerDown, onKeyDown };
}

function stepped(rows: readonly BoardRow[], drop: Drop, key: string): Drop | null {
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const by = key === 'ArrowRight' ? SNAP_MS : -SNAP_MS;
    // The first step of an unsnapped start goes to the quarter next to it.
    const startAt = by > 0 ? Math.floor((drop.startAt + by) / SNAP_MS) : Math.ceil((drop.startAt + by) / SNAP_MS);
    return { ...drop, startAt: startAt * SNAP_MS };
  }
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  const at = rows.findIndex((row) => row.engineer.id === drop.engineerId);
  const next = rows[at + (key === 'ArrowDown' ? 1 : -1)];
  return next ? { ...drop, engineerId: next.engineer.id } : null;
}

function placeAt(input: Input, x: number, y: number): { engineerId: EngineerId; startAt: Instant } | null {
  const rows = [...(input.lanes.current?.children ?? [])] as HTMLElement[];
  const row = rows.find((each) => {
    const box = each.getBoundingClientRect();
    return y >= box.top && y < box.bottom;
  });
  const lane = row?.lastElementChild?.getBoundingClientRect();
  const engineerId = row?.dataset.engineer as EngineerId | undefined;
  if (!lane || !engineerId) return null;
  return { engineerId, startAt: instantAt(input.scale, (x - lane.left) / lane.width) };
}

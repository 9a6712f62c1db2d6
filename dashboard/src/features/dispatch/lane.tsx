import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import type { EngineerId } from '@uptower/domain';
import { type KeyboardEvent, memo, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import type { BoardRow, BoardVisit } from './model.ts';
import { isShown, positionOf, type TimeScale } from './timescale.ts';
import type { Drop } from './use-visit-drag.ts';

interface Props {
  row: BoardRow;
  scale: TimeScale;
  nowAt: number;
  today: boolean;
  zone: string;
  editable: boolean;
  selectedOrderId: string | undefined;
  selected: boolean;
  movingId: string | undefined;
  target: (Drop & { bad: boolean }) | null;
  onOrder: (id: string) => void;
  onEngineer: (id: EngineerId | null) => void;
  onPointerDown: (event: PointerEvent<HTMLElement>, visit: BoardVisit) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>, visit: BoardVisit) => void;
}

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** One engineer's days: shifts, travel, visits. Drawn again only when its own row changed. */
export const BoardLane = memo(function BoardLane(props: Props) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const { row, scale } = props;
  const span = (from: number, to: number) => {
    const left = positionOf(scale, from);
    return { left: percent(left), width: percent(Math.max(0, positionOf(scale, to) - left)) };
  };
  const skills = row.engineer.skills.map((skill) => t(`skill.${skill.name}`, { defaultValue: skill.name })).join(' · ');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid on a time axis
    // biome-ignore lint/a11y/useFocusableInteractive: its buttons are
    <div className="up-board-row" role="row" data-target={Boolean(props.target)} data-engineer={row.engineer.id}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <div role="rowheader">
        <button
          type="button"
          className="up-board-name"
          aria-pressed={props.selected}
          title={skills}
          onClick={() => props.onEngineer(props.selected ? null : row.engineer.id)}
        >
          <b className="up-clip">{text(row.engineer.name)}</b>
          <span className="up-dim up-small up-clip">{t(`engineerStatus.${row.engineer.status}`)}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <div role="gridcell" className="up-board-lane">
        {row.engineer.free
          .filter((free) => isShown(scale, free))
          .map((free) => (
            <span key={free.from} className="up-free" style={span(free.from, free.to)} />
          ))}
        {row.engineer.holes
          .filter((hole) => isShown(scale, hole))
          .map((hole) => {
            const kind = hole.kind === 'break' ? 'break' : 'busy';
            const label = `${t(`dispatch.hole.${kind}`)}, ${format.dayTime(hole.from)}–${format.time(hole.to)}`;
            return (
              <span
                key={`${hole.from}-${hole.to}-${kind}`}
                className="up-hole"
                data-kind={kind}
                role="img"
                aria-label={label}
                title={label}
                style={span(hole.from, hole.to)}
              />
            );
          })}
        {scale.days.slice(1).map((day) => (
          <span key={day.start} className="up-daymark" style={{ left: percent(positionOf(scale, day.from)) }} />
        ))}
        {props.today && <span className="up-now" style={{ left: percent(props.nowAt) }} />}
        {row.visits
          .filter(({ visit }) => isShown(scale, { from: visit.departAt, to: visit.endAt }))
          .map((each) => (
            <VisitBar key={each.order.id} {...props} each={each} span={span} />
          ))}
        {props.target && (
          <span
            className="up-target"
            data-bad={props.target.bad}
            style={span(
              props.target.startAt,
              props.target.startAt + (props.target.visit.visit.endAt - props.target.visit.visit.startAt),
            )}
          />
        )}
      </div>
    </div>
  );
});

function VisitBar(
  props: Props & { each: BoardVisit; span: (from: number, to: number) => { left: string; width: string } },
) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const { each, span } = props;
  const { visit, order } = each;
  const device = useCollection('devices').items.get(order.deviceId);
  const movable = each.movable && props.editable;
  const label = [
    order.priority,
    text(order.title),
    text(device?.hospitalName),
    `${format.dayTime(visit.startAt)}–${format.time(visit.endAt)}`,
    t(`orderState.${order.state}`),
    visit.pinned && t('dispatch.pinned'),
    each.late && t('dispatch.late'),
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <>
      {visit.arriveAt > visit.departAt && <span className="up-travel" style={span(visit.departAt, visit.arriveAt)} />}
      <button
        type="button"
        id={`visit-${order.id}`}
        className="up-visit"
        style={span(visit.startAt, visit.endAt)}
        data-p={order.priority}
        data-state={order.state}
        data-late={each.late}
        data-movable={movable}
        data-dragging={props.movingId === order.id}
        aria-pressed={props.selectedOrderId === order.id}
        aria-label={label}
        title={label}
        aria-keyshortcuts={movable ? 'Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown' : undefined}
        onClick={() => props.onOrder(order.id)}
        onPointerDown={movable ? (event) => props.onPointerDown(event, each) : undefined}
        onKeyDown={movable ? (event) => props.onKeyDown(event, each) : undefined}
      >
        {visit.pinned && <IconLock size={12} aria-hidden style={{ flex: 'none' }} />}
        {each.late && <IconAlertTriangle size={12} aria-hidden color="var(--up-red)" style={{ flex: 'none' }} />}
        <span className="up-clip">{text(order.title)}</span>
      </button>
    </>
  );
}

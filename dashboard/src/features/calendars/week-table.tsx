import { IconAlertTriangle } from '@tabler/icons-react';
import { type CalendarRow, can, type Instant } from '@uptower/domain';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { freeIn, type Hours, hoursOf, spanIn, touches, type Week } from './model.ts';
import type { ChooseEngineer } from './view.tsx';

interface Props {
  readonly rows: readonly CalendarRow[];
  readonly week: Week;
  readonly zone: string;
  readonly now: Instant;
  readonly chosen: string | null;
  readonly onChoose: ChooseEngineer;
}

/** A row an engineer, a cell a day; what happens lies where its time is. */
export function WeekTable({ rows, week, zone, now, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const hours = hoursOf(rows, week);
  const minute = Math.floor(now / 60_000) * 60_000;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="up-scroll up-focus up-week-scroll" tabIndex={0} aria-label={t('calendars.weekScroll')}>
      <table className="up-week">
        <thead>
          <tr>
            <th scope="col">{t('dispatch.engineer')}</th>
            {week.days.map((day) => (
              <th key={day.date} scope="col" data-today={minute >= day.from && minute < day.to}>
                <b>{format.day(day.from)}</b>
                <span className="up-dim up-num" aria-hidden="true">
                  {hours.from}–{hours.to} h
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <EngineerRow
              key={row.engineerId}
              row={row}
              week={week}
              zone={zone}
              from={hours.from}
              to={hours.to}
              minute={minute}
              chosen={row.engineerId === chosen}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const EngineerRow = memo(function EngineerRow(
  props: Omit<Props, 'rows' | 'now' | 'chosen'> & {
    row: CalendarRow;
    from: number;
    to: number;
    minute: Instant;
    chosen: boolean;
  },
) {
  const { t } = useTranslation();
  const text = useText();
  const { row, zone } = props;
  return (
    <tr data-chosen={props.chosen}>
      <th scope="row">
        <button
          type="button"
          className="up-week-name up-focus"
          aria-pressed={props.chosen}
          onClick={() => props.onChoose(row.engineerId)}
        >
          <b className="up-clip">{text(row.name)}</b>
          {row.importFailing && (
            <span title={t('calendars.importFailing')}>
              <IconAlertTriangle size={13} color="var(--up-amber)" aria-hidden />
              <span className="up-sr">{t('calendars.importFailing')}</span>
            </span>
          )}
          {row.timeZone !== zone && <span className="up-dim up-small up-clip">{row.timeZone}</span>}
        </button>
      </th>
      {props.week.days.map((day) => (
        <DayCell key={day.date} {...props} day={day} hours={{ from: props.from, to: props.to }} />
      ))}
    </tr>
  );
});

function DayCell(props: { row: CalendarRow; day: Week['days'][number]; hours: Hours; zone: string; minute: Instant }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const mayOpen = can(useViewer(), 'dispatch');
  const { row, day, hours } = props;
  const place = (interval: { from: number; to: number }) => {
    const span = spanIn(day, hours, interval);
    return span && { left: `${span.left.toFixed(2)}%`, width: `${span.width.toFixed(2)}%` };
  };
  const times = ({ from, to }: { from: number; to: number }) => `${format.time(from)}–${format.time(to)}`;
  const holiday = row.holidays.find((each) => touches(each, day));
  const nowAt = place({ from: props.minute, to: props.minute + 60_000 });
  const works = row.working.some((shift) => touches(shift, day));
  return (
    <td data-holiday={holiday !== undefined && !holiday.working}>
      <span className="up-sr">
        {works ? t('calendars.freeFor', { time: format.duration(freeIn(row, day)) }) : t('calendars.off')}
      </span>
      <div className="up-week-lane">
        {row.working.map((shift) => {
          const style = place(shift);
          return (
            style && (
              <Bar
                key={`w${shift.from}`}
                kind="shift"
                style={style}
                label={`${t('calendars.kind.shift')}, ${times(shift)}`}
              />
            )
          );
        })}
        {row.holes.map((hole) => {
          const style = place(hole);
          if (!style) return null;
          const kind = t(`calendars.kind.${hole.kind}`);
          const label = [hole.title ? `${kind}: ${hole.title}` : kind, times(hole)].join(', ');
          return (
            <Bar key={`h${hole.from}-${hole.to}-${hole.kind}`} kind={hole.kind} style={style} label={label}>
              {hole.kind === 'break' ? '' : kind}
            </Bar>
          );
        })}
        {row.onCall.map((duty) => {
          const style = place(duty);
          const label = `${t('calendars.kind.on-call')}: ${text(duty.name)}, ${format.dayTime(duty.from)}–${format.dayTime(duty.to)}`;
          return style && <Bar key={`c${duty.from}-${duty.rota}`} kind="on-call" style={style} label={label} />;
        })}
        {nowAt && <span className="up-now" style={{ left: nowAt.left }} />}
        {row.visits.map((visit) => {
          const style = place(visit);
          if (!style) return null;
          const label = [
            visit.priority,
            visit.number,
            text(visit.title),
            times({ from: visit.startAt, to: visit.to }),
            t(`orderState.${visit.state}`),
          ].join(', ');
          return mayOpen ? (
            <Link
              key={visit.workOrderId}
              to={`/dispatch/${visit.workOrderId}`}
              className="up-week-visit up-focus"
              data-p={visit.priority}
              data-state={visit.state}
              style={style}
              aria-label={label}
              title={label}
            />
          ) : (
            <span
              key={visit.workOrderId}
              role="img"
              className="up-week-visit"
              data-p={visit.priority}
              data-state={visit.state}
              style={style}
              aria-label={label}
              title={label}
            />
          );
        })}
        {holiday && (
          <span className="up-week-holiday up-clip" title={text(holiday.name)}>
            {text(holiday.name)}
          </span>
        )}
      </div>
    </td>
  );
}

function Bar(props: {
  kind: string;
  style: { left: string; width: string };
  label: string;
  children?: React.ReactNode;
}) {
  return (
    <span
      className="up-week-bar"
      data-kind={props.kind}
      role="img"
      aria-label={props.label}
      title={props.label}
      style={props.style}
    >
      {props.children && (
        <span className="up-clip up-week-label" aria-hidden="true">
          {props.children}
        </span>
      )}
    </span>
  );
}

const KINDS = ['shift', 'break', 'leave', 'busy', 'on-call', 'visit'] as const;

export function Legend() {
  const { t } = useTranslation();
  return (
    <span className="up-legend up-week-legend">
      {KINDS.map((kind) => (
        <span key={kind}>
          <i data-kind={kind} aria-hidden="true" />
          {t(`calendars.kind.${kind}`)}
        </span>
      ))}
    </span>
  );
}

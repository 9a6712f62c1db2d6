import { CloseButton } from '@mantine/core';
import { type CalendarRow, type CalendarView, can, type Instant, type Interval, type Shift } from '@uptower/domain';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { Absences } from './absences.tsx';
import { Feed } from './feed.tsx';
import { ImportedCalendar } from './imported.tsx';
import { Patterns } from './patterns.tsx';
import { useCalendar } from './queries.ts';

/** Everything of one engineer's calendar, and what may be changed of it. */
export function EngineerPanel(props: {
  row: CalendarRow;
  period: Interval;
  now: Instant;
  shifts: readonly Shift[];
  onClose?: () => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const calendar = useCalendar(props.row.engineerId, props.period);
  const box = useRef<HTMLDivElement>(null);
  // On a narrow screen the panel lies below the week.
  useEffect(() => void box.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div ref={box} className="up-calendars-panel">
      <Panel
        title={text(props.row.name)}
        label={text(props.row.name)}
        padded={false}
        aside={props.onClose && <CloseButton aria-label={t('common.close')} onClick={props.onClose} />}
      >
        {calendar.isError ? (
          <ProblemNote error={calendar.error} retry={() => void calendar.refetch()} />
        ) : calendar.data ? (
          <Sections calendar={calendar.data} now={props.now} shifts={props.shifts} />
        ) : (
          <Loading rows={6} />
        )}
      </Panel>
    </div>
  );
}

function Sections({ calendar, now, shifts }: { calendar: CalendarView; now: Instant; shifts: readonly Shift[] }) {
  const viewer = useViewer();
  return (
    <>
      <Absences calendar={calendar} now={now} />
      <Patterns calendar={calendar} now={now} shifts={shifts} mayChange={can(viewer, 'manage-calendars')} />
      <OnCall calendar={calendar} />
      <ImportedCalendar calendar={calendar} now={now} />
      <Feed calendar={calendar} />
    </>
  );
}

function OnCall({ calendar }: { calendar: CalendarView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(calendar.timeZone);
  if (calendar.onCall.length === 0) return null;
  return (
    <Section title={t('calendars.onCall')}>
      <ul className="up-calendars-list">
        {calendar.onCall.map((duty) => (
          <li key={`${duty.from}-${duty.rota}`}>
            {text(duty.name)}{' '}
            <span className="up-dim up-num">
              {format.dayTime(duty.from)} – {format.dayTime(duty.to)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="up-calendars-section" aria-label={title}>
      <div className="up-calendars-section-head">
        <h3>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

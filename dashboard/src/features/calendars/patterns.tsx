import { Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CalendarView, Instant, Shift, WorkPattern } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { addDays, mondayOf, wallClock } from '../../shared/format/zone.ts';
import { Dialog, DialogForm, DialogText } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { Undo } from './absences.tsx';
import { Section } from './engineer-panel.tsx';
import {
  clockOf,
  emptyShift,
  type FieldErrors,
  type PatternForm,
  patternBody,
  patternErrors,
  patternForm,
  patternOn,
  type ShiftForm,
} from './forms.ts';
import { refreshCalendars } from './queries.ts';

interface Props {
  readonly calendar: CalendarView;
  readonly now: Instant;
  /** Of the registry: they hold before the first pattern. */
  readonly shifts: readonly Shift[];
  readonly mayChange: boolean;
}

/** The rotation in force and those to come. */
export function Patterns({ calendar, now, shifts, mayChange }: Props) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const [edited, setEdited] = useState<PatternForm | null>(null);
  const { patterns, timeZone, engineerId } = calendar;
  const today = wallClock(now, timeZone).date;
  const inForce = patternOn(patterns, today);
  const shown = patterns.filter((pattern) => pattern === inForce || pattern.startsOn > today);
  const path = `/engineers/${engineerId}/patterns`;
  const putBack = useMutation({
    mutationFn: (pattern: WorkPattern) => api.put(path, pattern),
    onSuccess: () => {
      notify.done(t('calendars.putBack'));
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  const remove = useMutation({
    mutationFn: (pattern: WorkPattern) => api.delete(`${path}/${pattern.startsOn}`),
    onSuccess: (_, pattern) => {
      notify.done(<Undo text={t('calendars.patternRemoved')} undo={() => putBack.mutate(pattern)} />);
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  return (
    <Section
      title={t('calendars.shifts')}
      aside={
        mayChange && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setEdited(patternForm(mondayOf(addDays(today, 7)), inForce, shifts))}
          >
            {t('calendars.newPattern')}
          </Button>
        )
      }
    >
      {!inForce && (
        <div>
          <b>{t('calendars.fromRegistry')}</b>
          <Weeks weeks={[shifts]} />
        </div>
      )}
      {shown.map((pattern) => (
        <div key={pattern.startsOn}>
          <div className="up-calendars-row">
            <b>{t(pattern === inForce ? 'calendars.since' : 'calendars.startsOn', { day: pattern.startsOn })}</b>
            {mayChange && (
              <span className="up-calendars-actions">
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => setEdited(patternForm(pattern.startsOn, pattern, shifts))}
                >
                  {t('calendars.change')}
                </Button>
                <Button size="compact-xs" variant="subtle" color="red" onClick={() => remove.mutate(pattern)}>
                  {t('calendars.remove')}
                </Button>
              </span>
            )}
          </div>
          <Weeks weeks={pattern.weeks} />
        </div>
      ))}
      {edited && <PatternDialog initial={edited} path={path} zone={timeZone} onClose={() => setEdited(null)} />}
    </Section>
  );
}

/** The names of weekdays, 1 Monday to 7, in the reader's language. */
function useWeekdays(): (weekday: number) => string {
  const format = useFormat('UTC');
  // 5 January 1970 was a Monday.
  return (weekday) => format.weekday((weekday + 3) * 86_400_000);
}

function Weeks({ weeks }: { weeks: readonly (readonly Shift[])[] }) {
  const { t } = useTranslation();
  const weekday = useWeekdays();
  return weeks.map((week, index) => (
    <div key={index} className="up-small">
      {weeks.length > 1 && (
        <span className="up-dim">{t('calendars.weekOf', { week: index + 1, of: weeks.length })} </span>
      )}
      {week.length === 0 && <span className="up-dim">{t('calendars.off')}</span>}
      {grouped(week).map(({ days, times }) => (
        <span key={`${days.join()}${times}`} className="up-calendars-shift up-num">
          {days.map(weekday).join(' ')} <span className="up-dim">{times}</span>
        </span>
      ))}
    </div>
  ));
}

/** Days with the same hours together: Monday to Friday 08:00–18:00 is one line. */
function grouped(week: readonly Shift[]): { days: number[]; times: string }[] {
  const groups = new Map<string, number[]>();
  for (const { weekday, fromMinute, toMinute } of [...week].sort((a, b) => a.weekday - b.weekday)) {
    const times = `${clockOf(fromMinute)}–${clockOf(toMinute)}`;
    groups.set(times, [...(groups.get(times) ?? []), weekday]);
  }
  return [...groups].map(([times, days]) => ({ days, times }));
}

function PatternDialog(props: { initial: PatternForm; path: string; zone: string; onClose: () => void }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const [form, setForm] = useState(props.initial);
  const [errors, setErrors] = useState<FieldErrors>({});
  const set = (change: Partial<PatternForm>) => {
    setForm((before) => ({ ...before, ...change }));
    setErrors({});
  };
  const setWeek = (index: number, week: readonly ShiftForm[]) => set({ weeks: form.weeks.with(index, week) });
  const save = useMutation({
    mutationFn: () => api.put(props.path, patternBody(form)),
    onSuccess: async () => {
      notify.done(t('calendars.patternSaved'));
      props.onClose();
      await refreshCalendars(queries);
    },
    onError: (error) => {
      const refused = patternErrors(error instanceof ApiProblem ? error.errors : undefined);
      if (Object.keys(refused).length > 0) setErrors(refused);
      else notify.failed(error);
    },
  });
  const problem = (field: string) => errors[field] && t(errors[field], { defaultValue: errors[field] });
  return (
    <Dialog title={t('calendars.pattern')} size="xl" onClose={props.onClose}>
      <DialogForm confirm={t('calendars.save')} busy={save.isPending} onSubmit={() => save.mutate()}>
        <DialogText>{t('calendars.patternText', { zone: props.zone })}</DialogText>
        <TextInput
          type="date"
          label={t('calendars.patternFrom')}
          value={form.startsOn}
          error={problem('startsOn')}
          required
          onChange={(event) => set({ startsOn: event.currentTarget.value })}
        />
        {form.weeks.map((week, index) => (
          <fieldset key={index} className="up-calendars-week">
            <legend>{t('calendars.weekOf', { week: index + 1, of: form.weeks.length })}</legend>
            {week.map((shift, s) => (
              <ShiftFields
                key={s}
                shift={shift}
                error={problem(`${index}.${s}`) || undefined}
                onChange={(change) => setWeek(index, week.with(s, { ...shift, ...change }))}
                onRemove={() => setWeek(index, week.toSpliced(s, 1))}
              />
            ))}
            <div className="up-calendars-row">
              <Button
                size="compact-xs"
                variant="default"
                disabled={week.length >= 21}
                onClick={() => setWeek(index, [...week, { ...(week.at(-1) ?? emptyShift(1)), weekday: nextDay(week) }])}
              >
                {t('calendars.addShift')}
              </Button>
              {form.weeks.length > 1 && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  onClick={() => set({ weeks: form.weeks.toSpliced(index, 1) })}
                >
                  {t('calendars.removeWeek')}
                </Button>
              )}
            </div>
          </fieldset>
        ))}
        <div className="up-calendars-row">
          <Button
            size="compact-xs"
            variant="default"
            disabled={form.weeks.length >= 52}
            onClick={() => set({ weeks: [...form.weeks, form.weeks.at(-1) ?? []] })}
          >
            {t('calendars.addWeek')}
          </Button>
        </div>
        <Checkbox
          label={t('calendars.worksHolidays')}
          checked={form.worksHolidays}
          onChange={(event) => set({ worksHolidays: event.currentTarget.checked })}
        />
      </DialogForm>
    </Dialog>
  );
}

const nextDay = (week: readonly ShiftForm[]) => Math.min(7, (week.at(-1)?.weekday ?? 0) + 1);

function ShiftFields(props: {
  shift: ShiftForm;
  error: string | undefined;
  onChange: (change: Partial<ShiftForm>) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const weekday = useWeekdays();
  const { shift, onChange } = props;
  const time = (field: 'from' | 'to' | 'breakFrom' | 'breakTo', required = false) => (
    <TextInput
      size="xs"
      type="time"
      label={t(`calendars.shift.${field}`)}
      value={shift[field]}
      required={required}
      withAsterisk={false}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <div className="up-calendars-shift-row">
      <Select
        size="xs"
        label={t('calendars.shift.weekday')}
        data={[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: weekday(day) }))}
        value={String(shift.weekday)}
        allowDeselect={false}
        onChange={(day) => day && onChange({ weekday: Number(day) })}
      />
      {time('from', true)}
      {time('to', true)}
      <NumberInput
        size="xs"
        label={t('calendars.shift.break')}
        value={shift.breakMinutes}
        min={0}
        max={240}
        step={15}
        suffix=" min"
        onChange={(minutes) => onChange({ breakMinutes: String(minutes) })}
      />
      {Number(shift.breakMinutes) > 0 && time('breakFrom')}
      {Number(shift.breakMinutes) > 0 && time('breakTo')}
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        aria-label={t('calendars.shift.remove', { day: weekday(shift.weekday) })}
        onClick={props.onRemove}
      >
        ✕
      </Button>
      {props.error && (
        <span className="up-calendars-error" role="alert">
          {props.error}
        </span>
      )}
      {shift.others.length > 0 && (
        <span className="up-dim up-small">{t('calendars.shift.others', { count: shift.others.length })}</span>
      )}
    </div>
  );
}

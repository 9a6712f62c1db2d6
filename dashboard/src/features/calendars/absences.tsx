import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Absence, CalendarView, Instant } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { wallClock } from '../../shared/format/zone.ts';
import { Dialog, DialogForm } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { Section } from './engineer-panel.tsx';
import { type AbsenceForm, absenceBody, absenceErrors, absenceForm, type FieldErrors, newAbsence } from './forms.ts';
import { refreshCalendars } from './queries.ts';

const KINDS = ['leave', 'training', 'sick', 'other'] as const;

/** Leave, training, illness: entered, changed, removed, and put back. */
export function Absences({ calendar, now }: { calendar: CalendarView; now: Instant }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const [edited, setEdited] = useState<Absence | 'new' | null>(null);
  const { absences, timeZone, engineerId, sight } = calendar;
  const path = `/engineers/${engineerId}/absences`;
  const putBack = useMutation({
    mutationFn: ({ id: _, ...body }: Absence) => api.post<Absence>(path, body),
    onSuccess: () => {
      notify.done(t('calendars.putBack'));
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  const remove = useMutation({
    mutationFn: (absence: Absence) => api.delete(`${path}/${absence.id}`),
    onSuccess: (_, absence) => {
      notify.done(
        <Undo
          text={t('calendars.removed', { what: t(`calendars.kind.${absence.kind}`) })}
          undo={() => putBack.mutate(absence)}
        />,
      );
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  const end = (absence: Absence) =>
    'fromDay' in absence.when ? absence.when.toDay : wallClock(absence.when.to, timeZone).date;
  const today = wallClock(now, timeZone).date;
  // What is over is not changed any more; it stays in the weeks it was in.
  const open = absences.filter((absence) => end(absence) >= today).sort((a, b) => (end(a) < end(b) ? -1 : 1));
  return (
    <Section
      title={t('calendars.absences')}
      aside={
        <Button size="compact-xs" variant="default" onClick={() => setEdited('new')}>
          {t('calendars.add')}
        </Button>
      }
    >
      {open.length === 0 ? (
        <p className="up-dim up-small">{t(sight === 'all' ? 'calendars.noAbsences' : 'calendars.noOwnEntries')}</p>
      ) : (
        <ul className="up-calendars-list">
          {open.map((absence) => (
            <li key={absence.id}>
              <span>
                <b>{t(`calendars.kind.${absence.kind}`)}</b> {absence.title}
                <br />
                <span className="up-dim up-num up-small">
                  <When absence={absence} zone={timeZone} />
                </span>
              </span>
              <span className="up-calendars-actions">
                <Button size="compact-xs" variant="subtle" onClick={() => setEdited(absence)}>
                  {t('calendars.change')}
                </Button>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  loading={remove.isPending && remove.variables.id === absence.id}
                  onClick={() => remove.mutate(absence)}
                >
                  {t('calendars.remove')}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {edited && (
        <AbsenceDialog
          path={path}
          zone={timeZone}
          absence={edited === 'new' ? null : edited}
          today={today}
          onClose={() => setEdited(null)}
        />
      )}
    </Section>
  );
}

export function Undo({ text, undo }: { text: string; undo: () => void }) {
  const { t } = useTranslation();
  const [used, setUsed] = useState(false);
  return (
    <span className="up-calendars-undo">
      {text}{' '}
      <Button
        size="compact-xs"
        variant="default"
        disabled={used}
        onClick={() => {
          setUsed(true);
          undo();
        }}
      >
        {t('calendars.undo')}
      </Button>
    </span>
  );
}

function When({ absence: { when }, zone }: { absence: Absence; zone: string }) {
  const format = useFormat(zone);
  if ('from' in when) return `${format.dayTime(when.from)} – ${format.dayTime(when.to)}`;
  const utc = (date: string) => Date.parse(`${date}T12:00:00Z`);
  return <DayRange from={utc(when.fromDay)} to={utc(when.toDay)} />;
}

/** Days as days: noon in UTC is that day in UTC, whatever zone the page is shown in. */
function DayRange({ from, to }: { from: Instant; to: Instant }) {
  const format = useFormat('UTC');
  return from === to ? format.day(from) : `${format.day(from)} – ${format.day(to)}`;
}

function AbsenceDialog(props: {
  path: string;
  zone: string;
  absence: Absence | null;
  today: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const { absence, zone } = props;
  const [form, setForm] = useState<AbsenceForm>(() => (absence ? absenceForm(absence, zone) : newAbsence(props.today)));
  const [errors, setErrors] = useState<FieldErrors>({});
  const set = (change: Partial<AbsenceForm>) => {
    setForm((before) => ({ ...before, ...change }));
    setErrors({});
  };
  const save = useMutation({
    mutationFn: (body: Omit<Absence, 'id'>) =>
      absence ? api.put<Absence>(`${props.path}/${absence.id}`, body) : api.post<Absence>(props.path, body),
    onSuccess: async () => {
      notify.done(t(absence ? 'calendars.changed' : 'calendars.added'));
      props.onClose();
      await refreshCalendars(queries);
    },
    onError: (error) => {
      const refused = absenceErrors(error instanceof ApiProblem ? error.errors : undefined);
      if (Object.keys(refused).length > 0) setErrors(refused);
      else notify.failed(error);
    },
  });
  const submit = () => {
    const made = absenceBody(form, zone);
    if ('errors' in made) setErrors(made.errors);
    else save.mutate(made.body);
  };
  const problem = (field: string) => errors[field] && t(errors[field], { defaultValue: errors[field] });
  return (
    <Dialog title={t(absence ? 'calendars.changeAbsence' : 'calendars.addAbsence')} onClose={props.onClose}>
      <DialogForm confirm={t('calendars.save')} busy={save.isPending} onSubmit={submit}>
        <Select
          label={t('calendars.what')}
          data={KINDS.map((value) => ({ value, label: t(`calendars.kind.${value}`) }))}
          value={form.kind}
          error={problem('kind')}
          allowDeselect={false}
          onChange={(kind) => kind && set({ kind: kind as Absence['kind'] })}
        />
        <Checkbox
          label={t('calendars.wholeDays')}
          checked={form.wholeDays}
          onChange={(event) => set({ wholeDays: event.currentTarget.checked })}
        />
        <div className="up-calendars-when">
          <TextInput
            type="date"
            label={t(form.wholeDays ? 'calendars.firstDay' : 'calendars.from')}
            value={form.fromDay}
            error={problem('from')}
            onChange={(event) => {
              const fromDay = event.currentTarget.value;
              // The last day goes along, so that a later beginning is no mistake.
              set({ fromDay, ...(form.toDay < fromDay ? { toDay: fromDay } : {}) });
            }}
          />
          {!form.wholeDays && (
            <TextInput
              type="time"
              label={t('calendars.fromTime')}
              value={form.fromTime}
              onChange={(event) => set({ fromTime: event.currentTarget.value })}
            />
          )}
        </div>
        <div className="up-calendars-when">
          <TextInput
            type="date"
            label={t(form.wholeDays ? 'calendars.lastDay' : 'calendars.to')}
            value={form.toDay}
            error={problem('to')}
            onChange={(event) => set({ toDay: event.currentTarget.value })}
          />
          {!form.wholeDays && (
            <TextInput
              type="time"
              label={t('calendars.toTime')}
              value={form.toTime}
              onChange={(event) => set({ toTime: event.currentTarget.value })}
            />
          )}
        </div>
        <TextInput
          label={t('calendars.name')}
          description={t('calendars.nameSeen')}
          value={form.title}
          maxLength={200}
          error={problem('title')}
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <span className="up-dim up-small">{t('calendars.zone', { zone })}</span>
      </DialogForm>
    </Dialog>
  );
}

import { Button, FileButton, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CalendarView, ImportView, Instant } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../../shared/api/client.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { useProblemText } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { Section } from './engineer-panel.tsx';
import { refreshCalendars } from './queries.ts';

/** Busy time from another calendar: where from, how old, what went wrong. */
export function ImportedCalendar({ calendar, now }: { calendar: CalendarView; now: Instant }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const problem = useProblemText();
  const [url, setUrl] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { imported, engineerId } = calendar;
  const path = `/engineers/${engineerId}/calendar-import`;
  const refused = (failure: unknown) => {
    // What is wrong with the address or the file is said where it was given.
    const field =
      failure instanceof ApiProblem && (failure.code === 'bad-request' || failure.code === 'calendar-not-read');
    if (field) setError(failure.code === 'bad-request' ? t('calendars.wrong.url') : problem(failure).text);
    else notify.failed(failure);
  };
  const give = useMutation({
    mutationFn: (body: { url: string } | { text: string }) => api.put<ImportView>(path, body),
    onSuccess: (view) => {
      setUrl('');
      setError(null);
      notify.done(t('calendars.importRead', { count: view.busyTimes }));
      return refreshCalendars(queries);
    },
    onError: refused,
  });
  const read = useMutation({
    mutationFn: () => api.post<ImportView>(`${path}/refresh`),
    onSuccess: (view) => {
      setError(null);
      notify.done(t('calendars.importRead', { count: view.busyTimes }));
      return refreshCalendars(queries);
    },
    onError: (failure) => {
      refused(failure);
      return refreshCalendars(queries);
    },
  });
  const remove = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: () => {
      notify.done(t('calendars.importRemoved'));
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  return (
    <Section title={t('calendars.import')}>
      {imported ? (
        <>
          <ImportFacts imported={imported} now={now} zone={calendar.timeZone} />
          <div className="up-calendars-row">
            {imported.kind === 'url' && (
              <Button size="compact-xs" variant="default" loading={read.isPending} onClick={() => read.mutate()}>
                {t('calendars.readNow')}
              </Button>
            )}
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              {t('calendars.importStop')}
            </Button>
          </div>
          {error && (
            <span className="up-calendars-error" role="alert">
              {error}
            </span>
          )}
        </>
      ) : (
        <form
          className="up-calendars-import"
          onSubmit={(event) => {
            event.preventDefault();
            give.mutate({ url: url.trim() });
          }}
        >
          <TextInput
            size="xs"
            label={t('calendars.address')}
            description={t('calendars.addressText')}
            placeholder="https://…/basic.ics"
            value={url}
            error={error}
            onChange={(event) => {
              setUrl(event.currentTarget.value);
              setError(null);
            }}
          />
          <div className="up-calendars-row">
            <Button
              size="compact-sm"
              type="submit"
              variant="default"
              loading={give.isPending}
              disabled={url.trim() === ''}
            >
              {t('calendars.subscribe')}
            </Button>
            <FileButton
              accept=".ics,text/calendar"
              onChange={(file) => void file?.text().then((text) => give.mutate({ text }))}
            >
              {(file) => (
                <Button size="compact-sm" variant="subtle" {...file}>
                  {t('calendars.fromFile')}
                </Button>
              )}
            </FileButton>
          </div>
        </form>
      )}
    </Section>
  );
}

function ImportFacts({ imported, now, zone }: { imported: ImportView; now: Instant; zone: string }) {
  const { t } = useTranslation();
  const format = useFormat(zone);
  const { address, busyTimes, goodAt, failure, aside, asideCount } = imported;
  return (
    <>
      <div className="up-calendars-address" title={address ?? undefined}>
        {address ?? t('calendars.file')}
      </div>
      <div className="up-small">
        {t('calendars.busyTimes', { count: busyTimes })}
        {goodAt !== null && (
          <span className="up-dim"> · {t('calendars.goodAt', { ago: format.ago(goodAt, Math.max(now, goodAt)) })}</span>
        )}
      </div>
      {failure && (
        <p className="up-calendars-error" role="alert">
          {t('calendars.failing', { since: format.dayTime(failure.since), reason: failure.reason })}
        </p>
      )}
      {asideCount > 0 && (
        <details className="up-small">
          <summary className="up-focus">{t('calendars.aside', { count: asideCount })}</summary>
          <ul>
            {aside.map(({ line, reason, uid }) => (
              <li key={`${line}-${uid}`}>{t('calendars.asideLine', { line, reason })}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

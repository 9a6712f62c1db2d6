import { Button, CopyButton, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CalendarView } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useFormat, useLanguage } from '../../shared/format/use-format.ts';
import { useNotify } from '../../shared/ui/notify.ts';
import { Section } from './engineer-panel.tsx';
import { refreshCalendars } from './queries.ts';

/** The address under which calendar programs find the visits. It is shown once: only its hash is kept. */
export function Feed({ calendar }: { calendar: CalendarView }) {
  const { t } = useTranslation();
  const format = useFormat(calendar.timeZone);
  const notify = useNotify();
  const language = useLanguage();
  const queries = useQueryClient();
  const [address, setAddress] = useState<string | null>(null);
  const { feed, engineerId } = calendar;
  const path = `/engineers/${engineerId}/calendar-feed`;
  const issue = useMutation({
    mutationFn: () => api.post<{ path: string }>(path, { language }),
    onSuccess: (issued) => {
      setAddress(new URL(issued.path, window.location.origin).href);
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  const revoke = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: () => {
      setAddress(null);
      notify.done(t('calendars.feedRevoked'));
      return refreshCalendars(queries);
    },
    onError: notify.failed,
  });
  return (
    <Section title={t('calendars.feed')}>
      <p className="up-dim up-small">
        {feed ? t('calendars.feedSince', { time: format.dayTime(feed.issuedAt) }) : t('calendars.noFeed')}
      </p>
      {address && (
        <>
          <TextInput
            size="xs"
            readOnly
            label={t('calendars.feedAddress')}
            description={t('calendars.feedOnce')}
            value={address}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={address}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy}>
                {t(copied ? 'calendars.copied' : 'calendars.copy')}
              </Button>
            )}
          </CopyButton>
        </>
      )}
      <div className="up-calendars-row">
        <Button size="compact-sm" variant="default" loading={issue.isPending} onClick={() => issue.mutate()}>
          {t(feed ? 'calendars.feedReplace' : 'calendars.feedIssue')}
        </Button>
        {feed && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
          >
            {t('calendars.feedRevoke')}
          </Button>
        )}
      </div>
    </Section>
  );
}

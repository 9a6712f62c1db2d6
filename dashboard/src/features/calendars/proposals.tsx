import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProposalBody, RotaProposalView } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, api } from '../../shared/api/client.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { addDays } from '../../shared/format/zone.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Empty, KpiStrip, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { refreshCalendars, refreshProposals, useProposals, useRotas } from './queries.ts';
import { reasonsOf } from './roster-model.ts';
import { RotaTable } from './rota-table.tsx';

/** Asks for rotas, shows what came of it beside what is, and decides. */
export function Proposals({ from, weeks, onWeeks }: { from: string; weeks: number; onWeeks: (weeks: number) => void }) {
  const { t } = useTranslation();
  const proposals = useProposals();
  const newest = proposals.data?.[0];
  return (
    <Panel title={t('roster.proposal')} label={t('roster.proposal')}>
      <Ask key={from} from={from} weeks={weeks} onWeeks={onWeeks} busy={newest?.state === 'running'} />
      {proposals.isError ? (
        <ProblemNote error={proposals.error} retry={() => void proposals.refetch()} />
      ) : !proposals.data ? (
        <Loading rows={3} />
      ) : newest ? (
        <Proposal proposal={newest} />
      ) : (
        <Empty title={t('roster.none')}>{t('roster.noneText')}</Empty>
      )}
    </Panel>
  );
}

function Ask(props: { from: string; weeks: number; busy: boolean; onWeeks: (weeks: number) => void }) {
  const { t } = useTranslation();
  const text = useText();
  const notify = useNotify();
  const queries = useQueryClient();
  const rotas = useRotas().data ?? [];
  const [from, setFrom] = useState(props.from);
  const [onCall, setOnCall] = useState<string | null>(null);
  const [seconds, setSeconds] = useState(30);
  const [error, setError] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: () =>
      api.post<RotaProposalView>('/roster/proposals', {
        from,
        weeks: props.weeks,
        seconds,
        onCall,
      } satisfies Partial<ProposalBody>),
    onSuccess: () => refreshProposals(queries),
    onError: (failure) => {
      const refused = failure instanceof ApiProblem && failure.errors?.some(({ path }) => path === 'from');
      if (refused) setError(t('roster.wrongFrom'));
      else notify.failed(failure);
    },
  });
  return (
    <form
      className="up-roster-ask"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <TextInput
        size="xs"
        type="date"
        step={7}
        label={t('roster.from')}
        value={from}
        error={error}
        onChange={(event) => {
          setFrom(event.currentTarget.value);
          setError(null);
        }}
      />
      <NumberInput
        size="xs"
        label={t('roster.weeks')}
        value={props.weeks}
        min={1}
        max={6}
        allowDecimal={false}
        onChange={(value) => props.onWeeks(Math.min(6, Math.max(1, Number(value) || 1)))}
      />
      <Select
        size="xs"
        label={t('roster.onCallOf')}
        placeholder={t('roster.onCallNone')}
        clearable
        value={onCall}
        data={rotas.map(({ rota }) => ({ value: rota.key, label: text(rota.name) }))}
        onChange={setOnCall}
      />
      <NumberInput
        size="xs"
        label={t('roster.seconds')}
        value={seconds}
        min={1}
        max={300}
        allowDecimal={false}
        suffix=" s"
        onChange={(value) => setSeconds(Math.min(300, Math.max(1, Number(value) || 1)))}
      />
      <Button size="xs" type="submit" loading={ask.isPending} disabled={props.busy}>
        {t('roster.propose')}
      </Button>
    </form>
  );
}

function Proposal({ proposal }: { proposal: RotaProposalView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notify = useNotify();
  const queries = useQueryClient();
  const { id, state, result, progress, asked } = proposal;
  const done = (key: string) => async () => {
    notify.done(t(key));
    await Promise.all([refreshProposals(queries), refreshCalendars(queries)]);
  };
  const accept = useMutation({
    mutationFn: () => api.post(`/roster/proposals/${id}/accept`),
    onSuccess: done('roster.acceptedNow'),
    onError: notify.failed,
  });
  const discard = useMutation({
    mutationFn: () => api.delete(`/roster/proposals/${id}`),
    onSuccess: done('roster.discarded'),
    onError: notify.failed,
  });
  return (
    <div className="up-roster-proposal">
      <div className="up-calendars-row up-roster-state">
        <span role="status">
          <b>{t('roster.period', { from: asked.from, to: addDays(asked.from, 7 * asked.weeks - 1) })}</b>{' '}
          <span className="up-dim">
            {t(`roster.state.${state}`)}
            {state === 'running' && progress && ` · ${t('roster.progress', { cost: format.number(progress.cost, 0) })}`}
          </span>
        </span>
        <span className="up-calendars-actions">
          {state === 'done' && (
            <Button size="compact-sm" loading={accept.isPending} onClick={() => accept.mutate()}>
              {t('roster.accept')}
            </Button>
          )}{' '}
          <Button size="compact-sm" variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
            {t(state === 'accepted' ? 'roster.forget' : 'roster.discard')}
          </Button>
        </span>
      </div>
      {proposal.problem && (
        <p className="up-calendars-error" role="alert">
          {t(`roster.problem.${proposal.problem.code}`, { text: proposal.problem.text })}
        </p>
      )}
      <Comparison proposal={proposal} />
      <RotaTable proposal={proposal} />
      {result && <Shortages proposal={proposal} />}
    </div>
  );
}

function Comparison({ proposal: { present, result } }: { proposal: RotaProposalView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const minutes = (value: number) => format.duration(value * 60_000);
  const broken = Object.values(present.broken).reduce((a, b) => a + b, 0);
  const rules = Object.entries(present.broken).map(([rule, count]) => `${t(`roster.rule.${rule}`)} ${count}`);
  return (
    <KpiStrip
      label={t('roster.figures')}
      items={[
        {
          label: t('roster.brokenNow'),
          value: broken,
          note: rules.join(' · ') || t('roster.allKept'),
          tone: broken > 0 ? 'amber' : undefined,
        },
        {
          label: t('roster.missingNow'),
          value: minutes(present.cover.missingDesired),
          note: t('roster.ofWanted', { time: minutes(present.cover.desiredMinutes) }),
        },
        ...(result
          ? [
              { label: t('roster.brokenThen'), value: 0, note: t('roster.checked') },
              {
                label: t('roster.missingThen'),
                value: minutes(result.cover.missingDesired),
                note: t('roster.ofMinimum', { time: minutes(result.cover.missingMinimum) }),
                tone: result.cover.missingMinimum > 0 ? ('amber' as const) : undefined,
              },
              {
                label: t('roster.changes'),
                value: result.changes.length,
                note: t(`roster.quality.${result.status}`),
              },
            ]
          : []),
      ]}
    />
  );
}

const SHOWN = 12;

function Shortages({ proposal: { result } }: { proposal: RotaProposalView }) {
  const { t } = useTranslation();
  const names = useCollection('engineers').items;
  const text = useText();
  if (!result) return null;
  const said = (reason: string, count: number, why: (typeof result.shortages)[number]['why']) => {
    const one = count === 1 && typeof why !== 'string' ? Object.keys(why).find((id) => why[id] === reason) : undefined;
    const who = one ? text(names.get(one)?.name) : count > 0 ? String(count) : '';
    return [t(`roster.why.${reason}`), who && `(${who})`].filter(Boolean).join(' ');
  };
  return (
    <section aria-label={t('roster.shortages')}>
      <h3 className="up-roster-h3">{t('roster.shortages')}</h3>
      {result.shortages.length === 0 && result.noOnCall.length === 0 && (
        <p className="up-dim up-small">{t('roster.noShortages')}</p>
      )}
      <ul className="up-roster-short up-small">
        {result.noOnCall.map((week) => (
          <li key={week}>{t('roster.noOnCall', { week })}</li>
        ))}
        {result.shortages.slice(0, SHOWN).map((short) => (
          <li key={`${short.date}${short.from}${short.skill}${short.region}`}>
            <b className="up-num">
              {short.date} {short.from}–{short.to}
            </b>{' '}
            {short.skill ? t(`skill.${short.skill}`, { defaultValue: short.skill }) : t('roster.anybody')}:{' '}
            {t('roster.short', { onDuty: short.onDuty, desired: short.desired })}
            <span className="up-dim">
              {' — '}
              {reasonsOf(short.why)
                .slice(0, 4)
                .map(({ reason, count }) => said(reason, count, short.why))
                .join('; ')}
            </span>
          </li>
        ))}
      </ul>
      {result.shortages.length > SHOWN && (
        <p className="up-dim up-small">{t('roster.more', { count: result.shortages.length - SHOWN })}</p>
      )}
    </section>
  );
}

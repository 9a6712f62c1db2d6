import { Button, Checkbox, NumberInput, Progress, SegmentedControl } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Backtest, can, DAY } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { Badge, type Tone } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { isPending, KEYS, useBacktest, useBacktests } from './queries.ts';
import { ResultView } from './result.tsx';
import type { RuleWords } from './words.ts';

const DAYS = ['1', '7', '30', '90'] as const;
const TONE: Record<Backtest['state'], Tone> = {
  queued: 'grey',
  running: 'blue',
  done: 'green',
  cancelled: 'grey',
  failed: 'red',
  interrupted: 'amber',
};

/** Starts a draft's back-test, follows it, shows what came of it. `unsaved`: what is on screen is not what would run. */
export function Backtests(props: { modelId: string; draftId: string; unsaved: boolean; words: RuleWords }) {
  const { t } = useTranslation();
  const { modelId, draftId, words } = props;
  const client = useQueryClient();
  const notify = useNotify();
  const viewer = useViewer();
  const format = useFormat();
  const [days, setDays] = useState<string>('30');
  const [lead, setLead] = useState<number | string>(24);
  const [forAll, setForAll] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const list = useBacktests(modelId);
  const mine = (list.data ?? []).filter((each) => each.draftId === draftId);
  const shown = mine.find(({ id }) => id === chosen) ?? mine[0];
  const result = useBacktest(shown?.id, shown?.state);
  const act = useMutation({
    mutationFn: (call: () => Promise<unknown>) => call(),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.backtests(modelId) }),
    onError: notify.failed,
  });
  const start = async () => {
    const to = live.now();
    const body = { draftId, from: to - Number(days) * DAY, to, leadHours: Number(lead), budgetForAll: forAll };
    setChosen((await api.post<Backtest>('/predictions/backtests', body)).id);
  };
  const allowed = can(viewer, 'edit-rules');
  const runs = shown !== undefined && isPending(shown);
  return (
    <Panel title={t('rules.backtest')} label={t('rules.backtest')}>
      <p className="up-dim up-small" style={{ marginTop: 0 }}>
        {t('rules.backtestText')}
      </p>
      {allowed && (
        <div className="up-rules-bar">
          <SegmentedControl
            size="xs"
            aria-label={t('rules.period')}
            value={days}
            onChange={setDays}
            data={DAYS.map((each) => ({ value: each, label: t('rules.lastDays', { count: Number(each) }) }))}
          />
          <NumberInput
            size="xs"
            w={130}
            aria-label={t('rules.lead')}
            leftSection={<span className="up-dim up-small">{t('rules.leadShort')}</span>}
            leftSectionWidth={48}
            suffix=" h"
            min={0}
            max={2000}
            value={lead}
            onChange={setLead}
          />
          <Checkbox
            size="xs"
            label={t('rules.budgetForAll')}
            checked={forAll}
            onChange={(event) => setForAll(event.currentTarget.checked)}
          />
          <Button
            size="xs"
            onClick={() => act.mutate(start)}
            loading={act.isPending}
            disabled={props.unsaved || lead === ''}
            title={props.unsaved ? t('rules.saveFirst') : undefined}
          >
            {t('rules.runBacktest')}
          </Button>
          {props.unsaved && <span className="up-dim up-small">{t('rules.saveFirst')}</span>}
        </div>
      )}
      {list.isPending ? (
        <Loading rows={3} />
      ) : list.isError ? (
        <ProblemNote error={list.error} retry={() => void list.refetch()} />
      ) : !shown ? (
        <Empty title={t('rules.noBacktests')}>{t('rules.noBacktestsText')}</Empty>
      ) : (
        <>
          <ul className="up-rules-runs" aria-label={t('rules.backtests')}>
            {mine.map((each) => (
              <li key={each.id}>
                <button
                  type="button"
                  className="up-focus"
                  aria-pressed={each.id === shown.id}
                  onClick={() => setChosen(each.id)}
                >
                  <Badge tone={TONE[each.state]}>{t(`rules.state.${each.state}`)}</Badge>
                  {format.dayTime(each.from)} – {format.dayTime(each.to)}
                </button>
                {allowed && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => act.mutate(() => api.delete(`/predictions/backtests/${each.id}`))}
                  >
                    {t(isPending(each) ? 'rules.cancel' : 'rules.throwAway')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {runs ? (
            <Progress.Root size="lg" aria-label={t('rules.progress')}>
              <Progress.Section value={Math.max(3, shown.progress * 100)} aria-label={t('rules.progress')} animated />
            </Progress.Root>
          ) : shown.state !== 'done' ? (
            <Empty title={t(`rules.state.${shown.state}`)}>
              {shown.problem ?? t(`rules.stateText.${shown.state}`)}
            </Empty>
          ) : result.isError ? (
            <ProblemNote error={result.error} retry={() => void result.refetch()} />
          ) : result.data?.result ? (
            <ResultView looked={{ ...result.data, result: result.data.result }} words={words} />
          ) : (
            <Loading rows={6} />
          )}
        </>
      )}
    </Panel>
  );
}

import { Button, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type BudgetView, can, type FalseOrderBudget } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useBudget, useHeld } from '../../shared/api/queries.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { useActorName } from '../../shared/ui/order-timeline.tsx';

/** What false orders may cost: set here, with what it means for this fleet, what is spent, and who waits for it. */
export function Budget() {
  const { t } = useTranslation();
  const budget = useBudget();
  return (
    <Panel title={t('budget.title')} label={t('budget.title')}>
      {budget.data ? (
        <div className="up-health-budget">
          <Meaning budget={budget.data} />
          <Waiting budget={budget.data} />
          <Setting key={`${budget.data.setAt}`} budget={budget.data} />
        </div>
      ) : budget.isError ? (
        <ProblemNote error={budget.error} retry={() => void budget.refetch()} />
      ) : (
        <Loading rows={3} />
      )}
    </Panel>
  );
}

function Meaning({ budget }: { budget: BudgetView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const actorName = useActorName();
  const { cap, setAt, setBy } = budget;
  const available = Math.max(0, budget.available);
  const spent = Math.min(cap, cap - available);
  return (
    <div>
      <p style={{ margin: '0 0 8px' }}>{useMeaning(budget, budget.devices)}</p>
      <meter
        className="up-health-meter"
        min={0}
        max={Math.max(cap, 0.001)}
        value={available}
        aria-label={t('budget.left', { left: format.number(available, 2), cap: format.number(cap, 2) })}
      />
      <div className="up-num">
        <b>{t('budget.left', { left: format.number(available, 2), cap: format.number(cap, 2) })}</b>{' '}
        <span className="up-dim">{t('budget.spent', { spent: format.number(spent, 2) })}</span>
      </div>
      <div className="up-dim up-small">
        {setAt === null || setBy === null
          ? t('budget.never')
          : t('budget.set', { by: actorName(setBy), at: format.dayTime(setAt) })}
      </div>
    </div>
  );
}

function useMeaning({ falseOrdersPerDeviceMonth: rate, minProbability }: FalseOrderBudget, devices: number): string {
  const { t } = useTranslation();
  const format = useFormat();
  return t('budget.meaning', {
    count: devices,
    perMonth: format.number(rate * devices, 1),
    percent: format.percent(minProbability),
  });
}

function Waiting({ budget }: { budget: BudgetView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const devices = useCollection('devices').items;
  const { budgetSpent, probabilityTooLow } = budget.held;
  const held = useHeld(`${budgetSpent} ${probabilityTooLow} ${budget.setAt}`);
  const waiting = (held.data ?? []).filter(
    ({ reason }) => reason === 'budget-spent' || reason === 'probability-too-low',
  );
  return (
    <div>
      <b>{t('budget.waiting', { count: waiting.length })}</b>
      {waiting.length > 0 && (
        <ul className="up-health-list">
          {waiting.slice(0, 8).map((row) => (
            <li key={row.alertId}>
              <Link className="up-link" to={`/alerts/${row.alertId}`}>
                {text(devices.get(row.deviceId)?.name) || row.deviceId}
              </Link>{' '}
              <span className="up-num">{format.percent(row.probability)}</span>
              <span className="up-dim">
                {' '}
                ·{' '}
                {t(`held.${row.reason}`, {
                  needs: format.number(row.needs, 2),
                  available: format.number(Math.max(0, row.available), 2),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Setting({ budget }: { budget: BudgetView }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const viewer = useViewer();
  const [rate, setRate] = useState<number | string>(budget.falseOrdersPerDeviceMonth);
  const [percent, setPercent] = useState<number | string>(Math.round(budget.minProbability * 100));
  const valid = typeof rate === 'number' && typeof percent === 'number';
  const wanted: FalseOrderBudget = { falseOrdersPerDeviceMonth: Number(rate), minProbability: Number(percent) / 100 };
  const meaning = useMeaning(wanted, budget.devices);
  const save = useMutation({
    mutationFn: () => api.put<BudgetView>('/predictions/budget', wanted),
    onSuccess: (answer) => {
      notify.done(t('budget.saved'));
      queries.setQueryData(['budget'], answer);
      void queries.invalidateQueries({ queryKey: ['held'] });
    },
    onError: notify.failed,
  });
  if (!can(viewer, 'manage-predictions')) return <p className="up-dim">{t('budget.notYours')}</p>;
  const changed =
    wanted.falseOrdersPerDeviceMonth !== budget.falseOrdersPerDeviceMonth ||
    Math.abs(wanted.minProbability - budget.minProbability) > 0.001;
  return (
    <form
      className="up-health-setting"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <NumberInput
        label={t('budget.rate')}
        value={rate}
        onChange={setRate}
        min={0}
        max={5}
        step={0.01}
        decimalScale={4}
        required
      />
      <NumberInput
        label={t('budget.least')}
        value={percent}
        onChange={setPercent}
        min={0}
        max={100}
        step={5}
        suffix=" %"
        required
      />
      {changed && valid && <p className="up-small">{t('budget.would', { meaning })}</p>}
      <Button type="submit" size="xs" loading={save.isPending} disabled={!changed || !valid}>
        {t('budget.save')}
      </Button>
    </form>
  );
}

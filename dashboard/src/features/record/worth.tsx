import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { can, type Retirements, type RuleWorth } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Panel } from '../../shared/ui/blocks.tsx';
import { Dialog, DialogForm, DialogText, isReason, ReasonInput } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { CostsDialog } from './costs-dialog.tsx';
import { useMoney } from './use-money.ts';

/** What each rule saves or costs, and those that should go, with the figures that say so. */
export function Worth({ retirements }: { retirements: Retirements }) {
  const { t } = useTranslation();
  const { costs, rules } = retirements;
  const money = useMoney(costs.currency);
  const format = useFormat();
  const viewer = useViewer();
  const maySet = can(viewer, 'manage-predictions');
  const mayRetire = can(viewer, 'activate-rules');
  const [editing, setEditing] = useState(false);
  const [retiring, setRetiring] = useState<RuleWorth | null>(null);
  const proposed = rules.filter((rule) => rule.proposed).length;
  return (
    <Panel
      title={t('record.worth')}
      label={t('record.worth')}
      aside={
        maySet && (
          <Button size="compact-xs" variant="default" onClick={() => setEditing(true)}>
            {t('record.costs')}
          </Button>
        )
      }
    >
      <p className="up-small" style={{ margin: '0 0 8px' }} role="status">
        <b>{proposed > 0 ? t('record.proposed', { count: proposed }) : t('record.noneProposed')}</b>{' '}
        <span className="up-dim">
          {t('record.costsText', {
            visit: money(costs.visit),
            hour: costs.downtimeHour === null ? t('record.byContract') : money(costs.downtimeHour),
            hours: format.number(costs.hoursSaved, 1),
          })}
        </span>
      </p>
      {rules.length === 0 ? (
        <p className="up-dim" style={{ margin: 0 }}>
          {t('record.worthNone')}
        </p>
      ) : (
        // What scrolls must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
        <ul className="up-worth up-focus" tabIndex={0} aria-label={t('record.worth')}>
          {rules.map((rule) => (
            <Row
              key={`${rule.modelId}/${rule.ruleId}`}
              rule={rule}
              currency={costs.currency}
              onRetire={mayRetire ? () => setRetiring(rule) : undefined}
            />
          ))}
        </ul>
      )}
      {editing && <CostsDialog costs={costs} onClose={() => setEditing(false)} />}
      {retiring && <RetireDialog rule={retiring} currency={costs.currency} onClose={() => setRetiring(null)} />}
    </Panel>
  );
}

function Row({ rule, currency, onRetire }: { rule: RuleWorth; currency: string; onRetire: (() => void) | undefined }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const money = useMoney(currency);
  const { tally, net } = rule;
  return (
    <li data-proposed={rule.proposed}>
      <div style={{ minWidth: 0 }}>
        <b>{text(rule.ruleName)}</b> {rule.proposed && <Badge tone="red">{t('record.proposal')}</Badge>}
        <div className="up-dim up-small">{text(rule.modelName)}</div>
        <div className="up-small">
          {t('record.tally', { foreseen: tally.foreseen, falseOrders: tally.falseOrders, avoided: tally.avoided })}
          {net.breakEven !== null && (
            <>
              {' · '}
              {t('record.loses', {
                p: format.percent(net.probabilityOfLoss),
                breakEven: format.percent(net.breakEven, net.breakEven < 0.1 ? 1 : 0),
              })}
            </>
          )}
        </div>
      </div>
      <div className="up-worth-net up-num">
        <b data-loss={net.expected < 0}>{money(net.expected)}</b>
        <div className="up-dim up-small">{t('record.interval', { low: money(net.low), high: money(net.high) })}</div>
        {rule.proposed && onRetire && (
          <Button size="compact-xs" color="red" variant="light" onClick={onRetire}>
            {t('record.retire')}
          </Button>
        )}
      </div>
    </li>
  );
}

function RetireDialog({ rule, currency, onClose }: { rule: RuleWorth; currency: string; onClose: () => void }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const money = useMoney(currency);
  const notify = useNotify();
  const queries = useQueryClient();
  const { tally, net } = rule;
  const [reason, setReason] = useState(
    t('record.retireReason', {
      foreseen: tally.foreseen,
      falseOrders: tally.falseOrders,
      net: money(net.expected),
      p: format.percent(net.probabilityOfLoss),
    }),
  );
  const retire = useMutation({
    mutationFn: () =>
      api.post(`/predictions/models/${rule.modelId}/rules/${rule.ruleId}/retire`, { reason: reason.trim() }),
    onSuccess: () => {
      notify.done(t('record.retiredNow', { rule: text(rule.ruleName) }));
      onClose();
    },
    onError: notify.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['predictions'] }),
  });
  return (
    <Dialog onClose={onClose} title={t('record.retireTitle', { rule: text(rule.ruleName) })}>
      <DialogForm
        confirm={t('record.retire')}
        danger
        busy={retire.isPending}
        disabled={!isReason(reason)}
        onSubmit={() => retire.mutate()}
      >
        <DialogText>{t('record.retireText', { model: text(rule.modelName) })}</DialogText>
        <ReasonInput label={t('record.why')} value={reason} rows={3} onChange={setReason} />
      </DialogForm>
    </Dialog>
  );
}

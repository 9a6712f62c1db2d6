import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  can,
  type DeviceModel,
  type PredictionModelView,
  type RuleDraft,
  type RuleVersion,
  ruleChanges,
} from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Panel } from '../../shared/ui/blocks.tsx';
import { DialogText } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { ReasonDialog } from './dialogs.tsx';
import { refresh } from './queries.ts';
import { useRuleWords } from './words.ts';

type Asked =
  | { readonly what: 'rollback'; readonly version: number }
  | { readonly what: 'retire'; readonly ruleId: string };

/** The rules in force, the drafts beside them, and every version there was. */
export function ModelPane({ view, model }: { view: PredictionModelView; model: DeviceModel }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const notify = useNotify();
  const viewer = useViewer();
  const words = useRuleWords(model);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [edits, activates] = [can(viewer, 'edit-rules'), can(viewer, 'activate-rules')];
  const path = `/predictions/models/${model.id}`;
  const create = useMutation({
    mutationFn: () =>
      api.post<RuleDraft>(`${path}/drafts`, { title: t('rules.newTitle', { version: view.active.version }) }),
    onSuccess: async (draft) => {
      await refresh(client);
      void navigate(`/rules/${model.id}?draft=${draft.id}`);
    },
    onError: notify.failed,
  });
  const change = useMutation({
    mutationFn: ({ reason, what }: { reason: string; what: Asked }) =>
      what.what === 'rollback'
        ? api.post<PredictionModelView>(`${path}/rollback`, { version: what.version, reason })
        : api.post<PredictionModelView>(`${path}/rules/${what.ruleId}/retire`, { reason }),
    onSuccess: async (next) => {
      await refresh(client);
      setAsked(null);
      notify.done(t('rules.activated', { version: next.active.version }));
    },
    onError: notify.failed,
  });
  return (
    <>
      <Panel
        title={t('rules.inForce', { version: view.active.version })}
        label={t('rules.inForce', { version: view.active.version })}
        aside={
          edits && (
            <Button size="xs" onClick={() => create.mutate()} loading={create.isPending}>
              {t('rules.newDraft')}
            </Button>
          )
        }
      >
        {view.active.rules.length === 0 ? (
          <Empty title={t('rules.noRules')}>{t('rules.noRulesText')}</Empty>
        ) : (
          <ul className="up-rules-list">
            {view.active.rules.map((rule) => (
              <li key={rule.id}>
                <PriorityBadge priority={rule.severity} />
                <div>
                  <b>{words.name(rule)}</b>{' '}
                  <span className="up-dim up-small">
                    {t(`rules.kind.${rule.kind}`, { defaultValue: rule.kind })} · {words.component(rule.component)} ·{' '}
                    {words.mode(rule.failureMode)}
                  </span>
                  <p>{words.rule(rule)}</p>
                </div>
                {activates && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => setAsked({ what: 'retire', ruleId: rule.id })}
                    aria-label={t('rules.retireNamed', { name: words.name(rule) })}
                  >
                    {t('rules.retire')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t('rules.drafts')} label={t('rules.drafts')} padded={false}>
        {view.drafts.length === 0 ? (
          <Empty title={t('rules.noDrafts')}>{t('rules.noDraftsText')}</Empty>
        ) : (
          <ul className="up-rules-drafts">
            {view.drafts.map((draft) => (
              <li key={draft.id}>
                <Link className="up-link" to={`/rules/${model.id}?draft=${draft.id}`}>
                  {draft.title}
                </Link>
                <span className="up-dim up-small">
                  {t('rules.savedBy', { name: text(draft.savedBy.name), time: format.dayTime(draft.savedAt) })}
                </span>
                {draft.baseVersion !== view.active.version && (
                  <Badge tone="amber">{t('rules.staleBadge', { version: draft.baseVersion })}</Badge>
                )}
                {draft.shadowSince !== null && <Badge tone="blue">{t('rules.inShadow')}</Badge>}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t('rules.versions')} label={t('rules.versions')}>
        <ol className="up-timeline">
          {view.versions.map((version, i) => (
            <li key={version.version}>
              <Version version={version} before={view.versions[i + 1]} model={model} />
              {activates && i > 0 && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => setAsked({ what: 'rollback', version: version.version })}
                >
                  {t('rules.rollBackTo', { version: version.version })}
                </Button>
              )}
            </li>
          ))}
        </ol>
      </Panel>
      <ReasonDialog
        key={asked ? `${asked.what}` : 'none'}
        opened={asked !== null}
        title={
          asked?.what === 'rollback'
            ? t('rules.rollBackTo', { version: asked.version })
            : t('rules.retireNamed', { name: asked ? nameOf(asked.ruleId) : '' })
        }
        confirm={asked?.what === 'rollback' ? t('rules.rollBack') : t('rules.retire')}
        busy={change.isPending}
        onClose={() => setAsked(null)}
        onSubmit={(reason) => asked && change.mutate({ reason, what: asked })}
      >
        <DialogText>{t(asked?.what === 'rollback' ? 'rules.rollBackText' : 'rules.retireText')}</DialogText>
      </ReasonDialog>
    </>
  );

  function nameOf(ruleId: string): string {
    const rule = view.active.rules.find(({ id }) => id === ruleId);
    return rule ? words.name(rule) : ruleId;
  }
}

function Version(props: { version: RuleVersion; before: RuleVersion | undefined; model: DeviceModel }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const words = useRuleWords(props.model);
  const { version, before } = props;
  const { backtest } = version;
  const changes = before ? ruleChanges(before.rules, version.rules) : [];
  return (
    <>
      <b>{t('rules.version', { version: version.version })}</b>{' '}
      <span className="up-dim up-small">
        {t(`rules.origin.${version.origin}`, { restored: version.restored ?? '' })} · {format.dayTime(version.at)}
        {version.by && ` · ${text(version.by.name)}`}
      </span>
      {version.reason && <p className="up-rules-reason">“{version.reason}”</p>}
      {backtest && (
        <p className="up-dim up-small" style={{ margin: 0 }}>
          {t('rules.restedOn', {
            from: format.date(backtest.from),
            to: format.date(backtest.to),
            foreseen: backtest.draft.foreseen,
            before: backtest.present.foreseen,
            failures: backtest.draft.failures,
            wrong: backtest.draft.falseOrders,
            wrongBefore: backtest.present.falseOrders,
          })}
        </p>
      )}
      {changes.length > 0 && (
        <ul className="up-rules-changes">
          {changes.flatMap((change) => words.change(change).map((line) => <li key={line}>{line}</li>))}
        </ul>
      )}
    </>
  );
}

import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  can,
  type DeviceModel,
  type PredictionModelView,
  type RuleDraft,
  ruleChanges,
  sameData,
} from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiProblem, api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Panel, useProblemText } from '../../shared/ui/blocks.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { Backtests } from './backtests.tsx';
import { ReasonDialog } from './dialogs.tsx';
import { asRules, type EditedRule, kindsOf, newRule, problemsByRule, type RuleForms } from './forms.ts';
import { refresh, useBacktests, useLearnedModels } from './queries.ts';
import { RuleForm } from './rule-form.tsx';
import { Shadow } from './shadow.tsx';
import { useRuleWords } from './words.ts';

/** A draft: its rules as forms, what it changes, its back-tests, its shadow, and the way to make it the rules in force. */
export function DraftPane(props: {
  view: PredictionModelView;
  model: DeviceModel;
  draft: RuleDraft;
  forms: RuleForms;
}) {
  const { view, model, draft, forms } = props;
  const learned = useLearnedModels().data ?? [];
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const client = useQueryClient();
  const notify = useNotify();
  const problemText = useProblemText();
  const viewer = useViewer();
  const words = useRuleWords(model);
  const [title, setTitle] = useState(draft.title);
  const [rules, setRules] = useState<readonly EditedRule[]>(draft.rules as unknown as readonly EditedRule[]);
  const [revision, setRevision] = useState(draft.revision);
  const [activating, setActivating] = useState(false);
  const backtests = useBacktests(model.id);

  const edits = can(viewer, 'edit-rules');
  const unsaved = title !== draft.title || !sameData(rules, draft.rules);
  const stale = draft.baseVersion !== view.active.version;
  const foreign = draft.revision !== revision;
  const changes = ruleChanges(view.active.rules, asRules(rules));
  const path = `/predictions/drafts/${draft.id}`;

  const take = (saved: RuleDraft | undefined) => {
    if (!saved) return;
    setTitle(saved.title);
    setRules(saved.rules as unknown as readonly EditedRule[]);
    setRevision(saved.revision);
  };
  const act = useMutation({
    mutationFn: ({ call }: { call: () => Promise<RuleDraft | undefined>; said: string }) => call(),
    onSuccess: async (saved, { said }) => {
      await refresh(client);
      take(saved);
      notify.done(said);
    },
    onError: notify.failed,
  });
  const save = useMutation({
    mutationFn: () => api.put<RuleDraft>(path, { title: title.trim(), rules, revision }),
    onSuccess: async (saved) => {
      await refresh(client);
      take(saved);
      notify.done(t('rules.saved'));
    },
  });
  const activate = useMutation({
    mutationFn: (body: { reason: string; backtestId: string | null }) =>
      api.post<PredictionModelView>(`${path}/activate`, body),
    onSuccess: async (next) => {
      await navigate(`/rules/${model.id}`);
      await refresh(client);
      notify.done(t('rules.activated', { version: next.active.version }));
    },
    onError: notify.failed,
  });
  const refused = save.error instanceof ApiProblem ? (save.error.errors ?? []) : [];
  const problems = problemsByRule(refused);
  const edit = (i: number, rule: EditedRule | null) => {
    setRules(rules.flatMap((each, at) => (at === i ? (rule ?? []) : each)));
    if (refused.length > 0) save.reset();
  };
  const usable = (backtests.data ?? []).filter(
    (each) => each.draftId === draft.id && each.state === 'done' && sameData(each.rules, draft.rules),
  );
  return (
    <>
      <Panel
        title={draft.title}
        label={t('rules.draft')}
        aside={
          <Badge tone={stale ? 'amber' : 'grey'}>
            {t(stale ? 'rules.staleBadge' : 'rules.basedOn', { version: draft.baseVersion })}
          </Badge>
        }
      >
        {stale && (
          <p className="up-rules-note" role="status">
            {t('rules.staleText', { base: draft.baseVersion, active: view.active.version })}{' '}
            {edits && (
              <Button
                size="compact-xs"
                variant="default"
                disabled={unsaved}
                onClick={() =>
                  act.mutate({ call: () => api.post<RuleDraft>(`${path}/rebase`), said: t('rules.rebased') })
                }
              >
                {t('rules.rebase')}
              </Button>
            )}
          </p>
        )}
        {draft.conflicts.length > 0 && (
          <p className="up-rules-note" role="status">
            {t('rules.conflicts', { rules: draft.conflicts.join(', ') })}
          </p>
        )}
        {foreign && (
          <p className="up-rules-note" role="alert">
            {t('rules.foreign', { name: text(draft.savedBy.name), time: format.dayTime(draft.savedAt) })}{' '}
            <Button size="compact-xs" variant="default" onClick={() => take(draft)}>
              {t('rules.takeTheirs')}
            </Button>
          </p>
        )}
        {save.isError && (
          <p className="up-rules-note" data-tone="red" role="alert">
            {problemText(save.error).title} · {refused.length > 0 ? t('rules.seeFields') : problemText(save.error).text}
          </p>
        )}
        <TextInput
          size="xs"
          label={t('rules.title')}
          value={title}
          maxLength={120}
          readOnly={!edits}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <h3>{t('rules.changes')}</h3>
        {changes.length === 0 ? (
          <p className="up-dim">{t('rules.noChanges')}</p>
        ) : (
          <ul className="up-rules-changes">
            {changes.flatMap((change) =>
              words.change(change).map((line) => <li key={`${change.rule.id} ${line}`}>{line}</li>),
            )}
          </ul>
        )}
        <h3>{t('rules.rules')}</h3>
        {rules.map((rule, i) => (
          <RuleForm
            // By place: the id is one of the fields that are edited.
            key={i}
            rule={rule}
            model={model}
            forms={forms}
            words={words}
            problems={problems.get(i)}
            readOnly={!edits}
            changed={!view.active.rules.some((active) => sameData(active, rule))}
            onChange={(next) => edit(i, next)}
            onRemove={() => edit(i, null)}
          />
        ))}
        {edits && (
          <div className="up-rules-bar">
            <Select
              size="xs"
              w={220}
              aria-label={t('rules.addRule')}
              placeholder={t('rules.addRule')}
              value={null}
              data={kindsOf(forms)
                // Nothing was learned yet: there is nothing such a rule could name.
                .filter((kind) => kind !== 'learned' || learned.length > 0)
                .map((kind) => ({
                  value: kind,
                  label: t(`rules.kind.${kind}`, { defaultValue: kind }),
                }))}
              onChange={(kind) =>
                kind &&
                setRules([
                  ...rules,
                  newRule(
                    forms,
                    kind,
                    model,
                    rules.map(({ id }) => id),
                    learned,
                  ),
                ])
              }
            />
            <span style={{ flex: 1 }} />
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                act.mutate({
                  call: async () => {
                    await api.delete(path);
                    await navigate(`/rules/${model.id}`);
                    return undefined;
                  },
                  said: t('rules.discarded'),
                })
              }
            >
              {t('rules.discard')}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={unsaved}
              onClick={() =>
                act.mutate(
                  draft.shadowSince === null
                    ? { call: () => api.post<RuleDraft>(`${path}/shadow`), said: t('rules.shadowStarted') }
                    : { call: () => api.delete<RuleDraft>(`${path}/shadow`), said: t('rules.shadowStopped') },
                )
              }
            >
              {t(draft.shadowSince === null ? 'rules.startShadow' : 'rules.stopShadow')}
            </Button>
            <Button
              size="xs"
              disabled={!unsaved || title.trim() === ''}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {t('rules.save')}
            </Button>
            {can(viewer, 'activate-rules') && (
              <Button size="xs" disabled={unsaved || stale || changes.length === 0} onClick={() => setActivating(true)}>
                {t('rules.activate')}
              </Button>
            )}
          </div>
        )}
      </Panel>
      <Backtests modelId={model.id} draftId={draft.id} unsaved={unsaved} words={words} />
      {draft.shadowSince !== null && <Shadow draft={draft} words={words} />}
      <ReasonDialog
        opened={activating}
        title={t('rules.activateTitle', { version: view.active.version + 1 })}
        confirm={t('rules.activate')}
        busy={activate.isPending}
        backtests={usable.map((each) => ({
          id: each.id,
          label: `${format.dayTime(each.from)} – ${format.dayTime(each.to)}`,
        }))}
        onClose={() => setActivating(false)}
        onSubmit={(reason, backtestId) => activate.mutate({ reason, backtestId })}
      >
        <p className="up-dim" style={{ margin: 0 }}>
          {t('rules.activateText')}
        </p>
        <ul className="up-rules-changes">
          {changes.flatMap((change) => words.change(change).map((line) => <li key={line}>{line}</li>))}
        </ul>
      </ReasonDialog>
    </>
  );
}

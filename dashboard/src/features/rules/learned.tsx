import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { can, type LearnedModelView } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useViewer } from '../../shared/api/session.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { Dialog, DialogForm, DialogText } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';
import { refresh, useLearnedModels } from './queries.ts';

const HOUR = 3_600_000;

/** What the server was given to make rules of, which rules use it, and the way to remove what none uses. */
export function LearnedModels() {
  const { t } = useTranslation();
  const given = useLearnedModels();
  const edits = can(useViewer(), 'edit-rules');
  const [removing, setRemoving] = useState<LearnedModelView | null>(null);
  if (given.isPending || given.data?.length === 0) return null;
  return (
    <Panel title={t('rules.learned.models')} label={t('rules.learned.models')} padded={false}>
      {given.isError ? (
        <ProblemNote error={given.error} retry={() => void given.refetch()} />
      ) : (
        <ul className="up-rules-learned">
          {given.data.map((model) => (
            <li key={model.id}>
              <About model={model} />
              {edits && model.uses.length === 0 && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => setRemoving(model)}
                  aria-label={t('rules.learned.removeNamed', { name: model.name })}
                >
                  {t('rules.learned.remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {removing && <RemoveDialog model={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

function About({ model }: { model: LearnedModelView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { name, readable, components, horizonHours, addedAt, addedBy, uses } = model;
  return (
    <>
      <b>{name}</b>
      {readable ? (
        <span className="up-small">
          {t('rules.learned.of', {
            components: components.join(', '),
            horizon: format.duration(horizonHours * HOUR),
          })}
        </span>
      ) : (
        <span className="up-small">
          <Badge tone="amber">{t('rules.learned.unreadable')}</Badge> {t('rules.learned.unreadableText')}
        </span>
      )}
      <span className="up-dim up-small">
        {t('rules.learned.given', { name: text(addedBy), time: format.dayTime(addedAt) })}
      </span>
      <span className="up-small">
        {uses.length === 0
          ? t('rules.learned.unused')
          : uses.map((use) => (
              <Link
                key={`${use.modelId} ${use.kind === 'draft' ? use.draftId : ''}`}
                className="up-link up-rules-use"
                to={use.kind === 'draft' ? `/rules/${use.modelId}?draft=${use.draftId}` : `/rules/${use.modelId}`}
              >
                {use.kind === 'draft'
                  ? t('rules.learned.inDraft', { model: text(use.modelName), title: use.title })
                  : t('rules.learned.inForce', { model: text(use.modelName), version: use.version })}
              </Link>
            ))}
      </span>
    </>
  );
}

function RemoveDialog({ model, onClose }: { model: LearnedModelView; onClose: () => void }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/predictions/learned/${model.id}`),
    onSuccess: () => {
      notify.done(t('rules.learned.removed', { name: model.name }));
      onClose();
    },
    onError: notify.failed,
    onSettled: () => refresh(client),
  });
  return (
    <Dialog title={t('rules.learned.removeNamed', { name: model.name })} onClose={onClose}>
      <DialogForm confirm={t('rules.learned.remove')} danger busy={remove.isPending} onSubmit={() => remove.mutate()}>
        <DialogText>{t('rules.learned.removeText')}</DialogText>
      </DialogForm>
    </Dialog>
  );
}

import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useParams, useSearchParams } from 'react-router';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel, ProblemNote } from '../../shared/ui/blocks.tsx';
import { DraftPane } from './draft-pane.tsx';
import { LearnedModels } from './learned.tsx';
import { ModelPane } from './model-pane.tsx';
import { usePredictionModel, usePredictionModels, useRuleForms } from './queries.ts';
import './rules.css';

/** Prediction rules of every device model: what is in force, drafts, back-tests, versions. */
export function RulesPage() {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { modelId } = useParams();
  const list = usePredictionModels();
  useEffect(() => {
    document.title = `${t('nav.rules')} · Uptower`;
  }, [t]);
  const wide = window.matchMedia('(min-width: 821px)').matches;
  const shown = modelId ?? (wide ? list.data?.[0]?.modelId : undefined);
  return (
    <div className="up-page">
      <h1 className="up-h1">{t('rules.pageTitle')}</h1>
      <div className="up-rules" data-detail={modelId !== undefined}>
        <div className="up-rules-side">
          <Panel title={t('rules.models')} label={t('rules.models')} padded={false} className="up-rules-models">
            {list.isPending ? (
              <Loading rows={6} />
            ) : list.isError ? (
              <ProblemNote error={list.error} retry={() => void list.refetch()} />
            ) : list.data.length === 0 ? (
              <Empty title={t('rules.noModels')}>{t('rules.noModelsText')}</Empty>
            ) : (
              <ul>
                {list.data.map((row) => (
                  <li key={row.modelId}>
                    <NavLink to={`/rules/${row.modelId}`} className="up-focus" data-shown={row.modelId === shown}>
                      <b>{text(row.name)}</b>
                      <span className="up-dim up-small">
                        {t('rules.modelLine', {
                          devices: format.number(row.devices, 0),
                          rules: format.number(row.rules, 0),
                          version: row.version,
                        })}
                      </span>
                      <span className="up-rules-badges">
                        {row.drafts > 0 && <Badge>{t('rules.draftCount', { count: row.drafts })}</Badge>}
                        {row.inShadow > 0 && <Badge tone="blue">{t('rules.inShadow')}</Badge>}
                      </span>
                    </NavLink>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <LearnedModels />
        </div>
        {shown && (
          <div className="up-rules-pane">
            <Detail key={shown} modelId={shown} />
          </div>
        )}
      </div>
    </div>
  );
}

function Detail({ modelId }: { modelId: string }) {
  const { t } = useTranslation();
  const text = useText();
  const [params] = useSearchParams();
  const view = usePredictionModel(modelId);
  const forms = useRuleForms();
  const failed = view.error ?? forms.error;
  if (failed) return <ProblemNote error={failed} retry={() => void Promise.all([view.refetch(), forms.refetch()])} />;
  if (!view.data || !forms.data) return <Loading rows={8} />;
  const { model } = view.data;
  const draftId = params.get('draft');
  const draft = view.data.drafts.find(({ id }) => id === draftId);
  return (
    <>
      <nav className="up-rules-crumbs" aria-label={t('rules.pageTitle')}>
        <Link className="up-link up-rules-back" to="/rules">
          {t('rules.models')}
        </Link>
        {draftId ? (
          <Link className="up-link" to={`/rules/${modelId}`}>
            {text(model.name)}
          </Link>
        ) : (
          <b>{text(model.name)}</b>
        )}
      </nav>
      {draftId === null ? (
        <ModelPane view={view.data} model={model} />
      ) : draft ? (
        <DraftPane key={draft.id} view={view.data} model={model} draft={draft} forms={forms.data} />
      ) : (
        <Empty title={t('rules.draftGone')}>{t('rules.draftGoneText')}</Empty>
      )}
    </>
  );
}

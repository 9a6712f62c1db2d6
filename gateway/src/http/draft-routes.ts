import {
  DraftId,
  NewDraftBody,
  type PredictionEvent,
  type Rule,
  type RuleDraft,
  rebaseRules,
  SaveDraftBody,
  streams,
  type Viewer,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Request, type Router } from 'express';
import { authorOf, mayEdit, modelOfPath, RULES_LIMIT, ruleDesk } from './rule-desk.ts';
import type { Services } from './services.ts';

/** Drafts of prediction rules: written, rebased, in shadow, discarded. */
export function draftRoutes(router: Router, services: Services): void {
  const { rules: book, events, clock, shadows } = services;
  const { draftOfPath, activeOf, mustFit, modelOf } = ruleDesk(services);
  const at = (path: string) => `/predictions${path}`;

  /** On the state decided on: another's decision in between is a conflict. */
  const write = async (viewer: Viewer, event: PredictionEvent) => {
    const stream = streams.prediction(event.modelId);
    await events.append([{ stream, expectedVersion: book.streamVersion(stream), events: [event] }], {
      at: clock.now(),
      actor: viewer.accountId,
    });
  };

  const save = (
    viewer: Viewer,
    draft: Pick<RuleDraft, 'id' | 'modelId' | 'baseVersion' | 'conflicts'>,
    title: string,
    rules: readonly Rule[],
  ) =>
    write(viewer, {
      type: 'prediction.draft-saved',
      draftId: draft.id,
      modelId: draft.modelId,
      at: clock.now(),
      by: authorOf(viewer),
      baseVersion: draft.baseVersion,
      title,
      rules: [...rules],
      conflicts: [...draft.conflicts],
    });

  router.post(
    at('/models/:modelId/drafts'),
    mayEdit,
    json({ limit: RULES_LIMIT }),
    answer(async (request, response) => {
      const viewer = requireViewer(request, 'edit-rules');
      const model = modelOfPath(services, request);
      const body = parse(NewDraftBody, request.body);
      const rules = body.rules ?? model.rules;
      mustFit(model, rules);
      const draftId = DraftId.parse(services.ids.next('drf'));
      await save(
        viewer,
        { id: draftId, modelId: model.id, baseVersion: activeOf(model).version, conflicts: [] },
        body.title,
        rules,
      );
      response.status(201);
      return book.draft(draftId);
    }),
  );

  router.put(
    at('/drafts/:draftId'),
    mayEdit,
    json({ limit: RULES_LIMIT }),
    answer(async (request) => {
      const viewer = requireViewer(request, 'edit-rules');
      const draft = draftOfPath(request);
      const body = parse(SaveDraftBody, request.body);
      if (body.revision !== draft.revision)
        throw new HttpProblem('version-conflict', `the draft was saved meanwhile by ${draft.savedBy.name.en}`);
      mustFit(modelOf(draft), body.rules);
      await save(viewer, { ...draft, conflicts: [] }, body.title, body.rules);
      return book.draft(draft.id);
    }),
  );

  router.post(
    at('/drafts/:draftId/rebase'),
    answer(async (request) => {
      const viewer = requireViewer(request, 'edit-rules');
      const draft = draftOfPath(request);
      const versions = book.versions(draft.modelId);
      const active = activeOf(modelOf(draft));
      if (draft.baseVersion === active.version) return draft;
      const { rules, conflicts } = rebaseRules(versions[draft.baseVersion - 1]?.rules ?? [], active.rules, draft.rules);
      await save(viewer, { ...draft, baseVersion: active.version, conflicts }, draft.title, rules);
      return book.draft(draft.id);
    }),
  );

  const mark = async (request: Request, type: 'draft-discarded' | 'shadow-started' | 'shadow-stopped') => {
    const viewer = requireViewer(request, 'edit-rules');
    const { id: draftId, modelId, shadowSince } = draftOfPath(request);
    if (type !== 'draft-discarded' && (type === 'shadow-started') === (shadowSince !== null))
      return book.draft(draftId);
    await write(viewer, { type: `prediction.${type}`, draftId, modelId, at: clock.now(), by: authorOf(viewer) });
    return book.draft(draftId);
  };
  router.delete(
    at('/drafts/:draftId'),
    answer((request) => mark(request, 'draft-discarded')),
  );
  router.post(
    at('/drafts/:draftId/shadow'),
    answer((request) => {
      requireViewer(request, 'edit-rules');
      const draft = draftOfPath(request);
      mustFit(modelOf(draft), draft.rules);
      return mark(request, 'shadow-started');
    }),
  );
  router.delete(
    at('/drafts/:draftId/shadow'),
    answer((request) => mark(request, 'shadow-stopped')),
  );
  router.get(
    at('/drafts/:draftId/shadow'),
    answer((request) => {
      requireViewer(request, 'see-operations');
      const view = shadows.viewOf(draftOfPath(request));
      if (!view) throw new HttpProblem('not-found', 'the draft is not in shadow');
      return view;
    }),
  );
}

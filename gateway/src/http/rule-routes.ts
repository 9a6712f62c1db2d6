import {
  ActivateBody,
  type Author,
  type BacktestDigest,
  type DeviceModel,
  DraftId,
  type ErrorCode,
  ModelId,
  NewDraftBody,
  type PredictionEvent,
  type PredictionModelRow,
  type PredictionModelView,
  RetireBody,
  RollbackBody,
  type Rule,
  type RuleDraft,
  type RuleVersion,
  rebaseRules,
  ruleForms,
  SaveDraftBody,
  sameData,
  streams,
  type Viewer,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Request, type RequestHandler, type Router } from 'express';
import { digestOf } from '../backtest/backtests.ts';
import { type Activation, activateDraft, retireRule, rollBack } from '../rules/activate.ts';
import { ruleProblems } from '../rules/rule-problems.ts';
import type { Services } from './services.ts';

/** 200 rules of 2 kB. */
export const RULES_LIMIT = '512kb';
/** Before the body is parsed: only who may edit rules may send so much. */
export const mayEdit: RequestHandler = (request, _response, next) => {
  requireViewer(request, 'edit-rules');
  next();
};

export const authorOf = ({ accountId, name }: Viewer): Author => ({ id: accountId, name });

/** The model of the path, as the registry has it now. */
export function modelOfPath({ registry }: Services, request: Request): DeviceModel {
  const id = ModelId.safeParse(request.params.modelId);
  const model = id.success ? registry.models.get(id.data) : undefined;
  if (!model) throw new HttpProblem('not-found');
  return model;
}

/** Versions, drafts, shadow, activation and rollback of the prediction rules of device models. */
export function ruleRoutes(router: Router, services: Services): void {
  const { registry, rules: book, events, clock, shadows } = services;
  const at = (path: string) => `/predictions${path}`;

  const draftOfPath = (request: Request): RuleDraft => {
    const id = DraftId.safeParse(request.params.draftId);
    const draft = id.success ? book.draft(id.data) : undefined;
    if (!draft) throw new HttpProblem('not-found');
    return draft;
  };
  const activeOf = (model: DeviceModel): RuleVersion => {
    const active = book.active(model.id);
    if (!active) throw new HttpProblem('not-found');
    return active;
  };
  const mustFit = (model: DeviceModel, rules: readonly Rule[]) => {
    const problems = ruleProblems(model, rules, (id) => services.learned.view(id));
    if (problems.length > 0) throw new HttpProblem('bad-request', undefined, problems);
  };
  /** On the state decided on: another's decision in between is a conflict. */
  const write = async (viewer: Viewer, event: PredictionEvent) => {
    const stream = streams.prediction(event.modelId);
    await events.append([{ stream, expectedVersion: book.streamVersion(stream), events: [event] }], {
      at: clock.now(),
      actor: viewer.accountId,
    });
  };
  const viewOf = (model: DeviceModel): PredictionModelView => ({
    model,
    active: activeOf(model),
    versions: [...book.versions(model.id)].reverse(),
    drafts: book.draftsOf(model.id),
  });

  router.get(
    at('/rule-kinds'),
    answer((request) => {
      requireViewer(request, 'see-operations');
      return ruleForms();
    }),
  );

  router.get(
    at('/models'),
    answer((request): PredictionModelRow[] => {
      requireViewer(request, 'see-operations');
      const devices = new Map<string, number>();
      for (const { modelId } of registry.devices.values()) devices.set(modelId, (devices.get(modelId) ?? 0) + 1);
      return [...registry.models.values()].map((model) => {
        const [active, drafts] = [activeOf(model), book.draftsOf(model.id)];
        return {
          modelId: model.id,
          name: model.name,
          kind: model.kind,
          devices: devices.get(model.id) ?? 0,
          version: active.version,
          activeSince: active.at,
          rules: model.rules.length,
          drafts: drafts.length,
          inShadow: drafts.filter(({ shadowSince }) => shadowSince !== null).length,
        };
      });
    }),
  );

  router.get(
    at('/models/:modelId'),
    answer((request) => {
      requireViewer(request, 'see-operations');
      return viewOf(modelOfPath(services, request));
    }),
  );

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

  const modelOf = (draft: RuleDraft): DeviceModel => {
    const model = registry.models.get(draft.modelId);
    if (!model) throw new HttpProblem('not-found');
    return model;
  };

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
    answer(async (request) => {
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

  /** Announcement and rules in one transaction; the registry's version too, so that an upload in between is a conflict. */
  const activate = async (viewer: Viewer, model: DeviceModel, activation: Activation | ErrorCode) => {
    if (typeof activation === 'string') throw new HttpProblem(activation);
    mustFit(model, activation.put.model.rules);
    const stream = streams.prediction(model.id);
    await events.append(
      [
        { stream, expectedVersion: book.streamVersion(stream), events: [activation.announced] },
        {
          stream: streams.registry,
          expectedVersion: book.streamVersion(streams.registry),
          events: [activation.put],
        },
      ],
      { at: clock.now(), actor: viewer.accountId },
    );
    return viewOf(activation.put.model);
  };
  const present = (model: DeviceModel) => ({ model, versions: book.versions(model.id) });
  const why = (viewer: Viewer, reason: string) => ({ at: clock.now(), by: authorOf(viewer), reason });

  /** The finished back-test a decision is said to rest on: of this draft, and of the rules it has now. */
  const digestFor = (draft: RuleDraft, backtestId: string | null): BacktestDigest | null => {
    if (backtestId === null) return null;
    const backtest = services.backtests.get(backtestId);
    const refused = (message: string) => new HttpProblem('bad-request', undefined, [{ path: 'backtestId', message }]);
    if (!backtest || backtest.modelId !== draft.modelId) throw refused('there is no such back-test of this model');
    const digest = digestOf(backtest);
    if (!digest) throw refused('that back-test has no result');
    if (!sameData(backtest.rules, draft.rules))
      throw refused('that back-test was of other rules than the draft has now');
    return digest;
  };

  router.post(
    at('/drafts/:draftId/activate'),
    json(),
    answer((request) => {
      const viewer = requireViewer(request, 'activate-rules');
      const draft = draftOfPath(request);
      const { reason, backtestId } = parse(ActivateBody, request.body);
      const model = modelOf(draft);
      const digest = digestFor(draft, backtestId);
      return activate(viewer, model, activateDraft(present(model), draft, digest, why(viewer, reason)));
    }),
  );
  router.post(
    at('/models/:modelId/rollback'),
    json(),
    answer((request) => {
      const viewer = requireViewer(request, 'activate-rules');
      const model = modelOfPath(services, request);
      const { version, reason } = parse(RollbackBody, request.body);
      return activate(viewer, model, rollBack(present(model), version, why(viewer, reason)));
    }),
  );
  router.post(
    at('/models/:modelId/rules/:ruleId/retire'),
    json(),
    answer((request) => {
      const viewer = requireViewer(request, 'activate-rules');
      const model = modelOfPath(services, request);
      const { reason } = parse(RetireBody, request.body);
      return activate(viewer, model, retireRule(present(model), String(request.params.ruleId), why(viewer, reason)));
    }),
  );
}

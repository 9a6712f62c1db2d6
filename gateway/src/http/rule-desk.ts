import {
  type Author,
  type DeviceModel,
  DraftId,
  ModelId,
  type PredictionModelView,
  type Rule,
  type RuleDraft,
  type RuleVersion,
  type Viewer,
} from '@uptower/domain';
import { HttpProblem, requireViewer } from '@uptower/platform';
import type { Request, RequestHandler } from 'express';
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

/** What the routes of rules and drafts share. */
export function ruleDesk(services: Services) {
  const { registry, rules: book } = services;

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
  const viewOf = (model: DeviceModel): PredictionModelView => ({
    model,
    active: activeOf(model),
    versions: [...book.versions(model.id)].reverse(),
    drafts: book.draftsOf(model.id),
  });
  const modelOf = (draft: RuleDraft): DeviceModel => {
    const model = registry.models.get(draft.modelId);
    if (!model) throw new HttpProblem('not-found');
    return model;
  };
  return { draftOfPath, activeOf, mustFit, viewOf, modelOf };
}

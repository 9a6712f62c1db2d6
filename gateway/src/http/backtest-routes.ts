import { type Backtest, BacktestBody, BacktestId, ModelId } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Request, type Router } from 'express';
import { isPending } from '../backtest/backtests.ts';
import { ruleProblems } from '../rules/rule-problems.ts';
import { authorOf, mayEdit, RULES_LIMIT } from './rule-desk.ts';
import type { Services } from './services.ts';

/** Waiting and running together; more would only wait. */
const MAX_PENDING = 10;

/** Back-tests of rules over stored history: asked for, followed, cancelled. */
export function backtestRoutes(router: Router, services: Services): void {
  const { registry, rules: book, backtests, clock } = services;

  const ofPath = (request: Request): Backtest => {
    const id = BacktestId.safeParse(request.params.id);
    const found = id.success ? backtests.get(id.data) : undefined;
    if (!found) throw new HttpProblem('not-found');
    return found;
  };

  router.post(
    '/predictions/backtests',
    mayEdit,
    json({ limit: RULES_LIMIT }),
    answer((request, response) => {
      const viewer = requireViewer(request, 'edit-rules');
      const body = parse(BacktestBody, request.body);
      const draft = body.draftId === undefined ? undefined : book.draft(body.draftId);
      if (body.draftId !== undefined && !draft) throw new HttpProblem('not-found', `there is no draft ${body.draftId}`);
      const modelId = draft?.modelId ?? (body.modelId as ModelId);
      const [model, active] = [registry.models.get(modelId), book.active(modelId)];
      if (!model || !active) throw new HttpProblem('not-found', `there is no device model ${modelId}`);
      const rules = draft?.rules ?? body.rules ?? [];
      const problems = ruleProblems(model, rules, (id) => services.learned.view(id));
      if (problems.length > 0) throw new HttpProblem('bad-request', undefined, problems);
      if (body.from >= clock.now())
        throw new HttpProblem('bad-request', undefined, [{ path: 'from', message: 'lies in the future' }]);
      if (backtests.list().filter(isPending).length >= MAX_PENDING)
        throw new HttpProblem('too-many-requests', `${MAX_PENDING} back-tests wait already`);
      const backtest: Backtest = {
        id: BacktestId.parse(services.ids.next('bkt')),
        modelId,
        draftId: draft?.id ?? null,
        title: draft?.title ?? '',
        activeVersion: active.version,
        rules: [...rules],
        from: body.from,
        to: Math.min(body.to, clock.now()),
        leadHours: body.leadHours,
        budgetForAll: body.budgetForAll,
        requestedAt: clock.now(),
        by: authorOf(viewer),
        state: 'queued',
        progress: 0,
        problem: null,
        result: null,
      };
      backtests.start(backtest, model);
      response.status(202);
      return backtests.get(backtest.id);
    }),
  );

  router.get(
    '/predictions/backtests',
    answer((request) => {
      requireViewer(request, 'see-operations');
      const { modelId } = request.query;
      return backtests.list(modelId === undefined ? undefined : parse(ModelId, modelId));
    }),
  );

  router.get(
    '/predictions/backtests/:id',
    answer((request) => {
      requireViewer(request, 'see-operations');
      return ofPath(request);
    }),
  );

  router.delete(
    '/predictions/backtests/:id',
    answer((request) => {
      requireViewer(request, 'edit-rules');
      backtests.cancel(ofPath(request).id);
    }),
  );
}

import {
  ActivateBody,
  type BacktestDigest,
  type DeviceModel,
  type ErrorCode,
  type PredictionModelRow,
  RetireBody,
  RollbackBody,
  type RuleDraft,
  ruleForms,
  sameData,
  streams,
  type Viewer,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import { digestOf } from '../backtest/backtests.ts';
import { type Activation, activateDraft, retireRule, rollBack } from '../rules/activate.ts';
import { authorOf, modelOfPath, ruleDesk } from './rule-desk.ts';
import type { Services } from './services.ts';

/** The prediction rules of device models: what is in force and was, activation, rollback, retirement. */
export function ruleRoutes(router: Router, services: Services): void {
  const { registry, rules: book, events, clock } = services;
  const { draftOfPath, activeOf, mustFit, viewOf, modelOf } = ruleDesk(services);
  const at = (path: string) => `/predictions${path}`;

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

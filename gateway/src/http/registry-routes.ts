import {
  aliasConflicts,
  danglingReferences,
  Fingerprint,
  IssueCredentialsBody,
  RegisterCertificateBody,
  type RegistryEvent,
  RegistryUpload,
  streams,
  usernameOf,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type RequestHandler, type Router } from 'express';
import { credentialViews, issueCredentials, principalFor } from '../fleet/credentials.ts';
import { keepActiveRules } from '../fleet/keep-active-rules.ts';
import { registryChanges } from '../fleet/registry-changes.ts';
import type { Services } from './services.ts';

/** 50,000 devices of 500 bytes. */
const UPLOAD_LIMIT = '32mb';
const MAX_PROBLEMS = 100;

/** Before the body is parsed: only who may upload a fleet may send so much. */
const mayManage: RequestHandler = (request, _response, next) => {
  requireViewer(request, 'manage-registry');
  next();
};

export function registryRoutes(router: Router, services: Services): void {
  const { registry, events, clock } = services;

  router.put(
    '/registry',
    mayManage,
    json({ limit: UPLOAD_LIMIT }),
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      const upload = keepActiveRules(parse(RegistryUpload, request.body), services.rules);
      const problems = [...danglingReferences(registry, upload), ...aliasConflicts(registry, upload)];
      if (problems.length > 0)
        throw new HttpProblem(
          'bad-request',
          `${problems.length} references that are not known or not clear`,
          problems.slice(0, MAX_PROBLEMS).map((problem) => {
            const colon = problem.indexOf(': ');
            return { path: problem.slice(0, colon), message: problem.slice(colon + 2) };
          }),
        );
      const changes = registryChanges(registry, upload);
      if (changes.length > 0)
        await events.append([{ stream: streams.registry, events: changes }], {
          at: clock.now(),
          actor: viewer.accountId,
        });
      return { changed: changes.length };
    }),
  );

  router.get(
    '/registry',
    answer((request) => {
      requireViewer(request, 'see-fleet');
      return {
        hospitals: [...registry.hospitals.values()],
        sites: [...registry.sites.values()],
        contracts: [...registry.contracts.values()],
        models: [...registry.models.values()],
        parts: [...registry.parts.values()],
      };
    }),
  );

  router.post(
    '/credentials',
    mayManage,
    json({ limit: UPLOAD_LIMIT }),
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      const body = parse(IssueCredentialsBody, request.body);
      const { events: made, issued, unknown } = await issueCredentials(registry, body, clock.now());
      if (unknown.length > 0)
        throw new HttpProblem('bad-request', `not in the registry: ${unknown.slice(0, 10).join(', ')}`);
      await events.append([{ stream: streams.registry, events: made }], { at: clock.now(), actor: viewer.accountId });
      return issued;
    }),
  );

  router.get(
    '/credentials',
    answer((request) => {
      requireViewer(request, 'manage-registry');
      return credentialViews(registry);
    }),
  );

  const record = (actor: string, event: RegistryEvent, at: number) =>
    events.append([{ stream: streams.registry, events: [event] }], { at, actor });

  router.post(
    '/certificates',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      const { fingerprint, ...whose } = parse(RegisterCertificateBody, request.body);
      const principal = principalFor(registry, whose);
      if (!principal) throw new HttpProblem('bad-request', `not in the registry: ${whose.deviceId ?? whose.siteId}`);
      const at = clock.now();
      await record(viewer.accountId, { type: 'certificate.registered', fingerprint, principal, at }, at);
      return { fingerprint, username: usernameOf(principal) };
    }),
  );

  router.delete(
    '/certificates/:fingerprint',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      // One that was never registered can be revoked too: its name alone may let it in.
      const fingerprint = parse(Fingerprint, request.params.fingerprint);
      const at = clock.now();
      await record(viewer.accountId, { type: 'certificate.revoked', fingerprint, at }, at);
    }),
  );

  router.delete(
    '/credentials/:username',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      const username = String(request.params.username);
      if (!credentialViews(registry).some((view) => view.username === username)) throw new HttpProblem('not-found');
      const at = clock.now();
      await record(viewer.accountId, { type: 'credential.revoked', username, at }, at);
    }),
  );
}

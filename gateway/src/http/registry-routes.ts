import { danglingReferences, IssueCredentialsBody, RegistryUpload, streams } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type RequestHandler, type Router } from 'express';
import { issueCredentials } from '../fleet/credentials.ts';
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
      const upload = parse(RegistryUpload, request.body);
      const problems = danglingReferences(registry, upload);
      if (problems.length > 0)
        throw new HttpProblem(
          'bad-request',
          `${problems.length} references to what is not known`,
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
      const { events: made, issued, unknown } = issueCredentials(registry, body, clock.now());
      if (unknown.length > 0)
        throw new HttpProblem('bad-request', `not in the registry: ${unknown.slice(0, 10).join(', ')}`);
      await events.append([{ stream: streams.registry, events: made }], { at: clock.now(), actor: viewer.accountId });
      return issued;
    }),
  );

  router.delete(
    '/credentials/:username',
    answer(async (request) => {
      const viewer = requireViewer(request, 'manage-registry');
      const username = String(request.params.username);
      if (!registry.credentials.has(username)) throw new HttpProblem('not-found');
      const at = clock.now();
      await events.append([{ stream: streams.registry, events: [{ type: 'credential.revoked', username, at }] }], {
        at,
        actor: viewer.accountId,
      });
    }),
  );
}

import { LearnedId, LearnedModelBody, type LearnedModelView, streams, type Viewer } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import { learnedIdOf, readLearned } from '../prediction/learned-models.ts';
import { usesOf } from '../rules/learned-uses.ts';
import { authorOf, mayEdit } from './rule-desk.ts';
import type { Services } from './services.ts';

/** A model of one component takes up to 0.7 MB. Reading a megabyte takes tenths of a second in which nothing else is done. */
const LEARNED_LIMIT = '16mb';

/** Learned models: given, named by rules from then on, removed once no rule names them. */
export function learnedRoutes(router: Router, { learned, events, clock, registry, rules }: Services): void {
  const usesNow = (id: string) =>
    usesOf(id, {
      models: registry.models,
      drafts: rules.allDrafts(),
      versionOf: (modelId) => rules.active(modelId)?.version ?? 0,
    });
  const shown = (view: Omit<LearnedModelView, 'uses'>): LearnedModelView => ({ ...view, uses: usesNow(view.id) });
  const write = async (
    viewer: Viewer,
    id: LearnedId,
    what: { type: 'learned-model.added'; name: string; content: string } | { type: 'learned-model.removed' },
  ) => {
    const at = clock.now();
    const event = { ...what, learnedId: id, at, by: authorOf(viewer) };
    const stream = streams.learnedModel(id);
    await events.append([{ stream, expectedVersion: learned.streamVersion(id), events: [event] }], {
      at,
      actor: viewer.accountId,
    });
  };

  router.get(
    '/predictions/learned',
    answer((request): LearnedModelView[] => {
      requireViewer(request, 'see-operations');
      return learned.list().map(shown);
    }),
  );

  router.post(
    '/predictions/learned',
    mayEdit,
    json({ limit: LEARNED_LIMIT }),
    answer(async (request, response) => {
      const viewer = requireViewer(request, 'edit-rules');
      const { name, content } = parse(LearnedModelBody, request.body);
      const id = learnedIdOf(content);
      const read = readLearned(id, content);
      if (!read.ok) throw new HttpProblem('bad-request', undefined, [{ path: 'content', message: read.error }]);
      // The same file again is the same model: it keeps the name it was first given.
      if (!learned.view(id)) {
        await write(viewer, id, { type: 'learned-model.added', name, content });
        response.status(201);
      }
      const view = learned.view(id);
      return view && shown(view);
    }),
  );

  router.delete(
    '/predictions/learned/:learnedId',
    answer(async (request, response) => {
      const viewer = requireViewer(request, 'edit-rules');
      const id = LearnedId.safeParse(request.params.learnedId);
      if (!id.success || !learned.view(id.data)) throw new HttpProblem('not-found');
      const uses = usesNow(id.data);
      if (uses.length > 0)
        throw new HttpProblem(
          'learned-in-use',
          undefined,
          uses.map((use) =>
            use.kind === 'active'
              ? {
                  path: `models.${use.modelId}`,
                  message: `the rules in force of ${use.modelId}, version ${use.version}`,
                }
              : { path: `drafts.${use.draftId}`, message: `draft "${use.title}" of ${use.modelId}` },
          ),
        );
      await write(viewer, id.data, { type: 'learned-model.removed' });
      response.status(204);
    }),
  );
}

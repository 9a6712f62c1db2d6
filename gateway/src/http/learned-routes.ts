import { LearnedModelBody, type LearnedModelView, streams } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import { json, type Router } from 'express';
import { HazardModelFile } from '../prediction/hazard/model.ts';
import { learnedIdOf } from '../prediction/learned-models.ts';
import { authorOf, mayEdit } from './rule-desk.ts';
import type { Services } from './services.ts';

/** A model of one component takes up to 0.7 MB. Checking a megabyte takes tenths of a second in which nothing else is done. */
const LEARNED_LIMIT = '16mb';

/** Learned models: given once, never changed, named by rules from then on. */
export function learnedRoutes(router: Router, { learned, events, clock }: Services): void {
  router.get(
    '/predictions/learned',
    answer((request): LearnedModelView[] => {
      requireViewer(request, 'see-operations');
      return learned.list();
    }),
  );

  router.post(
    '/predictions/learned',
    mayEdit,
    json({ limit: LEARNED_LIMIT }),
    answer(async (request, response) => {
      const viewer = requireViewer(request, 'edit-rules');
      const { name, content } = parse(LearnedModelBody, request.body);
      checkContent(content);
      const learnedId = learnedIdOf(content);
      // The same file again is the same model: it keeps the name it was first given.
      if (!learned.has(learnedId)) {
        const event = {
          type: 'learned-model.added',
          learnedId,
          name,
          content,
          at: clock.now(),
          by: authorOf(viewer),
        } as const;
        await events.append([{ stream: streams.learnedModel(learnedId), expectedVersion: 0, events: [event] }], {
          at: clock.now(),
          actor: viewer.accountId,
        });
        response.status(201);
      }
      return learned.view(learnedId);
    }),
  );
}

function checkContent(content: string): void {
  const refused = (message: string) => new HttpProblem('bad-request', undefined, [{ path: 'content', message }]);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw refused('is not JSON: give the file that "uptower train" wrote');
  }
  const parsed = HazardModelFile.safeParse(json);
  if (parsed.success) return;
  const [problem] = parsed.error.issues;
  throw refused(`is not a model of "uptower train": ${problem?.path.join('.')}: ${problem?.message}`);
}

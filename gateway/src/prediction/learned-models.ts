import { createHash } from 'node:crypto';
import {
  type LearnedId,
  LearnedId as LearnedIdSchema,
  type LearnedModelAdded,
  type LearnedModelView,
} from '@uptower/domain';
import { type HazardModel, HazardModelFile } from './hazard/model.ts';

/** Learned models by id, as detectors ask for them. */
export type Learned = (id: string) => HazardModel | undefined;

/** `lrn_` and the SHA-256 of a model's file. */
export const learnedIdOf = (content: string): LearnedId =>
  LearnedIdSchema.parse(`lrn_${createHash('sha256').update(content).digest('hex')}`);

interface Entry {
  readonly view: LearnedModelView;
  readonly model: HazardModel | undefined;
}

/** The learned models the server was given, folded from the event log. They never change, so an id is all a rule needs. */
export class LearnedModels {
  private readonly byId = new Map<string, Entry>();

  apply({ learnedId, name, content, at, by }: LearnedModelAdded): void {
    const parsed = HazardModelFile.safeParse(JSON.parse(content));
    // A form that this version no longer reads: the rule that names it says nothing, and the list says why.
    const model = parsed.success ? parsed.data : undefined;
    this.byId.set(learnedId, {
      model,
      view: {
        id: learnedId,
        name,
        addedAt: at,
        addedBy: by.name,
        components: Object.keys(model?.components ?? {}),
        leadHours: model?.leadHours ?? 0,
        horizonHours: model?.horizonHours ?? 0,
        inputs: {
          counters: model?.inputs.counters ?? [],
          gauges: model?.inputs.gauges ?? [],
          codes: model?.inputs.codes ?? [],
        },
      },
    });
  }

  readonly get: Learned = (id) => this.byId.get(id)?.model;

  has(id: string): boolean {
    return this.byId.has(id);
  }

  view(id: string): LearnedModelView | undefined {
    return this.byId.get(id)?.view;
  }

  /** Newest first. */
  list(): LearnedModelView[] {
    return [...this.byId.values()].map(({ view }) => view).reverse();
  }
}

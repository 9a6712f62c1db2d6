import { createHash } from 'node:crypto';
import {
  type LearnedId,
  LearnedId as LearnedIdSchema,
  type LearnedModelAdded,
  type LearnedModelRemoved,
  type LearnedModelView,
  type Result,
  type UptowerEvent,
} from '@uptower/domain';
import type { HazardModel } from './hazard/model.ts';
import { readHazardModel } from './hazard/read-model.ts';

/** Learned models by id, as detectors ask for them. */
export type Learned = (id: string) => HazardModel | undefined;

type LearnedEvent = LearnedModelAdded | LearnedModelRemoved;
export const isLearnedEvent = (event: UptowerEvent): event is LearnedEvent => event.type.startsWith('learned-model.');

/** `lrn_` and the SHA-256 of a model's file. */
export const learnedIdOf = (content: string): LearnedId =>
  LearnedIdSchema.parse(`lrn_${createHash('sha256').update(content).digest('hex')}`);

/** An id stands for its content, so what was read once serves every fold of the log, as long as anybody holds it. */
const alreadyRead = new Map<LearnedId, WeakRef<HazardModel>>();

/** `readHazardModel`, once for each content: a megabyte takes tenths of a second. `id`: that of the content. */
export function readLearned(id: LearnedId, content: string): Result<HazardModel, string> {
  const known = alreadyRead.get(id)?.deref();
  if (known) return { ok: true, value: known };
  const read = readHazardModel(content);
  if (read.ok) alreadyRead.set(id, new WeakRef(read.value));
  return read;
}

/** What a learned model knows of, for people. */
export const contentsOf = ({
  components,
  leadHours,
  horizonHours,
  inputs: { counters, gauges, codes },
}: HazardModel) => ({
  components: Object.keys(components),
  leadHours,
  horizonHours,
  inputs: { counters, gauges, codes },
});
const NOTHING = { components: [], leadHours: 0, horizonHours: 0, inputs: { counters: [], gauges: [], codes: [] } };

type Known = Omit<LearnedModelView, 'uses'>;
interface Entry {
  readonly view: Known;
  readonly model: HazardModel | undefined;
}

/** The learned models the server was given, folded from the event log. Their content never changes, so an id is all a rule needs. */
export class LearnedModels {
  private readonly byId = new Map<string, Entry>();
  /** Version of each one's stream: who gives or removes it expects this. */
  private readonly versions = new Map<string, number>();

  apply(event: LearnedEvent): void {
    const { learnedId: id } = event;
    this.versions.set(id, this.streamVersion(id) + 1);
    if (event.type === 'learned-model.removed') {
      this.byId.delete(id);
      return;
    }
    const read = readLearned(id, event.content);
    // A form that this version no longer reads: the rule that names it says nothing, and the list says why.
    const model = read.ok ? read.value : undefined;
    const { name, at: addedAt, by } = event;
    const about = { id, name, addedAt, addedBy: by.name, readable: read.ok };
    this.byId.set(id, { model, view: { ...about, ...(model ? contentsOf(model) : NOTHING) } });
  }

  readonly get: Learned = (id) => this.byId.get(id)?.model;

  view(id: string): Known | undefined {
    return this.byId.get(id)?.view;
  }

  streamVersion(id: string): number {
    return this.versions.get(id) ?? 0;
  }

  /** The last given first. */
  list(): Known[] {
    return [...this.byId.values()].map(({ view }) => view).reverse();
  }
}

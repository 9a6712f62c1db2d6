import {
  type DeviceModel,
  type DraftId,
  type ModelId,
  type PredictionEvent,
  type Rule,
  type RuleDraft,
  type RuleVersion,
  sameData,
  type UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';

type Activated = Extract<PredictionEvent, { type: 'prediction.activated' }>;

interface OfModel {
  readonly versions: RuleVersion[];
  /**
   * What the registry was last sent from outside, as far as the log tells: an upload that left the active rules as they
   * are looks the same whether it brought them or the earlier ones again, so both stay.
   */
  uploaded: readonly (readonly Rule[])[];
}

/** Versions and drafts of the rules of every device model, folded from the event log. */
export class VersionBook {
  private readonly models = new Map<ModelId, OfModel>();
  private readonly drafts = new Map<DraftId, RuleDraft>();
  /** Version of each stream: who decides on it expects this. */
  private readonly streams = new Map<string, number>();
  /** Stands right before the `model.put` it is about. */
  private announced: Activated | null = null;

  apply({ event, stream, version, recordedAt }: StoredEvent<UptowerEvent>): void {
    if (stream.startsWith('prediction/') || stream === 'registry') this.streams.set(stream, version);
    if (event.type === 'model.put') this.put(event.model, recordedAt);
    else if (event.type.startsWith('prediction.')) this.applyOwn(event as PredictionEvent);
  }

  streamVersion(stream: string): number {
    return this.streams.get(stream) ?? 0;
  }

  /** Oldest first. */
  versions(modelId: ModelId): readonly RuleVersion[] {
    return this.models.get(modelId)?.versions ?? [];
  }

  active(modelId: ModelId): RuleVersion | undefined {
    return this.models.get(modelId)?.versions.at(-1);
  }

  /** Whether these rules of a model are what the registry was last sent. */
  isUploaded(modelId: ModelId, rules: readonly Rule[]): boolean {
    return this.models.get(modelId)?.uploaded.some((each) => sameData(each, rules)) ?? false;
  }

  draft(id: string): RuleDraft | undefined {
    return this.drafts.get(id as DraftId);
  }

  /** The last saved first. */
  draftsOf(modelId: ModelId): RuleDraft[] {
    return this.allDrafts()
      .filter((draft) => draft.modelId === modelId)
      .sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? 1 : -1));
  }

  allDrafts(): RuleDraft[] {
    return [...this.drafts.values()];
  }

  private put({ id, rules }: DeviceModel, at: number): void {
    const announced = this.announced?.modelId === id ? this.announced : null;
    this.announced = null;
    const known = this.models.get(id);
    const isSame = known !== undefined && sameData(known.versions.at(-1)?.rules, rules);
    if (known && !announced && !this.isUploaded(id, rules))
      known.uploaded = isSame ? [...known.uploaded, rules] : [rules];
    if (isSame) return;
    const version: RuleVersion = {
      version: (known?.versions.length ?? 0) + 1,
      rules,
      at: announced?.at ?? at,
      origin: announced?.origin ?? 'upload',
      by: announced?.by ?? null,
      reason: announced?.reason ?? null,
      restored: announced?.restored ?? null,
      retired: announced?.retired ?? null,
      backtest: announced?.backtest ?? null,
    };
    if (known) known.versions.push(version);
    else this.models.set(id, { versions: [version], uploaded: [rules] });
  }

  private applyOwn(event: PredictionEvent): void {
    if (event.type === 'prediction.activated') {
      this.announced = event;
      if (event.draftId) this.drafts.delete(event.draftId);
      return;
    }
    const { draftId, at, by } = event;
    const draft = this.drafts.get(draftId);
    switch (event.type) {
      case 'prediction.draft-saved': {
        const { modelId, title, baseVersion, rules, conflicts } = event;
        const revision = (draft?.revision ?? 0) + 1;
        const saved = { savedAt: at, savedBy: by, shadowSince: null, revision };
        this.drafts.set(draftId, { id: draftId, modelId, title, baseVersion, rules, conflicts, ...saved });
        return;
      }
      case 'prediction.draft-discarded':
        this.drafts.delete(draftId);
        return;
      case 'prediction.shadow-started':
        if (draft) this.drafts.set(draftId, { ...draft, shadowSince: at });
        return;
      case 'prediction.shadow-stopped':
        if (draft) this.drafts.set(draftId, { ...draft, shadowSince: null });
        return;
    }
  }
}

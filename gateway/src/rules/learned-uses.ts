import type { DeviceModel, LearnedUse, ModelId, Rule, RuleDraft } from '@uptower/domain';

interface Present {
  readonly models: ReadonlyMap<ModelId, DeviceModel>;
  readonly drafts: readonly RuleDraft[];
  /** Of the rules in force. */
  versionOf(modelId: ModelId): number;
}

/** Which rules in force and which drafts name a learned model. Pure. */
export function usesOf(learnedId: string, { models, drafts, versionOf }: Present): LearnedUse[] {
  const names = (rules: readonly Rule[]) => rules.some((rule) => rule.kind === 'learned' && rule.learned === learnedId);
  const active = [...models.values()]
    .filter(({ rules }) => names(rules))
    .map(({ id: modelId, name: modelName }): LearnedUse => {
      return { kind: 'active', modelId, modelName, version: versionOf(modelId) };
    });
  const drafted = drafts
    .filter(({ rules }) => names(rules))
    .flatMap(({ id: draftId, modelId, title }): LearnedUse[] => {
      const model = models.get(modelId);
      return model ? [{ kind: 'draft', modelId, modelName: model.name, draftId, title }] : [];
    });
  return [...active, ...drafted];
}

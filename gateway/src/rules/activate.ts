import {
  type Author,
  type BacktestDigest,
  type DeviceModel,
  type ErrorCode,
  type Instant,
  type PredictionEvent,
  type RegistryEvent,
  type Rule,
  type RuleDraft,
  type RuleVersion,
  sameData,
} from '@uptower/domain';

type Activated = Extract<PredictionEvent, { type: 'prediction.activated' }>;

/** To be written in this order and together. */
export interface Activation {
  readonly announced: Activated;
  readonly put: Extract<RegistryEvent, { type: 'model.put' }>;
}

export interface Why {
  readonly at: Instant;
  readonly by: Author;
  readonly reason: string;
}

interface Present {
  readonly model: DeviceModel;
  readonly versions: readonly RuleVersion[];
}

/** A draft becomes the rules in force; refused when others became active since it was made. Pure, like the others here. */
export function activateDraft(
  present: Present,
  draft: RuleDraft,
  backtest: BacktestDigest | null,
  why: Why,
): Activation | ErrorCode {
  if (draft.baseVersion !== present.versions.length) return 'draft-stale';
  return activation(present, draft.rules, { origin: 'draft', draftId: draft.id, backtest }, why);
}

/** The rules of an earlier version come back, as a new version. */
export function rollBack(present: Present, version: number, why: Why): Activation | ErrorCode {
  const old = present.versions[version - 1];
  return old ? activation(present, old.rules, { origin: 'rollback', restored: version }, why) : 'not-found';
}

/** The present rules without one of them. It comes back by rolling back. */
export function retireRule(present: Present, ruleId: string, why: Why): Activation | ErrorCode {
  const rules = present.model.rules.filter(({ id }) => id !== ruleId);
  if (rules.length === present.model.rules.length) return 'not-found';
  return activation(present, rules, { origin: 'retirement', retired: ruleId }, why);
}

function activation(
  { model, versions }: Present,
  rules: readonly Rule[],
  from: Pick<Activated, 'origin'> & Partial<Pick<Activated, 'draftId' | 'restored' | 'retired' | 'backtest'>>,
  why: Why,
): Activation | ErrorCode {
  if (sameData(rules, model.rules)) return 'nothing-to-change';
  const { origin, draftId = null, restored = null, retired = null, backtest = null } = from;
  const modelId = model.id;
  const version = versions.length + 1;
  const details = { origin, draftId, restored, retired, backtest, ...why };
  return {
    announced: { type: 'prediction.activated', modelId, version, ...details },
    put: { type: 'model.put', model: { ...model, rules: [...rules] } },
  };
}

import type { DeviceId, DeviceModel, SuppressionScope } from '@uptower/domain';

/** What somebody wants to hear no more of for a time. */
export interface Suppressible {
  readonly deviceId: DeviceId;
  readonly ruleId: string;
}

export type ScopeKey = 'rule-on-device' | 'device' | 'rule-on-model' | 'model';

/** The narrowest first. A rule that is not of the model (a lost connection) is suppressed with its device only. */
export function scopesOf(
  { deviceId, ruleId }: Suppressible,
  model: Pick<DeviceModel, 'id' | 'rules'> | undefined,
): { readonly key: ScopeKey; readonly scope: SuppressionScope }[] {
  const known = model?.rules.some(({ id }) => id === ruleId) ?? false;
  return [
    ...(known ? [{ key: 'rule-on-device' as const, scope: { deviceId, ruleId } }] : []),
    { key: 'device' as const, scope: { deviceId } },
    ...(known && model ? [{ key: 'rule-on-model' as const, scope: { modelId: model.id, ruleId } }] : []),
    ...(model ? [{ key: 'model' as const, scope: { modelId: model.id } }] : []),
  ];
}

/** How long, and how far ahead, hours. */
export const SUPPRESS_HOURS = [2, 8, 24, 72, 720] as const;
export const STARTS_IN_HOURS = [0, 2, 12, 24, 48] as const;

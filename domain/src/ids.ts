import { z } from 'zod';

/**
 * Ids are opaque lower-case strings with a prefix that says what they name; they are safe as an MQTT
 * topic level, a file name and a URL segment. Branded, so that one kind is never passed for another.
 */
const id = <Brand extends string>(prefix: string, brand: Brand) => {
  void brand;
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_[a-z0-9][a-z0-9-]{0,62}$`),
      `an id like ${prefix}_abc123 (lower-case letters, digits, hyphens)`,
    )
    .brand<Brand>();
};

export const HospitalId = id('hos', 'HospitalId');
export type HospitalId = z.infer<typeof HospitalId>;
export const SiteId = id('site', 'SiteId');
export type SiteId = z.infer<typeof SiteId>;
export const ContractId = id('ctr', 'ContractId');
export type ContractId = z.infer<typeof ContractId>;
export const ModelId = id('mdl', 'ModelId');
export type ModelId = z.infer<typeof ModelId>;
export const DeviceId = id('dev', 'DeviceId');
export type DeviceId = z.infer<typeof DeviceId>;
export const AlertId = id('alr', 'AlertId');
export type AlertId = z.infer<typeof AlertId>;
export const WorkOrderId = id('wo', 'WorkOrderId');
export type WorkOrderId = z.infer<typeof WorkOrderId>;
export const VisitId = id('vis', 'VisitId');
export type VisitId = z.infer<typeof VisitId>;
export const EngineerId = id('eng', 'EngineerId');
export type EngineerId = z.infer<typeof EngineerId>;
export const AbsenceId = id('abs', 'AbsenceId');
export type AbsenceId = z.infer<typeof AbsenceId>;
export const PartId = id('prt', 'PartId');
export type PartId = z.infer<typeof PartId>;
export const PlanId = id('pln', 'PlanId');
export type PlanId = z.infer<typeof PlanId>;
export const AccountId = id('acc', 'AccountId');
export type AccountId = z.infer<typeof AccountId>;
export const SuppressionId = id('sup', 'SuppressionId');
export type SuppressionId = z.infer<typeof SuppressionId>;

/** Edited rules of a device model that are not active. */
export const DraftId = id('drf', 'DraftId');
export type DraftId = z.infer<typeof DraftId>;
/** A learned model, by the SHA-256 of its content. */
export const LearnedId = z
  .string()
  .regex(/^lrn_[0-9a-f]{64}$/)
  .brand<'LearnedId'>();
export type LearnedId = z.infer<typeof LearnedId>;
export const BacktestId = id('bkt', 'BacktestId');
export type BacktestId = z.infer<typeof BacktestId>;

/** A key inside a model: a metric, a component, a failure mode, a step, a rule. */
export const Key = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'a key of letters, digits, _ . - (at most 64)');
export type Key = z.infer<typeof Key>;

import { z } from 'zod';
import { AccountId, EngineerId, HospitalId } from './ids.ts';
import { LocalText } from './text.ts';

export const Role = z.enum([
  'remote-engineer',
  'dispatcher',
  'field-engineer',
  'hospital',
  'manager',
  'admin',
  'integration',
]);
export type Role = z.infer<typeof Role>;

/** Who is asking. A hospital user carries the one hospital whose rows exist for them; a field engineer who they are. */
export const Viewer = z.strictObject({
  accountId: AccountId,
  name: LocalText,
  role: Role,
  hospitalId: HospitalId.nullable(),
  engineerId: EngineerId.nullable(),
});
export type Viewer = z.infer<typeof Viewer>;

export const Permission = z.enum([
  'see-fleet',
  'see-own-hospital',
  'handle-alerts',
  'dispatch',
  'do-field-work',
  'request-service',
  'manage-registry',
  'see-operations',
  'manage-predictions',
  /** Draft prediction rules, back-test them, let them run in shadow. */
  'edit-rules',
  /** Make a draft the rules in force, roll back, retire a rule. */
  'activate-rules',
  /** Work patterns, absences, holidays, on-call rotas of everybody. */
  'manage-calendars',
  /** Why somebody is away, and the titles of their appointments. */
  'see-calendar-reasons',
]);
export type Permission = z.infer<typeof Permission>;

const ALL_STAFF: readonly Permission[] = ['see-fleet'];

const PERMISSIONS: Record<Role, readonly Permission[]> = {
  'remote-engineer': [...ALL_STAFF, 'handle-alerts', 'see-operations', 'edit-rules'],
  dispatcher: [...ALL_STAFF, 'dispatch', 'handle-alerts', 'see-operations', 'manage-calendars'],
  'field-engineer': ['see-fleet', 'do-field-work'],
  hospital: ['see-own-hospital', 'request-service'],
  manager: [
    ...ALL_STAFF,
    'see-operations',
    'manage-predictions',
    'edit-rules',
    'activate-rules',
    'manage-calendars',
    'see-calendar-reasons',
  ],
  admin: [
    ...ALL_STAFF,
    'handle-alerts',
    'dispatch',
    'manage-registry',
    'see-operations',
    'manage-predictions',
    'edit-rules',
    'activate-rules',
    'manage-calendars',
    'see-calendar-reasons',
  ],
  integration: [...ALL_STAFF, 'manage-registry', 'do-field-work'],
};

export function can(viewer: Viewer, permission: Permission): boolean {
  return PERMISSIONS[viewer.role].includes(permission);
}

/** The one rule of row visibility: staff see every hospital's rows, a hospital only its own. */
export function seesHospital(viewer: Viewer, hospitalId: HospitalId): boolean {
  if (can(viewer, 'see-fleet')) return true;
  return can(viewer, 'see-own-hospital') && viewer.hospitalId === hospitalId;
}

import { can, type Role, type Viewer } from '@uptower/domain';

export type PageKey =
  | 'alerts'
  | 'dispatch'
  | 'calendars'
  | 'devices'
  | 'field'
  | 'portal'
  | 'story'
  | 'alarm-health'
  | 'rules'
  | 'record'
  | 'intake';

const HOME: Record<Role, string> = {
  'remote-engineer': '/alerts',
  dispatcher: '/dispatch',
  'field-engineer': '/field',
  hospital: '/portal',
  manager: '/dispatch',
  admin: '/alerts',
  integration: '/devices',
};

export const homeOf = (role: Role): string => HOME[role];

const ORDER: Record<Role, readonly PageKey[]> = {
  'remote-engineer': ['alerts', 'devices', 'dispatch', 'story', 'alarm-health', 'rules', 'record', 'intake'],
  dispatcher: ['dispatch', 'calendars', 'alerts', 'devices', 'story', 'alarm-health', 'rules', 'record', 'intake'],
  'field-engineer': ['field', 'calendars', 'devices', 'story'],
  hospital: ['portal', 'story'],
  manager: ['dispatch', 'calendars', 'alerts', 'devices', 'story', 'alarm-health', 'rules', 'record', 'intake'],
  admin: ['alerts', 'dispatch', 'calendars', 'devices', 'story', 'alarm-health', 'rules', 'record', 'intake'],
  integration: ['devices', 'alerts', 'story'],
};

const OF_OPERATIONS: readonly PageKey[] = ['alarm-health', 'rules', 'record', 'intake'];

/** The rail of a role, the most used page first. */
export function pagesOf(viewer: Viewer): readonly PageKey[] {
  return ORDER[viewer.role].filter((page) => !OF_OPERATIONS.includes(page) || can(viewer, 'see-operations'));
}

import { can, type Role, type Viewer } from '@uptower/domain';

export type PageKey = 'alerts' | 'dispatch' | 'devices' | 'field' | 'portal' | 'story' | 'rules' | 'intake';

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
  'remote-engineer': ['alerts', 'devices', 'dispatch', 'story', 'rules', 'intake'],
  dispatcher: ['dispatch', 'alerts', 'devices', 'story', 'rules', 'intake'],
  'field-engineer': ['field', 'devices', 'story'],
  hospital: ['portal', 'story'],
  manager: ['dispatch', 'alerts', 'devices', 'story', 'rules', 'intake'],
  admin: ['alerts', 'dispatch', 'devices', 'story', 'rules', 'intake'],
  integration: ['devices', 'alerts', 'story'],
};

/** The rail of a role, the most used page first. */
export function pagesOf(viewer: Viewer): readonly PageKey[] {
  return ORDER[viewer.role].filter((page) => (page !== 'intake' && page !== 'rules') || can(viewer, 'see-operations'));
}

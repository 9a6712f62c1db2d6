import { can, type EngineerId, type Viewer } from '@uptower/domain';
import type { Hole } from './free-time.ts';

/**
 * `all`: reasons and titles, for the engineer and who leads them. `busy`: when, for who plans. `none`: not even that.
 * Hospitals see nobody's calendar.
 */
export type CalendarSight = 'all' | 'busy' | 'none';

export function sightOf(viewer: Viewer, engineerId: EngineerId): CalendarSight {
  if (viewer.engineerId === engineerId || can(viewer, 'see-calendar-reasons')) return 'all';
  return can(viewer, 'manage-calendars') ? 'busy' : 'none';
}

/** A hole as it may be shown. That somebody is at lunch is no secret; why somebody is away is. */
export function shownHole(hole: Hole, sight: CalendarSight): Hole {
  if (sight === 'all' || hole.kind === 'break') return hole;
  return { from: hole.from, to: hole.to, kind: 'busy', title: '' };
}

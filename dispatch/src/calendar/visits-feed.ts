import { type Engineer, type EngineerId, inLanguage, type Language, type LocalText } from '@uptower/domain';
import type { ExportedCalendar, ExportedEvent } from '../availability/ical/write-calendar.ts';
import { wallTime } from '../availability/zone.ts';
import { visitsOfEngineer } from '../planning/snapshot.ts';
import type { DispatchState } from '../state.ts';

/** By which a calendar that is imported is told from our own plan, subscribed to and read back. */
export const OWN_UIDS = /^vis_[a-z0-9-]+@uptower$/;

const WORDS: Record<'name' | 'leave' | 'arrive' | 'until', LocalText> = {
  name: { en: 'Visits', zh: '维修任务' },
  leave: { en: 'Leave at', zh: '出发' },
  arrive: { en: 'Arrive at', zh: '到达' },
  until: { en: 'Work until', zh: '完成' },
};

/**
 * An engineer's visits as a calendar to subscribe to. Whoever has the address reads it, on devices we know nothing of: it
 * says when, where and what kind of work, and nothing of notes, reports, contracts, people, rooms or serial numbers.
 */
export function visitsCalendar(state: DispatchState, engineer: Engineer, language: Language): ExportedCalendar {
  const word = (key: keyof typeof WORDS) => inLanguage(WORDS[key], language);
  const clock = (instant: number) => new Date(wallTime(engineer.timeZone, instant)).toISOString().slice(11, 16);
  const events = visitsOfEngineer(state, engineer.id as EngineerId).flatMap((order): ExportedEvent[] => {
    if (!('visit' in order) || !order.visit) return [];
    const { visit } = order;
    const site = state.registry.sites.get(order.siteId);
    const revision = state.visitRevisions.get(order.id);
    return [
      {
        uid: `${visit.id}@uptower`,
        sequence: revision?.sequence ?? 0,
        changedAt: revision?.at ?? order.openedAt,
        from: visit.departAt,
        to: visit.endAt,
        summary: `${order.number} ${inLanguage(order.title, language)}`,
        description: [
          `${word('leave')} ${clock(visit.departAt)}`,
          `${word('arrive')} ${clock(visit.arriveAt)}`,
          `${word('until')} ${clock(visit.endAt)}`,
        ].join('\n'),
        location: site ? inLanguage(site.name, language) : '',
      },
    ];
  });
  const name = `${inLanguage(engineer.name, language)} – ${word('name')}`;
  return { name, timeZone: engineer.timeZone, language, events };
}

import { z } from 'zod';
import type { EngineerId, WorkOrderId } from '../ids.ts';
import type { Severity } from '../rule.ts';
import type { Language, LocalText } from '../text.ts';
import { DAY, type Instant, type Interval, NearInstant } from '../time.ts';
import type { WorkOrderState } from '../work-order.ts';
import type { Absence, SetAside } from './away.ts';
import type { CalendarSettings } from './events.ts';
import type { WorkPattern } from './pattern.ts';

/** The longest stretch of a calendar that is shown at once. */
const MAX_PERIOD_MS = 93 * DAY;

/** `?from&to`; the week that comes when left out. */
export const CalendarPeriodQuery = z
  .strictObject({
    from: z.coerce.number().pipe(NearInstant).optional(),
    to: z.coerce.number().pipe(NearInstant).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to')
  .refine(
    ({ from, to }) => from === undefined || to === undefined || to - from <= MAX_PERIOD_MS,
    'at most 93 days at once',
  );

/** Where busy time is to come from: an address (http, https or webcal) or the text of a file. */
export const ImportBody = z.union([
  z.strictObject({
    url: z
      .string()
      .max(2_000)
      .transform((text) => text.trim().replace(/^webcals?:/i, 'https:'))
      .pipe(z.url({ protocol: /^https?$/, error: 'an address that begins with http, https or webcal' })),
  }),
  z.strictObject({ text: z.string().min(1).max(5_000_000) }),
]);

export const FeedBody = z.strictObject({ language: z.enum(['en', 'zh-CN']).default('en') });

/** Why somebody is not free; `busy` without a title for who may not know more. */
export interface CalendarHole extends Interval {
  readonly kind: 'leave' | 'sick' | 'training' | 'other' | 'away' | 'busy' | 'break';
  readonly title: string;
}

export interface ImportView {
  readonly kind: 'url' | 'file';
  /** Without what may be secret in it, for who may not see reasons. */
  readonly address: string | null;
  readonly busyTimes: number;
  /** When the copy in use differed from the one before. */
  readonly copiedAt: Instant | null;
  /** When the source last could be read, as far as this server knows. */
  readonly goodAt: Instant | null;
  readonly failure: { readonly since: Instant; readonly reason: string } | null;
  readonly aside: readonly SetAside[];
  readonly asideCount: number;
}

/** `GET /api/v1/engineers/:id/free-time`. */
export interface FreeTimeView {
  readonly engineerId: EngineerId;
  readonly timeZone: string;
  readonly period: Interval;
  readonly free: readonly Interval[];
  /** Working time that is not free, by reason. */
  readonly holes: readonly CalendarHole[];
}

/** `GET /api/v1/engineers/:id/calendar`. */
export interface CalendarView extends FreeTimeView {
  /** `all`: reasons and titles; `busy`: only when. */
  readonly sight: 'all' | 'busy';
  readonly working: readonly Interval[];
  readonly onCall: readonly (Interval & { readonly rota: string; readonly name: LocalText })[];
  readonly settings: CalendarSettings;
  readonly patterns: readonly WorkPattern[];
  /** For who sees `busy` those they entered themselves; the times of all are in `holes`. */
  readonly absences: readonly Absence[];
  readonly imported: ImportView | null;
  readonly feed: { readonly issuedAt: Instant; readonly language: Language } | null;
}

/** A visit in a calendar, from leaving for it to the end of the work. */
export interface CalendarVisit extends Interval {
  readonly workOrderId: WorkOrderId;
  readonly number: string;
  readonly priority: Severity;
  readonly title: LocalText;
  readonly state: WorkOrderState;
  /** When the work begins. */
  readonly startAt: Instant;
}

/** One engineer in `GET /api/v1/calendars/overview`. */
export interface CalendarRow extends Pick<CalendarView, 'engineerId' | 'timeZone' | 'sight' | 'free' | 'holes'> {
  readonly name: LocalText;
  readonly working: readonly Interval[];
  readonly onCall: CalendarView['onCall'];
  readonly visits: readonly CalendarVisit[];
  /** Public holidays that the engineer keeps, whole days of the engineer's own zone. */
  readonly holidays: readonly (Interval & { readonly name: LocalText; readonly working: boolean })[];
  /** An imported calendar cannot be read at present. */
  readonly importFailing: boolean;
}

/** `GET /api/v1/calendars/overview?from&to`. */
export interface CalendarOverview {
  readonly period: Interval;
  /** By id. A field engineer finds only the own row. */
  readonly rows: readonly CalendarRow[];
}

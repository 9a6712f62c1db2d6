import { z } from 'zod';
import { LocalDate } from './calendar/pattern.ts';
import { type EngineerId, Key } from './ids.ts';
import type { Place } from './place.ts';
import type { LocalText } from './text.ts';
import type { Instant } from './time.ts';

const MAX_WEEKS = 6;
const Monday = LocalDate.refine((date) => new Date(`${date}T00:00:00Z`).getUTCDay() === 1, 'a Monday');

/** `?from&weeks` of `GET /api/v1/roster/demand`; next week when left out. */
export const DemandQuery = z.strictObject({
  from: Monday.optional(),
  weeks: z.coerce.number().pipe(z.int().min(1).max(MAX_WEEKS)).default(1),
});

export interface Expected {
  readonly mean: number;
  /** Four times in five there is no more. */
  readonly p80: number;
}

export interface DemandDay {
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** On one such day. */
  readonly visits: Expected;
  /** Work on site, without travel. */
  readonly hours: Expected;
}

export interface DemandRow {
  /** H3 cell. */
  readonly region: string;
  readonly skill: string;
  /** Level most of this work asks for. */
  readonly level: 1 | 2 | 3;
  readonly devices: number;
  /** Visits of the history that were for this. */
  readonly seen: number;
  /** Of the rate, the share that rests on these; the rest is what devices of that skill need elsewhere. */
  readonly ownShare: number;
  /** Of all weeks asked for. */
  readonly visits: Expected;
  readonly hours: Expected;
  readonly days: readonly DemandDay[];
}

export interface DemandRegion {
  readonly region: string;
  /** Of the site with most devices. */
  readonly name: LocalText;
  readonly place: Place;
  readonly sites: number;
}

/** `GET /api/v1/roster/demand`. */
export interface DemandForecast {
  readonly from: string;
  readonly weeks: number;
  readonly history: {
    readonly from: string;
    readonly weeks: number;
    readonly visits: number;
    /** Too short for weekdays or regions to be told apart: rates are mostly those of all devices together. */
    readonly little: boolean;
  };
  readonly regions: readonly DemandRegion[];
  readonly rows: readonly DemandRow[];
}

/** `POST /api/v1/roster/proposals`. */
export const ProposalBody = z.strictObject({
  from: Monday,
  weeks: z.int().min(1).max(MAX_WEEKS).default(2),
  /** The search ends after so long. */
  seconds: z.int().min(1).max(300).default(30),
  rules: z
    .strictObject({
      restHours: z.number().min(0).max(48).default(11),
      longestRunDays: z.int().min(1).max(14).default(6),
      mostHoursPerWeek: z.number().min(1).max(168).default(48),
    })
    .prefault({}),
  /** A rota whose weeks on call are proposed too. */
  onCall: Key.nullable().default(null),
  /** An engineer serves regions that are no further from home. */
  reachMinutes: z.int().min(10).max(600).default(120),
});
export type ProposalBody = z.infer<typeof ProposalBody>;

export interface RotaDuty {
  readonly engineerId: EngineerId;
  readonly date: string;
  /** Id of a kind of shift. */
  readonly shift: string;
}

/** Fewer on duty than desired. */
export interface RotaShortage {
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly region: string | null;
  readonly skill: string | null;
  readonly minimum: number;
  readonly desired: number;
  readonly onDuty: number;
  /** `no-shift`: no kind of shift lasts all through it; `nobody` has the skill there; or for each who has, what stands in the way. */
  readonly why: 'no-shift' | 'nobody' | Readonly<Record<string, string>>;
}

export interface RotaCover {
  /** Minutes of engineers that are wanted, as a minimum and altogether. */
  readonly minimumMinutes: number;
  readonly desiredMinutes: number;
  readonly missingMinimum: number;
  readonly missingDesired: number;
}

export interface RotaResult {
  readonly duties: readonly RotaDuty[];
  readonly onCall: readonly { readonly from: string; readonly engineerId: EngineerId }[];
  /** Days of engineers that differ from the present rota; null: off. */
  readonly changes: readonly {
    readonly engineerId: EngineerId;
    readonly date: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly status: 'optimal' | 'feasible';
  readonly cost: number;
  readonly bound: number;
  readonly cover: RotaCover;
  readonly shortages: readonly RotaShortage[];
  /** Weeks, by first day, nobody could be found for. */
  readonly noOnCall: readonly string[];
}

export interface RotaProposalView {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'accepted';
  readonly asked: ProposalBody;
  readonly askedAt: Instant;
  readonly askedBy: string;
  readonly progress: { readonly cost: number; readonly bound: number } | null;
  /** Why it failed. */
  readonly problem: { readonly code: 'cp-sat-missing' | 'failed'; readonly text: string } | null;
  readonly shifts: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly breakMinutes: number;
  }[];
  readonly engineers: readonly { readonly engineerId: EngineerId; readonly leaveDays: readonly string[] }[];
  /** As calendars have it now. */
  readonly present: {
    readonly duties: readonly RotaDuty[];
    readonly cover: RotaCover;
    /** Rules the present rota breaks, as often as each. */
    readonly broken: Readonly<Record<string, number>>;
  };
  readonly result: RotaResult | null;
}

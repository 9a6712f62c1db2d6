import { z } from 'zod';
import { type EngineerId, Key, type SiteId } from './ids.ts';
import type { Place } from './place.ts';
import type { LocalText } from './text.ts';

const minutes = z.coerce.number().pipe(z.int().min(10).max(480)).default(90);
const skill = z
  .union([Key, z.array(Key).min(1).max(30)])
  .transform((given) => (typeof given === 'string' ? [given] : [...new Set(given)]))
  .optional();

/** `?minutes&skill`; a skill may be given several times, all skills when left out. */
export const CoverageQuery = z.strictObject({ minutes, skill });

/** Of the expected visits. */
export interface Reached {
  /** Share that a skilled engineer reaches from home within the minutes asked for. */
  readonly covered: number;
  /** Mean way to a visit of whoever with the skill lives nearest. */
  readonly meanMinutes: number;
}

export interface SkillCoverage extends Reached {
  readonly skill: string;
  readonly visitsPerWeek: number;
  readonly engineers: number;
}

export interface SiteCoverage extends Reached {
  readonly siteId: SiteId;
  readonly name: LocalText;
  readonly place: Place;
  readonly visitsPerWeek: number;
}

/** A hexagon of the H3 grid. */
export interface CoverageCell extends Reached {
  readonly cell: string;
  /** Corners. */
  readonly boundary: readonly Place[];
  readonly visitsPerWeek: number;
  readonly sites: readonly SiteId[];
}

/** `GET /api/v1/coverage`. */
export interface CoverageView extends Reached {
  readonly minutes: number;
  readonly visitsPerWeek: number;
  /** Too little history: weights are mostly the number of devices. */
  readonly little: boolean;
  readonly skills: readonly SkillCoverage[];
  /** Those furthest from being covered first. */
  readonly sites: readonly SiteCoverage[];
  readonly cells: readonly CoverageCell[];
  readonly engineers: readonly { readonly engineerId: EngineerId; readonly name: LocalText; readonly home: Place }[];
}

export interface NextHome extends Reached {
  readonly cell: string;
  readonly boundary: readonly Place[];
  readonly place: Place;
  /** The hospital nearest to it. */
  readonly near: LocalText;
  /** How much larger the covered share, and how much shorter the mean way, would be. */
  readonly gain: number;
  readonly minutesSaved: number;
  /** Sites that would be reached in time and are not now, the most visits first. */
  readonly newSites: readonly {
    readonly siteId: SiteId;
    readonly name: LocalText;
    readonly before: number;
    readonly after: number;
  }[];
  readonly text: LocalText;
}

/** `GET /api/v1/coverage/next-engineer`. */
export interface NextEngineerView {
  readonly minutes: number;
  readonly skills: readonly string[];
  readonly before: Reached;
  readonly visitsPerWeek: number;
  /** Homes that were compared. */
  readonly candidates: number;
  readonly little: boolean;
  readonly best: readonly NextHome[];
  /** Where it would help at all, the best first. */
  readonly heat: readonly {
    readonly cell: string;
    readonly boundary: readonly Place[];
    readonly gain: number;
    readonly minutesSaved: number;
  }[];
}

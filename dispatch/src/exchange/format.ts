import { refuse } from './input-error.ts';
import { looksLikeTrsp } from './trsp/read.ts';
import { looksLikeUptower } from './uptower.ts';

export const FORMATS = ['vroom', 'solomon', 'vrplib', 'trsp', 'uhhc', 'uptower'] as const;
export type Format = (typeof FORMATS)[number];

/** Formats that go through the solver, whose searches tell each other what they have. */
export const goesThroughSolver = (format: Format): boolean => SOLVER_FORMATS.has(format);
const SOLVER_FORMATS: ReadonlySet<Format> = new Set<Format>(['solomon', 'vrplib', 'uptower']);

/** By what only that format has. Throws an `InputError` when nothing fits. */
export function guessFormat(text: string): Format {
  if (/^\s*[[{]/.test(text)) {
    const json = jsonOf(text);
    if (looksLikeUptower(json)) return 'uptower';
    if (has(json, 'patients') && has(json, 'caregivers')) return 'uhhc';
    if (has(json, 'vehicles')) return 'vroom';
    return refuse(
      'file',
      'JSON of an unknown kind: no vehicles (vroom), patients (uhhc) or visits (uptower); say --format',
    );
  }
  if (looksLikeTrsp(text)) return 'trsp';
  if (/^\s*(NAME|TYPE|DIMENSION|COMMENT)\s*:/m.test(text)) return 'vrplib';
  if (/^\s*CUST(OMER)?\b/m.test(text) && /^\s*VEHICLE\b/m.test(text)) return 'solomon';
  return refuse('file', 'of an unknown format; say which with --format');
}

/** Throws an `InputError` that says where it stops being JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse('file', `is not JSON: ${(error as Error).message}`);
  }
}

const has = (json: unknown, key: string): boolean => typeof json === 'object' && json !== null && key in json;

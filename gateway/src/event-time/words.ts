import { HOUR, type Instant, SECOND } from '@uptower/domain';

/** A time this server heard nothing of a device: `until` it heard it again, by this server's clock; null while it lasts. */
export interface Absence {
  readonly since: Instant;
  readonly until: Instant | null;
}

/** What is expected of a device's rhythm. */
export interface Rhythm {
  /** Between two words further apart nothing is known, when they fall in an absence. */
  readonly patienceMs: number;
  /** A word this shortly before the return is the return. */
  readonly intervalMs: number;
}

const SILENT_INTERVALS = 5;
const USUAL_INTERVAL_SECONDS = 60;

export const rhythmOf = ({
  reportingIntervalSeconds: seconds,
}: {
  readonly reportingIntervalSeconds: number | null;
}): Rhythm => ({
  patienceMs: seconds === null ? HOUR : SILENT_INTERVALS * seconds * SECOND,
  intervalMs: (seconds ?? USUAL_INTERVAL_SECONDS) * SECOND,
});

export type Words = [from: Instant, to: Instant][];

/** More are not kept: the oldest two become one, and that nothing was heard between them is forgotten. */
const MAX_STRETCHES = 64;

/**
 * Adds a word to the stretches in which the device spoke in its rhythm. Two words are of one stretch when they are near
 * and no absence lies between them whole: so the result is the same for every order of arrival. Returns up to when
 * stretches were forgotten for it; null when none was.
 */
export function addWord(words: Words, ts: Instant, rhythm: Rhythm, absences: readonly Absence[]): Instant | null {
  let i = words.length;
  while (i > 0 && (words[i - 1] as Words[number])[0] > ts) i -= 1;
  const before = words[i - 1];
  const after = words[i];
  if (before && ts <= before[1]) return null;
  const joinsBefore = before !== undefined && isOne(before[1], ts, rhythm, absences);
  const joinsAfter = after !== undefined && isOne(ts, after[0], rhythm, absences);
  if (joinsBefore && joinsAfter) {
    before[1] = after[1];
    words.splice(i, 1);
  } else if (joinsBefore) before[1] = ts;
  else if (joinsAfter) after[0] = ts;
  else words.splice(i, 0, [ts, ts]);
  if (words.length <= MAX_STRETCHES) return null;
  const [[from], [, to]] = words as [Words[number], Words[number]];
  words.splice(0, 2, [from, to]);
  return to;
}

function isOne(a: Instant, b: Instant, { patienceMs, intervalMs }: Rhythm, absences: readonly Absence[]): boolean {
  if (b - a > patienceMs) return false;
  return !absences.some(
    ({ since, until }) => a <= since && b > since && b >= (until ?? Number.POSITIVE_INFINITY) - intervalMs,
  );
}

/** Of an absence: the parts of which no word has come since, in order; the last `to` is null while it lasts. */
export function unknownParts(words: Words, { since, until }: Absence, { intervalMs }: Rhythm) {
  const parts: { readonly from: Instant; readonly to: Instant | null }[] = [];
  const returning = (until ?? Number.POSITIVE_INFINITY) - intervalMs;
  let at = since;
  for (const [from, to] of words) {
    if (to <= at) continue;
    if (from >= returning || from >= (until ?? Number.POSITIVE_INFINITY)) {
      const back = Math.min(from, until ?? from);
      return back > at ? [...parts, { from: at, to: back }] : parts;
    }
    if (from > at) parts.push({ from: at, to: from });
    at = to;
    if (at >= returning) return parts;
  }
  return [...parts, { from: at, to: until }];
}

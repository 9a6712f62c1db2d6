import type { Availability, Instant } from '@uptower/domain';
import { judge, type Silence } from '../uptime/evidence.ts';
import { isAbsence, type Ledger, type Unheard } from '../uptime/ledger.ts';
import { readFold } from './fold.ts';
import { beginning, type FoldState, type Past } from './past.ts';
import { type Known, type Listener, stepMark } from './step.ts';
import { rhythmOf, unknownParts } from './words.ts';

/** An entry of the ledger: from then on the device is in that state. */
export interface Entry {
  readonly from: Instant;
  readonly state: Availability;
  readonly cause: string;
}

const deaf: Listener = { alert: () => undefined, fact: () => undefined };

/**
 * The uptime ledger as it is in order: from what the device said of itself, what failed and was repaired, who was on site,
 * and when nothing is known of it (`unheard`, all of after `unheardSince`). It begins with the device's first word, or where
 * everything is still remembered: of before that it says nothing. Empty before the first word.
 */
export function timeline(
  { past, evidence }: Pick<FoldState, 'evidence'> & { readonly past: Past },
  known: Known,
  { unheard, unheardSince }: ReturnType<Ledger['silences']>,
): Entry[] {
  const { marks, base, words } = past;
  const [first] = words;
  if (!first) return [];
  const begin = Math.max(first[0], base?.[0] ?? first[0], unheardSince, wordsForgotten(past, unheard));
  const rhythm = rhythmOf(known.model);
  const unknown = unheard.flatMap((time) => {
    const parts = isAbsence(time) ? unknownParts(words, time, rhythm) : [{ from: time.since, to: time.until }];
    return parts.map((part) => ({ ...part, cause: time.cause as Silence['cause'] }));
  });
  const moments = [
    begin,
    ...marks.map((mark) => mark.at),
    ...unknown.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
  ];
  const state = base ? readFold(base, past.rulesSince, { evidence }) : beginning({ evidence });
  // Heard at `begin`, and what it said since is in the marks.
  state.evidence = { ...state.evidence, heardAt: begin };
  const entries: Entry[] = [];
  let mark = 0;
  for (const at of [...new Set(moments)].sort((a, b) => a - b)) {
    for (let next = marks[mark]; next && next.at <= at; next = marks[mark]) {
      stepMark(state, next, known, deaf);
      mark += 1;
    }
    if (at < begin) continue;
    const part = unknown.findLast(({ from, to }) => from <= at && at < (to ?? Number.POSITIVE_INFINITY));
    const verdict = judge(state.evidence, part ? { cause: part.cause, since: part.from } : null, visitsOf(state));
    if (verdict && verdict.state !== entries.at(-1)?.state) entries.push({ from: at, ...verdict });
  }
  return entries;
}

/** Up to when an absence cannot be told any more, because the words that fall in it were forgotten. */
function wordsForgotten({ wordsSince = Number.NEGATIVE_INFINITY }: Past, unheard: readonly Unheard[]): Instant {
  const vague = unheard.filter((time) => isAbsence(time) && time.since < wordsSince);
  return Math.max(Number.NEGATIVE_INFINITY, ...vague.map(({ until }) => Math.min(until ?? wordsSince, wordsSince)));
}

/** The visit to a device that reported a failure is not what keeps it from working: it was down before. */
export const visitsOf = ({ failures, visits }: Pick<FoldState, 'failures' | 'visits'>) =>
  failures.some((failure) => failure.finding) ? [] : visits.map((source) => ({ source }));

import { foldOf, readFold } from './fold.ts';
import { beginning, type FoldState, type Mark, type Past } from './past.ts';
import { type Known, type Listener, stepMark } from './step.ts';

/** So many marks of a device are remembered one by one: weeks of a device that says only what is new. */
const MOST_MARKS = 128;
/** While something is to be judged anew they are needed: so many at most, if the store does not answer for long. */
const MOST_WAITING = 1_024;

const deaf: Listener = { alert: () => undefined, fact: () => undefined };

/** No more marks than are remembered: without repetitions between two others, then without the oldest, whose meaning goes into the base. */
export function letGo({ past, evidence }: FoldState & { readonly past: Past }, known: Known): void {
  const { marks } = past;
  const most = past.late ? MOST_WAITING : MOST_MARKS;
  let fold: FoldState | undefined;
  let at = 0;
  while (marks.length > most) {
    const repeated = marks.findIndex(
      (mark, i) => i > 0 && saysSame(marks[i - 1], mark) && saysSame(mark, marks[i + 1]),
    );
    if (repeated > 0) {
      marks.splice(repeated, 1);
      continue;
    }
    const oldest = marks.shift() as Mark;
    fold ??= past.base ? readFold(past.base, past.rulesSince, { evidence }) : beginning({ evidence });
    if (decides(oldest, fold)) past.judgedSince = oldest.at;
    stepMark(fold, oldest, known, deaf);
    at = oldest.at;
  }
  if (fold) past.base = [at, foldOf(fold)];
}

const saysSame = (a: Mark | undefined, b: Mark | undefined): boolean =>
  a?.kind === 'state' && b?.kind === 'state' && a.status === b.status && a.activity === b.activity;

/** Without it, what came later would be judged otherwise. A state alone is outdated by the next, unless it ends a failure. */
const decides = ({ kind }: Mark, { failures, evidence }: FoldState): boolean =>
  kind === 'state' ? failures.length > 0 || evidence.failed.length > 0 : kind !== 'suppression';

/** Whether everything is there for judging anew from `start`, a moment up to which all was folded; null: the beginning. */
export const isWhole = ({ judgedSince }: Past, start: number | null): boolean =>
  judgedSince === undefined || (start !== null && start >= judgedSince);

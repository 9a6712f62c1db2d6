import type { CpSat } from '../exact/solve-model.ts';
import { checkRota, type RotaViolation } from './check-rota.ts';
import { firstRota } from './first-rota.ts';
import { dayNumber, isoDate, meets, type RosterProblem, type Rota, spanOf } from './problem.ts';
import { rotaModel } from './rota-model.ts';
import { hasPresent, type PieceCover, type RotaCost, scoreRota } from './score-rota.ts';

/** Why an engineer with the skill is not there: a rule (of `checkRota`), another shift that day, or the cost of it only. */
export type WhyNot = RotaViolation['kind'] | 'other-shift' | 'cost';

export interface Uncovered {
  readonly date: string;
  readonly from: string;
  readonly to: string;
  /** Index into the problem's list. */
  readonly demand: number;
  readonly minimum: number;
  readonly desired: number;
  readonly onDuty: number;
  /** No kind of shift lasts all through it; nobody at all has the skill, level and region; or why each one who has is not there. */
  readonly why: 'no-shift' | 'nobody' | Readonly<Record<string, WhyNot>>;
}

export interface RotaProposal {
  readonly status: 'optimal' | 'feasible';
  readonly rota: Rota;
  readonly cost: RotaCost;
  /** No rota costs less. */
  readonly bound: number;
  readonly uncovered: readonly Uncovered[];
  /** Weeks without anybody on call. */
  readonly noOnCall: readonly string[];
}

export interface RotaOptions {
  readonly seed: number;
  /** CP-SAT's deterministic time: the same problem, seed and work give the same rota on every machine. */
  readonly work?: number;
  /** Of the clock handed in. */
  readonly seconds?: number;
  /** Ends the search; the best rota until then is the answer. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { cost: number; bound: number }) => void;
  /** Milliseconds, from any origin; needed with `seconds`. */
  readonly now?: () => number;
}

/** Shares of all work: for the whole problem first, and for each stretch of days after it. */
const WHOLE = 0.4;
const STRETCH = 0.04;

/**
 * The cheapest rota found within the limit. CP-SAT takes the whole problem first, from a rota made by hand (`first-rota.ts`),
 * which gives the bound and settles small ones; then stretches of two weeks, then of one, with the rest as it is, until none
 * gets better. Judged by `checkRota` and priced by `scoreRota`. Throws what `CpSat.solve` throws, and where the checker
 * refuses the answer.
 */
export async function proposeRota(cpSat: CpSat, problem: RosterProblem, options: RotaOptions): Promise<RotaProposal> {
  const { seed, work = Infinity, seconds = Infinity, signal, onProgress, now = () => 0 } = options;
  const { model, rotaOf, literalsOf, literalsWithin } = rotaModel(problem);
  const began = now();
  const left = () => seconds - (now() - began) / 1_000;
  const priceOf = (each: Rota) => scoreRota(problem, each).cost.total;
  let rota = firstRota(problem);
  // Where there is a rota already, the one with fewest changes is often the better beginning.
  const kept = hasPresent(problem) ? firstRota(problem, true) : rota;
  if (priceOf(kept) < priceOf(rota)) rota = kept;
  let cost = priceOf(rota);
  let bound = 0;
  let spent = 0;
  const search = async (share: number, free: ReadonlySet<number> | null): Promise<boolean> => {
    const given = literalsOf(rota);
    const held = (_: unknown, variable: number) => free !== null && given.has(variable) && !free.has(variable);
    const data = {
      ...model.data,
      variables: model.data.variables.map(({ domain }, v) =>
        held(0, v) ? { domain: [given.get(v)!, given.get(v)!] } : { domain },
      ),
      solutionHint: { vars: [...given.keys()], values: [...given.values()] },
    };
    const limit = Number.isFinite(work) ? { work: Math.min(share * work, work - spent) } : {};
    const time = Number.isFinite(seconds) ? { seconds: Math.max(0.05, Math.min(share * seconds, left())) } : {};
    const result = await cpSat.solve(data, { seed, ...limit, ...time, ...(signal !== undefined && { signal }) });
    if (Number.isFinite(work)) spent += share * work;
    if (free === null) bound = Math.max(bound, result.bound);
    const found = result.values === null ? rota : rotaOf(result.values);
    const price = priceOf(found);
    const better = price < cost;
    if (better) [rota, cost] = [found, price];
    onProgress?.({ cost, bound });
    return better;
  };
  const over = () => signal?.aborted === true || spent >= work || left() <= 0 || cost <= bound;
  onProgress?.({ cost, bound });
  if (!over()) await search(WHOLE, null);
  for (const length of [14, 7]) {
    const starts = Array.from({ length: problem.weeks }, (_, week) => 7 * week).filter(
      (day) => day + length <= 7 * problem.weeks,
    );
    for (let failed = 0, k = 0; failed < starts.length && !over() && length < 7 * problem.weeks; k++) {
      const day = starts[k % starts.length]!;
      failed = (await search(STRETCH, literalsWithin(day, day + length))) ? 0 : failed + 1;
    }
  }
  return judged(problem, rota, bound);
}

function judged(problem: RosterProblem, rota: Rota, bound: number): RotaProposal {
  const [wrong] = checkRota(problem, rota);
  if (wrong !== undefined) throw new Error(`the checker refuses the rota: ${JSON.stringify(wrong)}`);
  const { cost, cover } = scoreRota(problem, rota);
  if (cost.total < bound) throw new Error(`the bound ${bound} is above a rota's cost`);
  const weeks = Array.from({ length: problem.weeks }, (_, week) => isoDate(dayNumber(problem.from) + 7 * week));
  const called = new Set(rota.onCall.map(({ from }) => from));
  return {
    status: cost.total === bound ? 'optimal' : 'feasible',
    rota,
    cost,
    bound,
    uncovered: uncoveredIn(problem, rota, cover),
    noOnCall: problem.rules.onCallWeekly ? weeks.filter((week) => !called.has(week)) : [],
  };
}

function uncoveredIn(problem: RosterProblem, rota: Rota, cover: readonly PieceCover[]): Uncovered[] {
  const first = dayNumber(problem.from);
  return cover.flatMap((piece) => {
    const { demand, day, from, to, onDuty } = piece;
    const { minimum, desired = minimum } = problem.demand[demand]!;
    if (onDuty >= desired) return [];
    const midnight = day * 1_440;
    const times = { from: clock(from - midnight), to: clock(to - midnight) };
    const why = whyShort(problem, rota, piece);
    return [{ date: isoDate(first + day), ...times, demand, minimum, desired, onDuty, why }];
  });
}

/** Puts each of them on a shift that would cover it, and asks the checker what that breaks. */
function whyShort(problem: RosterProblem, rota: Rota, { demand, day, from, to }: PieceCover): Uncovered['why'] {
  const first = dayNumber(problem.from);
  const shifts = [day - 1, day]
    .filter((on) => on >= 0)
    .flatMap((on) =>
      problem.shifts
        .filter((kind) => spanOf(kind).start + on * 1_440 <= from && spanOf(kind).end + on * 1_440 >= to)
        .map(({ id }) => ({ date: isoDate(first + on), shift: id })),
    );
  if (shifts.length === 0) return 'no-shift';
  const able = problem.engineers.filter((engineer) => meets(engineer, problem.demand[demand]!));
  if (able.length === 0) return 'nobody';
  const reasons: Record<string, WhyNot> = {};
  for (const { id } of able) {
    const own = rota.duties.filter((duty) => duty.engineer === id);
    if (shifts.some(({ date, shift }) => own.some((duty) => duty.date === date && duty.shift === shift))) continue;
    const asked = shifts.map((extra) => {
      if (own.some(({ date }) => date === extra.date)) return 'other-shift';
      const duties = [...own, { engineer: id, ...extra }];
      const alone = { ...problem, engineers: problem.engineers.filter((engineer) => engineer.id === id) };
      return checkRota(alone, { duties, onCall: [] })[0]?.kind ?? 'cost';
    });
    reasons[id] = asked.includes('cost') ? 'cost' : asked[0]!;
  }
  return reasons;
}

const two = (value: number) => String(value).padStart(2, '0');
const clock = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

import { type Spending, THRESHOLDS, thresholdFor, weakened } from './budget.ts';
import { believed, binOf, type Hindsight, learn, settleShift, startHindsight } from './hindsight.ts';
import { pressing } from './urgency.ts';

/** An order in the books, real or as one of the thresholds would have opened it. */
interface Entry {
  until: number;
  /** 1 − p: what it counts as until its outcome is known. */
  doubt: number;
}

/** The books of an order opener; times in hours. Plain data. */
export interface OpenerState {
  /** By device model: what orders at each threshold would have cost, beginning with what training found. */
  spendings: Record<string, Spending>;
  /** What the orders really opened cost: false ones, and the doubt of those still open. */
  spent: number;
  deviceMonths: number;
  /** Device-months of about the last year: a sum that fades with that time constant. */
  lastYear: { at: number; deviceMonths: number };
  /** Open entries by device and component: one a threshold, the last is the real order. */
  open: Record<string, { model: string; entries: (Entry | null)[] }>;
  /** When they end; all last equally long, so this is in order of time. */
  ends: { at: number; key: string; index: number }[];
  /** What orders were told to be worth, until their horizon is over. */
  cases: { at: number; key: string; model: string; bin: number; outcome: 'open' | 'failed' | 'renewed' }[];
  /** By device model: what came of such moments. */
  hindsight: Record<string, Hindsight>;
}

export interface OpenerOptions {
  readonly horizonHours: number;
  readonly falsePerDeviceMonth: number;
  /** What training found by device model; `''` is all together. */
  readonly learned: Readonly<Record<string, Spending>>;
}

/** How much a known model's past counts, in false orders the budget allows; and how much other models' past. */
const KNOWN_WEIGHT = 300;
const UNKNOWN_WEIGHT = 3;
/** The budget may be overdrawn by so many orders, or a small fleet would never get its first. */
const OVERDRAFT = 1;
/**
 * Orders lent on a device model that was trained on: its thresholds are known before the fleet has earned anything. Paid
 * back as the budget is earned: half of it is when as much as this has been.
 */
const LOAN = 10;
/** With fewer orders than this left the threshold rises: rather the surest few than none when it is used up. */
const CUSHION = 5;
const HOURS_PER_MONTH = 730.5;
const HOURS_PER_YEAR = 8766;
const REAL = THRESHOLDS.length;
/** How far, in log-odds, probabilities of a model trained on may be off, and of one never seen. */
const KNOWN_SPREAD = 0.3;
const UNKNOWN_SPREAD = 1.5;

export const startOpener = (): OpenerState => ({
  spendings: {},
  spent: 0,
  deviceMonths: 0,
  lastYear: { at: 0, deviceMonths: 0 },
  open: {},
  ends: [],
  cases: [],
  hindsight: {},
});

/** What a probability told of this device model is worth, by what came of those told before. */
export const believe = (state: OpenerState, model: string, probability: number): number =>
  believed(state.hindsight[model], probability);

function spendingOf(state: OpenerState, model: string, { learned, falsePerDeviceMonth }: OpenerOptions): Spending {
  const known = state.spendings[model];
  if (known) return known;
  const own = model === '' ? undefined : learned[model];
  const weight = (own ? KNOWN_WEIGHT : UNKNOWN_WEIGHT) / Math.max(1e-6, falsePerDeviceMonth);
  const from = own ?? learned[''] ?? { deviceMonths: 0, wrong: THRESHOLDS.map(() => 0) };
  const made = weakened(from, weight);
  state.spendings[model] = made;
  return made;
}

/** A device of this model was observed for so many hours more, until `at`. */
export function observed(state: OpenerState, model: string, at: number, hours: number, options: OpenerOptions): void {
  const { lastYear } = state;
  const elapsed = Math.max(0, at - lastYear.at);
  lastYear.deviceMonths = lastYear.deviceMonths * Math.exp(-elapsed / HOURS_PER_YEAR) + hours / HOURS_PER_MONTH;
  lastYear.at = Math.max(lastYear.at, at);
  state.deviceMonths += hours / HOURS_PER_MONTH;
  spendingOf(state, model, options).deviceMonths += hours / HOURS_PER_MONTH;
}

/** Counts as false what ended up to this hour without a failure. */
export function settle(state: OpenerState, hour: number, options: OpenerOptions): void {
  let done = 0;
  for (const { at, key, index } of state.ends) {
    if (at > hour) break;
    done += 1;
    const open = state.open[key];
    const entry = open?.entries[index];
    if (open && entry?.until === at) close(state, open, index, false, options);
  }
  if (done > 0) state.ends.splice(0, done);
  learnFrom(state, hour, options);
}

/** Takes the cases whose horizon is over. */
function learnFrom(state: OpenerState, hour: number, { learned }: OpenerOptions): void {
  let done = 0;
  const changed = new Set<string>();
  for (const { at, model, bin, outcome } of state.cases) {
    if (at > hour) break;
    done += 1;
    if (outcome === 'renewed') continue;
    const hindsight = state.hindsight[model] ?? startHindsight();
    state.hindsight[model] = hindsight;
    learn(hindsight, bin, outcome === 'failed');
    changed.add(model);
  }
  if (done > 0) state.cases.splice(0, done);
  for (const model of changed)
    settleShift(state.hindsight[model] as Hindsight, learned[model] ? KNOWN_SPREAD : UNKNOWN_SPREAD);
}

/** The component failed (its orders were right) or was replaced before it did. */
export function resolve(state: OpenerState, key: string, failed: boolean, options: OpenerOptions): void {
  const open = state.open[key];
  if (!open) return;
  for (const one of state.cases)
    if (one.key === key && one.outcome === 'open') one.outcome = failed ? 'failed' : 'renewed';
  open.entries.forEach((entry, index) => {
    if (entry) close(state, open, index, failed, options);
  });
  delete state.open[key];
}

function close(
  state: OpenerState,
  open: OpenerState['open'][string],
  index: number,
  failed: boolean,
  options: OpenerOptions,
): void {
  const doubt = open.entries[index]?.doubt ?? 0;
  open.entries[index] = null;
  count(state, open.model, index, failed ? -doubt : 1 - doubt, options);
}

function count(state: OpenerState, model: string, index: number, amount: number, options: OpenerOptions): void {
  if (index === REAL) {
    state.spent += amount;
    return;
  }
  const { wrong } = spendingOf(state, model, options);
  wrong[index] = (wrong[index] as number) + amount;
}

export interface Asked {
  readonly probability: number;
  readonly urgency: number;
  /** See `leastEvidence`. */
  readonly least?: number;
}

/**
 * A component was judged; true when an order is to be opened now. One order a problem: until the failure, the
 * replacement, or the horizon. The threshold is where orders of this device model would just have stayed within the
 * budget so far ("shadow" orders at every threshold, wrong by 1 − p until their outcome is known). `told` is the learner's
 * own probability with its urgency: thresholds are of what is pressing, doubt is of what is believed. What is less pressing
 * than `least` opens no order unless more is unspent than a year earns.
 */
export function propose(
  state: OpenerState,
  key: string,
  model: string,
  at: number,
  { probability: told, urgency, least = 0 }: Asked,
  options: OpenerOptions,
): boolean {
  const { falsePerDeviceMonth: budget, horizonHours } = options;
  const now = pressing(told, urgency);
  if (now < (THRESHOLDS[0] as number)) return false;
  const doubt = 1 - believe(state, model, told);
  const earned = budget * state.deviceMonths;
  const lent = options.learned[model] ? LOAN ** 2 / (LOAN + earned) : 0;
  const left = earned + lent + OVERDRAFT - state.spent;
  const threshold = thresholdFor(spendingOf(state, model, options), budget * Math.min(1, Math.max(0, left) / CUSHION));
  const open = state.open[key] ?? { model, entries: new Array<Entry | null>(REAL + 1).fill(null) };
  state.open[key] = open;
  const enter = (index: number) => {
    open.entries[index] = { until: at + horizonHours, doubt };
    state.ends.push({ at: at + horizonHours, key, index });
    count(state, model, index, doubt, options);
  };
  for (let t = 0; t < REAL && now >= (THRESHOLDS[t] as number); t += 1) if (!open.entries[t]) enter(t);
  const saved = earned - state.spent > budget * state.lastYear.deviceMonths;
  if (open.entries[REAL] || now < threshold || (now < least && !saved) || doubt > left) return false;
  state.cases.push({ at: at + horizonHours, key, model, bin: binOf(told), outcome: 'open' });
  enter(REAL);
  return true;
}

import type { EngineerId, Instant, LocalText, WorkOrderId } from '@uptower/domain';
import { HttpProblem } from '@uptower/platform';
import { plannableOrder } from '../planning/dispatcher.ts';
import { asStart, engineerAt, REASON_TEXT, REFUSAL_TEXT } from '../planning/from-solution.ts';
import type { Planner } from '../planning/planner.ts';
import type { Charge } from '../solver/cost.ts';
import type { DispatchState } from '../state.ts';
import type { Explain } from './port.ts';
import type { Relaxation } from './relaxations.ts';
import type { CostTerm } from './why-not.ts';
import { givesText, TERM_TEXT } from './words.ts';

export interface WhyNotView {
  readonly workOrderId: WorkOrderId;
  readonly engineerId: EngineerId;
  /** `impossible`: no plan has it there; `already`: the best plan known has. */
  readonly verdict: 'impossible' | 'already' | 'possible';
  /** Why it is impossible. */
  readonly text: LocalText | null;
  readonly startAt: Instant | null;
  /** What it costs more than the best plan, fen; the terms add up to it. */
  readonly total: number;
  readonly terms: readonly TermCost[];
  /** Other orders that would be planned otherwise. */
  readonly moved: readonly {
    readonly workOrderId: WorkOrderId;
    readonly before: PlannedAt | null;
    readonly after: PlannedAt | null;
  }[];
}

export interface TermCost {
  readonly term: CostTerm;
  readonly text: LocalText;
  /** Fen. */
  readonly cost: number;
}

interface Charged {
  /** Fen; the terms add up to it. */
  readonly total: number;
  /** The dearest first; what costs nothing is left out. */
  readonly terms: readonly TermCost[];
}

/** What the plan in force costs from now on. `visits` and `days` add up to it, term by term. */
export interface PlanTermsView extends Charged {
  readonly visits: readonly (Charged & { readonly workOrderId: WorkOrderId })[];
  /** What belongs to a whole working day: the way home, overtime, hours. */
  readonly days: readonly (Charged & { readonly engineerId: EngineerId; readonly from: Instant })[];
}

export interface PlannedAt {
  readonly engineerId: EngineerId;
  readonly startAt: Instant;
}

export interface RelaxationsView {
  readonly workOrderId: WorkOrderId;
  /** The smallest sets of rules that, given up, make a place; cheapest first. An empty set: there is a place as it is. */
  readonly options: readonly {
    readonly gives: readonly { readonly rule: Relaxation; readonly text: LocalText }[];
    readonly engineerId: EngineerId;
    readonly startAt: Instant;
  }[];
}

/** Of each of three searches: half a second each on a region of 500 visits. */
const MOST_ITERATIONS = 5_000;

/** What a dispatcher asks of the plan. */
export class Explanations {
  private readonly state: DispatchState;
  private readonly planner: Planner;
  private readonly explain: Explain;

  constructor(state: DispatchState, planner: Planner, explain: Explain) {
    this.state = state;
    this.planner = planner;
    this.explain = explain;
  }

  /** Why a visit is not with this engineer: what the best plan with that one change costs more, by term. */
  async whyNot(id: WorkOrderId, engineerId: EngineerId): Promise<WhyNotView> {
    plannableOrder(this.state, id);
    const problem = this.planner.problem({ loose: id });
    const visit = problem.orders.findIndex(({ order }) => order.id === id);
    // Whoever is on call has a row of regular hours and one of being called out.
    const [engineer, ...others] = problem.engineers.flatMap((one, e) => (one.engineer.id === engineerId ? [e] : []));
    if (engineer === undefined) throw new HttpProblem('not-found', `there is no engineer ${engineerId}`);
    const { plain } = problem;
    const iterations = Math.min(MOST_ITERATIONS, 200 + 20 * plain.visits.length);
    const question = { plain, plan: asStart(problem), visit, seed: 1, iterations };
    let answer = await this.explain.whyNot({ ...question, engineer });
    for (const other of others) {
      if (answer.verdict !== 'impossible') break;
      const called = await this.explain.whyNot({ ...question, engineer: other });
      if (called.verdict !== 'impossible') answer = called;
    }
    if (answer.verdict === 'impossible') {
      const text = answer.reason === 'cost' ? REASON_TEXT.cost : REFUSAL_TEXT[answer.reason];
      const nothing = { startAt: null, total: 0, terms: [], moved: [] };
      return { workOrderId: id, engineerId, verdict: 'impossible', text, ...nothing };
    }
    const at = (planned: { readonly engineer: number; readonly startAt: number } | null): PlannedAt | null => {
      const who = planned && engineerAt(problem, planned.engineer);
      return planned && who ? { engineerId: who, startAt: planned.startAt * 1_000 } : null;
    };
    return {
      workOrderId: id,
      engineerId,
      verdict: answer.verdict,
      text: null,
      startAt: answer.stop.startAt * 1_000,
      total: answer.total,
      terms: told(Object.entries(answer.difference) as [CostTerm, number][]),
      moved: answer.moved.flatMap(({ visit: other, before, after }) => {
        const workOrderId = problem.orders[other]?.order.id;
        return workOrderId ? [{ workOrderId, before: at(before), after: at(after) }] : [];
      }),
    };
  }

  /** What each visit and each day of the plan costs, and of what that is made. */
  async terms(): Promise<PlanTermsView> {
    const problem = this.planner.problem();
    const charges = await this.explain.terms({ plain: problem.plain, plan: asStart(problem) });
    const visits = grouped(charges, ({ visit }) => visit).flatMap(([visit, own]) => {
      const workOrderId = problem.orders[visit]?.order.id;
      return workOrderId ? [{ workOrderId, ...charged(own) }] : [];
    });
    const rows = problem.plain.engineers.flatMap(({ shifts }, e) => shifts.map(({ from }) => ({ e, from })));
    const days = grouped(charges, ({ visit, vehicle }) => (visit === null ? vehicle : null)).flatMap(
      ([vehicle, own]) => {
        const row = rows[vehicle];
        const engineerId = row && engineerAt(problem, row.e);
        return row && engineerId ? [{ engineerId, from: row.from * 1_000, ...charged(own) }] : [];
      },
    );
    return { ...charged(charges), visits, days };
  }

  /** What would have to be given up for a visit that has no place. */
  async relaxations(id: WorkOrderId): Promise<RelaxationsView> {
    const order = plannableOrder(this.state, id);
    const problem = this.planner.problem({ loose: id });
    const visit = problem.orders.findIndex((one) => one.order.id === id);
    const found = await this.explain.relaxations({ plain: problem.plain, plan: asStart(problem), visit });
    const options = found.flatMap(({ gives, place, overtimeSeconds }) => {
      const who = problem.engineers[place.engineer]?.engineer;
      if (who === undefined) return [];
      const rules = gives.map((rule) => ({ rule, text: givesText(rule, order, who.name, overtimeSeconds) }));
      return [{ gives: rules, engineerId: who.id, startAt: place.startAt * 1_000 }];
    });
    return { workOrderId: id, options };
  }
}

function charged(charges: readonly Charge[]): Charged {
  const sums = new Map<CostTerm, number>();
  for (const { term, amount } of charges) sums.set(term, (sums.get(term) ?? 0) + amount);
  return { total: charges.reduce((sum, { amount }) => sum + amount, 0), terms: told([...sums]) };
}

const told = (terms: readonly (readonly [CostTerm, number])[]): TermCost[] =>
  terms
    .map(([term, cost]) => ({ term, text: TERM_TEXT[term], cost }))
    .sort((a, b) => Math.abs(b.cost) - Math.abs(a.cost));

function grouped(charges: readonly Charge[], of: (charge: Charge) => number | null): [number, Charge[]][] {
  const groups = new Map<number, Charge[]>();
  for (const charge of charges) {
    const key = of(charge);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), charge]);
  }
  return [...groups];
}

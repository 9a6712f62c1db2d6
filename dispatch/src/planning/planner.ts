import {
  type Clock,
  type Instant,
  MINUTE,
  type Plan,
  PlanId,
  type UptowerEvent,
  type Visit,
  type WorkOrderId,
} from '@uptower/domain';
import { type EventLog, type IdSource, type Logger, VersionConflict } from '@uptower/platform';
import type { Reported } from '../field/positions.ts';
import type { DispatchMetrics } from '../metrics.ts';
import type { FindOffers } from '../offers/port.ts';
import type { DispatchPolicy } from '../policy.ts';
import { checkPlan, type Violation } from '../solver/check-plan.ts';
import { cost } from '../solver/cost.ts';
import { type Instance, ownInstance } from '../solver/instance.ts';
import type { DispatchState } from '../state.ts';
import type { TravelTimes } from '../travel.ts';
import { type Cause, causeOf, causeOfEvent } from './causes.ts';
import { changesOf, type PlanChanges } from './changes.ts';
import { DEARER, isWorthMoving, rescues } from './churn-budget.ts';
import { appendsOf } from './commit.ts';
import { diffOf } from './diff.ts';
import { asStart, describeViolations, toUnassigned, toVisits } from './from-solution.ts';
import { dayToRepair, movedIn, namedAbsent, withdrawnVisits } from './live-day.ts';
import type { PlanVisits, SolveLimits, SolveResult, SolverPlan } from './port.ts';
import { planningInput, planningKey, underwayVisits } from './snapshot.ts';
import { type PlanningInput, type PlanningProblem, toInstance } from './to-instance.ts';
import type { Day } from './what-if.ts';
import { type ReplanReason, whenToReplan } from './when-to-replan.ts';

export interface PlannerOptions {
  readonly state: DispatchState;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly policy: DispatchPolicy;
  readonly log: Logger;
  readonly ids: IdSource;
  readonly metrics: DispatchMetrics;
  readonly travel: TravelTimes;
  readonly solver: PlanVisits;
  readonly findOffers: FindOffers;
  readonly reported: Reported;
}

export interface PlanRun {
  readonly outcome: 'committed' | 'unchanged' | 'refused' | 'stale' | 'failed';
  readonly before: SolveResult['startCost'] | null;
  readonly after: SolveResult['cost'] | null;
  readonly violations: readonly { readonly path: string; readonly message: string }[];
  /** So often it was computed anew, because somebody changed the plan meanwhile. */
  readonly restarts: number;
}

export interface RunOptions {
  readonly trigger: string;
  readonly actor: string;
  /** What happened; what is being done, if nothing did. */
  readonly causes?: readonly Cause[];
  readonly milliseconds?: number;
}

export interface AnswerOptions extends Omit<RunOptions, 'milliseconds'> {
  /** Orders that are to have a place at once, besides visits that lost theirs. */
  readonly urgent?: ReadonlySet<WorkOrderId>;
  readonly placed?: PlanningInput['placed'];
}

const ACTOR = 'dispatch';
/** The trigger that gives way to any other: nothing happened but that it is later. */
const TIME_PASSED = 'time-passed';
/** Real milliseconds a plan waits for travel times. */
const PATIENCE_MS = 400;
/** Seconds are the smallest the plan knows. */
const SAME_PROBLEM_MS = 1_000;
/** Plans spoilt in a row by somebody's change before the planner waits for the next reason. */
const MAX_STALE = 4;

interface Pending {
  readonly trigger: string;
  readonly atOnce: boolean;
  readonly urgent: ReadonlySet<WorkOrderId>;
  readonly causes: readonly Cause[];
  readonly at: Instant;
  readonly cancel: () => void;
}

/**
 * Keeps the plan in force good, in two steps. An answer is given at once, beside what is searched: what lost its place gets one with
 * little else changed (repair-day.ts), or a person's edit takes effect. A search behind it improves the plan; one at a time. A
 * search that an answer overtakes is thrown away and begun anew with that answer as its start, so neither is lost. Nothing is
 * committed that the independent checker objects to.
 */
export class Planner {
  private readonly deps: PlannerOptions;
  private searches: Promise<unknown> = Promise.resolve();
  private answers: Promise<unknown> = Promise.resolve();
  private searching: AbortController | null = null;
  private pending: Pending | null = null;
  private stops: (() => void)[] = [];
  private made: { readonly problem: PlanningProblem; readonly position: number } | null = null;
  /** Reasons so far after which visits may not stand: a plan from before one is not committed after it. */
  private upsets = 0;

  constructor(deps: PlannerOptions) {
    this.deps = deps;
  }

  start(): void {
    const { events, clock, policy, state } = this.deps;
    this.stops = [
      events.onAppended((stored) => {
        const reason = whenToReplan(state, stored.event);
        if (!reason) return;
        if (reason.atOnce) this.upsets += 1;
        this.ask(reason, causeOfEvent(state, stored, reason.trigger));
      }),
      clock.every(policy.planning.everyMs, () => this.request(TIME_PASSED)),
    ];
    if (state.openOrders.size > 0) this.request('started');
  }

  async stop(): Promise<void> {
    for (const stop of this.stops) stop();
    this.stops = [];
    this.pending?.cancel();
    this.pending = null;
    this.searching?.abort();
    await this.idle();
    await this.deps.solver.stop();
  }

  async idle(): Promise<void> {
    let seen: unknown[];
    do {
      seen = [this.searches, this.answers];
      await Promise.all(seen);
    } while (seen[0] !== this.searches || seen[1] !== this.answers);
  }

  /** Plans soon. */
  request(trigger: string): void {
    this.ask({ trigger, atOnce: false, urgent: null }, causeOf(trigger, ACTOR, this.deps.clock.now()));
  }

  /** Further reasons until then join; what cannot wait does not. */
  private ask({ trigger, atOnce, urgent }: ReplanReason, cause: Cause): void {
    const { clock, policy, metrics } = this.deps;
    metrics.replanRequested(trigger);
    const before = this.pending;
    const due = clock.now() + (atOnce ? 0 : policy.planning.debounceMs);
    const real = before && before.trigger !== TIME_PASSED ? before : null;
    const joined = {
      trigger: real && !(urgent && real.urgent.size === 0) ? real.trigger : trigger,
      atOnce: atOnce || (before?.atOnce ?? false),
      urgent: new Set([...(before?.urgent ?? []), ...(urgent ? [urgent] : [])]),
      causes: trigger === TIME_PASSED && real ? real.causes : [...(real?.causes ?? []), cause],
    };
    if (before && before.at <= due) {
      this.pending = { ...before, ...joined };
      return;
    }
    before?.cancel();
    this.pending = { ...joined, at: due, cancel: clock.at(due, () => this.fire()) };
  }

  private fire(): void {
    const due = this.pending;
    if (!due) return;
    this.pending = null;
    const { trigger, causes, urgent } = due;
    const kind = urgent.size > 0 ? 'urgent' : 'repair';
    if (due.atOnce) void this.answer({ trigger: `${kind}:${trigger}`, actor: ACTOR, causes, urgent });
    void this.run({ trigger, actor: ACTOR, causes });
  }

  problem(more: Pick<PlanningInput, 'loose' | 'placed'> = {}): PlanningProblem {
    const { state, reported, travel, policy, clock } = this.deps;
    return toInstance({ ...planningInput(state, reported, travel, policy, clock.now()), ...more });
  }

  /** The problem as it is, made anew only where something happened since, or a second passed: making it takes ten milliseconds. */
  present(): PlanningProblem {
    const { position } = this.deps.state;
    const now = this.deps.clock.now();
    if (this.made === null || this.made.position !== position || now - this.made.problem.now >= SAME_PROBLEM_MS)
      this.made = { problem: this.problem(), position };
    return this.made.problem;
  }

  /** The problem in which an order looks for its place. */
  problemAround(id: WorkOrderId): PlanningProblem {
    const order = this.deps.state.orders.get(id)?.order;
    // A scheduled one would be tied to its place; and whoever may be called out is in it for P1 only.
    return order?.state === 'received' && order.priority === 'P1' ? this.present() : this.problem({ loose: id });
  }

  /** Somebody is where they were not, or ways are known: nothing in the event log says so. */
  placesChanged(): void {
    this.made = null;
  }

  /** The day as it is now, with a person's moves in it as facts. */
  async dayAround(placed?: PlanningInput['placed']): Promise<Day> {
    const problem = placed ? this.problem({ placed }) : this.present();
    const { plan } = await this.deps.findOffers.repairDay(dayToRepair(problem, new Set()));
    return { problem, plan };
  }

  /** One search from the present state to a commit. */
  run(options: RunOptions): Promise<PlanRun> {
    const result = this.searches
      .then(() => this.untilFresh(() => this.search(options), options))
      .catch(this.failed(options));
    this.searches = result;
    return result;
  }

  /** What cannot wait for a search: lost visits and urgent orders get a place, or a person's edit takes effect. */
  answer(options: AnswerOptions): Promise<PlanRun> {
    return this.exclusive(() => this.untilFresh(async () => this.answerOnce(options), options)).catch(
      this.failed(options),
    );
  }

  /** Something else that changes the plan at once. What is being searched meanwhile is then begun anew. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.answers.then(work);
    this.answers = result.catch(() => undefined);
    return result;
  }

  private failed =
    ({ trigger }: RunOptions) =>
    (error: unknown): PlanRun => {
      this.deps.log.error({ err: error, trigger }, 'plan.failed');
      this.deps.metrics.planRun('failed', 0);
      return { outcome: 'failed', before: null, after: null, violations: [], restarts: 0 };
    };

  private async untilFresh(attempt: () => Promise<PlanRun>, { trigger }: RunOptions): Promise<PlanRun> {
    for (let restarts = 0; restarts < MAX_STALE; restarts++) {
      const run = await attempt();
      if (run.outcome !== 'stale') return { ...run, restarts };
    }
    this.deps.log.warn({ trigger }, 'plan.stale');
    this.request('stale');
    return { outcome: 'stale', before: null, after: null, violations: [], restarts: MAX_STALE };
  }

  private async answerOnce({ urgent = new Set(), placed, ...options }: AnswerOptions): Promise<PlanRun> {
    const stopTimer = this.deps.metrics.planTimer();
    const { state, findOffers, metrics } = this.deps;
    const isFresh = this.freshness();
    const problem = placed ? this.problem({ placed }) : this.present();
    const day = await findOffers.repairDay(dayToRepair(problem, urgent));
    const instance = ownInstance(problem.plain);
    const found = { plan: day.plan, cost: cost(instance, day.plan), startCost: null };
    if (!isFresh()) {
      metrics.planRun('stale', stopTimer());
      return { outcome: 'stale', before: null, after: found.cost, violations: [], restarts: 0 };
    }
    const named = namedAbsent(problem, day, state);
    return this.conclude(options, problem, instance, found, stopTimer(), named);
  }

  private async search({ milliseconds, ...options }: RunOptions): Promise<PlanRun> {
    const { policy, metrics } = this.deps;
    await this.prepareTravel();
    await this.answers;
    const isFresh = this.freshness();
    const problem = this.present();
    const limits: SolveLimits = {
      seed: policy.planning.seed,
      start: asStart(problem),
      iterations: iterationsFor(problem.orders.length, policy.planning.iterations),
      milliseconds: milliseconds ?? policy.planning.solveMilliseconds,
    };
    const stopTimer = metrics.planTimer();
    const instance = ownInstance(problem.plain);
    this.searching = new AbortController();
    const found = await this.withinBudget(options.trigger, problem, instance, limits, this.searching.signal);
    this.searching = null;
    await this.answers;
    const seconds = stopTimer();
    if (isFresh()) return this.conclude(options, problem, instance, found, seconds, () => true);
    metrics.planRun('stale', seconds);
    return { outcome: 'stale', before: found.startCost, after: found.cost, violations: [], restarts: 0 };
  }

  /** Whether what is computed from here on still fits: nobody decided anything, and nothing happened that upsets a plan. */
  private freshness(): () => boolean {
    const key = planningKey(this.deps.state);
    const { upsets } = this;
    return () => planningKey(this.deps.state) === key && upsets === this.upsets;
  }

  /**
   * A plan that rings more hospitals than may be is only taken where it finds places, or keeps deadlines, that are lost
   * otherwise. Else moving is made dearer; and if that is still too much, everybody stays where they are.
   */
  private async withinBudget(
    trigger: string,
    problem: PlanningProblem,
    instance: Instance,
    limits: SolveLimits,
    signal: AbortSignal,
  ): Promise<SolveResult> {
    const { solver, findOffers, policy } = this.deps;
    const { plain } = problem;
    const tooMany = ({ plan }: SolveResult) => movedIn(problem, plan).length > policy.planning.maxMoved;
    const found = await solver.solve(plain, limits, signal);
    const idle = trigger === TIME_PASSED && !isWorthMoving(found);
    if (!idle && !tooMany(found)) return found;
    const { plan } = await findOffers.repairDay(dayToRepair(problem));
    const calm = { ...found, plan, cost: cost(instance, plan) };
    if (idle) return calm;
    if (rescues(found.cost, calm.cost)) return found;
    const weights = { ...plain.weights, churnPerMovedVisit: DEARER * plain.weights.churnPerMovedVisit };
    const dear = await solver.solve({ ...plain, weights }, limits, signal);
    return tooMany(dear) ? calm : { ...dear, cost: cost(instance, dear.plan), startCost: found.startCost };
  }

  /** Checks a plan and commits it, if it says anything new. */
  private async conclude(
    { trigger, actor, causes = [causeOf(trigger, actor, this.deps.clock.now())] }: RunOptions,
    problem: PlanningProblem,
    instance: Instance,
    found: { readonly plan: SolverPlan; readonly cost: SolveResult['cost']; readonly startCost: PlanRun['before'] },
    seconds: number,
    named: (id: WorkOrderId) => boolean,
  ): Promise<PlanRun> {
    const { state, log, metrics } = this.deps;
    const done = (outcome: PlanRun['outcome'], violations: PlanRun['violations'] = []): PlanRun => {
      metrics.planRun(outcome, seconds);
      return { outcome, before: found.startCost, after: found.cost, violations, restarts: 0 };
    };
    const violations = checkPlan(instance, found.plan);
    if (violations.length > 0) return done('refused', this.refuse(problem, violations, trigger));

    const visits = toVisits(problem, found.plan);
    const unassigned = toUnassigned(problem, found.plan).filter(({ workOrderId }) => named(workOrderId));
    const orders = problem.orders.map(({ order }) => order);
    const toleranceMs = problem.policy.weights.movedToleranceMinutes * MINUTE;
    const changes = changesOf(orders, visits, unassigned, state.plan, this.deps.clock.now(), toleranceMs);
    const withdrawn = withdrawnVisits(state);
    if (!changes.worth && withdrawn.length === 0) return done('unchanged');
    try {
      const all = [...underwayVisits(state), ...visits];
      const plan = {
        ...this.planOf(trigger, all, unassigned, { ...found.cost }, changes.moved),
        changes: diffOf({ orders, visits, withdrawn, causes: this.heardOf(causes), toleranceMs }),
      };
      await this.commit(plan, changes, actor);
      log.info(
        { planId: plan.id, trigger, visits: visits.length, unassigned: unassigned.length, seconds },
        'plan.committed',
      );
      return done('committed');
    } catch (error) {
      if (error instanceof VersionConflict) return done('stale');
      throw error;
    }
  }

  /** What happened while a plan was computed is in it, although its turn has not come. That it got later is no reason beside others. */
  private heardOf(causes: readonly Cause[]): readonly Cause[] {
    const all = [...causes, ...(this.pending?.causes ?? [])];
    const real = all.filter(({ trigger }) => trigger !== TIME_PASSED);
    return real.length > 0 ? real : all;
  }

  /** Nobody waits long for a road map: a plan on estimates comes first, and another when the ways are known. */
  private async prepareTravel(): Promise<void> {
    const { state, reported, travel, policy, clock } = this.deps;
    if (travel.prepare === undefined) return;
    const { orders, engineers } = planningInput(state, reported, travel, policy, clock.now());
    const places = [
      ...orders.map(({ site }) => site.place),
      ...engineers.flatMap(({ engineer, position, underway }) => [
        engineer.home,
        position,
        ...(underway ? [underway.site] : []),
      ]),
    ];
    const different = new Map(places.map((place) => [`${place.lat},${place.lon}`, place]));
    await travel.prepare([...different.values()], PATIENCE_MS);
    this.placesChanged();
  }

  private refuse(problem: PlanningProblem, violations: readonly Violation[], trigger: string) {
    const named = describeViolations(problem, violations);
    for (const { kind } of violations) this.deps.metrics.violation(kind);
    this.deps.log.error({ trigger, violations: named }, 'plan.refused');
    return named;
  }

  planOf(
    trigger: string,
    visits: readonly Visit[],
    unassigned: Plan['unassigned'],
    cost: Record<string, number>,
    moved: readonly WorkOrderId[],
  ): Plan {
    const { clock, ids, policy } = this.deps;
    const now = clock.now();
    return {
      id: PlanId.parse(ids.next('pln')),
      committedAt: now,
      trigger: trigger.slice(0, 64),
      horizon: { from: now, to: now + policy.planning.horizonMs },
      visits: [...visits].sort((a, b) => a.departAt - b.departAt || (a.id < b.id ? -1 : 1)),
      unassigned,
      cost,
      moved: [...moved],
    };
  }

  /** The plan and what it changes for each order, in one transaction, on the versions that were looked at. */
  async commit(plan: Plan, changes: Pick<PlanChanges, 'scheduled' | 'unscheduled'>, actor: string): Promise<void> {
    const { state, events } = this.deps;
    await events.append(appendsOf(plan, changes, state), { at: plan.committedAt, actor });
    this.searching?.abort();
  }
}

/**
 * Small problems need few iterations: on ten visits of the demo world 100, 1,200 and 14,000 iterations find the same plan
 * (about 0.05 ms an iteration). The full limit is for hundreds of visits, where `solveMilliseconds` usually ends the search
 * first. In a demo at 60 × a reason to plan may come every second: the search must not keep a core busy for nothing.
 */
const iterationsFor = (visits: number, limit: number) => Math.min(limit, 200 + 100 * visits);

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
import { ownInstance } from '../solver/instance.ts';
import type { DispatchState } from '../state.ts';
import type { TravelTimes } from '../travel.ts';
import { changesOf, type PlanChanges } from './changes.ts';
import { appendsOf } from './commit.ts';
import { asStart, describeViolations, toUnassigned, toVisits } from './from-solution.ts';
import type { PlanVisits, SolveLimits, SolveResult } from './port.ts';
import { planningInput, planningKey, underwayVisits } from './snapshot.ts';
import { type PlanningInput, type PlanningProblem, toInstance } from './to-instance.ts';
import { whenToReplan } from './when-to-replan.ts';

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
}

export interface RunOptions {
  readonly trigger: string;
  readonly actor: string;
  /** First answer only: what is there, absent visits at their cheapest place, and room made for the urgent one. */
  readonly firstAnswer?: WorkOrderId;
  readonly milliseconds?: number;
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

/**
 * Keeps the plan in force good. One run at a time; a plan that was computed on a state that has changed is thrown away and
 * computed again; nothing is committed that the independent checker objects to.
 */
export class Planner {
  private readonly deps: PlannerOptions;
  private queue: Promise<unknown> = Promise.resolve();
  private pending: { trigger: string; urgent: WorkOrderId | null; at: Instant; cancel: () => void } | null = null;
  private stops: (() => void)[] = [];
  private made: { readonly problem: PlanningProblem; readonly position: number } | null = null;

  constructor(deps: PlannerOptions) {
    this.deps = deps;
  }

  start(): void {
    const { events, clock, policy, state } = this.deps;
    this.stops = [
      events.onAppended((stored) => {
        const reason = whenToReplan(state, stored.event);
        if (reason) this.request(reason.trigger, reason.urgent);
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
    await this.queue;
    await this.deps.solver.stop();
  }

  async idle(): Promise<void> {
    let seen: unknown;
    do {
      seen = this.queue;
      await this.queue;
    } while (seen !== this.queue);
  }

  /** Plans soon. Further reasons until then join; an urgent one does not wait. */
  request(trigger: string, urgent: WorkOrderId | null = null): void {
    const { clock, policy, metrics } = this.deps;
    metrics.replanRequested(trigger);
    const at = clock.now() + (urgent ? 0 : policy.planning.debounceMs);
    if (this.pending && this.pending.at <= at) {
      this.pending.urgent ??= urgent;
      if (this.pending.trigger === TIME_PASSED) this.pending.trigger = trigger;
      return;
    }
    const first = this.pending && this.pending.trigger !== TIME_PASSED ? this.pending.trigger : trigger;
    this.pending?.cancel();
    this.pending = { trigger: urgent ? trigger : first, urgent, at, cancel: clock.at(at, () => this.fire()) };
  }

  private fire(): void {
    const due = this.pending;
    if (!due) return;
    this.pending = null;
    if (due.urgent) void this.run({ trigger: `urgent:${due.trigger}`, actor: ACTOR, firstAnswer: due.urgent });
    void this.run({ trigger: due.trigger, actor: ACTOR });
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

  /** One planning run from the present state to a commit. */
  run(options: RunOptions): Promise<PlanRun> {
    const result = this.queue.then(() => this.attempt(options));
    const settled = result.catch((error): PlanRun => {
      this.deps.log.error({ err: error, trigger: options.trigger }, 'plan.failed');
      this.deps.metrics.planRun('failed', 0);
      return { outcome: 'failed', before: null, after: null, violations: [] };
    });
    this.queue = settled;
    return settled;
  }

  /** Something else that changes the plan, after what is running. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async attempt(options: RunOptions): Promise<PlanRun> {
    for (let stale = 0; stale < MAX_STALE; stale++) {
      const run = await this.once(options);
      if (run.outcome !== 'stale') return run;
    }
    this.deps.log.warn({ trigger: options.trigger }, 'plan.stale');
    this.request('stale');
    return { outcome: 'stale', before: null, after: null, violations: [] };
  }

  private async once({ trigger, actor, firstAnswer, milliseconds, placed }: RunOptions): Promise<PlanRun> {
    const { state, solver, policy, log, metrics } = this.deps;
    await this.prepareTravel();
    const key = planningKey(state);
    const problem = placed ? this.problem({ placed }) : this.present();
    const limits: SolveLimits = {
      seed: policy.planning.seed,
      start: asStart(problem),
      iterations: firstAnswer ? 0 : iterationsFor(problem.orders.length, policy.planning.iterations),
      ...(firstAnswer ? {} : { milliseconds: milliseconds ?? policy.planning.solveMilliseconds }),
    };
    const stopTimer = metrics.planTimer();
    let result = await solver.solve(problem.plain, limits);
    if (trigger === TIME_PASSED && !isWorthMoving(result))
      result = await solver.solve(problem.plain, { ...limits, iterations: 0 });
    const instance = ownInstance(problem.plain);
    if (firstAnswer) {
      const urgent = problem.orders.findIndex(({ order }) => order.id === firstAnswer);
      result = await this.deps.findOffers.makeRoom({
        plain: problem.plain,
        first: result,
        urgent,
        before: asStart(problem),
      });
    }
    const { plan: solution, cost, startCost } = result;
    const seconds = stopTimer();
    const done = (outcome: PlanRun['outcome'], violations: PlanRun['violations'] = []): PlanRun => {
      metrics.planRun(outcome, seconds);
      return { outcome, before: startCost, after: cost, violations };
    };
    if (planningKey(state) !== key) return done('stale');
    const violations = checkPlan(instance, solution);
    if (violations.length > 0) return done('refused', this.refuse(problem, violations, trigger));

    const visits = toVisits(problem, solution);
    const unassigned = toUnassigned(problem, solution);
    const changes = changesOf(
      problem.orders.map(({ order }) => order),
      visits,
      unassigned,
      state.plan,
      this.deps.clock.now(),
      problem.policy.weights.movedToleranceMinutes * MINUTE,
    );
    if (!changes) return done('unchanged');
    try {
      const plan = this.planOf(trigger, [...underwayVisits(state), ...visits], unassigned, { ...cost }, changes.moved);
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
  }
}

/** Of what the plan costs; the curves of risk alone move it by about as much within an hour. */
const MIN_GAIN = 0.02;

/**
 * Whether a plan found because time passed is worth ringing people again for: a gain well beyond what moving costs, work
 * that would come late, or that the plan in force has no place for. Else the days of engineers turn with every small change.
 */
function isWorthMoving({ cost, startCost }: Pick<SolveResult, 'cost' | 'startCost'>): boolean {
  return (
    startCost.unassigned > cost.unassigned ||
    startCost.lateness - cost.lateness > cost.churn ||
    startCost.total - cost.total > Math.max(MIN_GAIN * startCost.total, cost.churn)
  );
}

/**
 * Small problems need few iterations: on ten visits of the demo world 100, 1,200 and 14,000 iterations find the same plan
 * (about 0.05 ms an iteration). The full limit is for hundreds of visits, where `solveMilliseconds` usually ends the search
 * first. In a demo at 60 × a reason to plan may come every second: the search must not keep a core busy for nothing.
 */
const iterationsFor = (visits: number, limit: number) => Math.min(limit, 200 + 100 * visits);

import {
  type CalendarEvent,
  type Clock,
  type DemandForecast,
  type EngineerId,
  MINUTE,
  type ProposalBody,
  type RotaCover,
  type RotaDuty,
  type RotaProposalView,
  type RotaResult,
  streams,
  type UptowerEvent,
  type Viewer,
} from '@uptower/domain';
import {
  type Append,
  type EventLog,
  HttpProblem,
  type IdSource,
  type Logger,
  VersionConflict,
} from '@uptower/platform';
import { calendarOf } from '../availability/calendar.ts';
import type { DispatchState } from '../state.ts';
import type { TravelTimes } from '../travel.ts';
import { checkRota } from './check-rota.ts';
import { demandForecast, nextMonday } from './demand.ts';
import { daysOf } from './demand-blocks.ts';
import { leaveDaysOf, type RosterBase, rosterProblem, sameCalendars } from './from-state.ts';
import { type ProposeRotas, SolverMissing } from './port.ts';
import { type Duty, dayNumber, type RosterProblem, type Rota } from './problem.ts';
import type { RotaProposal } from './propose-rota.ts';
import { scoreRota } from './score-rota.ts';
import { onCallEvent, patternEvents } from './write-rota.ts';

export interface ProposalsDeps {
  readonly state: DispatchState;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Logger;
  readonly travel: TravelTimes;
  readonly solver: ProposeRotas;
}

interface Job {
  view: RotaProposalView;
  readonly base: RosterBase;
}

/** A forecast changes slowly, and thousands of orders take a tenth of a second to count. */
const FORECAST_MS = 10 * MINUTE;

/** Older ones are forgotten; nothing but a decision is kept beyond a restart. */
const KEPT = 5;
const MOST_DAYS_AHEAD = 366;

/** Rotas that were asked for: searched one after the other, decided on by people. */
export class Proposals {
  private readonly deps: ProposalsDeps;
  private readonly jobs = new Map<string, Job>();
  private queue: Promise<void> = Promise.resolve();
  private since: number | null = null;
  private known: { readonly key: string; readonly forecast: DemandForecast } | null = null;

  constructor(deps: ProposalsDeps) {
    this.deps = deps;
  }

  /** Newest first. */
  list(): RotaProposalView[] {
    return [...this.jobs.values()].map(({ view }) => view).reverse();
  }

  get(id: string): RotaProposalView {
    const job = this.jobs.get(id);
    if (!job) throw new HttpProblem('not-found');
    return job.view;
  }

  async forecast(from: string, weeks: number): Promise<DemandForecast> {
    const { state, clock, events } = this.deps;
    const now = clock.now();
    const key = `${from} ${weeks} ${Math.floor(now / FORECAST_MS)}`;
    if (this.known?.key === key) return this.known.forecast;
    this.since ??= (await events.read(0, 1))[0]?.recordedAt ?? now;
    const orders = [...state.orders.values()].map(({ order }) => order);
    const forecast = demandForecast({ registry: state.registry, orders, since: this.since, now, from, weeks });
    this.known = { key, forecast };
    return forecast;
  }

  async ask(asked: ProposalBody, viewer: Viewer): Promise<RotaProposalView> {
    const { state, travel, clock, ids } = this.deps;
    if (asked.onCall !== null && !state.calendars.rotas.has(asked.onCall))
      throw new HttpProblem('bad-request', undefined, [{ path: 'onCall', message: `no rota is ${asked.onCall}` }]);
    this.refuseUnlessSoon(asked.from);
    const base = rosterProblem(state, travel, asked, await this.forecast(asked.from, asked.weeks));
    if (base.kinds.length === 0)
      throw new HttpProblem('bad-request', undefined, [{ path: 'from', message: 'nobody has a shift in these weeks' }]);
    const { problem, kinds } = base;
    const now = presentRota(problem);
    const view: RotaProposalView = {
      id: ids.next('rot'),
      state: 'waiting',
      asked,
      askedAt: clock.now(),
      askedBy: viewer.accountId,
      progress: null,
      problem: null,
      shifts: kinds.map(({ id, breakMinutes }, k) => {
        const { from, to } = problem.shifts[k] as RosterProblem['shifts'][number];
        return { id, from, to, breakMinutes };
      }),
      engineers: leaveDaysOf(problem),
      present: { duties: now.duties.map(dutyView), cover: coverOf(problem, now), broken: brokenBy(problem, now) },
      result: null,
    };
    this.jobs.set(view.id, { view, base });
    for (const id of this.jobs.keys()) if (this.jobs.size > KEPT && id !== view.id) this.jobs.delete(id);
    this.queue = this.queue.then(() => this.run(view.id));
    return view;
  }

  /** Forgets it; a search under way ends. */
  async discard(id: string): Promise<void> {
    const { view } = this.job(id);
    this.jobs.delete(id);
    if (view.state === 'running') await this.deps.solver.stop();
  }

  /**
   * Writes it into the calendars, all or nothing. Refused where they would make another problem by now: somebody was given
   * leave, a shift was changed, an imported calendar took a day.
   */
  async accept(id: string, viewer: Viewer): Promise<RotaProposalView> {
    const { events, clock, state } = this.deps;
    const { base, view } = this.job(id);
    const { result, asked } = view;
    if (view.state !== 'done' || !result) throw new HttpProblem('proposal-not-open', `it is ${view.state}`);
    const changed = [...new Set(result.changes.map(({ engineerId }) => engineerId))];
    const written = [...changed.map((engineerId) => streams.calendar(engineerId)), streams.calendarRules];
    const versions = new Map<string, number>();
    for (const stream of written) versions.set(stream, (await events.readStream(stream)).at(-1)?.version ?? 0);
    const forecast = await this.forecast(asked.from, asked.weeks);
    if (!sameCalendars(base.problem, rosterProblem(state, this.deps.travel, asked, forecast).problem))
      throw new HttpProblem('calendars-changed');
    const ref = { from: asked.from, weeks: asked.weeks, at: clock.now(), by: viewer.accountId };
    const appends: Append<UptowerEvent>[] = changed.map((engineerId) => ({
      stream: streams.calendar(engineerId),
      expectedVersion: versions.get(streams.calendar(engineerId)) ?? 0,
      events: this.patternsOf(engineerId, view, base, ref),
    }));
    const rota = asked.onCall === null ? undefined : state.calendars.rotas.get(asked.onCall);
    if (rota && result.onCall.length > 0)
      appends.push({
        stream: streams.calendarRules,
        expectedVersion: versions.get(streams.calendarRules) ?? 0,
        events: [onCallEvent(rota, result.onCall, ref)],
      });
    try {
      if (appends.length > 0) await events.append(appends, { at: clock.now(), actor: viewer.accountId });
    } catch (error) {
      throw error instanceof VersionConflict ? new HttpProblem('calendars-changed') : error;
    }
    this.deps.log.info({ proposalId: id, engineers: changed.length, weeks: asked.weeks }, 'roster.accepted');
    return this.set(id, { state: 'accepted' });
  }

  async stop(): Promise<void> {
    this.jobs.clear();
    await this.deps.solver.stop();
    await this.queue;
  }

  /** What was worked is not written anew, and who works in years to come is not known. */
  private refuseUnlessSoon(from: string): void {
    const { state, clock } = this.deps;
    const zone = [...state.registry.engineers.values()][0]?.timeZone ?? 'Etc/UTC';
    const ahead = dayNumber(from) - dayNumber(nextMonday(zone, clock.now()));
    const message = ahead < -7 ? 'the week is over' : ahead > MOST_DAYS_AHEAD ? 'at most a year ahead' : null;
    if (message) throw new HttpProblem('bad-request', undefined, [{ path: 'from', message }]);
  }

  private job(id: string): Job {
    const job = this.jobs.get(id);
    if (!job) throw new HttpProblem('not-found');
    return job;
  }

  private set(id: string, change: Partial<RotaProposalView>): RotaProposalView {
    const job = this.job(id);
    job.view = { ...job.view, ...change };
    return job.view;
  }

  private async run(id: string): Promise<void> {
    const job = this.jobs.get(id);
    if (!job) return;
    this.set(id, { state: 'running' });
    const { asked } = job.view;
    try {
      const proposal = await this.deps.solver.run(
        { problem: job.base.problem, seconds: asked.seconds, seed: 1 },
        (progress) => void (this.jobs.has(id) && this.set(id, { progress })),
      );
      if (this.jobs.has(id)) this.set(id, { state: 'done', result: resultOf(job.base.problem, proposal) });
    } catch (error) {
      if (!this.jobs.has(id)) return;
      const code = error instanceof SolverMissing ? 'cp-sat-missing' : 'failed';
      this.set(id, { state: 'failed', problem: { code, text: (error as Error).message } });
      this.deps.log.warn({ err: error, proposalId: id }, 'roster.failed');
    }
  }

  private patternsOf(
    engineerId: EngineerId,
    { result, engineers }: RotaProposalView,
    { kinds }: RosterBase,
    ref: Parameters<typeof patternEvents>[5],
  ): CalendarEvent[] {
    const { state } = this.deps;
    const engineer = state.registry.engineers.get(engineerId);
    if (!engineer) throw new HttpProblem('calendars-changed');
    const leaveDays = engineers.find((each) => each.engineerId === engineerId)?.leaveDays ?? [];
    const calendar = calendarOf(state.calendars, engineer);
    return patternEvents(calendar, engineerId, result?.duties ?? [], leaveDays, kinds, ref);
  }
}

const dutyView = ({ engineer, date, shift }: Duty): RotaDuty => ({ engineerId: engineer as EngineerId, date, shift });

/** What is worked in these weeks as calendars have it. */
const presentRota = ({ present, from }: RosterProblem): Rota => ({
  duties: present.filter(({ date }) => date >= from),
  onCall: [],
});

function brokenBy(problem: RosterProblem, rota: Rota): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of checkRota(problem, rota)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function coverOf(problem: RosterProblem, rota: Rota): RotaCover {
  const sums = { minimumMinutes: 0, desiredMinutes: 0, missingMinimum: 0, missingDesired: 0 };
  for (const { demand, from, to, onDuty } of scoreRota(problem, rota).cover) {
    const { minimum, desired = minimum } = problem.demand[demand] as RosterProblem['demand'][number];
    sums.minimumMinutes += minimum * (to - from);
    sums.desiredMinutes += desired * (to - from);
    sums.missingMinimum += Math.max(0, minimum - onDuty) * (to - from);
    sums.missingDesired += Math.max(0, desired - onDuty) * (to - from);
  }
  return sums;
}

function resultOf(problem: RosterProblem, proposal: RotaProposal): RotaResult {
  const { rota, cost, bound, status, uncovered, noOnCall } = proposal;
  const key = (engineer: string, date: string) => `${engineer} ${date}`;
  const before = new Map(problem.present.map((duty) => [key(duty.engineer, duty.date), duty.shift]));
  const after = new Map(rota.duties.map((duty) => [key(duty.engineer, duty.date), duty.shift]));
  const changes = problem.engineers.flatMap(({ id }) =>
    daysOf(problem).flatMap((date) => {
      const [was, is] = [before.get(key(id, date)) ?? null, after.get(key(id, date)) ?? null];
      return was === is ? [] : [{ engineerId: id as EngineerId, date, before: was, after: is }];
    }),
  );
  return {
    duties: rota.duties.map(dutyView),
    onCall: rota.onCall.map(({ from, engineer }) => ({ from, engineerId: engineer as EngineerId })),
    changes,
    status,
    cost: cost.total,
    bound,
    cover: coverOf(problem, rota),
    shortages: uncovered.map(({ demand, ...rest }) => {
      const { region = null, skill = null } = problem.demand[demand] as RosterProblem['demand'][number];
      return { ...rest, region, skill };
    }),
    noOnCall,
  };
}

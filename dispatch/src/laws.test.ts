import {
  type AlertId,
  type DeviceId,
  hasSkill,
  isOpen,
  MINUTE,
  overlapMs,
  streams,
  type UptowerEvent,
  type Visit,
  type WorkOrder,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarOf } from './availability/calendar.ts';
import { awayTimes, workingTimes } from './availability/free-time.ts';
import { underwayOrder } from './field/positions.ts';
import { defaultPolicy } from './policy.ts';
import { applyEvent, type DispatchState, emptyState } from './state.ts';
import { aService, type Service } from './testing/service.ts';
import { aViewer, CT, DISK, HILL_CT, MONDAY_9, MR, SEAL_KIT } from './testing/world.ts';
import { estimatedTravel } from './travel.ts';

/**
 * Whatever happens in whatever order, these hold afterwards:
 * [D1] at most one open order for a device and component; a hospital's report while a repair is verified may make another,
 *      and a repair that is not confirmed then leaves two
 * [D2] a scheduled order and the plan in force say the same of its visit
 * [D3] nobody is in two places: an engineer's visits do not overlap, nor the ways between them
 * [D4] who is sent has the skill, and works inside the working time (overtime included), never in an absence, in busy
 *      time of another calendar, or in a break
 * [D5] folding the log again gives the state that was reached live
 * [D7] right after whatever happened, every visit stands by [D2] to [D4]: the day is repaired at once
 * [D8] the planner moves a visit that is pinned or about to leave only when its engineer cannot make it: away, off shift, busy
 *      elsewhere, late, without the parts, or known to have stayed away
 * [D9] what a plan says it changed is what it changed, each with a cause; who keeps a promise begins in the window told
 * [D10] a move is refused if, and only if, the question before it named a rule it breaks
 * [D6] order numbers are all different, and every order's stages are in the log in a possible order (the fold throws otherwise)
 */
const devices: readonly DeviceId[] = [MR, CT, HILL_CT, DISK];
const device = fc.constantFrom(...devices);
const probability = fc.constantFrom(0.3, 0.55, 0.8, 0.95);

type Step =
  | { readonly kind: 'raise' | 'change'; readonly device: DeviceId; readonly p: number }
  | { readonly kind: 'clear' | 'failed' | 'replaced' | 'up' | 'down' | 'request'; readonly device: DeviceId }
  | { readonly kind: 'work' | 'give-up' | 'cancel' | 'move'; readonly pick: number }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'absence'; readonly who: number; readonly inMinutes: number; readonly minutes: number }
  | { readonly kind: 'hours'; readonly fromMinute: number; readonly hours: number }
  | { readonly kind: 'part'; readonly pick: number; readonly inHours: number | null }
  | { readonly kind: 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('raise' as const, 'change' as const), device, p: probability }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'clear' as const,
        'failed' as const,
        'replaced' as const,
        'up' as const,
        'down' as const,
        'request' as const,
      ),
      device,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'work' as const,
        'work' as const,
        'give-up' as const,
        'cancel' as const,
        'move' as const,
        'move' as const,
      ),
      pick: fc.nat(20),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 20, 100, 900) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('absence' as const),
      who: fc.nat(2),
      inMinutes: fc.nat(1500),
      minutes: fc.integer({ min: 1, max: 600 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('hours' as const),
      fromMinute: fc.constantFrom(0, 480, 780),
      hours: fc.constantFrom(4, 8, 11),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('part' as const),
      pick: fc.nat(20),
      inHours: fc.constantFrom(0, 3, 30, null),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** One run: plays the steps; what the product refuses is refused, what it does must keep the laws. */
class Play {
  service: Service;
  private readonly alerts = new Map<DeviceId, AlertId>();
  private n = 0;

  constructor(service: Service) {
    this.service = service;
  }

  async do(step: Step): Promise<void> {
    const { gateway } = this.service;
    const alertId = 'device' in step ? this.alerts.get(step.device) : undefined;
    if (step.kind === 'raise' && !alertId)
      this.alerts.set(step.device, await gateway.raise(`x${++this.n}`, step.device, step.p));
    else if (step.kind === 'change' && alertId) await gateway.change(alertId, step.p);
    else if (step.kind === 'clear' && alertId) {
      this.alerts.delete(step.device);
      await gateway.clear(alertId);
    } else if (step.kind === 'failed' || step.kind === 'replaced') await gateway.fact(step.device, step.kind);
    else if (step.kind === 'up' || step.kind === 'down') await gateway.availability(step.device, step.kind);
    else if (step.kind === 'request') await this.request(step.device);
    else if (step.kind === 'wait') await this.service.pass(step.minutes * MINUTE, 10 * MINUTE);
    else if (step.kind === 'absence') await this.absence(step);
    else if (step.kind === 'hours') await this.hours(step);
    else if (step.kind === 'restart') await this.restart();
    else if (step.kind === 'part') await this.part(step);
    else if ('pick' in step) await this.act(step.kind, step.pick);
    await this.service.settle();
    // No time for more than the answer and the search behind it.
    await this.service.pass(1);
    visitsStand(this.service);
  }

  /** Parts of some order come at another time, or nobody knows when. */
  private async part({ pick, inHours }: Extract<Step, { kind: 'part' }>): Promise<void> {
    const open = this.service.orders().filter((order) => isOpen(order));
    const order = open[pick % Math.max(1, open.length)];
    if (!order) return;
    const arrivesAt = inHours === null ? null : this.service.clock.now() + inHours * 60 * MINUTE;
    const path = `/work-orders/${order.id}/parts/${SEAL_KIT}`;
    const { status } = await this.service.call(aViewer('dispatcher'), 'PUT', path, { quantity: 1, arrivesAt });
    expect(status).toBeLessThan(500);
  }

  /** The site's hours change under the visits. */
  private async hours({ fromMinute, hours }: Extract<Step, { kind: 'hours' }>): Promise<void> {
    const { state, clock, events } = this.service;
    const site = [...state.registry.sites.values()].at(-1);
    if (!site) return;
    const access = { fromMinute, toMinute: fromMinute + hours * 60 };
    await events.append([{ stream: streams.registry, events: [{ type: 'site.put', site: { ...site, access } }] }], {
      at: clock.now(),
      actor: 'test',
    });
  }

  private async request(deviceId: DeviceId): Promise<void> {
    const { hospitalId } = this.service.state.registry.devices.get(deviceId) ?? { hospitalId: null };
    const { status } = await this.service.call(aViewer('hospital', { hospitalId }), 'POST', '/requests', {
      deviceId,
      impact: 'limited',
      text: 'please',
    });
    expect(status).toBeLessThan(500);
  }

  /** The next thing an engineer would do about some order, or a dispatcher's whim. */
  private async act(kind: 'work' | 'give-up' | 'cancel' | 'move', pick: number): Promise<void> {
    const open = this.service.orders().filter((order) => isOpen(order));
    const order = open[pick % Math.max(1, open.length)];
    if (!order) return;
    const { call, clock, state } = this.service;
    const engineers = [...state.registry.engineers.keys()];
    if (kind === 'cancel')
      await call(aViewer('dispatcher'), 'POST', `/work-orders/${order.id}/cancel`, { reason: 'whim' });
    else if (kind === 'move') {
      // Mostly somewhere it may go, a little later than need be.
      const places = await call(aViewer('dispatcher'), 'GET', `/plan/places/${order.id}`);
      const place = places.body.suggestions[pick % Math.max(1, places.body.suggestions.length)];
      const anywhere = { engineerId: engineers[pick % engineers.length], startAt: clock.now() + pick * 17 * MINUTE };
      const there = place && { engineerId: place.engineerId, startAt: place.startAt + (pick % 5) * 40 * MINUTE };
      const move = { workOrderId: order.id, ...(pick % 7 === 0 || !there ? anywhere : there) };
      const thought = await call(aViewer('dispatcher'), 'POST', '/plan/what-if', { moves: [move] });
      const { status } = await call(aViewer('dispatcher'), 'POST', '/plan/move', { ...move, pin: pick % 3 !== 0 });
      // What was said to break a rule is refused; what was said to break none is done.
      if (thought.status === 200) expect(status, '[D10]').toBe(thought.body.violations.length > 0 ? 409 : 200);
    } else
      for (const [what, body] of nextOf(order, kind)) {
        const headers = { 'x-uptower-engineer': 'visit' in order ? (order.visit?.engineerId ?? '') : '' };
        const { status } = await call(
          aViewer('integration'),
          'POST',
          `/work-orders/${order.id}/${what}`,
          body,
          headers,
        );
        expect(status).toBeLessThan(500);
      }
  }

  private async absence({ who, inMinutes, minutes }: Extract<Step, { kind: 'absence' }>): Promise<void> {
    const { state, clock, events } = this.service;
    const engineer = [...state.registry.engineers.values()][who];
    if (!engineer) return;
    const from = clock.now() + inMinutes * MINUTE;
    // The registry, the calendar, another calendar, a rotation with a break: all ways to be away.
    const way = minutes % 4;
    const put = async (method: 'POST' | 'PUT', path: string, body: unknown) => {
      const { status } = await this.service.call(
        aViewer('dispatcher'),
        method,
        `/engineers/${engineer.id}/${path}`,
        body,
      );
      expect(status).toBeLessThan(300);
    };
    if (way === 1) return put('POST', 'absences', { kind: 'sick', when: { from, to: from + minutes * MINUTE } });
    if (way === 2) return put('PUT', 'calendar-import', { text: busyAt(from, minutes) });
    if (way === 3) return put('PUT', 'patterns', { startsOn: '2025-03-03', weeks: [withBreaks(minutes)] });
    const absences = [...engineer.absences, { from, to: from + minutes * MINUTE }];
    await events.append(
      [{ stream: streams.registry, events: [{ type: 'engineer.put', engineer: { ...engineer, absences } }] }],
      { at: clock.now(), actor: 'test' },
    );
  }

  private async restart(): Promise<void> {
    const { events, clock } = this.service;
    await this.service.stop();
    this.service = await aService({ events, at: clock.now(), journal: this.service.gateway.position() });
    this.service.gateway.adopt(
      [...this.alerts.values()]
        .map((id) => this.service.state.alerts.get(id)?.alert)
        .filter((alert) => alert !== undefined),
    );
  }
}

const busyAt = (from: number, minutes: number) => {
  const start = `${new Date(from).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const event = `BEGIN:VEVENT\nUID:a\nDTSTART:${start}\nDURATION:PT${minutes}M\nEND:VEVENT`;
  return `BEGIN:VCALENDAR\n${event}\nEND:VCALENDAR`;
};
/** Eight to six, with an hour of rest somewhere between eleven and four. */
const withBreaks = (minutes: number) =>
  [1, 2, 3, 4, 5, 6].map((weekday) => ({
    weekday,
    fromMinute: 480,
    toMinute: 1_080,
    breaks: [{ minutes: 60, fromMinute: 660, toMinute: 720 + (minutes % 240) }],
  }));

function nextOf(order: WorkOrder, kind: 'work' | 'give-up'): (readonly [string, unknown])[] {
  if (order.state === 'scheduled')
    return [
      ['depart', {}],
      ['arrive', {}],
    ];
  if (order.state === 'travelling') return [['arrive', {}]];
  if (order.state !== 'on-site') return [];
  if (kind === 'give-up') return [['finish', { outcome: 'cannot-finish' }]];
  return [...order.steps.map(({ key }) => ['steps', { step: key }] as const), ['finish', { outcome: 'fixed' }]];
}

/** [D2], [D3], [D4] */
function visitsStand({ state, orders }: Service): void {
  const planned = new Map(state.plan?.visits.map((visit) => [visit.workOrderId, visit]));
  const scheduled = orders().flatMap((order) => (order.state === 'scheduled' ? [order] : []));
  for (const { id, visit } of scheduled) expect(planned.get(id), '[D2]').toEqual(visit);

  for (const engineer of state.registry.engineers.values()) {
    const calendar = calendarOf(state.calendars, engineer);
    const own = scheduled
      .filter(({ visit }) => visit.engineerId === engineer.id)
      .sort((a, b) => a.visit.startAt - b.visit.startAt);
    own.forEach((order, i) => {
      const { visit } = order;
      expect(hasSkill(engineer.skills, order.skill), '[D4] skill').toBe(true);
      const shift =
        workingTimes(calendar, visit.startAt, visit.startAt + 1)[0] ??
        workingTimes(calendar, visit.startAt - defaultPolicy.planning.overtimeMs, visit.startAt)[0];
      expect(shift, '[D4] shift').toBeDefined();
      expect(visit.endAt, '[D4] overtime').toBeLessThanOrEqual((shift?.to ?? 0) + defaultPolicy.planning.overtimeMs);
      for (const busy of [...(shift?.busy ?? []), ...awayTimes(calendar, visit.startAt, visit.endAt)])
        expect(overlapMs(busy, { from: visit.startAt, to: visit.endAt }), '[D4] away').toBe(0);
      const next = own[i + 1];
      const from = state.registry.sites.get(order.siteId);
      const to = next && state.registry.sites.get(next.siteId);
      if (!next || !from || !to) return;
      const way = estimatedTravel.between(from.place, to.place).seconds * 1_000;
      const sameDay = next.visit.startAt - visit.endAt < 8 * 60 * MINUTE;
      expect(next.visit.startAt, '[D3]').toBeGreaterThanOrEqual(visit.endAt + (sameDay ? way : 0));
    });
  }
}

/** [D8], [D9]: each plan in the log against what was known when it was made. */
function plansKeepTheirWord(log: readonly StoredEvent<UptowerEvent>[]): void {
  const state = emptyState(defaultPolicy);
  for (const stored of log) {
    const { event, recordedAt: now, position } = stored;
    if (event.type !== 'plan.committed' || !event.plan.changes) {
      applyEvent(state, stored);
      continue;
    }
    const { changes, visits } = event.plan;
    const visitBefore = (id: WorkOrder['id']) => {
      const order = state.orders.get(id)?.order;
      return order && 'visit' in order && order.visit ? { order, visit: order.visit } : null;
    };
    const next = new Map(visits.map((visit) => [visit.workOrderId, visit]));
    for (const { workOrderId, kind, from, to, cause, promise } of changes) {
      const before = visitBefore(workOrderId);
      const after = next.get(workOrderId);
      const said = (visit: Visit | null | undefined) =>
        visit ? { engineerId: visit.engineerId, startAt: visit.startAt } : null;
      expect(cause.text.en, '[D9] cause').not.toBe('');
      expect(to, '[D9] to').toEqual(said(after));
      if (promise.verdict === 'withdrawn') continue;
      expect(from, '[D9] from').toEqual(kind === 'placed' ? null : said(before?.visit));
      if (promise.verdict === 'kept' && before && after && kind === 'moved') {
        expect(promise.after, '[D9] told').toEqual(promise.before);
        expect(after.startAt, '[D9] kept').toBeGreaterThanOrEqual(promise.before?.from ?? 0);
        expect(after.startAt, '[D9] kept').toBeLessThanOrEqual(promise.before?.to ?? 0);
      }
      if (kind === 'placed' || !before || stored.actor !== 'dispatch') continue;
      const fixed = before.visit.pinned || before.visit.departAt <= now + defaultPolicy.planning.frozenMs;
      if (fixed) expect(cannotMakeIt(state, before.order, before.visit, now), `[D8] at ${position}`).toBe(true);
    }
    // Whoever is not said to have moved has not.
    const named = new Set(changes.map(({ workOrderId }) => workOrderId));
    for (const [id, visit] of next) {
      const before = visitBefore(id);
      if (before?.order.state !== 'scheduled' || named.has(id)) continue;
      expect(visit.engineerId, '[D9] unsaid').toBe(before.visit.engineerId);
      expect(Math.abs(visit.startAt - before.visit.startAt), '[D9] unsaid').toBeLessThanOrEqual(15 * MINUTE);
    }
    applyEvent(state, stored);
  }
}

function cannotMakeIt(state: DispatchState, order: WorkOrder, visit: Visit, now: number): boolean {
  const engineer = state.registry.engineers.get(visit.engineerId);
  if (!engineer) return true;
  const calendar = calendarOf(state.calendars, engineer);
  const [shift] = workingTimes(calendar, visit.departAt, visit.endAt);
  const off = !shift || shift.from > visit.departAt || shift.to < visit.endAt;
  const holes = [...(shift?.busy ?? []), ...awayTimes(calendar, visit.departAt, visit.endAt)];
  const away = holes.some((hole) => overlapMs(hole, { from: visit.departAt, to: visit.endAt }) > 0);
  const stayedAway = order.missedBy?.includes(visit.engineerId) ?? false;
  const partLate = (order.partsExpected ?? []).some(({ arrivesAt }) => arrivesAt === null || arrivesAt > visit.startAt);
  return (
    partLate || off || away || stayedAway || visit.departAt < now || underwayOrder(state, engineer.id) !== undefined
  );
}

async function holds(service: Service): Promise<void> {
  const { state, events } = service;
  const orders = service.orders();
  visitsStand(service);
  plansKeepTheirWord((await events.read(0, 100_000)) as StoredEvent<UptowerEvent>[]);
  const open = orders.filter((order) => isOpen(order));
  const verified = ({ visitsMade, component }: WorkOrder) => component === null && visitsMade > 0;
  const single = open.filter((order) => !verified(order));
  const keys = single.map(({ deviceId, component }) => `${deviceId} ${component}`);
  expect(new Set(keys).size, '[D1]').toBe(keys.length);
  expect(new Set(orders.map(({ number }) => number)).size, '[D6]').toBe(orders.length);

  const again = emptyState(defaultPolicy);
  for (const stored of await events.read(0, 100_000))
    applyEvent(again, stored as { event: UptowerEvent } & typeof stored);
  expect(again, '[D5]').toEqual(state);
}

test(
  '[D1]-[D10] the laws of dispatch hold whatever happens',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const play = new Play(await aService({ at: MONDAY_9 }));
        try {
          for (const step of steps) await play.do(step);
          await play.service.pass(MINUTE);
          await holds(play.service);
        } finally {
          await play.service.stop();
        }
      }),
      { numRuns: 40 },
    ),
  120_000,
);

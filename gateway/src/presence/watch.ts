import {
  type AlertId,
  type AvailabilityChanged,
  type Device,
  type Finding,
  HOUR,
  type Instant,
  PRESENCE_COMPONENTS,
  type PresenceFact,
  type PresenceView,
} from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import { decideFindings } from '../alarms/decide-findings.ts';
import { marked } from '../alarms/suppress.ts';
import type { ComponentAlert } from '../event-time/telling.ts';
import { visitsThatExplain } from '../pipeline/judged.ts';
import type { DeviceState, DeviceStates } from '../pipeline/state.ts';
import type { World } from '../pipeline/world.ts';
import { skewOf } from '../telemetry/skew.ts';
import type { Contacts } from '../uptime/contacts.ts';
import { type Judgement, judge, type Silence } from '../uptime/evidence.ts';
import type { Ledger } from '../uptime/ledger.ts';
import { type SilenceLimits, silenceOf } from '../uptime/silence.ts';
import { TOLERANCE_MS } from './clock-watch.ts';
import { doubtOf, reasonOf } from './doubt.ts';
import { type Carried, type LostGateway, lostGateways } from './gateways.ts';
import type { Outage } from './outage.ts';
import { type Facts, presenceFindings } from './raise.ts';
import { patience } from './rhythm.ts';
import { type Jump, serverClockOff } from './server-clock.ts';
import { Told } from './told.ts';

export interface WatchParts {
  readonly world: World;
  readonly devices: DeviceStates;
  readonly contacts: Contacts;
  readonly ledger: Ledger;
  readonly alerts: AlertBook;
  newAlertId(): AlertId;
  /** Lets others have their turn. */
  pause(): Promise<void>;
}

/** What a look round led to; the shell writes it. */
export interface Look {
  readonly availability: AvailabilityChanged[];
  readonly alerts: (ComponentAlert & { readonly deviceId: Device['id'] })[];
}

type Watched = Omit<Facts, 'bears' | 'serverClock'> & { readonly connected: boolean };

const DEVICES_A_TURN = 500;
const noFacts = () => ({ 'session-lost': 0, 'gateway-lost': 0, silent: 0, 'sensor-stuck': 0, 'clock-jumped': 0 });

/**
 * Looks at every device by this server's clock: who is not heard and why, which sensors are stuck, whose clock jumped.
 * Nothing need arrive for it. What follows is compared with the ledger and the alerts as they are, so looking again,
 * also after a crash, adds nothing.
 */
export class PresenceWatch {
  figures: PresenceView = { devices: 0, facts: noFacts(), neverHeard: 0, serverClock: null, skewed: 0 };

  private readonly told = { devices: new Told(), gateways: new Told() };

  constructor(private readonly parts: WatchParts) {}

  async look(limits: SilenceLimits, position: number, now: Instant): Promise<Look> {
    const { devices, contacts, pause } = this.parts;
    const watched: Watched[] = [];
    for (const [id, state] of devices.byId.look()) {
      const one = this.alone(id, state, limits, now);
      if (!one) continue;
      watched.push(one);
      if (watched.length % DEVICES_A_TURN === 0) await pause();
    }
    const gateways = lostGateways(carriedOf(watched), contacts, limits, this.told.gateways, now);
    const bearers = this.bearers(gateways);
    const server = clockOfServer(watched);
    const result: Look = { availability: [], alerts: [] };
    const facts = noFacts();
    for (const [i, one] of watched.entries()) {
      const { device, state, patienceMs } = one;
      const gateway = gateways.get(device.id);
      const own = one.silence && reasonOf(state, one.silence, patienceMs ?? 0, now);
      const silence: Silence | null = gateway
        ? { cause: 'gateway-lost', since: gateway.since }
        : (own ?? doubtOf(state));
      const verdict = this.enter(one, silence, position, now, result);
      if (device.service === 'observe') continue;
      const known: Facts = { ...one, silence, bears: bearers.get(device.id), serverClock: server !== null };
      count(facts, known);
      // An engineer who agreed to come switches it off: nothing to raise.
      const found = verdict?.state === 'planned' ? [] : presenceFindings(known, this.parts.world, now);
      this.toAlerts(one, found, position, now, result);
      if (i % DEVICES_A_TURN === DEVICES_A_TURN - 1) await pause();
    }
    this.figures = { facts, ...this.known(), serverClock: server, skewed: skewed(watched) };
    return result;
  }

  /**
   * This server was away: whoever should have spoken meanwhile may have, and nobody was there to hear. Known as unknown
   * from when this server stopped; what a device still sends of that time, or its return, ends it.
   */
  afterOutage(outage: Outage, limits: SilenceLimits, position: number): AvailabilityChanged[] {
    const { devices, world, ledger } = this.parts;
    const changes: AvailabilityChanged[] = [];
    for (const [id, { evidence, presence }] of devices.byId.look()) {
      const known = world.device(id);
      const present = known && ledger.present(known.device.id);
      if (!present || present.state === 'unknown' || known.device.service === 'observe') continue;
      if (evidence.heardAt === null || evidence.heardAt >= outage.to) continue;
      const patienceMs = patience(presence.rhythm, known.model.reportingIntervalSeconds, limits.graceMs);
      // It would not have spoken in that time anyway: nothing was missed.
      if (evidence.heardAt + (patienceMs ?? limits.graceMs) > outage.to) continue;
      const at = Math.max(outage.from, evidence.heardAt);
      const occasion = { at, knownUntil: evidence.wordAt, now: outage.to, position, replayed: false };
      const next = ledger.next(known.device.id, { state: 'unknown', cause: 'server-down' }, occasion);
      if (!next) continue;
      ledger.apply(next.event, next.version);
      changes.push(next.event);
    }
    return changes;
  }

  /** What is the matter with one device by itself. */
  private alone(id: string, state: DeviceState, limits: SilenceLimits, now: Instant): Watched | undefined {
    const { world, contacts, devices } = this.parts;
    const known = world.device(id);
    if (!known) return undefined;
    const { device, model } = known;
    const { presence, evidence } = state;
    const own = contacts.session(id);
    const carrier = presence.path === null ? id : presence.path.session;
    const session = carrier === null ? null : contacts.session(carrier);
    const holdsOne = session !== null && (session.open || session.lostAt !== null);
    const sessionless =
      !holdsOne && ((session !== null && (evidence.heardAt ?? 0) > limits.startedAt) || presence.sessionless);
    // Asked for before it is changed: a snapshot may be under way.
    if (sessionless !== presence.sessionless) (devices.byId.get(id) as DeviceState).presence.sessionless = sessionless;
    const patienceMs = patience(presence.rhythm, model.reportingIntervalSeconds, limits.graceMs);
    const contact = { session, connected: own.open, sessionless: presence.sessionless, patienceMs };
    const silence = silenceOf(evidence, contact, this.told.devices.limitsOf(id, evidence.heardAt, limits), now);
    this.told.devices.note(id, silence);
    return { device, model, state, patienceMs, connected: own.open, silence };
  }

  /** Compares with the ledger, and writes what it lacks. */
  private enter({ device, state }: Watched, silence: Silence | null, position: number, now: Instant, result: Look) {
    const { ledger, world } = this.parts;
    const verdict = judge(state.evidence, silence, visitsThatExplain(state, world, device.id));
    const at = silence ? silence.since : overdue(state, verdict, ledger.present(device.id), now);
    if (at === null) return verdict;
    const knownUntil = state.evidence.wordAt;
    const next = ledger.next(device.id, verdict, { at, knownUntil, now, position, replayed: false });
    if (next) {
      ledger.apply(next.event, next.version);
      result.availability.push(next.event);
    }
    return verdict;
  }

  private toAlerts(one: Watched, given: readonly Finding[], position: number, now: Instant, result: Look): void {
    const { device, model, state } = one;
    const { alerts, newAlertId, world } = this.parts;
    const { visits, suppressors, evidence: heard } = state;
    const windows = world.suppressionsOf(device);
    const conditions = { at: now, windows, activity: heard.activity, visits, suppressors };
    // A lost gateway is that of many devices: what suppresses this one's alarms says nothing of it.
    const found = given.flatMap((finding) =>
      finding.component === PRESENCE_COMPONENTS.gateway ? finding : marked([finding], model.rules, conditions),
    );
    const open = alerts.openOf(device.id).map((alert) => alert.component as string);
    for (const component of Object.values(PRESENCE_COMPONENTS)) {
      const findings = found.filter((finding) => finding.component === component);
      if (findings.length === 0 && !open.includes(component)) continue;
      const evidence = { deviceId: device.id, component, findings, at: now, position };
      for (const event of decideFindings(alerts.slot(device.id, component).alert, evidence, newAlertId))
        result.alerts.push({ deviceId: device.id, component, event });
    }
  }

  /**
   * The one device on which the alert of a lost gateway stands: the gateway itself where it is a device of the registry,
   * the one that has the alert already, or the first behind it.
   */
  private bearers(gateways: ReadonlyMap<string, LostGateway>): Map<string, LostGateway> {
    const bearers = new Map<string, LostGateway>();
    const { alerts, world } = this.parts;
    const bearsNow = (device: Device) =>
      alerts.openOf(device.id).some(({ component }) => component === PRESENCE_COMPONENTS.gateway);
    for (const gateway of new Set(gateways.values())) {
      const itself = world.registry.devices.get(gateway.name as Device['id']);
      const sorted = [...gateway.devices].sort((a, b) => (a.id < b.id ? -1 : 1));
      const bearer = itself ?? sorted.find(bearsNow) ?? sorted[0];
      if (bearer) bearers.set(bearer.id, gateway);
    }
    return bearers;
  }

  private known(): { readonly devices: number; readonly neverHeard: number } {
    let [devices, neverHeard] = [0, 0];
    for (const { id, service } of this.parts.world.registry.devices.values()) {
      if (service === 'observe') continue;
      devices += 1;
      if ((this.parts.devices.byId.peek(id)?.evidence.heardAt ?? null) === null) neverHeard += 1;
    }
    return { devices, neverHeard };
  }
}

function carriedOf(watched: readonly Watched[]): Carried[] {
  return watched.flatMap(({ device, state, connected, silence }) => {
    const { heardAt, offlineByGateway: byGateway = false } = state.evidence;
    const { path } = state.presence;
    return path && heardAt !== null ? [{ device, path, connected, heardAt, silence, byGateway }] : [];
  });
}

function clockOfServer(watched: readonly Watched[]): PresenceView['serverClock'] {
  const jumps: Jump[] = [];
  let timed = 0;
  for (const { device, state } of watched) {
    const { usual, jumped } = state.presence.clock;
    if (usual !== null || jumped) timed += 1;
    if (jumped) jumps.push({ deviceId: device.id, ...jumped });
  }
  return serverClockOff(jumps, timed);
}

const skewed = (watched: readonly Watched[]): number =>
  watched.filter(
    ({ device, state }) => device.service === 'full' && Math.abs(skewOf(state.skew)?.ms ?? 0) > TOLERANCE_MS,
  ).length;

/** A device is counted under every fact that holds for it. */
function count(facts: Record<PresenceFact, number>, { silence, state, serverClock }: Facts): void {
  const { stuck, clock } = state.presence;
  if (silence) facts[silence.cause] += 1;
  if (stuck.length > 0 && silence?.cause !== 'sensor-stuck') facts['sensor-stuck'] += 1;
  if (clock.jumped && !serverClock && silence?.cause !== 'clock-jumped') facts['clock-jumped'] += 1;
}

/**
 * What no message could write into the ledger: the return of a device that sends only what was measured before contact
 * was lost is dated by our clock; a change held back because of flapping is written once the device says no more.
 */
function overdue(
  { evidence: { heardAt, wordAt } }: DeviceState,
  verdict: Judgement | null,
  present: ReturnType<Ledger['present']>,
  now: Instant,
): Instant | null {
  if (!present || heardAt === null || verdict === null || verdict.state === present.state) return null;
  if (present.state === 'unknown') return heardAt > present.since ? heardAt : null;
  return now - heardAt >= HOUR ? (wordAt ?? heardAt) : null;
}

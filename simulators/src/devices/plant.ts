import { DAY, type DeviceStatePayload, HOUR, type Instant } from '@uptower/domain';
import { clockOffset, type Decoy, decoysOfDay, hung, silenced } from '../failure-modes/decoys.ts';
import { type Fault, lastingDegradation, TRACE_KEPT } from '../failure-modes/fault.ts';
import { presenceStories } from '../failure-modes/presence-stories.ts';
import { disturbsFirstStory, faultsAtStart, faultsOfDay } from '../failure-modes/schedule.ts';
import type { Service, SimulationState } from '../live/state-file.ts';
import type { TruthWriter } from '../live/truth.ts';
import { seedOf, unit } from '../rng.ts';
import type { World } from '../world/build-world.ts';
import { gatewayOf } from '../world/gateways.ts';
import { hiddenModeOf } from './catalogue.ts';
import { type Machine, machineOf } from './machine.ts';
import { actualUsage, type Condition, readingAt } from './signal.ts';

/** Share of repairs that do not help (first-time-fix rates of imaging service lie around 0.9). */
const VAIN_REPAIRS = 0.08;
/** A failed device nobody came for is made to run again by the hospital's own technicians. */
const HOSPITAL_REPAIRS_AFTER = 48 * HOUR;
/** Decoys last at most two days. */
const DECOY_DAYS = 3;
const SERVICE_KEPT = 2 * DAY;

/** The simulated day-to-day of all devices: which faults live in them, who works on them, what they measure. */
export class Plant {
  readonly machines: readonly Machine[];
  readonly #byId: ReadonlyMap<string, Machine>;
  readonly #conditions = new Map<string, Condition>();
  readonly #decoys = new Map<number, readonly Decoy[]>();
  #day = Number.NaN;

  constructor(
    private readonly world: World,
    /** Changed in place; the shell saves it. */
    private readonly state: SimulationState,
    private readonly truth: TruthWriter,
  ) {
    this.machines = world.devices.map((device) => machineOf(device, state.seed));
    this.#byId = new Map(this.machines.map((machine) => [machine.device.id as string, machine]));
  }

  /** Lets loose what a new world begins with. */
  begin(): void {
    const { seed, start } = this.state;
    for (const fault of faultsAtStart(seed, start, this.machines, this.world.sites)) this.#release(fault, start);
  }

  machine(deviceId: string): Machine {
    const machine = this.#byId.get(deviceId);
    if (!machine) throw new Error(`no simulated device ${deviceId}`);
    return machine;
  }

  /** Brings the world to `now`: new faults and decoys, failures. Returns the devices whose component failed just now. */
  advance(now: Instant): Fault[] {
    const { seed, start } = this.state;
    const from = this.state.releasedTo;
    if (now <= from) return [];
    this.state.releasedTo = now;
    const due = (at: Instant) => at >= from && at < now;
    const born: Fault[] = [];
    for (let day = dayOf(from, start); day <= dayOf(now, start); day++) {
      for (const fault of faultsOfDay(seed, start, day, this.machines))
        if (due(fault.onset) && !disturbsFirstStory(fault, start, this.#byId, this.world.sites)) born.push(fault);
      for (const decoy of this.#decoysOf(day)) if (due(decoy.from)) this.#tellDecoy(decoy);
    }
    // By time, so that long and short steps let loose the same.
    for (const fault of born.sort((a, b) => a.onset - b.onset)) this.#release(fault, now);
    return this.#failures(now);
  }

  reading(deviceId: string, at: Instant): Record<string, number> {
    return readingAt(this.machine(deviceId), at, this.#condition(deviceId, at));
  }

  /** What the device says about itself. */
  stateOf(deviceId: string, at: Instant): Omit<DeviceStatePayload, 'ts'> {
    const machine = this.machine(deviceId);
    const condition = this.#condition(deviceId, at);
    const failed = condition.faults.filter((fault) => fault.failedAt !== null && fault.repairedAt === null);
    const worst = failed
      .map((fault) => hiddenModeOf(machine.kit, fault.mode))
      .sort((a) => (a.whenFailed === 'down' ? -1 : 1))[0];
    const cause = worst ? { cause: `${worst.mode.component}: ${worst.mode.name.en}` } : {};
    if (this.#openService(deviceId)) return { status: 'down', activity: 'service', cause: 'service' };
    const { load } = actualUsage(machine, at, condition);
    const activity = load > 0.05 ? 'exam' : 'idle';
    return { status: worst?.whenFailed ?? 'up', activity, ...cause };
  }

  /** Whether the hospital's network has lost the device, or the gateway that carries it, for a while. */
  isSilenced(deviceId: string, at: Instant): boolean {
    return silenced(this.#condition(deviceId, at).decoys, at);
  }

  /** Whether it says nothing, though its network is there. */
  isHung(deviceId: string, at: Instant): boolean {
    return hung(this.#condition(deviceId, at).decoys, at);
  }

  /** What time the device thinks it is. */
  clockOf(deviceId: string, at: Instant): Instant {
    return at + clockOffset(this.#condition(deviceId, at).decoys, at);
  }

  /** Work begins on a device; again the same after a restart. */
  beginService(deviceId: string, key: string, engineerId: string, now: Instant): Service {
    const services = (this.state.services[deviceId] ?? []).filter(({ to }) => to === null || now - to < SERVICE_KEPT);
    let service = services.find((candidate) => candidate.key === key);
    if (!service) {
      service = { key, engineerId, from: now, testFrom: null, to: null, repaired: false };
      services.push(service);
    }
    this.state.services[deviceId] = services;
    this.#conditions.delete(deviceId);
    return service;
  }

  /**
   * The engineer has exchanged what the order names (null: finds the cause) and starts test scans. Whether it helped shows
   * in telemetry only.
   */
  repair(deviceId: string, component: string | null, service: Service, now: Instant): void {
    if (service.repaired) return;
    service.repaired = true;
    service.testFrom = now;
    for (const fault of this.#living(deviceId, now)) {
      const part = hiddenModeOf(this.machine(deviceId).kit, fault.mode).mode.component;
      if (component !== null && part !== component) continue;
      const vain =
        fault.scriptedVainRepairs === null
          ? unit(seedOf(this.state.seed, fault.id, 'repair'), fault.vainRepairs) < VAIN_REPAIRS
          : fault.vainRepairs < fault.scriptedVainRepairs;
      if (vain) fault.vainRepairs += 1;
      else fault.repairedAt = now;
      const what = vain ? 'repair-failed' : 'repaired';
      this.truth({ what, at: now, deviceId, faultId: fault.id, component: part, by: service.engineerId });
    }
    this.#conditions.delete(deviceId);
  }

  /** No fault lives in a part that can have one. False for what is no part, such as the network. */
  isSound(deviceId: string, component: string, now: Instant): boolean {
    const { kit } = this.machine(deviceId);
    const partOf = (mode: string) => hiddenModeOf(kit, mode).mode.component;
    return (
      kit.modes.some(({ mode }) => mode.component === component) &&
      !this.#living(deviceId, now).some((fault) => partOf(fault.mode) === component)
    );
  }

  endService(deviceId: string, service: Service, now: Instant): void {
    service.to = now;
    this.#conditions.delete(deviceId);
  }

  /** Work that was begun and not ended, with its device. */
  openServices(): { readonly deviceId: string; readonly service: Service }[] {
    return Object.entries(this.state.services).flatMap(([deviceId, services]) =>
      services.filter(({ to }) => to === null).map((service) => ({ deviceId, service })),
    );
  }

  #openService(deviceId: string): Service | undefined {
    return this.state.services[deviceId]?.find(({ to }) => to === null);
  }

  #living(deviceId: string, now: Instant): Fault[] {
    return this.state.faults.filter(
      (fault) => fault.deviceId === deviceId && fault.onset <= now && fault.repairedAt === null,
    );
  }

  /** One fault a device at a time: what would come on top is dropped, so that cause and effect stay clear. */
  #release(fault: Fault, now: Instant): void {
    if (this.state.faults.some((other) => other.deviceId === fault.deviceId && other.repairedAt === null)) return;
    this.state.faults.push(fault);
    this.#conditions.delete(fault.deviceId);
    this.truth({
      what: 'fault',
      at: now,
      deviceId: fault.deviceId,
      faultId: fault.id,
      component: hiddenModeOf(this.machine(fault.deviceId).kit, fault.mode).mode.component,
      mode: fault.mode,
      onset: fault.onset,
      wouldFailAt: fault.failsAt,
      story: fault.scriptedVainRepairs !== null,
    });
  }

  #failures(now: Instant): Fault[] {
    const failed: Fault[] = [];
    for (const fault of this.state.faults) {
      const { deviceId, mode } = fault;
      const component = () => hiddenModeOf(this.machine(deviceId).kit, mode).mode.component;
      if (fault.repairedAt === null && fault.failedAt === null && now >= fault.failsAt) {
        fault.failedAt = now;
        failed.push(fault);
        this.truth({ what: 'failed', at: now, deviceId, faultId: fault.id, component: component(), mode });
      } else if (
        fault.repairedAt === null &&
        fault.failedAt !== null &&
        now - fault.failedAt >= HOSPITAL_REPAIRS_AFTER
      ) {
        if (this.#openService(deviceId)) continue;
        fault.repairedAt = now;
        this.truth({ what: 'repaired', at: now, deviceId, faultId: fault.id, component: component(), by: 'hospital' });
      } else continue;
      this.#conditions.delete(deviceId);
    }
    this.#forgetOld(now);
    return failed;
  }

  /** Repaired long ago: only what they left on counters stays. */
  #forgetOld(now: Instant): void {
    const old = this.state.faults.filter((fault) => fault.repairedAt !== null && now - fault.repairedAt > TRACE_KEPT);
    if (old.length === 0) return;
    for (const fault of old) {
      const { kit } = this.machine(fault.deviceId);
      const counted = { ...this.state.counted[fault.deviceId] };
      for (const { metric, amount } of hiddenModeOf(kit, fault.mode).effects)
        if (kit.signals.some((signal) => signal.metric.key === metric && signal.metric.kind === 'counter'))
          counted[metric] = (counted[metric] ?? 0) + Math.floor(amount * lastingDegradation(fault, now));
      this.state.counted[fault.deviceId] = counted;
      this.#conditions.delete(fault.deviceId);
    }
    this.state.faults = this.state.faults.filter((fault) => !old.includes(fault));
  }

  #condition(deviceId: string, at: Instant): Condition {
    const day = dayOf(at, this.state.start);
    // Decoys of the days around `at`: a new day needs new ones; a look back finds them within the days kept.
    if (!(day <= this.#day)) {
      this.#day = day;
      this.#conditions.clear();
    }
    let condition = this.#conditions.get(deviceId);
    if (!condition) {
      const decoys: Decoy[] = [];
      for (let d = this.#day - DECOY_DAYS; d <= this.#day; d++)
        decoys.push(...this.#decoysOf(d).filter((decoy) => decoy.deviceId === deviceId));
      condition = {
        faults: this.state.faults.filter((fault) => fault.deviceId === deviceId),
        decoys,
        services: this.state.services[deviceId] ?? [],
        counted: this.state.counted[deviceId] ?? {},
      };
      this.#conditions.set(deviceId, condition);
    }
    return condition;
  }

  #decoysOf(day: number): readonly Decoy[] {
    let decoys = this.#decoys.get(day);
    if (!decoys) {
      const { seed, start } = this.state;
      // Who has no line of its own cannot lose it.
      const byChance = decoysOfDay(seed, start, day, this.machines).filter(
        ({ kind, deviceId }) => kind !== 'silence' || gatewayOf(this.machine(deviceId).device) === null,
      );
      decoys = day === 0 ? [...byChance, ...presenceStories(start, this.machines)] : byChance;
      this.#decoys.set(day, decoys);
      for (const known of this.#decoys.keys()) if (known < day - 2 * DECOY_DAYS) this.#decoys.delete(known);
    }
    return decoys;
  }

  #tellDecoy(decoy: Decoy): void {
    const { id, deviceId, kind, from, to } = decoy;
    this.truth({
      what: 'decoy',
      at: from,
      deviceId,
      decoyId: id,
      kind,
      to,
      metric: 'metric' in decoy ? decoy.metric : null,
    });
  }
}

const dayOf = (at: Instant, start: Instant) => Math.floor((at - start) / DAY);

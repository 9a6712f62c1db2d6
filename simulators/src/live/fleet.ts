import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import { hiddenModeOf } from '../devices/catalogue.ts';
import type { Machine } from '../devices/machine.ts';
import type { Plant } from '../devices/plant.ts';
import { PAST_OF } from '../failure-modes/presence-stories.ts';
import { gatewayOf } from '../world/gateways.ts';
import type { Api } from './api.ts';
import { DeviceLink, type Speaker, usernameOfSpeaker } from './device-link.ts';
import type { SimulationState } from './state-file.ts';
import { turns } from './turns.ts';

/** At its very first start a device holds this much past. */
const BACKLOG = 24 * HOUR;
/** What is older than this is sent at long steps: a chart of yesterday needs no minutes. */
const FINE_PAST = HOUR;
const COARSE_STEP_MINUTES = 10;
/** Connections being opened at the same time. */
const CONNECTING_AT_ONCE = 16;
/** The wheel turns every simulated second, but not more often than this in real time. */
const SHORTEST_TURN_MS = 16;

export interface FleetOptions {
  readonly mqttUrl: string;
  readonly api: Api;
  readonly plant: Plant;
  /** Changed in place: acknowledgements and passwords. */
  readonly state: SimulationState;
  readonly save: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Voice {
  readonly machine: Machine;
  readonly link: DeviceLink;
  /** Number of the minute it speaks next. */
  nextMinute: number;
  said: string;
  arcs: number | undefined;
}

/**
 * All devices of the region on one timer: a wheel of sixty one-second slots, each device in the slot of its phase, so that
 * 220 devices are an even trickle and not a burst a minute.
 */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #voices = new Map<string, Voice>();
  /** By user name: a device's own, or that of the gateway which carries it. */
  readonly #links = new Map<string, DeviceLink>();
  readonly #slots: Voice[][] = Array.from({ length: 60 }, () => []);
  #turnedTo: Instant;
  #stopTimer: (() => void) | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
    const { plant, state, clock, log, mqttUrl, api, save } = options;
    const now = clock.now();
    this.#turnedTo = now;
    const takeTurn = turns(CONNECTING_AT_ONCE);
    const newLink = (speaker: Speaker): DeviceLink => {
      const username = usernameOfSpeaker(speaker);
      return new DeviceLink({
        mqttUrl,
        speaker,
        password: state.passwords[username] ?? '',
        takeTurn,
        onAcknowledged: ({ id }, minute) => {
          state.acknowledged[id] = minute;
        },
        renewPassword: async () => {
          const [credential] = await api.issueCredentials([username]);
          if (!credential) throw new Error(`no credential for ${username}`);
          state.passwords[username] = credential.password;
          save();
          return credential.password;
        },
        onProblem: (err) => log.debug({ err, username }, 'simulated-device.connection-problem'),
      });
    };
    for (const machine of plant.machines) {
      const { device } = machine;
      const { id } = device;
      const site = gatewayOf(device);
      const speaker = site ? { gatewayOf: site } : { device };
      const username = usernameOfSpeaker(speaker);
      const link = this.#links.get(username) ?? newLink(speaker);
      this.#links.set(username, link);
      const acknowledged = state.acknowledged[id];
      const nextMinute =
        acknowledged === undefined
          ? Math.floor((now - (PAST_OF.get(id) ?? BACKLOG)) / MINUTE / COARSE_STEP_MINUTES) * COARSE_STEP_MINUTES
          : acknowledged + 1;
      const voice: Voice = { machine, link, nextMinute, said: '', arcs: undefined };
      this.#voices.set(id, voice);
      this.#slots[machine.phaseMs / SECOND]?.push(voice);
    }
  }

  start(): void {
    const now = this.#options.clock.now();
    for (const voice of this.#voices.values()) {
      this.#speak(voice, now);
    }
    for (const link of this.#links.values()) link.start();
    const { clock } = this.#options;
    this.#stopTimer = clock.every(Math.max(SECOND, SHORTEST_TURN_MS * clock.speed), () => this.turn());
  }

  /** Turns the wheel to the present: whoever's second has passed speaks. */
  turn(): void {
    const now = this.#options.clock.now();
    this.#advance(now);
    const seconds = Math.min(60, Math.floor(now / SECOND) - Math.floor(this.#turnedTo / SECOND));
    const last = Math.floor(now / SECOND);
    for (let second = last - seconds + 1; second <= last; second++)
      for (const voice of this.#slots[second % 60] ?? []) this.#speak(voice, now);
    this.#turnedTo = now;
  }

  /** A device tells at once what changed on it (an engineer starts or ends work). */
  tell(deviceId: string): void {
    const voice = this.#voices.get(deviceId);
    if (voice) this.#sayState(voice, this.#options.clock.now());
  }

  selfTestPassed(deviceId: string, component: string | null): void {
    const voice = this.#voices.get(deviceId);
    voice?.link.event(voice.machine.device, {
      ts: this.#options.clock.now(),
      code: 'self-test-passed',
      severity: 'info',
      ...(component ? { component } : {}),
    });
  }

  figures(): { connected: number; waiting: number } {
    let connected = 0;
    let waiting = 0;
    for (const link of this.#links.values()) {
      if (link.connected) connected += 1;
      waiting += link.waiting;
    }
    return { connected, waiting };
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await Promise.all([...this.#links.values()].map((link) => link.stop()));
  }

  /** Failures are told when they happen, not at the device's next minute. */
  #advance(now: Instant): void {
    const { plant, save } = this.#options;
    const failed = plant.advance(now);
    for (const fault of failed) {
      const voice = this.#voices.get(fault.deviceId);
      if (!voice) continue;
      const { mode } = hiddenModeOf(voice.machine.kit, fault.mode);
      voice.link.event(voice.machine.device, {
        ts: now,
        code: 'failure',
        component: mode.component,
        severity: 'error',
        text: mode.name.en,
      });
      this.#sayState(voice, now);
    }
    if (failed.length > 0) save();
  }

  #speak(voice: Voice, now: Instant): void {
    const { plant } = this.#options;
    const { machine, link } = voice;
    const { device } = machine;
    const { id } = device;
    link.network(!plant.isSilenced(id, now));
    if (plant.isHung(id, now)) return;
    for (;;) {
      const ts = voice.nextMinute * MINUTE + machine.phaseMs;
      if (ts > now) break;
      const values = plant.reading(id, ts);
      link.reading(device, { ts: plant.clockOf(id, ts), seq: voice.nextMinute, values }, voice.nextMinute);
      this.#tellArcs(voice, ts, values.tubeArcs);
      voice.nextMinute += now - ts > FINE_PAST ? COARSE_STEP_MINUTES : 1;
    }
    this.#sayState(voice, now);
  }

  /** X-ray tubes log every arc; the counter says how many. */
  #tellArcs(voice: Voice, ts: Instant, arcs: number | undefined): void {
    if (arcs === undefined) return;
    if (voice.arcs !== undefined && arcs > voice.arcs)
      voice.link.event(voice.machine.device, {
        ts,
        code: 'tube-arc',
        severity: 'warning',
        text: `${arcs - voice.arcs} arc(s)`,
      });
    voice.arcs = arcs;
  }

  #sayState(voice: Voice, now: Instant): void {
    const { plant } = this.#options;
    const { device } = voice.machine;
    const state = plant.stateOf(device.id, now);
    const text = JSON.stringify(state);
    if (text === voice.said) return;
    voice.said = text;
    voice.link.state(device, { ts: plant.clockOf(device.id, now), ...state });
  }
}

import { createHash } from 'node:crypto';
import type { Clock } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import { Plant } from './devices/plant.ts';
import { STORIES, type Story } from './failure-modes/stories.ts';
import { FieldCrew } from './field/field-crew.ts';
import { Api, ApiRefusal } from './live/api.ts';
import { Fleet } from './live/fleet.ts';
import { loadState, type SimulationState, saveState } from './live/state-file.ts';
import { truthFile } from './live/truth.ts';
import { buildWorld, type World } from './world/build-world.ts';
import { gatewayOf } from './world/gateways.ts';

export interface DemoWorldOptions {
  readonly mqttUrl: string;
  /** With `/api/v1`, without a slash at the end. */
  readonly apiUrl: string;
  /** Bearer token of the role `integration`. */
  readonly token: string;
  readonly clock: Clock;
  readonly seed: number;
  readonly truthFile: string;
  readonly stateFile: string;
  readonly log: Logger;
}

export interface DemoWorld {
  stop(): Promise<void>;
  readonly stories: readonly Story[];
  /** For the log and for tests: connections open, messages not yet acknowledged. */
  figures(): { readonly connected: number; readonly waiting: number };
}

/** Real milliseconds between two savings of what was acknowledged; repairs and failures are saved at once. */
const SAVE_EVERY_MS = 2_000;
const RETRY_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

/** Starts the simulated region or continues the one of `stateFile`. Resolves when its devices have begun to connect. */
export async function startDemoWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const { mqttUrl, apiUrl, token, clock, seed, stateFile, log } = options;
  const stopping = new AbortController();
  const api = new Api(apiUrl, token, stopping.signal);
  const world = buildWorld(seed);
  const known = loadState(stateFile, seed);
  const state = known ?? freshState(seed, clock.now());
  const save = () => saveState(stateFile, state);
  const plant = new Plant(world, state, truthFile(options.truthFile));
  if (!known) plant.begin();
  await introduce(world, state, api);
  save();

  const fleet = new Fleet({ mqttUrl, api, plant, state, save, clock, log });
  const crew = new FieldCrew({ world, api, plant, fleet, state, save, clock, log, signal: stopping.signal });
  fleet.start();
  crew.start();
  const stopSaving = clock.every(SAVE_EVERY_MS * clock.speed, save);
  log.info(
    { devices: world.devices.length, faults: state.faults.length, continued: known !== undefined },
    'simulation.started',
  );
  return {
    stories: STORIES,
    figures: () => fleet.figures(),
    async stop() {
      stopSaving();
      stopping.abort();
      await crew.stop();
      await fleet.stop();
      save();
      log.info({ ...fleet.figures() }, 'simulation.stopped');
    },
  };
}

const freshState = (seed: number, now: number): SimulationState => ({
  version: 1,
  seed,
  start: now,
  registry: null,
  passwords: {},
  acknowledged: {},
  releasedTo: now,
  faults: [],
  counted: {},
  services: {},
  places: {},
});

/** Tells the product about the region and gets a password for each device; only what is not known yet. */
async function introduce(world: World, state: SimulationState, api: Api): Promise<void> {
  const fingerprint = createHash('sha256').update(JSON.stringify(world)).digest('hex');
  if (state.registry !== fingerprint) {
    await patiently(() => api.putRegistry(world));
    state.registry = fingerprint;
  }
  const usernames = new Set(world.devices.map((device) => gatewayOf(device) ?? device.id));
  const missing = [...usernames].filter((username) => !state.passwords[username]);
  if (missing.length === 0) return;
  for (const { username, password } of await patiently(() => api.issueCredentials(missing)))
    state.passwords[username] = password;
}

/** The server may still be starting: tries again while it cannot be reached or says so; a refusal is final. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      return await call();
    } catch (error) {
      const final = error instanceof ApiRefusal && error.status < 500;
      if (final || waited >= GIVE_UP_AFTER_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

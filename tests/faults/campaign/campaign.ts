import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IntakeView } from '@uptower/domain';
import { until } from '../../support/uptower.ts';
import { checkStored, type Verdict } from './check.ts';
import { registerFleet, SITE } from './fleet.ts';
import { type Acknowledged, type Generator, startGenerator } from './generator.ts';
import { freePort, type ServerPlace, type ServerUnderTest, startServer } from './server.ts';

export interface CampaignOptions {
  readonly rounds: number;
  readonly random: () => number;
  /** Messages a second of all devices together. */
  readonly perSecond: number;
  readonly cutSeconds: number;
  readonly progress: (round: number) => void;
}

/** What a campaign found; milliseconds. */
export interface Figures extends Verdict {
  readonly rounds: number;
  /** From the moment the fault was over (or the restart began) to the first new acknowledgement, of each round. */
  readonly recoveryMs: readonly number[];
  /** What else is worth knowing of it. */
  readonly notes: Readonly<Record<string, number>>;
}

/** What one round may do to the server and its surroundings. */
export interface Stage {
  readonly dataDir: string;
  readonly generator: Generator;
  server(): ServerUnderTest;
  /** Starts it anew on the same data after it is gone. */
  restart(): Promise<void>;
  note(name: string, by?: number): void;
}

export interface Setting {
  readonly place?: Partial<ServerPlace>;
  /** Where the generator publishes when that is not the server, and then who knows what was acknowledged. */
  readonly through?: { readonly port: number; acknowledged(): Acknowledged };
  /** Counts in the store after the server has stopped; left out, in the file of the embedded one. */
  readonly check?: (acknowledged: Acknowledged) => Promise<Verdict>;
  /** Undone at the end whatever happened. */
  readonly tidy?: () => void | Promise<void>;
}

const DEVICES = 10;
const WINDOW = 20;
/** Old enough to be no future after any step of the clock, young enough for every retention. */
const FIRST_TS = Date.now() - 10 * 86_400_000;

/** A fault that this machine cannot make says so by throwing this. */
export class CannotMake extends Error {}

/** Is given what it needs (a mount, a network), runs a server under load in it, makes the fault `rounds` times, counts. */
export async function campaign(
  options: CampaignOptions,
  setting: Setting,
  fault: (stage: Stage, options: CampaignOptions) => Promise<number>,
): Promise<Figures> {
  const dataDir = setting.place?.dataDir ?? mkdtempSync(join(tmpdir(), 'uptower-faults-'));
  const place: ServerPlace = { dataDir, mqttPort: await freePort(), webPort: await freePort(), ...setting.place };
  const notes: Record<string, number> = {};
  const recoveryMs: number[] = [];
  let server = await startServer(place);
  let generator: Generator | undefined;
  try {
    const fleet = await registerFleet(server, DEVICES);
    generator = startGenerator({
      host: place.host ?? '127.0.0.1',
      port: setting.through?.port ?? place.mqttPort,
      siteId: SITE,
      ...fleet,
      firstTs: FIRST_TS,
      window: WINDOW,
      perSecond: options.perSecond,
    });
    await generator.acknowledgedAfter(0);
    const stage: Stage = {
      dataDir,
      generator,
      server: () => server,
      async restart() {
        server = await startServer(place);
      },
      note: (name, by = 1) => {
        notes[name] = (notes[name] ?? 0) + by;
      },
    };
    for (let round = 1; round <= options.rounds; round += 1) {
      recoveryMs.push(await fault(stage, options));
      options.progress(round);
    }
    const published = await generator.stop();
    await storeHasEverything(server);
    const code = await server.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.output()}`);
    const check = setting.check ?? ((of: Acknowledged) => checkStored(join(dataDir, 'telemetry.duckdb'), of));
    const verdict = await check(setting.through?.acknowledged() ?? published);
    if (setting.through) notes['lost inside the broker'] = (await check(published)).lost;
    return { rounds: options.rounds, ...verdict, recoveryMs, notes };
  } catch (error) {
    // What the server said is most often the reason.
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(
      `${words}\nthe server (exit code ${server.child.exitCode}) said:\n${server.output().slice(-4_000)}`,
    );
  } finally {
    generator?.kill();
    await server.kill();
    await setting.tidy?.();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Everything acknowledged was worked on and is in the store, so that its file can be counted. */
export const storeHasEverything = (server: ServerUnderTest) =>
  until('the store to have everything', async () => {
    const { lag, inFlight, store, journal, journalPosition } = await server.call<IntakeView>('GET', '/intake');
    const waits = lag + inFlight + journal.waiting + store.waitingRows;
    return waits === 0 && !store.backlog && (journal.consumers.pipeline ?? 0) >= journalPosition;
  });

/** Some time under load, between `least` and `most` ms. */
export const underLoad = ({ random }: CampaignOptions, least: number, most: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, least + random() * (most - least)));

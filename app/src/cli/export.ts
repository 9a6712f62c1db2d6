import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { applyRegistryEvent, emptyRegistry, isRegistryEvent, type Problem, type UptowerEvent } from '@uptower/domain';
import { type ExportFormat, openStore } from '@uptower/gateway';
import { createLogger, follow, lockDirectory, type Runtime, readRuntime, wallClock, webUrlOf } from '@uptower/platform';
import type { Config } from '../config.ts';
import { openRecords, storeOf } from '../store-settings.ts';
import { CommandFailed } from './api-client.ts';
import { progress } from './progress.ts';

export interface ExportOptions {
  /** Milliseconds since 1970, half-open. */
  readonly from: number;
  readonly to: number;
  readonly device?: readonly string[];
  readonly metric?: readonly string[];
  readonly format: ExportFormat;
  readonly out: string;
}

/** Asks the running server; it has the store open. */
async function download(runtime: Runtime, target: string, options: ExportOptions): Promise<void> {
  const { token } = runtime;
  const { from, to, device = [], metric = [], format } = options;
  const query = new URLSearchParams({ from: `${from}`, to: `${to}`, format });
  for (const id of device) query.append('device', id);
  for (const key of metric) query.append('metric', key);
  process.stderr.write('the server is writing the file …\n');
  const response = await fetch(`${webUrlOf(runtime)}/api/v1/export?${query}`, {
    // As it is, so that its length is known.
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
  }).catch((error: Error & { cause?: Error }) => {
    throw new CommandFailed(
      `the server on port ${runtime.webPort} cannot be reached: ${error.cause?.message ?? error.message}`,
    );
  });
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    throw new CommandFailed(`${problem?.title ?? response.statusText}${problem?.detail ? `: ${problem.detail}` : ''}`);
  }
  const bar = progress('downloading', Number(response.headers.get('content-length') ?? 0));
  let done = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      done += chunk.length;
      bar.update(done);
      yield chunk;
    }
  }
  try {
    await pipeline(Readable.fromWeb(response.body as never), counted, createWriteStream(target));
  } finally {
    bar.stop();
  }
}

/** Nothing runs: opens records and store itself, under the data directory's lock. */
async function writeDirectly(config: Config, target: string, options: ExportOptions): Promise<void> {
  const log = createLogger('error');
  const unlock = lockDirectory(config.dataDir);
  try {
    const registry = emptyRegistry();
    const records = await openRecords<UptowerEvent>(config, log);
    const stop = await follow(records, ({ event }) => {
      if (isRegistryEvent(event)) applyRegistryEvent(registry, event);
    });
    stop();
    await records.close();
    const unknown = options.device?.find((id) => !registry.devices.has(id as never));
    if (unknown) throw new CommandFailed(`there is no device ${unknown}`);
    const retention = { rawDays: config.rawDays, rollupDays: config.rollupDays };
    const store = await openStore({
      dataDir: config.dataDir,
      clock: wallClock(),
      log,
      store: storeOf(config),
      retention,
    });
    const bar = progress('exporting', 100);
    try {
      const { from, to, device, metric, format } = options;
      const what = { from, to, devices: device ?? [...registry.devices.keys()], metrics: metric ?? null };
      await store.exportTo(target, format, what, (done) => bar.update(Math.round(done * 100)));
    } finally {
      bar.stop();
      await store.close();
    }
  } finally {
    unlock();
  }
}

/** `uptower export`: the file appears under its name when it is whole. */
export async function exportReadings(config: Config, options: ExportOptions): Promise<string> {
  if (options.from >= options.to) throw new CommandFailed('--from must be before --to');
  const target = `${options.out}.part`;
  try {
    const running = readRuntime(config.dataDir);
    if (running) await download(running, target, options);
    else await writeDirectly(config, target, options);
    await rename(target, options.out);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  const { size } = await stat(options.out);
  return `${options.out}: ${size} bytes`;
}

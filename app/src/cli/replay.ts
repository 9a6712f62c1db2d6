import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOUR, type IntakeView, type IssuedCredential, type Score, scoreOrders, type WorkOrder } from '@uptower/domain';
import { createLogger, mqttUrlOf, type Runtime, readJsonFile, readRuntime, writeJsonFile } from '@uptower/platform';
import {
  fleetOf,
  type History,
  locateFiles,
  Manifest,
  publishHistory,
  readHistory,
  stillThere,
} from '@uptower/simulators';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { startServer } from '../server.ts';
import { type ApiClient, apiClient, CommandFailed } from './api-client.ts';
import { progress } from './progress.ts';

export interface ReplayOptions {
  readonly map: string;
  readonly speed: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Mappings that come with the product, by name. From the bundle (app/dist) and from the source (app/src/cli) alike. */
function shippedMapping(name: string): string | undefined {
  return ['../../simulators/mappings', '../../../simulators/mappings']
    .map((folder) => fileURLToPath(new URL(`${folder}/${name}.json`, import.meta.url)))
    .find((file) => existsSync(file));
}

export function loadManifest(map: string): { manifest: Manifest; file: string } {
  const file = existsSync(map) ? map : shippedMapping(map);
  if (!file)
    throw new CommandFailed(`there is no mapping ${map}; give a file, or the name of a shipped one: backblaze-drives`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandFailed(`${file} is not JSON: ${(error as Error).message}`);
  }
  const parsed = Manifest.safeParse(json);
  if (parsed.success) return { manifest: parsed.data, file };
  const problems = parsed.error.issues.map((issue) => `\n  ${issue.path.join('.')}: ${issue.message}`);
  throw new CommandFailed(`${file} is not a mapping:${problems.join('')}`);
}

const Resume = z.object({ fingerprint: z.string(), acknowledged: z.int().min(0) });

/** How far an earlier run of the very same history came. */
function resumePoint(file: string, history: History) {
  const hash = createHash('sha256').update(`${history.devices.length} ${history.items.length}`);
  for (let i = 0; i < history.items.length; i += 101) hash.update(JSON.stringify(history.items[i]));
  const fingerprint = hash.digest('hex');
  const saved = readJsonFile(file, Resume);
  return {
    from: saved?.fingerprint === fingerprint ? saved.acknowledged : 0,
    save: (acknowledged: number) => writeJsonFile(file, { fingerprint, acknowledged }),
  };
}

/**
 * Waits until everything that is in the journal now was decoded, predicted on and stored, and a moment longer for the orders
 * that follow. Other devices of the same server may go on talking meanwhile.
 */
async function settled(api: ApiClient): Promise<void> {
  const { journalPosition: last } = await api.get<IntakeView>('/intake');
  for (let done = 0; done < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { journalPosition, lag } = await api.get<IntakeView>('/intake');
    if (journalPosition - lag >= last) done += 1;
  }
}

interface Report {
  readonly name: string;
  readonly readings: number;
  readonly orders: number;
  readonly heldByBudget: number;
  readonly score: Score;
}

function judge(
  manifest: Manifest,
  history: History,
  deviceIds: readonly string[],
  orders: readonly WorkOrder[],
): Score {
  const hours = (at: number) => at / HOUR;
  const mine = new Set(deviceIds);
  const happened = (code: string) =>
    history.items.flatMap((item) =>
      item.kind === 'event' && item.code === code && item.component
        ? [{ device: deviceIds[item.device] as string, component: item.component, at: hours(item.at) }]
        : [],
    );
  return scoreOrders({
    orders: orders
      .filter((order) => mine.has(order.deviceId) && order.component)
      .map((order) => ({ device: order.deviceId, component: order.component as string, at: hours(order.openedAt) })),
    failures: happened('failure'),
    replacements: happened('replaced'),
    observed: history.devices.map((device, index) => ({
      device: deviceIds[index] as string,
      from: hours(device.observedFrom),
      to: hours(device.observedTo),
    })),
    leadHours: manifest.score.lead_hours,
    horizonHours: manifest.score.horizon_hours,
  });
}

const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));

function inWords({ name, readings, score }: Report, manifest: Manifest): string {
  const { lead_hours: lead, horizon_hours: horizon, false_orders_per_device_month: budget } = manifest.score;
  const rows: [string, string][] = [
    ['devices', `${score.devices} over ${number(score.deviceMonths, 0)} device-months`],
    ['messages', `${readings}`],
    ['orders opened', `${score.orders}, of which ${score.trueOrders} were followed by the failure within ${horizon} h`],
    ['failures', `${score.failures}`],
    [
      'foreseen',
      `${score.foreseen} at least ${lead} h ahead (${number(score.recall === null ? null : score.recall * 100, 1)} %), ${score.late} later than that, ${score.missed} not at all`,
    ],
    ['lead time', `median ${number(score.leadMedian, 0)} h, one in ten shorter than ${number(score.leadP10, 0)} h`],
    [
      'false orders',
      `${score.falseOrders}, ${score.falsePerDeviceMonth.toFixed(4)} per device-month (budget ${budget})`,
    ],
  ];
  return `${name}\n${rows.map(([key, value]) => `  ${key.padEnd(14)}${value}`).join('\n')}\n`;
}

async function replayInto(
  target: Pick<Runtime, 'host' | 'mqttPort' | 'webPort' | 'token'>,
  manifest: Manifest,
  history: History,
  stateDir: string,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<Report> {
  const api = apiClient(target);
  const fleet = fleetOf(manifest, history);
  await api.put('/registry', fleet.upload);
  const [credential] = await api.post<IssuedCredential[]>('/credentials', { sites: [fleet.siteId] });
  if (!credential) throw new CommandFailed('the server gave no credential');
  mkdirSync(stateDir, { recursive: true });
  const resume = resumePoint(join(stateDir, `${manifest.name}.json`), history);
  if (resume.from > 0) process.stderr.write(`going on after message ${resume.from} of ${history.items.length}\n`);
  const bar = progress('publishing', history.items.length);
  let saved = resume.from;
  const acknowledged = await publishHistory({
    mqttUrl: mqttUrlOf(target),
    username: credential.username,
    password: credential.password,
    siteId: fleet.siteId,
    deviceIds: fleet.deviceIds,
    items: history.items,
    stillThere: stillThere(history),
    from: resume.from,
    speed: options.speed,
    monotonicMs: () => performance.now(),
    signal,
    onProgress(done) {
      bar.update(done);
      if (done - saved >= 1_000) {
        saved = done;
        resume.save(done);
      }
    },
  }).finally(() => bar.stop());
  resume.save(acknowledged);
  if (acknowledged < history.items.length)
    throw new CommandFailed(
      `stopped after ${acknowledged} of ${history.items.length}; the same command goes on from there`,
    );
  process.stderr.write('waiting until the last message is worked through …\n');
  await settled(api);
  const orders = await api.get<WorkOrder[]>(
    `/work-orders?state=all&hospitalId=hos_${fleet.siteId.slice('site_'.length)}`,
  );
  if (options.out) {
    const rows = orders.map((order) =>
      [
        order.number,
        history.devices[fleet.deviceIds.indexOf(order.deviceId)]?.name,
        order.component,
        openedIn(manifest, order),
        order.probability,
      ].join(','),
    );
    writeFileSync(options.out, `order_id,device,component,opened_at,probability\n${rows.join('\n')}\n`);
  }
  const held = await api.get<unknown[]>('/work-orders/held');
  return {
    name: manifest.name,
    readings: history.items.length,
    orders: orders.length,
    heldByBudget: held.length,
    score: judge(manifest, history, fleet.deviceIds, orders),
  };
}

/** The order's moment in the history's own time: hours in service, or ISO. */
function openedIn(manifest: Manifest, order: WorkOrder): string {
  if (manifest.time === 'iso') return new Date(order.openedAt).toISOString();
  return String((order.openedAt - Date.parse(manifest.epoch)) / HOUR);
}

/** `uptower replay`: a history of CSV files becomes devices that publish it, and the product is judged by what it made of it. */
export async function replay(files: readonly string[], config: Config, options: ReplayOptions): Promise<string> {
  const { manifest, file } = loadManifest(options.map);
  const history = await readHistory(manifest, locateFiles(manifest, file, files), (rows) => {
    if (process.stderr.isTTY) process.stderr.write(`\rreading … ${rows} rows`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stderr.write(`read ${history.items.length} messages of ${history.devices.length} devices\n`);
  for (const [reason, count] of history.skipped) process.stderr.write(`  ${count} rows not used: ${reason}\n`);
  if (history.items.length === 0) throw new CommandFailed('the files hold nothing to publish');

  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const stateDir = join(config.dataDir, 'replay');
  const running = readRuntime(config.dataDir);
  let report: Report;
  if (running?.externalBroker)
    throw new CommandFailed(
      `the Uptower of this directory takes its messages from ${running.externalBroker}; replay needs one with its own broker`,
    );
  if (running) {
    process.stderr.write(`publishing into the Uptower that runs on port ${running.mqttPort}\n`);
    report = await replayInto(running, manifest, history, stateDir, options, abort.signal);
  } else {
    const dataDir = join(stateDir, `${manifest.name}-server`);
    mkdirSync(dataDir, { recursive: true });
    process.stderr.write(`no Uptower is running; starting one of its own in ${dataDir}\n`);
    const log = createLogger(config.logLevel, join(dataDir, 'uptower.log'));
    const server = await startServer({
      config: { ...config, dataDir, mqttPort: 0, webPort: 0, externalBroker: undefined },
      log,
    });
    try {
      const { mqttPort, webPort, adminToken: token } = server;
      const target = { host: config.host, mqttPort, webPort, token };
      report = await replayInto(target, manifest, history, stateDir, options, abort.signal);
    } finally {
      await server.stop();
    }
  }
  return options.json ? JSON.stringify(report, null, 2) : inWords(report, manifest);
}

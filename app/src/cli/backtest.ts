import { readFileSync, writeFileSync } from 'node:fs';
import { HOUR, type Score, scoreOrders } from '@uptower/domain';
import {
  backtestHazard,
  foldOf,
  type HazardModel,
  HazardModelFile,
  type HazardOrder,
  type Past,
} from '@uptower/gateway';
import { CommandFailed } from './api-client.ts';
import type { HazardHistory } from './hazard-history.ts';
import { loadHistory, startTeacher } from './train.ts';

const OUTER_FOLDS = 5;
/** Another than the training's own, so that its folds cut across these. */
const SEED = 2;

interface NamedOrder extends Omit<HazardOrder, 'device'> {
  readonly device: string;
}

/** The devices of a history for which `use` holds. */
function partOf(history: HazardHistory, use: (name: string) => boolean): Past {
  const places = new Map<number, number>();
  const devices = history.devices.filter((device, index) => {
    if (!use(device.name)) return false;
    places.set(index, places.size);
    return true;
  });
  const inputs = history.inputs.flatMap((input) => {
    const device = places.get(input.device);
    return device === undefined ? [] : [{ ...input, device }];
  });
  return { devices, inputs, components: history.components };
}

function readModel(file: string): HazardModel {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read as a model: ${(error as Error).message}`);
  }
  const parsed = HazardModelFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  throw new CommandFailed(`${file} is not a model of "uptower train": ${problem?.path.join('.')}: ${problem?.message}`);
}

/** `uptower backtest`: which orders would have been opened, knowing at each moment only what was known then. */
export async function backtestCommand(map: string, modelFile: string | undefined, out: string): Promise<string> {
  const history = await loadHistory(map);
  const { score } = history.manifest;
  const kindOf = (metric: string) => (history.counters.has(metric) ? ('counter' as const) : ('gauge' as const));
  const judge = (past: Past, model: HazardModel): NamedOrder[] =>
    backtestHazard(past, model, { falsePerDeviceMonth: score.false_orders_per_device_month, kindOf }).map((order) => ({
      ...order,
      device: past.devices[order.device]?.name ?? '',
    }));
  const orders: NamedOrder[] = [];
  if (modelFile) orders.push(...judge(history, readModel(modelFile)));
  else {
    const fold = (name: string) => foldOf(name, OUTER_FOLDS, SEED);
    const teacher = startTeacher(history.components.length, OUTER_FOLDS);
    try {
      for (let k = 0; k < OUTER_FOLDS; k += 1) {
        const model = await teacher.learn([partOf(history, (name) => fold(name) !== k)], [history]);
        orders.push(
          ...judge(
            partOf(history, (name) => fold(name) === k),
            model,
          ),
        );
      }
    } finally {
      await teacher.close();
    }
  }
  orders.sort((a, b) => a.at - b.at || a.device.localeCompare(b.device));
  const time = timeOf(history);
  const rows = orders.map(({ device, component, at, from, to, probability }, i) =>
    [`H${i + 1}`, device, component, time(at), time(from), time(to), probability.toFixed(4), `${component}-failure`]
      .map(csvField)
      .join(','),
  );
  const head = 'order_id,device,component,opened_at,expected_from,expected_to,probability,mode';
  writeFileSync(out, `${[head, ...rows].join('\n')}\n`);
  return inWords(history, orders);
}

const csvField = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Hours as the history writes time: its own hours, or ISO. */
function timeOf({ manifest }: HazardHistory): (hours: number) => string {
  if (manifest.time === 'iso') return (hours) => new Date(Math.round(hours * HOUR)).toISOString();
  const epoch = Date.parse(manifest.epoch) / HOUR;
  return (hours) => String(Math.round((hours - epoch) * 1000) / 1000);
}

function scoreOf(history: HazardHistory, orders: readonly NamedOrder[]): Score {
  const happened = (kind: 'failed' | 'renewed') =>
    history.inputs.flatMap((input) =>
      input.kind === kind
        ? [{ device: history.devices[input.device]?.name ?? '', component: input.component, at: input.at }]
        : [],
    );
  return scoreOrders({
    orders,
    failures: happened('failed'),
    replacements: happened('renewed'),
    observed: history.devices.map(({ name, from, to }) => ({ device: name, from, to })),
    leadHours: history.manifest.score.lead_hours,
    horizonHours: history.manifest.score.horizon_hours,
  });
}

function inWords(history: HazardHistory, orders: readonly NamedOrder[]): string {
  const score = scoreOf(history, orders);
  const { lead_hours: lead, false_orders_per_device_month: budget } = history.manifest.score;
  const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
  return [
    history.name,
    `  devices       ${score.devices} over ${score.deviceMonths.toFixed(0)} device-months`,
    `  orders        ${score.orders}, ${percent(score.precision)} true`,
    `  foreseen      ${score.foreseen} of ${score.failures} failures at least ${lead} h ahead (${percent(score.recall)}), ${score.late} late`,
    `  false orders  ${score.falsePerDeviceMonth.toFixed(4)} per device-month (budget ${budget})`,
    `  calibration   ${calibration(history, orders)}`,
    '',
  ].join('\n');
}

/** What orders said, in fifths, and how many of them came true. */
function calibration(history: HazardHistory, orders: readonly NamedOrder[]): string {
  const fifths = [0, 1, 2, 3, 4].map((i) => {
    const mine = orders.filter(({ probability }) => Math.min(4, Math.floor(probability * 5)) === i);
    if (mine.length === 0) return null;
    const said = mine.reduce((sum, { probability }) => sum + probability, 0) / mine.length;
    const came = scoreOf(history, mine).precision ?? 0;
    return `said ${(said * 100).toFixed(0)} %: ${(came * 100).toFixed(0)} % of ${mine.length}`;
  });
  return fifths.filter((text) => text !== null).join('; ');
}

import { readFileSync, writeFileSync } from 'node:fs';
import { HOUR } from '@uptower/domain';
import {
  backtestHazard,
  foldOf,
  type HazardModel,
  type HazardOrder,
  type Past,
  readHazardModel,
} from '@uptower/gateway';
import { CommandFailed } from './api-client.ts';
import { type HazardHistory, loadHistory } from './hazard-history.ts';
import { scoreHistory, scoreInWords } from './score.ts';
import { startTeacher } from './train.ts';

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
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`${file} cannot be read: ${(error as Error).message}`);
  }
  const read = readHazardModel(content);
  if (read.ok) return read.value;
  throw new CommandFailed(`${file} ${read.error}`);
}

/** A model judges only histories with its own lead and horizon: its probabilities are of these. */
function modelFor({ name, manifest }: HazardHistory, file: string): HazardModel {
  const model = readModel(file);
  const { lead_hours: lead, horizon_hours: horizon } = manifest.score;
  if (model.leadHours !== lead || model.horizonHours !== horizon)
    throw new CommandFailed(
      `${file} was learned for a lead of ${model.leadHours} h and a horizon of ${model.horizonHours} h; ${name} is judged at ${lead} h and ${horizon} h`,
    );
  return model;
}

/** Five folds of devices: the model of each is learned from the other four. */
export async function crossFitted<Model>(
  history: HazardHistory,
  learn: (past: Past) => Promise<Model>,
): Promise<{ models: Model[]; modelOf: (device: number) => Model }> {
  const foldOfDevice = history.devices.map(({ name }) => foldOf(name, OUTER_FOLDS, SEED));
  const byFold = new Map<number, Model>();
  for (const fold of new Set(foldOfDevice))
    byFold.set(fold, await learn(partOf(history, (name) => foldOf(name, OUTER_FOLDS, SEED) !== fold)));
  return {
    models: [...byFold.values()],
    modelOf: (device) => byFold.get(foldOfDevice[device] as number) as Model,
  };
}

/** `uptower backtest`: which orders would have been opened, knowing at each moment only what was known then. */
export async function backtestCommand(map: string, modelFile: string | undefined, out: string): Promise<string> {
  const history = await loadHistory(map);
  const { score } = history.manifest;
  const kindOf = (metric: string) => (history.counters.has(metric) ? ('counter' as const) : ('gauge' as const));
  const options = { falsePerDeviceMonth: score.false_orders_per_device_month, kindOf };
  let made: HazardOrder[];
  if (modelFile) {
    const model = modelFor(history, modelFile);
    made = backtestHazard(history, [model], () => model, options);
  } else {
    const teacher = startTeacher(history.components.length, OUTER_FOLDS);
    const { models, modelOf } = await crossFitted(history, (past) => teacher.learn([past], [history])).finally(() =>
      teacher.close(),
    );
    made = backtestHazard(history, models, modelOf, options);
  }
  const orders: NamedOrder[] = made.map((order) => ({ ...order, device: history.devices[order.device]?.name ?? '' }));
  orders.sort((a, b) => a.at - b.at || a.device.localeCompare(b.device));
  const time = timeOf(history);
  const rows = orders.map(({ device, component, at, from, to, probability }, i) =>
    [`H${i + 1}`, device, component, time(at), time(from), time(to), probability.toFixed(4), `${component}-failure`]
      .map(csvField)
      .join(','),
  );
  const head = 'order_id,device,component,opened_at,expected_from,expected_to,probability,mode';
  writeFileSync(out, `${[head, ...rows].join('\n')}\n`);
  return scoreInWords(scoreHistory(history, orders));
}

const csvField = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Hours as the history writes time: its own hours, or ISO. */
function timeOf({ manifest }: HazardHistory): (hours: number) => string {
  if (manifest.time === 'iso') return (hours) => new Date(Math.round(hours * HOUR)).toISOString();
  const epoch = Date.parse(manifest.epoch) / HOUR;
  return (hours) => String(Math.round((hours - epoch) * 1000) / 1000);
}

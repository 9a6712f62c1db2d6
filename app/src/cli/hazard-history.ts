import { HOUR } from '@uptower/domain';
import type { HazardInput } from '@uptower/gateway';
import { type History, locateFiles, type Manifest, readHistory } from '@uptower/simulators';
import { loadManifest } from './replay.ts';

/** A history in the form the hazard learner takes: hours, devices by index. */
export interface HazardHistory {
  readonly name: string;
  readonly manifest: Manifest;
  readonly inputs: readonly HazardInput[];
  readonly devices: readonly {
    readonly name: string;
    readonly model: string;
    readonly from: number;
    readonly to: number;
  }[];
  readonly components: readonly string[];
  readonly counters: ReadonlySet<string>;
}

export function hazardHistory(manifest: Manifest, history: History): HazardHistory {
  const counters = new Set(
    manifest.readings.flatMap((source) =>
      Object.entries(source.values).flatMap(([metric, { kind }]) => (kind === 'counter' ? [metric] : [])),
    ),
  );
  const inputs = history.items.map((item): HazardInput => {
    const { device } = item;
    const at = item.at / HOUR;
    if (item.kind === 'reading') return { kind: 'values', device, at, values: item.values };
    if (item.component === undefined) return { kind: 'code', device, at, code: item.code };
    return { kind: item.code === 'failure' ? 'failed' : 'renewed', device, at, component: item.component };
  });
  // A part replaced at the moment it failed failed first: it was not replaced in time.
  const rank = ({ kind }: HazardInput) => (kind === 'renewed' ? 1 : 0);
  inputs.sort((a, b) => a.at - b.at || rank(a) - rank(b));
  return {
    name: manifest.name,
    manifest,
    inputs,
    devices: history.devices.map(({ name, model, observedFrom, observedTo }) => ({
      name,
      model: model ?? '',
      from: observedFrom / HOUR,
      to: observedTo / HOUR,
    })),
    components: [...history.components].sort(),
    counters,
  };
}

/** Reads what a manifest describes and says on standard error what was read. */
export async function loadHistory(map: string): Promise<HazardHistory> {
  const { manifest, file } = loadManifest(map);
  const history = await readHistory(manifest, locateFiles(manifest, file, []));
  process.stderr.write(`read ${history.items.length} messages of ${history.devices.length} devices from ${file}\n`);
  for (const [reason, count] of history.skipped) process.stderr.write(`  ${count} rows not used: ${reason}\n`);
  return hazardHistory(manifest, history);
}

import type { DeviceModel, ModelId } from '@uptower/domain';
import { ACTIVITY, type HiddenMode, type ModelKit } from './kit.ts';
import { ANALYSER } from './models/analyser.ts';
import { CT } from './models/ct.ts';
import { DSA } from './models/dsa.ts';
import { MR } from './models/mr.ts';
import { PACS } from './models/pacs.ts';
import { ULTRASOUND } from './models/ultrasound.ts';
import { VENTILATOR } from './models/ventilator.ts';
import { XRAY } from './models/xray.ts';

/** All models of the demo. A new one is a file in `models/` and a line here. */
export const KITS: readonly ModelKit[] = [MR, CT, DSA, XRAY, ULTRASOUND, VENTILATOR, ANALYSER, PACS];

const BY_ID = new Map<string, ModelKit>(KITS.map((kit) => [kit.id, kit]));

export function kitOf(modelId: ModelId): ModelKit {
  const kit = BY_ID.get(modelId);
  if (!kit) throw new Error(`no simulated model ${modelId}`);
  return kit;
}

export function hiddenModeOf(kit: ModelKit, key: string): HiddenMode {
  const found = kit.modes.find((candidate) => candidate.mode.key === key);
  if (!found) throw new Error(`${kit.id} has no failure mode ${key}`);
  return found;
}

/** What the product is told about a model: everything but the hidden physics. */
export function toDeviceModel(kit: ModelKit): DeviceModel {
  return {
    id: kit.id,
    kind: kit.kind,
    name: kit.name,
    metrics: [ACTIVITY, ...kit.signals.map((signal) => signal.metric)],
    components: [...kit.components],
    failureModes: kit.modes.map((hidden) => hidden.mode),
    rules: kit.modes.flatMap((hidden) => hidden.rules),
    // Twice a minute would double the cost of the demo without showing more.
    reportingIntervalSeconds: 60,
  };
}

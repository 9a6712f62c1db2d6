import { DeviceId, HOUR, HospitalId, type Instant, MINUTE } from '@uptower/domain';
import { hiddenModeOf } from '../devices/catalogue.ts';
import type { Machine } from '../devices/machine.ts';
import { HEALTHY, readingAt } from '../devices/signal.ts';
import type { Fault } from './fault.ts';

/** A scripted fault, so that whoever watches sees a whole story and not only chance. */
export interface Story {
  readonly key: string;
  readonly deviceId: DeviceId;
  readonly mode: string;
  /** The limit rule by which the story is timed, and when its level is crossed, minutes after the start of the world. */
  readonly rule: string;
  readonly crossesAtMinute: number;
  /** Onset to failure. */
  readonly hours: number;
  readonly convexity: number;
  /** So many repairs do not help. */
  readonly vainRepairs: number;
}

const device = (key: string) => DeviceId.parse(`dev_${key}`);

/**
 * The first: a strainer at West China Hospital clogs so fast that the alert comes 10 to 14 minutes after 08:00 and the
 * magnet would be lost before 11:00; the MR engineer lives two kilometres away. The third needs two visits.
 */
// biome-ignore format: one line a story reads as a table
export const STORIES: readonly Story[] = [
  { key: 'first', deviceId: device('huaxi-mr-1'), mode: 'chillerFouling', rule: 'waterWarm', crossesAtMinute: 0, hours: 4, convexity: 1, vainRepairs: 0 },
  { key: 'cath-lab', deviceId: device('xinan-dsa-1'), mode: 'coolantPumpWear', rule: 'coolantHot', crossesAtMinute: 55, hours: 10, convexity: 1.2, vainRepairs: 0 },
  { key: 'twice', deviceId: device('mianyang-lab-1'), mode: 'pumpSealWear', rule: 'pressureLow', crossesAtMinute: 150, hours: 16, convexity: 1.2, vainRepairs: 1 },
  { key: 'intensive-care', deviceId: device('wanzhou-vent-1'), mode: 'blowerBearing', rule: 'blowerHot', crossesAtMinute: 270, hours: 16, convexity: 1.3, vainRepairs: 0 },
];

export const firstStory = { deviceId: device('huaxi-mr-1'), hospitalId: HospitalId.parse('hos_huaxi') };

/**
 * The fault of a story with the onset that makes its metric cross the level at the wanted minute on this very device:
 * ((crossing − onset) / life) ^ convexity = (level − healthy value) / amount, solved for the onset.
 */
export function faultOfStory(story: Story, machine: Machine, start: Instant): Fault {
  const { effects, rules } = hiddenModeOf(machine.kit, story.mode);
  const rule = rules.find(({ id }) => id === story.rule);
  const amount = effects.find(({ metric }) => metric === rule?.metric)?.amount;
  if (rule?.kind !== 'limit' || amount === undefined) throw new Error(`story ${story.key} has no such limit rule`);
  const crossing = start + story.crossesAtMinute * MINUTE;
  const healthy = meanHealthy(machine, rule.metric, crossing);
  const share = Math.min(0.95, Math.max(0.02, (rule.level - healthy) / amount)) ** (1 / story.convexity);
  const onset = Math.round(crossing - share * story.hours * HOUR);
  return {
    id: `story-${story.key}`,
    deviceId: story.deviceId,
    mode: story.mode,
    onset,
    failsAt: onset + Math.round(story.hours * HOUR),
    convexity: story.convexity,
    failedAt: null,
    repairedAt: null,
    vainRepairs: 0,
    scriptedVainRepairs: story.vainRepairs,
  };
}

/** The undisturbed metric around a moment, noise averaged out. */
function meanHealthy(machine: Machine, metric: string, at: Instant): number {
  const around = Array.from({ length: 21 }, (_, i) => readingAt(machine, at + (i - 10) * MINUTE, HEALTHY)[metric] ?? 0);
  return around.reduce((sum, value) => sum + value, 0) / around.length;
}

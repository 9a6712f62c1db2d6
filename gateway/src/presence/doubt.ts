import type { DeviceState } from '../pipeline/state.ts';
import type { Silence } from '../uptime/evidence.ts';
import { stuckRun } from './sensor.ts';

/**
 * Why a device that is heard does not vouch for itself: it never says how it is, and all it sends is values that do not
 * move (every sensor that could be judged is stuck), or its clock jumped, so that nobody can say when they were measured.
 * A device that reports its own state vouches for itself; then stuck sensors and clocks are alerts and nothing more.
 */
export function doubtOf({ evidence, presence }: DeviceState): Silence | null {
  if (evidence.reported !== null) return null;
  const { clock, sensors, stuck } = presence;
  if (clock.jumped) return { cause: 'clock-jumped', since: clock.jumped.at };
  if (stuck.length === 0) return null;
  let since = 0;
  for (const metric in sensors) {
    const sensor = sensors[metric];
    if (!sensor || stuckRun(sensor) === null) continue;
    if (!stuck.includes(metric)) return null;
    since = Math.max(since, sensor.since);
  }
  return { cause: 'sensor-stuck', since };
}

/** A device that speaks, but whose readings cannot be taken for their time, is not silent: its clock is wrong. */
export function reasonOf({ presence }: DeviceState, silence: Silence, patienceMs: number, now: number): Silence {
  const { clock, rhythm } = presence;
  if (silence.cause !== 'silent' || !clock.jumped || rhythm.lastAt === null) return silence;
  const speaks = rhythm.lastAt > silence.since && now - rhythm.lastAt <= patienceMs;
  return speaks ? { cause: 'clock-jumped', since: silence.since } : silence;
}

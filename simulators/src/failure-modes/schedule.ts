import { DAY, distanceMetres, HOUR, type Instant, type Site } from '@uptower/domain';
import type { Machine } from '../devices/machine.ts';
import { type Draws, draws } from '../rng.ts';
import type { Fault } from './fault.ts';
import { faultOfStory, STORIES } from './stories.ts';

/** Lives of faults reach ten days: what began that long before the start may still go on. */
const LOOK_BACK_DAYS = 10;
/** Nothing chance does may fail in the first hours: the visitor shall see it coming. */
const FIRST_FAILURE_AFTER = 3 * HOUR;
/** Around the first story and for so long nothing else happens, so that its engineer is free for it. */
const QUIET_METRES = 60_000;
const QUIET_FOR = 3 * HOUR;

/** Faults chance lets begin on day `day` of the world (negative: before it started): 3 to 5 a day, any device. Pure. */
export function faultsOfDay(seed: number, start: Instant, day: number, fleet: readonly Machine[]): Fault[] {
  const chance = draws(seed, 'faults', String(day));
  return Array.from({ length: chance.int(3, 5) }, (_, index) => {
    const machine = chance.pick(fleet);
    const hidden = pickMode(machine, chance);
    const [shortest, longest] = hidden.hours;
    // Log-uniform: as many faults of one to two days as of four to eight.
    const hours = shortest * (longest / shortest) ** chance.next();
    const onset = start + day * DAY + Math.floor(chance.next() * DAY);
    return {
      id: `f${day}-${index}`,
      deviceId: machine.device.id,
      mode: hidden.mode.key,
      onset,
      failsAt: onset + Math.round(hours * HOUR),
      convexity: chance.range(...hidden.convexity),
      failedAt: null,
      repairedAt: null,
      vainRepairs: 0,
      scriptedVainRepairs: null,
    };
  });
}

function pickMode(machine: Machine, chance: Draws) {
  const { modes } = machine.kit;
  let left = chance.next() * modes.reduce((sum, { weight }) => sum + weight, 0);
  for (const hidden of modes) {
    left -= hidden.weight;
    if (left < 0) return hidden;
  }
  return chance.pick(modes);
}

/** Faults that a world begins with: the scripted ones, and what chance began before and still goes on. */
export function faultsAtStart(
  seed: number,
  start: Instant,
  fleet: readonly Machine[],
  sites: readonly Site[],
): Fault[] {
  const byId = new Map(fleet.map((machine) => [machine.device.id as string, machine]));
  const scripted = STORIES.flatMap((story) => {
    const machine = byId.get(story.deviceId);
    return machine ? faultOfStory(story, machine, start) : [];
  });
  const taken = new Set(scripted.map((fault) => fault.deviceId));
  const chance: Fault[] = [];
  for (let day = -LOOK_BACK_DAYS; day < 0; day++)
    for (const fault of faultsOfDay(seed, start, day, fleet)) {
      if (fault.failsAt < start + FIRST_FAILURE_AFTER || taken.has(fault.deviceId)) continue;
      if (inQuietZone(fault, byId, sites)) continue;
      taken.add(fault.deviceId);
      chance.push(fault);
    }
  return [...scripted, ...chance];
}

/** Whether a fault of the first hours would draw the first story's engineer away. */
export function disturbsFirstStory(
  fault: Fault,
  start: Instant,
  byId: ReadonlyMap<string, Machine>,
  sites: readonly Site[],
): boolean {
  return fault.onset < start + QUIET_FOR && inQuietZone(fault, byId, sites);
}

function inQuietZone(fault: Fault, byId: ReadonlyMap<string, Machine>, sites: readonly Site[]): boolean {
  const placeOf = (deviceId: string | undefined) => {
    const machine = deviceId === undefined ? undefined : byId.get(deviceId);
    return sites.find((site) => site.id === machine?.device.siteId)?.place;
  };
  const place = placeOf(fault.deviceId);
  const stage = placeOf(STORIES[0]?.deviceId);
  return place !== undefined && stage !== undefined && distanceMetres(place, stage) < QUIET_METRES;
}

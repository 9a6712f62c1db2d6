import { existsSync } from 'node:fs';
import { Place } from '@uptower/domain';
import { readJsonFile, writeJsonFile } from '@uptower/platform';
import { z } from 'zod';
import { Fault } from '../failure-modes/fault.ts';

/** One visit to a device, as physics remembers it. */
export const Service = z.strictObject({
  /** Order and visit: the same work after a restart is recognised. */
  key: z.string(),
  engineerId: z.string(),
  from: z.int(),
  testFrom: z.int().nullable(),
  to: z.int().nullable(),
  /** The component was worked on (in vain or not). */
  repaired: z.boolean(),
});
export type Service = z.infer<typeof Service>;

/**
 * All that a killed simulator must still know. Everything else follows from seed and time: readings that were not
 * acknowledged are computed again, faults of chance are drawn again.
 */
export const SimulationState = z.strictObject({
  version: z.literal(1),
  seed: z.int(),
  /** Simulated time of the very first start. */
  start: z.int(),
  /** Fingerprint of the registry the product was given. */
  registry: z.string().nullable(),
  /** MQTT password by user name: this file is readable by its owner only. */
  passwords: z.record(z.string(), z.string()),
  /** Device → minute number of its last acknowledged reading. */
  acknowledged: z.record(z.string(), z.int()),
  /** Faults and decoys up to here have been let loose. */
  releasedTo: z.int(),
  faults: z.array(Fault),
  /** Device → counter metric → what repaired faults left on it. */
  counted: z.record(z.string(), z.record(z.string(), z.number())),
  services: z.record(z.string(), z.array(Service)),
  /** Where each engineer was last, and when. */
  places: z.record(z.string(), z.strictObject({ place: Place, at: z.int() })),
});
export type SimulationState = z.infer<typeof SimulationState>;

/** The state of this seed, or undefined when there is none. A damaged file is an error: guessing would double work. */
export function loadState(file: string, seed: number): SimulationState | undefined {
  if (!existsSync(file)) return undefined;
  const state = readJsonFile(file, SimulationState);
  if (!state) throw new Error(`${file} is damaged; remove it to begin the simulated region anew`);
  return state.seed === seed ? state : undefined;
}

export function saveState(file: string, state: SimulationState): void {
  writeJsonFile(file, state);
}

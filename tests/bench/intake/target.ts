import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fleet } from './fleet.ts';

/** As `npm start`, the `uptower` command and the container run it: short-lived objects get room to die young. */
export const NODE_FLAGS = ['--max-semi-space-size=64'];

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Something that takes the generator's messages. */
export interface Target {
  readonly port: number;
  readonly fleet: Fleet;
  /** Processes whose CPU time counts. */
  readonly pids: readonly number[];
  /** Resolves when everything acknowledged so far was worked on to its end. */
  settled(total: number): Promise<void>;
  stop(): Promise<void>;
}

export const scratch = () => mkdtempSync(join(tmpdir(), 'uptower-bench-'));
export const atOnce = async () => undefined;

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '@uptower/domain';

/** One line of the ground truth: what really happened, for grading afterwards. The product never reads it. */
export type TruthLine = { readonly at: Instant; readonly deviceId: string } & (
  | {
      readonly what: 'fault';
      readonly faultId: string;
      readonly component: string;
      readonly mode: string;
      readonly onset: Instant;
      readonly wouldFailAt: Instant;
      readonly story: boolean;
    }
  | { readonly what: 'failed'; readonly faultId: string; readonly component: string; readonly mode: string }
  | {
      readonly what: 'repaired' | 'repair-failed';
      readonly faultId: string;
      readonly component: string;
      readonly by: string;
    }
  | {
      readonly what: 'decoy';
      readonly decoyId: string;
      readonly kind: string;
      readonly to: Instant;
      readonly metric: string | null;
    }
);

export type TruthWriter = (line: TruthLine) => void;

/** Appends JSON lines; one write a line, so that a kill leaves at most one broken line at the end. */
export function truthFile(file: string): TruthWriter {
  mkdirSync(dirname(file), { recursive: true });
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
}

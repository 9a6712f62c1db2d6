import { Detectors, type DetectorsJson, type Rest } from '../prediction/detectors.ts';
import { layoutBy } from '../prediction/layout.ts';
import type { FoldState, Past } from './past.ts';

/** A copy of a `FoldState` as compact as can be: the numbers of its detectors as bytes, and the little else as JSON. */
export class PackedFold {
  constructor(
    /** Key of the detectors' layout. */
    readonly layout: string,
    readonly numbers: Uint8Array,
    readonly rest: string,
  ) {}

  /** What it takes in memory, in bytes. */
  get size(): number {
    return this.numbers.length + this.rest.length;
  }

  toJSON(): object {
    const { layout, numbers, rest } = this;
    return { layout, numbers: Buffer.from(numbers.buffer).toString('base64'), rest };
  }
}

/** The state after everything of event time up to and including `at`. */
export type Checkpoint = readonly [at: number, fold: PackedFold];

/** The part of a state that is a fold, without references to the rest. */
export function foldOf(state: FoldState): PackedFold {
  const { detectors, evidence } = state;
  const { reported, activity, failed } = evidence;
  const { resting, failures, open, visits, suppressors, suppressedTo } = state;
  const rest = [detectors.rest(), resting, failures, reported, activity, failed, open, visits, suppressors];
  // Copied by `slice`: what is not shared can be changed.
  const numbers = new Uint8Array(detectors.doubles.slice().buffer);
  return new PackedFold(detectors.layoutKey, numbers, JSON.stringify([...rest, suppressedTo]));
}

/** Back from a checkpoint; what `evidence` knows of arrival stays. Detectors of rules that changed since begin anew. */
export function readFold(
  [at, { layout, numbers, rest: text }]: Checkpoint,
  rulesSince: Past['rulesSince'],
  { evidence }: Pick<FoldState, 'evidence'>,
): FoldState {
  const [rest, resting, failures, reported, activity, failed, open, visits, suppressors, suppressedTo] =
    JSON.parse(text);
  const detectors = Detectors.of(layoutBy(layout), numbers, rest as Rest);
  for (const [rule, since] of Object.entries(rulesSince)) if (at < since) detectors.forget(rule);
  const fold = { detectors, resting, failures, open, visits, suppressors, suppressedTo };
  return { ...fold, evidence: { ...evidence, reported, activity, failed } };
}

/** What a checkpoint is in a snapshot; a text is what was written before detectors were packed. */
export type CheckpointJson = readonly [at: number, fold: { layout: string; numbers: string; rest: string } | string];

/** Back from a snapshot. @throws RangeError, SyntaxError when it is none */
export function checkpointFrom([at, fold]: CheckpointJson): Checkpoint {
  if (typeof fold === 'string') return [at, packedBefore(fold)];
  const bytes = Buffer.from(fold.numbers, 'base64');
  const numbers = new Uint8Array(bytes.length);
  numbers.set(bytes);
  return [at, new PackedFold(fold.layout, numbers, fold.rest)];
}

/** A checkpoint of before there were suppressions lacks the last two. */
function packedBefore(text: string): PackedFold {
  const [record, resting, failures, reported, activity, failed, open, visits, suppressors = {}, suppressedTo = null] =
    JSON.parse(text);
  const evidence = { reported, activity, failed } as FoldState['evidence'];
  const detectors = Detectors.from(record as DetectorsJson);
  return foldOf({ detectors, resting, failures, evidence, open, visits, suppressors, suppressedTo });
}

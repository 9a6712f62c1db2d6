import type { Instant } from '@uptower/domain';
import { type Decoded, decode } from '../telemetry/decode/decode.ts';
import type { Fleet } from './fleet.ts';
import { decodeLines, isWriteTopic } from './line-protocol/decode.ts';
import { decodeSparkplug } from './sparkplug/decode.ts';
import type { SparkplugSessions } from './sparkplug/sessions.ts';
import { decodeThingsBoard } from './thingsboard/decode.ts';

/** One message as the journal has it. */
export interface Heard {
  readonly receivedAt: Instant;
  /** The user name it came under: a device, a site, or `broker:…` for a trusted broker. */
  readonly from: string;
  readonly topic: string;
  readonly payload: Buffer;
}

/** What the families of topics remember from message to message; part of the pipeline's state. */
export interface Memory {
  readonly sparkplug: SparkplugSessions;
}

/**
 * One message of any family, device by device: at most one entry a device, so that each is judged once. Never throws,
 * whatever the bytes; deterministic by the message and what was remembered of those before it.
 */
export function decodeMessage(heard: Heard, fleet: Fleet, memory: Memory): readonly Decoded[] {
  const { topic } = heard;
  // First, because nearly every message is one.
  if (topic.startsWith('uptower/')) return [decode(topic, heard.payload, heard.receivedAt, fleet)];
  if (topic.startsWith('spBv1.0/')) return decodeSparkplug(heard, fleet, memory.sparkplug);
  if (topic.startsWith('v1/')) return decodeThingsBoard(heard, fleet);
  if (isWriteTopic(topic)) return decodeLines(heard, fleet);
  return [decode(topic, heard.payload, heard.receivedAt, fleet)];
}

import { Instant, Principal } from '@uptower/domain';
import { z } from 'zod';

const clientId = z.string().min(1);
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);
/** Bytes as base64. */
const payload = z.string();

/** What is kept of sessions on disk; one JSON text each. */
export const Row = z.discriminatedUnion('kind', [
  /** A client that asked for a lasting session; null while it is connected. */
  z.strictObject({ kind: z.literal('session'), clientId, goneSince: Instant.nullable() }),
  z.strictObject({ kind: z.literal('subscription'), clientId, filter: z.string(), qos }),
  /** A message for a client, until it acknowledged it; `pubrel`: the second half of QoS 2. */
  z.strictObject({
    kind: z.literal('queued'),
    clientId,
    counter: z.int().min(0),
    cmd: z.enum(['publish', 'pubrel']),
    topic: z.string(),
    qos,
    payload,
    messageId: z.int().nullable(),
  }),
  /** A QoS 2 message of which the client has not yet released the id. */
  z.strictObject({ kind: z.literal('incoming'), clientId, messageId: z.int() }),
  z.strictObject({ kind: z.literal('retained'), topic: z.string(), qos, payload }),
  z.strictObject({
    kind: z.literal('will'),
    clientId,
    principal: Principal,
    topic: z.string(),
    qos,
    retain: z.boolean(),
    payload,
  }),
]);
export type Row = z.infer<typeof Row>;
export type RowOf<K extends Row['kind']> = Extract<Row, { kind: K }>;

/** Sorts the messages of a queue by their counter. */
const padded = (number: number) => String(number).padStart(16, '0');

export function keyOf(row: Row): string {
  switch (row.kind) {
    case 'session':
    case 'will':
      return `${row.kind}:${row.clientId}`;
    case 'subscription':
      return `subscription:${JSON.stringify([row.clientId, row.filter])}`;
    case 'queued':
      return `queued:${JSON.stringify([row.clientId, padded(row.counter)])}`;
    case 'incoming':
      return `incoming:${JSON.stringify([row.clientId, row.messageId])}`;
    case 'retained':
      return `retained:${row.topic}`;
  }
}

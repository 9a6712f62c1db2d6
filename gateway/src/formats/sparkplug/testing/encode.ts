import { PbfWriter } from 'pbf';
import { DATATYPES, type Datatype } from '../datatype.ts';

/** A metric as a node would write it; left out is left out on the wire. */
export interface TestMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly ts?: number;
  readonly type?: Datatype;
  readonly value?: number | string | boolean;
}

export interface TestPayload {
  readonly ts?: number;
  readonly seq?: number;
  readonly metrics?: readonly TestMetric[];
}

/** A Sparkplug payload for tests of the state machine; the packets beside it are from somebody else's encoder. */
export function encodePayload({ ts, seq, metrics = [] }: TestPayload): Buffer {
  const writer = new PbfWriter();
  if (ts !== undefined) writer.writeVarintField(1, ts);
  for (const metric of metrics) writer.writeMessage(2, writeMetric, metric);
  if (seq !== undefined) writer.writeVarintField(3, seq);
  return Buffer.from(writer.finish());
}

function writeMetric({ name, alias, ts, type, value }: TestMetric, writer: PbfWriter): void {
  if (name !== undefined) writer.writeStringField(1, name);
  if (alias !== undefined) writer.writeVarintField(2, alias);
  if (ts !== undefined) writer.writeVarintField(3, ts);
  if (type !== undefined) writer.writeVarintField(4, DATATYPES.indexOf(type));
  if (typeof value === 'boolean') writer.writeBooleanField(14, value);
  else if (typeof value === 'string') writer.writeStringField(15, value);
  else if (value !== undefined && type !== undefined && /Int/.test(type) && Number.isSafeInteger(value))
    writer.writeVarintField(11, value);
  else if (value !== undefined) writer.writeDoubleField(13, value);
}

import { type DeviceModel, type Instant, parseSparkplugTopic } from '@uptower/domain';
import type { Decoded } from '../telemetry/decode/decode.ts';
import { metricsOf } from '../telemetry/decode/item.ts';
import { type ClockWatch, noClock, onTime } from './clock-watch.ts';
import { noRhythm, onArrival, onFarewell, type Rhythm } from './rhythm.ts';
import { onValue, type SensorRuns, startSensor } from './sensor.ts';

/** Which way a device's last message came. */
export interface Path {
  /** What carries it, when others are carried too: a site's or another device's session, a Sparkplug node. */
  readonly gateway: string | null;
  /** Whose broker session it was; null where sessions cannot be seen (a broker outside, a node among several). */
  readonly session: string | null;
}

/** What is known of how a device is heard. Plain data of constant size, kept in the pipeline's snapshot. */
export interface Presence {
  path: Path | null;
  /** It speaks without holding a session (HTTP): having none says nothing. Set by the watch, not by the journal. */
  sessionless: boolean;
  rhythm: Rhythm;
  clock: ClockWatch;
  /** By metric; at most `MAX_SENSORS`. */
  sensors: Record<string, SensorRuns>;
  /** Metrics that are stuck now. */
  stuck: string[];
}

/** A device has seldom more; a fleet's memory is bounded by it. */
const MAX_SENSORS = 64;

export const noPresence = (): Presence => ({
  path: null,
  sessionless: false,
  rhythm: noRhythm(),
  clock: noClock(),
  sensors: {},
  stuck: [],
});

interface Heard {
  readonly receivedAt: Instant;
  readonly from: string;
  readonly topic: string;
}

/** Takes what one message shows of a device's presence. Deterministic by the journal, like everything in the pipeline. */
export function noteHeard(presence: Presence, heard: Heard, decoded: Decoded): void {
  if (decoded.kind === 'refused') {
    // Too far ahead or behind to be stored; that it speaks, and what time it thinks it is, we know all the same.
    if (!decoded.clock) return;
    arrived(presence, heard, decoded.clock.device.id);
    onTime(presence.clock, decoded.clock.ts, heard.receivedAt);
    return;
  }
  if (decoded.kind === 'state' && decoded.state.status === 'offline') {
    onFarewell(presence.rhythm);
    return;
  }
  arrived(presence, heard, decoded.device.id);
  const ts = timeOf(decoded);
  if (ts !== null && decoded.device.service !== 'observe') onTime(presence.clock, ts, heard.receivedAt);
  if (decoded.kind === 'readings')
    for (const { ts, values } of decoded.readings) noteValues(presence, decoded.model, ts, values);
}

function arrived(presence: Presence, heard: Heard, deviceId: string): void {
  if (!isOwnPath(presence.path, heard, deviceId)) {
    const path = pathOf(heard, deviceId);
    if (presence.path?.gateway !== path.gateway || presence.path.session !== path.session) presence.path = path;
  }
  onArrival(presence.rhythm, heard.receivedAt);
}

/** Its own session, as before: what nearly every message shows. */
const isOwnPath = (path: Path | null, { from, topic }: Heard, deviceId: string): boolean =>
  from === deviceId && path !== null && path.gateway === null && path.session === from && topic.startsWith('uptower/');

export function pathOf({ from, topic }: Pick<Heard, 'from' | 'topic'>, deviceId: string): Path {
  const node = parseSparkplugTopic(topic);
  if (node) return { gateway: `sparkplug:${node.group}/${node.node}`, session: null };
  if (from.startsWith('broker:')) return { gateway: null, session: null };
  return { gateway: from === deviceId ? null : from, session: from };
}

/** The newest time of the device's own that a message speaks of; null when it names none. */
function timeOf(decoded: Exclude<Decoded, { kind: 'refused' }>): Instant | null {
  if (decoded.kind === 'event') return decoded.timed ? decoded.event.ts : null;
  if (decoded.kind !== 'readings') return null;
  let newest: Instant | null = decoded.clock?.ts ?? null;
  for (const { ts, timed } of decoded.readings) if (timed && (newest === null || ts > newest)) newest = ts;
  return newest;
}

/** Only numbers that go both ways can be stuck: counters rest, words and switches are modes. */
function noteValues(presence: Presence, model: DeviceModel, ts: Instant, values: Readonly<Record<string, unknown>>) {
  const metrics = metricsOf(model);
  for (const key in values) {
    const value = values[key];
    if (typeof value !== 'number' || metrics.get(key)?.kind === 'counter') continue;
    const sensor = Object.hasOwn(presence.sensors, key) ? presence.sensors[key] : undefined;
    if (sensor) {
      const stuck = onValue(sensor, value, ts);
      if (stuck !== presence.stuck.includes(key) && ts === sensor.ts)
        presence.stuck = stuck ? [...presence.stuck, key] : presence.stuck.filter((other) => other !== key);
    } else if (Object.keys(presence.sensors).length < MAX_SENSORS && key !== '__proto__')
      presence.sensors[key] = startSensor(value, ts);
  }
}

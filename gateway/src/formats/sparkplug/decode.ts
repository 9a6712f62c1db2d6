import { type Instant, parseSparkplugTopic, type SparkplugTopic } from '@uptower/domain';
import { type Decoded, refuseTime } from '../../telemetry/decode/decode.ts';
import { notNamed, refusal, within } from '../../telemetry/decode/refusal.ts';
import type { Fleet, Known } from '../fleet.ts';
import type { Heard } from '../formats.ts';
import { type NamedValue, readingsOf } from '../named-values.ts';
import { Refusals } from '../refusals.ts';
import { type Metric, type Payload, readPayload, unsigned } from './payload.ts';
import { type Birth, noteSequence, type Session } from './session.ts';
import type { SparkplugSessions } from './sessions.ts';
import { metricValue } from './value.ts';

const NODE = '';

/**
 * One Sparkplug B message (specification 3.0, as a host application). Births tell what aliases and types mean, deaths
 * end that; data that cannot be understood without a birth is refused with the reason and marks the session, so that a
 * birth is asked for. Changes `sessions` by the message alone.
 */
export function decodeSparkplug(heard: Heard, fleet: Fleet, sessions: SparkplugSessions): readonly Decoded[] {
  const topic = parseSparkplugTopic(heard.topic);
  // Hosts and their commands share a broker with the nodes; they are not for us.
  if (!topic && /^spBv1\.0\/(STATE\/|[^/]+\/[ND]CMD\/)/.test(heard.topic)) return [];
  if (!topic) return [refused(refusal('not-our-topic', heard.topic.slice(0, 200)))];
  const payload = readPayload(heard.payload);
  if (!payload.ok) return [refused(refusal('malformed-payload', payload.error))];
  const session = sessions.of(heard.from, topic.group, topic.node);
  if (!session)
    return [
      refused(
        refusal(
          'too-many-names',
          `${heard.from} has too many nodes; ${topic.node} is not followed`,
          `${heard.from} 的节点过多，不跟踪 ${topic.node}`,
        ),
      ),
    ];
  const message: Message = { heard, topic, payload: payload.value, fleet, session };
  switch (topic.message) {
    case 'NBIRTH':
      return [...devicesGone(message, 'gateway-restarted'), ...takeNodeBirth(message, sessions)];
    case 'DBIRTH':
      return takeDeviceBirth(message, sessions);
    case 'NDATA':
    case 'DDATA':
      return takeData(message);
    case 'DDEATH':
      return takeDeviceDeath(message, sessions);
    case 'NDEATH':
      return takeNodeDeath(message, sessions);
  }
}

interface Message {
  readonly heard: Heard;
  readonly topic: SparkplugTopic;
  readonly payload: Payload;
  readonly fleet: Fleet;
  readonly session: Session;
}

const refused = (...refusals: Extract<Decoded, { kind: 'refused' }>['refusals']): Decoded => ({
  kind: 'refused',
  refusals,
});

function takeNodeBirth(message: Message, sessions: SparkplugSessions): readonly Decoded[] {
  const { session, payload } = message;
  sessions.begin(session, bdSeqOf(payload), payload.seq);
  return takeBirth(message, sessions, NODE);
}

function takeDeviceBirth(message: Message, sessions: SparkplugSessions): readonly Decoded[] {
  const { session, payload, topic, heard } = message;
  noteSequence(session, payload.seq, heard.receivedAt);
  // Before the node's own birth nothing says which session this is of: its values are kept, its aliases are not.
  if (!session.online) session.lost = true;
  return takeBirth(message, sessions, topic.device ?? NODE);
}

function takeBirth(message: Message, sessions: SparkplugSessions, device: string): readonly Decoded[] {
  const { heard, session, payload } = message;
  const refusals = new Refusals();
  if (session.online && !sessions.bear(session, device, birthOf(payload.metrics, heard.receivedAt)))
    refusals.add(
      refusal(
        'too-many-names',
        `${session.from} names too many metrics; those of ${session.node} not kept`,
        `${session.from} 声明的指标过多，未保存 ${session.node} 的指标`,
      ),
    );
  return takeMetrics(message, device, refusals, true);
}

function takeData(message: Message): readonly Decoded[] {
  const { session, payload, topic, heard } = message;
  noteSequence(session, payload.seq, heard.receivedAt);
  const device = topic.device ?? NODE;
  if (!session.births.has(device)) session.lost = true;
  return takeMetrics(message, device, new Refusals(), false);
}

function takeDeviceDeath(message: Message, sessions: SparkplugSessions): readonly Decoded[] {
  const { session, payload, topic, heard } = message;
  noteSequence(session, payload.seq, heard.receivedAt);
  const device = topic.device ?? NODE;
  sessions.bury(session, device);
  // A node's death is dated by our clock (nobody was there to see it), a device's by its node's, as the specification says.
  return offline(message, device, 'device-death', payload.timestamp);
}

/** A death belongs to the birth with the same `bdSeq`: the will of an earlier connection may come after the next birth. */
function takeNodeDeath(message: Message, sessions: SparkplugSessions): readonly Decoded[] {
  const { session, payload } = message;
  if (!session.online) return [];
  const bdSeq = bdSeqOf(payload);
  if (bdSeq === null && session.bdSeq !== null)
    return [refused(refusal('schema', 'NDEATH without bdSeq: not followed', 'NDEATH 缺少 bdSeq，不予处理'))];
  if (session.bdSeq !== null && bdSeq !== session.bdSeq) return [];
  const gone = [...devicesGone(message, 'gateway-lost'), ...offline(message, NODE, 'gateway-lost')];
  sessions.end(session);
  return gone;
}

/** Every device born below the node is out of sight with it. */
function devicesGone(message: Message, cause: string): Decoded[] {
  return [...message.session.births.keys()]
    .filter((device) => device !== NODE)
    .flatMap((device) => offline(message, device, cause));
}

function offline(message: Message, device: string, cause: string, at: Instant | null = null): Decoded[] {
  const known = knownOf(message, device);
  if (typeof known === 'string') return [];
  const { receivedAt } = message.heard;
  const ts = at !== null && !refuseTime(at, known, receivedAt) ? at : receivedAt;
  return [{ kind: 'state', ...known, state: { status: 'offline', cause, ts } }];
}

/** Who is meant: the most exact of its names first. A device's own credential makes the node that device. */
function knownOf({ topic: { group, node }, heard: { from }, fleet }: Message, device: string): Known | string {
  const names =
    device === NODE ? [`${group}/${node}`, node] : [`${group}/${node}/${device}`, `${node}/${device}`, device];
  return fleet.named(device === NODE && from.startsWith('dev_') ? [from] : names, from);
}

/** What Sparkplug itself needs, and the commands a node takes: nothing that was measured. */
const isControl = (name: string) => name === 'bdSeq' || /^(Node|Device) Control\//.test(name);

function birthOf(metrics: readonly Metric[], at: Instant): Birth {
  const birth: Birth = { at, types: new Map(), names: new Map(), units: new Map() };
  for (const { name, alias, datatype, unit } of metrics) {
    if (!name) continue;
    birth.types.set(name, datatype);
    if (alias !== null) birth.names.set(alias, name);
    if (unit) birth.units.set(name, unit);
  }
  return birth;
}

function bdSeqOf({ metrics }: Payload): number | null {
  const value = metrics.find(({ name }) => name === 'bdSeq')?.value;
  return value?.field === 'int' ? unsigned(value.value) : null;
}

function takeMetrics(message: Message, device: string, refusals: Refusals, isBirth: boolean): readonly Decoded[] {
  const { heard, fleet } = message;
  const named = namedValues(message, device, refusals);
  const known = knownOf(message, device);
  if (typeof known === 'string') {
    // A node is often but a box that carries devices: only what it measures itself must belong to something.
    if (device !== NODE || named.length > 0) refusals.add(notNamed(known, heard.from));
    const list = refusals.list();
    return list.length > 0 ? [refused(...list)] : [];
  }
  const latest = isBirth ? (key: string) => fleet.latest(known.device.id, key) : undefined;
  return [readingsOf(known, named, heard.receivedAt, refusals, latest)];
}

function namedValues({ heard, payload, session }: Message, device: string, refusals: Refusals): NamedValue[] {
  const birth = session.births.get(device);
  const named: NamedValue[] = [];
  for (const metric of payload.metrics) {
    const { alias, isNull, isTransient, value: raw } = metric;
    const name = metric.name || (alias === null ? undefined : birth?.names.get(alias));
    if (name === undefined || name === '') {
      if (alias === null)
        refusals.add(refusal('schema', 'a metric with neither name nor alias', '指标既无名称也无别名'));
      else {
        refusals.add(
          refusal('unknown-alias', `alias ${alias} without a birth that names it`, `别名 ${alias} 未在 birth 中声明`),
        );
        session.lost = true;
      }
      continue;
    }
    if (isControl(name) || isNull || isTransient || raw === null) continue;
    const value = metricValue(raw, metric.datatype ?? birth?.types.get(name) ?? null);
    if (!value.ok) {
      refusals.add(within(name, value.error));
      continue;
    }
    const ts = metric.timestamp ?? payload.timestamp;
    const unit = metric.unit ?? birth?.units.get(name) ?? null;
    named.push({ name, value: value.value, unit, ts: ts ?? heard.receivedAt, timed: ts !== null });
  }
  return named;
}

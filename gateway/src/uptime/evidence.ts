import type { Availability, DeviceStatePayload, Instant, OrderSource } from '@uptower/domain';

/** What is known about whether a device serves patients; plain data, kept in the pipeline's snapshot. */
export interface Evidence {
  /** This server's clock at the last message of the device itself; null before first contact. */
  heardAt: Instant | null;
  /** The latest time of its own that anything it sent was of: as far as this the ledger's open interval is known. */
  wordAt?: Instant;
  /** What it last said of itself, by its own time. */
  reported: { state: 'up' | 'partial' | 'down'; at: Instant } | null;
  activity: string | null;
  /** Components it said have failed, and were not repaired or replaced since. */
  failed: { component: string; at: Instant }[];
  /** When its last will said `offline`; null when it spoke since. */
  offlineAt: Instant | null;
  /** That will was of the gateway that carries it, not of its own. */
  offlineByGateway?: boolean;
}

export const noEvidence = (): Evidence => ({
  heardAt: null,
  reported: null,
  activity: null,
  failed: [],
  offlineAt: null,
});

/** An order somebody is on site for. */
export interface OnSite {
  readonly source: OrderSource;
}

/** Why nobody can say at present, and since when. */
export interface Silence {
  readonly cause: 'session-lost' | 'gateway-lost' | 'silent' | 'clock-jumped' | 'sensor-stuck';
  readonly since: Instant;
}

export interface Judgement {
  readonly state: Availability;
  readonly cause: string;
}

/** The device said or sent something: it is there. `ts`: what time it spoke of. */
export function onHeard(evidence: Evidence, receivedAt: Instant, ts: Instant): void {
  evidence.heardAt = Math.max(evidence.heardAt ?? receivedAt, receivedAt);
  evidence.wordAt = Math.max(evidence.wordAt ?? ts, ts);
  evidence.offlineAt = null;
  if (evidence.offlineByGateway !== undefined) delete evidence.offlineByGateway;
}

/** The device's own word. Older word than the last is history; `offline` is the broker speaking for a lost session. */
export function onState(evidence: Evidence, state: DeviceStatePayload & { ts: Instant }, receivedAt: Instant): void {
  if (state.status === 'offline') {
    evidence.offlineAt = receivedAt;
    if (state.cause === 'gateway-lost') evidence.offlineByGateway = true;
    return;
  }
  onHeard(evidence, receivedAt, state.ts);
  if (evidence.reported && state.ts < evidence.reported.at) return;
  evidence.reported = { state: state.status, at: state.ts };
  if (state.activity) evidence.activity = state.activity;
  // Its later word about the whole outweighs an earlier one about a part.
  evidence.failed = evidence.failed.filter((failure) => failure.at > state.ts);
}

export function onFailure(evidence: Evidence, component: string, at: Instant): void {
  if (!evidence.failed.some((failure) => failure.component === component)) evidence.failed.push({ component, at });
}

/** Replaced, or repaired by an engineer; null: the whole device. */
export function onRepair(evidence: Evidence, component: string | null): void {
  evidence.failed = component === null ? [] : evidence.failed.filter((failure) => failure.component !== component);
}

const FAILED: Judgement = { state: 'down', cause: 'failure' };
const FIRST_CONTACT: Judgement = { state: 'up', cause: 'first-contact' };

/**
 * Stale is not down, and down for an agreed reason is planned: while somebody is on site for a predicted order and the
 * device is in service mode, what would be down or unknown is planned. What had failed by itself stays down.
 */
export function judge(evidence: Evidence, silence: Silence | null, visits: readonly OnSite[]): Judgement | null {
  if (evidence.heardAt === null && evidence.reported === null) return null;
  const failed = evidence.failed.length > 0;
  const own: Judgement = failed
    ? FAILED
    : evidence.reported
      ? { state: evidence.reported.state, cause: 'device-report' }
      : FIRST_CONTACT;
  const seen: Judgement = silence ? { state: 'unknown', cause: silence.cause } : own;
  const agreed = !failed && evidence.activity === 'service' && visits.some((visit) => visit.source === 'prediction');
  if (agreed && (seen.state === 'down' || seen.state === 'unknown'))
    return { state: 'planned', cause: 'planned-visit' };
  return seen;
}

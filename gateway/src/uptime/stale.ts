import type { StaleValues } from '@uptower/domain';
import type { Evidence } from './evidence.ts';
import type { Ledger } from './ledger.ts';

/** Causes in the ledger that mean: it is not heard. Stuck sensors and clocks that jumped are heard all the same. */
const UNHEARD: ReadonlySet<string> = new Set(['session-lost', 'gateway-lost', 'silent', 'server-down']);

/**
 * Since when what a device said last may no longer hold, and why; null while it is heard. A death or a last will makes it
 * so at once [tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale], where the ledger
 * waits whether the device comes back; everything else is the ledger's word. The next birth or reading ends it.
 * `connected`: it holds a session now, so that a will is of an earlier one.
 */
export function staleOf(
  evidence: Evidence | undefined,
  connected: boolean,
  present: ReturnType<Ledger['present']>,
): StaleValues | null {
  if (!evidence) return null;
  const { offlineAt, offlineByGateway } = evidence;
  if (offlineAt !== null && !connected)
    return { since: offlineAt, cause: offlineByGateway ? 'gateway-lost' : 'session-lost' };
  if (present?.state === 'unknown' && UNHEARD.has(present.cause)) return { since: present.since, cause: present.cause };
  return null;
}

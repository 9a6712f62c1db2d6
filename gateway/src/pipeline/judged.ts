import type { AvailabilityChanged, Device, Instant } from '@uptower/domain';
import { reached } from '../event-time/past.ts';
import { doubtOf } from '../presence/doubt.ts';
import { judge, type OnSite } from '../uptime/evidence.ts';
import type { Context, Message } from './context.ts';
import { NONE } from './outcome.ts';
import type { DeviceState } from './state.ts';
import type { World } from './world.ts';

/** The ledger entry that follows from what a message of `at` said of the device; mostly there is none. */
export function judged(
  device: Device,
  state: DeviceState,
  at: Instant,
  { position, receivedAt }: Message,
  { ledger, world }: Context,
): readonly AvailabilityChanged[] {
  const open = ledger.newest(device.id);
  // Measured before contact was lost: how it has been since, this does not say. Unless something newer follows, the
  // pipeline's tick dates the return by our clock.
  if (open?.state === 'unknown' && at <= open.from) return NONE;
  // It speaks of what is past, and was reckoned in or waits to be: what it means for the ledger the amendment says.
  if (open?.state !== 'unknown' && state.past.late !== null && at < (reached(state.past) ?? at)) return NONE;
  const doubt = doubtOf(state);
  const verdict = judge(state.evidence, doubt, visitsThatExplain(state, world, device.id));
  if (verdict === null || verdict.state === open?.state) return NONE;
  const { wordAt: knownUntil } = state.evidence;
  const occasion = { at: doubt?.since ?? at, knownUntil, heardAt: receivedAt, position, replayed: true };
  const next = ledger.next(device.id, verdict, occasion);
  if (!next) return NONE;
  ledger.apply(next.event, next.version);
  return [next.event];
}

/**
 * Visits to a device in service mode. The visit to a device that reported a failure is not what keeps it from working: it
 * was down before.
 */
export function visitsThatExplain(state: DeviceState, world: World, deviceId: string): readonly OnSite[] {
  if (state.evidence.activity !== 'service' || state.failures.some((failure) => failure.finding)) return NONE;
  return world.visits(deviceId);
}

import { z } from 'zod';
import { DeviceId, SiteId } from './ids.ts';
import type { DeviceTopic } from './topics.ts';

/** Who an MQTT connection speaks for: one device, or one site's gateway which may speak for every device of that site. */
export const Principal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('device'), siteId: SiteId, deviceId: DeviceId }),
  z.strictObject({ kind: z.literal('site'), siteId: SiteId }),
]);
export type Principal = z.infer<typeof Principal>;

/** The MQTT user name of a principal; the id it speaks for. */
export function usernameOf(principal: Principal): string {
  return principal.kind === 'device' ? principal.deviceId : principal.siteId;
}

/** A device never speaks for another. */
export function mayPublish(principal: Principal, topic: DeviceTopic): boolean {
  if (topic.siteId !== principal.siteId) return false;
  return principal.kind === 'site' || topic.deviceId === principal.deviceId;
}

/** Filters below its own subtree only. */
export function maySubscribe(principal: Principal, filter: string): boolean {
  const levels = filter.split('/');
  if (levels[0] !== 'uptower' || levels[1] !== 'v1' || levels[2] !== principal.siteId) return false;
  return principal.kind === 'site' || levels[3] === principal.deviceId;
}

import { z } from 'zod';
import { DeviceId, SiteId } from './ids.ts';
import type { DeviceTopic } from './topics.ts';

/** Who an MQTT connection speaks for: one device, or one site's gateway which may speak for every device of that site. */
export const Principal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('device'), siteId: SiteId, deviceId: DeviceId }),
  z.strictObject({ kind: z.literal('site'), siteId: SiteId }),
]);
export type Principal = z.infer<typeof Principal>;

/** SHA-256 of a client certificate (DER), lower-case hex; colons and capitals are taken and dropped. */
export const Fingerprint = z
  .string()
  .transform((text) => text.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of a certificate: 64 hexadecimal digits'));
export type Fingerprint = z.infer<typeof Fingerprint>;

/** Who a message came from: a principal, or a broker outside that checks its own clients and may speak for any device. */
export type Speaker = Principal | { readonly kind: 'broker'; readonly name: string };

/** The MQTT user name of a principal: the id it speaks for; `broker:{name}` for a broker outside. */
export function usernameOf(speaker: Speaker): string {
  if (speaker.kind === 'broker') return `broker:${speaker.name}`;
  return speaker.kind === 'device' ? speaker.deviceId : speaker.siteId;
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

/** Thrown where credentials are checked: they were not looked at, because there were too many failures lately. */
export class NotLookedAt extends Error {}

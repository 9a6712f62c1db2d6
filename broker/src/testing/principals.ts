import { DeviceId, type Principal, SiteId } from '@uptower/domain';

export const siteId = SiteId.parse('site_a');

/** Who the user names of tests speak for: `site_a`, or a device of it. */
export function principalIn(username: string | undefined): Principal | undefined {
  if (username === siteId) return { kind: 'site', siteId };
  const deviceId = DeviceId.safeParse(username);
  return deviceId.success ? { kind: 'device', siteId, deviceId: deviceId.data } : undefined;
}

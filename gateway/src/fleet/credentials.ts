import type { DeviceId, IssuedCredential, Principal, Registry, RegistryEvent, SiteId } from '@uptower/domain';
import { usernameOf } from '@uptower/domain';
import { hashSecret, randomSecret, secretMatches } from '@uptower/platform';

/** Who these credentials speak for. A map look-up and one SHA-256: ten thousand devices may reconnect at once. */
export function authenticate(
  registry: Registry,
  username: string | undefined,
  password: Buffer | undefined,
): Principal | undefined {
  if (username === undefined || password === undefined) return undefined;
  const credential = registry.credentials.get(username);
  return credential && secretMatches(credential.secretHash, password.toString()) ? credential.principal : undefined;
}

export interface Issue {
  readonly events: RegistryEvent[];
  readonly issued: IssuedCredential[];
  /** Ids that are not in the registry; then nothing is issued. */
  readonly unknown: string[];
}

/** New secrets for devices and sites; an earlier one of the same name stops working. */
export function issueCredentials(
  registry: Registry,
  wanted: { readonly devices: readonly DeviceId[]; readonly sites: readonly SiteId[] },
  at: number,
): Issue {
  const unknown: string[] = [];
  const principals: Principal[] = [];
  for (const deviceId of new Set(wanted.devices)) {
    const device = registry.devices.get(deviceId);
    if (device) principals.push({ kind: 'device', siteId: device.siteId, deviceId });
    else unknown.push(deviceId);
  }
  for (const siteId of new Set(wanted.sites)) {
    if (registry.sites.has(siteId)) principals.push({ kind: 'site', siteId });
    else unknown.push(siteId);
  }
  if (unknown.length > 0) return { events: [], issued: [], unknown };
  const events: RegistryEvent[] = [];
  const issued = principals.map((principal): IssuedCredential => {
    const [username, password] = [usernameOf(principal), randomSecret()];
    events.push({ type: 'credential.issued', username, principal, secretHash: hashSecret(password), at });
    const deviceId = principal.kind === 'device' ? principal.deviceId : null;
    return { username, password, siteId: principal.siteId, deviceId };
  });
  return { events, issued, unknown };
}

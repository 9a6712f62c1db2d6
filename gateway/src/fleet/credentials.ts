import type {
  CredentialView,
  DeviceId,
  IssuedCredential,
  Principal,
  Registry,
  RegistryEvent,
  SiteId,
} from '@uptower/domain';
import { usernameOf } from '@uptower/domain';
import { hashPassword, hashSecret, randomSecret } from '@uptower/platform';

export interface Issue {
  readonly events: RegistryEvent[];
  readonly issued: IssuedCredential[];
  /** Ids that are not in the registry; then nothing is issued. */
  readonly unknown: string[];
}

/** Hashes computed at the same time: a whole fleet's must not fill the queue of the threads the disk uses too. */
const AT_ONCE = 4;

/** Who is meant by the ids of devices and sites; those that are not in the registry. */
function principalsOf(
  registry: Registry,
  wanted: { readonly devices: readonly DeviceId[]; readonly sites: readonly SiteId[] },
): { readonly principals: Principal[]; readonly unknown: string[] } {
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
  return { principals, unknown };
}

/** New secrets for devices and sites, or the given password for one of them; an earlier one of the same name stops working. */
export async function issueCredentials(
  registry: Registry,
  wanted: { readonly devices: readonly DeviceId[]; readonly sites: readonly SiteId[]; readonly password?: string },
  at: number,
): Promise<Issue> {
  const { principals, unknown } = principalsOf(registry, wanted);
  if (unknown.length > 0) return { events: [], issued: [], unknown };
  const events: RegistryEvent[] = [];
  const issued: IssuedCredential[] = [];
  for (let i = 0; i < principals.length; i += AT_ONCE) {
    const made = principals.slice(i, i + AT_ONCE).map(async (principal) => {
      const password = wanted.password ?? randomSecret();
      // A password somebody chose can be guessed: that needs the slow hash.
      const secretHash = await (wanted.password === undefined ? hashSecret : hashPassword)(password);
      return { principal, password, secretHash };
    });
    for (const { principal, password, secretHash } of await Promise.all(made)) {
      const username = usernameOf(principal);
      events.push({ type: 'credential.issued', username, principal, secretHash, at });
      const deviceId = principal.kind === 'device' ? principal.deviceId : null;
      issued.push({ username, password, siteId: principal.siteId, deviceId });
    }
  }
  return { events, issued, unknown };
}

/** The device or site a certificate is to speak for; undefined when it is not in the registry. */
export function principalFor(
  registry: Registry,
  { deviceId, siteId }: { readonly deviceId?: DeviceId; readonly siteId?: SiteId },
): Principal | undefined {
  return principalsOf(registry, { devices: deviceId ? [deviceId] : [], sites: siteId ? [siteId] : [] }).principals[0];
}

/** Who may connect, and by what; no secret among it. */
export function credentialViews(registry: Registry): CredentialView[] {
  const certificates = new Map<string, string[]>();
  for (const { fingerprint, principal } of registry.certificates.values()) {
    const username = usernameOf(principal);
    certificates.set(username, [...(certificates.get(username) ?? []), fingerprint]);
  }
  const usernames = [...new Set([...registry.credentials.keys(), ...certificates.keys()])].sort();
  return usernames.map((username) => ({
    username,
    hasPassword: registry.credentials.has(username),
    certificates: certificates.get(username) ?? [],
  }));
}

import type { Device, Instant } from '@uptower/domain';
import type { Contacts } from '../uptime/contacts.ts';
import type { Silence } from '../uptime/evidence.ts';
import { returnDue, type Session, type SilenceLimits } from '../uptime/silence.ts';
import type { Path } from './state.ts';
import type { Told } from './told.ts';

/** A device, the way it was last heard, and what is the matter with it by itself. */
export interface Carried {
  readonly device: Device;
  readonly path: Path;
  /** It holds a session of its own now: the gateway is not its only way. */
  readonly connected: boolean;
  readonly heardAt: Instant;
  readonly silence: Silence | null;
  /** The gateway's own last will said so. */
  readonly byGateway: boolean;
}

/** One cause that hides several devices. */
export interface LostGateway {
  /** A site, a device, or `sparkplug:group/node`. */
  readonly name: string;
  readonly since: Instant;
  readonly devices: readonly Device[];
}

/** Every gateway that is gone, by each device it hides. */
export function lostGateways(
  all: readonly Carried[],
  contacts: Contacts,
  limits: SilenceLimits,
  told: Told,
  now: Instant,
): ReadonlyMap<string, LostGateway> {
  const groups = new Map<string, Carried[]>();
  for (const one of all) {
    const { gateway } = one.path;
    if (gateway === null) continue;
    const group = groups.get(gateway);
    if (group) group.push(one);
    else groups.set(gateway, [one]);
  }
  const byDevice = new Map<string, LostGateway>();
  for (const [name, carried] of groups) {
    const session = carried[0]?.path.session;
    const lastWord = Math.max(...carried.map(({ heardAt }) => heardAt));
    const own = told.limitsOf(name, lastWord, limits);
    const lost = lostGateway(name, carried, session ? contacts.session(session) : null, own, now);
    told.note(name, lost);
    if (lost) for (const device of lost.devices) byDevice.set(device.id, lost);
  }
  return byDevice;
}

/**
 * Whether what carries these devices is gone: its session ended and did not come back within the grace; or, where its
 * session cannot be seen, its death was announced (a Sparkplug node's last will), or everyone behind it, two at least,
 * went away.
 */
export function lostGateway(
  name: string,
  carried: readonly Carried[],
  session: Session | null,
  limits: SilenceLimits,
  now: Instant,
): LostGateway | null {
  const behind = carried.filter(({ connected }) => !connected);
  if (behind.length === 0 || session?.open) return null;
  const devices = behind.map(({ device }) => device);
  const lastWord = Math.max(...behind.map(({ heardAt }) => heardAt));
  const lostAt = session ? (session.lostAt ?? (lastWord < limits.startedAt ? lastWord : null)) : null;
  if (lostAt !== null && lostAt >= lastWord) {
    return now >= returnDue(lostAt, limits) ? { name, since: lostAt, devices } : null;
  }
  const absences = behind.flatMap(({ silence }) => silence ?? []);
  const said = behind.some(({ byGateway }) => byGateway);
  if ((behind.length < 2 && !said) || absences.length < behind.length) return null;
  return { name, since: Math.max(...absences.map(({ since }) => since)), devices };
}

import { mayPublish, maySubscribe, type Principal } from './credential.ts';
import { SiteId } from './ids.ts';
import { isThingsBoardListening, parseSparkplugTopic, parseThingsBoardTopic, parseTopic } from './topics.ts';

/** Other names of who speaks: a device's aliases; for a site, the ids and aliases of all its devices. */
export type NamesOf = (principal: Principal) => Iterable<string>;

/**
 * Whether a credential may act as a Sparkplug edge node. Decided from the registry alone, so the answer does not depend
 * on who came first: a group named like a site belongs to that site; a device is the node of its own id; further nodes
 * are those an alias names (`node`, `group/node`, and for a site also what is before the device in `node/device` and
 * `group/node/device`).
 */
export function mayUseNode(principal: Principal, group: string, node: string, namesOf: NamesOf): boolean {
  const owner = SiteId.safeParse(group);
  if (owner.success && owner.data !== principal.siteId) return false;
  if (principal.kind === 'site' && group === principal.siteId) return true;
  if (principal.kind === 'device' && node === principal.deviceId) return true;
  const full = `${group}/${node}`;
  for (const name of namesOf(principal)) {
    if (name === node || name === full) return true;
    if (principal.kind === 'site' && (name.startsWith(`${node}/`) || name.startsWith(`${full}/`))) return true;
  }
  return false;
}

export type TopicRefusal = 'not-our-topic' | 'foreign-topic';

/** Whether this principal may publish there: null, or why not. One subtree a credential, in every language it speaks. */
export function refusePublish(principal: Principal, topic: string, namesOf: NamesOf): TopicRefusal | null {
  const native = parseTopic(topic);
  if (native) return mayPublish(principal, native) ? null : 'foreign-topic';
  const sparkplug = parseSparkplugTopic(topic);
  if (sparkplug) return mayUseNode(principal, sparkplug.group, sparkplug.node, namesOf) ? null : 'foreign-topic';
  const thingsBoard = parseThingsBoardTopic(topic);
  if (!thingsBoard) return 'not-our-topic';
  // A site's gateway publishes figures of its own as a device would.
  return thingsBoard.api === 'me' || principal.kind === 'site' ? null : 'foreign-topic';
}

/** Retained messages are the native ones: Sparkplug forbids it, and ThingsBoard's topics are everybody's. */
export const mayRetain = (topic: string): boolean => parseTopic(topic) !== undefined;

/** Whether this principal may subscribe to a filter: null, or why not. */
export function refuseSubscribe(principal: Principal, filter: string, namesOf: NamesOf): 'foreign-topic' | null {
  const allowed =
    maySubscribe(principal, filter) ||
    mayHearSparkplug(principal, filter, namesOf) ||
    (isThingsBoardListening(filter) && (principal.kind === 'site' || !filter.startsWith('v1/gateway/'))) ||
    (principal.kind === 'site' && isFigures(filter));
  return allowed ? null : 'foreign-topic';
}

/**
 * Whether one message may be passed on to this principal. Asked again for each message, because a filter was allowed
 * once and devices move. Topics that are the same text for everybody (`v1/…`) are never passed on: what the server says
 * there goes to one client by name.
 */
export function mayHear(principal: Principal, topic: string, namesOf: NamesOf): boolean {
  return (
    maySubscribe(principal, topic) ||
    mayHearSparkplug(principal, topic, namesOf) ||
    (principal.kind === 'site' && isFigures(topic))
  );
}

/** Topics whose text is the same for every device. */
export const isSharedTopic = (topic: string): boolean => topic.startsWith('v1/');

/** Figures of the broker itself; the rest of `$SYS` names other people's clients. */
const isFigures = (filter: string): boolean => filter.startsWith('$SYS/broker/');

/** A node's own commands and the state of hosts, as filter or as topic. */
function mayHearSparkplug(principal: Principal, filter: string, namesOf: NamesOf): boolean {
  const [root, group, type, node] = filter.split('/');
  if (root !== 'spBv1.0' || group === undefined) return false;
  if (group === 'STATE') return true;
  if ((type !== 'NCMD' && type !== 'DCMD') || !node || /[+#]/.test(group + node)) return false;
  return mayUseNode(principal, group, node, namesOf);
}

import { sparkplugStateTopic } from '@uptower/domain';
import type { IPublishPacket } from 'mqtt-packet';
import { hostState } from '../formats/sparkplug/host-state.ts';
import type { Outgoing } from '../incoming.ts';
import { type Link, type LinkOptions, openLink } from './link.ts';
import { retrying } from './retrying.ts';

export interface HostOptions {
  readonly link: Omit<LinkOptions, 'clean' | 'will'>;
  /** Its name among Sparkplug's host applications; left out, it says nothing of itself. */
  readonly hostId?: string;
  /** Resolves when nodes are heard: before that this host does not say that it is there. */
  readonly hears: Promise<unknown>;
  now(): number;
}

export interface Host {
  publish(message: Outgoing): Promise<void>;
  close(): Promise<void>;
}

/**
 * The connection that speaks: what the gateway sends to devices, and the state of this host. A session of its own and a
 * clean one, as Sparkplug wants it of host applications [tck-id-message-flow-phid-sparkplug-clean-session-311]; the ones
 * that take messages in must be kept.
 */
export function startHost(
  { link: options, hostId, hears, now }: HostOptions,
  told: (up: boolean, reason: string) => void,
): Host {
  let link: Link | undefined;
  /** Connected, and may wait for its birth. */
  let unborn: Link | undefined;
  let since = 0;
  let closing = false;

  const topic = hostId === undefined ? undefined : sparkplugStateTopic(hostId);
  /** Birth and will of one connection carry the same time [tck-id-host-topic-phid-birth-payload-timestamp]. */
  const state = (online: boolean) => (hostId === undefined ? undefined : hostState(hostId, online, since));
  const say = async (to: Link | undefined, online: boolean) => {
    const message = state(online);
    if (message) await to?.publish(message);
  };

  const session = async (isIn: () => void): Promise<string> => {
    since = now();
    const will = state(false);
    let ended: (reason: string) => void = () => undefined;
    const over = new Promise<string>((resolve) => {
      ended = resolve;
    });
    let born = false;
    const message = (packet: IPublishPacket, from: Link) => {
      if (packet.qos > 0) from.acknowledge(packet.messageId as number);
      // The will of a connection that was given up comes after the next one is there; so does that of a twin of this
      // server with the same host id [tck-id-message-flow-hid-sparkplug-state-message-delivered].
      if (packet.topic === topic && born && !closing && saysOffline(packet.payload))
        say(from, true).catch(() => undefined);
    };
    const opened = await openLink({ ...options, clean: true, will }, { message, closed: ended });
    if (closing) opened.destroy('closing');
    try {
      unborn = opened;
      if (topic) {
        await opened.subscribe([topic]);
        // Nodes give their births when they hear of this host: nobody must miss them
        // [tck-id-message-flow-phid-sparkplug-subscription].
        const lost = await Promise.race([hears.then(() => null), over]);
        if (lost !== null || closing) return over;
      }
      born = true;
      await say(opened, true);
      link = opened; // the birth comes before anything else [tck-id-principles-birth-certificates-order]
      isIn();
      told(true, 'connected');
    } catch (error) {
      opened.destroy((error as Error).message);
    }
    return over;
  };

  const retry = retrying(session, (reason) => {
    link = undefined;
    unborn = undefined;
    told(false, reason);
  });
  return {
    async publish(message) {
      if (message.topic === topic) return; // said above, with the times that fit
      if (!link) throw new Error(`not connected to the broker: nothing is sent to ${message.topic}`);
      await link.publish(message);
    },
    async close() {
      closing = true;
      retry.stop();
      await say(link, false).catch(() => undefined); // with a goodbye there is no will
      if (link) await link.end();
      else unborn?.destroy('closing');
      await retry.over();
    },
  };
}

function saysOffline(payload: string | Buffer): boolean {
  try {
    return (JSON.parse(payload.toString()) as { online?: unknown } | null)?.online === false;
  } catch {
    return false;
  }
}

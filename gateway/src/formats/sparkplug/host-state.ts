import { type Instant, sparkplugStateTopic } from '@uptower/domain';
import type { Outgoing } from '../../incoming.ts';

/** What a Sparkplug host says of itself: retained, so that a node that comes later knows whether anybody listens. */
export const hostState = (hostId: string, online: boolean, timestamp: Instant): Outgoing => ({
  topic: sparkplugStateTopic(hostId),
  payload: Buffer.from(JSON.stringify({ online, timestamp })),
  retain: true,
  qos: 1,
});

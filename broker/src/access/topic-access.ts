import { mayPublish, maySubscribe, type Principal, parseTopic } from '@uptower/domain';

export type PublishRefusal = 'not-our-topic' | 'foreign-topic';

/** Whether this principal may publish there: null, or why not. A device speaks below its own topic and nowhere else. */
export function refusePublish(principal: Principal, topic: string): PublishRefusal | null {
  const parsed = parseTopic(topic);
  if (!parsed) return 'not-our-topic';
  return mayPublish(principal, parsed) ? null : 'foreign-topic';
}

/** Whether this principal may listen there: null, or why not. */
export function refuseSubscribe(principal: Principal, filter: string): 'foreign-topic' | null {
  return maySubscribe(principal, filter) ? null : 'foreign-topic';
}

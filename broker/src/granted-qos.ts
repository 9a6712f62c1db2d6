import { matches } from './topic-tree.ts';

export type Qos = 0 | 1 | 2;
/** What a client subscribed to: the QoS granted, by filter. */
type GrantedFilters = ReadonlyMap<string, Qos>;

/**
 * The QoS a message goes to a client with: the highest granted among the filters that match its topic [MQTT-3.3.5-1], at
 * most the one it was published with [MQTT-3.8.4-6]. Null: no filter matches.
 */
export function deliveryQos(filters: GrantedFilters, topic: string, published: Qos): Qos | null {
  let best: Qos | null = null;
  for (const [filter, granted] of filters) {
    if ((best !== null && granted <= best) || !matches(filter, topic)) continue;
    if (granted >= published) return published;
    best = granted;
  }
  return best;
}

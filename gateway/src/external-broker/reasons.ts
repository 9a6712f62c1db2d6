/** MQTT 3.1.1, table 3.1. */
const CONNACK_4: Readonly<Record<number, string>> = {
  1: 'it does not speak this version of MQTT',
  2: 'it refuses the client id',
  3: 'it is not available',
  4: 'bad user name or password',
  5: 'not authorised',
};

/** MQTT 5, the reason codes an intake client meets; others are named by their number. */
const REASONS_5: Readonly<Record<number, string>> = {
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'it does not speak this version of MQTT',
  133: 'it refuses the client id',
  134: 'bad user name or password',
  135: 'not authorised',
  136: 'it is not available',
  137: 'it is busy',
  138: 'banned',
  139: 'it is shutting down',
  141: 'keep alive timeout',
  142: 'another client connected with this client id',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  147: 'more in flight than agreed',
  149: 'packet too large',
  151: 'quota exceeded',
  152: 'administrative action',
  156: 'it asks to use another server',
  157: 'the server has moved',
  158: 'it does not support shared subscriptions',
  159: 'connection rate exceeded',
  162: 'it does not support wildcards',
};

export const connackReason = (protocol: 4 | 5, code: number): string =>
  (protocol === 4 ? CONNACK_4 : REASONS_5)[code] ?? `code ${code}`;

export const reasonOf = (code: number): string => REASONS_5[code] ?? `code ${code}`;

/** What an answer to one filter of a SUBSCRIBE means when it is not the QoS 1 that was asked for; null when it is. */
export function subscribeRefusal(protocol: 4 | 5, granted: number): string | null {
  if (granted === 1 || granted === 2) return null;
  // Delivered without acknowledgement, so a message under way is lost with the connection.
  if (granted === 0) return 'only QoS 0 is granted';
  return protocol === 4 ? 'refused (0x80): not authorised, or not supported' : `refused: ${reasonOf(granted)}`;
}

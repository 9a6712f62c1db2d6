import { createRequire } from 'node:module';
import type { Client } from 'aedes';

/** What of aedes' client and of mqtt-packet's parser is not in their types. */
interface Inside {
  _keepaliveTimer: NodeJS.Timeout | null;
  /** Takes back what `finished` of node:stream put on the connection. */
  _eos: () => void;
  readonly _parser: {
    /** Bytes not parsed yet: a `BufferListStream` of `bl`. */
    _list: { readonly constructor: { readonly BufferList: new () => Inside['_parser']['_list'] } };
    /** The CONNECT packet; of it only the protocol version is looked at later. */
    settings: { readonly protocolVersion: number };
  };
}
const inside = (client: Client) => client as unknown as Inside;
const nothing = () => undefined;

/** The very module aedes writes packets with. */
const { writeToStream } = createRequire(createRequire(import.meta.url).resolve('aedes'))('mqtt-packet') as {
  readonly writeToStream: { cacheNumbers: boolean };
};
// It would keep a buffer of its own for each of 65,536 packet ids: 8 MB.
writeToStream.cacheNumbers = false;

/** A message on the short way is a sign of life like any other [MQTT-3.1.2-24]; aedes does not see it. */
export function keepAlive(client: Client): void {
  inside(client)._keepaliveTimer?.refresh();
}

/**
 * Takes off a new client what it never uses, 2 of its 7 kB: the parser's list of bytes is a whole stream, of which only the
 * list is used; and `finished` listens for the end of the connection in six ways, besides aedes itself. Whoever calls this
 * calls `client.close()` when the connection closes.
 */
export function slim(client: Client): void {
  const { _parser: parser, _eos: stopListening } = inside(client);
  parser._list = new parser._list.constructor.BufferList();
  stopListening();
  inside(client)._eos = nothing;
}

const SETTINGS = new Map([3, 4].map((protocolVersion) => [protocolVersion, { protocolVersion }]));

/** Its handshake is done: lets the CONNECT packet go, and with it the password and the bytes it came in. */
export function forgetConnect(client: Client): void {
  const { _parser: parser } = inside(client);
  parser.settings = SETTINGS.get(parser.settings.protocolVersion) ?? parser.settings;
}

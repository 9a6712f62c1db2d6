import type { Speaker } from '@uptower/domain';

/** One message as the broker hands it over (the same shape as the broker's own; services do not import each other). */
export interface Incoming {
  readonly principal: Speaker;
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly qos: 0 | 1 | 2;
}

/** One message of the gateway's own to devices: a rebirth request, the state of this host. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly qos: 0 | 1;
}

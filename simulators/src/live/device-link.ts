import {
  buildTopic,
  type Channel,
  type Device,
  type DeviceEventPayload,
  type DeviceStatePayload,
  type SiteId,
  type TelemetryItem,
} from '@uptower/domain';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { seedOf, unit } from '../rng.ts';

/** Two days of minutes: what a device's own buffer holds while the network is away. */
const BUFFER_ITEMS = 2_880;
/** Readings in one message when a buffer is emptied. */
const BATCH_ITEMS = 72;
/** Real milliseconds. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
/** MQTT 3.1.1 return codes: bad user name or password, not authorized. */
const AUTH_REFUSED = new Set([4, 5]);

type Outgoing = { readonly device: Device } & (
  | { readonly channel: 'telemetry'; readonly item: TelemetryItem; readonly minute: number }
  | { readonly channel: 'events'; readonly event: DeviceEventPayload }
);

/** A device with a session of its own; or a site, whose gateway carries several and speaks ThingsBoard's words for them. */
export type Speaker = { readonly device: Device } | { readonly gatewayOf: SiteId };
export const usernameOfSpeaker = (speaker: Speaker): string =>
  'device' in speaker ? speaker.device.id : speaker.gatewayOf;

export interface DeviceLinkOptions {
  readonly mqttUrl: string;
  readonly speaker: Speaker;
  readonly password: string;
  /** Waits for a turn to connect: hundreds of devices at once would be a storm. */
  readonly takeTurn: () => Promise<() => void>;
  readonly onAcknowledged: (device: Device, minute: number) => void;
  /** The password is no longer good: resolves to a new one. */
  readonly renewPassword: () => Promise<string>;
  readonly onProblem: (error: unknown) => void;
  /** Real milliseconds before the first new attempt. */
  readonly firstRetryMs?: number;
  /** Tests put another one in. */
  readonly connect?: (url: string, options: IClientOptions) => MqttClient;
}

/**
 * The connection of one device or gateway. It keeps readings until the broker has acknowledged them: one message in flight, taken
 * from the buffer only at its PUBACK, sent again with the same `seq` after a lost connection. mqtt.js's own store and
 * reconnection are not used, because two memories of what was sent would send twice.
 */
export class DeviceLink {
  readonly #options: DeviceLinkOptions;
  readonly #queue: Outgoing[] = [];
  #password: string;
  #client: MqttClient | undefined;
  #connected = false;
  /** Messages of the queue's head that are in flight. */
  #inFlight = 0;
  #sendingState = false;
  /** What each device last said of itself, and whether this connection has said it. */
  readonly #states = new Map<Device, { readonly state: DeviceStatePayload; sent: boolean }>();
  #network = true;
  #stopped = false;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeviceLinkOptions) {
    this.#options = options;
    this.#password = options.password;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  start(): void {
    void this.#connect();
  }

  reading(device: Device, item: TelemetryItem, minute: number): void {
    this.#queue.push({ channel: 'telemetry', device, item, minute });
    // The oldest goes first, but never one that is in flight.
    if (this.#queue.length > BUFFER_ITEMS) this.#queue.splice(this.#inFlight, 1);
    this.#pump();
  }

  event(device: Device, event: DeviceEventPayload): void {
    this.#queue.push({ channel: 'events', device, event });
    this.#pump();
  }

  state(device: Device, state: DeviceStatePayload): void {
    this.#states.set(device, { state, sent: false });
    this.#pump();
  }

  /** Plugs the network cable or pulls it: pulled means no DISCONNECT, the broker publishes the will. */
  network(there: boolean): void {
    if (this.#network === there) return;
    this.#network = there;
    if (there) this.#retryIn(0);
    else this.#client?.end(true);
  }

  /** Says goodbye properly, so that the will is not published. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) return;
    if (!this.#connected) return void client.end(true);
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        client.end(true);
        resolve();
      }, 1_000);
      client.end(false, () => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  async #connect(): Promise<void> {
    const { mqttUrl, speaker, takeTurn, connect = mqtt.connect } = this.#options;
    const username = usernameOfSpeaker(speaker);
    const done = await takeTurn();
    if (this.#stopped || !this.#network || this.#client) return done();
    const client = connect(mqttUrl, {
      clientId: username,
      username,
      password: this.#password,
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      reconnectPeriod: 0,
      connectTimeout: 15_000,
      timerVariant: 'native',
      ...('device' in speaker ? { will: willOf(speaker.device) } : {}),
    });
    this.#client = client;
    let refused = false;
    client.on('connect', () => {
      done();
      if (this.#stopped) return; // stopped during the handshake: `stop` ends this client
      this.#connected = true;
      this.#attempts = 0;
      for (const said of this.#states.values()) said.sent = false;
      this.#pump();
    });
    client.on('error', (error) => {
      refused ||= AUTH_REFUSED.has((error as { code?: number }).code ?? 0);
      this.#options.onProblem(error);
    });
    client.on('close', () => {
      done();
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#connected = false;
      this.#inFlight = 0;
      this.#sendingState = false;
      client.end(true);
      if (this.#stopped || !this.#network) return;
      if (refused) void this.#renew();
      else this.#retryIn(this.#backoffMs());
    });
  }

  async #renew(): Promise<void> {
    try {
      this.#password = await this.#options.renewPassword();
    } catch (error) {
      this.#options.onProblem(error);
    }
    this.#retryIn(this.#backoffMs());
  }

  /** Doubles up to the longest, and is spread by device, so that a fleet does not come back in one instant. */
  #backoffMs(): number {
    const base = Math.min(LONGEST_RETRY_MS, (this.#options.firstRetryMs ?? FIRST_RETRY_MS) * 2 ** this.#attempts);
    this.#attempts += 1;
    return base * (0.5 + unit(seedOf(0, usernameOfSpeaker(this.#options.speaker)), this.#attempts));
  }

  #retryIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#connect(), ms);
  }

  #pump(): void {
    const client = this.#client;
    if (!client || !this.#connected || this.#inFlight > 0 || this.#sendingState) return;
    for (const [device, { sent }] of this.#states) {
      if (sent) continue;
      this.#sendState(client, device);
      return;
    }
    const [head] = this.#queue;
    if (!head) return;
    const batch = [head];
    if (head.channel === 'telemetry')
      for (const next of this.#queue.slice(1, BATCH_ITEMS)) {
        if (next.channel !== 'telemetry' || next.device !== head.device) break;
        batch.push(next);
      }
    this.#inFlight = batch.length;
    const { topic, payload } = messageOf(head, batch, 'gatewayOf' in this.#options.speaker);
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (this.#client !== client) return; // an old connection: the new one sends again
      if (error) return void client.end(true);
      this.#queue.splice(0, this.#inFlight);
      this.#inFlight = 0;
      for (const sent of batch)
        if (sent.channel === 'telemetry') this.#options.onAcknowledged(sent.device, sent.minute);
      this.#pump();
    });
  }

  #sendState(client: MqttClient, device: Device): void {
    const said = this.#states.get(device);
    if (!said) return;
    this.#sendingState = true;
    client.publish(topicOf(device, 'state'), JSON.stringify(said.state), { qos: 1, retain: true }, (error) => {
      if (this.#client !== client) return;
      this.#sendingState = false;
      if (error) return void client.end(true);
      said.sent = true;
      this.#pump();
    });
  }
}

const topicOf = ({ id, siteId }: Device, channel: Channel) => buildTopic({ siteId, deviceId: id, channel });

const willOf = (device: Device) => ({
  topic: topicOf(device, 'state'),
  payload: Buffer.from(JSON.stringify({ status: 'offline' } satisfies DeviceStatePayload)),
  qos: 1 as const,
  retain: true,
});

/** Readings through a gateway in ThingsBoard's words; those know no events and states as they are meant here. */
function messageOf({ device, channel }: Outgoing, batch: readonly Outgoing[], throughGateway: boolean) {
  const items = batch.map((one) => (one.channel === 'telemetry' ? one.item : one.event));
  if (throughGateway && channel === 'telemetry') {
    const measured = batch.flatMap((one) => (one.channel === 'telemetry' ? [one.item] : []));
    const said = { [device.id]: measured.map(({ ts, values }) => ({ ts, values })) };
    return { topic: 'v1/gateway/telemetry', payload: JSON.stringify(said) };
  }
  return { topic: topicOf(device, channel), payload: JSON.stringify(items.length === 1 ? items[0] : items) };
}

import {
  along,
  type Clock,
  type EngineerId,
  HOUR,
  type Instant,
  MINUTE,
  type Place,
  WorkOrderId,
} from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Plant } from '../devices/plant.ts';
import { STORIES } from '../failure-modes/stories.ts';
import { type Api, ApiRefusal } from '../live/api.ts';
import type { Fleet } from '../live/fleet.ts';
import type { Service, SimulationState } from '../live/state-file.ts';
import type { World } from '../world/build-world.ts';
import { roadSeconds } from '../world/roads.ts';
import { FieldApi } from './field-api.ts';
import { type FieldAction, nextAction, type VisitedOrder } from './next-action.ts';
import { temperamentOf } from './temperament.ts';

/** How often an engineer looks at the telephone: with a visit at hand, and without. */
const BUSY_LOOK = MINUTE;
const IDLE_LOOK = 3 * MINUTE;
/** A visit that leaves within this counts as at hand. */
const AT_HAND = 15 * MINUTE;
/** Nobody sleeps at a hospital: after so long the way starts at home again. */
const HOME_AGAIN_AFTER = 10 * HOUR;
const POSITION_EVERY = 2 * MINUTE;
/** Real milliseconds. */
const STOP_WITHIN_MS = 2_000;
/** Real milliseconds: at very high speeds looking more often would only load the machine. */
const SHORTEST_LOOK_MS = 250;
/** Things done in one look, at most; more means that the product and we do not agree on what is next. */
const MOST_ACTIONS = 12;

export interface FieldCrewOptions {
  readonly world: World;
  readonly api: Api;
  readonly plant: Plant;
  readonly fleet: Pick<Fleet, 'tell' | 'selfTestPassed'>;
  /** Changed in place: where everybody is. */
  readonly state: SimulationState;
  readonly save: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

interface Person {
  readonly id: EngineerId;
  nextLook: Instant;
  reportedAt: Instant;
  /** Work being travelled to, and from where. */
  trip: { readonly orderId: string; readonly from: Place } | undefined;
  readonly refusedParts: Set<string>;
}

/**
 * The engineers of the region. Each reads the own day from the product and does the next thing due. Nothing of a visit is
 * remembered here that the order does not say, so a restart, a changed plan or a person who was faster do no harm.
 */
export class FieldCrew {
  readonly #options: FieldCrewOptions;
  readonly #field: FieldApi;
  readonly #people: Person[];
  readonly #busy = new Map<EngineerId, Promise<void>>();
  #stopTimer: (() => void) | undefined;

  constructor(options: FieldCrewOptions) {
    this.#options = options;
    this.#field = new FieldApi(options.api);
    const now = options.clock.now();
    this.#people = options.world.engineers.map(({ id }, index) => ({
      id,
      nextLook: now + index * 10_000, // spread over the first three minutes
      reportedAt: 0,
      trip: undefined,
      refusedParts: new Set<string>(),
    }));
  }

  start(): void {
    const { clock } = this.#options;
    this.#stopTimer = clock.every(Math.max(10_000, 100 * clock.speed), () => this.#round());
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    // A call that nobody answers ends with the server, which waits for this.
    const enough = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS));
    await Promise.race([Promise.all(this.#busy.values()), enough]);
  }

  #round(): void {
    const now = this.#options.clock.now();
    for (const person of this.#people) {
      if (now < person.nextLook || this.#busy.has(person.id)) continue;
      const look = this.#look(person).finally(() => this.#busy.delete(person.id));
      this.#busy.set(person.id, look);
    }
  }

  /** One look at the telephone. Whatever goes wrong: tried again at the next look. */
  async #look(person: Person): Promise<void> {
    const { clock, log, signal } = this.#options;
    const shortest = SHORTEST_LOOK_MS * clock.speed;
    try {
      const wait = await this.#work(person);
      person.nextLook = clock.now() + Math.max(shortest, wait);
    } catch (error) {
      person.nextLook = clock.now() + Math.max(shortest, BUSY_LOOK);
      if (signal.aborted) return;
      // 403, 404, 409: a human was faster or the plan moved; the next look reads what is true now.
      const overtaken = error instanceof ApiRefusal && [403, 404, 409].includes(error.status);
      log[overtaken ? 'debug' : 'warn']({ err: error, engineerId: person.id }, 'simulated-engineer.call-failed');
    }
  }

  /** Does everything that is due; returns how long nothing more will be. */
  async #work(person: Person): Promise<number> {
    for (let n = 0; n < MOST_ACTIONS; n++) {
      const day = await this.#field.day(person.id);
      await this.#settleAbandoned(person, day);
      const [order] = day;
      if (!order) return IDLE_LOOK;
      const now = this.#options.clock.now();
      const action = this.#next(person, order, now);
      if (action.kind === 'wait')
        return Math.min(Math.max(action.until - now, MINUTE / 4), action.until - now < AT_HAND ? BUSY_LOOK : IDLE_LOOK);
      if (action.kind === 'travel') {
        await this.#drive(person, order, action.share, now);
        return BUSY_LOOK;
      }
      await this.#do(person, order, action, now);
    }
    return BUSY_LOOK;
  }

  #next(person: Person, order: VisitedOrder, now: Instant): FieldAction {
    const scripted = STORIES.some((story) => story.deviceId === order.deviceId);
    const how = temperamentOf(this.#options.state.seed, order, scripted);
    const service = order.state === 'on-site' ? this.#serviceOf(person, order, now) : undefined;
    const { component } = order;
    const nothingWrong = component !== null && this.#options.plant.isSound(order.deviceId, component, now);
    const trip = person.trip?.orderId === order.id ? person.trip : undefined;
    const progress = {
      repaired: service?.repaired ?? false,
      refusedParts: person.refusedParts,
      nothingWrong,
      ...(trip && order.state === 'travelling'
        ? { roadSeconds: roadSeconds(trip.from, this.#siteOf(order), order.departedAt) }
        : {}),
    };
    return nextAction(order, progress, how, now);
  }

  async #do(
    person: Person,
    order: VisitedOrder,
    action: Exclude<FieldAction, { kind: 'wait' | 'travel' }>,
    now: Instant,
  ): Promise<void> {
    const { plant, fleet, save } = this.#options;
    if (action.kind === 'repair') {
      plant.repair(order.deviceId, order.component, this.#serviceOf(person, order, now), now);
      save();
      return fleet.tell(order.deviceId);
    }
    if (action.kind === 'finish') {
      // The device is handed back before it is reported, as in life: the product may look at once.
      plant.endService(order.deviceId, this.#serviceOf(person, order, now), now);
      save();
      fleet.tell(order.deviceId);
      if (action.outcome === 'fixed') fleet.selfTestPassed(order.deviceId, order.component);
    }
    try {
      await this.#field.act(person.id, order.id, action);
    } catch (error) {
      if (action.kind !== 'use-part' || !(error instanceof ApiRefusal) || error.code !== 'part-not-in-van') throw error;
      person.refusedParts.add(action.partId);
      return;
    }
    if (action.kind === 'depart') person.trip = { orderId: order.id, from: this.#placeOf(person) };
    if (action.kind === 'arrive') {
      person.refusedParts.clear();
      await this.#beAt(person, this.#siteOf(order), now);
    }
  }

  /** The physical visit to the device: begins at the first look on site. */
  #serviceOf(person: Person, order: VisitedOrder, now: Instant): Service {
    const { plant, fleet } = this.#options;
    const service = plant.beginService(order.deviceId, `${order.id}/${order.visitsMade}`, person.id, now);
    if (service.from === now) fleet.tell(order.deviceId);
    return service;
  }

  /**
   * Work that this engineer began and that is not in the day any more: a person finished it in the app, or we were killed
   * between the message and the memory of it. When it counts as finished, the repair was made too.
   */
  async #settleAbandoned(person: Person, day: readonly VisitedOrder[]): Promise<void> {
    const { plant, fleet, save, clock } = this.#options;
    for (const { deviceId, service } of plant.openServices()) {
      if (service.engineerId !== person.id) continue;
      const [orderId = ''] = service.key.split('/');
      if (day.some((order) => order.id === orderId && order.state === 'on-site')) continue;
      const order = await this.#field.order(person.id, WorkOrderId.parse(orderId));
      if (order.state === 'on-site') continue;
      const now = clock.now();
      const nothing = order.state === 'closed' && order.closedBecause === 'no-fault-found';
      if ((order.state === 'verifying' || order.state === 'closed') && !nothing)
        plant.repair(deviceId, order.component, service, now);
      plant.endService(deviceId, service, now);
      save();
      fleet.tell(deviceId);
    }
  }

  async #drive(person: Person, order: VisitedOrder, share: number, now: Instant): Promise<void> {
    if (person.trip?.orderId !== order.id) person.trip = { orderId: order.id, from: this.#placeOf(person) };
    if (now - person.reportedAt < POSITION_EVERY) return;
    await this.#beAt(person, along(person.trip.from, this.#siteOf(order), share), now);
  }

  async #beAt(person: Person, place: Place, now: Instant): Promise<void> {
    this.#options.state.places[person.id] = { place, at: now };
    person.reportedAt = now;
    await this.#field.position(person.id, place, now);
  }

  #placeOf(person: Person): Place {
    const home = this.#options.world.engineers.find(({ id }) => id === person.id)?.home;
    const last = this.#options.state.places[person.id];
    const place = last && this.#options.clock.now() - last.at < HOME_AGAIN_AFTER ? last.place : home;
    if (!place) throw new Error(`${person.id} is nowhere`);
    return place;
  }

  #siteOf(order: VisitedOrder): Place {
    const site = this.#options.world.sites.find(({ id }) => id === order.siteId);
    if (!site) throw new ApiRefusal(404, 'not-found', `site ${order.siteId} is not of this world`);
    return site.place;
  }
}

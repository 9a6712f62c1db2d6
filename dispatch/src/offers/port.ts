import { makeRoom } from '../planning/make-room.ts';
import type { SolveResult } from '../planning/port.ts';
import { ownInstance } from '../solver/instance.ts';
import type { PlainInstance } from '../solver/plain.ts';
import type { Plan } from '../solver/plan.ts';
import { bestPlaces, type PlaceFound, type PlacesFound, type PlacesQuestion, repairedPlace } from './best-places.ts';

import { findSlots, type SlotFound, type SlotsQuestion } from './find-slots.ts';

/** The first answer with room made for whom it left out (make-room.ts). */
export interface RoomQuestion {
  readonly plain: PlainInstance;
  readonly first: SolveResult;
  readonly urgent: number;
  readonly before: Plan;
}

export type OfferQuestion =
  | ({ readonly kind: 'places' | 'repaired' } & PlacesQuestion)
  | ({ readonly kind: 'slots' } & SlotsQuestion)
  | ({ readonly kind: 'room' } & RoomQuestion);

/** What can be promised beside the plan in force. The adapter is a thread; tests answer on this one. */
export interface FindOffers {
  places(question: PlacesQuestion): Promise<PlacesFound>;
  repaired(question: PlacesQuestion): Promise<PlaceFound | null>;
  slots(question: SlotsQuestion): Promise<SlotFound[]>;
  makeRoom(question: RoomQuestion): Promise<SolveResult>;
  stop(): Promise<void>;
}

const roomMade = ({ plain, first, urgent, before }: RoomQuestion) =>
  makeRoom(ownInstance(plain), first, urgent, before);

export function answerOffer(question: OfferQuestion, now?: () => number) {
  switch (question.kind) {
    case 'places':
      return bestPlaces(question);
    case 'repaired':
      return repairedPlace(question, now);
    case 'slots':
      return findSlots(question);
    case 'room':
      return roomMade(question);
  }
}

export const offersInline: FindOffers = {
  places: async (question) => bestPlaces(question),
  repaired: async (question) => repairedPlace(question),
  slots: async (question) => findSlots(question),
  makeRoom: async (question) => roomMade(question),
  stop: async () => undefined,
};

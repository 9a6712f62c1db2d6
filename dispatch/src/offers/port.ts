import { type DayToRepair, type RepairedDay, repairDay } from '../planning/repair-day.ts';
import { bestPlaces, type PlacesFound, type PlacesQuestion, type RoomFound, repairedPlace } from './best-places.ts';

import { findSlots, type SlotFound, type SlotsQuestion } from './find-slots.ts';

export type OfferQuestion =
  | ({ readonly kind: 'places' | 'repaired' } & PlacesQuestion)
  | ({ readonly kind: 'slots' } & SlotsQuestion)
  | ({ readonly kind: 'day' } & DayToRepair);

/** What can be promised beside the plan in force. The adapter is a thread; tests answer on this one. */
export interface FindOffers {
  places(question: PlacesQuestion): Promise<PlacesFound>;
  repaired(question: PlacesQuestion): Promise<RoomFound | null>;
  slots(question: SlotsQuestion): Promise<SlotFound[]>;
  repairDay(day: DayToRepair): Promise<RepairedDay>;
  stop(): Promise<void>;
}

export function answerOffer(question: OfferQuestion, now?: () => number) {
  switch (question.kind) {
    case 'places':
      return bestPlaces(question);
    case 'repaired':
      return repairedPlace(question, now);
    case 'slots':
      return findSlots(question);
    case 'day':
      return repairDay(question);
  }
}

export const offersInline: FindOffers = {
  places: async (question) => bestPlaces(question),
  repaired: async (question) => repairedPlace(question),
  slots: async (question) => findSlots(question),
  repairDay: async (day) => repairDay(day),
  stop: async () => undefined,
};

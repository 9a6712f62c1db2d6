import {
  type AvailabilityAmended,
  type CostsSet,
  DEFAULT_COSTS,
  type DeviceFact,
  type DeviceId,
  type Instant,
  type UptowerEvent,
} from '@uptower/domain';

/** A stretch in which something was heard of a device; it lasts while `to` is null. */
export interface Heard {
  readonly from: Instant;
  to: Instant | null;
}

/** What of the event log the record is made of, besides orders and registry. Folded by `applyToBook`, read-only for others. */
export interface RecordBook {
  /** Every failure and replacement a device told of, by device. Late data move them. */
  readonly facts: Map<DeviceId, { component: string; fact: DeviceFact['fact']; at: Instant }[]>;
  /** In order of time. */
  readonly heard: Map<DeviceId, Heard[]>;
  costs: Pick<CostsSet, 'costs'> & { readonly at: Instant | null; readonly by: string | null };
}

export const emptyBook = (): RecordBook => ({
  facts: new Map(),
  heard: new Map(),
  costs: { costs: DEFAULT_COSTS, at: null, by: null },
});

export function applyToBook(book: RecordBook, event: UptowerEvent): void {
  if (event.type === 'device.fact') applyFact(book, event);
  else if (event.type === 'availability.changed')
    note(stretches(book, event.deviceId), event.at, event.state !== 'unknown');
  else if (event.type === 'availability.amended') amend(book, event);
  else if (event.type === 'prediction-costs.set') book.costs = event;
}

function applyFact(book: RecordBook, { deviceId, component, fact, at, insteadOf }: DeviceFact): void {
  const facts = book.facts.get(deviceId) ?? [];
  const before = facts.findIndex((each) => each.at === insteadOf && each.fact === fact && each.component === component);
  if (before >= 0) facts.splice(before, 1);
  facts.push({ component, fact, at });
  book.facts.set(deviceId, facts);
}

function amend(book: RecordBook, { deviceId, from, entries }: AvailabilityAmended): void {
  // Of what lies before its first entry an amendment says nothing: that the device was heard then stays true.
  const begin = Math.max(from, entries[0]?.from ?? from);
  const kept = stretches(book, deviceId).filter((stretch) => stretch.from < begin);
  const last = kept.at(-1);
  if (last && (last.to === null || last.to > begin)) last.to = begin;
  book.heard.set(deviceId, kept);
  for (const entry of entries) note(kept, entry.from, entry.state !== 'unknown');
}

function stretches(book: RecordBook, deviceId: DeviceId): Heard[] {
  const known = book.heard.get(deviceId) ?? [];
  book.heard.set(deviceId, known);
  return known;
}

/** From `at` on the device is heard, or is not. */
function note(known: Heard[], at: Instant, isHeard: boolean): void {
  const last = known.at(-1);
  if (isHeard) {
    if (last && (last.to === null || last.to >= at)) last.to = null;
    else known.push({ from: at, to: null });
  } else if (last && last.to === null) {
    last.to = Math.max(last.from, at);
    if (last.to === last.from) known.pop();
  }
}

import type {
  Alert,
  ClockView,
  CollectionName,
  Delta,
  DeviceView,
  EngineerView,
  IntakeView,
  Plan,
  PortalOrder,
  Snapshot,
  WorkOrder,
} from '@uptower/domain';

/** What the rows of each collection are. */
export interface Rows {
  clock: ClockView;
  devices: DeviceView;
  alerts: Alert;
  orders: WorkOrder;
  'portal-orders': PortalOrder;
  engineers: EngineerView;
  plan: Plan;
  intake: IntakeView;
}

/** One collection as the screens see it. Replaced, never changed: React compares by identity. */
export interface Collection<T> {
  /** False until the first snapshot; an empty ready collection is truly empty. */
  readonly ready: boolean;
  /** -1: the next snapshot counts whatever its number. */
  readonly seq: number;
  readonly items: ReadonlyMap<string, T>;
  readonly list: readonly T[];
}

export const EMPTY: Collection<never> = { ready: false, seq: -1, items: new Map<string, never>(), list: [] };

type Row = { readonly id: string };

/** Same number over the same connection means same rows: the old object is kept and nothing renders. */
export function applySnapshot<T extends Row>(before: Collection<T>, snapshot: Snapshot<T>): Collection<T> {
  if (before.ready && before.seq === snapshot.seq) return before;
  return {
    ready: true,
    seq: snapshot.seq,
    items: new Map(snapshot.items.map((item) => [item.id, item])),
    list: snapshot.items,
  };
}

/** `gap`: numbers were missed, only a new snapshot helps. */
export function applyDelta<T extends Row>(before: Collection<T>, delta: Delta<T>): Collection<T> | 'gap' {
  if (!before.ready || delta.seq !== before.seq + 1) return 'gap';
  const items = new Map(before.items);
  for (const id of delta.removes) items.delete(id);
  for (const item of delta.upserts) items.set(item.id, item);
  return { ready: true, seq: delta.seq, items, list: [...items.values()] };
}

/** A new connection counts from a new number; what is on screen stays until its snapshot comes. */
export function forgetSeq<T>(collection: Collection<T>): Collection<T> {
  return { ...collection, seq: -1 };
}

export type Collections = { [Name in CollectionName]: Collection<Rows[Name]> };

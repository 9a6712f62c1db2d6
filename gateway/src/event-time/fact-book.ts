import type { DeviceFact, Instant } from '@uptower/domain';

/** So many are remembered of a device, for late data. */
const KEPT = 64;

/** What devices said of their components, folded from the event log: the newest of each device. */
export class FactBook {
  private readonly byDevice = new Map<string, { facts: DeviceFact[]; journalPosition: number }>();

  apply(fact: DeviceFact): void {
    const book = this.byDevice.get(fact.deviceId) ?? { facts: [], journalPosition: 0 };
    this.byDevice.set(fact.deviceId, book);
    book.journalPosition = Math.max(book.journalPosition, fact.journalPosition);
    if (fact.insteadOf !== undefined) book.facts = book.facts.filter((other) => !isReplaced(other, fact));
    book.facts = [...book.facts, fact].slice(-KEPT);
  }

  /** Journal position of the last record that led to a fact. */
  toldAt(deviceId: string): number {
    return this.byDevice.get(deviceId)?.journalPosition ?? 0;
  }

  /** Those of after `at`. */
  after(deviceId: string, at: Instant): readonly DeviceFact[] {
    return this.byDevice.get(deviceId)?.facts.filter((fact) => fact.at > at) ?? [];
  }
}

const isReplaced = (old: DeviceFact, fact: DeviceFact) =>
  old.component === fact.component && old.fact === fact.fact && old.at === fact.insteadOf;

type Fact = Pick<DeviceFact, 'component' | 'fact' | 'at'>;
const sameFact = (a: Fact, b: Fact) => a.component === b.component && a.fact === b.fact && a.at === b.at;

/**
 * The facts that late data add. One that moves (a failure that was reported earlier than was known makes the later report
 * a repetition) takes the place of the one that was told.
 */
export function missingFacts(
  told: readonly DeviceFact[],
  inOrder: readonly Fact[],
): (Fact & { insteadOf?: Instant })[] {
  const wrong = told.filter((fact) => !inOrder.some((other) => sameFact(fact, other)));
  return inOrder
    .filter((fact) => !told.some((other) => sameFact(fact, other)))
    .map((fact) => {
      const index = wrong.findIndex((other) => other.component === fact.component && other.fact === fact.fact);
      const [replaced] = index < 0 ? [] : wrong.splice(index, 1);
      return replaced ? { ...fact, insteadOf: replaced.at } : fact;
    });
}

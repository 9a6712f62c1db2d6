import { type Refusal, type RefusalReason, refusal } from '../telemetry/decode/refusal.ts';

/** Refusals of one message, one row a reason: the first in words, the others counted. */
export class Refusals {
  private readonly byReason = new Map<RefusalReason, { readonly first: string; count: number }>();

  add({ reason, detail }: Refusal): void {
    const known = this.byReason.get(reason);
    if (known) known.count += 1;
    else this.byReason.set(reason, { first: detail, count: 1 });
  }

  list(): Refusal[] {
    return [...this.byReason].map(([reason, { first, count }]) =>
      refusal(reason, count === 1 ? first : `${first.slice(0, 250)}; and ${count - 1} more`),
    );
  }
}

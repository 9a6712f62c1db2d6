import { type Refusal, type RefusalReason, refusal } from '../telemetry/decode/refusal.ts';

/** Refusals of one message, one row a reason: the first in words, the others counted. */
export class Refusals {
  private readonly byReason = new Map<RefusalReason, { readonly first: Refusal; count: number }>();

  add(refused: Refusal): void {
    const known = this.byReason.get(refused.reason);
    if (known) known.count += 1;
    else this.byReason.set(refused.reason, { first: refused, count: 1 });
  }

  list(): Refusal[] {
    return [...this.byReason.values()].map(({ first, count }) => {
      const { reason, detail, zh } = first;
      if (count === 1) return first;
      const more = count - 1;
      return refusal(reason, `${detail.slice(0, 250)}; and ${more} more`, zh && `${zh.slice(0, 250)}；另有 ${more} 处`);
    });
  }
}

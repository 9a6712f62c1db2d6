import type { Instant } from '@uptower/domain';
import type { SilenceLimits } from '../uptime/silence.ts';

/**
 * Who was found gone in the last look. A hold of this server gives time to those who were there before it; whoever was
 * gone already stays gone until there is a word: its alert must not clear and come back.
 */
export class Told {
  private readonly since = new Map<string, Instant>();

  note(name: string, absence: { readonly since: Instant } | null | undefined): void {
    if (absence) this.since.set(name, absence.since);
    else this.since.delete(name);
  }

  /** What to judge it by; `lastWord`: when it, or anything behind it, was last heard. */
  limitsOf(name: string, lastWord: Instant | null, limits: SilenceLimits): SilenceLimits {
    const since = this.since.get(name);
    return since !== undefined && (lastWord ?? 0) <= since ? { ...limits, servingSince: 0 } : limits;
  }
}

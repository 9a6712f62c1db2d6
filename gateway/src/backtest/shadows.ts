import {
  type Clock,
  type DeviceModel,
  type DraftId,
  type Instant,
  MINUTE,
  type RuleDraft,
  type ShadowView,
} from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { Backtests } from './backtests.ts';

export interface ShadowParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly backtests: Backtests;
  drafts(): readonly RuleDraft[];
  modelOf(draft: RuleDraft): DeviceModel | undefined;
  /** Real monotonic milliseconds. */
  readonly monotonicMs: () => number;
}

/** How often a draft in shadow looks at what came in since. */
const EVERY = 15 * MINUTE;
/** Looking may take this share of the time: after it, so many times as long is waited as it took. */
const PAUSE_SHARE = 5;
/** Wanted between order and failure, hours. */
const LEAD_HOURS = 24;

type Seen = Pick<ShadowView, 'asOf' | 'problem' | 'result'> & { readonly since: Instant };

/**
 * Drafts beside the active rules on live data: the back-test of the time since the shadow began, again and again, from
 * what is stored. Late data and restarts need no care of their own: the result is a function of the store and the log.
 */
export class Shadows {
  private readonly seen = new Map<DraftId, Seen>();
  private readonly abort = new AbortController();
  private stopTimer: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private notBefore = 0;

  constructor(private readonly parts: ShadowParts) {}

  start(): void {
    this.stopTimer = this.parts.clock.every(EVERY, () => void this.look());
  }

  async stop(): Promise<void> {
    this.stopTimer?.();
    this.abort.abort(new Error('the server stops'));
    await this.running;
  }

  viewOf(draft: RuleDraft): ShadowView | null {
    const { id: draftId, shadowSince: since } = draft;
    if (since === null) return null;
    const seen = this.seen.get(draftId);
    if (seen?.since !== since) return { draftId, since, asOf: null, problem: null, result: null };
    return { draftId, ...seen };
  }

  /** Looks now at every draft in shadow; resolves when that is done. */
  look(): Promise<void> {
    if (this.running === undefined && this.parts.monotonicMs() < this.notBefore) return Promise.resolve();
    this.running ??= this.lookAtAll().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async lookAtAll(): Promise<void> {
    const { parts } = this;
    const drafts = parts.drafts().filter(({ shadowSince }) => shadowSince !== null);
    for (const id of this.seen.keys()) if (!drafts.some((draft) => draft.id === id)) this.seen.delete(id);
    const begun = parts.monotonicMs();
    for (const draft of drafts) await parts.backtests.alone(() => this.lookAt(draft));
    if (drafts.length > 0) this.notBefore = parts.monotonicMs() + PAUSE_SHARE * (parts.monotonicMs() - begun);
  }

  private async lookAt(draft: RuleDraft): Promise<void> {
    const { parts, abort } = this;
    const model = parts.modelOf(draft);
    const [since, to] = [draft.shadowSince, parts.clock.now()];
    if (!model || since === null || to <= since || abort.signal.aborted) return;
    const task = { model, rules: draft.rules, from: since, to, leadHours: LEAD_HOURS, budgetForAll: false };
    try {
      const result = await parts.backtests.fold(task, abort.signal);
      this.seen.set(draft.id, { since, asOf: to, problem: null, result });
    } catch (error) {
      if (abort.signal.aborted) return;
      parts.log.warn({ err: error, draftId: draft.id }, 'shadow.failed');
      const before = this.seen.get(draft.id);
      const kept = before?.since === since ? before : { asOf: null, result: null };
      this.seen.set(draft.id, { ...kept, since, problem: (error as Error).message });
    }
  }
}

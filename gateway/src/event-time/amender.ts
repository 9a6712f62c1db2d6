import { type DeviceFact, SECOND, streams, type UptowerEvent } from '@uptower/domain';
import type { Append, Logger } from '@uptower/platform';
import { type Amended, type AmendParts, amend, isReady } from './amend.ts';
import { HORIZON_MS } from './arrive.ts';
import { isWhole } from './let-go.ts';
import type { FoldState, Moment, Past } from './past.ts';
import type { Stretch } from './recent.ts';
import type { Known } from './step.ts';
import { insert } from './tail.ts';

type State = FoldState & { readonly past: Past };

export interface AmenderParts extends AmendParts {
  readonly log: Logger;
  state(deviceId: string): State | undefined;
  known(deviceId: string): Known | undefined;
  /** Stored moments in `[from, to)`, everything the pipeline has taken so far among them; null when too many. Rejects while the store does not answer. */
  history(deviceId: string, from: number, to: number): Promise<Moment[] | null>;
  /** Runs between two pieces of the pipeline's work, at its journal position then. */
  between(work: (position: number) => Promise<void>): Promise<void>;
  write(appends: readonly Append<UptowerEvent>[]): Promise<void>;
  changed(deviceId: string): void;
}

/** A burst of late data is waited for so long (real time), so that it is judged anew once. */
const GATHER_MS = SECOND / 4;
/** Judging anew from the store may take this share of the time: for a device, so many times as long is waited as it took. */
const PAUSE_SHARE = 10;
const RETRY_MS = 2 * SECOND;

/**
 * Carries out what late data ask for: from memory at once, at the end of the pipeline's turn; from the store beside it, one
 * device after the other. What is not carried out yet stands in the device's state, and so outlives a crash.
 */
export class Amender {
  private readonly waiting = new Set<string>();
  private readonly notBefore = new Map<string, number>();
  private running: Promise<void> | undefined;
  private hurry = 0;
  private wake: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly parts: AmenderParts) {}

  /** Something of this device came late. */
  note(deviceId: string): void {
    this.waiting.add(deviceId);
  }

  /** How many devices wait to be judged anew. */
  count(): number {
    return this.waiting.size;
  }

  /** What memory suffices for; to be written with what the turn decided. */
  near(position: number): Append<UptowerEvent>[] {
    const appends: Append<UptowerEvent>[] = [];
    let far = false;
    for (const deviceId of this.waiting) {
      const stretch = this.stretchInMemory(deviceId, position);
      if (stretch === undefined) far = true;
      else appends.push(...this.carryOut(deviceId, stretch, position));
    }
    if (far) this.start();
    return appends;
  }

  /** Undefined: not possible now; null: the ledger alone is concerned. */
  private stretchInMemory(deviceId: string, position: number): Stretch | null | undefined {
    const [state, known] = [this.parts.state(deviceId), this.parts.known(deviceId)];
    if (!state?.past.late || !known) return null;
    if (!isReady(known.device.id, position, known, this.parts)) return undefined;
    const { judgeFrom } = state.past.late;
    if (state.past.front === null) return { base: null, moments: [] };
    if (judgeFrom === null) return null;
    const stretch = this.parts.recent.since(deviceId, judgeFrom);
    return stretch && isWhole(state.past, stretch.base?.[0] ?? null) ? stretch : undefined;
  }

  private carryOut(deviceId: string, stretch: Stretch | null, position: number): Append<UptowerEvent>[] {
    this.waiting.delete(deviceId);
    const [state, known] = [this.parts.state(deviceId), this.parts.known(deviceId)];
    if (!state?.past.late) return [];
    if (!known) {
      state.past.late = null;
      return [];
    }
    const { late } = state.past;
    const amended = amend(state, known, stretch, position, this.parts);
    const { alerts, facts, availability } = amended;
    this.parts.log.info(
      {
        ...{ deviceId, count: late.count, from: late.from, to: late.to },
        ...{ alerts: alerts.length, facts: facts.length, ledger: availability.length },
      },
      'event-time.amended',
    );
    this.parts.changed(deviceId);
    return appendsOf(deviceId, amended);
  }

  private start(): void {
    if (this.stopped) return;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  private async run(): Promise<void> {
    await this.pause(GATHER_MS);
    while (this.waiting.size > 0 && !this.stopped) {
      const now = performance.now();
      const due = [...this.waiting].filter((id) => this.hurry > 0 || (this.notBefore.get(id) ?? 0) <= now);
      for (const deviceId of due) {
        if (this.stopped) return;
        const begun = performance.now();
        try {
          await this.fromStore(deviceId);
          const took = performance.now() - begun;
          if (this.notBefore.size > 1_000) this.notBefore.clear();
          this.notBefore.set(deviceId, performance.now() + Math.max(GATHER_MS, PAUSE_SHARE * took));
        } catch (error) {
          this.parts.log.warn({ err: error, deviceId }, 'event-time.history-unavailable');
          this.notBefore.set(deviceId, performance.now() + RETRY_MS);
          await this.pause(RETRY_MS);
        }
      }
      if (this.waiting.size > 0) await this.pause(GATHER_MS);
    }
  }

  /** Reads a device's history from the last state before the late data, while the pipeline goes on, and judges it anew. */
  private async fromStore(deviceId: string): Promise<void> {
    const { parts } = this;
    let noted: Moment[] = [];
    // Between two pieces of work: what was taken before is on its way to the store, what comes after is noted.
    let ready = false;
    await parts.between(async (position) => {
      ready = this.isReady(deviceId, position);
      if (ready) noted = parts.recent.tap(deviceId);
    });
    if (!ready) return;
    try {
      const past = parts.state(deviceId)?.past;
      const from = past?.late?.judgeFrom ?? null;
      if (past && from !== null) {
        const base = past.checkpoints.at(-1) ?? null;
        const begin = base
          ? base[0] + 1
          : Math.min(from, past.words[0]?.[0] ?? from, (past.front ?? from) - HORIZON_MS);
        const whole = isWhole(past, base?.[0] ?? null);
        const moments = whole ? await parts.history(deviceId, begin, Number.MAX_SAFE_INTEGER) : null;
        await parts.between(async (position) => {
          if (this.stopped) return;
          const now = parts.state(deviceId)?.past;
          // More came late meanwhile, of before what was read, or too much: once more.
          if (
            !now?.late ||
            (now.checkpoints.at(-1) ?? null)?.[0] !== base?.[0] ||
            isWhole(now, base?.[0] ?? null) !== whole ||
            (base === null && (now.late.judgeFrom ?? begin) < begin)
          )
            return;
          if (!this.isReady(deviceId, position)) return;
          if (moments === null) {
            if (whole) parts.log.error({ deviceId, from: begin }, 'event-time.too-much-history');
            else parts.log.warn({ deviceId, from }, 'event-time.too-far-back');
            now.tooLate += now.late.count;
            await parts.write(this.carryOut(deviceId, null, position));
            return;
          }
          for (const moment of noted) if (!base || moment.ts > base[0]) insert(moments, moment);
          await parts.write(this.carryOut(deviceId, { base, moments }, position));
        });
        return;
      }
      await parts.between(async (position) => {
        const stretch = this.stretchInMemory(deviceId, position);
        if (stretch !== undefined && !this.stopped) await parts.write(this.carryOut(deviceId, stretch, position));
      });
    } finally {
      parts.recent.untap(deviceId);
    }
  }

  private isReady(deviceId: string, position: number): boolean {
    const known = this.parts.known(deviceId);
    return known === undefined || isReady(known.device.id, position, known, this.parts);
  }

  private pause(ms: number): Promise<void> {
    if (this.hurry > 0 && ms === GATHER_MS) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        resolve();
      }
      this.wake = done;
    });
  }

  /** Resolves when nothing waits that could be carried out. */
  async settled(): Promise<void> {
    this.hurry += 1;
    try {
      while (this.waiting.size > 0 && !this.stopped) {
        this.wake?.();
        this.start();
        await this.running;
      }
    } finally {
      this.hurry -= 1;
    }
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    return this.running ?? Promise.resolve();
  }
}

function appendsOf(deviceId: string, { alerts, facts, availability }: Amended): Append<UptowerEvent>[] {
  return [
    ...availability.map((event) => ({ stream: streams.availability(deviceId), events: [event] })),
    ...facts.map((fact: DeviceFact) => ({ stream: streams.facts(deviceId), events: [fact] })),
    ...alerts.map(({ component, event }) => ({ stream: streams.alert(deviceId, component), events: [event] })),
  ];
}

/**
 * Between the broker and the journal: while what was taken is too far behind, nobody new is acknowledged. Senders with
 * QoS 1 wait, the broker stops reading from those that have sent enough, and nothing is forgotten. The journal bounds the
 * disk and its own queue; this bounds how old the picture may become that alarms are raised from.
 */
export interface GateOptions {
  /** Records behind at which it closes; it opens again at three quarters of that. */
  readonly maxLag: number;
  /** Records behind now. */
  lag(): number;
}

const OPEN_SHARE = 0.75;
/** Real milliseconds between two looks while it is closed. */
const LOOK_MS = 20;

export class IntakeGate {
  private waiting: { readonly messages: number; goOn(): void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Times it closed since the start, and messages that wait now. */
  closings = 0;

  constructor(private readonly options: GateOptions) {}

  held(): number {
    return this.waiting.reduce((sum, { messages }) => sum + messages, 0);
  }

  closed(): boolean {
    return this.timer !== undefined;
  }

  /** Undefined when there is nothing to wait for; otherwise resolves, in the order of coming, when it has opened. */
  enter(messages = 1): Promise<void> | undefined {
    if (!this.timer && this.options.lag() < this.options.maxLag) return undefined;
    if (!this.timer) {
      this.closings += 1;
      this.timer = setInterval(() => this.look(), LOOK_MS);
    }
    return new Promise((goOn) => this.waiting.push({ messages, goOn }));
  }

  private look(): void {
    const { lag, maxLag } = this.options;
    let room = maxLag - lag();
    if (room < (1 - OPEN_SHARE) * maxLag) return;
    // As many as there is room for; the rest keeps its place.
    while (room > 0 && this.waiting.length > 0) {
      const next = this.waiting.shift() as (typeof this.waiting)[number];
      room -= next.messages;
      next.goOn();
    }
    if (this.waiting.length === 0) this.stop();
  }

  /** Lets everybody go on to whatever the journal says of it. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    for (const { goOn } of this.waiting.splice(0)) goOn();
  }
}

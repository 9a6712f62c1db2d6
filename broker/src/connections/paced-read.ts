import type { Duplex } from 'node:stream';
import type { GuardVerdict } from '../access/packet-guard.ts';

/** Read at once from a sender that is in debt: a larger piece could hold messages for minutes. */
const SLICE_BYTES = 4096;

export interface ReadRules {
  guard(chunk: Uint8Array): GuardVerdict;
  /** Milliseconds to leave the connection unread after `packets` and `bytes` were read; 0: none. */
  pace(packets: number, bytes: number): number;
  refuse(reason: 'too-large' | 'malformed-packet', detail: string): void;
  /** Told when the connection begins and ends to be left unread. */
  paused(paused: boolean): void;
  /** False: no more is taken now; whoever says so tells the connection that it is readable again. */
  hasRoom(): boolean;
  /** Takes what needs no parser out of a chunk; what is left, whole packets, or null. */
  divert(chunk: Buffer): Buffer | null;
}

/**
 * Puts guard and pace between a connection and its parser by wrapping `read`, the one call through which aedes takes bytes.
 * What is not read stays in the connection, and TCP slows the sender: nothing is lost.
 */
export class PacedRead {
  readonly #conn: Duplex;
  readonly #rules: ReadRules;
  readonly #read: (size?: number) => Buffer | null;
  #timer: NodeJS.Timeout | null = null;
  #inDebt = false;

  constructor(conn: Duplex, rules: ReadRules) {
    this.#conn = conn;
    this.#rules = rules;
    this.#read = conn.read;
    conn.read = (size?: number) => this.read(size);
  }

  /** Until something is left for the parser or nothing more is there: it looks again only when it is told to. */
  read(size?: number): Buffer | null {
    while (!this.#timer && this.#rules.hasRoom()) {
      const sliced = this.#inDebt && this.#conn.readableLength > SLICE_BYTES;
      const chunk = this.#read.call(this.#conn, sliced ? SLICE_BYTES : size);
      if (!chunk) return null;
      const verdict = this.#rules.guard(chunk);
      if (!verdict.ok) {
        this.#rules.refuse(
          verdict.reason,
          verdict.reason === 'too-large' ? `a packet of ${verdict.bytes} bytes` : 'bad fixed header',
        );
        this.#conn.destroy();
        return null;
      }
      const wait = this.#rules.pace(verdict.packets, chunk.length);
      if (wait > 0) this.#pause(wait);
      else {
        this.#inDebt = false;
        // A stream tells once that it has something; the rest of a slice would wait for ever.
        if (sliced) setImmediate(() => this.lookAgain());
      }
      const left = this.#rules.divert(chunk);
      if (left) return left;
    }
    return null;
  }

  /** There may be something to read, which the stream told already. */
  lookAgain(): void {
    if (!this.#conn.destroyed) this.#conn.emit('readable');
  }

  /** The connection closed. */
  closed(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#resume();
  }

  #pause(ms: number): void {
    this.#inDebt = true;
    this.#rules.paused(true);
    this.#timer = setTimeout(() => {
      this.#resume();
      this.lookAgain();
    }, ms);
  }

  #resume(): void {
    this.#timer = null;
    this.#rules.paused(false);
  }
}

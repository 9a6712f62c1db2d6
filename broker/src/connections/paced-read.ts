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
export function paceReads(conn: Duplex, rules: ReadRules): void {
  const read = conn.read.bind(conn) as (size?: number) => Buffer | null;
  let timer: NodeJS.Timeout | undefined;
  let inDebt = false;

  const lookAgain = () => {
    if (!conn.destroyed) conn.emit('readable');
  };
  const pause = (ms: number) => {
    inDebt = true;
    rules.paused(true);
    timer = setTimeout(() => {
      timer = undefined;
      rules.paused(false);
      lookAgain();
    }, ms);
  };
  conn.once('close', () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = undefined;
    rules.paused(false);
  });

  const readOnce = (size?: number): { readonly left: Buffer | null } | null => {
    if (timer || !rules.hasRoom()) return null;
    const sliced = inDebt && conn.readableLength > SLICE_BYTES;
    const chunk = read(sliced ? SLICE_BYTES : size);
    if (!chunk) return null;
    const verdict = rules.guard(chunk);
    if (!verdict.ok) {
      rules.refuse(
        verdict.reason,
        verdict.reason === 'too-large' ? `a packet of ${verdict.bytes} bytes` : 'bad fixed header',
      );
      conn.destroy();
      return null;
    }
    const wait = rules.pace(verdict.packets, chunk.length);
    if (wait > 0) pause(wait);
    else {
      inDebt = false;
      // A stream tells once that it has something; the rest of a slice would wait for ever.
      if (sliced) setImmediate(lookAgain);
    }
    return { left: rules.divert(chunk) };
  };

  // Until something is left for the parser or nothing more is there: it looks again only when it is told to.
  conn.read = (size?: number) => {
    for (;;) {
      const read = readOnce(size);
      if (read?.left || !read) return read?.left ?? null;
    }
  };
}

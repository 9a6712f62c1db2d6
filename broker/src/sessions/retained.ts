import { TopicTree } from '../topic-tree.ts';
import type { Disk } from './disk.ts';
import type { RowOf } from './rows.ts';

export interface RetainedMessage {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly payload: Buffer;
}

/** The last message of each topic that was sent to be kept. Figures of the broker itself are kept in memory only. */
export class Retained {
  readonly #tree = new TopicTree<RetainedMessage>();
  /** Figures of the broker itself among them. */
  #own = 0;

  constructor(
    private readonly disk: () => Disk,
    private readonly most: number,
  ) {}

  get count(): number {
    return this.#tree.size - this.#own;
  }

  load(row: RowOf<'retained'>): void {
    this.#tree.set(row.topic, { topic: row.topic, qos: row.qos, payload: Buffer.from(row.payload, 'base64') });
  }

  /** An empty message ends what was kept [MQTT-3.3.1-10]. False when there is no room for another topic. */
  store(message: RetainedMessage): boolean {
    const { topic, qos, payload } = message;
    if (payload.length === 0) {
      if (this.#tree.get(topic) === undefined) return true;
      this.#tree.delete(topic);
      if (isOwn(topic)) this.#own -= 1;
      else this.disk().delete(rowOf(message));
      return true;
    }
    const isNew = this.#tree.get(topic) === undefined;
    if (isNew && this.count >= this.most) return false;
    if (isNew && isOwn(topic)) this.#own += 1;
    // A copy: the parser's buffer holds the whole chunk it came in.
    const kept = { topic, qos, payload: Buffer.from(payload) };
    this.#tree.set(topic, kept);
    if (!isOwn(topic)) this.disk().put(rowOf(kept));
    return true;
  }

  matching(filter: string): RetainedMessage[] {
    return this.#tree.matchingFilter(filter);
  }

  *rows(): Iterable<RowOf<'retained'>> {
    for (const message of this.#tree.matchingFilter('#')) yield rowOf(message);
  }
}

const isOwn = (topic: string) => topic.startsWith('$');

const rowOf = ({ topic, qos, payload }: RetainedMessage): RowOf<'retained'> => ({
  kind: 'retained',
  topic,
  qos,
  payload: payload.toString('base64'),
});

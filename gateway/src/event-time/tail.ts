import type { Instant, Value } from '@uptower/domain';
import type { Moment } from './past.ts';

/**
 * A device's latest moments in order. As long as all of them are of the same metrics, which is usual, they are rows of one
 * list: a third of what they take as objects.
 */
export class Tail {
  private metrics: readonly string[] | null = null;
  /** Time and values of each moment; meaningless once there are `plain` ones. */
  private rows: Value[] = [];
  private plain: Moment[] | null = null;

  static of(moments: readonly Moment[]): Tail {
    const tail = new Tail();
    for (const moment of moments) tail.push(moment);
    return tail;
  }

  get length(): number {
    return this.plain ? this.plain.length : this.rows.length / this.stride;
  }

  private get stride(): number {
    return 1 + (this.metrics?.length ?? 0);
  }

  /** Newer than all. */
  push(moment: Moment): void {
    if (this.plain) {
      this.plain.push(moment);
      return;
    }
    const { ts, values } = moment;
    this.metrics ??= Object.keys(values);
    if (!isOf(values, this.metrics)) {
      this.unpack().push(moment);
      return;
    }
    this.rows.push(ts);
    for (const metric of this.metrics) this.rows.push(values[metric] as Value);
  }

  /** At its place; what is there of the same moment already is joined. */
  insert(moment: Moment): void {
    if (this.plain) {
      insert(this.plain, moment);
      return;
    }
    const moments = this.all();
    insert(moments, moment);
    this.metrics = null;
    this.rows = [];
    for (const each of moments) this.push(each);
  }

  /** Undefined when there is none. */
  get first(): Instant | undefined {
    return this.plain ? this.plain[0]?.ts : (this.rows[0] as Instant | undefined);
  }

  newest(): Moment | undefined {
    return this.length === 0 ? undefined : this.moment(this.length - 1);
  }

  all(): Moment[] {
    return this.plain ? [...this.plain] : Array.from({ length: this.length }, (_, i) => this.moment(i));
  }

  private moment(i: number): Moment {
    if (this.plain) return this.plain[i] as Moment;
    const at = i * this.stride;
    const metrics = this.metrics ?? [];
    const values = Object.fromEntries(metrics.map((metric, k) => [metric, this.rows[at + 1 + k] as Value]));
    return { ts: this.rows[at] as Instant, values };
  }

  private unpack(): Moment[] {
    this.plain = this.all();
    this.rows = [];
    return this.plain;
  }
}

/** Whether they are the values of these metrics, in this order. */
function isOf(values: Moment['values'], metrics: readonly string[]): boolean {
  let i = 0;
  for (const metric in values) if (metric !== metrics[i++]) return false;
  return i === metrics.length;
}

/** At its place; what is there of the same moment already is joined. */
export function insert(moments: Moment[], moment: Moment): void {
  let i = moments.length;
  while (i > 0 && (moments[i - 1] as Moment).ts > moment.ts) i -= 1;
  const same = moments[i - 1];
  if (same?.ts === moment.ts) moments[i - 1] = { ts: moment.ts, values: { ...same.values, ...moment.values } };
  else moments.splice(i, 0, moment);
}

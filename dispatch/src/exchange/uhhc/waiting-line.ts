/** Patients still to be timed, each once, first in the order first: a binary heap of places in the order. */
export class WaitingLine {
  private readonly heap: Int32Array;
  private readonly waiting: Uint8Array; // by place in the order
  private count = 0;

  constructor(patients: number) {
    this.heap = new Int32Array(patients);
    this.waiting = new Uint8Array(patients);
  }

  add(place: number): void {
    if (this.waiting[place] === 1) return;
    this.waiting[place] = 1;
    const { heap } = this;
    let k = this.count++;
    while (k > 0) {
      const up = (k - 1) >> 1;
      if ((heap[up] as number) <= place) break;
      heap[k] = heap[up] as number;
      k = up;
    }
    heap[k] = place;
  }

  /** -1: nobody waits. */
  next(): number {
    if (this.count === 0) return -1;
    const { heap } = this;
    const least = heap[0] as number;
    this.waiting[least] = 0;
    const moved = heap[--this.count] as number;
    let k = 0;
    for (;;) {
      let down = 2 * k + 1;
      if (down >= this.count) break;
      if (down + 1 < this.count && (heap[down + 1] as number) < (heap[down] as number)) down++;
      if ((heap[down] as number) >= moved) break;
      heap[k] = heap[down] as number;
      k = down;
    }
    heap[k] = moved;
    return least;
  }
}

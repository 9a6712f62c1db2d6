import type { TrspProblem } from './read.ts';

/** Tools and parts: how far a technician gets without those of the depot. */
export class Goods {
  private readonly partCount: number;
  private readonly requestCount: number;
  private readonly lacksTool: Uint8Array; // technician x request
  private readonly carried: Float64Array; // technician x part
  private readonly needed: Float64Array; // request x part
  private readonly kinds: readonly Int32Array[]; // by request: parts of which it needs any
  private readonly left: Float64Array;

  constructor({ technicians, requests, partCount }: TrspProblem) {
    this.partCount = partCount;
    this.requestCount = requests.length;
    this.lacksTool = Uint8Array.from(
      technicians.flatMap(({ tools }) => requests.map((r) => (r.tools.every((tool) => tools.includes(tool)) ? 0 : 1))),
    );
    this.carried = Float64Array.from(technicians.flatMap(({ parts }) => parts));
    this.needed = Float64Array.from(requests.flatMap(({ parts }) => parts));
    this.kinds = requests.map(({ parts }) =>
      Int32Array.from(parts.flatMap((count, part) => (count > 0 ? [part] : []))),
    );
    this.left = new Float64Array(partCount);
  }

  /** How many stops from the start on the technician can do without the depot. */
  aloneUntil(technician: number, stops: readonly number[]): number {
    const { left, needed, partCount } = this;
    for (let p = 0; p < partCount; p++) left[p] = this.carried[technician * partCount + p] as number;
    for (let i = 0; i < stops.length; i++) {
      const request = stops[i] as number;
      if (this.lacksTool[technician * this.requestCount + request] === 1) return i;
      const kinds = this.kinds[request] as Int32Array;
      for (let k = 0; k < kinds.length; k++) {
        const p = kinds[k] as number;
        left[p] = (left[p] as number) - (needed[request * partCount + p] as number);
        if ((left[p] as number) < 0) return i;
      }
    }
    return stops.length;
  }

  /** How many of the stops can be done on own goods together with a further request; -1: not even that one. */
  mostBefore(technician: number, stops: readonly number[], alone: number, request: number): number {
    if (this.lacksTool[technician * this.requestCount + request] === 1) return -1;
    const { needed, partCount } = this;
    const kinds = this.kinds[request] as Int32Array;
    let most = alone;
    for (let k = 0; k < kinds.length; k++) {
      const p = kinds[k] as number;
      let left = (this.carried[technician * partCount + p] as number) - (needed[request * partCount + p] as number);
      if (left < 0) return -1;
      for (let i = 0; i < most; i++) {
        left -= needed[(stops[i] as number) * partCount + p] as number;
        if (left < 0) most = i;
      }
    }
    return most;
  }
}

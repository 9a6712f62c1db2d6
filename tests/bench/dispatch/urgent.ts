import type { PlacesView, RepairedView } from '../../../dispatch/src/index.ts';
import { cpu, row, spread } from './figures.ts';
import type { Region } from './region.ts';
import { type Bench, dispatcher, hospital } from './service.ts';

interface Call {
  readonly opened: number;
  readonly answered: number;
  /** Of the processor, all threads, from the request to the answer. */
  readonly processor: number;
  /** Of the question for room, where it was worth asking; else 0. */
  readonly repaired: number;
  readonly roomProcessor: number;
  readonly placed: boolean;
  readonly inTime: boolean;
  readonly moved: number;
  readonly reasons: number;
}

const WARMING_UP = 15;

/**
 * One hospital after the other reports a device out of service over HTTP, and the dispatcher's question for the best arrival
 * follows, while the planner places the visit too. The order is withdrawn again, so that each finds the same region.
 */
export async function urgentOverHttp(
  bench: Bench,
  region: Region,
  visits: number,
  calls: number,
  search: boolean,
): Promise<void> {
  const made: Call[] = [];
  const spare = region.requests.slice(visits);
  // The first few compile the code of a fresh process.
  for (let k = -WARMING_UP; k < calls; k++) {
    made.push(await oneCall(bench, spare[(k + WARMING_UP) % spare.length] as (typeof spare)[number]));
    // While searching the planner is still at the last call's visit when the next comes; else it is done.
    if (search) await pause(150);
    else await bench.dispatch.idle();
  }
  made.splice(0, WARMING_UP);
  console.log(
    `\nUrgent visit over HTTP, ${calls} calls, the planner ${search ? 'searching meanwhile' : 'held back until the answer'}`,
  );
  const room = made.filter(({ repaired }) => repaired > 0);
  const count = (is: (call: Call) => boolean) => made.filter(is).length;
  row('  request to promised arrival with reasons', spread(made.map(({ opened, answered }) => opened + answered)));
  row('    of it, opening the order', spread(made.map(({ opened }) => opened)));
  if (!search) row('    processor time, all threads', spread(made.map(({ processor }) => processor)));
  row(
    '  then room made by moving others',
    room.length ? `${room.length} times: ${spread(room.map(({ repaired }) => repaired))}` : 'never',
  );
  if (!search && room.length)
    row('    processor time, all threads', spread(room.map(({ roomProcessor }) => roomProcessor)));
  row(
    '  promised an arrival',
    `${count(({ placed }) => placed)} of ${calls}, ${count(({ inTime }) => inTime)} within the promised response`,
  );
  row('  others moved, most', Math.max(...made.map(({ moved }) => moved)));
  row('  engineers with a place or a reason', (made.reduce((sum, { reasons }) => sum + reasons, 0) / calls).toFixed(1));
}

async function oneCall(bench: Bench, { deviceId, hospitalId }: Region['requests'][number]): Promise<Call> {
  bench.hold(true);
  const used = cpu();
  const body = { deviceId, impact: 'down', text: 'out of service' };
  const opened = await bench.call<OpenedOrder>(hospital(hospitalId), 'POST', '/requests', body);
  if (opened.status !== 201) throw new Error(`the request was answered ${opened.status}`);
  const answer = await bench.call<PlacesView>(dispatcher, 'GET', `/plan/places/${opened.body.id}`);
  const processor = cpu() - used;
  const { suggestions, refused, roomNeeded } = answer.body;
  const room = roomNeeded
    ? await bench.call<RepairedView>(dispatcher, 'GET', `/plan/repaired/${opened.body.id}`)
    : null;
  const roomProcessor = cpu() - used - processor;
  const arrival = room?.body.repaired ?? suggestions[0];
  const due = opened.body.promises.find(({ kind }) => kind === 'response')?.due ?? 0;
  bench.hold(false);
  await bench.call(dispatcher, 'POST', `/work-orders/${opened.body.id}/cancel`, { reason: 'end of the call' });
  return {
    opened: opened.ms,
    answered: answer.ms,
    processor,
    repaired: room?.ms ?? 0,
    roomProcessor,
    placed: arrival !== undefined,
    inTime: arrival !== undefined && arrival.startAt <= due,
    moved: room?.body.repaired?.moved.length ?? 0,
    reasons: suggestions.length + refused.length,
  };
}

interface OpenedOrder {
  readonly id: string;
  readonly promises: readonly { readonly kind: string; readonly due: number }[];
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

import type { BacktestResult, GradedOrder } from '@uptower/domain';

/** What is drawn of one side: its orders, each with a place across. */
export interface Lane {
  readonly side: 'present' | 'draft';
  readonly orders: readonly { readonly x: number; readonly order: GradedOrder }[];
}

export interface Timeline {
  readonly lanes: readonly [Lane, Lane];
  readonly failures: readonly { readonly x: number; readonly failure: BacktestResult['failures'][number] }[];
}

/** Orders and failures of one device, or of all, as shares of the looked-at time. */
export function timelineOf(result: BacktestResult, from: number, to: number, deviceId: string | null): Timeline {
  const span = Math.max(1, to - from);
  const mine = (item: { readonly deviceId: string }) => deviceId === null || item.deviceId === deviceId;
  const lane = (side: Lane['side']): Lane => ({
    side,
    orders: result[side].orders.filter(mine).map((order) => ({ x: (order.at - from) / span, order })),
  });
  return {
    lanes: [lane('present'), lane('draft')],
    failures: result.failures.filter(mine).map((failure) => ({ x: (failure.at - from) / span, failure })),
  };
}

/** Devices that something happened to, those with most first. */
export function devicesOf(result: BacktestResult): string[] {
  const counts = new Map<string, number>();
  for (const { deviceId } of [...result.present.orders, ...result.draft.orders, ...result.failures])
    counts.set(deviceId, (counts.get(deviceId) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id);
}

/** How many orders both sides opened, and each alone. */
export function splitOf({ present, draft }: BacktestResult) {
  const shared = draft.orders.filter((order) => order.shared).length;
  return {
    both: shared,
    onlyPresent: present.orders.filter((order) => !order.shared).length,
    onlyDraft: draft.orders.length - shared,
  };
}

/** Never colour alone: a shape for every grade. */
export const GRADE_SIGN: Record<GradedOrder['grade'], string> = {
  true: '●',
  late: '◐',
  false: '✕',
  avoided: '◇',
  open: '○',
};
export const GRADE_TONE: Record<GradedOrder['grade'], 'green' | 'amber' | 'red' | 'blue' | 'grey'> = {
  true: 'green',
  late: 'amber',
  false: 'red',
  avoided: 'blue',
  open: 'grey',
};

import type {
  AlertChange,
  BacktestResult,
  Device,
  DeviceModel,
  Instant,
  OrderEnding,
  OrderJudge,
  Rule,
  Suppression,
} from '@uptower/domain';
import { HORIZON_MS } from '../event-time/arrive.ts';
import { historyPages } from '../event-time/history.ts';
import type { Mark } from '../event-time/past.ts';
import type { ReadingStore } from '../ports/reading-store.ts';
import type { Learned } from '../prediction/learned-models.ts';
import type { Words } from '../prediction/words.ts';
import { compareSides } from './compare.ts';
import { DeviceFold } from './fold-device.ts';

export interface BacktestTask {
  /** With the present rules. */
  readonly model: DeviceModel;
  readonly rules: readonly Rule[];
  readonly from: Instant;
  readonly to: Instant;
  readonly leadHours: number;
  readonly budgetForAll: boolean;
}

/** What a run asks of its surroundings. */
export interface BacktestParts {
  devicesOf(model: DeviceModel): readonly Device[];
  /** What happened to a device besides its readings, in any order. */
  marksOf(deviceId: string): readonly Mark[];
  /** What people suppressed of a device's alarms, as far as it is remembered. */
  suppressionsOf(device: Device): readonly Suppression[];
  words(device: Device, model: DeviceModel): Words;
  readonly learned: Learned;
  /** Everything measured until now is in it. */
  store(): Promise<Pick<ReadingStore, 'range'>>;
  readonly orders: OrderJudge;
  /** Lets others work after `busyMs` of it. */
  rest(busyMs: number): Promise<void>;
  readonly monotonicMs: () => number;
}

/** Readings from so long before the looked-at time set the detectors going: as far back as live detectors look. */
const WARM_UP_MS = HORIZON_MS;
/** Work in one piece, real milliseconds; what comes in waits no longer than this. */
const SLICE_MS = 8;
const LOOK_AT_CLOCK_EVERY = 32;

/**
 * Runs the present rules and the draft's over what is stored of every device of the model, through the steps of the live
 * pipeline, in slices. `onProgress` hears the share of devices done. Rejects with the signal's reason once it is aborted.
 */
export async function runBacktest(
  task: BacktestTask,
  parts: BacktestParts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<BacktestResult> {
  const { model, from, to, leadHours, budgetForAll } = task;
  const draft: DeviceModel = { ...model, rules: [...task.rules] };
  const devices = parts.devicesOf(model);
  const store = await parts.store();
  const changes: [AlertChange[], AlertChange[]] = [[], []];
  const endings: OrderEnding[] = [];
  const seen = new Map<Device['id'], { first: Instant; last: Instant }>();
  const observed = new Set<string>();
  let moments = 0;
  let busy = 0;
  let since = 0;
  const pause = async () => {
    busy += parts.monotonicMs() - since;
    if (busy >= SLICE_MS) {
      await parts.rest(busy);
      busy = 0;
    }
    signal.throwIfAborted();
    since = parts.monotonicMs();
  };
  for (const [i, device] of devices.entries()) {
    const marks = parts.marksOf(device.id).filter(({ at }) => at >= from - WARM_UP_MS && at < to);
    const fold = new DeviceFold(device, [model, draft], marks, {
      suppressions: parts.suppressionsOf(device),
      words: parts.words(device, model),
      learned: parts.learned,
    });
    for await (const page of historyPages(store, device.id, from - WARM_UP_MS, to)) {
      signal.throwIfAborted();
      since = parts.monotonicMs();
      for (const [n, moment] of page.entries()) {
        fold.take(moment);
        if (n % LOOK_AT_CLOCK_EVERY === 0) await pause();
      }
      await pause();
    }
    fold.finish(to);
    if (fold.firstAt !== null && fold.lastAt !== null && fold.lastAt >= from) {
      seen.set(device.id, { first: fold.firstAt, last: fold.lastAt });
      for (const [side, list] of changes.entries())
        for (const change of fold.changes[side] as AlertChange[]) list.push(change);
      for (const ending of endingsOf(device, marks, fold)) endings.push(ending);
      moments += fold.moments;
    }
    if (device.service === 'observe') observed.add(device.id);
    onProgress((i + 1) / devices.length);
  }
  const comparing = compareSides(
    { changes, endings, seen, devicesLeftOut: devices.length - seen.size, moments },
    { from, to, leadHours, observed, budgetForAll, orders: parts.orders },
  );
  signal.throwIfAborted();
  since = parts.monotonicMs();
  for (;;) {
    const step = comparing.next();
    if (step.done) return step.value;
    await pause();
  }
}

function endingsOf({ id: deviceId }: Device, marks: readonly Mark[], { failures }: DeviceFold): OrderEnding[] {
  return [
    ...failures.map((failure) => ({ deviceId, kind: 'failed' as const, ...failure })),
    ...marks.flatMap((mark): OrderEnding[] =>
      mark.kind === 'replaced' || mark.kind === 'work'
        ? [{ deviceId, kind: mark.kind, component: mark.component, at: mark.at }]
        : [],
    ),
  ];
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Backtest, type BacktestDigest, type BacktestResult, type DeviceModel, type ModelId } from '@uptower/domain';
import { type Logger, readJsonFile, writeJsonFile } from '@uptower/platform';
import { type BacktestParts, type BacktestTask, runBacktest } from './run.ts';

/** So many are kept; the oldest give way. */
const KEPT = 50;
/** Asked for and not done. */
export const isPending = ({ state }: Backtest) => state === 'queued' || state === 'running';

/**
 * Back-tests: one runs at a time, the others wait. Each is a file, so that results outlive a restart; one that was cut
 * short by it says so.
 */
export class Backtests {
  private readonly byId = new Map<string, Backtest>();
  private readonly aborts = new Map<string, AbortController>();
  private queue: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly dir: string,
    private readonly parts: () => BacktestParts,
    private readonly log: Logger,
  ) {
    for (const backtest of readAll(dir)) {
      const found: Backtest = isPending(backtest) ? { ...backtest, state: 'interrupted' } : backtest;
      this.byId.set(found.id, found);
    }
  }

  get(id: string): Backtest | undefined {
    return this.byId.get(id);
  }

  /** The newest first; without their results, which may be long. */
  list(modelId?: ModelId): Backtest[] {
    return [...this.byId.values()]
      .filter((backtest) => modelId === undefined || backtest.modelId === modelId)
      .sort((a, b) => b.requestedAt - a.requestedAt || (a.id < b.id ? 1 : -1))
      .map((backtest) => ({ ...backtest, result: null }));
  }

  start(backtest: Backtest, model: DeviceModel): void {
    this.put(backtest);
    for (const old of this.list().slice(KEPT)) if (!isPending(old)) this.remove(old.id);
    const abort = new AbortController();
    this.aborts.set(backtest.id, abort);
    void this.alone(() => this.run(backtest, model, abort.signal)).finally(() => this.aborts.delete(backtest.id));
  }

  /** Stops one that waits or runs; one that is over is thrown away. */
  cancel(id: string): void {
    const backtest = this.byId.get(id);
    if (!backtest) return;
    if (!isPending(backtest)) {
      this.remove(id);
      return;
    }
    this.put({ ...backtest, state: 'cancelled' });
    this.aborts.get(id)?.abort(new Error('cancelled'));
  }

  /** Runs something of the same kind in its turn. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  fold(task: BacktestTask, signal: AbortSignal, onProgress: (share: number) => void = () => undefined) {
    return runBacktest(task, this.parts(), signal, onProgress);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const abort of this.aborts.values()) abort.abort(new Error('the server stops'));
    await this.queue;
  }

  private async run(backtest: Backtest, model: DeviceModel, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let now: Backtest = { ...backtest, state: 'running' };
    this.put(now);
    const { rules, from, to, leadHours, budgetForAll } = backtest;
    try {
      const result = await this.fold({ model, rules, from, to, leadHours, budgetForAll }, signal, (progress) => {
        now = { ...now, progress };
        if (!signal.aborted) this.byId.set(now.id, now);
      });
      if (!signal.aborted) this.put({ ...now, state: 'done', progress: 1, result });
    } catch (error) {
      // Cancelled: said already. Stopping: the file says "running", and the next start finds it interrupted.
      if (signal.aborted || this.stopped) return;
      this.log.error({ err: error, backtestId: backtest.id }, 'backtest.failed');
      this.put({ ...now, state: 'failed', problem: (error as Error).message });
    }
  }

  private put(backtest: Backtest): void {
    this.byId.set(backtest.id, backtest);
    writeJsonFile(this.fileOf(backtest.id), backtest);
  }

  private remove(id: string): void {
    this.byId.delete(id);
    rmSync(this.fileOf(id), { force: true });
  }

  private fileOf(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}

function readAll(dir: string): Backtest[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return []; // none was ever made
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readJsonFile(join(dir, name), Backtest) ?? []);
}

/** What is kept of a finished back-test with the decision that rests on it. */
export function digestOf({ id, from, to, result }: Backtest): BacktestDigest | null {
  if (!result) return null;
  const side = ({ score: { orders, falseOrders, foreseen, failures } }: BacktestResult['present']) => ({
    orders,
    falseOrders,
    foreseen,
    failures,
  });
  return { id, from, to, present: side(result.present), draft: side(result.draft) };
}

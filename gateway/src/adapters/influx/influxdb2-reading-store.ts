import { InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { DAY } from '@uptower/domain';
import { type Batch, type ReadingStore, type Selection, StoreUnavailable } from '../../ports/reading-store.ts';
import { exportRows } from '../export-rows.ts';
import { type Dialect, type Influxdb2Options, requestText } from './dialect.ts';
import { fluxDialect } from './flux.ts';
import { pointsOf, readingsOf } from './points.ts';
import { victoriaMetricsDialect } from './victoria-metrics.ts';

// It prints every failed write by itself; ours say it once, in words.
setLogger({ error: () => undefined, warn: () => undefined });

const TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Batches the server took and may still forget. */
interface Unsettled {
  readonly through: number;
  readonly takenAt: number;
}

/**
 * The InfluxDB 2 API. Writes go through `/api/v2/write`; how the server is asked, and when what it took is on its disk,
 * depends on what answers (`Dialect`): InfluxDB itself, or VictoriaMetrics.
 */
export function openInfluxdb2ReadingStore(options: Influxdb2Options): ReadingStore {
  const { url, org, bucket, token, now, monotonicMs } = options;
  const api = new InfluxDB({ url, timeout: TIMEOUT_MS, ...(token === undefined ? {} : { token }) });
  let dialect: Dialect | undefined;
  let position = 0;
  let progressAt = 0;
  /** The server as it was, and what it must have taken by now if it is still the same. */
  let known = { started: '', rows: 0 };
  let refused = 0;
  let unsettled: Unsettled[] = [];

  const spoken = async (): Promise<Dialect> => {
    dialect ??= /-storageDataPath|-retentionPeriod/.test(await requestText(options, '/flags').catch(() => ''))
      ? victoriaMetricsDialect(options)
      : fluxDialect(options, api);
    return dialect;
  };

  const write = async (lines: readonly string[], precision: Dialect['precision']) => {
    if (lines.length === 0) return;
    const writer = api.getWriteApi(org, bucket, precision, {
      batchSize: lines.length + 1,
      maxBatchBytes: MAX_BODY_BYTES,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: MAX_BODY_BYTES,
    });
    try {
      writer.writeRecords([...lines]);
      await writer.flush();
      known.rows += lines.length;
    } catch (error) {
      const { statusCode, message } = error as { statusCode?: number; message: string };
      // 400, 422: it will not take these lines the next time either (beyond its retention; a field of another type).
      if (statusCode !== 400 && statusCode !== 422) throw unavailable(url, message);
      refused += lines.length;
    } finally {
      await writer.close().catch(() => undefined);
    }
  };

  // The start is told in whole seconds; within one, a server that was started anew has taken less than it was sent. (Its
  // count is a second or two behind: this is asked only about what was sent `settleMs` ago.)
  const isAnother = (life: typeof known) => life.started !== known.started || life.rows < known.rows;

  const savePosition = async (through: number) => {
    const spokenNow = await spoken();
    progressAt = Math.max(now(), progressAt + 1); // the last one counts, also when the clock was put back
    await write([spokenNow.progressLine(through, progressAt)], spokenNow.precision);
    position = through;
  };

  return {
    position: () => position,
    async check() {
      const asked = await spoken();
      const life = await asked.life();
      if (life.started !== known.started) {
        unsettled = [];
        known = { ...life };
      }
      const found = await asked.progress();
      progressAt = Math.max(progressAt, found.at);
      // Our own last word may not be readable yet; a server that was not started anew still has it.
      position = found.position;
      return position;
    },
    async append(batch: Batch) {
      const asked = await spoken();
      const taken = unsettled.at(-1)?.through ?? position;
      if (batch.through <= taken) return;
      const lines: string[] = [];
      for (const point of pointsOf(batch, taken)) lines.push(asked.line(point));
      await write(lines, asked.precision);
      if (asked.settleMs === 0) await savePosition(batch.through);
      else unsettled.push({ through: batch.through, takenAt: monotonicMs() });
    },
    async settle() {
      const asked = await spoken();
      const due = unsettled.filter(({ takenAt }) => monotonicMs() - takenAt >= asked.settleMs);
      const through = due.at(-1)?.through;
      if (through === undefined) return;
      if (isAnother(await asked.life())) {
        unsettled = [];
        known = { started: '', rows: 0 };
        throw new StoreUnavailable(`${url} was started anew: what it took in its last seconds is sent again`);
      }
      unsettled = unsettled.filter((item) => item.through > through);
      await savePosition(through);
    },
    rewind: savePosition,
    series: async (...args) => (await spoken()).series(...args),
    async range(deviceId, from, to, limit) {
      return readingsOf(await (await spoken()).newest(deviceId, from, to, limit), limit);
    },
    /** The server's own retention does it. */
    tidy: async () => false,
    async exportTo(file, format, what: Selection, onProgress) {
      const asked = await spoken();
      async function* rows() {
        for (const [done, device] of what.devices.entries()) {
          onProgress(done / what.devices.length);
          for (let day = what.from; day < what.to; day += DAY)
            yield (await asked.rows(device, day, Math.min(day + DAY, what.to))).filter(
              ({ metric }) => what.metrics === null || what.metrics.includes(metric),
            );
        }
      }
      await exportRows(file, format, rows());
      onProgress(1);
    },
    refused: () => refused,
    close: async () => undefined,
  };
}

const unavailable = (url: string, message: string) => new StoreUnavailable(`InfluxDB at ${url}: ${message.trim()}`);

import { HOUR, SECOND, type SeriesPoint } from '@uptower/domain';
import type { ExportRow } from '../../ports/reading-store.ts';
import { type Dialect, type Influxdb2Options, requestText, tag } from './dialect.ts';
import { bucketWidth, exportRow, type PointRow, PROGRESS, READINGS } from './points.ts';

/** Rows are kept in memory for a second and in unsynced parts for five more; measured lost after kill -9 until 4.5 s. */
const SETTLE_MS = 10 * SECOND;

/** From 1970 to 2100: a clock that was ahead once must not hide a point. */
const ALWAYS = { start: '0', end: '4102444800' };

interface Line {
  readonly metric: { readonly __name__: string; readonly metric: string; readonly text?: string };
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}
interface Matrix {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

const quoted = (text: string) => JSON.stringify(text);
const seconds = (ms: number) => (ms / 1000).toFixed(3);

/**
 * VictoriaMetrics: MetricsQL over `/api/v1`, milliseconds, numbers only, one space of names, so the bucket is a label. A boolean is a series of its own
 * (`…_flag`, 1 or 0); words are the label of a series (`…_said{text="scan"} 1`).
 */
export function victoriaMetricsDialect(options: Influxdb2Options): Dialect {
  const mine = `bucket=${quoted(options.bucket)}`;
  const ask = (path: string, form: Record<string, string>) => requestText(options, path, form);

  const exported = async (deviceId: string, from: number, to: number): Promise<ExportRow[]> => {
    const text = await ask('/api/v1/export', {
      'match[]': `{__name__=~"${READINGS}_(value|flag|said)",${mine},device=${quoted(deviceId)}}`,
      start: seconds(from),
      end: seconds(to - 1),
    });
    const rows: ExportRow[] = [];
    for (const line of text.split('\n')) {
      if (!line) continue;
      const { metric, values, timestamps } = JSON.parse(line) as Line;
      for (const [i, ts] of timestamps.entries())
        rows.push(exportRow(ts, deviceId, metric.metric, valueIn(metric, values[i])));
    }
    return rows.sort((a, b) => a.ts - b.ts);
  };

  const ranged = async (query: string, start: number, end: number, step: number) => {
    const form = { query, start: seconds(start), end: seconds(end), step: `${step}ms`, nocache: '1' };
    const { data } = JSON.parse(await ask('/api/v1/query_range', form)) as Matrix;
    return new Map((data.result[0]?.values ?? []).map(([at, value]) => [Math.round(at * 1000), Number(value)]));
  };

  /** Buckets `[start, start + width)`, the first at `from`, the last one whole too. */
  const buckets = async (selector: string, from: number, count: number, width: number): Promise<SeriesPoint[]> => {
    if (count === 0) return [];
    // A window at time t is (t − width, t]: the millisecond before the next bucket begins.
    const [first, last] = [from + width - 1, from + count * width - 1];
    const [min, max, avg] = await Promise.all(
      ['min', 'max', 'avg'].map((fold) => ranged(`${fold}_over_time(${selector}[${width}ms])`, first, last, width)),
    );
    return [...(avg ?? [])].map(([at, mean]) => ({
      ts: at - width + 1,
      min: min?.get(at) ?? mean,
      max: max?.get(at) ?? mean,
      avg: mean,
    }));
  };

  return {
    precision: 'ms',
    settleMs: SETTLE_MS,
    line({ device, metric, ms, value }: PointRow) {
      const series = `${READINGS},bucket=${tag(options.bucket)},device=${tag(device)},metric=${tag(metric)}`;
      if (typeof value === 'number') return `${series} value=${value} ${ms}`;
      if (typeof value === 'boolean') return `${series} flag=${Number(value)} ${ms}`;
      return `${series},text=${tag(value) || '\\ '} said=1 ${ms}`;
    },
    progressLine: (position, at) => `${PROGRESS},bucket=${tag(options.bucket)} position=${position} ${at}`,
    async life() {
      const metrics = await requestText(options, '/metrics');
      const started = /^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1] ?? '';
      return { started, rows: Number(/^vm_rows_inserted_total\{type="influx"\} (\S+)$/m.exec(metrics)?.[1] ?? 0) };
    },
    async progress() {
      await requestText(options, '/internal/force_flush'); // what it took becomes visible, not durable
      const text = await ask('/api/v1/export', { 'match[]': `${PROGRESS}_position{${mine}}`, ...ALWAYS });
      let [position, at] = [0, 0];
      for (const line of text.split('\n').filter(Boolean)) {
        const { values, timestamps } = JSON.parse(line) as Line;
        for (const [i, ts] of timestamps.entries()) if (ts > at) [position, at] = [values[i] ?? 0, ts];
      }
      return { position, at };
    },
    async series(deviceId, metric, from, to, points) {
      await requestText(options, '/internal/force_flush');
      const selector = `${READINGS}_value{${mine},device=${quoted(deviceId)},metric=${quoted(metric)}}`;
      const width = bucketWidth(from, to, points);
      const whole = Math.floor((to - from) / width);
      const rest = (to - from) % width;
      return [
        ...(await buckets(selector, from, whole, width)),
        ...(rest > 0 ? await buckets(selector, from + whole * width, 1, rest) : []),
      ];
    },
    async rows(deviceId, from, to) {
      await requestText(options, '/internal/force_flush');
      return exported(deviceId, from, to);
    },
    async newest(deviceId, from, to, limit) {
      await requestText(options, '/internal/force_flush');
      let rows: ExportRow[] = [];
      // Backwards in growing steps: most devices have the newest moments in the last hours.
      for (let [end, step] = [to, HOUR]; end > from; end -= step, step *= 4) {
        const begin = Math.max(from, end - step);
        rows = [...(await exported(deviceId, begin, end)), ...rows];
        if (begin === from || new Set(rows.map(({ ts }) => ts)).size >= limit) break;
      }
      return rows;
    },
  };
}

function valueIn({ __name__, text }: Line['metric'], value = 0) {
  if (__name__.endsWith('_value')) return value;
  return __name__.endsWith('_flag') ? value === 1 : (text ?? '');
}

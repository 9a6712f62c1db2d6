import { flux, fluxDateTime, fluxDuration, fluxExpression, type InfluxDB, Point } from '@influxdata/influxdb-client';
import { type ExportRow, StoreUnavailable } from '../../ports/reading-store.ts';
import type { Dialect, Influxdb2Options } from './dialect.ts';
import { bucketWidth, exportRow, PROGRESS, READINGS } from './points.ts';

const METRICS_A_MOMENT = 300;
const at = (ms: number) => fluxDateTime(new Date(ms).toISOString());

interface ValueRow {
  readonly _time: string;
  readonly metric: string;
  readonly _value: number | boolean | string;
}

/** InfluxDB 2 itself: Flux, nanoseconds; a write is on its disk (WAL) when it is acknowledged. */
export function fluxDialect({ url, org, bucket }: Influxdb2Options, api: InfluxDB): Dialect {
  const ask = <T>(query: ReturnType<typeof flux>) =>
    api
      .getQueryApi(org)
      .collectRows<T>(query)
      .catch((error: Error) => {
        throw new StoreUnavailable(`InfluxDB at ${url}: ${error.message.trim()}`, { cause: error });
      });

  const values = async (deviceId: string, from: number, to: number, newest?: number) => {
    const limited = newest === undefined ? flux`` : flux`|> limit(n: ${newest})`;
    const rows = await ask<ValueRow>(flux`from(bucket: ${bucket})
  |> range(start: ${at(from)}, stop: ${at(to)})
  |> filter(fn: (r) => r._measurement == ${READINGS} and r.device == ${deviceId})
  |> keep(columns: ["_time", "_value", "_field", "metric"])
  |> group(columns: ["_field"])
  |> sort(columns: ["_time"], desc: true)
  ${limited}`);
    // Fields come as tables of their own: numbers, flags and words have different types.
    return rows
      .map((row): ExportRow & { readonly time: string } => ({
        time: row._time,
        ...exportRow(Date.parse(row._time), deviceId, row.metric, row._value),
      }))
      .sort((a, b) => a.ts - b.ts || (a.time < b.time ? -1 : 1));
  };

  return {
    precision: 'ns',
    settleMs: 0,
    line({ device, metric, ns, value }) {
      const point = new Point(READINGS).tag('device', device).tag('metric', metric).timestamp(ns);
      if (typeof value === 'number') point.floatField('value', value);
      else if (typeof value === 'boolean') point.booleanField('flag', value);
      else point.stringField('text', value);
      return point.toLineProtocol() ?? '';
    },
    progressLine: (position, moment) =>
      new Point(PROGRESS).floatField('position', position).timestamp(`${moment}000000`).toLineProtocol() ?? '',
    life: async () => ({ started: '', rows: 0 }),
    async progress() {
      const [row] = await ask<{ _time: string; _value: number }>(flux`from(bucket: ${bucket})
  |> range(start: 0)
  |> filter(fn: (r) => r._measurement == ${PROGRESS} and r._field == "position")
  |> last()`);
      return row ? { position: row._value, at: Date.parse(row._time) } : { position: 0, at: 0 };
    },
    async series(deviceId, metric, from, to, points) {
      const width = bucketWidth(from, to, points);
      const fold = (name: 'min' | 'max' | 'mean') => flux`readings
  |> aggregateWindow(every: ${fluxDuration(`${width}ms`)}, offset: ${fluxDuration(`${from % width}ms`)}, fn: ${fluxExpression(name)}, createEmpty: false, timeSrc: "_start")
  |> set(key: "fold", value: ${name})`;
      const rows = await ask<{
        _time: string;
        _value: number;
        fold: 'min' | 'max' | 'mean';
      }>(flux`readings = from(bucket: ${bucket})
  |> range(start: ${at(from)}, stop: ${at(to)})
  |> filter(fn: (r) => r._measurement == ${READINGS} and r._field == "value" and r.device == ${deviceId} and r.metric == ${metric})
union(tables: [${fold('min')}, ${fold('max')}, ${fold('mean')}])`);
      const buckets = new Map<number, { ts: number; min: number; max: number; avg: number }>();
      for (const { _time, _value, fold: name } of rows) {
        const ts = Date.parse(_time);
        const bucket = buckets.get(ts) ?? { ts, min: _value, max: _value, avg: _value };
        bucket[name === 'mean' ? 'avg' : name] = _value;
        buckets.set(ts, bucket);
      }
      return [...buckets.values()].sort((a, b) => a.ts - b.ts);
    },
    rows: (deviceId, from, to) => values(deviceId, from, to),
    // A moment has at most some hundred metrics; most have a handful.
    newest: (deviceId, from, to, limit) => values(deviceId, from, to, limit * METRICS_A_MOMENT),
  };
}

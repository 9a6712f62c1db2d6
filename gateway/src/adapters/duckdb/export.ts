import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExportFormat, Selection } from '../../ports/reading-store.ts';
import { sqlText } from '../export-rows.ts';
import type { Names } from './tables.ts';

const TIME = {
  csv: `strftime(make_timestamp_ms(ts), '%Y-%m-%dT%H:%M:%S.%gZ')`,
  parquet: 'make_timestamp_ms(ts)::TIMESTAMPTZ',
};
const AS = { csv: 'FORMAT csv, HEADER', parquet: 'FORMAT parquet, COMPRESSION zstd' };

export async function exportTo(
  connection: DuckDBConnection,
  names: Names,
  file: string,
  format: ExportFormat,
  { from, to, devices, metrics }: Selection,
): Promise<void> {
  const listed = (wanted: readonly string[]) =>
    `(${wanted.flatMap((name) => names.idOf(name) ?? []).join(', ') || '0'})`; // no name has the number 0
  await connection.run(
    `SET TimeZone = 'UTC';
     COPY (
       SELECT ${TIME[format]} AS time, d.name AS device, m.name AS metric, value, text
       FROM stored JOIN names d ON d.id = stored.device JOIN names m ON m.id = stored.metric
       WHERE ts >= ${from} AND ts < ${to} AND stored.device IN ${listed(devices)}
       ${metrics ? `AND stored.metric IN ${listed(metrics)}` : ''}
       ORDER BY d.name, ts, m.name, part, place
     ) TO '${sqlText(file)}' (${AS[format]})`,
  );
}

import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ExportFormat, ExportRow } from '../ports/reading-store.ts';

const HEADER = 'time,device,metric,value,text\n';

/** RFC 4180: quoted when it holds a comma, a quote or a line end. */
const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

const line = ({ ts, device, metric, value, text }: ExportRow) =>
  `${new Date(ts).toISOString()},${cell(device)},${cell(metric)},${value ?? ''},${text === null ? '' : cell(text)}\n`;

/** Writes rows as they come; nothing but a page of them is in memory. Parquet is made of the CSV by DuckDB. */
export async function exportRows(
  file: string,
  format: ExportFormat,
  pages: AsyncIterable<readonly ExportRow[]>,
): Promise<void> {
  const csv = format === 'csv' ? file : `${file}.csv`;
  async function* text() {
    yield HEADER;
    for await (const page of pages) yield page.map(line).join('');
  }
  try {
    await pipeline(Readable.from(text(), { objectMode: false }), createWriteStream(csv));
    if (format === 'parquet') await toParquet(csv, file);
  } finally {
    if (format === 'parquet') await rm(csv, { force: true });
  }
}

async function toParquet(csv: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    await connection.run(
      `SET TimeZone = 'UTC'; COPY (SELECT * FROM read_csv('${sqlText(csv)}', header = true, nullstr = '', columns = {
         'time': 'TIMESTAMPTZ', 'device': 'VARCHAR', 'metric': 'VARCHAR', 'value': 'DOUBLE', 'text': 'VARCHAR'
       })) TO '${sqlText(file)}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Inside single quotes of SQL. */
export const sqlText = (text: string) => text.replace(/'/g, "''");

import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/*
 * Names are stored once and rows hold their numbers: measured 1.7 × the rows per CPU second of names in every row. No
 * primary key: measured 12 × the bytes and 3–6 × slower; duplicates are dropped before they come here.
 * `readings` in the order of arrival; `sorted` days that are over, by device, metric and time (a query of one series
 * reads 1/25 of what it reads in order of arrival); `rollups` hours of what is deleted: several rows of one hour add up.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS names (id UINTEGER, name VARCHAR);
CREATE TABLE IF NOT EXISTS readings (device UINTEGER, metric UINTEGER, ts BIGINT, value DOUBLE, text VARCHAR);
CREATE TABLE IF NOT EXISTS sorted (device UINTEGER, metric UINTEGER, ts BIGINT, value DOUBLE, text VARCHAR);
CREATE TABLE IF NOT EXISTS rollups
  (device UINTEGER, metric UINTEGER, hour BIGINT, low DOUBLE, high DOUBLE, total DOUBLE, count BIGINT);
CREATE TABLE IF NOT EXISTS progress (position BIGINT);
INSERT INTO progress SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM progress);
CREATE OR REPLACE VIEW stored AS
  SELECT device, metric, ts, value, text, 0 AS part, rowid AS place FROM sorted UNION ALL
  SELECT device, metric, ts, value, text, 1 AS part, rowid AS place FROM readings;
`;

/** The first layout had the names in every row. */
const FROM_FIRST_LAYOUT = `
BEGIN;
ALTER TABLE readings RENAME TO readings_before;
CREATE TABLE names (id UINTEGER, name VARCHAR);
INSERT INTO names SELECT row_number() OVER (ORDER BY name), name
  FROM (SELECT device AS name FROM readings_before UNION SELECT metric FROM readings_before);
CREATE TABLE readings AS
  SELECT d.id AS device, m.id AS metric, r.ts, r.value, r.text
  FROM readings_before r JOIN names d ON d.name = r.device JOIN names m ON m.name = r.metric ORDER BY r.rowid;
DROP TABLE readings_before;
COMMIT;
`;

export async function query<T>(connection: DuckDBConnection, sql: string, values: DuckDBValue[] = []): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJS() as T[];
}

export async function openTables(connection: DuckDBConnection): Promise<void> {
  const [column] = await query<{ data_type: string }>(
    connection,
    `SELECT data_type FROM duckdb_columns() WHERE table_name = 'readings' AND column_name = 'device'`,
  );
  if (column?.data_type === 'VARCHAR') await connection.run(FROM_FIRST_LAYOUT);
  await connection.run(TABLES);
}

/** The numbers of names. */
export class Names {
  private readonly ids = new Map<string, number>();
  private readonly byId = new Map<number, string>();

  constructor(private readonly connection: DuckDBConnection) {}

  async load(): Promise<void> {
    for (const { id, name } of await query<{ id: number; name: string }>(this.connection, 'SELECT id, name FROM names'))
      this.put(name, id);
  }

  idOf(name: string): number | undefined {
    return this.ids.get(name);
  }

  nameOf(id: number): string {
    return this.byId.get(id) ?? '';
  }

  /** Numbers for these names, new ones in the transaction that is open; `forget` undoes them when it is rolled back. */
  async number(names: readonly string[]): Promise<{ readonly ids: readonly number[]; forget(): void }> {
    const fresh = names.filter((name) => !this.ids.has(name));
    for (const name of fresh) this.put(name, this.ids.size + 1);
    if (fresh.length > 0) {
      const appender = await this.connection.createAppender('names');
      for (const name of fresh) {
        appender.appendUInteger(this.ids.get(name) as number);
        appender.appendVarchar(name);
        appender.endRow();
      }
      appender.closeSync();
    }
    return {
      ids: names.map((name) => this.ids.get(name) as number),
      forget: () => {
        for (const name of fresh) {
          this.byId.delete(this.ids.get(name) as number);
          this.ids.delete(name);
        }
      },
    };
  }

  private put(name: string, id: number): void {
    this.ids.set(name, id);
    this.byId.set(id, name);
  }
}

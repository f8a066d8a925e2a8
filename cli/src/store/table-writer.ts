/** Appends rows to a table by columns. */
import type { DuckDBAppender, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import type { Database } from './database.js';
import { type RowOf, TABLES, type TableName } from './schema.js';

/** A chunk of DuckDB has at most 2,048 rows. */
const MAX_CHUNK_ROWS = 2_048;

/**
 * Appends within the transaction of the connection that writes. It is kept for many transactions: an appender and a chunk
 * take memory for 2,048 rows, of a size that the garbage collector does not know.
 */
export class TableWriter<N extends TableName> {
  private constructor(
    private readonly appender: DuckDBAppender,
    private readonly chunk: DuckDBDataChunk,
    private readonly columns: readonly (keyof RowOf<N> & string)[],
  ) {}

  static async open<N extends TableName>(database: Database, table: N): Promise<TableWriter<N>> {
    const { duck, writer } = database;
    const columns = columnsOf(table);
    const byName = {
      BIGINT: duck.BIGINT,
      UBIGINT: duck.UBIGINT,
      DOUBLE: duck.DOUBLE,
      VARCHAR: duck.VARCHAR,
      BOOLEAN: duck.BOOLEAN,
    };
    const types = columns.map(({ type }) => byName[type]);
    const names = columns.map(({ name }) => name);
    const chunk = duck.DuckDBDataChunk.create(types);
    return new TableWriter(await writer.createAppender(table), chunk, names);
  }

  append(rows: readonly RowOf<N>[]): void {
    for (let start = 0; start < rows.length; start += MAX_CHUNK_ROWS) {
      this.appendChunk(rows.slice(start, start + MAX_CHUNK_ROWS));
    }
  }

  private appendChunk(rows: readonly RowOf<N>[]): void {
    const { chunk } = this;
    chunk.reset();
    chunk.rowCount = rows.length;
    this.columns.forEach((column, index) => {
      const values: DuckDBValue[] = new Array(rows.length);
      for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[column] ?? null;
      chunk.setColumnValues(index, values);
    });
    this.appender.appendDataChunk(chunk);
  }

  /** Hands the rows to the open transaction. */
  flush(): void {
    this.appender.flushSync();
  }

  close(): void {
    this.appender.closeSync();
  }
}

function columnsOf<N extends TableName>(table: N) {
  const columns: { name: keyof RowOf<N> & string; type: ColumnTypes }[] = [];
  for (const name in TABLES[table]) {
    columns.push({ name: name as keyof RowOf<N> & string, type: TABLES[table][name] as ColumnTypes });
  }
  return columns;
}

type ColumnTypes = 'BIGINT' | 'UBIGINT' | 'DOUBLE' | 'VARCHAR' | 'BOOLEAN';

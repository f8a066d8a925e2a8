/** DuckDB, locked down: no files, no extensions, no other databases, and no setting changes it. */
import { randomInt } from 'node:crypto';
import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { creation, SCHEMA_VERSION } from './schema.js';

type DuckDb = typeof import('@duckdb/node-api');

/** Loaded when a store is opened: it takes some tens of milliseconds and megabytes. */
let loading: Promise<DuckDb> | undefined;
function loadDuckDb(): Promise<DuckDb> {
  loading ??= import('@duckdb/node-api');
  return loading;
}

export type Parameter = string | number | bigint | boolean | null | readonly string[] | readonly bigint[];
export type Row = Record<string, DuckDBValue>;

/** The file is no store of ours, of another version, in use, or cannot be opened. */
export class StoreFileError extends Error {
  override name = 'StoreFileError';
}

const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // One fsync a commit; the file itself is written when the log has this size.
  checkpoint_threshold: '256MB',
};

/** Readers that work at the same time. */
const READERS = 2;

export class Database {
  private nextReader = 0;
  private isClosed = false;
  private readonly inode: number | undefined;
  /** Statements that DuckDB works on. */
  private readonly running = new Set<Promise<unknown>>();

  private constructor(
    readonly duck: DuckDb,
    private readonly instance: DuckDBInstance,
    readonly writer: DuckDBConnection,
    private readonly readers: DuckDBConnection[],
    readonly file: string | null,
  ) {
    this.inode = file === null ? undefined : inodeOf(file);
  }

  /** In words, why nothing that is written now can be found later; null when all is well. */
  get lostFile(): string | null {
    if (this.file === null || inodeOf(this.file) === this.inode) return null;
    return `${this.file} was deleted or replaced while the viewer ran: stop it and start it again`;
  }

  /** Creates the store in a new file or in memory. An existing file is opened, and never changed unless it is a store. */
  static async open(file: string | null, { readOnly }: { readOnly: boolean }): Promise<Database> {
    const duck = await loadDuckDb();
    const isNew = file === null || !existsSync(file);
    if (isNew && readOnly) throw new StoreFileError(`there is no file ${file ?? 'to read'}`);
    if (file !== null && !isNew) refuseOtherFiles(file);
    // The log beside the file is created again after each checkpoint, so the mode of the file alone is not enough.
    if (file !== null) process.umask(process.umask() | 0o077);
    const instance = await createInstance(duck, file, readOnly);
    try {
      if (file !== null && isNew) chmodSync(file, 0o600);
      const connections: DuckDBConnection[] = [];
      for (let index = 0; index <= READERS; index += 1) connections.push(await instance.connect());
      const [writer, ...readers] = connections;
      if (writer === undefined) throw new Error('no connection');
      // In memory, only an attached database is compressed.
      if (file === null) await writer.run("ATTACH ':memory:' AS store (COMPRESS)");
      if (file === null) for (const connection of connections) await connection.run('USE store');
      await writer.run('SET enable_external_access = false');
      await writer.run('SET lock_configuration = true');
      const database = new Database(duck, instance, writer, readers, file);
      if (isNew || (!readOnly && (await database.isEmpty()))) await database.create();
      else await database.checkVersion();
      return database;
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /** Rows of one statement, read while others write. */
  async all(sql: string, parameters: Readonly<Record<string, Parameter>> = {}): Promise<Row[]> {
    this.nextReader = (this.nextReader + 1) % this.readers.length;
    return this.read(this.readers[this.nextReader] ?? this.writer, sql, parameters);
  }

  /** Rows of one statement in the connection that writes, inside its transaction. */
  async run(sql: string, parameters: Readonly<Record<string, Parameter>> = {}): Promise<Row[]> {
    return this.read(this.writer, sql, parameters);
  }

  /** Rows of a large result, a chunk at a time. */
  async *stream(sql: string, parameters: Readonly<Record<string, Parameter>> = {}): AsyncGenerator<Row[]> {
    const connection = await this.whileOpen(() => this.instance.connect());
    try {
      if (this.file === null) await this.whileOpen(() => connection.run('USE store'));
      const { values, types } = this.bound(parameters);
      const result = await this.whileOpen(() => connection.stream(sql, values, types));
      const chunks = result.yieldRowObjects();
      for (;;) {
        const { done, value } = await this.whileOpen(() => chunks.next());
        if (done) return;
        yield value;
      }
    } finally {
      connection.closeSync();
    }
  }

  private async read(
    connection: DuckDBConnection,
    sql: string,
    parameters: Readonly<Record<string, Parameter>>,
  ): Promise<Row[]> {
    const { values, types } = this.bound(parameters);
    const reader = await this.whileOpen(() => connection.runAndReadAll(sql, values, types));
    return reader.getRowObjects();
  }

  private async whileOpen<T>(work: () => Promise<T>): Promise<T> {
    if (this.isClosed) throw new Error('the store is closed');
    const working = work();
    this.running.add(working);
    try {
      return await working;
    } finally {
      this.running.delete(working);
    }
  }

  private bound(parameters: Readonly<Record<string, Parameter>>) {
    const { listValue, LIST, VARCHAR, BIGINT, DOUBLE, BOOLEAN } = this.duck;
    const values: Record<string, DuckDBValue> = {};
    const types: Record<
      string,
      ReturnType<typeof LIST> | typeof VARCHAR | typeof BIGINT | typeof DOUBLE | typeof BOOLEAN
    > = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (typeof value === 'object' && value !== null) {
        values[name] = listValue([...value]);
        types[name] = typeof value[0] === 'bigint' ? LIST(BIGINT) : LIST(VARCHAR);
        continue;
      }
      values[name] = value;
      if (typeof value === 'bigint') types[name] = BIGINT;
      else if (typeof value === 'number') types[name] = DOUBLE;
      else if (typeof value === 'boolean') types[name] = BOOLEAN;
      else types[name] = VARCHAR;
    }
    return { values, types };
  }

  /** True for the file of a process that was killed while it created it. */
  private async isEmpty(): Promise<boolean> {
    return (await this.run('SELECT 1 AS found FROM duckdb_tables() LIMIT 1')).length === 0;
  }

  private async create(): Promise<void> {
    await this.run('BEGIN');
    for (const statement of creation()) await this.run(statement);
    await this.run("INSERT INTO meta VALUES ('schema_version', $version), ('seed', $seed)", {
      version: String(SCHEMA_VERSION),
      seed: String(randomInt(2 ** 32)),
    });
    await this.run('COMMIT');
    await this.run('CHECKPOINT');
  }

  private async checkVersion(): Promise<void> {
    let version: unknown;
    try {
      [{ value: version } = { value: null }] = await this.run(
        "SELECT value FROM meta WHERE key = 'schema_version'",
      );
    } catch {
      throw new StoreFileError(`${this.file} is a DuckDB file of something else; choose another file`);
    }
    if (version !== String(SCHEMA_VERSION)) {
      throw new StoreFileError(
        `${this.file} has the format ${String(version)}, and this version reads ${SCHEMA_VERSION}; choose another file`,
      );
    }
  }

  /** Bytes of the file and its log, or of the memory that the tables use. */
  async bytes(): Promise<number> {
    if (this.file !== null) return fileSize(this.file) + fileSize(`${this.file}.wal`);
    const [row] = await this.all('SELECT sum(memory_usage_bytes)::BIGINT AS bytes FROM duckdb_memory()');
    return typeof row?.bytes === 'bigint' ? Number(row.bytes) : 0;
  }

  /** Interrupts what is read and waits for the statements that run; the next ones are refused. DuckDB crashes or hangs when it is closed under them. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const reader of this.readers) reader.interrupt();
    while (this.running.size > 0) await Promise.allSettled(this.running);
    for (const connection of [this.writer, ...this.readers]) connection.closeSync();
    this.instance.closeSync();
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function fileSize(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

const DUCKDB_MAGIC = 'DUCK';

/** DuckDB itself would take over an empty file. */
function refuseOtherFiles(file: string): void {
  if (!statSync(file).isFile()) throw new StoreFileError(`${file} is not a file`);
  const head = Buffer.alloc(4);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 8);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1') !== DUCKDB_MAGIC)
    throw new StoreFileError(`${file} is not a DuckDB file; choose another file`);
}

async function createInstance(duck: DuckDb, file: string | null, readOnly: boolean): Promise<DuckDBInstance> {
  try {
    return await duck.DuckDBInstance.create(file ?? ':memory:', {
      ...SETTINGS,
      ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
    });
  } catch (error) {
    throw new StoreFileError(openingError(file, error));
  }
}

function openingError(file: string | null, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Not "block", which is in the messages on a damaged file.
  if (!/\block\b/i.test(message)) return `${file} cannot be opened: ${message}`;
  const holder = /PID (\d+)/i.exec(message)?.[1];
  return `${file} is in use${holder === undefined ? '' : ` by process ${holder}`}; stop that viewer, or choose another file`;
}

// bench/store.ts

// src/store/database.ts
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  existsSync as existsSync2,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { monitorEventLoopDelay, performance as performance2 } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

// src/store/schema.ts
var SCHEMA_VERSION = 1;
var spans = {
  /** Order of arrival, from 1. */
  seq: 'BIGINT',
  /** A hash of trace and span id, for finding spans that arrive again. */
  id_hash: 'UBIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  parent_id: 'VARCHAR',
  name: 'VARCHAR',
  node_kind: 'VARCHAR',
  service: 'VARCHAR',
  instrumentation: 'VARCHAR',
  /** The key in `resources`. */
  resource: 'UBIGINT',
  start_ns: 'BIGINT',
  end_ns: 'BIGINT',
  /** As JSON, if `start_ns` and `end_ns` had to be replaced because they are absurd. */
  original_times: 'VARCHAR',
  status_code: 'BIGINT',
  status_message: 'VARCHAR',
  arrived_ms: 'BIGINT',
  /** Carries keys of ours, so its cost is never computed again. */
  is_metered: 'BOOLEAN',
  /** Has keys of an LLM instrumentation. */
  looks_ai: 'BOOLEAN',
  /** Made by the pricing in the viewer: cost that stands beside its span. */
  is_priced_here: 'BOOLEAN',
  /** The outermost task, or null. */
  task: 'VARCHAR',
  agent: 'VARCHAR',
  /** All attributes without content, and the wire types of numbers that JSON does not show. */
  attributes: 'VARCHAR',
};
var attribution = {
  user_id: 'VARCHAR',
  team: 'VARCHAR',
  project: 'VARCHAR',
  feature: 'VARCHAR',
  customer: 'VARCHAR',
};
var costs = {
  seq: 'BIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  start_ns: 'BIGINT',
  /** The end of the span: a cost belongs to the period in which it was billed. */
  at_ns: 'BIGINT',
  /** Null when unknown. */
  pico: 'BIGINT',
  saved_pico: 'BIGINT',
  kind: 'VARCHAR',
  source: 'VARCHAR',
  status: 'VARCHAR',
  reason: 'VARCHAR',
  rate_match: 'VARCHAR',
  anomaly: 'VARCHAR',
  attempt: 'BIGINT',
  is_failed: 'BOOLEAN',
  /** 1 for a call without a known cost. */
  unpriced: 'BIGINT',
  /** A total with this span is a lower bound. */
  is_open_ended: 'BOOLEAN',
  is_llm_call: 'BOOLEAN',
  is_tool_call: 'BOOLEAN',
  provider: 'VARCHAR',
  model: 'VARCHAR',
  tool: 'VARCHAR',
  agent: 'VARCHAR',
  /** The nearest task, the outermost one (equal for most), and the name of the nearest. */
  task_id: 'VARCHAR',
  task: 'VARCHAR',
  task_name: 'VARCHAR',
  session_id: 'VARCHAR',
  service: 'VARCHAR',
  ...attribution,
  input_tokens: 'BIGINT',
  output_tokens: 'BIGINT',
  cache_read_tokens: 'BIGINT',
  cache_write_tokens: 'BIGINT',
  reasoning_tokens: 'BIGINT',
  over_budget: 'BOOLEAN',
  /** Of the budget that refused the call. */
  budget_scope: 'VARCHAR',
  budget_measure: 'VARCHAR',
  is_priced_here: 'BOOLEAN',
};
var budget_marks = {
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  task: 'VARCHAR',
  at_ns: 'BIGINT',
  scope: 'VARCHAR',
  measure: 'VARCHAR',
  budget_limit: 'DOUBLE',
  spent: 'DOUBLE',
};
var rollups = {
  seq: 'BIGINT',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  /** `task`, `agent`, `session` or `step`. */
  scope: 'VARCHAR',
  /** `task.id` and `session.id`; the span id of agents and steps. */
  scope_id: 'VARCHAR',
  is_correction: 'BOOLEAN',
  start_ns: 'BIGINT',
  end_ns: 'BIGINT',
  arrived_ms: 'BIGINT',
  /** The outermost task; equal to `scope_id` for an outermost task. */
  task: 'VARCHAR',
  name: 'VARCHAR',
  session_id: 'VARCHAR',
  service: 'VARCHAR',
  outcome: 'VARCHAR',
  actions: 'DOUBLE',
  budget_pico: 'BIGINT',
  over_budget: 'BOOLEAN',
  ...attribution,
  total_pico: 'BIGINT',
  llm_pico: 'BIGINT',
  tool_pico: 'BIGINT',
  estimated_pico: 'BIGINT',
  wasted_pico: 'BIGINT',
  saved_pico: 'BIGINT',
  remote_pico: 'BIGINT',
  input_tokens: 'BIGINT',
  output_tokens: 'BIGINT',
  llm_calls: 'BIGINT',
  tool_calls: 'BIGINT',
  failed_calls: 'BIGINT',
  retries: 'BIGINT',
  steps: 'BIGINT',
  unpriced_calls: 'BIGINT',
  is_complete: 'BOOLEAN',
  is_priced_here: 'BOOLEAN',
};
var resources = { hash: 'UBIGINT', attributes: 'VARCHAR' };
var traces_to_price = { trace_id: 'VARCHAR', seq: 'BIGINT', due_ms: 'BIGINT' };
var TABLES = { spans, costs, rollups, budget_marks, resources, traces_to_price };
function creation() {
  const tables = Object.entries(TABLES).map(([table, columns]) => {
    const list2 = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    return `CREATE TABLE ${table} (${list2.join(', ')})`;
  });
  return ['CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR)', ...tables];
}

// src/store/database.ts
var loading;
function loadDuckDb() {
  loading ??= import('@duckdb/node-api');
  return loading;
}
var StoreFileError = class extends Error {
  name = 'StoreFileError';
};
var SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // One fsync a commit; the file itself is written when the log has this size.
  checkpoint_threshold: '256MB',
};
var READERS = 2;
var Database = class _Database {
  constructor(duck, instance, writer, readers, file2) {
    this.duck = duck;
    this.instance = instance;
    this.writer = writer;
    this.readers = readers;
    this.file = file2;
  }
  duck;
  instance;
  writer;
  readers;
  file;
  nextReader = 0;
  /** Creates the store in a new file or in memory. An existing file is opened, and never changed unless it is a store. */
  static async open(file2, { readOnly }) {
    const duck = await loadDuckDb();
    const isNew = file2 === null || !existsSync(file2);
    if (isNew && readOnly) throw new StoreFileError(`there is no file ${file2 ?? 'to read'}`);
    if (file2 !== null && !isNew) refuseOtherFiles(file2);
    if (file2 !== null) process.umask(process.umask() | 63);
    const instance = await createInstance(duck, file2, readOnly);
    try {
      if (file2 !== null && isNew) chmodSync(file2, 384);
      const connections = [];
      for (let index = 0; index <= READERS; index += 1) connections.push(await instance.connect());
      const [writer, ...readers] = connections;
      if (writer === void 0) throw new Error('no connection');
      if (file2 === null) await writer.run("ATTACH ':memory:' AS store (COMPRESS)");
      if (file2 === null) for (const connection of connections) await connection.run('USE store');
      await writer.run('SET enable_external_access = false');
      await writer.run('SET lock_configuration = true');
      const database = new _Database(duck, instance, writer, readers, file2);
      if (isNew || (!readOnly && (await database.isEmpty()))) await database.create();
      else await database.checkVersion();
      return database;
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }
  /** Rows of one statement, read while others write. */
  async all(sql, parameters = {}) {
    this.nextReader = (this.nextReader + 1) % this.readers.length;
    return this.read(this.readers[this.nextReader] ?? this.writer, sql, parameters);
  }
  /** Rows of one statement in the connection that writes, inside its transaction. */
  async run(sql, parameters = {}) {
    return this.read(this.writer, sql, parameters);
  }
  /** Rows of a large result, a chunk at a time. */
  async *stream(sql, parameters = {}) {
    const connection = await this.instance.connect();
    try {
      if (this.file === null) await connection.run('USE store');
      const { values: values2, types } = this.bound(parameters);
      const result = await connection.stream(sql, values2, types);
      for await (const rows2 of result.yieldRowObjects()) yield rows2;
    } finally {
      connection.closeSync();
    }
  }
  async read(connection, sql, parameters) {
    const { values: values2, types } = this.bound(parameters);
    const reader = await connection.runAndReadAll(sql, values2, types);
    return reader.getRowObjects();
  }
  bound(parameters) {
    const { listValue, LIST: LIST2, VARCHAR, BIGINT, DOUBLE, BOOLEAN } = this.duck;
    const values2 = {};
    const types = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (typeof value === 'object' && value !== null) {
        values2[name] = listValue([...value]);
        types[name] = typeof value[0] === 'bigint' ? LIST2(BIGINT) : LIST2(VARCHAR);
        continue;
      }
      values2[name] = value;
      if (typeof value === 'bigint') types[name] = BIGINT;
      else if (typeof value === 'number') types[name] = DOUBLE;
      else if (typeof value === 'boolean') types[name] = BOOLEAN;
      else types[name] = VARCHAR;
    }
    return { values: values2, types };
  }
  /** True for the file of a process that was killed while it created it. */
  async isEmpty() {
    return (await this.run('SELECT 1 AS found FROM duckdb_tables() LIMIT 1')).length === 0;
  }
  async create() {
    await this.run('BEGIN');
    for (const statement of creation()) await this.run(statement);
    await this.run("INSERT INTO meta VALUES ('schema_version', $version), ('seed', $seed)", {
      version: String(SCHEMA_VERSION),
      seed: String(randomInt(2 ** 32)),
    });
    await this.run('COMMIT');
    await this.run('CHECKPOINT');
  }
  async checkVersion() {
    let version2;
    try {
      [{ value: version2 } = { value: null }] = await this.run(
        "SELECT value FROM meta WHERE key = 'schema_version'",
      );
    } catch {
      throw new StoreFileError(`${this.file} is a DuckDB file of something else; choose another file`);
    }
    if (version2 !== String(SCHEMA_VERSION)) {
      throw new StoreFileError(
        `${this.file} has the format ${String(version2)}, and this version reads ${SCHEMA_VERSION}; choose another file`,
      );
    }
  }
  /** Bytes of the file and its log, or of the memory that the tables use. */
  async bytes() {
    if (this.file !== null) return fileSize(this.file) + fileSize(`${this.file}.wal`);
    const [row] = await this.all('SELECT sum(memory_usage_bytes)::BIGINT AS bytes FROM duckdb_memory()');
    return typeof row?.bytes === 'bigint' ? Number(row.bytes) : 0;
  }
  close() {
    for (const connection of [this.writer, ...this.readers]) connection.closeSync();
    this.instance.closeSync();
  }
};
function fileSize(file2) {
  return existsSync(file2) ? statSync(file2).size : 0;
}
var DUCKDB_MAGIC = 'DUCK';
function refuseOtherFiles(file2) {
  if (!statSync(file2).isFile()) throw new StoreFileError(`${file2} is not a file`);
  const head = Buffer.alloc(4);
  const descriptor = openSync(file2, 'r');
  try {
    readSync(descriptor, head, 0, head.length, 8);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1') !== DUCKDB_MAGIC)
    throw new StoreFileError(`${file2} is not a DuckDB file; choose another file`);
}
async function createInstance(duck, file2, readOnly) {
  try {
    return await duck.DuckDBInstance.create(file2 ?? ':memory:', {
      ...SETTINGS,
      ...(readOnly ? { access_mode: 'READ_ONLY' } : {}),
    });
  } catch (error) {
    throw new StoreFileError(openingError(file2, error));
  }
}
function openingError(file2, error) {
  const message = error instanceof Error ? error.message : String(error);
  if (!/lock/i.test(message)) return `${file2} cannot be opened: ${message}`;
  const holder = /PID (\d+)/i.exec(message)?.[1];
  return `${file2} is in use${holder === void 0 ? '' : ` by process ${holder}`}; stop that viewer, or choose another file`;
}

// src/store/id-set.ts
function hashIds(traceId, spanId, seed) {
  let high = seed | 0;
  let low = ~seed;
  for (const id of [traceId, spanId]) {
    for (let index = 0; index < id.length; index += 1) {
      const code = id.charCodeAt(index);
      high = Math.imul(high ^ code, 2654435761);
      high ^= high >>> 15;
      low = Math.imul(low ^ code, 2246822519);
      low ^= low >>> 13;
    }
    high = Math.imul(high ^ id.length, 3266489917);
    low = Math.imul(low ^ (id.length + 1), 668265263);
  }
  return { high: (high ^ (low >>> 16)) >>> 0, low: (low ^ (high >>> 16)) >>> 0 };
}
function bigintOf({ high, low }) {
  return (BigInt(high) << 32n) | BigInt(low);
}
var IdSet = class {
  slots = new Uint32Array(2 * 4096);
  count = 0;
  get size() {
    return this.count;
  }
  /** False if it was there. */
  add(hash) {
    if (this.count * 10 > (this.slots.length / 2) * 7) this.grow();
    return this.insert(hash.high, hash.low || 1);
  }
  has({ high, low }) {
    return this.slots[2 * this.find(high, low || 1) + 1] !== 0;
  }
  clear() {
    this.slots = new Uint32Array(2 * 4096);
    this.count = 0;
  }
  insert(high, low) {
    const slot = this.find(high, low);
    if (this.slots[2 * slot + 1] !== 0) return false;
    this.slots[2 * slot] = high;
    this.slots[2 * slot + 1] = low;
    this.count += 1;
    return true;
  }
  /** The slot of the hash, or the free one where it belongs. A free slot has a low half of 0. */
  find(high, low) {
    const mask = this.slots.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const kept = this.slots[2 * slot + 1];
      if (kept === 0 || (kept === low && this.slots[2 * slot] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }
  grow() {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 2);
    this.count = 0;
    for (let index = 0; index < before.length; index += 2) {
      const low = before[index + 1] ?? 0;
      if (low !== 0) this.insert(before[index] ?? 0, low);
    }
  }
};

// src/store/row-values.ts
function textOf(row, column) {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}
function wordOf(row, column) {
  return textOf(row, column) ?? '';
}
function wholeOf(row, column) {
  const value = row[column];
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' ? BigInt(Math.round(value)) : null;
}
function sumOf(row, column) {
  return wholeOf(row, column) ?? 0n;
}
function countOf(row, column) {
  return Number(sumOf(row, column));
}
function numberOf(row, column) {
  const value = row[column];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : null;
}
function isTrue(row, column) {
  return row[column] === true;
}

// src/store/content.ts
import { createHash } from 'node:crypto';

var ARGUMENT_KEYS = [
  'gen_ai.tool.call.arguments',
  'ai.toolCall.args',
  'input.value',
  'traceloop.entity.input',
];
var CONTENT_KEYS = /* @__PURE__ */ new Set([
  ...ARGUMENT_KEYS,
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.call.result',
  'gen_ai.tool.definitions',
  'output.value',
  'traceloop.entity.output',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'ai.response.reasoning',
  'ai.result.text',
  'ai.result.object',
  'ai.result.toolCalls',
  'ai.toolCall.result',
  'genkit:input',
  'genkit:output',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
  'langfuse.observation.input',
  'langfuse.observation.output',
  'langfuse.trace.input',
  'langfuse.trace.output',
  'mlflow.spanInputs',
  'mlflow.spanOutputs',
  'mcp.response.value',
  'mcp.request.argument',
  'exception.message',
  'exception.stacktrace',
]);
var CONTENT_PREFIXES = [
  'gen_ai.prompt',
  'gen_ai.completion',
  'llm.input_messages.',
  'llm.output_messages.',
  'llm.prompts',
  'llm.completions',
  'llm.tools.',
  'ai.prompt',
  'retrieval.documents.',
  'embedding.embeddings.',
];
var MAX_UNKNOWN_LENGTH = 1e3;
var MAX_SEARCHED_LENGTH = 2e5;
var MAX_DEPTH = 12;
var USAGE_NAME = /cost|price|usd|usage|token|amount|billed|billing|deduction|currency|credits|payment|x402/i;
var WORD_NAME = /^(?:type|isError|resultType|model|modelId|model_name|model_provider|unit)$/;
var WORD = /^[\w.:/@+-]{1,64}$/;
var ENCODED = /^[\w+/=.-]{1,4000}$/;
var RESPONSE_ID = /^(?:chatcmpl-|resp_|msg_)[\w.:-]{1,200}$/;
function isContentKey(key) {
  return CONTENT_KEYS.has(key) || CONTENT_PREFIXES.some((prefix) => key.startsWith(prefix));
}
function withoutContent(attributes) {
  let kept;
  for (const key in attributes) {
    const value = attributes[key];
    const isContent2 = isContentKey(key);
    if (!isContent2 && !(typeof value === 'string' && value.length > MAX_UNKNOWN_LENGTH)) continue;
    kept ??= { ...attributes };
    const usage = isContent2 ? usageIn(value) : void 0;
    if (usage === void 0) delete kept[key];
    else kept[key] = usage;
  }
  if (kept === void 0) return attributes;
  const hash = argumentsHash(attributes);
  if (hash !== void 0) kept['cost.arguments_hash'] = hash;
  return kept;
}
function argumentsHash(attributes) {
  for (const key of ARGUMENT_KEYS) {
    const value = attributes[key];
    if (value === void 0) continue;
    const text3 = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return createHash('sha256').update(text3).digest('base64url').slice(0, 22);
  }
  return void 0;
}
function usageIn(value) {
  if (typeof value !== 'string' || value.length > MAX_SEARCHED_LENGTH) return void 0;
  if (!/^\s*[[{]/.test(value)) return void 0;
  try {
    const kept = usagePart('', JSON.parse(value), false, 0);
    return kept === void 0 ? void 0 : JSON.stringify(kept);
  } catch {
    return void 0;
  }
}
function usagePart(key, value, isNamed3, depth) {
  if (depth > MAX_DEPTH || value === null) return void 0;
  if (typeof value === 'string') return keptString(key, value, isNamed3, depth);
  if (typeof value !== 'object') return isNamed3 || WORD_NAME.test(key) ? value : void 0;
  if (Array.isArray(value)) {
    const items = value
      .map((item) => usagePart(key, item, isNamed3, depth + 1))
      .filter((item) => item !== void 0);
    return items.length === 0 ? void 0 : items;
  }
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const part = usagePart(name, item, isNamed3 || USAGE_NAME.test(name), depth + 1);
    return part === void 0 ? [] : [[name, part]];
  });
  return entries.length === 0 ? void 0 : Object.fromEntries(entries);
}
function keptString(key, value, isNamed3, depth) {
  if (key === 'id') return RESPONSE_ID.test(value) || (depth === 1 && WORD.test(value)) ? value : void 0;
  if ((isNamed3 || WORD_NAME.test(key)) && WORD.test(value)) return value;
  if (/payment/i.test(key) && ENCODED.test(value)) return value;
  return usageIn(value);
}

// src/store/money.ts
var PICO_PER_USD = 1e12;
var MAX_OWN_USD = 1e6;
var MAX_ROLL_UP_USD = 9e6;
function picoOf(value, maxUsd) {
  const usd2 = typeof value === 'bigint' ? Number(value) : value;
  if (typeof usd2 !== 'number' || !(usd2 >= 0 && usd2 <= maxUsd)) return null;
  return BigInt(Math.round(usd2 * PICO_PER_USD));
}
function isSameAmount(sum2, stated) {
  return sum2 === stated || picoOf(Number(sum2) / PICO_PER_USD, Number.MAX_VALUE) === stated;
}
function formatPico(pico) {
  const usd2 = Number(pico) / PICO_PER_USD;
  if (usd2 === 0) return '$0.00';
  const decimals = Math.max(2, Math.min(12, 3 - Math.floor(Math.log10(usd2))));
  return `$${usd2.toFixed(decimals)}`;
}
function picoOfComputed(usd2) {
  return Number.isFinite(usd2) ? BigInt(Math.round(usd2 * PICO_PER_USD)) : 0n;
}

// src/store/span-facts.ts
var OUR_KEYS = [
  'cost_usd',
  'cost.source',
  'cost.status',
  'task.cost_usd',
  'agent.cost_usd',
  'session.cost_usd',
  'step.cost_usd',
];
function isMetered(attributes) {
  for (const key of OUR_KEYS) if (attributes[key] !== void 0) return true;
  return false;
}
var AI_PREFIXES = [
  'gen_ai.',
  'llm.',
  'openinference.',
  'traceloop.',
  'ai.',
  'langfuse.',
  'genkit:',
  'gcp.vertex.agent.',
  'mlflow.',
];
function looksLikeAi(attributes) {
  for (const key in attributes) {
    for (const prefix of AI_PREFIXES) if (key.startsWith(prefix)) return true;
  }
  return false;
}
function isCorrection({ name, attributes }) {
  return name === 'cost correction' && attributes.cost_usd === void 0 && attributes['cost.kind'] === void 0;
}
var KIND_OF_OPERATION = {
  invoke_workflow: 'task',
  invoke_agent: 'agent',
  create_agent: 'agent',
  agent_step: 'step',
  execute_tool: 'tool',
  chat: 'llm',
  generate_content: 'llm',
  text_completion: 'llm',
  embeddings: 'llm',
};
var KIND_OF_OTHERS = {
  LLM: 'llm',
  EMBEDDING: 'llm',
  TOOL: 'tool',
  AGENT: 'agent',
  agent: 'agent',
  tool: 'tool',
  workflow: 'task',
};
function nodeKindOf({ name, attributes: a }) {
  const operation = KIND_OF_OPERATION[String(a['gen_ai.operation.name'])];
  if (name.startsWith('cost ') && (a['cost.kind'] !== void 0 || a['cost.status'] !== void 0)) return 'cost';
  if (operation === 'agent') return 'agent';
  if (a['task.cost_usd'] !== void 0) return 'task';
  if (a['step.cost_usd'] !== void 0) return 'step';
  if (a['session.cost_complete'] !== void 0) return 'session';
  if (operation !== void 0) return operation;
  if (a['cost.kind'] === 'llm' || a['cost.kind'] === 'tool') return a['cost.kind'];
  if (a['cost.kind'] !== void 0) return 'cost';
  return KIND_OF_OTHERS[String(a['openinference.span.kind'] ?? a['traceloop.span.kind'])] ?? 'other';
}

// src/store/span-times.ts
var NANOS_PER_MILLI = 1000000n;
var DAY_MILLIS = 864e5;
var EARLIEST_MILLIS = Date.UTC(2010, 0, 1);
function nanosOf(millis) {
  return BigInt(Math.floor(millis)) * NANOS_PER_MILLI;
}
function millisOf(nanos) {
  return Number(nanos / NANOS_PER_MILLI) + Number(nanos % NANOS_PER_MILLI) / 1e6;
}
function effectiveTimes({ startNanos, endNanos }, arrivedMillis) {
  const earliest = nanosOf(EARLIEST_MILLIS);
  const latest = nanosOf(arrivedMillis + DAY_MILLIS);
  const isStartFine = startNanos >= earliest && startNanos <= latest;
  const isEndFine = endNanos >= startNanos && endNanos <= latest;
  const start = isStartFine ? startNanos : nanosOf(arrivedMillis);
  return {
    startNanos: start,
    endNanos: isEndFine && endNanos >= start ? endNanos : start,
    original: isStartFine && isEndFine ? null : `{"start":"${startNanos}","end":"${endNanos}"}`,
  };
}

// src/store/span-rows.ts
function rowsOf(span, arrival) {
  const times = effectiveTimes(span, arrival.arrivedMillis);
  return {
    span: spanRow(span, arrival, times),
    cost: costRow(span, arrival, times),
    rollups: rollUpRows(span, arrival, times),
    marks: span.events.length === 0 ? [] : budgetMarks(span),
  };
}
function spanRow(span, arrival, times) {
  const { attributes: a } = span;
  return {
    seq: arrival.seq,
    id_hash: bigintOf(arrival.idHash),
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_id: span.parentSpanId || null,
    name: span.name,
    node_kind: nodeKindOf(span),
    service: text(span.resource['service.name']),
    instrumentation: span.scopeName || null,
    resource: arrival.resource,
    start_ns: times.startNanos,
    end_ns: times.endNanos,
    original_times: times.original,
    status_code: BigInt(span.statusCode),
    status_message: span.statusMessage || null,
    arrived_ms: BigInt(arrival.arrivedMillis),
    is_metered: isMetered(a),
    looks_ai: looksLikeAi(a),
    is_priced_here: arrival.isPricedHere,
    task: text(a['task.root_id']) ?? text(a['task.id']),
    agent: text(a['gen_ai.agent.name']),
    attributes: toJson(arrival.keepContent ? a : withoutContent(a)),
  };
}
function costRow(span, arrival, times) {
  const { attributes: a } = span;
  const status = text(a['cost.status']);
  const isRefused2 = a['cost.budget.measure'] !== void 0;
  if (a.cost_usd === void 0 && status === null && a['cost.source'] === void 0 && !isRefused2) return null;
  const pico = picoOf(a.cost_usd, MAX_OWN_USD);
  const kind = text(a['cost.kind']);
  const isUnreadable = a.cost_usd !== void 0 && pico === null;
  const isBilled = status !== 'not_billed' && !isRefused2 && (pico !== null || status !== 'estimated');
  const isUnpriced = isBilled && pico === null;
  return {
    seq: arrival.seq,
    trace_id: span.traceId,
    span_id: span.spanId,
    start_ns: times.startNanos,
    at_ns: times.endNanos,
    pico,
    saved_pico: picoOf(a['cost.saved_usd'], MAX_OWN_USD),
    kind,
    source: text(a['cost.source']),
    status: isUnreadable ? 'unpriced' : status,
    reason: isUnreadable ? 'bad_amount' : text(a['cost.reason']),
    rate_match: text(a['cost.rate_match']),
    anomaly: isUnreadable ? `cost_usd is no amount: ${short(a.cost_usd)}` : text(a['cost.anomaly']),
    attempt: whole(a['cost.attempt']),
    is_failed: span.statusCode === 2,
    unpriced: isUnpriced ? 1n : 0n,
    is_open_ended: isUnpriced || (status === 'estimated' && pico === null),
    is_llm_call: isBilled && kind === 'llm' && !span.name.startsWith('cost '),
    is_tool_call: isBilled && kind === 'tool' && !span.name.startsWith('cost '),
    ...whereabouts(a),
    service: text(span.resource['service.name']),
    over_budget: a['task.over_budget'] === true || isRefused2,
    budget_scope: text(a['cost.budget.scope']),
    budget_measure: text(a['cost.budget.measure']),
    is_priced_here: arrival.isPricedHere,
  };
}
function whereabouts(a) {
  const taskId = text(a['task.id']);
  return {
    provider: text(a['gen_ai.provider.name']) ?? text(a['gen_ai.system']) ?? text(a['llm.provider']),
    model: text(a['gen_ai.response.model']) ?? text(a['gen_ai.request.model']) ?? text(a['llm.model_name']),
    tool: text(a['gen_ai.tool.name']) ?? text(a['tool.name']),
    agent: text(a['gen_ai.agent.name']),
    task_id: taskId,
    task: text(a['task.root_id']) ?? taskId,
    task_name: text(a['task.name']),
    session_id: text(a['session.id']),
    ...attributionOf(a),
    input_tokens: whole(a['gen_ai.usage.input_tokens']),
    output_tokens: whole(a['gen_ai.usage.output_tokens']),
    cache_read_tokens: whole(a['gen_ai.usage.cache_read.input_tokens']),
    cache_write_tokens:
      whole(a['gen_ai.usage.cache_creation.input_tokens']) ??
      whole(a['gen_ai.usage.cache_write.input_tokens']),
    reasoning_tokens: whole(a['gen_ai.usage.reasoning.output_tokens']),
  };
}
function attributionOf(a) {
  return {
    user_id: text(a['user.id']),
    team: text(a['cost.tag.team']),
    project: text(a['cost.tag.project']),
    feature: text(a['cost.tag.feature']),
    customer: text(a['cost.tag.customer']),
  };
}
var SCOPES = ['task', 'agent', 'session', 'step'];
function rollUpRows(span, arrival, times) {
  const { attributes: a } = span;
  const rows2 = [];
  for (const scope of SCOPES) {
    const key = scope === 'session' ? 'session.cost_complete' : `${scope}.cost_usd`;
    if (a[key] !== void 0) rows2.push(rollUpRow(scope, span, arrival, times));
  }
  return rows2;
}
function rollUpRow(scope, span, arrival, times) {
  const { attributes: a } = span;
  const isRestated = isCorrection(span);
  const ownSpan = isRestated ? span.parentSpanId : span.spanId;
  const stated = scope === 'task' || scope === 'session' ? text(a[`${scope}.id`]) : null;
  const isTask2 = scope === 'task';
  return {
    seq: arrival.seq,
    trace_id: span.traceId,
    span_id: span.spanId,
    scope,
    scope_id: stated ?? ownSpan,
    is_correction: isRestated,
    start_ns: times.startNanos,
    end_ns: times.endNanos,
    arrived_ms: BigInt(arrival.arrivedMillis),
    task: text(a['task.root_id']) ?? text(a['task.id']) ?? (isTask2 ? ownSpan : null),
    name: text(a['task.name']) ?? (isTask2 ? span.name : null),
    session_id: text(a['session.id']),
    service: text(span.resource['service.name']),
    outcome: isTask2 ? outcomeOf(a['task.outcome']) : null,
    actions: isTask2 ? finite(a['task.actions']) : null,
    budget_pico: isTask2 ? picoOf(a['task.budget_usd'], MAX_ROLL_UP_USD) : null,
    over_budget: isTask2 && a['task.over_budget'] === true,
    ...attributionOf(a),
    ...figuresOf(scope, a),
    is_priced_here: arrival.isPricedHere,
  };
}
function figuresOf(scope, a) {
  const money = (part) => picoOf(a[`${scope}.${part}`], MAX_ROLL_UP_USD);
  const count = (part) => whole(a[`${scope}.${part}`]);
  const total = money('cost_usd');
  return {
    total_pico: total,
    llm_pico: money('llm_cost_usd'),
    tool_pico: money('tool_cost_usd'),
    estimated_pico: money('estimated_cost_usd'),
    wasted_pico: money('wasted_cost_usd'),
    saved_pico: money('saved_cost_usd'),
    remote_pico: money('remote_cost_usd'),
    input_tokens: count('input_tokens'),
    output_tokens: count('output_tokens'),
    llm_calls: count('llm_calls'),
    tool_calls: count('tool_calls'),
    failed_calls: count('failed_calls'),
    retries: count('retries'),
    steps: count('steps'),
    unpriced_calls: count('unpriced_calls'),
    is_complete: total !== null && a[`${scope}.cost_complete`] !== false,
  };
}
function budgetMarks({ traceId, spanId, attributes, events }) {
  return events
    .filter(({ name }) => name === 'budget threshold')
    .map(({ timeNanos, attributes: a }) => ({
      trace_id: traceId,
      span_id: spanId,
      task: text(attributes['task.root_id']) ?? text(attributes['task.id']),
      at_ns: BigInt.asIntN(64, timeNanos),
      scope: text(a['cost.budget.scope']),
      measure: text(a['cost.budget.measure']),
      budget_limit: finite(a['cost.budget.limit']),
      spent: finite(a['cost.budget.spent']),
    }));
}
function outcomeOf(value) {
  return value === 'success' || value === 'failure' || value === 'cancelled' ? value : null;
}
function text(value) {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : null;
}
function whole(value) {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? BigInt(number) : null;
}
function finite(value) {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}
function short(value) {
  return (toJson(value) ?? String(value)).slice(0, 80);
}
function toJson(value) {
  const json = JSON.stringify(value, (_key, item) => {
    if (typeof item === 'bigint') {
      return Number.isSafeInteger(Number(item)) ? Number(item) : item.toString();
    }
    if (item instanceof Uint8Array) return Buffer.from(item).toString('base64');
    return typeof item === 'number' && !Number.isFinite(item) ? String(item) : item;
  });
  return json ?? 'null';
}

// src/store/priced-trace.ts
function unpricedSpans(rows2, { waits }) {
  const spans2 = rows2.map(spanOf);
  const missing = /* @__PURE__ */ new Set();
  for (const row of rows2) {
    const parent = textOf(row, 'parent_id');
    if (parent !== null && !isTrue(row, 'has_parent')) missing.add(parent);
  }
  if (!waits || missing.size === 0) return { spans: spans2, hasOpenParent: false };
  return { spans: [...openParents(rows2, missing), ...spans2], hasOpenParent: true };
}
function openParents(rows2, missing) {
  const [first = {}] = rows2;
  const traceId = wordOf(first, 'trace_id');
  const startTimeUnixNano = sumOf(first, 'start_ns');
  const name = textOf(first, 'service') ?? 'task';
  const root2 = missing.size === 1 ? void 0 : traceId.slice(-16);
  const parents = [...missing].map((spanId) => ({
    traceId,
    spanId,
    parentSpanId: root2,
    name,
    startTimeUnixNano,
    attributes: {},
  }));
  return root2 === void 0
    ? parents
    : [
        {
          ...parents[0],
          traceId,
          spanId: root2,
          parentSpanId: void 0,
          name,
          startTimeUnixNano,
          attributes: {},
        },
        ...parents,
      ];
}
function spanOf(row) {
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    parentSpanId: textOf(row, 'parent_id') ?? void 0,
    name: wordOf(row, 'name'),
    startTimeUnixNano: sumOf(row, 'start_ns'),
    endTimeUnixNano: sumOf(row, 'end_ns'),
    attributes: attributesIn(wordOf(row, 'attributes')),
    statusCode: Number(sumOf(row, 'status_code')),
    scopeName: textOf(row, 'instrumentation') ?? '',
  };
}
function attributesIn(json) {
  if (json === '') return {};
  const value = JSON.parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
function pricedRows(rows2, priced, { now, takeSeq, isComplete }) {
  const byId = new Map(rows2.map((row) => [wordOf(row, 'span_id'), row]));
  return priced.flatMap((result) => {
    const row = byId.get(result.spanId) ?? byId.get(result.parentSpanId ?? '');
    const isKept = byId.has(result.spanId);
    if (row === void 0 || result.endTimeUnixNano === void 0 || isKept === result.added) return [];
    const made = rowsOf(decoded(result, row), {
      seq: takeSeq(),
      idHash: hashIds(result.traceId, result.spanId, 0),
      resource: wholeOf(row, 'resource') ?? 0n,
      arrivedMillis: now,
      keepContent: true,
      isPricedHere: true,
    });
    const rollups2 = isComplete
      ? made.rollups
      : made.rollups.map((row2) => ({ ...row2, is_complete: false }));
    return [{ ...made, span: { ...made.span, is_priced_here: result.added }, rollups: rollups2, marks: [] }];
  });
}
function decoded(result, row) {
  const own = result.added ? {} : attributesIn(wordOf(row, 'attributes'));
  return {
    traceId: result.traceId,
    spanId: result.spanId,
    parentSpanId: result.parentSpanId ?? '',
    name: result.name,
    kind: 1,
    statusCode: result.added ? 0 : Number(sumOf(row, 'status_code')),
    statusMessage: '',
    startNanos: result.startTimeUnixNano,
    endNanos: result.endTimeUnixNano ?? result.startTimeUnixNano,
    attributes: { ...own, ...result.attributes },
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: [],
    scopeName: textOf(row, 'instrumentation') ?? '',
    resource: attributesIn(textOf(row, 'resource_attributes') ?? ''),
  };
}

// src/questions/tasks-sql.ts
var STATED = `
  several AS (
    SELECT scope_id FROM rollups WHERE scope = 'task' AND task = scope_id GROUP BY scope_id HAVING count(*) > 1
  ),
  stated AS (
    SELECT *, start_ns AS first_start, end_ns AS own_end FROM rollups
    WHERE scope = 'task' AND task = scope_id AND scope_id NOT IN (SELECT scope_id FROM several)
    UNION ALL
    SELECT *,
      coalesce(min(start_ns) FILTER (NOT is_correction) OVER of_task, start_ns) AS first_start,
      coalesce(max(end_ns) FILTER (NOT is_correction) OVER of_task, end_ns) AS own_end
    FROM rollups
    WHERE scope = 'task' AND task = scope_id AND scope_id IN (SELECT scope_id FROM several)
    WINDOW of_task AS (PARTITION BY scope_id)
    QUALIFY row_number() OVER (PARTITION BY scope_id ORDER BY start_ns DESC, seq DESC) = 1
  )`;
var ENDED = `
  ended AS (
    SELECT
      scope_id AS id, trace_id, coalesce(name, scope_id) AS name, session_id, service, 'ended' AS state, outcome,
      first_start AS start_ns, own_end AS end_ns, own_end AS at_ns,
      coalesce(actions, 0) AS actions,
      coalesce(steps, 0) AS steps, coalesce(input_tokens, 0) AS input_tokens,
      coalesce(output_tokens, 0) AS output_tokens, coalesce(llm_calls, 0) AS llm_calls,
      coalesce(tool_calls, 0) AS tool_calls, coalesce(failed_calls, 0) AS failed_calls,
      coalesce(retries, 0) AS retries, coalesce(llm_pico, 0) AS llm, coalesce(tool_pico, 0) AS tool,
      coalesce(total_pico, 0) AS total, coalesce(estimated_pico, 0) AS estimated,
      coalesce(unpriced_calls, 0) AS unpriced, NOT is_complete AS is_lower, coalesce(wasted_pico, 0) AS wasted,
      budget_pico AS budget, over_budget, is_priced_here, user_id, team, project, feature, customer
    FROM stated
  )`;
var RUNNING = `
  running_steps AS (
    SELECT task, count(*) AS steps FROM rollups WHERE scope = 'step' AND NOT is_correction GROUP BY task
  ),
  running_leaves AS (
    SELECT * FROM costs WHERE task IS NOT NULL AND task NOT IN (SELECT scope_id FROM stated)
  ),
  running AS (
    SELECT
      l.task AS id, arg_min(trace_id, seq) AS trace_id,
      coalesce(max(task_name) FILTER (task_id = l.task), max(task_name), l.task) AS name,
      any_value(session_id) AS session_id, any_value(service) AS service, 'running' AS state, NULL AS outcome,
      min(start_ns) AS start_ns, NULL::BIGINT AS end_ns, max(at_ns) AS at_ns, 0::DOUBLE AS actions,
      coalesce(any_value(s.steps), count(*) FILTER (is_llm_call)) AS steps,
      coalesce(sum(input_tokens) FILTER (is_llm_call), 0) AS input_tokens,
      coalesce(sum(output_tokens) FILTER (is_llm_call), 0) AS output_tokens,
      count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls,
      count(*) FILTER (is_failed AND (is_llm_call OR is_tool_call)) AS failed_calls,
      count(*) FILTER (attempt > 1) AS retries,
      coalesce(sum(pico) FILTER (kind = 'llm'), 0) AS llm, coalesce(sum(pico) FILTER (kind = 'tool'), 0) AS tool,
      coalesce(sum(pico), 0) AS total, coalesce(sum(pico) FILTER (status = 'estimated'), 0) AS estimated,
      coalesce(sum(unpriced), 0) AS unpriced, coalesce(bool_or(is_open_ended), false) AS is_lower,
      coalesce(sum(pico) FILTER (is_failed), 0) AS wasted, NULL::BIGINT AS budget,
      bool_or(over_budget) AS over_budget, bool_or(is_priced_here) AS is_priced_here,
      any_value(user_id) AS user_id, any_value(team) AS team, any_value(project) AS project,
      any_value(feature) AS feature, any_value(customer) AS customer
    FROM running_leaves l LEFT JOIN running_steps s ON s.task = l.task
    GROUP BY l.task
  )`;
var TASKS = `${STATED}, ${ENDED}, ${RUNNING},
  tasks AS (SELECT * FROM ended UNION ALL SELECT * FROM running)`;
var ENDED_TASKS = `${STATED}, ${ENDED}`;
var MIN_TASKS_FOR_MEDIAN = 8;
var USUAL = `
  usual AS (
    SELECT name,
      quantile_disc(total, 0.5) AS usual_total, quantile_disc(llm, 0.5) AS usual_llm,
      quantile_disc(tool, 0.5) AS usual_tool, quantile_disc(retries, 0.5) AS usual_retries,
      quantile_disc(failed_calls, 0.5) AS usual_failed, quantile_disc(steps, 0.5) AS usual_steps,
      quantile_disc(input_tokens + output_tokens, 0.5) AS usual_tokens
    FROM ended GROUP BY name HAVING count(*) >= ${MIN_TASKS_FOR_MEDIAN}
  )`;
var UNSUCCESSFUL = `
  unsuccessful AS (SELECT scope_id FROM rollups WHERE scope = 'task' AND outcome IN ('failure', 'cancelled'))`;
var WASTED_LEAF = `
  CASE WHEN is_failed OR task IN (SELECT scope_id FROM unsuccessful)
    OR task_id IN (SELECT scope_id FROM unsuccessful) THEN pico END`;

// src/questions/totals.ts
var LEAF_TOTAL = `
  coalesce(sum(pico), 0) AS total,
  coalesce(sum(pico) FILTER (status = 'estimated'), 0) AS estimated,
  coalesce(sum(unpriced), 0) AS unpriced,
  coalesce(bool_or(is_open_ended), false) AS is_lower`;
function totalOf(row) {
  return {
    pico: String(sumOf(row, 'total')),
    estimatedPico: String(sumOf(row, 'estimated')),
    unpricedCalls: countOf(row, 'unpriced'),
    isLowerBound: isTrue(row, 'is_lower'),
  };
}
var NOTHING = { pico: '0', estimatedPico: '0', unpricedCalls: 0, isLowerBound: false };

// src/questions/window.ts
var HOUR_MILLIS = 36e5;
var LENGTHS = [
  ['15m', HOUR_MILLIS / 4],
  ['1h', HOUR_MILLIS],
  ['6h', 6 * HOUR_MILLIS],
  ['24h', 24 * HOUR_MILLIS],
  ['7d', 7 * 24 * HOUR_MILLIS],
  ['30d', 30 * 24 * HOUR_MILLIS],
];
function boundsOf({ fromMillis, toMillis }) {
  return { from: nanosOf(fromMillis), to: nanosOf(toMillis) };
}
function periodOf(window2, spans2, nowMillis) {
  if (typeof window2 === 'object') return { ...window2, name: 'custom' };
  const length = LENGTHS.find(([name]) => name === window2)?.[1];
  if (length !== void 0) return { fromMillis: nowMillis - length, toMillis: nowMillis + 1, name: window2 };
  if (spans2.firstMillis === null || spans2.lastMillis === null) {
    return { fromMillis: nowMillis - HOUR_MILLIS / 4, toMillis: nowMillis + 1, name: window2 };
  }
  const toMillis = Math.floor(spans2.lastMillis) + 1;
  const all = { fromMillis: Math.floor(spans2.firstMillis), toMillis, name: window2 };
  if (window2 === 'all') return all;
  const shortest = LENGTHS.find(([, millis]) => toMillis - millis <= all.fromMillis);
  return shortest === void 0 ? all : { fromMillis: toMillis - shortest[1], toMillis, name: window2 };
}
function periodBefore({ fromMillis, toMillis }) {
  return { fromMillis: fromMillis - (toMillis - fromMillis), toMillis: fromMillis, name: 'custom' };
}

// src/questions/overview.ts
var HOUR_MILLIS2 = 36e5;
var DAY_MILLIS2 = 24 * HOUR_MILLIS2;
var RATE_OVER_MILLIS = 3e5;
var ACTIVE_MILLIS = 9e5;
var MAX_STEPS = 120;
var STEP_MILLIS = [1e3, 5e3, 1e4, 3e4, 6e4, 3e5, 6e5, 18e5, 36e5, 108e5, 216e5, 864e5, 6048e5, 2592e6];
async function overviewOf({ database, now }, window2) {
  const asOfMillis = now();
  const [spent, rate, activeTasks, calendar, series] = await Promise.all([
    spentIn(database, window2),
    picoBetween(database, asOfMillis - RATE_OVER_MILLIS, asOfMillis + 1),
    countActive(database, asOfMillis),
    calendarOf(database, asOfMillis),
    seriesOf(database, window2),
  ]);
  const ticker = {
    usdPerHourPico: String((rate * BigInt(HOUR_MILLIS2)) / BigInt(RATE_OVER_MILLIS)),
    rateOverMillis: RATE_OVER_MILLIS,
    activeTasks,
    ...spent,
    ...calendar,
    series,
  };
  return { asOfMillis, window: window2, ticker };
}
async function spentIn(database, window2) {
  const [row = {}] = await database.all(
    `WITH ${UNSUCCESSFUL}
     SELECT ${LEAF_TOTAL}, sum(${WASTED_LEAF}) AS wasted FROM costs WHERE at_ns >= $from AND at_ns < $to`,
    boundsOf(window2),
  );
  return { spent: totalOf(row), wastedPico: String(sumOf(row, 'wasted')) };
}
async function picoBetween(database, fromMillis, toMillis) {
  const [row = {}] = await database.all(
    'SELECT sum(pico) AS pico FROM costs WHERE at_ns >= $from AND at_ns < $to',
    boundsOf({ fromMillis, toMillis }),
  );
  return sumOf(row, 'pico');
}
async function countActive(database, nowMillis) {
  const [row = {}] = await database.all(
    `SELECT count(DISTINCT task) AS tasks FROM costs
     WHERE at_ns >= $from AND at_ns < $to
       AND task NOT IN (SELECT scope_id FROM rollups WHERE scope = 'task')`,
    boundsOf({ fromMillis: nowMillis - ACTIVE_MILLIS, toMillis: nowMillis + 1 }),
  );
  return countOf(row, 'tasks');
}
async function totalBetween(database, fromMillis, toMillis) {
  const [row = {}] = await database.all(
    `SELECT ${LEAF_TOTAL} FROM costs WHERE at_ns >= $from AND at_ns < $to`,
    boundsOf({ fromMillis, toMillis }),
  );
  return totalOf(row);
}
async function calendarOf(database, nowMillis) {
  const midnight = new Date(nowMillis).setHours(0, 0, 0, 0);
  const first = new Date(new Date(midnight).setDate(1));
  const nextDay = new Date(midnight);
  nextDay.setDate(nextDay.getDate() + 1);
  const nextMonth = new Date(first);
  nextMonth.setMonth(nextMonth.getMonth() + 1);
  const [today, month, lastHour] = await Promise.all([
    totalBetween(database, midnight, nowMillis + 1),
    totalBetween(database, first.getTime(), nowMillis + 1),
    picoBetween(database, nowMillis - HOUR_MILLIS2, nowMillis + 1),
  ]);
  if (BigInt(today.pico) === 0n) {
    return { today, month, projectedTodayPico: null, projectedMonthPico: null, projection: 'No cost today.' };
  }
  const restMillis = nextDay.getTime() - nowMillis;
  const projectedToday = BigInt(today.pico) + (lastHour * BigInt(restMillis)) / BigInt(HOUR_MILLIS2);
  const days = Math.round((nextMonth.getTime() - nextDay.getTime()) / DAY_MILLIS2);
  const projectedMonth = BigInt(month.pico) - BigInt(today.pico) + projectedToday * BigInt(days + 1);
  return {
    today,
    month,
    projectedTodayPico: String(projectedToday),
    projectedMonthPico: String(projectedMonth),
    projection: `Today: ${formatPico(BigInt(today.pico))} so far + ${(restMillis / HOUR_MILLIS2).toFixed(1)} h \xD7 ${formatPico(lastHour)} in the last hour. Month: ${formatPico(BigInt(month.pico) - BigInt(today.pico))} before today + ${days + 1} days at today's ${formatPico(projectedToday)}.`,
  };
}
async function seriesOf(database, window2) {
  const length = window2.toMillis - window2.fromMillis;
  const stepMillis = STEP_MILLIS.find((step) => length / step <= MAX_STEPS) ?? Math.ceil(length / MAX_STEPS);
  const startMillis = Math.floor(window2.fromMillis / stepMillis) * stepMillis;
  const pico = new Array(Math.ceil((window2.toMillis - startMillis) / stepMillis)).fill('0');
  const rows2 = await database.all(
    `SELECT (at_ns - $start) // $step AS step, sum(pico) AS pico FROM costs
     WHERE at_ns >= $from AND at_ns < $to GROUP BY step`,
    { ...boundsOf(window2), start: nanosOf(startMillis), step: nanosOf(stepMillis) },
  );
  for (const row of rows2) pico[countOf(row, 'step')] = String(sumOf(row, 'pico'));
  return { startMillis, stepMillis, pico };
}
async function spansOf({ database }) {
  const [row = {}] = await database.all(
    `SELECT count(*) AS spans, min(start_ns) AS first, max(end_ns) AS last FROM spans WHERE NOT is_priced_here`,
  );
  const first = wholeOf(row, 'first');
  const last = wholeOf(row, 'last');
  return {
    spans: countOf(row, 'spans'),
    firstMillis: first === null ? null : millisOf(first),
    lastMillis: last === null ? null : millisOf(last),
  };
}

// src/questions/own-cost.ts
var OWN_COST = `pico, saved_pico, kind, source, status, reason, rate_match, anomaly, model, provider,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens`;
function ownCostOf(row) {
  const pico = wholeOf(row, 'pico');
  const saved = wholeOf(row, 'saved_pico');
  return {
    pico: pico === null ? null : String(pico),
    kind: textOf(row, 'kind'),
    source: textOf(row, 'source'),
    status: statusOf(row),
    reason: textOf(row, 'reason'),
    rateMatch: textOf(row, 'rate_match'),
    anomaly: textOf(row, 'anomaly'),
    savedPico: saved === null ? null : String(saved),
    model: textOf(row, 'model'),
    provider: textOf(row, 'provider'),
    tokens: tokensOf(row),
  };
}
function statusOf(row) {
  const status = textOf(row, 'status');
  return status === 'free' || status === 'estimated' || status === 'unpriced' || status === 'not_billed'
    ? status
    : null;
}
function tokensOf(row) {
  if (wholeOf(row, 'input_tokens') === null && wholeOf(row, 'output_tokens') === null) return null;
  return {
    input: countOf(row, 'input_tokens'),
    output: countOf(row, 'output_tokens'),
    cacheRead: countOf(row, 'cache_read_tokens'),
    cacheWrite: countOf(row, 'cache_write_tokens'),
    reasoning: countOf(row, 'reasoning_tokens'),
  };
}

// src/questions/leaves.ts
var ATTRIBUTION = {
  user: 'user_id',
  team: 'team',
  project: 'project',
  feature: 'feature',
  customer: 'customer',
};
async function* leavesIn({ database, now }, window2) {
  const period = periodOf(window2, await spansOf({ database, now }), now());
  const columns = OWN_COST.split(',').map((column) => `c.${column.trim()}`);
  const rows2 = database.stream(
    `WITH ended AS (
       SELECT scope_id, arg_max(outcome, seq) AS outcome, arg_max(is_complete, seq) AS is_complete
       FROM rollups WHERE scope = 'task' GROUP BY scope_id)
     SELECT c.trace_id, c.span_id, c.start_ns, c.at_ns, c.attempt, c.is_failed, c.tool, c.agent, c.task_id,
       c.task_name, c.task, c.session_id, c.service, ${Object.values(ATTRIBUTION)
         .map((column) => `c.${column}`)
         .join(', ')}, c.is_priced_here, ${columns.join(', ')},
       s.name, s.instrumentation, s.attributes, e.scope_id AS ended_task, e.outcome, e.is_complete
     FROM costs c
     LEFT JOIN spans s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
     LEFT JOIN ended e ON e.scope_id = c.task
     WHERE c.at_ns >= $from AND c.at_ns < $to AND (c.pico IS NOT NULL OR c.unpriced > 0)
     ORDER BY c.at_ns, c.seq`,
    boundsOf(period),
  );
  for await (const chunk of rows2) for (const row of chunk) yield leafOf(row);
}
function leafOf(row) {
  const { pico, kind, source, status, reason, model, provider, tokens } = ownCostOf(row);
  const attributes = attributesIn(wordOf(row, 'attributes'));
  const hasEnded = textOf(row, 'ended_task') !== null;
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    name: wordOf(row, 'name'),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: millisOf(sumOf(row, 'at_ns')),
    service: textOf(row, 'service'),
    ...{ kind, source, reason, model, provider, tokens, attributes },
    status: status === 'not_billed' ? null : status,
    pico: pico === null ? null : BigInt(pico),
    scopeName: textOf(row, 'instrumentation') ?? '',
    requestModel: wordIn(attributes, 'gen_ai.request.model'),
    serviceTier: tierIn(attributes),
    tool: textOf(row, 'tool'),
    isFailed: isTrue(row, 'is_failed'),
    attempt: numberOf(row, 'attempt'),
    agent: textOf(row, 'agent'),
    taskId: textOf(row, 'task_id'),
    taskName: textOf(row, 'task_name'),
    rootTaskId: textOf(row, 'task'),
    sessionId: textOf(row, 'session_id'),
    outcome: hasEnded || textOf(row, 'task') === null ? textOf(row, 'outcome') : 'running',
    isTaskComplete: hasEnded ? isTrue(row, 'is_complete') : null,
    isPricedHere: isTrue(row, 'is_priced_here'),
    attribution: attributionOf2(row),
  };
}
function wordIn(attributes, key) {
  const value = attributes[key];
  return typeof value === 'string' && value !== '' ? value : null;
}
function tierIn(attributes) {
  return (
    wordIn(attributes, 'openai.response.service_tier') ??
    wordIn(attributes, 'gen_ai.openai.response.service_tier') ??
    wordIn(attributes, 'anthropic.response.service_tier') ??
    wordIn(attributes, 'gen_ai.response.service_tier')
  );
}
function attributionOf2(row) {
  const known = Object.entries(ATTRIBUTION).map(([key, column]) => [key, textOf(row, column)]);
  return Object.fromEntries(known.filter((entry) => entry[1] !== null));
}

// src/questions/arithmetic.ts
async function arithmeticOf({ database }, explain, traceId, spanId) {
  const parameters = { trace: traceId, span: spanId };
  const [cost] = await database.all(
    `SELECT ${OWN_COST}, start_ns, is_priced_here FROM costs WHERE trace_id = $trace AND span_id = $span
     ORDER BY is_priced_here LIMIT 1`,
    parameters,
  );
  if (cost === void 0) return void 0;
  const own = ownCostOf(cost);
  const [span = {}] = await database.all(
    'SELECT attributes FROM spans WHERE trace_id = $trace AND span_id = $span ORDER BY is_priced_here LIMIT 1',
    parameters,
  );
  const isByRate = /^(?:genai-prices|corrections|override)\//.test(own.source ?? '');
  const asks = own.pico === null ? own.status === 'unpriced' && own.kind === 'llm' : isByRate;
  const explained = !asks
    ? void 0
    : explain?.(attributesIn(wordOf(span, 'attributes')), millisOf(sumOf(cost, 'start_ns')));
  const lines = explained?.lines ?? [];
  const sum2 = lines.reduce((total, line) => total + BigInt(line.pico), 0n);
  return {
    own,
    lines,
    notes: [...notesOf(own, isTrue(cost, 'is_priced_here')), ...(explained?.notes ?? [])],
    addsUp: own.pico !== null && lines.length > 0 && sum2 === BigInt(own.pico),
  };
}
var SOURCES = [
  [/^reported/, () => 'The provider or gateway reported this amount.'],
  [/^returned/, () => 'The result of the call stated this amount.'],
  [/^declared/, () => 'The app declared this amount or rate.'],
  [/^override\/([^;]*)/, ([, rate]) => `At the rate ${rate} that the app set.`],
  [
    /^genai-prices\/(.*)@([^@;]*)/,
    ([, model, version2]) => `At the list price of ${model}, from version ${version2} of genai-prices.`,
  ],
  [
    /^corrections\/(.*)@([^@;]*)/,
    ([, model, date]) => `At the corrected list price of ${model}, checked on ${date}.`,
  ],
];
var STATUS_NOTES = {
  free: 'Known to be free.',
  estimated: 'Estimated',
  unpriced: 'The cost is not known',
  not_billed: 'Not billed here, because another span is',
};
function notesOf(own, isPricedHere) {
  const notes = [];
  for (const [pattern, note2] of SOURCES) {
    const match = pattern.exec(own.source ?? '');
    if (match !== null) notes.push(note2(match));
  }
  const factor = /;factor=([\d.e-]+)/.exec(own.source ?? '')?.[1];
  if (factor !== void 0) notes.push(`Multiplied by ${factor}.`);
  if (own.rateMatch !== null) notes.push(`The model was matched by ${own.rateMatch}.`);
  if (own.status !== null) {
    notes.push(
      own.reason === null ? `${STATUS_NOTES[own.status]}` : `${STATUS_NOTES[own.status]}: ${own.reason}.`,
    );
  }
  if (own.anomaly !== null) notes.push(own.anomaly);
  if (isPricedHere) notes.push('Computed in the viewer: the app did not send a cost.');
  return notes;
}

// src/questions/distribution.ts
var BINS = 24;
var MAX_NAMES = 50;
var LINEAR_RATIO = 50;
async function distributionIn({ database }, window2, name) {
  const [now, before, names] = await Promise.all([
    percentilesIn(database, window2, name),
    percentilesIn(database, periodBefore(window2), name),
    namesIn(database, window2),
  ]);
  const bins = now === null ? [] : await binsIn(database, window2, now.row, name);
  return { now: now?.percentiles ?? null, before: before?.percentiles ?? null, bins, names };
}
var MATCHING = 'at_ns >= $from AND at_ns < $to AND ($name IS NULL OR name = $name)';
async function percentilesIn(database, window2, name) {
  const [row = {}] = await database.all(
    `WITH ${ENDED_TASKS} SELECT count(*) AS tasks, quantile_disc(total, 0.5) AS p50, quantile_disc(total, 0.9) AS p90,
       quantile_disc(total, 0.99) AS p99, min(total) FILTER (total > 0) AS smallest, max(total) AS largest
     FROM ended WHERE ${MATCHING}`,
    { ...boundsOf(window2), name: name ?? null },
  );
  const count = countOf(row, 'tasks');
  if (count === 0) return null;
  const percentiles = {
    count,
    p50Pico: String(sumOf(row, 'p50')),
    p90Pico: String(sumOf(row, 'p90')),
    p99Pico: String(sumOf(row, 'p99')),
  };
  return { percentiles, row };
}
async function binsIn(database, window2, extremes, name) {
  const edges = edgesOf(sumOf(extremes, 'smallest'), sumOf(extremes, 'largest'));
  const rows2 = await database.all(
    `WITH ${ENDED_TASKS}, edges AS (SELECT unnest($edges)::BIGINT AS edge)
     SELECT edge, count(*) AS tasks FROM ended ASOF JOIN edges ON total >= edge WHERE ${MATCHING} GROUP BY edge`,
    { ...boundsOf(window2), name: name ?? null, edges: edges.slice(0, -1) },
  );
  const counts = new Map(rows2.map((row) => [sumOf(row, 'edge'), countOf(row, 'tasks')]));
  return edges.slice(0, -1).map((from, index) => ({
    fromPico: String(from),
    toPico: String(edges[index + 1] ?? from),
    count: counts.get(from) ?? 0,
  }));
}
function edgesOf(smallest, largest) {
  const end = largest + 1n;
  const isLinear = smallest === 0n || largest <= smallest * BigInt(LINEAR_RATIO);
  const edges = [0n];
  for (let bin = 1; bin < BINS; bin += 1) {
    const edge = isLinear
      ? (end * BigInt(bin)) / BigInt(BINS)
      : BigInt(
          Math.round(Number(smallest) * (Number(largest) / Number(smallest)) ** ((bin - 1) / (BINS - 1))),
        );
    if (edge > (edges.at(-1) ?? 0n) && edge < end) edges.push(edge);
  }
  return [...edges, end];
}
async function namesIn(database, window2) {
  const rows2 = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, sum(total) AS total FROM ended WHERE at_ns >= $from AND at_ns < $to
     GROUP BY name ORDER BY total DESC, name LIMIT ${MAX_NAMES}`,
    boundsOf(window2),
  );
  return rows2.map((row) => wordOf(row, 'name'));
}

// src/questions/outliers.ts
var OUTLIER_TIMES = 2;
var MAX_REASONS = 3;
async function explainOutliers(database, rows2) {
  const tasks2 = rows2.map(taskOf);
  const outliers = tasks2.filter(({ timesMedian }) => timesMedian !== null && timesMedian > OUTLIER_TIMES);
  if (outliers.length === 0) return tasks2;
  const dearest = await dearestParts(
    database,
    outliers.map(({ id }) => id),
  );
  const byId = new Map(rows2.map((row) => [wordOf(row, 'id'), row]));
  for (const task of outliers) {
    const reasons = reasonsOf(task, byId.get(task.id) ?? {}, dearest.get(task.id));
    task.outlier = `${(task.timesMedian ?? 0).toFixed(1)} \xD7 the median: ${reasons.join(', ')}`;
  }
  return tasks2;
}
function reasonsOf(task, usual, dearest) {
  const reasons = [
    more(task.retries, countOf(usual, 'usual_retries'), 'retry', 'retries'),
    more(task.failedCalls, countOf(usual, 'usual_failed'), 'failed call', 'failed calls'),
    more(task.steps, countOf(usual, 'usual_steps'), 'step', 'steps'),
    more(task.inputTokens + task.outputTokens, countOf(usual, 'usual_tokens'), 'token', 'tokens'),
  ].filter((reason) => reason !== void 0);
  const kept = reasons.slice(0, MAX_REASONS);
  if (dearest !== void 0 && kept.length < MAX_REASONS) kept.push(`most of it for ${dearest}`);
  const total = BigInt(task.total.pico);
  kept.push(`${formatPico(total)} instead of ${formatPico(sumOf(usual, 'usual_total'))}`);
  return kept;
}
function more(count, usual, one, many) {
  if (count === 0 || count <= usual * 1.5) return void 0;
  const counted2 = `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
  return usual === 0 ? counted2 : `${counted2} (usually ${usual.toLocaleString('en-US')})`;
}
async function dearestParts(database, ids) {
  const rows2 = await database.all(
    `WITH parts AS (
       SELECT task, CASE WHEN kind = 'tool' THEN tool ELSE model END AS part, sum(pico) AS pico FROM costs
       WHERE task IN (SELECT unnest($ids)) AND pico > 0 GROUP BY ALL)
     SELECT * FROM parts QUALIFY row_number() OVER (PARTITION BY task ORDER BY pico DESC, part) = 1`,
    { ids },
  );
  const parts = /* @__PURE__ */ new Map();
  for (const row of rows2) {
    const part = textOf(row, 'part');
    if (part !== null) parts.set(wordOf(row, 'task'), `${part} (${formatPico(sumOf(row, 'pico'))})`);
  }
  return parts;
}

// src/questions/tasks.ts
var SORT = {
  start: 'start_ns',
  name: 'lower(name)',
  outcome: 'coalesce(outcome, state)',
  steps: 'steps',
  tokens: 'input_tokens + output_tokens',
  llm: 'llm',
  tool: 'tool',
  total: 'total',
  wasted: 'wasted',
};
var DEFAULT_LIMIT = 100;
var MAX_LIMIT = 1e3;
var MATCHING2 = `
  FROM tasks LEFT JOIN usual USING (name)
  WHERE at_ns >= $from AND at_ns < $to
    AND ($filter IS NULL OR contains(lower(concat_ws(chr(10), id, name, session_id, service)), lower($filter)))
    AND ($name IS NULL OR name = $name)
    AND ($outcome IS NULL OR coalesce(outcome, state) = $outcome)
    AND ($only IS NULL
      OR ($only = 'outliers' AND usual_total > 0 AND total > 2 * usual_total)
      OR ($only = 'over_budget' AND over_budget))`;
async function tasksIn({ database }, query, window2) {
  const sort = sqlOf(SORT, query.sort ?? 'start');
  const direction = (query.descending ?? true) ? 'DESC' : 'ASC';
  const parameters = {
    ...boundsOf(window2),
    filter: query.filter || null,
    name: query.name ?? null,
    outcome: query.outcome ?? null,
    only: query.only ?? null,
  };
  const rows2 = await database.all(
    `WITH ${TASKS}, ${USUAL} SELECT *, count(*) OVER () AS matches ${MATCHING2}
     ORDER BY ${sort} ${direction} NULLS LAST, id LIMIT $limit::BIGINT OFFSET $offset::BIGINT`,
    { ...parameters, limit: limitOf(query.limit, DEFAULT_LIMIT), offset: offsetOf(query.offset) },
  );
  const [first] = rows2;
  const count =
    first === void 0 && offsetOf(query.offset) > 0n
      ? await database.all(`WITH ${TASKS}, ${USUAL} SELECT count(*) AS matches ${MATCHING2}`, parameters)
      : [first ?? {}];
  return { rows: await explainOutliers(database, rows2), count: countOf(count[0] ?? {}, 'matches') };
}
function limitOf(limit, usual) {
  return BigInt(Math.min(MAX_LIMIT, Math.max(0, Math.floor(limit ?? usual) || 0)));
}
function offsetOf(offset) {
  return BigInt(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(offset ?? 0) || 0)));
}
function sqlOf(table, word) {
  const found = Object.hasOwn(table, word) ? table[word] : void 0;
  if (found === void 0) throw new RangeError(`unknown word ${JSON.stringify(word.slice(0, 50))}`);
  return found;
}
async function taskRow({ database }, id) {
  const rows2 = await database.all(
    `WITH ${TASKS}, ${USUAL} SELECT * FROM tasks LEFT JOIN usual USING (name) WHERE id = $id`,
    {
      id,
    },
  );
  return (await explainOutliers(database, rows2))[0];
}
var ATTRIBUTION2 = {
  user: 'user_id',
  team: 'team',
  project: 'project',
  feature: 'feature',
  customer: 'customer',
};
function taskOf(row) {
  const total = sumOf(row, 'total');
  const llm = sumOf(row, 'llm');
  const tool = sumOf(row, 'tool');
  const end = wholeOf(row, 'end_ns');
  const usual = sumOf(row, 'usual_total');
  const budget = wholeOf(row, 'budget');
  return {
    id: wordOf(row, 'id'),
    traceId: wordOf(row, 'trace_id'),
    name: wordOf(row, 'name'),
    sessionId: textOf(row, 'session_id'),
    service: textOf(row, 'service'),
    state: textOf(row, 'state') === 'running' ? 'running' : 'ended',
    outcome: outcomeOf2(row),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: end === null ? null : millisOf(end),
    steps: countOf(row, 'steps'),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
    llmCalls: countOf(row, 'llm_calls'),
    toolCalls: countOf(row, 'tool_calls'),
    failedCalls: countOf(row, 'failed_calls'),
    retries: countOf(row, 'retries'),
    llmPico: String(llm),
    toolPico: String(tool),
    otherPico: String(total - llm - tool),
    total: totalOf(row),
    wastedPico: String(sumOf(row, 'wasted')),
    budgetPico: budget === null ? null : String(budget),
    isOverBudget: isTrue(row, 'over_budget'),
    isPricedHere: isTrue(row, 'is_priced_here'),
    timesMedian: usual > 0n ? (numberOf(row, 'total') ?? 0) / Number(usual) : null,
    outlier: null,
    attribution: attributionOf3(row),
  };
}
function outcomeOf2(row) {
  const outcome = textOf(row, 'outcome');
  return outcome === 'success' || outcome === 'failure' || outcome === 'cancelled' ? outcome : null;
}
function attributionOf3(row) {
  const entries = Object.entries(ATTRIBUTION2).flatMap(([key, column]) => {
    const value = textOf(row, column);
    return value === null ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

// src/questions/explore.ts
var KEYS = {
  session: { leaf: 'session_id', task: 'session_id' },
  task: {
    leaf: 'CASE WHEN task_id = task THEN task_name ELSE coalesce(n.name, task_name) END',
    task: 'name',
  },
  model: { leaf: 'model', task: null },
  tool: { leaf: 'tool', task: null },
  agent: { leaf: 'agent', task: null },
  team: { leaf: 'team', task: 'team' },
  feature: { leaf: 'feature', task: 'feature' },
  customer: { leaf: 'customer', task: 'customer' },
  user: { leaf: 'user_id', task: 'user_id' },
};
var SORT2 = {
  key: 'lower(key)',
  total: 'total',
  wasted: 'wasted',
  perAction: 'CASE WHEN actions > 0 THEN total / actions END',
  calls: 'llm_calls + tool_calls',
  tokens: 'input_tokens + output_tokens',
};
var DEFAULT_LIMIT2 = 200;
async function exploreIn({ database }, query, window2) {
  const sort = sqlOf(SORT2, query.sort ?? 'total');
  const direction = (query.descending ?? true) ? 'DESC' : 'ASC';
  const parameters = { ...boundsOf(window2), filter: query.filter || null };
  const groups = groupsBy(query.by);
  const rows2 = await database.all(
    `WITH ${groups}, sums AS (
       SELECT count(*) AS matches, sum(total) AS total, sum(estimated) AS estimated, sum(unpriced) AS unpriced,
         bool_or(is_lower) AS is_lower FROM found)
     SELECT found.*, sums.matches, sums.total AS all_total, sums.estimated AS all_estimated,
       sums.unpriced AS all_unpriced, sums.is_lower AS all_lower
     FROM sums LEFT JOIN (SELECT *, 1 AS is_found FROM found
       ORDER BY ${sort} ${direction} NULLS LAST, key LIMIT $limit::BIGINT OFFSET $offset::BIGINT) found ON true
     ORDER BY ${sort} ${direction} NULLS LAST, key`,
    { ...parameters, limit: limitOf(query.limit, DEFAULT_LIMIT2), offset: offsetOf(query.offset) },
  );
  const [first = {}] = rows2;
  return {
    rows: rows2
      .filter((row) => row.is_found !== null)
      .map((row) => groupOf(row, KEYS[query.by].task !== null)),
    count: countOf(first, 'matches'),
    total: countOf(first, 'matches') === 0 ? NOTHING : totalOf(sumsOf(first)),
  };
}
function groupsBy(by) {
  const { leaf, task } = sqlOf(KEYS, by);
  const names = by === 'task' ? 'LEFT JOIN tasks n ON n.id = costs.task' : '';
  const tasksOfGroup =
    task === null
      ? 'SELECT NULL::VARCHAR AS key, NULL::BIGINT AS tasks, NULL::DOUBLE AS actions WHERE false'
      : `SELECT ${task} AS key, count(*) AS tasks, sum(CASE WHEN outcome = 'success' THEN actions ELSE 0 END) AS actions
         FROM tasks WHERE at_ns >= $from AND at_ns < $to GROUP BY ${task}`;
  return `${TASKS}, ${UNSUCCESSFUL},
    leaves AS (
      SELECT ${leaf} AS key, costs.*, ${WASTED_LEAF} AS wasted
      FROM costs ${names}
      -- A call that a budget refused was never made.
      WHERE costs.at_ns >= $from AND costs.at_ns < $to AND costs.budget_scope IS NULL
    ),
    groups AS (
      SELECT key, ${LEAF_TOTAL}, coalesce(sum(wasted), 0) AS wasted, ${task === null ? 'count(DISTINCT task)' : '0'} AS own_tasks,
        count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls,
        count(*) FILTER (is_failed AND (is_llm_call OR is_tool_call)) AS failed_calls,
        coalesce(sum(input_tokens) FILTER (is_llm_call), 0) AS input_tokens,
        coalesce(sum(output_tokens) FILTER (is_llm_call), 0) AS output_tokens
      FROM leaves GROUP BY key
    ),
    of_tasks AS (${tasksOfGroup}),
    found AS (
      SELECT groups.*, coalesce(t.tasks, own_tasks) AS tasks, coalesce(t.actions, 0) AS actions
      FROM groups LEFT JOIN of_tasks t ON groups.key IS NOT DISTINCT FROM t.key
      WHERE $filter IS NULL OR contains(lower(groups.key), lower($filter))
    )`;
}
function groupOf(row, hasTasks) {
  const actions = hasTasks ? (numberOf(row, 'actions') ?? 0) : null;
  return {
    key: textOf(row, 'key'),
    total: totalOf(row),
    wastedPico: String(sumOf(row, 'wasted')),
    actions,
    costPerActionPico: actions === null || actions === 0 ? null : perAction(sumOf(row, 'total'), actions),
    tasks: countOf(row, 'tasks'),
    llmCalls: countOf(row, 'llm_calls'),
    toolCalls: countOf(row, 'tool_calls'),
    failedCalls: countOf(row, 'failed_calls'),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}
function perAction(pico, actions) {
  return Number.isSafeInteger(actions)
    ? String(pico / BigInt(actions))
    : String(BigInt(Math.round(Number(pico) / actions)));
}
function sumsOf(row) {
  return {
    total: row.all_total ?? null,
    estimated: row.all_estimated ?? null,
    unpriced: row.all_unpriced ?? null,
    is_lower: row.all_lower ?? null,
  };
}

// src/questions/keyed-span.ts
var PICO_PER_USD2 = 1e12;
var KEYS2 = {
  kind: 'cost.kind',
  source: 'cost.source',
  status: 'cost.status',
  reason: 'cost.reason',
  task_id: 'task.id',
  task_name: 'task.name',
  session_id: 'session.id',
  agent: 'gen_ai.agent.name',
};
function keyedSpan(row) {
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    parentSpanId: textOf(row, 'parent_id') ?? void 0,
    name: wordOf(row, 'name'),
    startTimeUnixNano: sumOf(row, 'start_ns'),
    endTimeUnixNano: sumOf(row, 'end_ns'),
    attributes: { ...attributesIn(wordOf(row, 'attributes')), ...pricedKeys(row) },
    statusCode: Number(sumOf(row, 'status_code')),
    scopeName: textOf(row, 'instrumentation') ?? '',
  };
}
function pricedKeys(row) {
  const keys3 = {};
  if (isTrue(row, 'is_priced_here')) {
    for (const [column, key] of Object.entries(KEYS2)) {
      const value = textOf(row, column);
      if (value !== null) keys3[key] = value;
    }
    const pico = numberOf(row, 'pico');
    if (pico !== null) keys3.cost_usd = pico / PICO_PER_USD2;
    const root2 = textOf(row, 'task');
    if (root2 !== null && root2 !== textOf(row, 'task_id')) keys3['task.root_id'] = root2;
  }
  if (isTrue(row, 'is_rollup_priced')) {
    keys3['task.id'] = textOf(row, 'stated_task');
    keys3['task.name'] = textOf(row, 'stated_name');
    keys3['task.cost_usd'] = (numberOf(row, 'total_pico') ?? 0) / PICO_PER_USD2;
  }
  return keys3;
}

// src/questions/hints.ts
var MAX_SPANS = 2e3;
var LEFT_OUT = /* @__PURE__ */ new Set(['limit_reached']);
var FIXES = {
  cheaper_model:
    'Try the smaller model on these calls, and compare the cost per successful task: routeModels does it call by call.',
  cold_cache:
    'Send the calls of one loop one after another with the same beginning, so that each reads what the one before left in the cache.',
  expired_cache: 'Shorten the pauses of the loop, or use the longer lifetime of the cache.',
  uncached_input: 'Let the provider cache the prompt, and keep its beginning the same from call to call.',
  repeated_tool_calls: 'Wrap the tool in cachedTool with a TTL for which its answers stay valid.',
  low_cache_hit_rate: 'Give the cache a longer TTL or more entries, or make arguments equal with normalize.',
  failed_calls:
    'Look at the errors. Retry only those that pass, and check arguments before a call that costs.',
  costly_task:
    'Compare its tree with that of a usual task: the first step that differs is where the cost began.',
};
async function hintsIn(database, hintsOf, window2) {
  const rows2 = await database.all(
    `WITH dear AS (
       SELECT trace_id, sum(pico) AS pico FROM costs WHERE at_ns >= $from AND at_ns < $to GROUP BY trace_id
       ORDER BY pico DESC NULLS LAST, trace_id LIMIT ${MAX_SPANS}),
     counted AS (SELECT trace_id, pico, count(*) AS spans FROM spans JOIN dear USING (trace_id) GROUP BY ALL),
     chosen AS (
       SELECT trace_id, pico FROM counted
       QUALIFY sum(spans) OVER (ORDER BY pico DESC NULLS LAST, trace_id) - spans < ${MAX_SPANS})
     SELECT s.trace_id, s.span_id, s.parent_id, s.name, s.start_ns, s.end_ns, s.status_code, s.instrumentation, s.attributes,
       c.* EXCLUDE (trace_id, span_id, start_ns, seq),
       r.total_pico, r.scope_id AS stated_task, r.name AS stated_name, r.is_priced_here AS is_rollup_priced,
       (SELECT count(DISTINCT trace_id) FROM chosen) AS chosen_traces, (SELECT count(*) FROM dear) AS all_traces
     FROM spans s JOIN chosen USING (trace_id)
     LEFT JOIN costs c ON c.trace_id = s.trace_id AND c.span_id = s.span_id
     LEFT JOIN rollups r ON r.trace_id = s.trace_id AND r.span_id = s.span_id AND r.scope = 'task'
     ORDER BY chosen.pico DESC NULLS LAST, s.trace_id, s.start_ns, s.seq LIMIT ${MAX_SPANS}`,
    boundsOf(window2),
  );
  const [first] = rows2;
  if (first === void 0) return [];
  const traces = countOf(first, 'chosen_traces');
  const isPart = rows2.length === MAX_SPANS || traces < countOf(first, 'all_traces');
  const note2 = isPart ? ` (In the ${traces.toLocaleString('en-US')} most expensive traces.)` : '';
  const taskOf4 = new Map(
    rows2.map((row) => [
      `${wordOf(row, 'trace_id')}/${wordOf(row, 'span_id')}`,
      textOf(row, 'task') ?? textOf(row, 'stated_task'),
    ]),
  );
  return hintsOf(rows2.map(keyedSpan))
    .filter(({ kind }) => !LEFT_OUT.has(kind))
    .map(({ amountUsd, message, evidence, ...hint }) => ({
      ...hint,
      amountPico: String(picoOfComputed(amountUsd)),
      message: `${message}${note2}`,
      fix: FIXES[hint.kind] ?? 'Look at the spans.',
      evidence: evidence.map((span) => ({
        ...span,
        taskId: taskOf4.get(`${span.traceId}/${span.spanId}`) ?? null,
      })),
    }));
}

// src/questions/opportunities.ts
var MAX_EVIDENCE = 50;
async function opportunitiesIn({ database }, hintsOf, window2) {
  const found = await Promise.all([
    overBudget(database, window2),
    wasted(database, window2),
    hintsOf === void 0 ? [] : hintsIn(database, hintsOf, window2),
  ]);
  const size4 = ({ amountPico }) => BigInt(amountPico);
  return found.flat().sort((a, b) => (size4(a) === size4(b) ? 0 : size4(a) < size4(b) ? 1 : -1));
}
async function overBudget(database, window2) {
  const rows2 = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, count(*) AS tasks, sum(total) AS total,
       list({'trace': trace_id, 'span': id} ORDER BY total DESC)[1:${MAX_EVIDENCE}]::JSON::VARCHAR AS evidence
     FROM ended WHERE at_ns >= $from AND at_ns < $to AND over_budget GROUP BY name ORDER BY total DESC LIMIT 20`,
    boundsOf(window2),
  );
  return rows2.map((row) => {
    const count = countOf(row, 'tasks');
    return {
      kind: 'over_budget',
      subject: wordOf(row, 'name'),
      amountPico: String(sumOf(row, 'total')),
      amountIs: 'spend',
      count,
      message: `${count} ${count === 1 ? 'task' : 'tasks'} of ${wordOf(row, 'name')} reached a budget and cost ${formatPico(sumOf(row, 'total'))}.`,
      fix: 'Open the most expensive one and look for steps that repeat. Limit the steps of the loop, or raise the budget if the work is worth it.',
      evidence: evidenceOf(textOf(row, 'evidence')),
    };
  });
}
async function wasted(database, window2) {
  const rows2 = await database.all(
    `WITH ${ENDED_TASKS} SELECT name, count(*) AS tasks, sum(wasted) AS total,
       count(*) FILTER (outcome IN ('failure', 'cancelled')) AS unsuccessful,
       list({'trace': trace_id, 'span': id} ORDER BY wasted DESC)[1:${MAX_EVIDENCE}]::JSON::VARCHAR AS evidence
     FROM ended WHERE at_ns >= $from AND at_ns < $to AND wasted > 0 GROUP BY name ORDER BY total DESC LIMIT 20`,
    boundsOf(window2),
  );
  return rows2.map((row) => {
    const count = countOf(row, 'tasks');
    return {
      kind: 'wasted',
      subject: wordOf(row, 'name'),
      amountPico: String(sumOf(row, 'total')),
      amountIs: 'spend',
      count,
      message: `${formatPico(sumOf(row, 'total'))} went to failed calls and unsuccessful tasks of ${wordOf(row, 'name')}: ${count} ${count === 1 ? 'task' : 'tasks'}, ${countOf(row, 'unsuccessful')} without success.`,
      fix: 'Look at the errors of these tasks. Stop early when a call fails for good, and retry only errors that pass.',
      evidence: evidenceOf(textOf(row, 'evidence')),
    };
  });
}
function evidenceOf(json) {
  const list2 = JSON.parse(json ?? '[]');
  if (!Array.isArray(list2)) return [];
  return list2.map(({ trace, span }) => ({
    traceId: trace,
    spanId: span,
    taskId: span,
  }));
}

// src/questions/budgets.ts
var MAX_REFUSALS = 1e3;
async function budgetsOf(database, task) {
  const bars = /* @__PURE__ */ new Map();
  if (task.budgetPico !== null) {
    const bar = barOf(bars, 'task', 'usd');
    bar.limit = task.budgetPico;
    bar.spent = task.total.pico;
    bar.isOver = BigInt(task.total.pico) >= BigInt(task.budgetPico);
  }
  const marks = await database.all('SELECT * FROM budget_marks WHERE task = $id ORDER BY at_ns', {
    id: task.id,
  });
  for (const mark of marks) addMark(bars, mark);
  const refusals = await database.all(
    `SELECT c.trace_id, c.span_id, s.name, c.at_ns, c.budget_scope, c.budget_measure
     FROM costs c JOIN spans s ON s.trace_id = c.trace_id AND s.span_id = c.span_id
     WHERE c.task = $id AND c.budget_measure IS NOT NULL ORDER BY c.at_ns LIMIT ${MAX_REFUSALS}`,
    { id: task.id },
  );
  for (const row of refusals) {
    const bar = barOf(bars, wordOf(row, 'budget_scope'), wordOf(row, 'budget_measure'));
    bar.isOver = true;
    bar.refusals.push({
      traceId: wordOf(row, 'trace_id'),
      spanId: wordOf(row, 'span_id'),
      name: wordOf(row, 'name'),
      timeMillis: millisOf(sumOf(row, 'at_ns')),
    });
  }
  return [...bars.values()];
}
function addMark(bars, mark) {
  const measure = wordOf(mark, 'measure');
  const bar = barOf(bars, wordOf(mark, 'scope'), measure);
  const limit = numberOf(mark, 'budget_limit');
  const spent = numberOf(mark, 'spent');
  if (limit === null || spent === null) return;
  if (bar.limit !== null && bar.scope === 'task' && measure === 'usd') return;
  const inUnits = (value) => (measure === 'usd' ? String(picoOfComputed(value)) : String(value));
  bar.limit = inUnits(limit);
  bar.spent = inUnits(spent);
  bar.isOver ||= spent >= limit;
}
function barOf(bars, scope, measure) {
  const key = JSON.stringify([scope, measure]);
  const bar = bars.get(key) ?? { scope, measure, limit: null, spent: null, isOver: false, refusals: [] };
  bars.set(key, bar);
  return bar;
}

// src/questions/trace-spans.ts
var MAX_READ_SPANS = 2e4;
var MAX_TRACES = 100;
function keyOf(traceId, spanId) {
  return `${traceId}/${spanId}`;
}
async function readTraces(database, taskId, traceIds) {
  const traces = [...new Set(traceIds)].slice(0, MAX_TRACES);
  const [rows2, costs2, rollUps, counts] = await Promise.all([
    database.all(
      `SELECT trace_id, span_id, parent_id, name, node_kind, service, start_ns, end_ns, status_code, status_message,
         task, agent, is_priced_here FROM spans WHERE trace_id IN (SELECT unnest($traces))
       ORDER BY span_id != $task, start_ns, seq LIMIT ${MAX_READ_SPANS}`,
      { traces, task: taskId },
    ),
    database.all(
      `SELECT trace_id, span_id, ${OWN_COST}, attempt, agent, task, session_id, is_llm_call, budget_scope,
         budget_measure, is_priced_here
       FROM costs WHERE trace_id IN (SELECT unnest($traces)) ORDER BY start_ns, seq LIMIT ${2 * MAX_READ_SPANS}`,
      { traces },
    ),
    database.all(
      `SELECT * FROM rollups WHERE trace_id IN (SELECT unnest($traces)) ORDER BY start_ns, seq LIMIT ${2 * MAX_READ_SPANS}`,
      { traces },
    ),
    database.all('SELECT count(*) AS spans FROM spans WHERE trace_id IN (SELECT unnest($traces))', {
      traces,
    }),
  ]);
  return { spans: joined(rows2, costs2, rollUps), total: countOf(counts[0] ?? {}, 'spans') };
}
function joined(rows2, costs2, rollUps) {
  const costOf2 = new Map(costs2.map((row) => [keyOf(wordOf(row, 'trace_id'), wordOf(row, 'span_id')), row]));
  const corrections = /* @__PURE__ */ new Set();
  const statedOf = /* @__PURE__ */ new Map();
  for (const row of rollUps) {
    const own = keyOf(wordOf(row, 'trace_id'), wordOf(row, 'span_id'));
    if (isTrue(row, 'is_correction')) corrections.add(own);
    const key = scopeSpanKey(row, own);
    const scopes = statedOf.get(key) ?? /* @__PURE__ */ new Map();
    scopes.set(wordOf(row, 'scope'), row);
    statedOf.set(key, scopes);
  }
  return rows2.map((row) => spanOf2(row, costOf2, statedOf)).filter(({ key }) => !corrections.has(key));
}
function scopeSpanKey(row, own) {
  if (!isTrue(row, 'is_correction') || textOf(row, 'scope') === 'session') return own;
  return keyOf(wordOf(row, 'trace_id'), wordOf(row, 'scope_id'));
}
function spanOf2(row, costOf2, statedOf) {
  const traceId = wordOf(row, 'trace_id');
  const spanId = wordOf(row, 'span_id');
  const key = keyOf(traceId, spanId);
  const cost = costOf2.get(key);
  const stated = statedOf.get(key);
  const budgetMeasure = cost === void 0 ? null : textOf(cost, 'budget_measure');
  const kind = kindOf(row, cost);
  return {
    key,
    traceId,
    spanId,
    parentSpanId: textOf(row, 'parent_id'),
    name: wordOf(row, 'name'),
    kind,
    service: textOf(row, 'service'),
    startMillis: millisOf(sumOf(row, 'start_ns')),
    endMillis: millisOf(sumOf(row, 'end_ns')),
    isFailed: sumOf(row, 'status_code') === 2n,
    statusMessage: textOf(row, 'status_message'),
    task: textOf(row, 'task') ?? (cost === void 0 ? taskOf2(stated) : textOf(cost, 'task')),
    agent: textOf(row, 'agent') ?? (cost === void 0 ? null : textOf(cost, 'agent')),
    session: cost === void 0 ? sessionOf(stated) : textOf(cost, 'session_id'),
    attempt: cost === void 0 ? null : numberOf(cost, 'attempt'),
    own: cost === void 0 || budgetMeasure !== null ? null : ownCostOf(cost),
    isLlmCall: cost !== void 0 && isTrue(cost, 'is_llm_call'),
    rollUp: stated === void 0 ? null : statedRollUp(kind, stated),
    isPricedHere:
      isTrue(cost ?? row, 'is_priced_here') ||
      [...(stated?.values() ?? [])].some((r) => isTrue(r, 'is_priced_here')),
    refusedBy:
      cost === void 0 || budgetMeasure === null
        ? null
        : { scope: wordOf(cost, 'budget_scope'), measure: budgetMeasure },
  };
}
var KINDS = ['session', 'task', 'agent', 'step', 'llm', 'tool', 'cost', 'other'];
function kindOf(row, cost) {
  const kind = KINDS.find((known) => known === textOf(row, 'node_kind')) ?? 'other';
  if (kind !== 'other' || cost === void 0) return kind;
  return textOf(cost, 'kind') === 'llm' ? 'llm' : textOf(cost, 'kind') === 'tool' ? 'tool' : kind;
}
var SCOPES2 = ['task', 'agent', 'session', 'step'];
function statedRollUp(kind, stated) {
  const scope =
    SCOPES2.find((own) => own === kind && stated.has(own)) ?? SCOPES2.find((any) => stated.has(any));
  const row = scope === void 0 ? void 0 : stated.get(scope);
  return scope === void 0 || row === void 0 ? null : rollUpOf(scope, row);
}
function rollUpOf(scope, row) {
  return {
    scope,
    isSoFar: false,
    total: {
      pico: String(sumOf(row, 'total_pico')),
      estimatedPico: String(sumOf(row, 'estimated_pico')),
      unpricedCalls: countOf(row, 'unpriced_calls'),
      isLowerBound: !isTrue(row, 'is_complete'),
    },
    llmPico: String(sumOf(row, 'llm_pico')),
    toolPico: String(sumOf(row, 'tool_pico')),
    wastedPico: String(sumOf(row, 'wasted_pico')),
    savedPico: String(sumOf(row, 'saved_pico')),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}
function taskOf2(stated) {
  const row = stated?.get('task');
  return row === void 0 ? null : textOf(row, 'task');
}
function sessionOf(stated) {
  const row = stated?.get('session');
  return row === void 0 ? null : textOf(row, 'session_id');
}

// src/questions/so-far.ts
function sumOfOwnCosts(spans2) {
  const sums = { total: 0n, estimated: 0n, llm: 0n, tool: 0n, wasted: 0n, saved: 0n };
  const counts = { unpriced: 0, input: 0, output: 0 };
  let isLowerBound = false;
  for (const { own, isFailed, isLlmCall } of spans2) {
    if (own === null) continue;
    const pico = BigInt(own.pico ?? 0);
    sums.total += pico;
    if (own.status === 'estimated') sums.estimated += pico;
    if (own.kind === 'llm') sums.llm += pico;
    if (own.kind === 'tool') sums.tool += pico;
    if (isFailed) sums.wasted += pico;
    sums.saved += BigInt(own.savedPico ?? 0);
    const isUnknown = own.pico === null && own.status !== 'not_billed';
    isLowerBound ||= isUnknown;
    if (isUnknown && own.status !== 'estimated') counts.unpriced += 1;
    if (isLlmCall) counts.input += own.tokens?.input ?? 0;
    if (isLlmCall) counts.output += own.tokens?.output ?? 0;
  }
  return {
    total: {
      pico: String(sums.total),
      estimatedPico: String(sums.estimated),
      unpricedCalls: counts.unpriced,
      isLowerBound,
    },
    llmPico: String(sums.llm),
    toolPico: String(sums.tool),
    wastedPico: String(sums.wasted),
    savedPico: String(sums.saved),
    inputTokens: counts.input,
    outputTokens: counts.output,
  };
}
async function sessionRollUp(database, sessionId) {
  const [stated] = await database.all(
    `SELECT * FROM rollups WHERE scope = 'session' AND scope_id = $session ORDER BY start_ns DESC, seq DESC LIMIT 1`,
    { session: sessionId },
  );
  if (stated !== void 0) return rollUpOf('session', stated);
  const [row = {}] = await database.all(
    `SELECT ${LEAF_TOTAL}, sum(pico) FILTER (kind = 'llm') AS llm, sum(pico) FILTER (kind = 'tool') AS tool,
       sum(pico) FILTER (is_failed) AS wasted, sum(saved_pico) AS saved,
       sum(input_tokens) FILTER (is_llm_call) AS input_tokens, sum(output_tokens) FILTER (is_llm_call) AS output_tokens
     FROM costs WHERE session_id = $session`,
    { session: sessionId },
  );
  return soFar(row);
}
function soFar(row) {
  return {
    scope: 'session',
    isSoFar: true,
    total: totalOf(row),
    llmPico: String(sumOf(row, 'llm')),
    toolPico: String(sumOf(row, 'tool')),
    wastedPico: String(sumOf(row, 'wasted')),
    savedPico: String(sumOf(row, 'saved')),
    inputTokens: countOf(row, 'input_tokens'),
    outputTokens: countOf(row, 'output_tokens'),
  };
}

// src/questions/sum-check.ts
var ARRIVAL_MILLIS = 1e4;
async function checkSum({ database, now }, task) {
  const [stated] = await database.all(
    `SELECT total_pico, remote_pico, llm_calls, tool_calls, is_priced_here, arrived_ms FROM rollups
     WHERE scope = 'task' AND scope_id = $id ORDER BY start_ns DESC, seq DESC LIMIT 1`,
    { id: task.id },
  );
  const leaves = await leavesOf(
    database,
    task.id,
    stated === void 0 ? null : isTrue(stated, 'is_priced_here'),
  );
  const own = sumOf(leaves, 'own');
  if (stated === void 0) return { state: 'waiting', ownPico: String(own), remotePico: '0', rollUpPico: null };
  const remote = sumOf(stated, 'remote_pico');
  const rollUp = sumOf(stated, 'total_pico');
  const answer = { ownPico: String(own), remotePico: String(remote), rollUpPico: String(rollUp) };
  if (isSameAmount(own + remote, rollUp)) return { state: 'equal', ...answer };
  if (now() - (numberOf(stated, 'arrived_ms') ?? 0) < ARRIVAL_MILLIS) return { state: 'waiting', ...answer };
  const isLess = own + remote < rollUp;
  const isMissing = isLess && (fewerCalls(leaves, stated) || (await hasMissingParents(database, task.id)));
  return { state: isMissing ? 'spans_missing' : 'differs', ...answer };
}
async function leavesOf(database, id, isPricedHere) {
  const [row = {}] = await database.all(
    `SELECT sum(pico) AS own, count(*) FILTER (is_llm_call) AS llm_calls, count(*) FILTER (is_tool_call) AS tool_calls
     FROM costs WHERE task = $id AND ($priced IS NULL OR is_priced_here = $priced)`,
    { id, priced: isPricedHere },
  );
  return row;
}
function fewerCalls(leaves, stated) {
  return countOf(leaves, 'llm_calls') < countOf(stated, 'llm_calls');
}
async function hasMissingParents(database, id) {
  const [row = {}] = await database.all(
    `WITH traces AS (SELECT DISTINCT trace_id FROM spans WHERE task = $id),
       near AS (SELECT trace_id, span_id, parent_id, task FROM spans WHERE trace_id IN (SELECT trace_id FROM traces))
     SELECT count(*) AS missing FROM near
     WHERE task = $id AND span_id != $id AND parent_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM near p WHERE p.trace_id = near.trace_id AND p.span_id = near.parent_id)`,
    { id },
  );
  return countOf(row, 'missing') > 0;
}

// src/questions/tree.ts
var MAX_NODES = 5e3;
function treeOf(task, spans2, sessionRollUp2) {
  const branches = new Map(spans2.map((span) => [span.key, branchOf(span)]));
  const root2 = branches.get(keyOf(task.traceId, task.id)) ?? madeTask(task);
  branches.set(root2.span.key, root2);
  for (const branch of branches.values()) adopt(branch, branches.get(parentKey(branch.span)));
  const inside = [...branches.values()].filter((branch) => branch !== root2 && isInside(branch, task, root2));
  gatherOrphans(inside, root2, task);
  const shown2 = inOrder(root2).slice(0, MAX_NODES);
  const around = ancestorsOf(root2);
  if (root2.span.rollUp === null) setRollUp(root2.span, rollUpOfTask(task));
  for (const { span, ...branch } of shown2) fillRollUp(span, { span, ...branch });
  for (const branch of around) {
    if (branch.span.kind === 'session' && branch.span.rollUp === null) setRollUp(branch.span, sessionRollUp2);
  }
  const nodes = [...around, ...shown2].map((branch, index) => nodeOf(branch, index === 0));
  return { nodes, hidden: Math.max(0, inside.filter(({ isMade }) => !isMade).length + 1 - shown2.length) };
}
function branchOf(span, isMade = false) {
  return { span, parent: null, children: [], isMade };
}
function parentKey({ traceId, parentSpanId }) {
  return keyOf(traceId, parentSpanId ?? '');
}
function adopt(branch, parent) {
  if (parent === void 0 || branch.parent !== null) return;
  for (let at2 = parent; at2 !== null; at2 = at2.parent) if (at2 === branch) return;
  branch.parent = parent;
  parent.children.push(branch);
}
function isInside(branch, task, root2) {
  for (let at2 = branch; at2 !== null; at2 = at2.parent) {
    if (at2 === root2 || at2.span.parentSpanId === task.id) return true;
    if (at2.span.task !== null) return at2.span.task === task.id;
  }
  return false;
}
function gatherOrphans(inside, root2, task) {
  const agents = /* @__PURE__ */ new Map();
  const insideSet = new Set(inside);
  for (const branch of [...inside]) {
    if (branch.parent !== null && (branch.parent === root2 || insideSet.has(branch.parent))) continue;
    const name = branch.span.parentSpanId === task.id ? null : agentOf(branch);
    if (branch.parent !== null) detach(branch);
    if (name === null || task.state === 'ended' || branch.span.kind === 'agent') {
      adopt(branch, root2);
      continue;
    }
    const agent = agents.get(name) ?? madeAgent(name, branch, task);
    if (!agents.has(name)) {
      agents.set(name, agent);
      adopt(agent, root2);
      inside.push(agent);
    }
    adopt(branch, agent);
  }
  for (const agent of agents.values()) stretch(agent);
}
function detach(branch) {
  const siblings = branch.parent?.children ?? [];
  siblings.splice(siblings.indexOf(branch), 1);
  branch.parent = null;
}
function agentOf(branch) {
  const waiting2 = [branch];
  for (let at2 = waiting2.shift(); at2 !== void 0; at2 = waiting2.shift()) {
    if (at2.span.agent !== null) return at2.span.agent;
    waiting2.push(...at2.children);
  }
  return null;
}
function stretch({ span, children }) {
  span.startMillis = children.reduce(
    (least, child) => Math.min(least, child.span.startMillis),
    span.startMillis,
  );
  span.endMillis = children.reduce((most, child) => Math.max(most, child.span.endMillis), span.endMillis);
}
function madeSpan(task, facts) {
  return {
    ...facts,
    key: keyOf(task.traceId, facts.spanId),
    traceId: task.traceId,
    parentSpanId: null,
    service: task.service,
    startMillis: task.startMillis,
    endMillis: task.endMillis ?? task.startMillis,
    isFailed: false,
    statusMessage: null,
    task: task.id,
    agent: null,
    session: task.sessionId,
    attempt: null,
    own: null,
    isLlmCall: false,
    rollUp: null,
    isPricedHere: task.isPricedHere,
    refusedBy: null,
  };
}
function madeTask(task) {
  return branchOf(madeSpan(task, { spanId: task.id, name: task.name, kind: 'task' }), true);
}
function madeAgent(name, first, task) {
  const missing = first.span.kind === 'step' ? first.span.parentSpanId : null;
  const span = madeSpan(task, { spanId: missing ?? `agent:${name}`, name, kind: 'agent' });
  span.startMillis = first.span.startMillis;
  span.endMillis = first.span.endMillis;
  return branchOf(span, true);
}
function ancestorsOf(root2) {
  const around = [];
  for (let at2 = root2.parent; at2 !== null; at2 = at2.parent) around.unshift(at2);
  return around;
}
function inOrder(root2) {
  const order2 = [];
  const waiting2 = [{ branch: root2, start: root2.span.startMillis, depth: 0 }];
  for (let at2 = waiting2.pop(); at2 !== void 0; at2 = waiting2.pop()) {
    order2.push(at2);
    for (const branch of at2.branch.children) {
      waiting2.push({ branch, start: Math.max(at2.start, branch.span.startMillis), depth: at2.depth + 1 });
    }
  }
  order2.sort((a, b) => a.start - b.start || a.depth - b.depth);
  return order2.map(({ branch }) => branch);
}
var SCOPE_KINDS = ['task', 'agent', 'step'];
function fillRollUp(span, branch) {
  const scope = SCOPE_KINDS.find((kind) => kind === span.kind);
  if (span.rollUp !== null || scope === void 0) return;
  const leaves = [];
  const waiting2 = [...branch.children];
  for (let at2 = waiting2.pop(); at2 !== void 0; at2 = waiting2.pop()) {
    leaves.push(at2.span);
    waiting2.push(...at2.children);
  }
  if (leaves.some(({ own }) => own !== null))
    setRollUp(span, { scope, isSoFar: true, ...sumOfOwnCosts(leaves) });
}
function setRollUp(span, rollUp) {
  span.rollUp = rollUp;
}
function rollUpOfTask(task) {
  return {
    scope: 'task',
    isSoFar: task.state === 'running',
    total: task.total,
    llmPico: task.llmPico,
    toolPico: task.toolPico,
    wastedPico: task.wastedPico,
    savedPico: '0',
    inputTokens: task.inputTokens,
    outputTokens: task.outputTokens,
  };
}
function nodeOf({ span, parent }, isFirst) {
  const { key: _key, task: _task, agent: _agent, session: _session, isLlmCall: _isLlmCall, ...node } = span;
  return { ...node, parentSpanId: isFirst || parent === null ? null : parent.span.spanId };
}

// src/questions/task-detail.ts
async function taskDetail(context, id) {
  const task = await taskRow(context, id);
  if (task === void 0) return void 0;
  const { database } = context;
  const traces = await database.all(
    `SELECT trace_id FROM spans WHERE task = $id UNION SELECT trace_id FROM costs WHERE task = $id`,
    { id },
  );
  const [{ spans: spans2, total }, session, check, budgets] = await Promise.all([
    readTraces(database, id, [task.traceId, ...traces.map((row) => wordOf(row, 'trace_id'))]),
    task.sessionId === null ? null : sessionRollUp(database, task.sessionId),
    checkSum(context, task),
    budgetsOf(database, task),
  ]);
  const { nodes, hidden } = treeOf(task, spans2, session);
  return { task, nodes, hiddenNodes: hidden + Math.max(0, total - spans2.length), check, budgets };
}

// src/questions/questions.ts
function answerQuestions({ explain, hintsOf, ...context }) {
  const period = async (window2) => {
    const isNamed3 = typeof window2 === 'string';
    const spans2 = isNamed3 ? await spansOf(context) : { spans: 0, firstMillis: null, lastMillis: null };
    return periodOf(window2, spans2, context.now());
  };
  return {
    spans: () => spansOf(context),
    overview: async (window2) => overviewOf(context, await period(window2)),
    tasks: async ({ window: window2, ...query }) => tasksIn(context, query, await period(window2)),
    distribution: async (window2, name) => distributionIn(context, await period(window2), name),
    opportunities: async (window2) => opportunitiesIn(context, hintsOf, await period(window2)),
    task: (id) => taskDetail(context, id),
    arithmetic: (traceId, spanId) => arithmeticOf(context, explain, traceId, spanId),
    explore: async ({ window: window2, ...query }) => exploreIn(context, query, await period(window2)),
  };
}

// src/store/advice.ts
var MANY_SPANS = 1e6;
var MANY_BYTES = 2e9;
function adviceFor(spans2, bytes) {
  if (spans2 < MANY_SPANS && bytes < MANY_BYTES) return null;
  const size4 = `${spans2.toLocaleString('en-US')} spans in ${(bytes / 1e9).toFixed(1)} GB`;
  return `This viewer holds ${size4}. For more, send spans through the OpenTelemetry Collector to ClickHouse or Tempo, and metrics to Prometheus: docs/cookbook.md has the same questions for them.`;
}

// src/store/table-writer.ts
var MAX_CHUNK_ROWS = 2048;
var TableWriter = class _TableWriter {
  constructor(database, appender, columns, types) {
    this.database = database;
    this.appender = appender;
    this.columns = columns;
    this.types = types;
  }
  database;
  appender;
  columns;
  types;
  static async open(database, table) {
    const { duck, writer } = database;
    const columns = columnsOf(table);
    const byName3 = {
      BIGINT: duck.BIGINT,
      UBIGINT: duck.UBIGINT,
      DOUBLE: duck.DOUBLE,
      VARCHAR: duck.VARCHAR,
      BOOLEAN: duck.BOOLEAN,
    };
    const types = columns.map(({ type }) => byName3[type]);
    const names = columns.map(({ name }) => name);
    return new _TableWriter(database, await writer.createAppender(table), names, types);
  }
  append(rows2) {
    for (let start = 0; start < rows2.length; start += MAX_CHUNK_ROWS) {
      this.appendChunk(rows2.slice(start, start + MAX_CHUNK_ROWS));
    }
  }
  appendChunk(rows2) {
    const chunk = this.database.duck.DuckDBDataChunk.create(this.types, rows2.length);
    this.columns.forEach((column, index) => {
      const values2 = new Array(rows2.length);
      for (let row = 0; row < rows2.length; row += 1) values2[row] = rows2[row]?.[column] ?? null;
      chunk.setColumnValues(index, values2);
    });
    this.appender.appendDataChunk(chunk);
  }
  /** Hands the rows to the open transaction. */
  flush() {
    this.appender.flushSync();
  }
  close() {
    this.appender.closeSync();
  }
};
function columnsOf(table) {
  const columns = [];
  for (const name in TABLES[table]) {
    columns.push({ name, type: TABLES[table][name] });
  }
  return columns;
}

// src/store/batch-writer.ts
var PRICE_AFTER_MILLIS = 300;
var BatchWriter = class _BatchWriter {
  constructor(spans2, costs2, rollups2, marks, resources2, tracesToPrice) {
    this.spans = spans2;
    this.costs = costs2;
    this.rollups = rollups2;
    this.marks = marks;
    this.resources = resources2;
    this.tracesToPrice = tracesToPrice;
  }
  spans;
  costs;
  rollups;
  marks;
  resources;
  tracesToPrice;
  newResources = /* @__PURE__ */ new Map();
  static async open(database) {
    return new _BatchWriter(
      await TableWriter.open(database, 'spans'),
      await TableWriter.open(database, 'costs'),
      await TableWriter.open(database, 'rollups'),
      await TableWriter.open(database, 'budget_marks'),
      await TableWriter.open(database, 'resources'),
      await TableWriter.open(database, 'traces_to_price'),
    );
  }
  /** `hasPriced`: also traces without a span that would be priced are looked at. */
  append(rows2, arrivedMillis, hasPriced) {
    this.appendSpans(rows2);
    this.appendFigures(rows2);
    this.appendTraces(tracesOf(rows2, arrivedMillis, hasPriced));
  }
  appendTraces(rows2) {
    this.tracesToPrice.append(rows2);
  }
  appendFigures(rows2) {
    this.costs.append(rows2.flatMap(({ cost }) => (cost === null ? [] : [cost])));
    this.rollups.append(rows2.flatMap((row) => row.rollups));
    this.marks.append(rows2.flatMap((row) => row.marks));
  }
  appendSpans(rows2) {
    this.spans.append(rows2.map(({ span }) => span));
  }
  flush() {
    this.resources.append(
      [...this.newResources.values()].map(({ hash, json }) => ({ hash, attributes: json })),
    );
    for (const writer of this.writers()) writer.flush();
  }
  close() {
    for (const writer of this.writers()) writer.close();
  }
  /** After an error, an appender may refuse to close. */
  abandon() {
    for (const writer of this.writers()) {
      try {
        writer.close();
      } catch {}
    }
  }
  writers() {
    return [this.spans, this.costs, this.rollups, this.marks, this.resources, this.tracesToPrice];
  }
};
function tracesOf(rows2, arrivedMillis, hasPriced) {
  const due = BigInt(arrivedMillis + PRICE_AFTER_MILLIS);
  const byTrace = /* @__PURE__ */ new Map();
  for (const { span } of rows2) {
    if (span.trace_id === null || !(hasPriced || (span.looks_ai && !span.is_metered))) continue;
    byTrace.set(span.trace_id, { trace_id: span.trace_id, seq: span.seq, due_ms: due });
  }
  return [...byTrace.values()];
}

// src/store/resources.ts
import { createHash as createHash2 } from 'node:crypto';

var MAX_KNOWN = 1e4;
var Resources = class {
  byObject = /* @__PURE__ */ new WeakMap();
  known = /* @__PURE__ */ new Set();
  hashOf(resource) {
    let kept = this.byObject.get(resource);
    if (kept === void 0) {
      const entries = Object.entries(resource).sort(([a], [b]) => (a < b ? -1 : 1));
      const json = toJson(Object.fromEntries(entries));
      const digest = createHash2('sha256').update(json).digest();
      kept = { hash: digest.readBigUInt64BE(0), json };
      this.byObject.set(resource, kept);
    }
    return kept;
  }
  /** True until it was said to be kept. A resource that is kept twice does no harm: its rows are equal. */
  isNew({ hash }) {
    return !this.known.has(hash);
  }
  noteKept(resources2) {
    for (const { hash } of resources2) {
      if (this.known.size >= MAX_KNOWN) this.known = /* @__PURE__ */ new Set();
      this.known.add(hash);
    }
  }
};

// src/store/span-sink.ts
var StoreBusyError = class extends Error {
  constructor(retryAfterSeconds) {
    super(`the store is busy; send again in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
  retryAfterSeconds;
  name = 'StoreBusyError';
};

// src/store/turns.ts
var WriteLock = class {
  tail = Promise.resolve();
  /** Runs `work` after everything that was given before, whether that failed or not. */
  run(work) {
    const result = this.tail.then(work, work);
    this.tail = result.catch(() => void 0);
    return result;
  }
};
function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve));
}

// src/store/intake.ts
var MAX_WAITING_SPANS = 5e4;
var MAX_SPANS_A_COMMIT = 1e4;
var SLICE = 512;
var RETRY_AFTER_SECONDS = 1;
var Intake = class {
  constructor(options) {
    this.options = options;
    this.knownIds = options.ids;
    this.nextSeq = options.firstSeq;
  }
  options;
  waiting = [];
  waitingSpans = 0;
  running;
  resources = new Resources();
  knownIds;
  nextSeq;
  /** Resolves after the commit. */
  add(spans2) {
    if (spans2.length === 0) return Promise.resolve();
    const limit = this.options.maxWaitingSpans ?? MAX_WAITING_SPANS;
    if (this.waitingSpans > 0 && this.waitingSpans + spans2.length > limit) {
      return Promise.reject(new StoreBusyError(RETRY_AFTER_SECONDS));
    }
    this.waitingSpans += spans2.length;
    return new Promise((resolve, reject) => {
      this.waiting.push({ spans: spans2, resolve, reject });
      this.running ??= this.drain();
    });
  }
  /** Resolves when nothing waits. */
  async idle() {
    while (this.running !== void 0) await this.running;
  }
  takeSeq() {
    const seq = this.nextSeq;
    this.nextSeq += 1n;
    return seq;
  }
  async drain() {
    await nextTurn();
    while (this.waiting.length > 0) {
      const batches = this.takeBatches();
      const count = batches.reduce((sum2, { spans: spans2 }) => sum2 + spans2.length, 0);
      try {
        const kept = await this.options.lock.run(() =>
          this.commit(batches.flatMap(({ spans: spans2 }) => spans2)),
        );
        for (const { resolve } of batches) resolve();
        if (kept > 0) this.options.onCommit(kept);
      } catch (error) {
        for (const { reject } of batches) reject(error);
      } finally {
        this.waitingSpans -= count;
      }
    }
    this.running = void 0;
  }
  takeBatches() {
    let spans2 = 0;
    let end = 0;
    for (const batch of this.waiting) {
      if (end > 0 && spans2 + batch.spans.length > MAX_SPANS_A_COMMIT) break;
      spans2 += batch.spans.length;
      end += 1;
    }
    return this.waiting.splice(0, end);
  }
  /** Returns the number of spans that were new. */
  async commit(spans2) {
    const fresh = await this.newSpans(spans2);
    if (fresh.length === 0) return 0;
    const { database } = this.options;
    const batch = await BatchWriter.open(database);
    await database.writer.run('BEGIN');
    try {
      for (let start = 0; start < fresh.length; start += SLICE) {
        if (start > 0) await nextTurn();
        this.write(batch, fresh.slice(start, start + SLICE));
      }
      batch.flush();
      await database.writer.run('COMMIT');
    } catch (error) {
      batch.abandon();
      await database.writer.run('ROLLBACK').catch(() => void 0);
      throw error;
    }
    batch.close();
    for (const { hash } of fresh) this.knownIds.add(hash);
    this.resources.noteKept(batch.newResources.values());
    return fresh.length;
  }
  write(batch, slice) {
    const arrivedMillis = this.options.now();
    const rows2 = slice.map(({ span, hash }) => {
      const resource = this.resources.hashOf(span.resource);
      if (this.resources.isNew(resource)) batch.newResources.set(resource.hash, resource);
      return rowsOf(span, {
        seq: this.takeSeq(),
        idHash: hash,
        resource: resource.hash,
        arrivedMillis,
        keepContent: this.options.keepContent,
        isPricedHere: false,
      });
    });
    batch.append(rows2, arrivedMillis, this.options.hasPriced());
  }
  /** Without those that are kept already or come twice here. The first one wins. */
  async newSpans(spans2) {
    const fresh = [];
    const doubtful2 = [];
    const here = /* @__PURE__ */ new Set();
    for (const span of spans2) {
      const ids = `${span.traceId}/${span.spanId}`;
      if (here.has(ids)) continue;
      here.add(ids);
      const hash = hashIds(span.traceId, span.spanId, this.options.seed);
      (this.knownIds.has(hash) ? doubtful2 : fresh).push({ span, hash, ids });
    }
    if (doubtful2.length > 0) {
      const kept = await this.keptIds(doubtful2);
      for (const span of doubtful2) if (!kept.has(span.ids)) fresh.push(span);
    }
    return fresh;
  }
  async keptIds(doubtful2) {
    const rows2 = await this.options.database.run(
      `SELECT trace_id || '/' || span_id AS ids FROM spans
       WHERE NOT is_priced_here AND span_id IN (SELECT unnest($spans))`,
      { spans: doubtful2.map(({ span }) => span.spanId) },
    );
    return new Set(rows2.map(({ ids }) => String(ids)));
  }
};

// ../dist/shared-AIQ6BO67.js
var MAX_NAME_CHARS = 200;
var MAX_MESSAGE_CHARS = 500;
function shortText(text3, maxChars = MAX_NAME_CHARS) {
  if (typeof text3 !== 'string') return '';
  if (text3.length <= maxChars) return text3;
  const last = text3.charCodeAt(maxChars - 1);
  return text3.slice(0, last >= 55296 && last < 56320 ? maxChars - 1 : maxChars);
}
var MAX_SHOWN_CHARS = 60;
var MAX_SHOWN_KEYS = 20;
function show(value) {
  try {
    return textOf2(value);
  } catch {
    return 'an unreadable object';
  }
}
function textOf2(value) {
  if (typeof value === 'string')
    return JSON.stringify(
      value.length > MAX_SHOWN_CHARS ? `${shortText(value, MAX_SHOWN_CHARS)}\u2026` : value,
    );
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null)
    return `an object with keys ${shownKeys(Object.keys(value))}`;
  const isLarge = typeof value === 'bigint' && BigInt.asIntN(64, value) !== value;
  return isLarge ? 'a bigint' : String(value);
}
function shownKeys(keys3) {
  const shown2 = keys3.slice(0, MAX_SHOWN_KEYS).map((key) => shortText(key, MAX_SHOWN_CHARS));
  return (keys3.length > MAX_SHOWN_KEYS ? [...shown2, '\u2026'] : shown2).join(', ') || '(none)';
}
var BudgetExceededError = class extends Error {
  name = 'BudgetExceededError';
  /** The kind of scope that has the budget: `call`, `agent`, `task`, `session`, or an attribution key such as `user`. */
  scope;
  /** The name of that scope: the task's or agent's name, the session's id, or the attribution's value. */
  scopeName;
  /** The quantity that is limited. */
  measure;
  /** The time over which the limit counts. Absent: the whole life of the scope. */
  window;
  /** The limit, in the measure's unit. */
  limit;
  /** The amount used so far. */
  spent;
  /** The amount reserved for calls in flight, in addition to `spent`. */
  reserved;
  /** The amount the refused call was expected to use. Undefined when no estimate was available. */
  estimate;
  /** How long the call waited for room that calls in flight held, in ms. Absent when it was refused at once. */
  waitedMillis;
  /** The span name of a call in flight that it waited for. */
  waitedFor;
  /** `reason` is a sentence that explains the refusal. It follows the figures in the message. */
  constructor(excess, reason, wait) {
    const { scope, scopeName, measure, window: window2, limit, spent, reserved } = excess;
    const per = window2 === void 0 ? '' : ` per ${window2}`;
    const figures = `${measure} limit ${limit}${per}, spent ${spent}, reserved ${reserved}`;
    const outcome = wait === void 0 ? 'exceeded' : `had no room in time: ${describeWait(wait)}`;
    super(
      `budget of ${scope} "${shorten(scopeName)}" ${outcome}${wait === void 0 ? ':' : ';'} ${figures}; ${reason}`,
    );
    this.scope = scope;
    this.scopeName = scopeName;
    this.measure = measure;
    if (window2 !== void 0) this.window = window2;
    this.limit = limit;
    this.spent = spent;
    this.reserved = reserved;
    this.estimate = excess.estimate;
    if (wait === void 0) return;
    this.waitedMillis = wait.waitedMillis;
    if (wait.waitedFor !== void 0) this.waitedFor = wait.waitedFor;
  }
};
function describeWait({ waitedMillis, waitedFor }) {
  const call = waitedFor === void 0 ? '' : ` for "${shorten(waitedFor)}"`;
  return `the call waited ${waitedMillis} ms${call}`;
}
var MAX_SCOPE_CHARS = 100;
function shorten(name) {
  return name.length > MAX_SCOPE_CHARS ? `${shortText(name, MAX_SCOPE_CHARS)}\u2026` : name;
}
var InvalidOptionError = class extends TypeError {
  constructor(
    option,
    value,
    expected,
    message = `option "${option}" must be ${expected}, got ${show(value)}`,
  ) {
    super(`otel-agent-cost: ${message}`);
    this.option = option;
  }
  option;
  name = 'InvalidOptionError';
};
var MAX_EDITS = 2;
var MIN_LENGTH = 4;
var MAX_LENGTH = 50;
function nearestName(name, known) {
  const written = name.length > MAX_LENGTH ? '' : plainName(name);
  if (written.length < MIN_LENGTH) return void 0;
  let nearest;
  let fewest = MAX_EDITS + 1;
  for (const candidate of known) {
    const edits = editsBetween(written, plainName(candidate));
    if (edits >= fewest || candidate.length < MIN_LENGTH) continue;
    nearest = candidate;
    fewest = edits;
  }
  return nearest;
}
function plainName(name) {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
function editsBetween(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at2) => at2);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
function formerOption(option, value, line) {
  return new InvalidOptionError(option, value, '', `"${option}" is no longer an option; ${line}`);
}
function checked(option, check) {
  try {
    return check();
  } catch (error) {
    if (error instanceof InvalidOptionError) throw error;
    throw unreadableOption(option);
  }
}
function unreadableOption(option) {
  return new InvalidOptionError(option, void 0, '', `option "${option}" cannot be read: it throws`);
}
function expectNumber(option, value, min, max) {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new InvalidOptionError(option, value, `a number from ${min} to ${max}`);
}
function expectString(option, value) {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new InvalidOptionError(option, value, 'a non-empty string');
}
function expectBoolean(option, value) {
  if (typeof value === 'boolean') return value;
  throw new InvalidOptionError(option, value, 'true or false');
}
function expectFunction(option, value) {
  if (typeof value !== 'function') throw new InvalidOptionError(option, value, 'a function');
}
function expectRecord(option, value, expected = 'an object') {
  if (isRecord(value)) return value;
  throw new InvalidOptionError(option, value, expected);
}
function expectKnownKeys(option, value, known) {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const path = option === '' ? key : `${option}.${key}`;
    throw unknownOptionError(path, value[key], nearestName(key, known) ?? endOf(key, known), known);
  }
}
function endOf(key, known) {
  return known.find((name) => name.length > 2 && plainName(key).endsWith(plainName(name)));
}
function unknownOptionError(path, value, meant, known) {
  const advice = meant === void 0 ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return new InvalidOptionError(path, value, '', `unknown option "${path}"; ${advice}`);
}
function isRecord(value) {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

// ../dist/shared-MSEPIUV2.js
var PACKAGE_NAME = 'otel-agent-cost';
var URLS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s"'`<>]+)/gi;
var PATH_WORDS = /^(?:v\d\w{0,5}|api|otlp|traces|metrics|logs|chat|completions|responses|messages)?$/;
function withoutSecrets(text3) {
  return text3.includes('://')
    ? text3.replace(URLS, (_, scheme, rest) => scheme + printableUrl(rest))
    : text3;
}
function printableUrl(url) {
  const [end = ''] = /[.,:;!)}]{0,9}$/.exec(url) ?? [];
  const at2 = url.lastIndexOf('@');
  const [, host = '', path = '', query = ''] =
    /^([^/?#]*)([^?#]*)(.*)$/s.exec(url.slice(at2 + 1, url.length - end.length)) ?? [];
  const shown2 = path.split('/').map((segment) => (PATH_WORDS.test(segment) ? segment : '\u2026'));
  return `${at2 < 0 ? '' : '\u2026@'}${hostText(host)}${shown2.join('/')}${query === '' ? '' : '?\u2026'}${end}`;
}
function hostText(host) {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(.*)$/s.exec(host) ?? [];
  return name + (/^(?::\d*)?$/.test(port) ? port : ':\u2026');
}
var MAX_SEARCHED_CHARS = 1e4;
function shownMessage(message) {
  const isCut = message.length > MAX_SEARCHED_CHARS;
  const head = isCut ? message.slice(0, message.lastIndexOf(' ', MAX_SEARCHED_CHARS) + 1) : message;
  return shortText(withoutSecrets(head), MAX_MESSAGE_CHARS);
}

import { createHash as createHash3 } from 'node:crypto';
// ../dist/shared-GP3YHWOJ.js
import { readFileSync } from 'node:fs';
import { createRequire, createRequire as createRequire2 } from 'node:module';
import { dirname, join } from 'node:path';

var ACTION = /* @__PURE__ */ Symbol.for('otel-agent-cost.action');
var ActionResult = class {
  constructor(data, options = {}) {
    this.data = data;
    this.costUsd = readCost(this, options, RESULT_OPTIONS);
  }
  data;
  [ACTION] = 'result';
  /** As given. NaN for unreadable options; undefined without an amount: the declared price then applies. */
  costUsd;
};
var ActionError = class extends Error {
  [ACTION] = 'error';
  name = 'ActionError';
  /** As given. NaN for unreadable options; undefined without an amount. */
  costUsd;
  constructor(message, options = {}) {
    super(message, causeOf(options));
    this.costUsd = readCost(this, options, ERROR_OPTIONS);
  }
};
function isActionResult(value) {
  return actionOf(value) === 'result';
}
function isActionError(value) {
  return actionOf(value) === 'error';
}
function mistakeOf(action) {
  return mistakes.get(action);
}
var MAX_OPTIONS = 100;
var RESULT_OPTIONS = ['costUsd'];
var ERROR_OPTIONS = ['costUsd', 'cause'];
var mistakes = /* @__PURE__ */ new WeakMap();
function readCost(action, options, known) {
  if (options === null) return void 0;
  try {
    const mistake = isRecord(options) ? unknownOption(options, known) : 'options that are not an object';
    const { costUsd: costUsd2 } = options;
    if (mistake === void 0 && (costUsd2 !== void 0 || isPlain(options))) return costUsd2;
    mistakes.set(action, mistake ?? 'options of a class that has no "costUsd"');
  } catch {
    mistakes.set(action, 'options that throw when they are read');
  }
  return Number.NaN;
}
function isPlain(options) {
  const prototype = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function unknownOption(options, known) {
  const keys22 = Object.keys(options);
  if (keys22.length > MAX_OPTIONS) return `${keys22.length} options`;
  for (const key of keys22) {
    if (known.includes(key) || Reflect.get(options, key) === void 0) continue;
    const meant = nearestName(key, known);
    return `unknown option "${shortText(key)}"${meant === void 0 ? '' : `, did you mean "${meant}"?`}`;
  }
  return void 0;
}
function causeOf(options) {
  try {
    return options?.cause === void 0 ? void 0 : { cause: options.cause };
  } catch {
    return void 0;
  }
}
function actionOf(value) {
  try {
    return typeof value === 'object' && value !== null && ACTION in value ? value[ACTION] : void 0;
  } catch {
    return void 0;
  }
}
var running = false;
function isAside() {
  return running;
}
function runAside(work) {
  const outer = running;
  running = true;
  try {
    return work();
  } finally {
    running = outer;
  }
}
var MAX_WARNINGS = 100;
var INTERNAL_ERROR = 'internal error, please report it';
var API_GLOBALS = /* @__PURE__ */ Symbol.for('opentelemetry.js.api.1');
var HOW_TO_SEE_MORE =
  "This is the only warning shown here. To see all: import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api' and call diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)";
var warned = /* @__PURE__ */ new Set();
var isShown = false;
var print;
function warnOnce(message, ...details) {
  if (isAside() || warned.has(message) || (warned.size >= MAX_WARNINGS && message !== INTERNAL_ERROR)) return;
  warned.add(message);
  try {
    const shown2 = details.map(textOf3);
    const logger = appLogger();
    logger?.warn(`${PACKAGE_NAME}: ${message}`, ...shown2);
    if (print !== void 0 || logger === void 0) show2([message, ...shown2].join(': '));
  } catch {}
}
function show2(message) {
  if (print !== void 0) print(message);
  else if (!isShown)
    process.emitWarning(
      `${message}
${HOW_TO_SEE_MORE}`,
      { type: PACKAGE_NAME },
    );
  isShown = true;
}
function appLogger() {
  const globals2 = globalThis;
  return globals2[API_GLOBALS]?.diag;
}
function checkLater(check) {
  if (!isAside()) setImmediate(check).unref();
}
function textOf3(detail) {
  return shownMessage(detail instanceof Error ? `${detail.name}: ${detail.message}` : String(detail));
}
var PROTOCOL = 2;
function sharedName(name) {
  return `${PACKAGE_NAME}.${PROTOCOL}.${name}`;
}
var Amounts = class {
  // LLM work that is not behind a tool.
  ownInput = 0;
  ownOutput = 0;
  ownCalls = 0;
  ownPico = 0;
  // All LLM work.
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** Money of every kind: LLM calls, tools, compute and the rest. */
  allPico = 0;
  add(more2, isBehindTool, times = 1) {
    if (!isBehindTool) {
      this.ownInput += times * more2.ownInput;
      this.ownOutput += times * more2.ownOutput;
      this.ownCalls += times * more2.ownCalls;
      this.ownPico += times * more2.ownPico;
    }
    this.input += times * more2.input;
    this.output += times * more2.output;
    this.calls += times * more2.calls;
    this.pico += times * more2.pico;
    this.allPico += times * more2.allPico;
  }
  /**
   * True when a sum is larger than the calls that are not behind a tool, and smaller than all calls. Example: the sum
   * is 1,200 input tokens; the calls that are not behind a tool have 1,000, all calls 1,500.
   */
  liesAround({ input, output }) {
    return (this.ownInput < input && input < this.input) || (this.ownOutput < output && output < this.output);
  }
  addIncrease({ input, output, calls, pico, isLlm, isBehindTool }, isToolBetween) {
    if (isLlm) {
      this.input += input;
      this.output += output;
      this.calls += calls;
      this.pico += pico;
      if (!isBehindTool && !isToolBetween) {
        this.ownInput += input;
        this.ownOutput += output;
        this.ownCalls += calls;
        this.ownPico += pico;
      }
    }
    this.allPico += pico;
  }
  /** Adds the price of an LLM call, or money of another kind. */
  addMoney(pico, isLlm, isToolBetween) {
    if (isLlm) this.pico += pico;
    if (isLlm && !isToolBetween) this.ownPico += pico;
    this.allPico += pico;
  }
};
var Increase = class {
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** False for money of a tool, of compute or of another kind. */
  isLlm = true;
  /** True once it has passed a tool: it is not part of a call above that tool. */
  isBehindTool = false;
  /** Tokens to be priced. More than `input` when an ended node above has paid for some of them in dollars. */
  payableInput = 0;
  payableOutput = 0;
  /** The usage is known, so this increase can resolve a call that was counted with an unknown cost. */
  isKnown = false;
  /** Number of calls counted with an unknown cost that this increase resolves. */
  resolves = 0;
  /** The node that had counted that call. */
  resolvedAt = void 0;
  /** Pico-dollars already billed for the same work; set only when they are more than the reported cost. */
  overBilledPico = void 0;
  /** Pico-dollars already billed; set only when they were billed for exactly the stated tokens. */
  sameTokensPico = void 0;
  flag = void 0;
  billedElsewhere = void 0;
  /** True when less than the statement is billed here; the rest is billed elsewhere. */
  isLessThan({ input, output, pico }) {
    if (pico !== void 0) return this.pico < pico;
    return this.input < input || this.output < output;
  }
  /** True when a part of the statement, and not all of it, has to be paid here. */
  isPartOf({ input, output, pico }) {
    if (pico !== void 0) return this.pico > 0 && this.pico < pico;
    const { payableInput, payableOutput } = this;
    return payableInput + payableOutput > 0 && (payableInput < input || payableOutput < output);
  }
  get isEmpty() {
    return this.input === 0 && this.output === 0 && this.calls === 0 && this.pico === 0;
  }
};
function above(amount2, known) {
  return amount2 > known ? amount2 - known : 0;
}
var Credit = class {
  /** The work below that it pays for: LLM calls that are not behind a tool, all LLM calls, or money of every kind. */
  reach = 'own';
  input = 0;
  output = 0;
  calls = 0;
  pico = 0;
  /** The statement was a reported cost, so late calls are paid for in dollars and not in tokens. */
  paysMoney = false;
  /** A call with an unknown cost was counted. */
  isUnknown = false;
  get isSpent() {
    return this.input === 0 && this.output === 0 && this.calls === 0 && this.pico === 0;
  }
  /**
   * Returns the part of a statement above everything known, and adds it to the credit. `posted` is the list prices
   * already posted for the node, less those in `known` that are not billed yet.
   */
  claim(statement, known, posted) {
    const isSum = statement.of === 'sum';
    this.reach = isSum ? 'llm' : 'own';
    const increase = new Increase();
    const knownInput = this.input + (isSum ? known.input : known.ownInput);
    const knownOutput = this.output + (isSum ? known.output : known.ownOutput);
    const knownPico = this.pico + posted + (isSum ? known.pico : known.ownPico);
    const input = above(statement.input, knownInput);
    const output = above(statement.output, knownOutput);
    const calls = above(statement.calls, this.calls + (isSum ? known.calls : known.ownCalls));
    this.input += input;
    this.output += output;
    this.calls += calls;
    increase.input = input;
    increase.output = output;
    increase.calls = calls;
    increase.isKnown = statement.isKnown;
    if (!increase.isKnown) this.isUnknown = calls > 0;
    else if (this.isUnknown) this.resolve(increase);
    if (statement.pico === void 0) {
      increase.payableInput = input;
      increase.payableOutput = output;
      if (knownPico > 0 && knownInput === statement.input && knownOutput === statement.output) {
        increase.sameTokensPico = knownPico;
      }
      return increase;
    }
    increase.pico = above(statement.pico, knownPico);
    if (knownPico > statement.pico) increase.overBilledPico = knownPico;
    this.pico += increase.pico;
    this.paysMoney = true;
    return increase;
  }
  /**
   * The same for a cost that is not an LLM cost and includes money of every kind below, such as a tool's. Returns
   * pico-dollars.
   */
  claimMoney(pico, known) {
    this.reach = 'all';
    const due = above(pico, this.pico + known.allPico);
    this.pico += due;
    return due;
  }
  /** Subtracts from a late increase the part that was billed in advance. */
  payFor(increase, payer) {
    if (this.reach === 'all') {
      const paid2 = Math.min(increase.pico, this.pico);
      this.pico -= paid2;
      increase.pico -= paid2;
      if (paid2 > 0) increase.billedElsewhere = payer;
      return;
    }
    if (!increase.isLlm || (this.reach === 'own' && increase.isBehindTool)) return;
    const tokens = increase.input + increase.output;
    const input = Math.min(increase.input, this.input);
    const output = Math.min(increase.output, this.output);
    const calls = Math.min(increase.calls, this.calls);
    const pico = Math.min(increase.pico, this.pico);
    if (calls > 0 && this.isUnknown && increase.isKnown) this.resolve(increase);
    this.input -= input;
    this.output -= output;
    this.calls -= calls;
    this.pico -= pico;
    increase.input -= input;
    increase.output -= output;
    increase.calls -= calls;
    increase.pico -= pico;
    if (input + output + pico > 0) increase.billedElsewhere = payer;
    if (this.paysMoney || tokens === 0) return;
    increase.payableInput = above(increase.payableInput, input);
    increase.payableOutput = above(increase.payableOutput, output);
    increase.pico = Math.round((increase.pico * (increase.input + increase.output)) / tokens);
  }
  resolve(increase) {
    this.isUnknown = false;
    this.paysMoney = false;
    increase.resolves += 1;
  }
};
var InnerCalls = class _InnerCalls {
  /** The most inner wrappers that are remembered for an open wrapper. */
  static MAX_CALLS = 1e3;
  calls = [];
  add({ input, output }, { responseIds }) {
    if (this.calls.length < _InnerCalls.MAX_CALLS) this.calls.push({ responseIds, input, output });
  }
  /** True when a statement that names all of its responses names none of those of a wrapper inside. */
  hasOthers(statement, { responseIds }) {
    if (responseIds.length < statement.calls) return false;
    const forms = new Set(responseIds.map(formOf));
    return this.calls.some((call) => {
      if (call.responseIds.some((id) => responseIds.includes(id))) return false;
      const isAlike2 = call.responseIds.every((id) => formOf(id) !== void 0 && forms.has(formOf(id)));
      return isAlike2 || call.input !== statement.input || call.output !== statement.output;
    });
  }
};
function formOf(id) {
  return /^[a-z]+(?=[-_])/i.exec(id)?.[0];
}
var LinkedNode = class _LinkedNode {
  /**
   * The most consecutive ended nodes with credit left that are kept above a new node. Work that restarts itself, for
   * example from a timer, would otherwise add one each time without end.
   */
  static MAX_ENDED_ABOVE = 64;
  /** The nearest node above that is open, has credit left, or is kept. */
  parent;
  kind = 'span';
  /** False once it has ended or made its statement. */
  open = true;
  /** Levels below the root. */
  depth;
  /** Number of tools and handovers above this node. Two nodes with different numbers have one between them. */
  toolsAbove;
  // Linked lists through the nodes that are open, or have an open node below: O(1) to insert and to remove.
  owner;
  first;
  before;
  after;
  constructor(around) {
    this.depth = around === void 0 ? 0 : around.depth + 1;
    this.toolsAbove = around === void 0 ? 0 : around.tools;
  }
  /** True when work that starts below it after its end still finds it above, with or without credit. */
  get isKept() {
    return false;
  }
  get hasOpenBelow() {
    return this.first !== void 0;
  }
  /** Visits every node below that is open or has an open node below. Iterative, because a trace may be very deep. */
  forEachOpenBelow(visit) {
    const pending = [];
    for (let at2 = this.first; at2 !== void 0; at2 = at2.after) pending.push(at2);
    for (let node = pending.pop(); node !== void 0; node = pending.pop()) {
      visit(node);
      for (let at2 = node.first; at2 !== void 0; at2 = at2.after) pending.push(at2);
    }
  }
  /** Number of tools and handovers from the root down to this node, itself included. */
  get tools() {
    return this.kind === 'tool' || this.kind === 'handover' ? this.toolsAbove + 1 : this.toolsAbove;
  }
  /** The nearest node above that is open or has made a statement. */
  above() {
    if (this.parent?.open) return this.parent;
    while (this.parent !== void 0 && !this.parent.matters) this.parent = this.parent.parent;
    let at2 = this.parent;
    while (at2 !== void 0 && !at2.open && !at2.hasSpoken) at2 = at2.parent;
    return at2;
  }
  /** Links it below the nearest relevant node, so that a chain of ended nodes is not kept in memory. */
  static place(node, around) {
    const near = around === void 0 || around.open ? around : around.nearestThatMatters();
    if (near !== node.parent || (node.owner !== void 0 && node.owner !== near)) node.moveBelow(near);
  }
  /** Links it below a node further up, or below none. The nodes in between are no longer kept. */
  moveBelow(around) {
    const { owner } = this;
    this.unlist();
    this.parent = around;
    if (this.open || this.first !== void 0) this.enlist();
    owner?.delist();
  }
  /** Removes it from its list when neither it nor any node below is open, and then the nodes above it likewise. */
  delist() {
    for (let at2 = this; at2 !== void 0 && !at2.open && at2.first === void 0; ) {
      const owner = at2.owner;
      at2.unlist();
      at2 = owner;
    }
  }
  get matters() {
    return this.open || this.isKept || !this.isSpent;
  }
  nearestThatMatters() {
    let near = this;
    while (near !== void 0 && !near.matters) near = near.parent;
    for (let at2 = this; at2 !== near && at2.parent !== void 0; ) {
      const next2 = at2.parent;
      at2.parent = near;
      at2 = next2;
    }
    return near === void 0 || near.open || near.isKept ? near : near.withinBound();
  }
  /** Returns this node, or the nearest open or kept node above when too many ended nodes lie in between. */
  withinBound() {
    let ended = 1;
    for (let at2 = this; ; ended += 1) {
      while (at2.parent !== void 0 && !at2.parent.matters) at2.parent = at2.parent.parent;
      const { parent } = at2;
      if (parent === void 0 || parent.open || parent.isKept) {
        return ended <= _LinkedNode.MAX_ENDED_ABOVE ? this : parent;
      }
      at2 = parent;
    }
  }
  enlist() {
    for (let at2 = this; at2.owner === void 0 && at2.parent !== void 0; at2 = at2.owner) {
      at2.owner = at2.parent;
      at2.after = at2.owner.first;
      if (at2.after !== void 0) at2.after.before = at2;
      at2.owner.first = at2;
    }
  }
  unlist() {
    const { owner, before, after } = this;
    if (before !== void 0) before.after = after;
    else if (owner !== void 0) owner.first = after;
    if (after !== void 0) after.before = before;
    this.owner = void 0;
    this.before = void 0;
    this.after = void 0;
  }
};
var NOTHING2 = new Amounts();
var InformedNode = class extends LinkedNode {
  /** Amounts stated below, as far as they have arrived. An open node in between passes on its own when it ends. */
  known;
  /**
   * The part of `known` that is not passed on: prices that this wrapper holds, and responses that the outer nodes know
   * from another record.
   */
  unshared;
  /** For a wrapper: the bills that it has collected and that are not billed yet, at list price or as reported. */
  held;
  /** For a wrapper: the wrappers inside that have stated the ids of their responses. */
  inner;
  /** Notes the responses that a wrapper inside this one has stated. */
  noteInside(statement, identity) {
    if (identity === void 0) return;
    this.inner ??= new InnerCalls();
    this.inner.add(statement, identity);
  }
  /** True when a wrapper inside stated other responses than those that this statement names. */
  hasOthersInside(statement, identity) {
    return identity !== void 0 && this.inner?.hasOthers(statement, identity) === true;
  }
  get knowledge() {
    return this.known ?? NOTHING2;
  }
  get heldPico() {
    return this.held ?? 0;
  }
  tell(increase, isToolBetween) {
    this.known ??= new Amounts();
    this.known.addIncrease(increase, isToolBetween);
  }
  tellMoney(pico, isLlm, isToolBetween) {
    this.known ??= new Amounts();
    this.known.addMoney(pico, isLlm, isToolBetween);
  }
  /** Adds an increase that the outer nodes know from another record, so that it is not passed on. */
  tellAlone(news) {
    this.tell(news, false);
    this.unshared ??= new Amounts();
    this.unshared.addIncrease(news, false);
  }
  /** Adds everything that a node below passes on. */
  hearOf({ known, unshared, tools }) {
    if (known === void 0 && unshared === void 0) return;
    this.known ??= new Amounts();
    if (known !== void 0) this.known.add(known, tools > this.tools);
    if (unshared !== void 0) this.known.add(unshared, tools > this.tools, -1);
  }
  /** Money of every kind that it passes on. */
  get sharedMoney() {
    return (this.known?.allPico ?? 0) - (this.unshared?.allPico ?? 0);
  }
  /** Money of every kind that was billed below, whatever is still open there. */
  get billedBelow() {
    let pico = this.sharedMoney;
    this.forEachUnheard((node) => {
      pico += node.sharedMoney;
    });
    return pico;
  }
  /** The same, with the prices that this wrapper holds and the responses that are billed elsewhere. */
  get moneyBelow() {
    return this.billedBelow + (this.unshared?.allPico ?? 0);
  }
  /** True when this node knows of a call stated below. */
  hasCallsBelow(behindTools) {
    const { calls, ownCalls } = this.knowledge;
    return (behindTools ? calls : ownCalls) > 0;
  }
  /** Adds the amount of a bill that this wrapper collects. It is passed on when the wrapper posts it. */
  hold(pico) {
    this.held = this.heldPico + pico;
    this.unshared ??= new Amounts();
    this.unshared.addMoney(pico, true, false);
  }
  /** Takes out the held prices, because the wrapper posts them itself: when it ends, or earlier when its task ends. */
  releaseHeld() {
    const { heldPico } = this;
    if (heldPico === 0) return;
    this.tellMoney(-heldPico, true, false);
    this.hold(-heldPico);
  }
};
var NO_CREDIT = new Credit();
var SettlementNode = class extends InformedNode {
  /** The nearest node above that has ended and made a statement. Increases below are reported to it at once. */
  spokenAbove;
  /** The nearest wrapper around, with no scope and no tool in between. */
  wrapper;
  credit;
  /** The earlier record of the same response, which makes this node's statements. */
  speaker;
  isIdentified = false;
  // Later records of the same response may find it.
  /** List prices posted for this node, in pico-dollars. Not part of its knowledge, which covers the work below. */
  posted;
  constructor(around) {
    super(around);
    if (around === void 0) return;
    this.wrapper = around.collectorInside();
    LinkedNode.place(this, around);
    this.spokenAbove = this.nearestSpoken();
  }
  moveBelow(around) {
    super.moveBelow(around);
    while (this.wrapper !== void 0 && !this.wrapper.open) this.wrapper = this.wrapper.wrapper;
  }
  get isSpent() {
    return !this.isIdentified && this.credit?.isSpent !== false;
  }
  get hasSpoken() {
    return this.credit !== void 0;
  }
  /** Makes a statement, when the node ends or later, and returns the part that is billed. */
  settle(statement, identity, records) {
    this.hear();
    const found = identity === void 0 ? void 0 : records?.findEarlier(this, statement, identity);
    const earlier = found === 'ambiguous' ? void 0 : found;
    if (earlier !== void 0) this.speaker = earlier;
    const isUnexplained = statement.of === 'sum' && this.knowledge.liesAround(statement);
    const increase = (earlier ?? this).speak(statement);
    if (earlier === void 0 && this.kind === 'wrapper') this.wrapper?.noteInside(statement, identity);
    if (increase.resolves > 0) increase.resolvedAt = earlier;
    const isPartBelow = increase.isLessThan(statement);
    const repeated = earlier && this.repeat(statement, earlier);
    this.handOn();
    (earlier ?? this).climb(increase);
    LinkedNode.place(this, this.parent);
    if (repeated !== void 0) increase.billedElsewhere = repeated.isInside ? 'cover' : 'record';
    else if (isPartBelow) increase.billedElsewhere = 'below';
    const isAmbiguous = found === 'ambiguous' || this.hasOthersInside(statement, identity);
    if (isAmbiguous || repeated?.isBilledTwice) increase.flag = 'ambiguous_usage';
    else if (isUnexplained) increase.flag = 'unexplained_sum';
    else if (increase.isPartOf(statement)) increase.flag = 'partial_statement';
    return increase;
  }
  /**
   * Settles money that is not for an LLM call: on top of everything below, or `includesBelow`. Returns the pico-dollars
   * that are left to bill.
   *
   * Example: a tool states $0.05 for itself and everything below, where $0.02 was billed. $0.03 are left.
   */
  settleMoney(pico, includesBelow) {
    let due = pico;
    if (includesBelow) {
      this.hear();
      this.credit ??= new Credit();
      due = this.credit.claimMoney(pico, this.knowledge);
    }
    this.handOn();
    const left = this.climbWithMoney(due, false);
    LinkedNode.place(this, this.parent);
    return left;
  }
  /**
   * Adds the price of the payable tokens, in pico-dollars. Returns the part that is left to bill after ended nodes
   * above with a credit in dollars have paid. With a collector, the price is not billed yet, and nodes outside the
   * collector are not notified.
   */
  reportPrice(pico, collector) {
    if (pico === 0) return 0;
    const speaker = (collector === void 0 ? this.speaker : void 0) ?? this;
    speaker.posted = (speaker.posted ?? 0) + pico;
    const left = speaker.climbWithMoney(pico, true, collector);
    collector?.hold(left);
    return left;
  }
  climbWithMoney(pico, isLlm, within) {
    const above3 = this.above();
    if (above3 === void 0 || pico === 0) return pico;
    if (above3.open && (above3.spokenAbove === void 0 || above3 === within)) {
      above3.tellMoney(pico, isLlm, this.tools > above3.tools);
      return pico;
    }
    const increase = new Increase();
    increase.isLlm = isLlm;
    increase.pico = pico;
    this.climb(increase, within);
    return increase.pico;
  }
  /** Where a price was billed in advance, if no part of it is left to bill. */
  get payer() {
    const kind = this.nearestSpoken()?.kind;
    return kind === 'wrapper' || kind === 'tool' ? 'cover' : 'around';
  }
  /** Ends the node, with or without a statement. */
  close() {
    this.handOn();
    LinkedNode.place(this, this.parent);
  }
  /**
   * The open wrapper that collects the bill of this span. Undefined when there is none, and for other kinds of nodes.
   */
  collector() {
    return this.kind === 'span' ? this.collectorInside() : void 0;
  }
  /** Notes that its tokens have no price: tokens of calls below that end later are priced there. */
  leaveUnpriced() {
    if (this.credit !== void 0) this.credit.paysMoney = true;
  }
  /** Its call of unknown usage is not counted as unpriced: it is free, or another node stands for it. */
  leaveKnown() {
    const { credit } = this.speaker ?? this;
    if (credit !== void 0) credit.isUnknown = false;
  }
  /** True when an ended node above was billed for a call that no node below has stated yet: it may be this one. */
  get isBilledInAdvance() {
    const payer = this.spokenAbove;
    if (payer?.credit === void 0 || payer.credit.calls === 0) return false;
    return payer.credit.reach === 'llm' || payer.tools === this.tools;
  }
  /** Adds a step of this node's sum that was billed at another node. */
  learnOf({ knowledge, credit = NO_CREDIT, posted = 0 }) {
    const step = new Increase();
    step.input = knowledge.ownInput + credit.input;
    step.output = knowledge.ownOutput + credit.output;
    step.calls = knowledge.ownCalls + credit.calls;
    step.pico = knowledge.ownPico + credit.pico + posted;
    this.tellAlone(step);
  }
  collectorInside() {
    if (this.kind !== 'wrapper' && this.kind !== 'span') return void 0;
    let at2 = this.kind === 'wrapper' ? this : this.wrapper;
    while (at2 !== void 0 && !at2.open) at2 = at2.wrapper;
    return at2;
  }
  speak(statement) {
    this.credit ??= new Credit();
    const increase = this.credit.claim(statement, this.knowledge, (this.posted ?? 0) - this.heldPico);
    if (increase.resolves > 0) increase.resolvedAt = this;
    return increase;
  }
  /**
   * Reports an increase to the nearest open node, then to the nearest ended node above it that has made a statement,
   * then to the nearest open node above that, and so on. Ended nodes pay from their credit. Stays inside the collector
   * `within`.
   */
  climb(increase, within) {
    for (let at2 = this; ; ) {
      const above3 = at2.above();
      if (above3 === void 0) return;
      let payer = above3;
      if (above3.open) {
        above3.tell(increase, at2.tools > above3.tools);
        payer = above3.spokenAbove;
        if (payer === void 0) return;
      }
      if (within !== void 0 && payer.depth < within.depth) return;
      if (at2.tools > payer.tools) increase.isBehindTool = true;
      payer.payFor(increase);
      if (increase.isEmpty) return;
      at2 = payer;
    }
  }
  /** Passes everything known below on to the node above, once. */
  handOn() {
    if (!this.open) return;
    this.open = false;
    this.releaseHeld();
    const above3 = this.above();
    if (above3?.open && above3.spokenAbove === this.spokenAbove) above3.hearOf(this);
    this.spokenAbove = void 0;
    this.delist();
  }
  /** Adds a late increase to an ended node, which pays for it from its credit. */
  payFor(increase) {
    this.tell(increase, false);
    this.credit?.payFor(increase, this.kind === 'wrapper' || this.kind === 'tool' ? 'cover' : 'around');
    if (increase.resolves > 0) increase.resolvedAt ??= this;
  }
  /** Takes in everything that open nodes below have not passed on. From now on, increases below arrive here at once. */
  hear() {
    if (!this.hasOpenBelow) return;
    const above3 = this.above();
    this.forEachUnheard((node) => {
      this.hearOf(node);
      if (!this.open && above3?.open) above3.hearOf(node);
      node.spokenAbove = this;
    });
  }
  /** Visits the open nodes below whose amounts have not arrived: no node in between has made a statement. */
  forEachUnheard(visit) {
    const spokenAbove = this.open ? this.spokenAbove : this.nearestSpoken();
    this.forEachOpenBelow((node) => {
      if (node.open && node.spokenAbove === spokenAbove) visit(node);
    });
  }
  /**
   * Handles a later record of a response that is billed at an earlier one. Nodes around this record, but not around the
   * earlier one, are notified here. `isBilledTwice` when one of them was billed for the response in advance; `isInside`
   * when the earlier record is a wrapper around this one.
   */
  repeat(statement, earlier) {
    let isBilledTwice = false;
    let other = earlier;
    const news = new Increase();
    news.input = statement.input;
    news.output = statement.output;
    news.calls = statement.calls;
    news.pico = statement.pico ?? 0;
    let at2 = this.parent;
    for (; at2 !== void 0; at2 = at2.parent) {
      while (other !== void 0 && other.depth > at2.depth) other = other.parent;
      if (at2 === other) break;
      if (at2.tools < this.tools) news.isBehindTool = true;
      if (at2.open) at2.tellAlone(news);
      else if (at2.credit !== void 0) {
        const before = news.input + news.output;
        at2.payFor(news);
        isBilledTwice ||= news.input + news.output < before;
      }
    }
    return { isBilledTwice, isInside: at2 === earlier && earlier.kind === 'wrapper' };
  }
  nearestSpoken() {
    const above3 = this.above();
    return above3?.open ? above3.spokenAbove : above3;
  }
};
var Surroundings = class {
  scope;
  sessions;
  inDeclaredSession;
  task;
  attribution;
  budgets;
  reservation;
  tool;
  openCall;
  constructor(around) {
    this.scope = around?.scope;
    this.sessions = around?.sessions;
    this.inDeclaredSession = around?.inDeclaredSession ?? false;
    this.task = around?.task;
    this.attribution = around?.attribution;
    this.budgets = around?.budgets;
    this.reservation = around?.reservation;
    this.tool = around?.tool;
    this.openCall = around?.openCall;
  }
  /** Leaves the enclosing calls: sessions, tasks, agents and steps are work of their own. */
  leaveCall() {
    this.tool = void 0;
    this.openCall = void 0;
  }
};
var NOTHING_AROUND = new Surroundings();
var started = 0;
function recordsStarted() {
  return started;
}
var IS_RECORD = Symbol.for(sharedName('is-record'));
function isSpanRecord(value) {
  return typeof value === 'object' && value !== null && IS_RECORD in value;
}
var SpanRecord = class extends SettlementNode {
  /** Order of starts, counted over the whole process. */
  number = ++started;
  role = 'plain';
  /** True if only the span's name shows that it is a tool. Its attributes may show another role at its end. */
  isToolByName = false;
  /** The model requested by the client library's own span beside it. With the same model, both are one call. */
  modelBeside;
  /** Calls that were stated directly below, to recognize a second record of one of them. */
  callsBeside;
  /**
   * True for an LLM span that had its usage at its start, as a replay does. The usage then does not show when the call
   * was over.
   */
  statedAtStart = false;
  /** The number of loop turns inside an LLM span, which then covers several calls. */
  turnsInside = 0;
  /** A span of another version of this package, which writes its attributes. */
  isOfOtherVersion = false;
  /** True once the cost is decided; the span is no longer read. */
  settled = false;
  ended = false;
  isCall = false;
  ownTool;
  ownCall;
  /** For a tool call: the enclosing tool call. */
  outerTool;
  /** For a `withLlm`: the bills of spans inside. */
  pocket;
  ownScope;
  ownTask;
  ownSession;
  /** The parent of a correction, or of the bill of a wrapper that never ends. Kept for scopes, and for LLM calls while they are open. */
  span;
  /** The row in the totals by model that counts it as unpriced. */
  unpricedRow;
  /** A call that costs money, with a cost that is unknown until the call ends. */
  isBillableCall = false;
  /** Scopes that ended before this call. Its cost is missing there until it ends. */
  missingIn;
  /** The budgets of attribution that were entered here. They are in use until this span ends. */
  enteredBudgets;
  /** Shared by all spans with the same surroundings. Copied on change. */
  surroundings;
  constructor(parent) {
    super(parent);
    this.surroundings = this.parent === void 0 ? NOTHING_AROUND : this.parent.inside();
  }
  get [IS_RECORD]() {
    return true;
  }
  get ownsScope() {
    return this.ownScope !== void 0 || this.ownTask !== void 0 || this.ownSession !== void 0;
  }
  get isKept() {
    return this.ownsScope;
  }
  /** The innermost scope that receives the bills. Undefined when there is only an implicit task. */
  get scope() {
    return this.surroundings.scope;
  }
  /** Where its bills are posted. */
  place() {
    return { scope: this.scope ?? this.task?.scope, sessions: this.sessions };
  }
  /** The enclosing sessions. The task's are used if it joined a session after this span had started. */
  get sessions() {
    return this.surroundings.sessions ?? this.surroundings.task?.sessions;
  }
  /** True inside a `withSession`, and not only inside a span that names a session. */
  get inDeclaredSession() {
    return this.surroundings.inDeclaredSession;
  }
  get task() {
    return this.surroundings.task;
  }
  get attribution() {
    return this.surroundings.attribution;
  }
  /** Budgets of enclosing calls and of attribution. Scopes and sessions have their own. */
  get budgets() {
    return this.surroundings.budgets;
  }
  /** The budget reservation of this call, or else of the nearest enclosing call. */
  get reservation() {
    return this.surroundings.reservation;
  }
  /** The tool call that this span is part of; its own if it is one. */
  get tool() {
    return this.isCall ? this.ownTool : this.surroundings.tool;
  }
  /** The wrapper's call that this span is part of; its own if it is one. */
  get openCall() {
    return this.isCall ? this.ownCall : this.surroundings.openCall;
  }
  /** The surroundings of spans below. Most calls have no spans below, so the copy is made for the first one. */
  inside() {
    if (
      this.isCall &&
      (this.surroundings.tool !== this.ownTool || this.surroundings.openCall !== this.ownCall)
    ) {
      const inside = this.change();
      inside.tool = this.ownTool;
      inside.openCall = this.ownCall;
    }
    return this.surroundings;
  }
  /** Makes this span a tool call or a wrapper's call. Spans that start below are part of the call. */
  becomeCall(tool, call) {
    this.isCall = true;
    this.ownTool = tool;
    this.ownCall = call;
  }
  /** Returns a copy of the surroundings, to be changed for this span and for spans that start below it from now on. */
  change() {
    this.surroundings = new Surroundings(this.surroundings);
    return this.surroundings;
  }
  /** Releases the call when it has ended: its task may keep this record longer, by the response id. */
  leaveCall() {
    this.ownCall = void 0;
    this.ownTool = void 0;
  }
  /** The scopes and the session that this span opened. */
  books() {
    const books2 = [];
    if (this.ownScope !== void 0) books2.push(this.ownScope);
    if (this.ownTask?.scope !== void 0) books2.push(this.ownTask.scope);
    if (this.ownSession !== void 0) books2.push(this.ownSession);
    return books2;
  }
  /** Called when the span has ended. */
  end() {
    this.ended = true;
    this.close();
  }
};
var HOLDER = Symbol.for(sharedName('listeners'));
var listeners = sharedListeners();
function sharedListeners() {
  const holder = globalThis;
  holder[HOLDER] ??= { all: [] };
  return holder[HOLDER];
}
function notifyBilled(bill, record) {
  if (isAside()) return;
  for (const listener of listeners.all) {
    try {
      listener.billed(bill, record);
    } catch (error) {
      warnThrown(error);
    }
  }
}
function notifyTaskEnded(task, record) {
  notify((listener) => listener.taskEnded(task, record));
}
function notifyBudgetCrossed(budget, record) {
  notify((listener) => listener.budgetCrossed?.(budget, record));
}
function notifyBudgetBlind(budget, record) {
  notify((listener) => listener.budgetBlind?.(budget, record));
}
function notify(what) {
  if (isAside()) return;
  for (const listener of listeners.all) {
    try {
      what(listener);
    } catch (error) {
      warnThrown(error);
    }
  }
}
function warnThrown(error) {
  warnOnce('a listener threw', error);
}
var PICO_PER_USD3 = 1e12;
var PICO_PER_NANO = 1e3;
var MAX_POST_USD = 1e6;
var MAX_POST_PICO = MAX_POST_USD * PICO_PER_USD3;
function isPostableUsd(value) {
  return typeof value === 'number' && value >= 0 && value <= MAX_POST_USD;
}
var MAX_EXACT_PICO = 2 ** 51;
function picoFromUsd(usd2) {
  return survivingPico(Math.round(usd2 * PICO_PER_USD3) + 0);
}
function survivingPico(pico) {
  let kept = pico;
  while (kept > MAX_EXACT_PICO) {
    const readBack = (kept / PICO_PER_USD3) * PICO_PER_USD3;
    if (readBack === kept) break;
    kept = readBack > kept ? Math.ceil(readBack) : Math.floor(readBack);
  }
  return kept;
}
function usdFromPico(pico) {
  return pico / PICO_PER_USD3;
}
var UsdSum = class _UsdSum {
  small = 0;
  large = 0n;
  add(pico) {
    const sum2 = this.small + pico;
    if (sum2 <= Number.MAX_SAFE_INTEGER) {
      this.small = sum2;
      return;
    }
    this.large += BigInt(this.small) + BigInt(pico);
    this.small = 0;
  }
  addSum(other) {
    this.add(other.small);
    this.large += other.large;
  }
  /** This sum minus another one that is known to be part of it. */
  minus(part) {
    const rest = new _UsdSum();
    rest.large = this.toBigInt() - part.toBigInt();
    return rest;
  }
  get isZero() {
    return this.small === 0 && this.large === 0n;
  }
  /** Whole pico-dollars: a number up to about $9,007, else a bigint. */
  toUnits() {
    return this.large === 0n ? this.small : this.toBigInt();
  }
  toBigInt() {
    return this.large + BigInt(this.small);
  }
  /** Dollars: the double nearest to the exact sum. */
  toUsd() {
    return this.large === 0n ? this.small / PICO_PER_USD3 : bigToUsd(this.toBigInt());
  }
  /**
   * Dollars for each of `count` units. The sum of five times $0.0035 gives exactly $0.0035 each; dividing the
   * double of dollars would not.
   */
  perUnitUsd(count) {
    return this.large === 0n ? this.small / (count * PICO_PER_USD3) : this.toUsd() / count;
  }
  /** Whole nano-dollars, rounded to the nearest. */
  toNanoUsd() {
    if (this.large === 0n) return Math.round(this.small / PICO_PER_NANO);
    return Number((this.toBigInt() + 500n) / 1000n);
  }
};
function bigToUsd(pico) {
  if (pico <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(pico) / PICO_PER_USD3;
  const whole2 = pico / 1000000000000n;
  return Number(whole2) + Number(pico % 1000000000000n) / PICO_PER_USD3;
}
function answered(answer, rejected = ignore) {
  if (answer instanceof Promise) Promise.prototype.then.call(answer, void 0, rejected);
  return answer;
}
function ignore() {}
var MAX_ENDED_ABOVE = 7;
function letGoOfPast(record) {
  const last = lastOfNearest(record);
  if (last === void 0) return 0;
  const outermost = outermostEnded(last);
  if (outermost === void 0) return 0;
  let released = 0;
  for (let at2 = last.parent; at2 !== void 0 && at2 !== outermost; at2 = at2.parent) {
    if (at2.ownsScope) released += 1;
  }
  if (released === 0) return 0;
  last.moveBelow(outermost);
  last.ownTask?.moveInto(outermost.task);
  outermostOwnScope(last)?.moveInto(outermost.scope ?? outermost.task?.scope);
  return released;
}
function outermostEnded(record) {
  let found;
  for (let at2 = record.parent; at2?.ended; at2 = at2.parent) {
    if (at2.ownTask !== void 0 || (at2.ownsScope && found?.ownTask === void 0)) found = at2;
  }
  return found;
}
function lastOfNearest(record) {
  let kept = 0;
  let at2 = record;
  while (at2.parent?.ended) {
    const isFull = kept >= MAX_ENDED_ABOVE;
    if (isFull && at2.ownsScope) return at2;
    if (isFull && !at2.parent.ownsScope) {
      at2.moveBelow(at2.parent.parent);
    } else {
      at2 = at2.parent;
      if (at2.ownsScope) kept += 1;
    }
  }
  return void 0;
}
function outermostOwnScope({ ownTask, ownScope }) {
  return ownTask?.scope ?? ownScope;
}
function giveUpUnread(runtime, record) {
  const { reservation } = record;
  if (reservation === void 0 || reservation === record.parent?.reservation) return;
  if (reservation.isOpen && reservation.isUnread) countUnknown(runtime, reservation.keep(), record);
}
function countUnknown(runtime, kept, record) {
  for (const { budget, crossed } of kept) if (crossed) notifyBudgetCrossed(budget, record);
  const blind = kept.filter(({ isBlind }) => isBlind);
  if (blind.length === 0) return;
  runtime.stats.budgetUnknownCalls += 1;
  for (const { budget } of blind) notifyBudgetBlind(budget, record);
}
var INPUT_KINDS = [
  'input',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'cacheRead',
  'cacheReadAudio',
  'cacheReadImage',
  'cacheWrite',
  'cacheWrite1h',
];
var OUTPUT_KINDS = ['output', 'outputAudio', 'outputImage', 'outputVideo', 'reasoning', 'citation'];
var TOKEN_KINDS = [...INPUT_KINDS, ...OUTPUT_KINDS];
function noTokens() {
  return {
    input: 0,
    inputAudio: 0,
    inputImage: 0,
    inputVideo: 0,
    cacheRead: 0,
    cacheReadAudio: 0,
    cacheReadImage: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
    outputAudio: 0,
    outputImage: 0,
    outputVideo: 0,
    reasoning: 0,
    citation: 0,
  };
}
function inputTokens(t) {
  return t.input + t.inputAudio + t.inputImage + t.inputVideo + cacheReadTokens(t) + cacheWriteTokens(t);
}
function outputTokens(t) {
  return t.output + t.outputAudio + t.outputImage + t.outputVideo + t.reasoning + t.citation;
}
function cacheReadTokens(t) {
  return t.cacheRead + t.cacheReadAudio + t.cacheReadImage;
}
function cacheWriteTokens(t) {
  return t.cacheWrite + t.cacheWrite1h;
}
function addTokens(into, more2) {
  addInputTokens(into, more2);
  addOutputTokens(into, more2);
}
function addInputTokens(into, more2) {
  into.input += more2.input;
  into.inputAudio += more2.inputAudio;
  into.inputImage += more2.inputImage;
  into.inputVideo += more2.inputVideo;
  into.cacheRead += more2.cacheRead;
  into.cacheReadAudio += more2.cacheReadAudio;
  into.cacheReadImage += more2.cacheReadImage;
  into.cacheWrite += more2.cacheWrite;
  into.cacheWrite1h += more2.cacheWrite1h;
}
function addOutputTokens(into, more2) {
  into.output += more2.output;
  into.outputAudio += more2.outputAudio;
  into.outputImage += more2.outputImage;
  into.outputVideo += more2.outputVideo;
  into.reasoning += more2.reasoning;
  into.citation += more2.citation;
}
var MAX_NAMES2 = 32;
var OTHER_NAMES = '(other)';
var UNKNOWN_NAME = '(unknown)';
function rowMove(bill) {
  const { kind } = bill;
  if (kind !== 'llm' && kind !== 'tool') return void 0;
  const to = rowName(bill);
  return { kind, from: bill.unpricedRow ?? to, to };
}
function rowName({ kind, subject, name }) {
  const called = kind === 'tool' ? subject?.toolName : subject?.model;
  return called ?? (name === kind ? void 0 : name) ?? UNKNOWN_NAME;
}
var RowPosting = class {
  constructor(kind, calls, posting) {
    this.kind = kind;
    this.calls = calls;
    const { pico = 0, tokens } = posting;
    this.name = rowName(posting);
    this.pico = pico;
    this.inputTokens = tokens === void 0 ? 0 : inputTokens(tokens);
    this.outputTokens = tokens === void 0 ? 0 : outputTokens(tokens);
    this.unpricedCalls = posting.unpricedCalls + (posting.settlesUnpriced ? 1 : 0);
  }
  kind;
  calls;
  name;
  pico;
  inputTokens;
  outputTokens;
  unpricedCalls;
};
function rowPosting(posting) {
  const { kind, pico = 0, tokens } = posting;
  if (kind !== 'llm' && kind !== 'tool') return void 0;
  const calls = kind === 'llm' ? posting.llmCalls : posting.toolCalls;
  if (calls === 0 && pico === 0 && tokens === void 0 && posting.unpricedCalls >= 0) return void 0;
  return new RowPosting(kind, calls, posting);
}
var CallRow = class {
  constructor(name) {
    this.name = name;
  }
  name;
  next;
  cost = new UsdSum();
  calls = 0;
  unpricedCalls = 0;
  inputTokens = 0;
  outputTokens = 0;
  add(posting) {
    if (posting.pico > 0) this.cost.add(posting.pico);
    this.calls += posting.calls;
    this.inputTokens += posting.inputTokens;
    this.outputTokens += posting.outputTokens;
    this.unpricedCalls += posting.unpricedCalls;
  }
  addRow(other) {
    this.cost.addSum(other.cost);
    this.calls += other.calls;
    this.unpricedCalls += other.unpricedCalls;
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
  }
  /** True once its only calls were counted in other rows. */
  get isEmpty() {
    return this.calls + this.unpricedCalls + this.inputTokens + this.outputTokens === 0 && this.cost.isZero;
  }
  toolTotals() {
    return { costUsd: this.cost.toUsd(), calls: this.calls, unpricedCalls: this.unpricedCalls };
  }
  modelTotals() {
    return { ...this.toolTotals(), inputTokens: this.inputTokens, outputTokens: this.outputTokens };
  }
};
var CallRows = class {
  head;
  tail;
  latest;
  count = 0;
  add(posting) {
    this.of(posting.name).add(posting);
  }
  /** A call that `from` counts as unpriced has a price now: `to` counts it. */
  settleUnpriced(from, to) {
    const counting = this.find(from) ?? this.find(shortText(from)) ?? this.find(OTHER_NAMES);
    if (counting === void 0 || counting.unpricedCalls === 0) return;
    counting.unpricedCalls -= 1;
    const row = this.of(to);
    if (row === counting || counting.calls === 0) return;
    counting.calls -= 1;
    row.calls += 1;
  }
  addRows(other) {
    for (let at2 = other.head; at2 !== void 0; at2 = at2.next) this.of(at2.name).addRow(at2);
  }
  byModel() {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.modelTotals()]));
  }
  byTool() {
    return Object.fromEntries(this.rows().map((row) => [row.name, row.toolTotals()]));
  }
  rows() {
    const rows2 = [];
    for (let at2 = this.head; at2 !== void 0; at2 = at2.next) if (!at2.isEmpty) rows2.push(at2);
    return rows2;
  }
  of(name) {
    const { latest } = this;
    if (latest !== void 0 && latest.name === name) return latest;
    const row = this.find(name) ?? this.create(name);
    this.latest = row;
    return row;
  }
  create(given) {
    const isFull = this.count >= MAX_NAMES2;
    const name = isFull ? OTHER_NAMES : given.length > MAX_NAME_CHARS ? shortText(given) : given;
    const known = name === given ? void 0 : this.find(name);
    return known ?? this.append(new CallRow(name));
  }
  append(row) {
    if (this.tail === void 0) this.head = row;
    else this.tail.next = row;
    this.tail = row;
    this.count += 1;
    return row;
  }
  find(name) {
    for (let at2 = this.head; at2 !== void 0; at2 = at2.next) if (at2.name === name) return at2;
    return void 0;
  }
};
function plus(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum2 = a + b;
    if (Number.isSafeInteger(sum2)) return sum2;
  }
  return narrowed(BigInt(a) + BigInt(b));
}
function minus(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a - b;
    if (Number.isSafeInteger(rest)) return rest;
  }
  return narrowed(BigInt(a) - BigInt(b));
}
function unitsOf(amount2) {
  return Number.isSafeInteger(amount2) ? amount2 : BigInt(amount2);
}
function unitsFromText(text22) {
  return narrowed(BigInt(text22));
}
function narrowed(units) {
  const number = Number(units);
  return Number.isSafeInteger(number) ? number : units;
}
var MICROS_PER_SECOND = 1e6;
var Account = class {
  llm = new UsdSum();
  tool = new UsdSum();
  // Most scopes have none of these. The sums are created on first use, because many scopes may be open at once.
  rareSums;
  inputTokens = 0;
  outputTokens = 0;
  cacheReadTokens = 0;
  cacheWriteTokens = 0;
  reasoningTokens = 0;
  toolOverheadTokens = 0;
  computeMicros = 0;
  llmCalls = 0;
  toolCalls = 0;
  failedCalls = 0;
  retries = 0;
  steps = 0;
  unpricedCalls = 0;
  /** Calls that were still open when the scope ended, so that their cost is missing until they end. */
  openCalls = 0;
  models;
  tools;
  /** True when an earlier part of this account was lost, so that its totals are incomplete for good. */
  partial = false;
  /** Posts a bill. `wastedPico` is the part of it that is wasted in this scope. `row`: its call, counted by name. */
  add(posting, wastedPico, row) {
    const { pico = 0, tokens } = posting;
    if (pico > 0) this.sumOf(posting.kind).add(pico);
    if (wastedPico > 0) this.rareSum('wasted').add(wastedPico);
    if (posting.savedPico > 0) this.rareSum('saved').add(posting.savedPico);
    if (posting.estimated !== void 0 && posting.estimated > 0)
      this.rareSum('estimated').add(posting.estimated);
    this.llmCalls += posting.llmCalls;
    this.toolCalls += posting.toolCalls;
    this.failedCalls += posting.failedCalls;
    this.retries += posting.retries;
    this.unpricedCalls += posting.unpricedCalls;
    if (tokens !== void 0) this.addTokens(tokens, row);
    this.toolOverheadTokens += posting.toolOverheadTokens ?? 0;
    this.computeMicros += posting.computeMicros ?? 0;
    if (row !== void 0) this.rowsOf(row.kind).add(row);
  }
  /** Counts a call in another row, once its model is known. */
  moveRow({ kind, from, to }) {
    this.rowsOf(kind).settleUnpriced(from, to);
  }
  /** Adds all of another account, whose scope turned out to belong here only when it ended. */
  addAccount(other) {
    this.llm.addSum(other.llm);
    this.tool.addSum(other.tool);
    for (const part of RARE_PARTS) {
      const sum2 = other.rareSums?.[part];
      if (sum2 !== void 0) this.rareSum(part).addSum(sum2);
    }
    for (const count of COUNTS) this[count] += other[count];
    this.partial ||= other.partial;
    this.models = sumOfRows(this.models, other.models);
    this.tools = sumOfRows(this.tools, other.tools);
  }
  /** The exact total of the four parts. */
  total() {
    const sum2 = new UsdSum();
    sum2.addSum(this.llm);
    sum2.addSum(this.tool);
    if (this.rareSums !== void 0) {
      sum2.addSum(this.compute);
      sum2.addSum(this.other);
    }
    return sum2;
  }
  /** The exact total in whole pico-dollars. */
  get totalUnits() {
    const sum2 = plus(this.llm.toUnits(), this.tool.toUnits());
    if (this.rareSums === void 0) return sum2;
    return plus(sum2, plus(this.compute.toUnits(), this.other.toUnits()));
  }
  /** False for an account with LLM and tool costs only. */
  get hasRareCosts() {
    return this.rareSums !== void 0;
  }
  get compute() {
    return this.rareSums?.compute ?? NOTHING22;
  }
  /** Storage and network included. */
  get other() {
    return this.rareSums?.other ?? NOTHING22;
  }
  get wasted() {
    return this.rareSums?.wasted ?? NOTHING22;
  }
  get estimated() {
    return this.rareSums?.estimated ?? NOTHING22;
  }
  get saved() {
    return this.rareSums?.saved ?? NOTHING22;
  }
  /** Marks an amount that was already posted as wasted. */
  addWaste(waste) {
    this.rareSum('wasted').addSum(waste);
  }
  rareSum(part) {
    this.rareSums ??= {};
    const sum2 = this.rareSums[part] ?? new UsdSum();
    this.rareSums[part] = sum2;
    return sum2;
  }
  /**
   * True when an LLM call or a cost was posted, even one with an unknown amount. False when there were only local
   * tools.
   */
  get hasBills() {
    return this.llmCalls + this.unpricedCalls > 0 || !this.total().isZero;
  }
  get computeSeconds() {
    return this.computeMicros / MICROS_PER_SECOND;
  }
  /** LLM calls and billable tool calls of unknown cost, and those that are still open. */
  get missingCalls() {
    return this.unpricedCalls + this.openCalls;
  }
  get isComplete() {
    return this.missingCalls === 0 && !this.partial;
  }
  /** A snapshot of all totals: a plain object of numbers that does not change later. */
  totals() {
    return {
      costUsd: this.total().toUsd(),
      llmCostUsd: this.llm.toUsd(),
      toolCostUsd: this.tool.toUsd(),
      computeCostUsd: this.compute.toUsd(),
      computeSeconds: this.computeSeconds,
      otherCostUsd: this.other.toUsd(),
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      totalTokens: this.inputTokens + this.outputTokens,
      cacheReadTokens: this.cacheReadTokens,
      cacheWriteTokens: this.cacheWriteTokens,
      reasoningTokens: this.reasoningTokens,
      toolOverheadTokens: this.toolOverheadTokens,
      llmCalls: this.llmCalls,
      toolCalls: this.toolCalls,
      failedCalls: this.failedCalls,
      retries: this.retries,
      steps: this.steps,
      wastedCostUsd: this.wasted.toUsd(),
      savedCostUsd: this.saved.toUsd(),
      estimatedCostUsd: this.estimated.toUsd(),
      costComplete: this.isComplete,
      unpricedCalls: this.missingCalls,
      byModel: this.models?.byModel() ?? {},
      byTool: this.tools?.byTool() ?? {},
    };
  }
  rowsOf(kind) {
    if (kind === 'llm') {
      this.models ??= new CallRows();
      return this.models;
    }
    this.tools ??= new CallRows();
    return this.tools;
  }
  /** The sums are the same in every account, so the sums of the row are used if there is one. */
  addTokens(tokens, row) {
    this.inputTokens += row?.inputTokens ?? inputTokens(tokens);
    this.outputTokens += row?.outputTokens ?? outputTokens(tokens);
    this.cacheReadTokens += cacheReadTokens(tokens);
    this.cacheWriteTokens += cacheWriteTokens(tokens);
    this.reasoningTokens += tokens.reasoning;
  }
  sumOf(kind) {
    switch (kind) {
      case 'llm':
        return this.llm;
      case 'tool':
        return this.tool;
      case 'compute':
        return this.rareSum('compute');
      default:
        return this.rareSum('other');
    }
  }
};
function sumOfRows(own, other) {
  if (other === void 0) return own;
  const sum2 = own ?? new CallRows();
  sum2.addRows(other);
  return sum2;
}
var RARE_PARTS = ['compute', 'other', 'wasted', 'saved', 'estimated'];
var NOTHING22 = new UsdSum();
Object.freeze(NOTHING22);
var COUNTS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'toolOverheadTokens',
  'computeMicros',
  'llmCalls',
  'toolCalls',
  'failedCalls',
  'retries',
  'steps',
  'unpricedCalls',
];
var MAX_SHOWN = 10;
var SHOWN_FIRST = 3;
var SHOWN_LAST = 2;
var CallLine = class {
  kind = 'other';
  name;
  hasTokens = false;
  inputTokens = 0;
  outputTokens = 0;
  llmCalls = 0;
  toolCalls = 0;
  pico;
  status;
  failed = false;
  /** False for a tool that costs nothing because no price was set for it. */
  isBilled = true;
  /** Why it is unpriced or estimated; undefined if it is neither. */
  reason;
  set(bill) {
    const { kind, tokens, subject } = bill;
    this.kind = kind;
    this.name = bill.name ?? subject?.model ?? subject?.toolName;
    this.hasTokens = tokens !== void 0;
    this.inputTokens = tokens === void 0 ? 0 : inputTokens(tokens);
    this.outputTokens = tokens === void 0 ? 0 : outputTokens(tokens);
    this.llmCalls = bill.llmCalls;
    this.toolCalls = bill.toolCalls;
    this.pico = bill.pico;
    this.status = bill.status;
    this.failed = bill.failed;
    this.isBilled = bill.source !== 'none';
    this.reason = bill.reason;
    return this;
  }
};
var Entry = class {
  constructor(line) {
    this.line = line;
  }
  line;
  next;
};
var ReceiptLines = class {
  /** The number of lines added, including those not kept. */
  count = 0;
  head;
  tail;
  /** Undefined while all lines fit. */
  last;
  failed;
  unpriced;
  mostExpensive;
  addCall(bill) {
    if (this.count === MAX_SHOWN) this.shorten();
    const isHigher = (bill.pico ?? 0) > (this.mostExpensive?.pico ?? 0);
    if (this.count >= MAX_SHOWN && (isHigher || bill.failed || bill.status === 'unpriced')) {
      this.sample(new CallLine().set(bill));
    }
    const isFree2 = this.count >= MAX_SHOWN + SHOWN_LAST;
    const place = isFree2 ? this.last?.[this.count % SHOWN_LAST] : void 0;
    this.add(place instanceof CallLine ? place.set(bill) : new CallLine().set(bill));
  }
  addScope(scope) {
    if (this.count === MAX_SHOWN) this.shorten();
    this.add(scope);
  }
  /** All lines, or the first ones and the rest with a gap in between. */
  shown() {
    const { last, count } = this;
    const first2 = this.firstLines();
    if (last === void 0) return { first: first2, rest: [] };
    const isOld = (line) => line !== void 0 && !last.some((at2) => isSame(at2, line));
    const kept = /* @__PURE__ */ new Set([this.mostExpensive, this.failed, this.unpriced]);
    const samples = [...kept].filter((line) => line !== void 0).filter(isOld);
    const oldest2 = count % SHOWN_LAST;
    return { first: first2, rest: [...samples, ...last.slice(oldest2), ...last.slice(0, oldest2)] };
  }
  add(line) {
    if (this.last !== void 0) this.last[this.count % SHOWN_LAST] = line;
    else {
      const entry = new Entry(line);
      if (this.tail === void 0) this.head = entry;
      else this.tail.next = entry;
      this.tail = entry;
    }
    this.count += 1;
  }
  firstLines() {
    const lines = [];
    for (let at2 = this.head; at2 !== void 0; at2 = at2.next) lines.push(at2.line);
    return lines;
  }
  /**
   * Called for the first line that does not fit. Of the lines in between, only the most expensive, one failed and one
   * unpriced call are kept.
   */
  shorten() {
    const last = [];
    let place = 0;
    for (let at2 = this.head; at2 !== void 0; at2 = at2.next) {
      if (place >= SHOWN_FIRST && at2.line instanceof CallLine) this.sample(at2.line);
      last[place % SHOWN_LAST] = at2.line;
      place += 1;
      if (place === SHOWN_FIRST) this.tail = at2;
    }
    if (this.tail !== void 0) this.tail.next = void 0;
    this.last = last;
  }
  sample(line) {
    if ((line.pico ?? 0) > (this.mostExpensive?.pico ?? 0)) this.mostExpensive = line;
    if (line.failed) this.failed ??= line;
    else if (line.status === 'unpriced') this.unpriced ??= line;
  }
};
function isSame(line, sample) {
  if (!(line instanceof CallLine) || line.failed !== sample.failed || line.status !== sample.status)
    return false;
  return line.name === sample.name && line.pico === sample.pico && line.inputTokens === sample.inputTokens;
}
var MAX_SESSIONS = 1e3;
var SessionsInside = class {
  shares = /* @__PURE__ */ new Map();
  add(session, pico, wastedPico) {
    let share = this.shares.get(session);
    if (share === void 0) {
      if (this.shares.size >= MAX_SESSIONS) this.dropFirst();
      share = { spent: new UsdSum(), wasted: new UsdSum() };
      this.shares.set(session, share);
    }
    share.spent.add(pico);
    share.wasted.add(wastedPico);
  }
  /** Records that an inner task failed, so that this amount is already wasted in the session. */
  addWaste(session, waste) {
    this.shares.get(session)?.wasted.addSum(waste);
  }
  /** The amount in each session that is not yet wasted. */
  *stillCounted() {
    for (const [session, { spent, wasted: wasted2 }] of this.shares) yield [session, spent.minus(wasted2)];
  }
  dropFirst() {
    for (const first2 of this.shares.keys()) {
      this.shares.delete(first2);
      break;
    }
  }
};
var Scope = class {
  constructor(kind, parent, sessions) {
    this.kind = kind;
    this.parent = parent;
    this.sessions = sessions;
    this.nearestAgent = kind === 'agent' ? this : parent?.nearestAgent;
    if (parent === void 0 || parent.ended) return;
    parent.lines ??= new ReceiptLines();
    parent.lines.addScope(this);
  }
  kind;
  parent;
  sessions;
  account = new Account();
  /** The lines of its receipt. Undefined while the scope is empty. */
  lines;
  /** A task's name, or a step's number. */
  name;
  /** True if its span has ended. Later posts are late. */
  ended = false;
  /** True if there were posts since its roll-up was last written. */
  stale = false;
  /** The agent's name, if known. */
  agentName;
  /** True for a task without success: everything in it is wasted. */
  unsuccessful = false;
  /** True for a task that was cancelled rather than failed. */
  cancelled = false;
  /** For a step: the largest part of its model's context window that one of its own calls filled. */
  contextUsedRatio;
  /** For a step: the increase of that ratio since the previous step. */
  contextGrowthRatio;
  lastStepRatio;
  /** True for a task that the app declared and whose outcome is open. */
  mayFail = false;
  /** Amounts spent in sessions that were entered inside this scope. Undefined while there are none. */
  sessionsInside;
  /** Its budget. Undefined means no limit. */
  budget;
  /** The calls that failed in it. Undefined while there are none. */
  failedCalls;
  /** The tally of all tasks with its name. Undefined unless this is an outermost task. */
  tally;
  declaredSteps = 0;
  directLlmCalls = 0;
  /**
   * Direct LLM calls in sessions that were entered further inside. Kept only for the latest of these sessions,
   * because there may be many.
   */
  directFurtherIn;
  directInOwnSessions = 0;
  /** Itself, or the nearest agent around it. */
  nearestAgent;
  /** Adds a call made directly in this scope to the receipt. */
  noteCall(bill) {
    this.lines ??= new ReceiptLines();
    this.lines.addCall(bill);
  }
  /** Moves this scope into a scope further out. The scopes in between are no longer referenced. */
  moveInto(parent) {
    this.sessions = this.sessionsAround();
    this.parent = parent;
  }
  /** The sessions that this scope is in. */
  sessionsAround() {
    let at2 = this;
    while (at2.sessions === void 0 && at2.parent !== void 0) at2 = at2.parent;
    return at2.sessions;
  }
  /** True while the LLM calls made directly in this scope count as its steps. */
  get countsLlmCalls() {
    return this.kind !== 'step' && this.declaredSteps === 0;
  }
  /**
   * Counts an LLM call made directly in a task or an agent as one agent-loop turn, unless the loop declares steps
   * of its own. `sessions` are the sessions of the call.
   */
  countDirectLlmCall(sessions = this.sessionsAround()) {
    if (!this.countsLlmCalls) return;
    this.directLlmCalls += 1;
    const furtherIn = this.directFurtherIn;
    if (sessions === this.sessionsAround()) this.directInOwnSessions += 1;
    else if (furtherIn !== void 0 && furtherIn.sessions === sessions) furtherIn.llmCalls += 1;
    else this.directFurtherIn = { sessions, llmCalls: 1 };
    addSteps(this, 1);
    addSessionSteps(sessions, 1);
  }
  /** Counts a turn that the app declared in `sessions`. Returns its number, from 1. */
  countDeclaredStep(sessions = this.sessionsAround()) {
    if (this.declaredSteps === 0) this.takeBackDirectCalls();
    this.declaredSteps += 1;
    addSteps(this, 1);
    addSessionSteps(sessions, 1);
    return this.declaredSteps;
  }
  /** Records the part of its model's context window that a call made directly in this scope filled. */
  noteContext(usedRatio) {
    if (this.contextUsedRatio === void 0 || usedRatio > this.contextUsedRatio)
      this.contextUsedRatio = usedRatio;
  }
  /**
   * Ends a step. The next step of the same loop is compared with it: `cost.context_growth_ratio` shows a context that
   * grows with each step.
   */
  endStep() {
    const { contextUsedRatio: ratio, parent: loop } = this;
    if (ratio === void 0 || loop === void 0) return;
    if (loop.lastStepRatio !== void 0) this.contextGrowthRatio = ratio - loop.lastStepRatio;
    loop.lastStepRatio = ratio;
  }
  /** The number of the next turn. */
  get nextStep() {
    return this.declaredSteps + 1;
  }
  takeBackDirectCalls() {
    addSteps(this, -this.directLlmCalls);
    addSessionSteps(this.sessionsAround(), -this.directInOwnSessions);
    const { directFurtherIn } = this;
    if (directFurtherIn !== void 0) addSessionSteps(directFurtherIn.sessions, -directFurtherIn.llmCalls);
  }
  /**
   * Marks a task as not successful. Its spending so far becomes waste in the task, in all enclosing scopes, and in
   * the sessions around and inside it. Returns the amount that was not wasted in any scope before, or undefined for
   * nothing.
   */
  failWhole() {
    if (this.unsuccessful) return void 0;
    this.unsuccessful = true;
    const stillCounted = this.account.total().minus(this.account.wasted);
    if (stillCounted.isZero) return void 0;
    this.account.addWaste(stillCounted);
    addWasteAround(this, stillCounted);
    return isUnsuccessful(this.parent) ? void 0 : stillCounted;
  }
  /** Records the amount that a bill adds to the sessions entered inside this scope. */
  notePostInside(sessions, pico, wastedPico) {
    const own = this.sessionsAround()?.session;
    let entry = sessions;
    for (; entry !== void 0 && entry.session !== own; entry = entry.outer) {
      this.sessionsInside ??= new SessionsInside();
      this.sessionsInside.add(entry.session, pico, wastedPico);
    }
  }
};
function accountOf(book) {
  return 'session' in book ? book.session.account : book.account;
}
function post(posting, scope, sessions) {
  let wastedPico = posting.wastedPico;
  const row = rowPosting(posting);
  for (let at2 = scope; at2 !== void 0; at2 = at2.parent) {
    if (at2.unsuccessful) wastedPico = posting.pico ?? 0;
    at2.account.add(posting, wastedPico, row);
    at2.tally?.add(posting);
    if (at2.mayFail && sessions !== void 0 && sessions !== at2.sessions) {
      at2.notePostInside(sessions, posting.pico ?? 0, wastedPico);
    }
    if (at2.ended) at2.stale = true;
  }
  for (let entry = sessions; entry !== void 0; entry = entry.outer) {
    entry.session.account.add(posting, wastedPico, row);
    if (entry.ended) entry.stale = true;
  }
}
function isUnsuccessful(scope) {
  for (let at2 = scope; at2 !== void 0; at2 = at2.parent) if (at2.unsuccessful) return true;
  return false;
}
function addSteps(scope, count) {
  for (let at2 = scope; at2 !== void 0; at2 = at2.parent) {
    at2.account.steps += count;
    if (at2.ended) at2.stale = true;
  }
}
function addSessionSteps(sessions, count) {
  for (let entry = sessions; entry !== void 0; entry = entry.outer) {
    entry.session.account.steps += count;
    if (entry.ended) entry.stale = true;
  }
}
function addUnpriced({ scope, sessions }, unpricedCalls) {
  for (let at2 = scope; at2 !== void 0; at2 = at2.parent) {
    at2.account.unpricedCalls += unpricedCalls;
    at2.tally?.add({ pico: 0, unpricedCalls });
    if (at2.ended) at2.stale = true;
  }
  for (let entry = sessions; entry !== void 0; entry = entry.outer) {
    entry.session.account.unpricedCalls += unpricedCalls;
    if (entry.ended) entry.stale = true;
  }
}
function moveRow({ scope, sessions }, bill) {
  const move = rowMove(bill);
  if (move === void 0) return;
  for (let at2 = scope; at2 !== void 0; at2 = at2.parent) at2.account.moveRow(move);
  for (let entry = sessions; entry !== void 0; entry = entry.outer) entry.session.account.moveRow(move);
}
function addWasteAround(task, waste) {
  for (let at2 = task.parent; at2 !== void 0; at2 = at2.parent) {
    if (at2.unsuccessful) return;
    at2.account.addWaste(waste);
    if (at2.ended) at2.stale = true;
  }
  for (let entry = task.sessionsAround(); entry !== void 0; entry = entry.outer) {
    addSessionWaste(entry.session, waste, task);
    if (entry.ended) entry.stale = true;
  }
  if (task.sessionsInside === void 0) return;
  for (const [session, part] of task.sessionsInside.stillCounted()) addSessionWaste(session, part, task);
}
function addSessionWaste(session, waste, task) {
  session.account.addWaste(waste);
  for (let at2 = task.parent; at2 !== void 0; at2 = at2.parent) at2.sessionsInside?.addWaste(session, waste);
}
var waiting = /* @__PURE__ */ new Map();
function giveUpBodiesIn(task) {
  if (waiting.size === 0) return;
  for (const [call, { record }] of [...waiting]) if (isIn(record, task)) call.giveUpBody();
}
function isIn(record, task) {
  for (let at2 = record.task; at2 !== void 0; at2 = at2.around) if (at2 === task) return true;
  return false;
}
var TAG_PREFIX = 'cost.tag.';
var COST_USD = 'cost_usd';
var COST_KIND = 'cost.kind';
var COST_SOURCE = 'cost.source';
var COST_STATUS = 'cost.status';
var COST_REASON = 'cost.reason';
var COST_ANOMALY = 'cost.anomaly';
var COST_SAVED_USD = 'cost.saved_usd';
var COST_ATTEMPT = 'cost.attempt';
var TASK_ID = 'task.id';
var TASK_NAME = 'task.name';
var TASK_ROOT_ID = 'task.root_id';
var TASK_OUTCOME = 'task.outcome';
var TASK_BUDGET_USD = 'task.budget_usd';
var TASK_OVER_BUDGET = 'task.over_budget';
var BUDGET_SCOPE = 'cost.budget.scope';
var BUDGET_MEASURE = 'cost.budget.measure';
var BUDGET_LIMIT = 'cost.budget.limit';
var BUDGET_SPENT = 'cost.budget.spent';
var BUDGET_THRESHOLD = 'cost.budget.threshold';
var SESSION_ID = 'session.id';
var USER_ID = 'user.id';
function costTag(key) {
  return `${TAG_PREFIX}${key}`;
}
var OPERATION_NAME = 'gen_ai.operation.name';
var PROVIDER_NAME = 'gen_ai.provider.name';
var RESPONSE_MODEL = 'gen_ai.response.model';
var USAGE_INPUT_TOKENS = 'gen_ai.usage.input_tokens';
var USAGE_OUTPUT_TOKENS = 'gen_ai.usage.output_tokens';
var USAGE_CACHE_READ_TOKENS = 'gen_ai.usage.cache_read.input_tokens';
var USAGE_CACHE_WRITE_TOKENS = 'gen_ai.usage.cache_creation.input_tokens';
var USAGE_REASONING_TOKENS = 'gen_ai.usage.reasoning.output_tokens';
var AGENT_NAME = 'gen_ai.agent.name';
var TOOL_NAME = 'gen_ai.tool.name';
var ERROR_TYPE = 'error.type';
var MAX_TIMER_MILLIS = 2 ** 31 - 1;
var BudgetAlarm = class {
  controller;
  timer;
  get signal() {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }
  get aborted() {
    return this.controller?.signal.aborted === true;
  }
  abort(reason) {
    if (this.aborted) return;
    this.controller ??= new AbortController();
    this.controller.abort(reason());
  }
  /** If the current signal has aborted, later reads of `signal` get a new one. */
  reset() {
    if (this.aborted) this.controller = void 0;
  }
  /** Replaces the timer. It does not keep the process alive. */
  setTimer(leftMillis, timeUp) {
    this.stopTimer();
    if (leftMillis > MAX_TIMER_MILLIS) return;
    this.timer = setTimeout(timeUp, Math.max(0, leftMillis));
    this.timer.unref();
  }
  stopTimer() {
    clearTimeout(this.timer);
    this.timer = void 0;
  }
};
function notifyThreshold(onThreshold, event) {
  const warn = (error) => warnOnce('onThreshold threw', error);
  try {
    answered(onThreshold?.(event), warn);
  } catch (error) {
    warn(error);
  }
}
var PICO_PER_USD22 = 1e12;
function isMoney(measure) {
  return measure === 'usd' || measure === 'llmUsd' || measure === 'toolUsd';
}
var Use = class _Use {
  llmPico = 0;
  toolPico = 0;
  /** Compute, storage, network and other cost. It counts only in `usd`. */
  otherPico = 0;
  tokens = 0;
  llmCalls = 0;
  toolCalls = 0;
  steps = 0;
  add(other) {
    this.llmPico = plus(this.llmPico, other.llmPico);
    this.toolPico = plus(this.toolPico, other.toolPico);
    this.otherPico = plus(this.otherPico, other.otherPico);
    this.tokens = plus(this.tokens, other.tokens);
    this.llmCalls += other.llmCalls;
    this.toolCalls += other.toolCalls;
    this.steps += other.steps;
  }
  subtract(other) {
    this.llmPico = minus(this.llmPico, other.llmPico);
    this.toolPico = minus(this.toolPico, other.toolPico);
    this.otherPico = minus(this.otherPico, other.otherPico);
    this.tokens = minus(this.tokens, other.tokens);
    this.llmCalls -= other.llmCalls;
    this.toolCalls -= other.toolCalls;
    this.steps -= other.steps;
  }
  /** Subtracts, but never below 0 in any measure. */
  subtractDownToZero({ llmPico, toolPico, tokens, llmCalls, toolCalls: toolCalls2, steps }) {
    this.llmPico = this.llmPico > llmPico ? minus(this.llmPico, llmPico) : 0;
    this.toolPico = this.toolPico > toolPico ? minus(this.toolPico, toolPico) : 0;
    this.tokens = this.tokens > tokens ? minus(this.tokens, tokens) : 0;
    this.llmCalls = Math.max(0, this.llmCalls - llmCalls);
    this.toolCalls = Math.max(0, this.toolCalls - toolCalls2);
    this.steps = Math.max(0, this.steps - steps);
  }
  /** Subtracts the posted part of a call from the amounts reserved for it. */
  subtractPosted(posted) {
    this.subtractDownToZero(posted);
    this.steps = 0;
  }
  of(measure) {
    switch (measure) {
      case 'usd':
        return plus(plus(this.llmPico, this.toolPico), this.otherPico);
      case 'llmUsd':
        return this.llmPico;
      case 'toolUsd':
        return this.toolPico;
      default:
        return this[measure];
    }
  }
  /** A short form for tables with many rows: one string takes a third of the memory. */
  toText() {
    return KEYS3.map((key) => this[key]).join(' ');
  }
  static fromText(text22) {
    const use = new _Use();
    const [llmPico = 0, toolPico = 0, otherPico = 0, tokens = 0, ...counts] = text22
      .split(' ')
      .map(unitsFromText);
    Object.assign(use, { llmPico, toolPico, otherPico, tokens });
    [use.llmCalls = 0, use.toolCalls = 0, use.steps = 0] = counts.map(Number);
    return use;
  }
  get isZero() {
    return COUNTED.every((measure) => this.of(measure) === 0);
  }
};
var KEYS3 = ['llmPico', 'toolPico', 'otherPico', 'tokens', 'llmCalls', 'toolCalls', 'steps'];
var COUNTED = ['usd', 'tokens', 'llmCalls', 'toolCalls', 'steps'];
function useOfPosting({ kind, pico = 0, tokens, llmCalls, toolCalls: toolCalls2 }) {
  const use = new Use();
  if (kind === 'llm') use.llmPico = unitsOf(pico);
  else if (kind === 'tool') use.toolPico = unitsOf(pico);
  else use.otherPico = unitsOf(pico);
  if (tokens !== void 0) use.tokens = inputTokens(tokens) + outputTokens(tokens);
  use.llmCalls = llmCalls;
  use.toolCalls = toolCalls2;
  return use;
}
function useOfAccount(account) {
  const use = new Use();
  use.llmPico = account.llm.toUnits();
  use.toolPico = account.tool.toUnits();
  use.otherPico = plus(account.compute.toUnits(), account.other.toUnits());
  use.tokens = account.inputTokens + account.outputTokens;
  use.llmCalls = account.llmCalls;
  use.toolCalls = account.toolCalls;
  use.steps = account.steps;
  return use;
}
function spentIn2(account, measure) {
  switch (measure) {
    case 'usd':
      return account.totalUnits;
    case 'llmUsd':
      return account.llm.toUnits();
    case 'toolUsd':
      return account.tool.toUnits();
    case 'tokens':
      return account.inputTokens + account.outputTokens;
    default:
      return account[measure];
  }
}
function toUnits(measure, amount2) {
  return unitsOf(isMoney(measure) ? picoFromUsd(amount2) : Math.round(amount2));
}
function fromUnits(measure, units) {
  return Number(units) / (isMoney(measure) ? PICO_PER_USD22 : 1);
}
var WINDOWS = ['day', 'month', 'total'];
var SLOT_MILLIS = 15 * 6e4;
var DAY_MILLIS3 = 864e5;
var Calendar = class {
  /** Throws a RangeError for a time zone that does not exist. */
  constructor(timeZone) {
    this.timeZone = timeZone;
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' };
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...parts });
  }
  timeZone;
  format;
  slot = Number.NaN;
  day = '';
  /** A day like `2026-11-29`, a month like `2026-11`, or `total`. */
  nameOf(window2, nowMillis) {
    if (window2 === 'total') return window2;
    const slot = Math.floor(nowMillis / SLOT_MILLIS);
    if (slot !== this.slot) {
      this.slot = slot;
      const parts = new Map(this.format.formatToParts(nowMillis).map(({ type, value }) => [type, value]));
      this.day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    }
    return window2 === 'day' ? this.day : this.day.slice(0, '2026-11'.length);
  }
};
function windowOf(name) {
  if (/^\d+-\d\d$/.test(name)) return 'month';
  return /^\d+-\d\d-\d\d$/.test(name) ? 'day' : void 0;
}
var CallCounts = class {
  llm = 0;
  tool = 0;
  tokens = 0;
  of(measure) {
    switch (measure) {
      case 'usd':
        return this.llm + this.tool;
      case 'llmUsd':
        return this.llm;
      case 'toolUsd':
        return this.tool;
      case 'tokens':
        return this.tokens;
      default:
        return 0;
    }
  }
  /** Adds `step` calls that hold money, tokens, or both. */
  count({ kind }, money, tokens, step) {
    if (money && kind === 'llm') this.llm += step;
    if (money && kind === 'tool') this.tool += step;
    if (tokens) this.tokens += step;
  }
};
var Period = class {
  /** Reserved for calls in flight that have an estimate. */
  reserved = new Use();
  /** Booked in the budget, not as cost, for calls of unknown cost. */
  kept = new Use();
  /** Calls in flight that hold money or tokens. */
  holders = new CallCounts();
  /** Those of them whose estimate is learned or missing. */
  unsure = new CallCounts();
  /** Those of them that hold all that is left. */
  alone = new CallCounts();
  /** The use of the account that does not count in this period. Undefined: all of it counts. */
  before;
};
var OpenWindow = class {
  constructor(name, startMillis, period) {
    this.name = name;
    this.startMillis = startMillis;
    this.period = period;
  }
  name;
  startMillis;
  period;
  /**
   * True when time has moved on to another period. A clock that is set back by less than a day, as time servers do,
   * does not begin the former period a second time with nothing spent.
   */
  isOver(name, nowMillis) {
    return name !== this.name && (name > this.name || nowMillis < this.startMillis - DAY_MILLIS3);
  }
};
var SYSTEM_CLOCK = {
  monotonicMillis: () => performance.now(),
  wallMillis: () => Date.now(),
};
var NO_WINDOWS = /* @__PURE__ */ new Map();
var BudgetPeriods = class {
  constructor(account, clock, holds2) {
    this.account = account;
    this.clock = clock;
    this.holds = holds2;
  }
  account;
  clock;
  holds;
  total = new Period();
  /** The current day and month, where limits ask for them. */
  open = NO_WINDOWS;
  /** The periods that apply now, each once. */
  all = [this.total];
  /** The amount used in a period: billed amounts, and amounts booked for calls of unknown cost. */
  spent(measure, { kept, before }) {
    const used = plus(spentIn2(this.account, measure), kept.of(measure));
    return before === void 0 ? used : minus(used, before.of(measure));
  }
  /**
   * The current period of a window. A day or a month that has passed is replaced by the next one. `justPosted`: a bill
   * that is already in the account and is the first one of a new period.
   */
  current(window2, calendar, justPosted) {
    if (window2 === 'total') return this.total;
    const nowMillis = this.clock.wallMillis();
    const name = calendar.nameOf(window2, nowMillis);
    const open = this.open.get(window2);
    if (open !== void 0 && !open.isOver(name, nowMillis)) return open.period;
    const period = open === void 0 ? this.firstPeriod() : this.nextPeriod(justPosted);
    this.open = new Map(this.open).set(window2, new OpenWindow(name, nowMillis, period));
    this.list();
    return period;
  }
  /**
   * A limit that is set later counts everything so far. With calls in flight or of unknown cost, its first period is
   * the whole life of the scope itself, because the amounts that these hold may still be released.
   */
  firstPeriod() {
    if (this.holds.size > 0 || !this.total.kept.isZero) return this.total;
    const period = new Period();
    period.before = copyOf(this.total.before);
    return period;
  }
  nextPeriod(justPosted) {
    const period = new Period();
    period.before = useOfAccount(this.account);
    if (justPosted !== void 0) period.before.subtract(useOfPosting(justPosted));
    return period;
  }
  /** True once there was a limit by day or month. Its periods continue without it, because it may be set again. */
  get hasWindows() {
    return this.open.size > 0;
  }
  /** Begins the next day or month where one has passed. `justPosted`: a bill that is in the account already. */
  roll(calendar, justPosted) {
    for (const window2 of this.open.keys()) this.current(window2, calendar, justPosted);
  }
  enter(hold) {
    hold.enter(this.all);
  }
  /** Moves a bill out of the current days and months into those in which its call was reserved. */
  bookWhereReserved(posting, hold) {
    for (const period of this.all) {
      if (hold.periods.includes(period)) continue;
      period.before ??= new Use();
      period.before.add(useOfPosting(posting));
    }
  }
  /** Undefined when nothing was used. */
  memory() {
    const total = this.useOf(this.total);
    if (total.isZero) return void 0;
    const memory = ['total', total.toText()];
    for (const { name, period } of this.open.values()) memory.push(name, this.useOf(period).toText());
    return memory;
  }
  useOf({ before, kept }) {
    const use = useOfAccount(this.account);
    use.add(kept);
    if (before !== void 0) use.subtract(before);
    return use;
  }
  /**
   * Counts the use of an earlier budget of the same scope in periods that have not passed. Called before anything else.
   */
  restore(memory, calendar) {
    for (const name of memory) {
      const window2 = windowOf(name);
      if (window2 !== void 0) this.current(window2, calendar);
    }
    const count = (wanted, period) => {
      const at2 = memory.indexOf(wanted);
      const use = at2 < 0 ? void 0 : memory[at2 + 1];
      if (use === void 0) return;
      period.before ??= new Use();
      period.before.subtract(Use.fromText(use));
    };
    count('total', this.total);
    for (const { name, period } of this.open.values()) count(name, period);
  }
  /** Makes a new list, because holds keep the previous one. */
  list() {
    this.all = [
      .../* @__PURE__ */ new Set([this.total, ...[...this.open.values()].map(({ period }) => period)]),
    ];
  }
};
function copyOf(use) {
  if (use === void 0) return void 0;
  const copy2 = new Use();
  copy2.add(use);
  return copy2;
}
var Limit = class {
  constructor(measure, window2, most) {
    this.measure = measure;
    this.window = window2;
    this.most = most;
  }
  measure;
  window;
  most;
  /** Thresholds reported so far in `period`. */
  told = 0;
  /** True if the limit has refused or stopped a call in `period`. */
  wasHit = false;
  /** The period that was current when the limit was last checked. */
  period;
  /** Sets another amount. Its record of reports and refusals starts over. */
  change(most) {
    if (this.most === most) return;
    this.most = most;
    this.told = 0;
    this.wasHit = false;
  }
  /** Begins again in a new day or month. */
  begin(period) {
    this.period = period;
    this.told = 0;
    this.wasHit = false;
  }
  /** Takes the thresholds, as shares of the limit in ascending order, that an amount has newly reached. */
  pass(shares, spent) {
    const reached = shares.filter((share) => Number(spent) >= share * Number(this.most)).length;
    const passed = shares.slice(this.told, reached);
    if (reached > this.told) this.told = reached;
    return passed;
  }
};
var TRIES_AT_ONCE = 16;
var TRIES_PER_TURN = 64;
var MAX_PASSED_OVER = 16;
var NOBODY = /* @__PURE__ */ new Set();
var WaitingLine = class {
  /** Created for the first call that waits, because there may be many budgets. */
  made;
  head;
  passedOver = 0;
  /** The position of the pass over the whole line. Undefined between passes. */
  pass;
  isAskedAgain = false;
  isForced = false;
  get line() {
    return this.made ?? NOBODY;
  }
  get size() {
    return this.line.size;
  }
  add(call) {
    this.made ??= /* @__PURE__ */ new Set();
    this.made.add(call);
  }
  delete(call) {
    const wasFirst = this.first === call;
    this.made?.delete(call);
    if (this.head !== call) return;
    this.head = void 0;
    this.passedOver = 0;
    if (wasFirst && this.line.size > 0) this.wakeAll(false);
  }
  /** The call that must be admitted before all others outside a running call. Undefined while it can still wait. */
  get first() {
    return this.passedOver >= MAX_PASSED_OVER && this.head?.blockedIn === this ? this.head : void 0;
  }
  /** The first call that this budget has no room for, among those that are checked. */
  firstBlocked() {
    let looks = 0;
    for (const call of this.line) {
      if (call.blockedIn === this) return call;
      looks += 1;
      if (looks === TRIES_AT_ONCE) break;
    }
    return void 0;
  }
  /** Called when a call has been admitted, before it leaves the line. */
  noteAdmitted(call) {
    const head = this.firstBlocked();
    if (head === void 0 || head === call) return;
    if (head !== this.head) this.passedOver = 0;
    this.head = head;
    this.passedOver += 1;
  }
  /**
   * Tries every call in line, because room may have been released: the first ones at once, the others in later turns.
   * `isForced`: also those that wait for a call that is still in flight, because a limit has been reached or changed.
   */
  wake(isForced = false) {
    if (this.line.size === 0) return;
    let tries = 0;
    for (const call of this.line) {
      call.tryAgain(isForced);
      tries += 1;
      if (tries === TRIES_AT_ONCE) break;
    }
    if (this.line.size > TRIES_AT_ONCE) this.wakeAll(isForced);
  }
  wakeAll(isForced) {
    this.isForced ||= isForced;
    this.isAskedAgain = true;
    if (this.pass === void 0) this.startPass();
  }
  startPass() {
    this.isAskedAgain = false;
    this.pass = this.line.values();
    setTimeout(() => this.tryNext(), 0);
  }
  tryNext() {
    const { pass } = this;
    for (let tries = 0; pass !== void 0 && tries < TRIES_PER_TURN; tries++) {
      const next2 = pass.next();
      if (next2.done) {
        this.endPass();
        return;
      }
      next2.value.tryAgain(this.isForced);
    }
    setTimeout(() => this.tryNext(), 0);
  }
  endPass() {
    this.pass = void 0;
    if (this.isAskedAgain && this.line.size > 0) this.startPass();
    else this.isForced = false;
  }
};
var SHORT_LIVED = /* @__PURE__ */ new Set(['call', 'agent', 'task']);
var Budget = class _Budget {
  constructor(scope, account, terms, clock = SYSTEM_CLOCK, memory) {
    this.scope = scope;
    this.account = account;
    this.clock = clock;
    _Budget.isUsed = true;
    this.startMillis = clock.monotonicMillis();
    this.terms = terms;
    this.periods = new BudgetPeriods(account, clock, this.holds);
    this.change(terms, memory);
  }
  scope;
  account;
  clock;
  /** False until the process has its first budget. Most have none: then no bill looks for one. */
  static isUsed = false;
  terms;
  limits = [];
  /** True if more was spent than a limit allows. */
  isOver = false;
  /** The scopes that are open in it. */
  openScopes = 0;
  /** Called when it is used. Set while it is dropped from its table. */
  onUse;
  /** The calls that wait for room. */
  line = new WaitingLine();
  /** The calls in flight. */
  holds = /* @__PURE__ */ new Set();
  /** Every limit so far. A limit that is set again keeps its record of reported thresholds. */
  known = [];
  periods;
  alarm = new BudgetAlarm();
  startMillis;
  elapsedMillis = 0;
  /** The limit on all cost, in USD; undefined without one. */
  get limitUsd() {
    const limit = this.limits.find(
      ({ measure, window: window2 }) => measure === 'usd' && window2 === 'total',
    );
    return limit === void 0 ? void 0 : fromUnits('usd', limit.most);
  }
  /** True when calls without room are refused. */
  get isEnforced() {
    return this.terms.mode === 'refuse' || this.terms.mode === 'abort';
  }
  /** True once there was a limit by day or month. */
  get hasWindows() {
    return this.periods.hasWindows;
  }
  /**
   * True for a budget that outlives the task of a call: a reservation that is never released would reduce it for
   * good.
   */
  get isLasting() {
    return !SHORT_LIVED.has(this.scope.kind);
  }
  /** True when it may not be dropped: scopes or calls in it are open, or calls wait for it. */
  get isInUse() {
    return this.openScopes > 0 || this.holds.size > 0 || this.line.size > 0;
  }
  /** Sets new terms. The holds of calls in flight stay, and count in limits that did not exist before. */
  change(terms, memory) {
    this.terms = terms;
    for (const { window: window2 } of terms.limits) this.periods.current(window2, terms.calendar);
    if (memory !== void 0) this.periods.restore(memory, terms.calendar);
    this.limits = terms.limits.map(({ measure, window: window2, most }) => {
      const known = this.known.find((limit2) => limit2.measure === measure && limit2.window === window2);
      const limit = known ?? new Limit(measure, window2, most);
      limit.change(most);
      return limit;
    });
    this.known = [.../* @__PURE__ */ new Set([...this.known, ...this.limits])];
    if (memory !== void 0) for (const limit of this.limits) limit.pass(terms.thresholds, this.spent(limit));
    this.isOver = this.limits.some((limit) => this.spent(limit) > limit.most);
    if (this.usedUp() === void 0) this.alarm.reset();
    this.open();
    this.line.wake(true);
  }
  /** The used amount of a limit: billed amounts, and amounts booked for calls of unknown cost. */
  spent(limit) {
    const { measure } = limit;
    if (measure === 'wallMillis') return this.elapsed();
    return this.periods.spent(measure, this.periodOf(limit));
  }
  /** The current period of a limit. With a new day or month the limit begins again. */
  periodOf(limit) {
    const period = this.periods.current(limit.window, this.terms.calendar);
    if (period !== limit.period) this.begin(limit, period);
    return period;
  }
  /** The measures whose limit is used up, or has refused or stopped a call. */
  reached() {
    return this.limits
      .filter((limit) => limit.wasHit || this.spent(limit) >= limit.most)
      .map(({ measure }) => measure);
  }
  /** True if spending has used up a limit, or a limit has refused or stopped a call. */
  get wasReached() {
    if (this.isOver) return true;
    return this.limits.some((limit) => {
      if (limit.wasHit) return true;
      const spent = this.spent(limit);
      return spent > 0 && spent >= limit.most;
    });
  }
  /** Reserves for a call. */
  enter(hold) {
    this.onUse?.();
    this.periods.roll(this.terms.calendar);
    this.periods.enter(hold);
    this.holds.add(hold);
  }
  /** Ends a hold after the cost of its call has been posted. */
  release(hold) {
    hold.release();
    this.holds.delete(hold);
    this.line.wake();
  }
  /** Ends a hold, and books an amount in its place, because the cost of its call is unknown. */
  keep(hold, use) {
    hold.keep(use);
    this.holds.delete(hold);
    this.line.wake();
    return this.review();
  }
  /** Books a bill in the days and months in which its call was reserved. Called before `review`. */
  bookWhereReserved(posting, hold) {
    this.periods.roll(this.terms.calendar, posting);
    if (hold !== void 0) this.periods.bookWhereReserved(posting, hold);
  }
  /**
   * Checks the limits after a bill. `own` is the hold of the billed call, which is now spent and no longer reserved.
   * Undefined when there is nothing to report.
   */
  review(own) {
    this.onUse?.();
    let news;
    for (const limit of this.limits) {
      const spent = this.spent(limit);
      const isTold = limit.told === this.terms.thresholds.length;
      if (isTold && spent < limit.most) continue;
      const told = this.passThresholds(limit, spent, own);
      const crossed = spent > limit.most && !this.isOver;
      if (crossed) this.isOver = true;
      if (spent >= limit.most) {
        this.abort(limit);
        this.line.wake(true);
      }
      if (told.length === 0 && !crossed) continue;
      news ??= { crossed: false, thresholds: [] };
      news.crossed ||= crossed;
      news.thresholds.push(...told);
    }
    return news;
  }
  /** In mode `abort`, aborts when the budget is used up. In other modes it never aborts. */
  get signal() {
    const full = this.usedUp();
    if (full !== void 0) this.abort(full);
    return this.alarm.signal;
  }
  error(limit, estimate, reason, wait) {
    limit.wasHit = true;
    const needed = estimate === void 0 ? void 0 : fromUnits(limit.measure, estimate);
    return new BudgetExceededError({ ...this.figures(limit), estimate: needed }, reason, wait);
  }
  /** The time in ms until a limit on time is used up. Infinity without one. */
  get timeLeftMillis() {
    const limit = this.limits.find(({ measure }) => measure === 'wallMillis');
    return limit === void 0 ? Number.POSITIVE_INFINITY : Number(minus(limit.most, this.spent(limit)));
  }
  /** Stops the timer when the scope has ended. */
  close() {
    this.alarm.stopTimer();
  }
  /** The use that a later budget of the same scope has to count. Undefined when there is none. */
  memory() {
    return this.periods.memory();
  }
  begin(limit, period) {
    const { period: former } = limit;
    limit.begin(period);
    if (former === void 0) return;
    this.isOver = this.limits.some((other) => other !== limit && this.spent(other) > other.most);
    this.alarm.reset();
  }
  figures(limit, own) {
    const { measure, window: window2, most } = limit;
    const spent = this.spent(limit);
    const period = this.periodOf(limit);
    const reserved = measure === 'wallMillis' ? 0 : reservedIn(period, measure, minus(most, spent), own);
    return {
      scope: this.scope.kind,
      scopeName: this.scope.name,
      measure,
      ...(window2 !== 'total' && { window: window2 }),
      limit: fromUnits(measure, most),
      spent: fromUnits(measure, spent),
      reserved: fromUnits(measure, reserved),
    };
  }
  passThresholds(limit, spent, own) {
    const passed = limit.pass(this.terms.thresholds, spent);
    const events = passed.map((threshold) => ({ ...this.figures(limit, own), threshold }));
    for (const event of events) notifyThreshold(this.terms.onThreshold, event);
    return events;
  }
  abort(limit) {
    if (this.terms.mode !== 'abort') return;
    this.alarm.abort(() => this.error(limit, void 0, 'the limit has been reached'));
  }
  usedUp() {
    return this.limits.find((limit) => this.spent(limit) >= limit.most);
  }
  /** Elapsed time in whole ms. It never decreases, whatever the clock does. */
  elapsed() {
    const elapsed = Math.floor(this.clock.monotonicMillis() - this.startMillis);
    if (elapsed > this.elapsedMillis) this.elapsedMillis = elapsed;
    return this.elapsedMillis;
  }
  /** Starts the timer that aborts running work when its time is up. Also called when a session is entered again. */
  open() {
    this.alarm.stopTimer();
    if (this.terms.mode === 'abort') this.alarm.setTimer(this.timeLeftMillis, () => this.timeUp());
  }
  timeUp() {
    this.review();
    if (!this.alarm.aborted) this.open();
  }
};
function reservedIn(period, measure, left, own) {
  const isOwnAlone = own?.isOpen === true && own.isAloneIn(measure);
  if (period.alone.of(measure) > (isOwnAlone ? 1 : 0) && left > 0) return left;
  return minus(period.reserved.of(measure), own?.amountIn(measure) ?? 0);
}
var ATTRIBUTION_KEYS = ['user', 'team', 'project', 'feature', 'customer'];
function attributeOf(key) {
  return key === 'user' ? USER_ID : costTag(key);
}
function keyOfAttribute(name) {
  return /^cost(?:\.(?:tag\.)?|_tag_|_(?=(?:team|project|feature|customer)$))([a-z][a-z0-9_]*)$/.exec(
    name,
  )?.[1];
}
function warnOfFormerTag(key) {
  warnOnce(`the attribute "cost.${key}" no longer attributes cost; its name is now "${costTag(key)}"`);
}
function warnOfFormerTags(attributes) {
  if (attributes['cost.team'] !== void 0) warnOfFormerTag('team');
  if (attributes['cost.project'] !== void 0) warnOfFormerTag('project');
  if (attributes['cost.feature'] !== void 0) warnOfFormerTag('feature');
  if (attributes['cost.customer'] !== void 0) warnOfFormerTag('customer');
}
function budgetsAround(record) {
  let found;
  for (let at2 = scopeOf(record); at2 !== void 0; at2 = at2.parent) {
    if (at2.budget !== void 0) found = add(found, at2.budget);
  }
  for (let entry = record.sessions ?? record.task?.sessions; entry !== void 0; entry = entry.outer) {
    if (entry.session.budget !== void 0) found = add(found, entry.session.budget);
  }
  if (record.budgets === void 0) return found ?? NONE;
  return found === void 0 ? record.budgets : [...record.budgets, ...found];
}
var NONE = [];
function add(budgets, budget) {
  if (budgets === void 0) return [budget];
  budgets.push(budget);
  return budgets;
}
function scopeOf(record) {
  return record.scope ?? record.task?.scope;
}
function reviewBudgets(record, posting) {
  if (!Budget.isUsed) return void 0;
  if (record.budgets !== void 0) {
    for (const { account } of record.budgets) account.add(posting, posting.wastedPico);
  }
  const budgets = budgetsAround(record);
  if (budgets.length === 0) return void 0;
  let crossedTask = false;
  const thresholds2 = [];
  const { reservation } = record;
  const own = reservation === record.parent?.reservation ? void 0 : reservation;
  for (const budget of budgets) {
    if (budget.hasWindows) budget.bookWhereReserved(posting, reservation?.holdIn(budget));
  }
  for (const budget of budgets) {
    const news = budget.review(own?.ownHoldIn(budget));
    if (news === void 0) continue;
    if (news.crossed) notifyBudgetCrossed(budget, record);
    crossedTask ||= news.crossed && budget.scope.kind === 'task';
    thresholds2.push(...news.thresholds);
  }
  return crossedTask || thresholds2.length > 0 ? { crossedTask, thresholds: thresholds2 } : void 0;
}
function writeThresholds(span, { thresholds: thresholds2 }) {
  for (const { scope, measure, limit, spent, threshold } of thresholds2) {
    span.addEvent('budget threshold', {
      [BUDGET_SCOPE]: scope,
      [BUDGET_MEASURE]: measure,
      [BUDGET_LIMIT]: limit,
      [BUDGET_SPENT]: spent,
      [BUDGET_THRESHOLD]: threshold,
    });
  }
}
function postBill(record, bill) {
  const { sessions, task } = record;
  const scope = record.scope ?? task?.ensureScope();
  const isStep = bill.llmCalls > 0 && scope?.countsLlmCalls === true;
  task?.notePost(sessions?.session, bill, isStep);
  post(bill, scope, sessions);
  if (bill.settlesUnpriced) settleWhereCounted(record, bill);
  else if (bill.unpricedCalls > 0) record.unpricedRow = rowName(bill);
  scope?.noteCall(bill);
  if (bill.llmCalls > 0) scope?.countDirectLlmCall(sessions);
  if (bill.contextUsedRatio !== void 0) scope?.noteContext(bill.contextUsedRatio);
  notifyBilled(bill, record);
  return reviewBudgets(record, bill);
}
function settleWhereCounted(record, bill) {
  const { unpricedIn } = bill;
  moveRow(unpricedIn ?? record.place(), bill);
  if (unpricedIn === void 0) return;
  addUnpriced(record.place(), 1);
  addUnpriced(unpricedIn, -1);
}
function noteOpenCalls(runtime, scope) {
  const { ownTask } = scope;
  if (ownTask !== void 0) giveUpBodiesIn(ownTask);
  if (!scope.hasOpenBelow) return;
  const calls = [];
  const unread = [];
  scope.forEachOpenBelow((open) => {
    if (!isSpanRecord(open)) return;
    if (ownTask !== void 0) unread.push(open);
    if (isOpenCall(open)) calls.push(open);
  });
  if (calls.length > 0) ownTask?.ensureScope();
  for (const call of calls) {
    if (ownTask !== void 0) postCollected(call);
    for (const book of scope.books()) {
      accountOf(book).openCalls += 1;
      call.missingIn ??= [];
      call.missingIn.push(book);
    }
  }
  for (const open of unread) giveUpUnread(runtime, open);
}
function isOpenCall(record) {
  if (!record.isBillableCall || !record.open) return false;
  if (record.kind === 'tool') return true;
  return !record.isBilledInAdvance && (record.kind === 'wrapper' || record.collector() === void 0);
}
function postCollected(wrapper) {
  const bill = wrapper.pocket?.empty();
  if (bill === void 0) return;
  if (bill.pico !== void 0) bill.pico = wrapper.reportPrice(bill.pico);
  postBill(wrapper, bill);
}
function noteEndOfCall(record) {
  if (record.missingIn === void 0) return;
  for (const book of record.missingIn) {
    accountOf(book).openCalls -= 1;
    book.stale = true;
  }
  record.missingIn = void 0;
}
function takesAttributes(span) {
  return span.ended === true || span.isRecording();
}
function attributesToWrite(span) {
  return assignable(span) ?? {};
}
function keepAttributes(span, written) {
  const kept = span.attributes;
  if (kept === written) return;
  if (span.ended !== true) setAll(span, written);
  if (kept === void 0 || !Object.isExtensible(kept)) return;
  for (const key in written) kept[key] ??= written[key];
}
function setAll(span, written) {
  for (const key in written) {
    const value = written[key];
    if (value !== void 0) span.setAttribute(key, value);
  }
}
var MAX_ASSIGNED_CHARS = 128;
function putText(into, span, key, whole2, maxChars = MAX_NAME_CHARS) {
  const value = shortText(whole2, maxChars);
  if (into !== span.attributes || span.ended === true) {
    into[key] ??= value;
    return;
  }
  if (isAssignable(value, into, span)) {
    into[key] = value;
    return;
  }
  const { droppedAttributesCount } = span;
  span.setAttribute(key, value);
  if (into[key] === void 0 && span.droppedAttributesCount !== droppedAttributesCount) into[key] = value;
}
function assignable(span) {
  const { attributes } = span;
  if (attributes === void 0 || attributes !== span.attributes) return void 0;
  const isPlain2 = Object.getPrototypeOf(attributes) === Object.prototype && Object.isExtensible(attributes);
  return isPlain2 ? attributes : void 0;
}
var trusted;
var OF_SDK =
  /_isSpanEnded\(\)[\s\S]*(?:this\.attributes\[\w+\]\s*=\s*this\._truncateToSize\(|attributes:\s*this\.attributes,\s*limits:\s*this\._spanLimits)/;
function isAssignable(text22, into, span) {
  return (
    text22.length <= MAX_ASSIGNED_CHARS &&
    into === span.attributes &&
    span.ended !== true &&
    keepsStrings(span)
  );
}
function keepsStrings(span) {
  const limits = span._spanLimits;
  if (
    limits === void 0 ||
    (limits.attributeValueLengthLimit ?? Number.POSITIVE_INFINITY) !== Number.POSITIVE_INFINITY
  )
    return false;
  if (span.setAttribute === trusted) return true;
  if (Object.hasOwn(span, 'setAttribute')) return false;
  if (!OF_SDK.test(Function.prototype.toString.call(span.setAttribute))) return false;
  trusted = span.setAttribute;
  return true;
}
var NOT_BILLED = 'not_billed';
var COST_REASONS = {
  estimated: [
    /** A reported bill is far from the list price of the counts beside it, or cannot be a bill at all. */
    'reported_differs',
    /** Several calls came as one sum: the tiers and fees of each are unknown. */
    'sum_of_calls',
    /** A sum is larger than its own calls and smaller than everything below it. */
    'unexplained_sum',
    /** Only a part of the call's statement is billed here. */
    'partial_statement',
    /** No reading of the counts adds up, or calls that share an id may be one or two. */
    'ambiguous_usage',
    /** A count could not be read, or a side of the call is missing: the amount is a lower bound. */
    'unread_usage',
    /** The recorder never reports cached tokens, and the prompt is long enough to have been cached. */
    'dropped_cache',
    /** Audio, images or video that the counts do not separate from text, or that have no rate of their own. */
    'unsplit_modality',
    /** A stream or body that a wrapper follows was cut off: the amount covers the part before that. */
    'stream_cut',
    /** The price is that of a model whose name is a prefix of this one; the suffix may make it another product. */
    'prefix_match',
    /** The name has stood for several models over time, and their periods are unknown. */
    'moving_alias',
    /** A service tier, or a kind of cache write, without a rate of its own: priced at the nearest one. */
    'other_tier',
    /** The provider of the model is unknown: another vendor's list was used. */
    'guessed_provider',
  ],
  unpriced: [
    /** The model, or something that the call used, has no rate; `cost.anomaly` names it. */
    'unknown_model',
    /** No counts that could be priced. */
    'no_usage',
    /** The call returned no result with its cost. */
    'no_result',
    /** An amount, or an input of its computation, cannot be billed. */
    'bad_amount',
    /** Reserved and not written: an open call has no bill, and makes its scopes incomplete. */
    'still_open',
  ],
  not_billed: [
    /** It repeats the calls below it. */
    'aggregate',
    /** A wrapper around it is billed, or a tool whose cost includes it. */
    'covered',
    /** Another span of the same call is billed, or was billed for it in advance. */
    'duplicate',
    /** Kept for readers of earlier versions; not written: a response that was billed before is a `duplicate`. */
    'replay',
  ],
};
var PRECEDENCE = Object.values(COST_REASONS).flat();
function firstReason(a, b) {
  if (a === void 0 || b === void 0) return a ?? b;
  return PRECEDENCE.indexOf(a) <= PRECEDENCE.indexOf(b) ? a : b;
}
var MICROS_PER_SECOND2 = 1e6;
function writeOwnCost(runtime, span, record, bill, crossedBudget) {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  const { dialects } = runtime;
  if (bill.notBilled !== void 0) {
    dialects.notBilled(into, dialects.writesSubtree ? record.billedBelow : 0);
    writeNoCost(into, span, bill);
  } else writeBill(into, span, bill, record, dialects, crossedBudget);
  keepAttributes(span, into);
}
function writeBill(into, span, bill, record, dialects, crossedBudget) {
  if (bill.pico !== void 0) {
    const costUsd2 = usdFromPico(bill.pico + bill.postedPico);
    into.cost_usd = costUsd2;
    dialects.billed(into, bill, costUsd2, dialects.writesSubtree ? record.billedBelow : 0);
  }
  if (bill.source !== void 0) into['cost.source'] = bill.source;
  if (bill.status !== void 0) into['cost.status'] = bill.status;
  if (bill.reason !== void 0) into['cost.reason'] = bill.reason;
  if (bill.rateMatch !== void 0) into['cost.rate_match'] = bill.rateMatch;
  if (bill.anomaly !== void 0) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  if (bill.retries > 0 && bill.attempt !== void 0) into['cost.attempt'] = bill.attempt;
  if (bill.savedPico > 0) into['cost.saved_usd'] = usdFromPico(bill.savedPico);
  if (crossedBudget) into['task.over_budget'] = true;
  const { toolOverheadTokens, computeMicros } = bill;
  if (toolOverheadTokens > 0) into['cost.tool_overhead_tokens'] = toolOverheadTokens;
  if (computeMicros > 0) into['cost.compute_seconds'] = computeMicros / MICROS_PER_SECOND2;
  writeWhereabouts(into, span, record);
  if (record.task?.isStated) writeTaskName(into, span, record.task.name);
  const agent = (record.scope ?? record.task?.scope)?.nearestAgent?.agentName;
  if (agent !== void 0 && span.attributes?.['gen_ai.agent.name'] === void 0)
    writeAgentName(into, span, agent);
  into['cost.kind'] = bill.kind;
}
function writeTaskName(into, span, name) {
  if (isAssignable(name, into, span)) into['task.name'] = name;
  else putText(into, span, TASK_NAME, name);
}
function writeAgentName(into, span, name) {
  if (isAssignable(name, into, span)) into['gen_ai.agent.name'] = name;
  else putText(into, span, AGENT_NAME, name);
}
function writeSessionId(into, span, id) {
  if (isAssignable(id, into, span)) into['session.id'] = id;
  else putText(into, span, SESSION_ID, id);
}
function writeNoCost(into, span, bill) {
  if (bill.anomaly !== void 0) putText(into, span, COST_ANOMALY, bill.anomaly, MAX_MESSAGE_CHARS);
  const isEstimated = bill.status === 'estimated' && bill.reason !== void 0;
  into['cost.status'] = isEstimated ? 'estimated' : NOT_BILLED;
  into['cost.reason'] = (isEstimated ? bill.reason : bill.notBilled) ?? 'aggregate';
}
function writeWhereabouts(into, span, record) {
  const { task, sessions } = record;
  if (task?.isStated) {
    into['task.id'] = task.id;
    const { rootId } = task;
    if (rootId !== void 0) into['task.root_id'] = rootId;
  }
  if (sessions !== void 0) writeSessionId(into, span, sessions.session.id);
  writeAttribution(into, span, record);
}
function writeAttribution(into, span, { attribution: attribution2 }) {
  for (const key in attribution2) {
    const value = attribution2[key];
    if (value !== void 0) putText(into, span, key, value);
  }
}
function writeNotBilled(runtime, span, reason, anomaly, belowPico = 0) {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  runtime.dialects.notBilled(into, belowPico);
  writeNotBilledKeys(into, span, reason, anomaly);
  keepAttributes(span, into);
}
function writeNotBilledKeys(into, span, reason, anomaly) {
  if (anomaly !== void 0) putText(into, span, COST_ANOMALY, anomaly, MAX_MESSAGE_CHARS);
  into['cost.status'] = NOT_BILLED;
  into['cost.reason'] = reason;
}
function hasRollUps({ ownScope, ownSession, ownTask }) {
  return ownScope !== void 0 || ownSession !== void 0 || ownTask?.isStated === true;
}
function writeRollUps(span, record) {
  if (!takesAttributes(span)) return;
  const into = attributesToWrite(span);
  writeAll(into, span, record);
  keepAttributes(span, into);
}
function writeAll(into, span, record) {
  if (record.ownScope !== void 0 || record.ownTask !== void 0) writeWhereabouts(into, span, record);
  else writeAttribution(into, span, record);
  if (record.ownScope?.kind === 'step') writeStep(into, record.ownScope);
  if (record.ownScope?.kind === 'agent') writeAgentAccount(into, record.ownScope.account);
  if (record.ownTask?.isStated) writeTask(into, span, record.ownTask);
  if (record.ownSession !== void 0) {
    writeSessionProgress(into, span, record.ownSession.session);
    writeSessionAccount(into, record.ownSession.session.account);
  }
}
function writeTask(into, span, task) {
  writeTaskName(into, span, task.name);
  if (task.outcome !== void 0) {
    into['task.outcome'] = task.outcome;
    into['task.actions'] = task.delivered;
  }
  const budget = task.scope?.budget;
  if (budget !== void 0) {
    if (budget.limitUsd !== void 0) into['task.budget_usd'] = budget.limitUsd;
    into['task.over_budget'] = task.wasRefused || budget.wasReached;
  } else if (task.wasRefused) into['task.over_budget'] = true;
  if (task.isOutermost && task.sessions !== void 0) {
    const { session } = task.sessions;
    writeSessionProgress(into, span, session);
    const total = session.account.total();
    into['session.cost_usd'] = total.toUsd();
    into['session.cost_usd_nanos'] = total.toNanoUsd();
  }
  writeTaskAccount(into, task.ensureScope().account);
}
function writeSessionProgress(into, span, session) {
  writeSessionId(into, span, session.id);
  into['session.tasks'] = session.tasks;
  into['session.successful_tasks'] = session.successfulTasks;
  const { costPerActionUsd } = session;
  if (costPerActionUsd !== void 0) into['session.cost_per_action_usd'] = costPerActionUsd;
}
function writeStep(into, { account, contextUsedRatio: contextUsedRatio2, contextGrowthRatio }) {
  if (contextUsedRatio2 !== void 0) into['cost.context_used_ratio'] = contextUsedRatio2;
  if (contextGrowthRatio !== void 0) into['cost.context_growth_ratio'] = contextGrowthRatio;
  into['step.llm_cost_usd'] = account.llm.toUsd();
  into['step.tool_cost_usd'] = account.tool.toUsd();
  into['step.input_tokens'] = account.inputTokens;
  into['step.output_tokens'] = account.outputTokens;
  into['step.cost_usd'] = account.total().toUsd();
}
function writeAgentAccount(into, account) {
  const total = account.total();
  into['agent.cost_usd'] = total.toUsd();
  into['agent.cost_usd_nanos'] = total.toNanoUsd();
  into['agent.llm_cost_usd'] = account.llm.toUsd();
  into['agent.tool_cost_usd'] = account.tool.toUsd();
  into['agent.input_tokens'] = account.inputTokens;
  into['agent.output_tokens'] = account.outputTokens;
  into['agent.llm_calls'] = account.llmCalls;
  into['agent.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeAgentRareCosts(into, account);
  writeAgentRareCounts(into, account);
  into['agent.cost_complete'] = account.isComplete;
}
function writeAgentRareCosts(into, account) {
  const { compute, other, wasted: wasted2, saved, estimated: estimated2 } = account;
  if (!compute.isZero) into['agent.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['agent.other_cost_usd'] = other.toUsd();
  if (!estimated2.isZero) into['agent.estimated_cost_usd'] = estimated2.toUsd();
  if (!wasted2.isZero) into['agent.wasted_cost_usd'] = wasted2.toUsd();
  if (!saved.isZero) into['agent.saved_cost_usd'] = saved.toUsd();
}
function writeAgentRareCounts(into, account) {
  if (account.computeSeconds !== 0) into['agent.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['agent.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['agent.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['agent.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['agent.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['agent.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['agent.retries'] = account.retries;
  if (account.steps !== 0) into['agent.steps'] = account.steps;
  if (account.missingCalls !== 0) into['agent.unpriced_calls'] = account.missingCalls;
}
function writeTaskAccount(into, account) {
  const total = account.total();
  into['task.cost_usd'] = total.toUsd();
  into['task.cost_usd_nanos'] = total.toNanoUsd();
  into['task.llm_cost_usd'] = account.llm.toUsd();
  into['task.tool_cost_usd'] = account.tool.toUsd();
  into['task.input_tokens'] = account.inputTokens;
  into['task.output_tokens'] = account.outputTokens;
  into['task.llm_calls'] = account.llmCalls;
  into['task.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeTaskRareCosts(into, account);
  writeTaskRareCounts(into, account);
  into['task.cost_complete'] = account.isComplete;
}
function writeTaskRareCosts(into, account) {
  const { compute, other, wasted: wasted2, saved, estimated: estimated2 } = account;
  if (!compute.isZero) into['task.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['task.other_cost_usd'] = other.toUsd();
  if (!estimated2.isZero) into['task.estimated_cost_usd'] = estimated2.toUsd();
  if (!wasted2.isZero) into['task.wasted_cost_usd'] = wasted2.toUsd();
  if (!saved.isZero) into['task.saved_cost_usd'] = saved.toUsd();
}
function writeTaskRareCounts(into, account) {
  if (account.computeSeconds !== 0) into['task.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['task.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['task.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['task.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['task.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['task.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['task.retries'] = account.retries;
  if (account.steps !== 0) into['task.steps'] = account.steps;
  if (account.missingCalls !== 0) into['task.unpriced_calls'] = account.missingCalls;
}
function writeSessionAccount(into, account) {
  const total = account.total();
  into['session.cost_usd'] = total.toUsd();
  into['session.cost_usd_nanos'] = total.toNanoUsd();
  into['session.llm_cost_usd'] = account.llm.toUsd();
  into['session.tool_cost_usd'] = account.tool.toUsd();
  into['session.input_tokens'] = account.inputTokens;
  into['session.output_tokens'] = account.outputTokens;
  into['session.llm_calls'] = account.llmCalls;
  into['session.tool_calls'] = account.toolCalls;
  if (account.hasRareCosts) writeSessionRareCosts(into, account);
  writeSessionRareCounts(into, account);
  into['session.cost_complete'] = account.isComplete;
}
function writeSessionRareCosts(into, account) {
  const { compute, other, wasted: wasted2, saved, estimated: estimated2 } = account;
  if (!compute.isZero) into['session.compute_cost_usd'] = compute.toUsd();
  if (!other.isZero) into['session.other_cost_usd'] = other.toUsd();
  if (!estimated2.isZero) into['session.estimated_cost_usd'] = estimated2.toUsd();
  if (!wasted2.isZero) into['session.wasted_cost_usd'] = wasted2.toUsd();
  if (!saved.isZero) into['session.saved_cost_usd'] = saved.toUsd();
}
function writeSessionRareCounts(into, account) {
  if (account.computeSeconds !== 0) into['session.compute_seconds'] = account.computeSeconds;
  if (account.cacheReadTokens !== 0) into['session.cache_read_tokens'] = account.cacheReadTokens;
  if (account.cacheWriteTokens !== 0) into['session.cache_write_tokens'] = account.cacheWriteTokens;
  if (account.reasoningTokens !== 0) into['session.reasoning_tokens'] = account.reasoningTokens;
  if (account.toolOverheadTokens !== 0) into['session.tool_overhead_tokens'] = account.toolOverheadTokens;
  if (account.failedCalls !== 0) into['session.failed_calls'] = account.failedCalls;
  if (account.retries !== 0) into['session.retries'] = account.retries;
  if (account.steps !== 0) into['session.steps'] = account.steps;
  if (account.missingCalls !== 0) into['session.unpriced_calls'] = account.missingCalls;
}
function reportTaskEnd(runtime, task, record) {
  runtime.reportTaskEnd(() => summaryOf(task));
  notifyTaskEnded(task, record);
}
function summaryOf(task) {
  const totals2 = task.ensureScope().account.totals();
  return {
    taskId: task.id,
    taskName: task.name,
    outcome: task.outcome,
    actions: task.delivered,
    sessionId: task.sessions?.session.id,
    costUsd: totals2.costUsd,
    estimatedCostUsd: totals2.estimatedCostUsd,
    llmCostUsd: totals2.llmCostUsd,
    toolCostUsd: totals2.toolCostUsd,
    wastedCostUsd: totals2.wastedCostUsd,
    inputTokens: totals2.inputTokens,
    outputTokens: totals2.outputTokens,
    llmCalls: totals2.llmCalls,
    toolCalls: totals2.toolCalls,
    failedCalls: totals2.failedCalls,
    costComplete: totals2.costComplete,
    unpricedCalls: totals2.unpricedCalls,
    durationMillis: Math.max(0, Date.now() - task.startMillis),
  };
}
function stateRollUps(runtime, record, span) {
  if (record.ownsScope) noteOpenCalls(runtime, record);
  if (!hasRollUps(record)) return;
  record.span = span;
  if (record.ownTask?.isStated) record.ownTask.wasStated = true;
  writeRollUps(span, record);
  for (const book of record.books()) book.stale = false;
}
function closeRecord(runtime, record) {
  if (record.ended) return;
  noteEndOfCall(record);
  if (record.enteredBudgets !== void 0) for (const budget of record.enteredBudgets) budget.openScopes -= 1;
  if (record.ownsScope) for (const book of record.books()) book.ended = true;
  else {
    record.span = void 0;
    record.leaveCall();
  }
  record.end();
  for (let at2 = record.parent; at2?.ended; at2 = at2.parent) {
    if (at2.ownsScope && at2.books().some((book) => book.stale)) correct(runtime, at2);
  }
  if (record.parent?.ended) runtime.stats.releasedScopes += letGoOfPast(record);
  const { ownTask } = record;
  if (ownTask?.isStated) reportTaskEnd(runtime, ownTask, record);
}
function correct(runtime, scope) {
  const { span } = scope;
  for (const book of scope.books()) book.stale = false;
  if (span === void 0 || !hasRollUps(scope)) return;
  const record = new SpanRecord(scope);
  record.settled = true;
  runtime.instantChild(span, record, 'cost correction', runtime.dialects.addKind({}), (correction) =>
    writeRollUps(correction, scope),
  );
  record.end();
  runtime.stats.corrections += 1;
}
var OUTPUT_MODALITIES = ['outputVideo', 'outputImage', 'outputAudio'];
var TRANSCRIBES = /transcri|whisper/;
function mainModalities(id, stated) {
  const isOwn = (kind, text22) => stated[kind] !== void 0 && stated[kind] !== text22;
  const mainOutput = OUTPUT_MODALITIES.find((kind) => isOwn(kind, stated.output));
  const hears = stated.outputAudio !== void 0 || TRANSCRIBES.test(id);
  const hasMainInput =
    isOwn('inputImage', stated.input) ||
    isOwn('inputVideo', stated.input) ||
    (hears && isOwn('inputAudio', stated.input));
  const cachesApart =
    isOwn('inputAudio', stated.input) ||
    isOwn('inputImage', stated.input) ||
    isOwn('cacheReadAudio', stated.cacheRead) ||
    isOwn('cacheReadImage', stated.cacheRead);
  return { mainOutput, hasMainInput, isForModality: hasMainInput || mainOutput !== void 0, cachesApart };
}
function isUnsplitOutput(main, { tokens, splitsOutput }) {
  return (
    main.mainOutput !== void 0 &&
    splitsOutput !== true &&
    tokens.output > 0 &&
    tokens.outputAudio + tokens.outputImage + tokens.outputVideo === 0
  );
}
function isUnsplit(main, usage) {
  if (isUnsplitOutput(main, usage)) return true;
  return main.hasMainInput && usage.splitsInput !== true && isTextOnly(usage.tokens);
}
function isTextOnly(t) {
  const apart = t.inputAudio + t.inputImage + t.inputVideo + t.cacheReadAudio + t.cacheReadImage;
  return t.input + t.cacheRead > 0 && apart === 0;
}
var ANY_SIZE = -1;
var TOKENS_PER_MTOK = 1e6;
var UNPRICED_UNITS = {
  webSearches: 'no rate for web searches',
  otherToolCalls: 'no rate for tool calls',
  rerankSearches: 'no rate for rerank searches',
  fileSearches: 'no rate for file searches',
  codeExecutions: 'no rate for code executions',
  inputAudioSeconds: 'no rate for audio seconds',
  outputAudioSeconds: 'no rate for audio seconds',
  images: 'no rate for images',
  socialSearches: 'no rate for social searches',
  inputTextMessages: 'no rate for text messages',
  documentPages: 'no rate for document pages',
  annotatedDocumentPages: 'no rate for document pages',
};
var UNIT_KINDS = Object.keys(UNPRICED_UNITS).filter(isUnitKind);
function isUnitKind(key) {
  return key in UNPRICED_UNITS;
}
function tokenRates(stated, longWriteFactor) {
  const input = stated.input ?? 0;
  const output = stated.output ?? 0;
  const cacheWrite = stated.cacheWrite ?? input;
  const derivesLongWrite = longWriteFactor !== void 0 && stated.cacheWrite !== void 0;
  const rates = {
    input,
    inputAudio: stated.inputAudio ?? input,
    inputImage: stated.inputImage ?? input,
    inputVideo: stated.inputVideo ?? input,
    cacheRead: stated.cacheRead ?? input,
    cacheReadAudio: stated.cacheReadAudio ?? stated.cacheRead ?? stated.inputAudio ?? input,
    cacheReadImage: stated.cacheReadImage ?? stated.cacheRead ?? stated.inputImage ?? input,
    cacheWrite,
    cacheWrite1h: stated.cacheWrite1h ?? (derivesLongWrite ? input * longWriteFactor : cacheWrite),
    output,
    outputAudio: stated.outputAudio ?? output,
    outputImage: stated.outputImage ?? output,
    outputVideo: stated.outputVideo ?? output,
    reasoning: stated.reasoning ?? output,
    citation: stated.citation ?? output,
  };
  return Float64Array.from(TOKEN_KINDS, (kind) => rates[kind]);
}
function unknownKinds(stated) {
  const isKnown = (kind) => {
    if (stated[kind] !== void 0) return true;
    if (isOutput(kind)) return stated.output !== void 0;
    if (kind === 'cacheReadAudio' && (stated.cacheRead ?? stated.inputAudio) !== void 0) return true;
    if (kind === 'cacheWrite1h' && stated.cacheWrite !== void 0) return true;
    return stated.input !== void 0;
  };
  return TOKEN_KINDS.filter((kind) => !isKnown(kind));
}
function withTokens(rate, factor) {
  const scaled = (band) => ({ ...band, tokens: band.tokens.map((usd2) => usd2 * factor) });
  const [first2, ...larger3] = rate.bands;
  return { ...rate, bands: [scaled(first2), ...larger3.map(scaled)] };
}
function costUsd(rate, usage) {
  if (rate.free === 'always') return 0;
  const tokens = usage.tokens;
  const band = bandOf(rate, tokens);
  let usd2 = tokensUsd(band.tokens, tokens) + band.perRequestUsd;
  if (rate.isForModality && rate.mainOutput !== void 0 && isUnsplitOutput(rate, usage))
    usd2 += unsplitOutputUsd(band.tokens, rate.mainOutput, tokens);
  if (usage.units !== void 0) {
    const unitsUsd = priceUnits(rate, band, usage.units);
    if (typeof unitsUsd === 'string') return unitsUsd;
    usd2 += unitsUsd;
  }
  if (usage.unsplitTokens !== void 0 && usage.unsplitTokens > 0) {
    if (rate.totalUsdPerMtok === void 0) return 'no rate for a total of input and output';
    usd2 += (usage.unsplitTokens * rate.totalUsdPerMtok) / TOKENS_PER_MTOK;
  }
  if (rate.unknown.length > 0 && !isBilledByUnits(rate, usd2)) {
    const unknown = rate.unknown.find((kind) => tokens[kind] > 0);
    if (unknown !== void 0) return unpricedTokens(unknown);
    if (!pricesTokens(rate) && isUnbilled(rate, band)) return NO_COUNTS;
  }
  return usd2;
}
var NO_COUNTS = 'no count of what this model is billed by';
function unsplitOutputUsd(rates, kind, tokens) {
  const usdPerMtok = at(rates, TOKEN_KINDS.indexOf(kind)) - at(rates, TOKEN_KINDS.indexOf('output'));
  return (usdPerMtok * tokens.output) / TOKENS_PER_MTOK;
}
function bandOf(rate, tokens) {
  const size4 = inputTokens(tokens);
  return size4 <= rate.flatUpTo ? rate.bands[0] : bandFor(rate.bands, size4);
}
function bandFor(bands, total) {
  let band = bands[0];
  for (const next2 of bands) if (total > next2.overInputTokens) band = next2;
  return band;
}
function tokensUsd(rates, count) {
  const freshMicroUsd =
    at(rates, 0) * count.input +
    at(rates, 1) * count.inputAudio +
    at(rates, 2) * count.inputImage +
    at(rates, 3) * count.inputVideo;
  const cacheMicroUsd =
    at(rates, 4) * count.cacheRead +
    at(rates, 5) * count.cacheReadAudio +
    at(rates, 6) * count.cacheReadImage +
    at(rates, 7) * count.cacheWrite +
    at(rates, 8) * count.cacheWrite1h;
  const outputMicroUsd =
    at(rates, 9) * count.output +
    at(rates, 10) * count.outputAudio +
    at(rates, 11) * count.outputImage +
    at(rates, 12) * count.outputVideo +
    at(rates, 13) * count.reasoning +
    at(rates, 14) * count.citation;
  return (freshMicroUsd + cacheMicroUsd + outputMicroUsd) / TOKENS_PER_MTOK + 0;
}
function at(rates, index) {
  return rates[index] ?? 0;
}
function priceUnits(rate, band, units) {
  let usd2 = 0;
  for (const kind of UNIT_KINDS) {
    const count = units[kind];
    if (count === void 0 || count === 0) continue;
    const price2 = band.units[kind];
    if (price2 === void 0) return UNPRICED_UNITS[kind];
    usd2 += price2 * (kind === 'inputAudioSeconds' ? Math.max(count, rate.minAudioSeconds) : count);
  }
  return usd2;
}
function isUnbilled(rate, band) {
  return rate.totalUsdPerMtok === void 0 && rate.free === void 0 && band.perRequestUsd === 0;
}
function withInputFee(rate, usdPerMtok) {
  const isInput = TOKEN_KINDS.map((kind) => !isOutput(kind));
  const charged = (band) => ({
    ...band,
    tokens: band.tokens.map((usd2, kind) => (isInput[kind] ? usd2 + usdPerMtok : usd2)),
  });
  const [first2, ...larger3] = rate.bands;
  return { ...rate, bands: [charged(first2), ...larger3.map(charged)] };
}
function isBilledByUnits(rate, usd2) {
  return usd2 > 0 && !pricesTokens(rate);
}
function pricesTokens(rate) {
  return rate.unknown.length < TOKEN_KINDS.length;
}
function unpricedTokens(kind) {
  return isOutput(kind) ? 'no rate for output tokens' : 'no rate for input tokens';
}
function isOutput(kind) {
  const outputs = OUTPUT_KINDS;
  return outputs.includes(kind);
}
function isPerCall(rate, tokens) {
  const [first2] = rate.bands;
  return first2.perRequestUsd > 0 || bandOf(rate, tokens) !== first2;
}
var PACKAGE = '@pydantic/genai-prices';
var UNKNOWN = 'unknown';
var version;
var refreshed;
function genaiPricesVersion() {
  if (refreshed !== void 0) return refreshed;
  version ??= findVersion();
  return version;
}
function findVersion() {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
      const version2 = versionIn(join(folder, 'package.json'));
      if (version2 !== void 0) return version2;
    }
  } catch {}
  return UNKNOWN;
}
function versionIn(file2) {
  try {
    const described = JSON.parse(readFileSync(file2, 'utf8'));
    if (!isRecord(described) || described.name !== PACKAGE) return void 0;
    return typeof described.version === 'string' ? described.version : void 0;
  } catch {
    return void 0;
  }
}
function overrideSource(name, tier) {
  return `override/${name}${tierSuffix(tier)}`;
}
function listSource(provider, model, tier) {
  return `genai-prices/${provider}/${model}${tierSuffix(tier)}@${genaiPricesVersion()}`;
}
function withFactor(source, factor) {
  return `${source};factor=${factor}`;
}
function correctionSource(provider, model, version2) {
  return `corrections/${provider}/${model}@${version2}`;
}
var LIST = 'genai-prices/';
var CORRECTIONS = 'corrections/';
var VERSIONED = /^(.*?)(@[^@;]*)?(;factor=[^;]*)?$/;
function joinSources(sources) {
  const parts = sources.flatMap((source) => source?.split('+') ?? []).map(partOf);
  const listed3 = parts.filter(({ rate: rate2 }) => rate2.startsWith(LIST));
  const corrected = parts.filter(({ rate: rate2 }) => rate2.startsWith(CORRECTIONS));
  const others2 = parts.filter((part) => !listed3.includes(part) && !corrected.includes(part));
  const version2 = versionOf(listed3) || versionOf(corrected);
  const names = [...others2, ...corrected, ...listed3].map(
    ({ rate: rate2, factor: factor2 }) => rate2 + factor2,
  );
  const rates = [...new Set(names)];
  if (version2 === '') return rates.join('+');
  const [rate = '', factor] = (rates.pop() ?? '').split(';');
  return [...rates, rate + version2 + (factor === void 0 ? '' : `;${factor}`)].join('+');
}
function partOf(source) {
  const isVersioned = source.startsWith(LIST) || source.startsWith(CORRECTIONS);
  if (!isVersioned) return { rate: source, version: '', factor: '' };
  const [, rate = source, version2 = '', factor = ''] = VERSIONED.exec(source) ?? [];
  return { rate, version: version2, factor };
}
function versionOf(parts) {
  return parts.findLast(({ version: version2 }) => version2 !== '')?.version ?? '';
}
function tierSuffix(tier) {
  return tier === void 0 ? '' : `:${tier}`;
}
function splitOf(rate, usage, factor, pico) {
  if (rate.free === 'always') return { inputPico: 0, outputPico: 0 };
  if (!pricesTokens(rate) || (usage.unsplitTokens ?? 0) > 0) return void 0;
  const band = bandOf(rate, usage.tokens);
  const inputPico = Math.min(pico, sidePico(band.tokens, usage.tokens, addInputTokens, factor));
  const rest = pico - inputPico;
  if (usage.units === void 0 && band.perRequestUsd === 0) return { inputPico: pico - rest, outputPico: rest };
  return {
    inputPico,
    outputPico: Math.min(rest, sidePico(band.tokens, usage.tokens, addOutputTokens, factor)),
  };
}
function sidePico(rates, tokens, addSide, factor) {
  const side = noTokens();
  addSide(side, tokens);
  return picoFromUsd(tokensUsd(rates, side) * factor);
}
function addSplits(splits) {
  const sum2 = { inputPico: 0, outputPico: 0 };
  for (const split of splits) {
    if (split === void 0) return void 0;
    sum2.inputPico += split.inputPico;
    sum2.outputPico += split.outputPico;
  }
  return sum2;
}
function queryOfPart(query, part, parts) {
  const { provider = query.provider, model = query.model } = part;
  const isOneModel = part.model === void 0 || parts.every((other) => other.model === part.model);
  const statesTier = parts.some(({ serviceTier }) => serviceTier !== void 0);
  return {
    provider,
    model,
    requestModel: isOneModel ? query.requestModel : void 0,
    timeMillis: query.timeMillis,
    usage: part.usage,
    serviceTier: statesTier ? part.serviceTier : query.serviceTier,
  };
}
function sumOfPrices(usage, prices) {
  const missing = prices.find(({ pico }) => pico === void 0);
  if (missing !== void 0) return missing;
  const usd2 = prices.reduce((sum2, { pico = 0 }) => sum2 + usdFromPico(pico), 0);
  if (!isPostableUsd(usd2)) return unpriced('bad_amount');
  const splits = prices.map(({ split: split2 }) => split2);
  const split = splits.every((part) => part === void 0) ? void 0 : addSplits(splits);
  return {
    pico: picoFromUsd(usd2),
    source: joinSources(prices.map(({ source }) => source)),
    ...withDoubt(combinedStatus(prices), usage),
    rateMatch: prices.find(({ rateMatch }) => rateMatch !== void 0)?.rateMatch,
    anomaly: prices.find(({ anomaly }) => anomaly !== void 0)?.anomaly,
    ...(split !== void 0 && { split }),
  };
}
function withDoubt(sum2, usage) {
  const doubt = firstReason(usage.doubt, usage.incomplete ? 'unread_usage' : void 0);
  if (doubt === void 0 || sum2.status === 'free') return sum2;
  return { status: 'estimated', reason: firstReason(sum2.reason, doubt) };
}
function combinedStatus(parts) {
  const guesses2 = parts.filter((part) => part.status === 'estimated');
  if (guesses2.length > 0) {
    const reason = guesses2.map((part) => part.reason).reduce(firstReason);
    return { status: 'estimated', reason };
  }
  return { status: parts.every((part) => part.status === 'free') ? 'free' : void 0 };
}
function unpriced(reason, anomaly) {
  const priced = price(void 0, void 0);
  priced.status = 'unpriced';
  priced.reason = reason;
  priced.anomaly = anomaly;
  return priced;
}
function price(pico, source) {
  return {
    pico,
    source,
    status: void 0,
    reason: void 0,
    rateMatch: void 0,
    isPerCall: void 0,
    anomaly: void 0,
    split: void 0,
    contextWindowTokens: void 0,
  };
}
var NO_RARE_PARTS = {
  rateMatch: void 0,
  anomaly: void 0,
  split: void 0,
  isOfFailedCall: false,
  attempt: void 0,
  savedPico: 0,
  postedPico: 0,
  estimatedPico: void 0,
  toolOverheadTokens: 0,
  computeMicros: 0,
  contextUsedRatio: void 0,
  name: void 0,
  isLowerBound: false,
  notBilled: void 0,
  isRest: false,
  settlesUnpriced: false,
  unpricedIn: void 0,
  unpricedRow: void 0,
};
var WithRareParts = class {};
Object.assign(WithRareParts.prototype, NO_RARE_PARTS);
var Bill = class extends WithRareParts {
  constructor(kind, amount2) {
    super();
    this.kind = kind;
    this.pico = amount2.pico === void 0 ? void 0 : survivingPico(amount2.pico);
    this.source = amount2.source;
    this.status = amount2.status;
    this.reason = amount2.reason;
    if (amount2.rateMatch !== void 0) this.rateMatch = amount2.rateMatch;
    if (amount2.anomaly !== void 0) this.anomaly = amount2.anomaly;
    if (amount2.split !== void 0) this.split = amount2.split;
  }
  kind;
  pico;
  source;
  status;
  reason;
  tokens = void 0;
  llmCalls = 0;
  toolCalls = 0;
  failed = false;
  subject = void 0;
  /** Marks the amount as estimated. A free or unknown amount stays as it is. */
  estimate(reason) {
    this.status ??= 'estimated';
    if (this.status !== 'estimated') return;
    if ((this.estimatedPico ?? 0) <= (this.pico ?? 0)) this.estimatedPico = void 0;
    this.reason = firstReason(this.reason, reason);
  }
  /** True when the bill changes no total. */
  get isEmpty() {
    return (
      (this.pico ?? 0) === 0 &&
      this.inputAndOutput + this.llmCalls + this.toolCalls + this.savedPico + this.estimated === 0 &&
      this.unpricedCalls === 0
    );
  }
  get estimated() {
    return this.status === 'estimated' ? (this.estimatedPico ?? this.pico ?? 0) : 0;
  }
  get inputAndOutput() {
    return this.tokens === void 0 ? 0 : inputTokens(this.tokens) + outputTokens(this.tokens);
  }
  get failedCalls() {
    return this.failed && this.llmCalls + this.toolCalls > 0 ? 1 : 0;
  }
  get retries() {
    return this.attempt !== void 0 && this.attempt > 1 ? 1 : 0;
  }
  get unpricedCalls() {
    return (this.status === 'unpriced' || this.isLowerBound ? 1 : 0) - (this.settlesUnpriced ? 1 : 0);
  }
  get wastedPico() {
    return this.failed || this.isOfFailedCall ? (this.pico ?? 0) : 0;
  }
};
function charge(runtime, record, span, bill) {
  const news = bill.isEmpty ? void 0 : postBill(record, bill);
  try {
    writeOwnCost(runtime, span, record, bill, news?.crossedTask === true);
    if (news !== void 0) writeThresholds(span, news);
  } catch (error) {
    runtime.caught(error);
  }
}
function chargeMoney(runtime, record, span, bill, includesBelow = false) {
  settleMoney(record, bill, includesBelow);
  charge(runtime, record, span, bill);
}
function settleMoney(record, bill, includesBelow) {
  if (bill.pico === void 0 || (bill.pico === 0 && !includesBelow)) return;
  const left = record.settleMoney(bill.pico, includesBelow);
  if (left === 0 && bill.pico > 0 && !includesBelow) bill.notBilled = 'covered';
  bill.pico = survivingPico(left);
}
function chargeOnChild(runtime, parent, parentSpan, name, bill, isSettled = false) {
  const record = new SpanRecord(parent);
  record.settled = true;
  const write = isSettled ? charge : chargeMoney;
  runtime.instantChild(parentSpan, record, `cost ${name}`, runtime.dialects.addKind({}), (span) =>
    write(runtime, record, span, bill),
  );
  closeRecord(runtime, record);
}
function spanIdOf(span) {
  try {
    const { spanId } = span.spanContext();
    return spanId !== '0000000000000000' && spanId !== '' ? spanId : void 0;
  } catch {
    return void 0;
  }
}
var Responses = class _Responses {
  /**
   * Ids kept per task, at most; the oldest is dropped first. Records of one response come close together. An entry
   * keeps the record of its span, about 500 bytes.
   */
  static MAX_IDS = 2e3;
  byId = /* @__PURE__ */ new Map();
  /**
   * The node with an earlier record of the same response. Undefined when calls were stated below `node`: then the tree
   * shows how much is left to bill.
   */
  findEarlier(node, statement, identity) {
    const { recorder } = identity;
    const isSum = statement.of === 'sum';
    const hasBelow = node.hasCallsBelow(isSum);
    let found;
    for (const id of identity.responseIds) {
      const latest = this.byId.get(id);
      if (latest === void 0) {
        this.add(id, node, statement, recorder, void 0);
        continue;
      }
      if (oldest(latest, (response) => response.node === node) !== void 0) continue;
      const earlier = oldest(latest, (response) => isSame2(response, statement, recorder));
      if (earlier === void 0) {
        const hasAlike = oldest(latest, (response) => isAlike(response, statement)) !== void 0;
        if (hasAlike && !identity.isWitness) found = 'ambiguous';
        this.add(id, node, statement, recorder, latest);
        continue;
      }
      earlier.others ??= [];
      earlier.others.push(recorder);
      if (hasBelow) continue;
      if (isSum) {
        if (!earlier.isStep) node.learnOf(earlier.node);
        continue;
      }
      if (earlier.isStep) {
        earlier.node = new SettlementNode(earlier.node);
        earlier.node.close();
      }
      earlier.isStep = false;
      earlier.input ??= statement.input;
      found = earlier.node;
    }
    return found;
  }
  add(id, node, { of, input, output }, recorder, earlier) {
    const isStep = of === 'sum';
    const known = isStep ? void 0 : input;
    this.byId.set(id, { node, isStep, input: known, output, recorder, others: void 0, earlier });
    node.isIdentified = true;
    if (this.byId.size <= _Responses.MAX_IDS) return;
    for (const first2 of this.byId.keys()) {
      this.byId.delete(first2);
      return;
    }
  }
};
function oldest(latest, is) {
  let found;
  for (let at2 = latest; at2 !== void 0; at2 = at2.earlier) if (is(at2)) found = at2;
  return found;
}
function isSame2(response, { of, input }, recorder) {
  if (response.recorder === recorder || response.others?.includes(recorder)) return false;
  if (of === 'sum' || !response.input || input === 0) return true;
  return input === response.input;
}
function isAlike({ input, output }, statement) {
  return input === statement.input && output <= statement.output;
}
var Task = class {
  constructor(declaredName, around, sessions) {
    this.declaredName = declaredName;
    this.around = around;
    this.sessions = sessions;
    for (let at2 = around; at2 !== void 0 && !at2.taskBelow; at2 = at2.around) at2.taskBelow = true;
  }
  declaredName;
  around;
  sessions;
  scope;
  outcome;
  /** Number of actions that the task delivers when it succeeds. */
  actions = 1;
  startMillis = Date.now();
  /** Cost that became wasted by the task's outcome and was not wasted before. */
  becameWaste;
  /** Its entry among the open tasks of the metrics. */
  openTask;
  /** A budget refused a call in it. */
  wasRefused = false;
  /** The span was written with `task.*`, so later changes need a correction even if a task is declared below. */
  wasStated = false;
  /** The first session that received a bill from below while this task was in no session. */
  postedTo;
  /** The bills that `postedTo` did not receive. */
  postedElsewhere;
  ownResponses;
  taskBelow = false;
  span;
  spanName;
  /** The span id, or a generated one if the span has no id of its own. */
  ownId;
  /** Moves it into a task further out. The tasks in between are no longer kept. */
  moveInto(around) {
    this.around = around;
  }
  /** Sets the span. `isRepeat` when the span repeats the enclosing one, as without an SDK; the id is then generated. */
  bindSpan(span, name, isRepeat = false) {
    this.span = span;
    this.spanName = name;
    if (!isRepeat) this.ownId = spanIdOf(span) ?? this.ownId;
  }
  get isExplicit() {
    return this.declaredName !== void 0;
  }
  /** The cost so far, in USD. */
  get costUsd() {
    return this.scope?.account.total().toUsd() ?? 0;
  }
  /** The id of the outermost declared task around a sub-task. Undefined for other tasks. */
  get rootId() {
    let root2;
    for (let at2 = this.around; at2 !== void 0; at2 = at2.around) if (at2.isExplicit) root2 = at2;
    return root2?.id;
  }
  /** True when its span carries `task.*`. */
  get isStated() {
    return this.isExplicit || this.wasStated || (this.scope !== void 0 && !this.taskBelow);
  }
  /** True when no declared task is around this one. Sessions count only these tasks. */
  get isOutermost() {
    for (let at2 = this.around; at2 !== void 0; at2 = at2.around) if (at2.isExplicit) return false;
    return true;
  }
  get id() {
    this.ownId ??= randomId();
    return this.ownId;
  }
  /** True when its span has this id, even if the span repeats the enclosing one. */
  hasSpanId(spanId) {
    return this.span?.spanContext().spanId === spanId;
  }
  get name() {
    return this.declaredName ?? this.span?.name ?? this.spanName ?? '';
  }
  /** Records the session that is about to receive a bill from below while this task is in no session. */
  notePost(session, posting, isStep) {
    if (this.sessions !== void 0) return;
    if (this.postedElsewhere === void 0) {
      if (session === void 0) return;
      this.postedTo = session;
      this.postedElsewhere = new Account();
      if (this.scope !== void 0) this.postedElsewhere.addAccount(this.scope.account);
    } else if (session !== this.postedTo) {
      this.postedElsewhere.add(posting, posting.wastedPico, rowPosting(posting));
      if (isStep) this.postedElsewhere.steps += 1;
    }
  }
  /**
   * Called when the span names a session after work has begun. The session takes over the cost so far that it did not
   * receive. Ignored when bills from below went to another session first.
   */
  joinLate(entry) {
    const { scope, postedTo } = this;
    if (entry === void 0) return;
    const hasPart = postedTo === entry.session;
    if (postedTo !== void 0 && !hasPart) return;
    this.sessions = entry;
    if (scope === void 0) return;
    scope.sessions = entry;
    const missing = hasPart ? this.postedElsewhere : scope.account;
    if (missing !== void 0) entry.session.account.addAccount(missing);
  }
  /** Number of actions delivered; 0 without success. */
  get delivered() {
    return this.outcome === 'success' ? this.actions : 0;
  }
  /** The responses billed in this task. A sub-task shares those of the outermost task. */
  responses() {
    let outermost = this;
    for (let at2 = this.around; at2 !== void 0; at2 = at2.around) if (at2.isExplicit) outermost = at2;
    outermost.ownResponses ??= new Responses();
    return outermost.ownResponses;
  }
  /** The scope of AI work that is in no other scope. Created if needed. */
  ensureScope() {
    if (this.scope === void 0) {
      this.scope = new Scope('task', this.statedAround(), this.sessions);
      this.scope.name = this.name;
      this.scope.ended = this.span?.ended === true;
    }
    return this.scope;
  }
  /** The scope of an enclosing task that had a roll-up when its span was written, so this task is part of it. */
  statedAround() {
    for (let at2 = this.around; at2 !== void 0; at2 = at2.around) if (at2.wasStated) return at2.scope;
    return void 0;
  }
};
function randomId() {
  let id = '';
  while (id.length < 16)
    id += Math.floor(Math.random() * 65536)
      .toString(16)
      .padStart(4, '0');
  return id;
}
var MAX_LENGTH2 = 2e5;
var RESPONSE_ID2 = /"id":"((?:chatcmpl-|resp_|msg_)[\w.:-]{1,200})"/;
var CACHE_WRITE = /"input_token_details":\{[^{}]*"cache_creation":(\d{1,12})\b/;
var CACHE_WRITE_1H = /"ephemeral_1h_input_tokens":(\d{1,12})\b/;
var ADDED_UP = /"model_provider":"anthropic","usage":\{(?!(?:[^{}]|\{[^{}]*\})*"output_tokens":)/;
function isLangChainJson(json) {
  return json.length <= MAX_LENGTH2 && json.startsWith('{"generations":');
}
function hasLangChainWrites(json) {
  return (
    isLangChainJson(json) && (CACHE_WRITE.test(json) || CACHE_WRITE_1H.test(json) || ADDED_UP.test(json))
  );
}
function langChainId(json) {
  return RESPONSE_ID2.exec(json)?.[1];
}
function readLangChainWrites(draft, a) {
  const output = a['output.value'];
  if (a['openinference.span.kind'] === void 0) return;
  if (typeof output !== 'string' || !isLangChainJson(output)) return;
  if (ADDED_UP.test(output)) draft.doubtful('ambiguous_usage');
  if ((draft.cacheWrite ?? 0) > 0) return;
  draft.take('cacheWrite', CACHE_WRITE.exec(output)?.[1], 'cache_creation');
  draft.take('cacheWrite1h', CACHE_WRITE_1H.exec(output)?.[1], 'ephemeral_1h_input_tokens');
}
var MAX_LISTED = 5e3;
var MAX_KEYS = 200;
function listed(value) {
  if (!Array.isArray(value)) return [];
  if (value.length > MAX_LISTED) throw new RangeError('too many');
  return value;
}
function keysOf(record) {
  const keys22 = Object.keys(record);
  if (keys22.length > MAX_KEYS) throw new RangeError('too many');
  return keys22;
}
var MAX_COUNT = 1e12;
var MAX_NOTE_LENGTH = 200;
var MAX_DIGITS = 100;
function note(notes, text22) {
  const before = notes.anomaly;
  if (before === void 0) notes.anomaly = text22;
  else if (before.length < MAX_NOTE_LENGTH && !before.split('; ').includes(text22))
    notes.anomaly = `${before}; ${text22}`;
}
function isPresent(value) {
  return value !== null && value !== void 0;
}
function readCount(value, name, notes) {
  const count = typeof value === 'number' ? value : toNumber(value);
  if (count === void 0) return void 0;
  if (count >= 0 && count <= MAX_COUNT && Number.isInteger(count)) return count === 0 ? 0 : count;
  note(notes, `${whatIsWrong(count)} ${name}`);
  return void 0;
}
function readSeconds(value, name, notes) {
  const seconds = toNumber(value);
  if (seconds === void 0) return void 0;
  if (seconds >= 0 && seconds <= MAX_COUNT) return seconds === 0 ? 0 : seconds;
  note(notes, `${whatIsWrong(seconds)} ${name}`);
  return void 0;
}
function readUsd(value, name, notes) {
  const usd2 = toNumber(value);
  if (usd2 === void 0) return void 0;
  if (isPostableUsd(usd2)) return usd2 === 0 ? 0 : usd2;
  notes.refusesUsd = true;
  note(notes, `${whatIsWrong(usd2)} ${name}`);
  return void 0;
}
function addUsd(a, b) {
  const sum2 = usdFromPico(picoFromUsd(a) + picoFromUsd(b));
  return isPostableUsd(sum2) ? sum2 : void 0;
}
function toNumber(value) {
  if (value === null || value === void 0) return void 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.length > MAX_DIGITS) return Number.NaN;
  if (typeof value === 'string')
    return /^\s*[-+]?[\d.]+(e[-+]?\d+)?\s*$/i.test(value) ? Number(value) : Number.NaN;
  return isRecord(value) ? fromLong(value) : Number.NaN;
}
function fromLong(value) {
  const { low, high } = value;
  if (typeof low !== 'number' || typeof high !== 'number') return Number.NaN;
  return high * 2 ** 32 + (low >>> 0);
}
function whatIsWrong(value) {
  if (Number.isNaN(value)) return 'unreadable';
  if (value < 0) return 'negative';
  return value > MAX_COUNT ? 'absurd' : 'unusable';
}
var Draft = class {
  input = void 0;
  /** The smallest other non-zero input count of the same call, stated by another convention. */
  lesserInput = void 0;
  freshInput = void 0;
  output = void 0;
  lesserOutput = void 0;
  total = void 0;
  inputText = void 0;
  inputAudio = void 0;
  inputImage = void 0;
  inputVideo = void 0;
  cacheRead = void 0;
  cacheReadText = void 0;
  cacheReadAudio = void 0;
  cacheReadImage = void 0;
  /** All cache writes, those that live for an hour included. */
  cacheWrite = void 0;
  cacheWrite5m = void 0;
  cacheWrite1h = void 0;
  outputText = void 0;
  outputAudio = void 0;
  outputImage = void 0;
  outputVideo = void 0;
  reasoning = void 0;
  citation = void 0;
  toolInput = void 0;
  toolAudio = void 0;
  toolImage = void 0;
  toolVideo = void 0;
  /** Input that is billed beside the text (Cohere's images). */
  besideInput = void 0;
  webSearches = void 0;
  fileSearches = void 0;
  codeExecutions = void 0;
  rerankSearches = void 0;
  otherToolCalls = void 0;
  toolCalls = void 0;
  inputAudioSeconds = void 0;
  images = void 0;
  requests = void 0;
  /** True if the provider usually states the cache beside the input. Where the counts show the place, they decide. */
  cacheIsOutside = false;
  /** True if this provider's recorder never counts the cache in the input, nor in the total. */
  cacheMustBeOutside = false;
  /** True if only the counts can show whether the cache is in the input. */
  cacheIsUnsure = false;
  /** True if the text of the output is everything except reasoning, images included, as in the AI SDK. */
  textIsRest = false;
  /** True if the provider usually states reasoning beside the output. */
  reasoningIsOutside = false;
  /** True if this model's reasoning is never in the output, nor in the total. */
  reasoningMustBeOutside = false;
  /** True for thinking models of providers that count thoughts only in the total. */
  totalHasThoughts = false;
  /** True for models whose cached tokens some recorders count only in the total. */
  totalHasCache = false;
  /** True if the total also counts something other than tokens that are billed, so nothing can be derived from it. */
  totalIsOther = false;
  /** Further models that worked within the same call, such as an advisor. */
  others = void 0;
  reportedCostUsd = void 0;
  estimatedCostUsd = void 0;
  refusesUsd = false;
  /** True if a bill was stated that cannot be one, and no other. */
  refusesBill = false;
  anomaly = void 0;
  doubt = void 0;
  unread = void 0;
  /** True if one of the totals was present but unreadable. */
  refused = false;
  /** True if the unreadable one was the total of both sides. */
  totalRefused = false;
  /** Takes a count. If several names state one fact, the largest value is used. */
  take(fact, value, name) {
    if (!isPresent(value)) return;
    const count =
      fact === 'inputAudioSeconds' ? readSeconds(value, name, this) : readCount(value, name, this);
    if (count === void 0) this.refuse(fact);
    else this.add(fact, count);
  }
  add(fact, count) {
    const before = this[fact];
    if (before === void 0) this[fact] = count;
    else if (fact === 'otherToolCalls' || fact === 'cacheReadText') this[fact] = before + count;
    else {
      if (fact === 'input') this.lesserInput = lesser(this.lesserInput, before, count);
      else if (fact === 'output') this.lesserOutput = lesser(this.lesserOutput, before, count);
      if (count > before) this[fact] = count;
    }
  }
  /** Notes that the amount is uncertain. */
  doubtful(reason) {
    this.doubt = firstReason(this.doubt, reason);
  }
  refuse(fact) {
    if (fact === 'total') this.totalRefused = true;
    if (fact === 'input' || fact === 'output' || fact === 'total' || fact === 'freshInput')
      this.refused = true;
    else if (!WITHOUT_PRICE.has(fact)) this.doubtful('unread_usage');
  }
  get units() {
    const { webSearches = 0, fileSearches = 0, codeExecutions = 0, toolCalls: toolCalls2 = 0 } = this;
    const named2 = webSearches + fileSearches + codeExecutions;
    const counts = {
      webSearches,
      fileSearches,
      codeExecutions,
      otherToolCalls: Math.max(this.otherToolCalls ?? 0, toolCalls2 - named2),
      rerankSearches: this.rerankSearches ?? 0,
      inputAudioSeconds: this.inputAudioSeconds ?? 0,
      images: this.images ?? 0,
    };
    const units = {};
    for (const unit of UNITS) if (counts[unit] > 0) units[unit] = counts[unit];
    for (const _any in units) return units;
    return void 0;
  }
};
var WITHOUT_PRICE = /* @__PURE__ */ new Set(['inputText', 'outputText', 'requests']);
var UNITS = [
  'webSearches',
  'otherToolCalls',
  'rerankSearches',
  'fileSearches',
  'codeExecutions',
  'inputAudioSeconds',
  'images',
];
function lesser(known, a, b) {
  const less = Math.min(a, b);
  if (less === 0 || a === b) return known;
  return known === void 0 ? less : Math.min(known, less);
}
function isCount(value) {
  return typeof value === 'number' && value > 0 && value <= MAX_COUNT && Number.isInteger(value);
}
function addUsage(a, b) {
  if (a === void 0) return b;
  const tokens = noTokens();
  addTokens(tokens, a.tokens);
  addTokens(tokens, b.tokens);
  const sum2 = { tokens };
  const units = addUnits(a.units, b.units);
  if (units !== void 0) sum2.units = units;
  const unsplit = (a.unsplitTokens ?? 0) + (b.unsplitTokens ?? 0);
  if (unsplit > 0) setUnsplit(sum2, unsplit);
  setFlags(sum2, IN_ANY_CALL, (flag2) => a[flag2] === true || b[flag2] === true);
  setFlags(sum2, IN_ALL_CALLS, (flag2) => a[flag2] === true && b[flag2] === true);
  if (a.requests !== void 0 || b.requests !== void 0) sum2.requests = (a.requests ?? 1) + (b.requests ?? 1);
  const cost = addBills(a.reportedCostUsd, b.reportedCostUsd);
  if (cost !== void 0) sum2.reportedCostUsd = cost;
  joinDoubts(sum2, a, b);
  joinAnomalies(sum2, a, b);
  const toolOverhead = (a.toolOverheadTokens ?? 0) + (b.toolOverheadTokens ?? 0);
  if (toolOverhead > 0) sum2.toolOverheadTokens = toolOverhead;
  if (a.parts !== void 0 || b.parts !== void 0) sum2.parts = [...partsOf(a), ...partsOf(b)];
  return sum2;
}
function partsOf(usage) {
  return usage.parts ?? [{ usage }];
}
function sumOfParts(parts) {
  let sum2;
  for (const { usage } of parts) sum2 = addUsage(sum2, withoutParts(usage));
  if (sum2 === void 0) return void 0;
  return { ...sum2, parts: parts.flatMap(flat) };
}
function withOthers(usage, others2) {
  const { reportedCostUsd, ...own } = usage;
  const sum2 = sumOfParts([{ usage: own }, ...others2]) ?? own;
  return reportedCostUsd === void 0 ? sum2 : { ...sum2, reportedCostUsd };
}
function withoutParts({ parts: _parts, ...usage }) {
  return usage;
}
function flat(part) {
  const { usage, ...call } = part;
  if (usage.parts === void 0) return [part];
  if (usage.reportedCostUsd !== void 0) return [{ ...call, usage: withoutParts(usage) }];
  return usage.parts.map((pass) => ({ ...call, ...pass, model: pass.model ?? call.model }));
}
function addBills(a, b) {
  return a === void 0 || b === void 0 ? void 0 : addUsd(a, b);
}
function setUnsplit(sum2, unsplit) {
  sum2.unsplitTokens = unsplit + inputTokens(sum2.tokens) + outputTokens(sum2.tokens);
  sum2.tokens = noTokens();
}
function richest(a, b) {
  const tokens = noTokens();
  addInputTokens(tokens, inputTokens(a.tokens) > inputTokens(b.tokens) ? a.tokens : b.tokens);
  addOutputTokens(tokens, moreOutput(a.tokens, b.tokens) ? a.tokens : b.tokens);
  tokens.citation = Math.max(a.tokens.citation, b.tokens.citation);
  const one = { tokens };
  const unsplit = a.unsplitTokens ?? b.unsplitTokens;
  if (unsplit !== void 0 && inputTokens(tokens) + outputTokens(tokens) === 0) one.unsplitTokens = unsplit;
  const units = b.units ?? a.units;
  if (units !== void 0) one.units = units;
  setFlags(one, IN_ALL_REPORTS, (flag2) => a[flag2] === true && b[flag2] === true);
  setFlags(one, IN_ANY_REPORT, (flag2) => a[flag2] === true || b[flag2] === true);
  const cost = b.reportedCostUsd ?? a.reportedCostUsd;
  if (cost !== void 0) one.reportedCostUsd = cost;
  const requests = Math.max(a.requests ?? 1, b.requests ?? 1);
  if (requests > 1) one.requests = requests;
  joinDoubts(one, a, b);
  joinAnomalies(one, a, b);
  const toolOverhead = b.toolOverheadTokens ?? a.toolOverheadTokens;
  if (toolOverhead !== void 0) one.toolOverheadTokens = toolOverhead;
  const withParts = [b, a].find(({ parts }) => parts !== void 0);
  if (withParts?.parts !== void 0 && holds(withParts, one)) {
    one.tokens = withParts.tokens;
    one.parts = withParts.parts;
  } else if (withParts !== void 0 || a.isSum || b.isSum) one.isSum = true;
  return one;
}
function holds(view, other) {
  return (
    inputTokens(view.tokens) >= inputTokens(other.tokens) &&
    outputTokens(view.tokens) >= outputTokens(other.tokens) &&
    (view.unsplitTokens ?? 0) >= (other.unsplitTokens ?? 0)
  );
}
var IN_ANY_CALL = ['incomplete', 'isSum', 'mixesCache', 'refusesBill'];
var IN_ALL_CALLS = ['inputOnly', 'splitsInput', 'splitsOutput'];
var IN_ALL_REPORTS = ['incomplete', 'inputOnly', 'mixesCache'];
var IN_ANY_REPORT = ['refusesBill', 'splitsInput', 'splitsOutput'];
function setFlags(into, flags, isSet) {
  for (const flag2 of flags) if (isSet(flag2)) into[flag2] = true;
}
function moreOutput(a, b) {
  const more2 = outputTokens(a) - a.citation - (outputTokens(b) - b.citation);
  return more2 === 0 ? a.reasoning > b.reasoning : more2 > 0;
}
function addUnits(a, b) {
  if (a === void 0 || b === void 0) return a ?? b;
  const sum2 = { ...a };
  for (const unit of UNITS) {
    const count = (a[unit] ?? 0) + (b[unit] ?? 0);
    if (count > 0) sum2[unit] = count;
  }
  return sum2;
}
function joinDoubts(into, a, b) {
  const doubt = firstReason(a.doubt, b.doubt);
  if (doubt !== void 0) into.doubt = doubt;
  const unread = /* @__PURE__ */ new Set([...(a.unread ?? []), ...(b.unread ?? [])]);
  if (unread.size > 0) into.unread = [...unread];
  const estimated2 = b.estimatedCostUsd ?? a.estimatedCostUsd;
  if (estimated2 !== void 0) into.estimatedCostUsd = estimated2;
}
function joinAnomalies(into, a, b) {
  const notes = { anomaly: a.anomaly };
  for (const text22 of b.anomaly?.split('; ') ?? []) note(notes, text22);
  if (notes.anomaly !== void 0) into.anomaly = notes.anomaly;
}
function disjoint(draft, sides) {
  const { cacheRead, cacheWrite, reasoning } = sides;
  const cacheWrite1h = Math.min(draft.cacheWrite1h ?? 0, cacheWrite);
  const cacheReadImage = draft.cacheReadImage ?? 0;
  const tokens = {
    input: 0,
    inputAudio: Math.max((draft.inputAudio ?? 0) - (draft.cacheReadAudio ?? 0), 0) + (draft.toolAudio ?? 0),
    inputImage: Math.max((draft.inputImage ?? 0) - cacheReadImage, 0) + (draft.toolImage ?? 0),
    inputVideo: (draft.inputVideo ?? 0) + (draft.toolVideo ?? 0),
    cacheRead: 0,
    cacheReadAudio: draft.cacheReadAudio ?? 0,
    cacheReadImage,
    cacheWrite: cacheWrite - cacheWrite1h,
    cacheWrite1h,
    output: 0,
    outputAudio: draft.outputAudio ?? 0,
    outputImage: draft.outputImage ?? 0,
    outputVideo: draft.outputVideo ?? 0,
    reasoning,
    citation: draft.citation ?? 0,
  };
  tokens.cacheRead = cacheRead - tokens.cacheReadAudio - cacheReadImage;
  splitInput(draft, tokens, Math.max(sides.input - cacheRead - cacheWrite, 0));
  splitOutput(draft, tokens, sides.output);
  return tokens;
}
function splitInput(draft, tokens, room) {
  const cached = tokens.cacheRead + tokens.cacheReadAudio + tokens.cacheReadImage;
  if (tokens.inputAudio + tokens.inputImage + tokens.inputVideo > room + cached) {
    note(draft, 'parts > input');
    draft.doubtful('ambiguous_usage');
  }
  tokens.inputImage = Math.min(tokens.inputImage, room);
  tokens.inputVideo = Math.min(tokens.inputVideo, room - tokens.inputImage);
  const audioRoom = room - tokens.inputImage - tokens.inputVideo;
  const cachedAudio = Math.min(Math.max(tokens.inputAudio - audioRoom, 0), tokens.cacheRead);
  tokens.inputAudio = Math.min(tokens.inputAudio, audioRoom);
  tokens.cacheRead -= cachedAudio;
  tokens.cacheReadAudio += cachedAudio;
  tokens.input = audioRoom - tokens.inputAudio;
}
function splitOutput(draft, tokens, output) {
  const { outputAudio, outputImage, outputVideo, reasoning, citation } = tokens;
  const rest = output - outputAudio - outputImage - outputVideo - reasoning - citation;
  tokens.output = Math.max(rest, 0);
  if (rest >= 0) return;
  note(draft, 'parts > output');
  draft.doubtful('ambiguous_usage');
}
function setSplits(usage, draft) {
  const { tokens } = usage;
  if (tokens.cacheRead > 0 && isMixed(draft)) usage.mixesCache = true;
  const otherInput = tokens.inputAudio + tokens.inputImage + tokens.inputVideo;
  if (draft.inputText !== void 0 && otherInput === 0) usage.splitsInput = true;
  const otherOutput = tokens.outputAudio + tokens.outputImage + tokens.outputVideo;
  if (draft.outputText !== void 0 && otherOutput === 0 && !draft.textIsRest) usage.splitsOutput = true;
}
function isMixed({ inputAudio = 0, inputImage = 0, cacheReadText, cacheReadAudio, cacheReadImage }) {
  return inputAudio + inputImage > 0 && (cacheReadText ?? cacheReadAudio ?? cacheReadImage) === void 0;
}
function outsideOf(draft, sides, totals2, beside) {
  const caches = cachePlaces(draft, sides, totals2);
  const reasonings = reasoningPlaces(draft, sides.reasoning, totals2.output);
  const fitting = fittingPlaces(draft, totals2, beside, caches, reasonings);
  if (fitting !== void 0) return fitting;
  noteDoubts(draft, sides, totals2, caches.length > 1);
  return { cache: caches[0] ?? 0, reasoning: reasonings[0] ?? 0, addsUp: false };
}
function fittingPlaces({ citation = 0 }, { input, output, total }, beside, caches, reasonings) {
  if (input === void 0 || output === void 0 || total === void 0) return void 0;
  const stated = input + output + beside;
  for (const cache of caches) {
    const reasoning = reasonings.find((one) => {
      const sum2 = stated + cache + one;
      return sum2 === total || sum2 + citation === total;
    });
    if (reasoning !== void 0) return { cache, reasoning, addsUp: true };
  }
  return void 0;
}
function noteDoubts(draft, sides, { input, output, total, cache }, isOpen) {
  const isForced = !draft.cacheIsOutside && cache > (input ?? cache);
  const isDerived = total !== void 0 && (input === void 0 || output === void 0);
  const hasParts = cache > 0 || sides.reasoning > 0;
  const isUnsure = isOpen && (draft.cacheIsUnsure || isForced);
  if (isUnsure || (hasParts && (isDerived || draft.totalRefused))) draft.doubtful('ambiguous_usage');
}
function cachePlaces(draft, { cacheRead, cacheWrite }, { input, cache }) {
  const decided = decidedCache(draft, input, cache);
  if (cache === 0 || input === void 0) return [0];
  if (decided !== void 0) return [decided ? cache : 0];
  const usual = draft.cacheIsOutside ? [cache, 0] : [0, cache];
  const places = /* @__PURE__ */ new Set([...usual, cacheWrite, cacheRead]);
  return [...places].filter((outside) => cache - outside <= input);
}
function reasoningPlaces(draft, reasoning, output) {
  const isInside2 = decidedReasoning(draft);
  if (reasoning === 0 || output === void 0 || isInside2) return [0];
  if (reasoning > output || draft.reasoningMustBeOutside) return [reasoning];
  return draft.reasoningIsOutside ? [reasoning, 0] : [0, reasoning];
}
function decidedCache(draft, input, cache) {
  const { freshInput, lesserInput } = draft;
  if (draft.cacheMustBeOutside) return true;
  if (input === void 0 || cache === 0) {
    if ((freshInput ?? lesserInput ?? input) !== input) draft.doubtful('ambiguous_usage');
    return void 0;
  }
  const other = freshInput ?? lesserInput;
  if (other === void 0) return void 0;
  if (other === input) return freshInput === void 0 ? void 0 : true;
  const gap = input - other;
  if (gap === cache) return false;
  if (gap !== draft.cacheRead) draft.doubtful('ambiguous_usage');
  return void 0;
}
function decidedReasoning(draft) {
  const { output = 0, lesserOutput, reasoning = 0 } = draft;
  if (lesserOutput === void 0) return false;
  if (output - lesserOutput === reasoning) return true;
  draft.doubtful('ambiguous_usage');
  return false;
}
function toUsage(draft) {
  const sides = sidesOf(draft);
  const { units } = draft;
  if (saysNothing(draft, sides, units !== void 0)) return void 0;
  const usage = { tokens: sides.unsplit === void 0 ? disjoint(draft, sides) : noTokens() };
  if (sides.unsplit !== void 0) usage.unsplitTokens = sides.unsplit;
  else if (isIncomplete(draft, sides)) usage.incomplete = true;
  if (units !== void 0) usage.units = units;
  if (draft.reportedCostUsd !== void 0) usage.reportedCostUsd = draft.reportedCostUsd;
  if (draft.refusesBill) usage.refusesBill = true;
  if (draft.estimatedCostUsd !== void 0) usage.estimatedCostUsd = draft.estimatedCostUsd;
  if (draft.doubt !== void 0) usage.doubt = draft.doubt;
  if (draft.unread !== void 0) usage.unread = draft.unread;
  if (draft.anomaly !== void 0) usage.anomaly = draft.anomaly;
  if (sides.knowsInput && !sides.knowsOutput && sides.output === 0) usage.inputOnly = true;
  setSplits(usage, draft);
  const { requests = 0, toolInput = 0 } = draft;
  if (requests > 1) usage.requests = requests;
  if (toolInput > 0) usage.toolOverheadTokens = toolInput;
  return draft.others === void 0 ? usage : withOthers(usage, draft.others);
}
function saysNothing(draft, sides, hasUnits2) {
  if ((draft.input ?? draft.freshInput ?? draft.output ?? sides.unsplit) !== void 0) return false;
  if (hasUnits2 || draft.others !== void 0 || draft.refused || draft.anomaly !== void 0) return false;
  if ((draft.reportedCostUsd ?? draft.estimatedCostUsd) !== void 0) return false;
  return sides.input + sides.output === 0;
}
function isIncomplete({ refused }, { input, output, knowsInput, knowsOutput }) {
  if (knowsInput) return !knowsOutput && refused;
  return refused || input + output > 0;
}
var NOTHING3 = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  knowsInput: false,
  knowsOutput: false,
};
function sidesOf(draft) {
  const { output, reasoning = 0 } = draft;
  const read2 = cachedReads(draft);
  const written = cachedWrites(draft);
  const cache = read2 + written;
  const total = draft.totalIsOther || draft.total === 0 ? void 0 : draft.total;
  const sides = { ...NOTHING3, cacheRead: read2, cacheWrite: written, reasoning };
  const input = draft.input ?? (draft.freshInput === void 0 ? partsOfInput(draft) : draft.freshInput + cache);
  if (total !== void 0 && (input ?? 0) + (output ?? 0) + cache + reasoning === 0) {
    return { ...sides, unsplit: total };
  }
  settle(draft, sides, { input, output: output ?? partsOfOutput(draft), total, cache });
  sides.output += draft.citation ?? 0;
  return sides;
}
function cachedReads(draft) {
  const { cacheRead, cacheReadText, cacheReadAudio = 0, cacheReadImage = 0 } = draft;
  const listed3 = (cacheReadText ?? 0) + cacheReadAudio + cacheReadImage;
  if (cacheReadText !== void 0 && cacheRead !== void 0 && cacheRead !== listed3) {
    draft.doubtful('ambiguous_usage');
  }
  return Math.max(cacheRead ?? 0, listed3);
}
function cachedWrites(draft) {
  const { cacheWrite, cacheWrite5m, cacheWrite1h = 0 } = draft;
  const listed3 = (cacheWrite5m ?? 0) + cacheWrite1h;
  if (cacheWrite5m !== void 0 && cacheWrite !== void 0 && cacheWrite !== listed3) {
    draft.doubtful('ambiguous_usage');
  }
  return Math.max(cacheWrite ?? 0, listed3);
}
function partsOfInput({ inputText, inputAudio, inputImage, inputVideo }) {
  return inputText === void 0
    ? void 0
    : inputText + (inputAudio ?? 0) + (inputImage ?? 0) + (inputVideo ?? 0);
}
function partsOfOutput({ outputText, outputAudio, outputImage, outputVideo, reasoning }) {
  if (outputText === void 0) return void 0;
  return outputText + (outputAudio ?? 0) + (outputImage ?? 0) + (outputVideo ?? 0) + (reasoning ?? 0);
}
function settle(draft, sides, totals2) {
  const { input, output, total, cache } = totals2;
  const { reasoning } = sides;
  checkModalities(draft, totals2, reasoning);
  const beside = (draft.toolInput ?? 0) + (draft.besideInput ?? 0);
  const outside = outsideOf(draft, sides, totals2, beside);
  const besideInput = outside.cache + beside;
  sides.knowsInput = (input ?? total) !== void 0;
  sides.knowsOutput = (output ?? total) !== void 0;
  sides.input = input ?? Math.max((total ?? 0) - (output ?? 0) - outside.reasoning - besideInput, cache);
  sides.input += besideInput;
  sides.output =
    output ?? Math.max((total ?? 0) - sides.input - outside.reasoning, reasoning - outside.reasoning);
  sides.output += outside.reasoning;
  if (input === void 0 || output === void 0 || total === void 0) return;
  if (!outside.addsUp && total !== input + output) explainTotal(draft, sides, total);
}
function checkModalities(draft, { input, output, cache }, reasoning) {
  const { inputText, outputText, cacheRead = 0 } = draft;
  if (inputText !== void 0 && input !== void 0) {
    const rest = input - inputText - sum(draft.inputAudio, draft.inputImage, draft.inputVideo);
    if (rest !== 0 && rest !== cache && rest !== cacheRead) draft.doubtful('ambiguous_usage');
  }
  if (outputText !== void 0 && output !== void 0) {
    const rest = output - outputText - sum(draft.outputAudio, draft.outputImage, draft.outputVideo);
    if (rest !== 0 && rest !== reasoning) draft.doubtful('ambiguous_usage');
  }
}
function sum(...counts) {
  return counts.reduce((total, count) => total + (count ?? 0), 0);
}
function explainTotal(draft, sides, total) {
  const excess = total - sides.input - sides.output;
  if (excess < 0) {
    note(draft, 'total < input + output');
    draft.doubtful('ambiguous_usage');
    return;
  }
  note(draft, 'total > input + output');
  const areThoughts = draft.totalHasThoughts && sides.reasoning === 0;
  if (!areThoughts) draft.doubtful('ambiguous_usage');
  if (draft.totalHasCache && sides.cacheRead + sides.cacheWrite === 0) {
    sides.input += excess;
    return;
  }
  sides.output += excess;
  if (sides.reasoning === 0) sides.reasoning = excess;
}
var FALLBACK = 'fallback_message';
var COUNTS2 = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite5m', 'cacheWrite1h', 'reasoning'];
function addIterations(draft, passes, read2) {
  const iterations = listed(passes).filter(isRecord);
  const others2 = [];
  const extra = [];
  let sum2 = 0;
  const served = iterations.some(({ type }) => type === FALLBACK) ? FALLBACK : 'message';
  for (const iteration of iterations) {
    const counts = read2(iteration);
    const { type, model } = iteration;
    if (served === FALLBACK && isRefused(type, counts)) continue;
    if (type !== served && typeof model === 'string') {
      const usage = toUsage(counts);
      if (usage !== void 0) others2.push({ model, usage });
      continue;
    }
    sum2 += size(counts);
    if (type !== served) extra.push(counts);
  }
  if (others2.length > 0) draft.others = others2;
  if (sum2 !== size(draft)) for (const counts of extra) addCounts(draft, counts);
}
function isRefused(type, { output = 0 }) {
  return type === 'message' && output === 0;
}
function size({ input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }) {
  return input + output + cacheRead + cacheWrite;
}
function addCounts(draft, more2) {
  for (const fact of COUNTS2) {
    const count = more2[fact];
    if (count !== void 0) draft[fact] = (draft[fact] ?? 0) + count;
  }
}
var FACTS = [
  /** Input tokens. The other facts decide whether the cache is inside. */
  'input',
  /** Input tokens that were neither read from a cache nor written to one. */
  'freshInput',
  'output',
  'total',
  'inputText',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'cacheRead',
  /** Cached text and video, which have no price of their own. */
  'cacheReadText',
  'cacheReadAudio',
  'cacheReadImage',
  'cacheWrite',
  'cacheWrite5m',
  'cacheWrite1h',
  'outputText',
  'outputAudio',
  'outputImage',
  'outputVideo',
  'reasoning',
  'citation',
  /** Tokens that tools put into the prompt, counted beside it; and their modalities. */
  'toolInput',
  'toolAudio',
  'toolImage',
  'toolVideo',
  'webSearches',
  'fileSearches',
  'codeExecutions',
  'rerankSearches',
  'otherToolCalls',
  /** Calls of the provider's tools, searches included. */
  'toolCalls',
  'inputAudioSeconds',
  'images',
  /** Requests that the counts sum up. */
  'requests',
];
var IN = 1;
var OUT = 2;
var CACHE = 4;
var WRITE = 8;
var FRESH = 16;
var HOUR = 32;
var FIVE_MINUTES = 64;
var REASON = 128;
var AUDIO = 256;
var IMAGE = 512;
var VIDEO = 1024;
var TEXT = 2048;
var TOTAL = 4096;
var CITATION = 8192;
var TOOL = 2 ** 14;
var WEB = 2 ** 15;
var FILE = 2 ** 16;
var CODE = 2 ** 17;
var SEARCH = 2 ** 18;
var SECONDS = 2 ** 19;
var CALL = 2 ** 20;
var CREATED = 2 ** 21;
var IRRELEVANT = 2 ** 22;
var TOKEN = 2 ** 23;
var RERANK = 2 ** 24;
var PIECES = 2 ** 25;
var UNKNOWN2 = 2 ** 26;
var WORDS = [
  [IN, 'input prompt'],
  [OUT, 'output completion completions candidates candidate response generation generated'],
  [CACHE, 'cache cached caching'],
  // `content` is Gemini's word for what its cache holds.
  [0, 'read hit hits content'],
  [WRITE, 'write writes written creation'],
  // Anthropic's kind of cache.
  [CACHE | WRITE, 'ephemeral'],
  [FRESH, 'miss misses no non uncached fresh'],
  [HOUR, '1h'],
  [FIVE_MINUTES, '5m'],
  [REASON, 'reasoning thinking thought thoughts'],
  [AUDIO, 'audio'],
  [IMAGE, 'image'],
  [IMAGE | PIECES, 'images'],
  [VIDEO, 'video'],
  // A document is counted as the text in it.
  [TEXT, 'text document'],
  [TOTAL, 'total'],
  [CITATION, 'citation citations'],
  [TOOL, 'tool tools connector connectors'],
  [WEB, 'web'],
  [FILE, 'file'],
  [CODE, 'code'],
  [SEARCH, 'search searches'],
  [RERANK, 'rerank'],
  [SECONDS, 'seconds'],
  [CALL, 'calls call requests executions execution interpreter queries query'],
  [TOKEN, 'token tokens'],
  [CREATED, 'created'],
  // Words about the form of a count. They do not change its meaning.
  [
    0,
    'count counts num number usage detail details by modality of server side use used billed units metadata',
  ],
  // Times and rates.
  [IRRELEVANT, 'time times duration latency ms millis milliseconds ns second per throughput at speed'],
  // Money is read by `reported-cost.ts`.
  [IRRELEVANT, 'cost costs price usd ticks fee charge charges credits discount'],
  // Limits and sizes.
  [IRRELEVANT, 'max min limit remaining window context'],
  // OpenAI bills predicted tokens, even rejected ones, as part of the completion tokens.
  [IRRELEVANT, 'accepted rejected prediction'],
  // Genkit counts them itself, beside the tokens.
  [IRRELEVANT, 'character characters'],
];
var FLAGS = new Map(WORDS.flatMap(([flag2, words]) => words.split(' ').map((word) => [word, flag2])));
var NAMES = /* @__PURE__ */ new Map([
  // The tokens of AI SDK's embeddings, which have input only.
  ['tokens', 'input'],
  // Ollama.
  ['prompt eval count', 'input'],
  ['eval count', 'output'],
  // Amazon Titan.
  ['input text token count', 'input'],
  // Google's Interactions API: tool results that were put into the prompt.
  ['total tool use tokens', 'toolInput'],
  ['tool use tokens by modality text tokens', 'ignored'],
  ['tool use tokens by modality audio tokens', 'toolAudio'],
  ['tool use tokens by modality image tokens', 'toolImage'],
  ['tool use tokens by modality video tokens', 'toolVideo'],
  // Mistral: the tokens that its connectors fetched. The model read them like the prompt.
  ['connector tokens', 'toolInput'],
  // Cohere: images beside the text, and rerankings of up to 100 documents each.
  ['billed units image tokens', 'toolImage'],
  ['billed units images', 'images'],
  ['billed units search units', 'rerankSearches'],
  // Perplexity.
  ['num search queries', 'webSearches'],
  // xAI.
  ['num server side tools used', 'toolCalls'],
  // Amazon Titan.
  ['results token count', 'output'],
  // The number of requests that the counts cover (OpenAI Agents).
  ['requests', 'requests'],
  // OpenAI's transcriptions that are billed by the second.
  ['seconds', 'inputAudioSeconds'],
  // Google ADK.
  ['experimental reasoning tokens', 'reasoning'],
  // Mistral's transcriptions.
  ['request count', 'ignored'],
  // Anthropic bills only the tokens of both.
  ['server tool use web fetch requests', 'ignored'],
  ['server tool use tool search requests', 'ignored'],
  ['web fetch requests', 'ignored'],
  // OpenRouter's reported cost includes them.
  ['server tool use details tool calls executed', 'ignored'],
  ['server tool use details tool calls requested', 'ignored'],
  // Genkit: the number of files in the prompt and the answer. They are billed by their tokens.
  ['output images', 'ignored'],
  ['input videos', 'ignored'],
  ['output videos', 'ignored'],
  ['input audio files', 'ignored'],
  ['output audio files', 'ignored'],
]);
var WORD_BOUNDARY = /([a-z])(?=[A-Z0-9])|([A-Z])(?=[A-Z][a-z])/g;
function wordsOf(name) {
  const words = name
    .replace(WORD_BOUNDARY, '$1$2 ')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words === null ? [] : words;
}
function meaningOf(path) {
  const words = path.map(wordsOf);
  const named2 = NAMES.get(words.flat().join(' '));
  return named2 ?? meaningOfFlags(flagsOf(words.at(-1) ?? []), flagsOf(words.slice(0, -1).flat()));
}
function flagsOf(words) {
  let flags = 0;
  for (const word of words) flags |= FLAGS.get(word) ?? UNKNOWN2;
  return flags;
}
function meaningOfFlags(own, around) {
  const flags = (own & SIDES) === 0 ? own | around : own | (around & ~SIDES);
  if ((flags & SECONDS) !== 0) return (flags & (AUDIO | OUT)) === AUDIO ? 'inputAudioSeconds' : 'ignored';
  if ((flags & IRRELEVANT) !== 0) return 'ignored';
  const unit = (own & TOKEN) === 0 ? unitOf(flags) : void 0;
  if (unit !== void 0) return unit;
  return (flags & (UNKNOWN2 | UNITS2)) === 0 ? tokensOf2(flags) : 'unknown';
}
function unitOf(flags) {
  if ((flags & SEARCH) !== 0 && (flags & WEB) !== 0) return 'webSearches';
  if ((flags & SEARCH) !== 0 && (flags & FILE) !== 0) return 'fileSearches';
  if ((flags & CODE) !== 0) return 'codeExecutions';
  if ((flags & RERANK) !== 0 && (flags & (SEARCH | CALL)) !== 0) return 'rerankSearches';
  if ((flags & PIECES) !== 0) return (flags & IN) === 0 ? 'images' : 'ignored';
  return (flags & TOOL) !== 0 && (flags & (IN | OUT | CACHE)) === 0 ? 'otherToolCalls' : void 0;
}
function tokensOf2(flags) {
  if ((flags & CACHE) !== 0) return cacheOf(flags);
  if ((flags & (WRITE | HOUR | FIVE_MINUTES)) !== 0) return 'unknown';
  if ((flags & FRESH) !== 0) return (flags & SIDES) === IN ? 'freshInput' : 'unknown';
  if ((flags & CREATED) !== 0) return 'ignored';
  if ((flags & REASON) !== 0) return (flags & MODALITIES) === 0 ? 'reasoning' : 'unknown';
  if ((flags & CITATION) !== 0) return 'citation';
  if ((flags & TOOL) !== 0) return (flags & IN) === 0 ? 'unknown' : modalityOf(flags, TOOL_INPUT);
  if ((flags & IN) !== 0) return modalityOf(flags, INPUT);
  if ((flags & OUT) !== 0) return modalityOf(flags, OUTPUT);
  return (flags & TOTAL) !== 0 && (flags & MODALITIES) === 0 ? 'total' : 'unknown';
}
function cacheOf(flags) {
  if ((flags & FRESH) !== 0) return 'freshInput';
  if ((flags & HOUR) !== 0) return 'cacheWrite1h';
  if ((flags & FIVE_MINUTES) !== 0) return 'cacheWrite5m';
  return (flags & (WRITE | CREATED)) === 0 ? modalityOf(flags, CACHE_READ) : 'cacheWrite';
}
var SIDES = IN | OUT;
var MODALITIES = AUDIO | IMAGE | VIDEO | TEXT;
var UNITS2 = SEARCH | WEB | FILE | CODE | CALL | RERANK;
var INPUT = ['input', 'inputAudio', 'inputImage', 'inputVideo', 'inputText'];
var OUTPUT = ['output', 'outputAudio', 'outputImage', 'outputVideo', 'outputText'];
var TOOL_INPUT = ['toolInput', 'toolAudio', 'toolImage', 'toolVideo', 'ignored'];
var CACHE_READ = ['cacheRead', 'cacheReadAudio', 'cacheReadImage', 'cacheReadText', 'cacheReadText'];
function modalityOf(flags, [all, audio, image, video, text22]) {
  if ((flags & AUDIO) !== 0) return audio;
  if ((flags & IMAGE) !== 0) return image;
  if ((flags & VIDEO) !== 0) return video;
  return (flags & TEXT) === 0 ? all : text22;
}
var MAX_NAMES22 = 2e3;
var MAX_NAME_CHARS2 = 100;
var LONG_NAME = '\u2026';
var APART =
  /cost|pydantic_ai_gateway|search_?context_?size|^(?:billed_?units|meta|raw|iterations|modelUsage)$/i;
var Name = class _Name {
  constructor(path) {
    this.path = path;
    this.meaning = path.length === 0 ? 'unknown' : meaningOf(path);
    this.isApart = APART.test(path.at(-1) ?? '');
  }
  path;
  inside = /* @__PURE__ */ new Map();
  meaning;
  /** True for an object that is not read by the meaning of its name. */
  isApart;
  at(key) {
    if (key.length > MAX_NAME_CHARS2) return new _Name([...this.path, LONG_NAME]);
    const known = this.inside.get(key);
    if (known !== void 0) return known;
    const name = new _Name([...this.path, key]);
    if (namesKnown < MAX_NAMES22) {
      namesKnown += 1;
      this.inside.set(key, name);
    }
    return name;
  }
};
var namesKnown = 0;
var root = new Name([]);
function nameOf(around) {
  return around === '' ? root : root.at(around);
}
var PREFIX = /^(?:.*\.)?(?:usage|token_count|token_usage|tokenUsage)\./;
var MAX_NAME_CHARS3 = 200;
var MAX_KEYS2 = 2e3;
var keys = /* @__PURE__ */ new Map();
function keyOf2(name) {
  const known = keys.get(name);
  if (known !== void 0) return known;
  const key = describe(name);
  if (keys.size < MAX_KEYS2) keys.set(name, key);
  return key;
}
function describe(name) {
  const prefix = name.length > MAX_NAME_CHARS3 ? void 0 : PREFIX.exec(name)?.[0];
  if (prefix === void 0) return null;
  const path = name.slice(prefix.length).split('.');
  const meaning = meaningOf(path);
  return {
    meaning,
    path: [name],
    name: path.join('.'),
    isLooseCache: meaning.startsWith('cache') && isLoose(path),
  };
}
function isLoose(path) {
  return path.length === 1 || path[0] === 'details';
}
function readCounts(draft, numbers, attributes) {
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value !== 'number' && !mayBeCount(value)) continue;
    const key = keyOf2(name);
    if (key === null || key.meaning === 'ignored') continue;
    if (key.meaning === 'unknown') {
      numbers.notice(key.path, value);
      continue;
    }
    numbers.read(value);
    if (key.isLooseCache && value !== 0) draft.cacheIsUnsure = true;
    draft.take(key.meaning, value, key.name);
  }
}
var MAX_DIGITS2 = 20;
function mayBeCount(value) {
  return typeof value === 'string' && value.length <= MAX_DIGITS2 && !value.startsWith('{');
}
var PlainCounts = class {
  input;
  output;
  total;
  freshInput;
  inputText;
  outputText;
  /** True once a number under a usage name was taken. */
  hasAny = false;
  /** False for a number that needs the full reading. `meaning`: undefined for the name of something else. */
  take(meaning, count) {
    if (meaning !== void 0) this.hasAny = true;
    switch (meaning) {
      case void 0:
        return true;
      case 'input':
        this.input = agreed(this.input, count);
        return true;
      case 'output':
        this.output = agreed(this.output, count);
        return true;
      case 'total':
        this.total = agreed(this.total, count);
        return true;
      case 'freshInput':
        this.freshInput = agreed(this.freshInput, count);
        return true;
      case 'inputText':
        this.inputText = agreed(this.inputText, count);
        return true;
      case 'outputText':
        this.outputText = agreed(this.outputText, count);
        return true;
      default:
        return count === 0 || meaning === 'ignored';
    }
  }
  /** `textIsRest`: the text of the output is everything but reasoning. */
  usage(textIsRest) {
    const { input, output, total } = this;
    if (!isCountOrZero(input) || !isCountOrZero(output)) return void 0;
    if (total !== void 0 && total !== input + output) return void 0;
    const { freshInput = input, inputText = input, outputText = output } = this;
    if (freshInput !== input || inputText !== input || outputText !== output) return void 0;
    const tokens = noTokens();
    tokens.input = input + 0;
    tokens.output = output + 0;
    const usage = { tokens };
    if (this.inputText !== void 0) usage.splitsInput = true;
    if (this.outputText !== void 0 && !textIsRest) usage.splitsOutput = true;
    return usage;
  }
};
var SPLITTING = /* @__PURE__ */ new Set(['freshInput', 'inputText', 'outputText']);
function agreed(before, count) {
  return before === void 0 || before === count ? count : Number.NaN;
}
function isCountOrZero(value) {
  return value !== void 0 && value >= 0 && value <= MAX_COUNT && Number.isInteger(value);
}
function readPlainSpan(a) {
  if (tellsMore(a)) return void 0;
  const counts = new PlainCounts();
  for (const name in a) {
    const value = a[name];
    if (typeof value === 'number') {
      if (!counts.take(keyOf2(name)?.meaning, value)) return void 0;
    } else if (typeof value === 'string' && isOfUsage(name)) return void 0;
  }
  if (!counts.hasAny) return (a.input_tokens ?? a.output_tokens) === void 0 ? 'none' : void 0;
  return counts.usage(a['ai.usage.outputTokenDetails.textTokens'] !== void 0);
}
function tellsMore(a) {
  return (
    (a['gen_ai.usage.cost'] ??
      a['operation.cost'] ??
      a['llm.cost.total'] ??
      a['langfuse.observation.usage_details'] ??
      a['langfuse.observation.cost_details'] ??
      a['gcp.vertex.agent.llm_response'] ??
      a['genkit:output']) !== void 0 ||
    (a['ai.usage.promptTokens'] !== void 0 && a['ai.usage.inputTokens'] === void 0) ||
    a['gen_ai.system'] === 'gcp.vertex.agent' ||
    (a['openinference.span.kind'] !== void 0 && hasCopy(a))
  );
}
function hasCopy(a) {
  const output = a['output.value'];
  return a['llm.provider'] === 'aws' || (typeof output === 'string' && hasLangChainWrites(output));
}
function isOfUsage(name) {
  const key = keyOf2(name);
  return key !== null && key.meaning !== 'ignored';
}
function readPlainRecord(usage) {
  const counts = new PlainCounts();
  const names = nameOf('');
  for (const key of keysOf(usage)) {
    const value = usage[key];
    if (value === null || value === void 0) continue;
    const name = names.at(key);
    if (!(typeof value === 'number' ? counts.take(name.meaning, value) : isIdle(value, name))) return void 0;
    if (name.isApart) return void 0;
  }
  return counts.usage(isRecord(usage.outputTokenDetails));
}
function isIdle(value, name) {
  if (typeof value === 'string') return name.meaning === 'unknown' || name.meaning === 'ignored';
  if (!isRecord(value) || Array.isArray(value) || 'low' in value) return false;
  const keys22 = keysOf(value);
  if (keys22.length === 0) return false;
  for (const key of keys22) {
    const count = value[key];
    if (count === null || count === void 0) continue;
    const { meaning, isApart } = name.at(key);
    if (count !== 0 || isApart || SPLITTING.has(meaning)) return false;
  }
  return true;
}
var MAX_LEVELS = 4;
var APART2 = /* @__PURE__ */ new Set(['raw', 'iterations', 'modelUsage']);
var LABELS = ['modality', 'ttl'];
function readRecord(draft, numbers, record, around) {
  readInside(draft, numbers, record, nameOf(around));
}
function readInside(draft, numbers, record, around) {
  for (const key of keysOf(record)) {
    const value = record[key];
    if (isPresent(value) && !APART2.has(key) && !isLabel(key, value))
      readValue(draft, numbers, value, around.at(key));
  }
}
function readValue(draft, numbers, value, name) {
  numbers.visit();
  const { meaning, path } = name;
  if (Array.isArray(value)) {
    if (path.length < MAX_LEVELS) readList(draft, numbers, value, name);
  } else if (isObject(value, name)) {
    if (path.length < MAX_LEVELS) readInside(draft, numbers, value, name);
  } else if (meaning === 'unknown') numbers.notice(path, value);
  else if (meaning !== 'ignored') {
    numbers.read(value);
    draft.take(meaning, value, path.at(-1) ?? '');
  }
}
function isLabel(key, value) {
  return typeof value === 'string' && (key === 'modality' || key === 'ttl');
}
function isObject(value, { meaning, path }) {
  if (!isRecord(value) || ('low' in value && 'high' in value)) return false;
  if (keysOf(value).length > 0 || /details?$/i.test(path.at(-1) ?? '')) return true;
  return meaning !== 'input' && meaning !== 'output' && meaning !== 'total';
}
function readList(draft, numbers, list2, around) {
  const sums = /* @__PURE__ */ new Map();
  for (const entry of listed(list2)) {
    if (!isRecord(entry)) continue;
    const one = new Draft();
    let name = around;
    for (const label of LABELS) {
      const text22 = entry[label];
      if (typeof text22 === 'string') name = name.at(text22);
    }
    readInside(one, numbers, entry, name);
    for (const fact of FACTS) {
      const count = one[fact];
      if (count !== void 0) sums.set(fact, (sums.get(fact) ?? 0) + count);
    }
    if (one.doubt !== void 0) draft.doubtful(one.doubt);
  }
  for (const [fact, count] of sums) {
    numbers.read(count);
    draft.add(fact, count);
  }
}
var TICKS_PER_USD = 1e10;
function readBill(usage, draft) {
  if (!hasMoney(usage)) return;
  draft.reportedCostUsd = readReportedCost(usage, draft);
  draft.refusesBill = draft.refusesUsd && draft.reportedCostUsd === void 0;
  const computed = isRecord(usage.cost) ? usage.cost.total : void 0;
  draft.estimatedCostUsd = readUsd(computed || void 0, 'cost.total', draft);
}
function hasMoney(usage) {
  return keysOf(usage).some((key) => MONEY.test(key));
}
var MONEY = /cost|pydantic_ai_gateway/i;
function readReportedCost(usage, notes) {
  const ticks = usage.cost_in_usd_ticks ?? usage.costInUsdTicks;
  const inTicks = readUsd(dividedBy(ticks, TICKS_PER_USD), 'cost_in_usd_ticks', notes);
  if (inTicks !== void 0) return inTicks;
  const gateway = usage.pydantic_ai_gateway;
  if (isRecord(gateway)) return readUsd(gateway.cost_estimate, 'cost_estimate', notes);
  const inUsd = usage.costUSD ?? usage.costUsd ?? usage.cost_usd;
  if (inUsd !== void 0) return readUsd(inUsd, 'costUsd', notes);
  const cost = isRecord(usage.cost) ? (usage.cost.total_cost ?? usage.cost.totalCost) : usage.cost;
  const ownKey = usage.is_byok ?? usage.isByok;
  if (ownKey === true) return ownKeyCost(usage, cost, notes);
  if (cost === void 0 || cost === null) {
    const estimated2 = usage.estimated_cost ?? usage.estimatedCost;
    return readUsd(estimated2 || void 0, 'estimated_cost', notes);
  }
  const fee = readUsd(cost, 'cost', notes);
  return ownKey === void 0 && isFeeAlone(usage, fee) ? ownKeyCost(usage, fee, notes) : fee;
}
function costDetails(usage) {
  const details = usage.cost_details ?? usage.costDetails;
  return isRecord(details) ? details : {};
}
function isFeeAlone(usage, fee) {
  if (fee === void 0) return false;
  const details = costDetails(usage);
  const upstream = details.upstream_inference_cost ?? details.upstreamInferenceCost;
  return typeof upstream === 'number' && isPostableUsd(upstream) && upstream > 2 * fee;
}
function dividedBy(value, divisor) {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) / divisor : void 0;
}
function ownKeyCost(usage, fee, notes) {
  const d = costDetails(usage);
  const upstream =
    readUsd(d.upstream_inference_cost ?? d.upstreamInferenceCost, 'upstream_inference_cost', notes) ??
    sumOf2(
      d.upstream_inference_prompt_cost ?? d.upstreamInferencePromptCost,
      d.upstream_inference_completions_cost ?? d.upstreamInferenceCompletionsCost,
      notes,
    ) ??
    sumOf2(
      d.upstream_inference_input_cost ?? d.upstreamInferenceInputCost,
      d.upstream_inference_output_cost ?? d.upstreamInferenceOutputCost,
      notes,
    ) ??
    readUsd(usage.market_cost ?? usage.marketCost, 'market_cost', notes);
  if (upstream === void 0) {
    note(notes, 'own key without upstream cost');
    return void 0;
  }
  return addUsd(upstream, readUsd(fee, 'cost', notes) ?? 0);
}
function sumOf2(input, output, notes) {
  const ofInput = readUsd(input, 'upstream cost', notes);
  const ofOutput = readUsd(output, 'upstream cost', notes);
  return ofInput === void 0 || ofOutput === void 0 ? void 0 : addUsd(ofInput, ofOutput);
}
var MAX_VALUES = 2e4;
var MAX_SUMMED = 24;
var UnreadNumbers = class {
  /** `around`: the name of the object that the paths start in. */
  constructor(around = []) {
    this.around = around;
  }
  around;
  visited = 0;
  known = [];
  unknown = [];
  /** Counts one value, whatever it is. Throws beyond {@link MAX_VALUES}: reading in part would be an undercount. */
  visit() {
    this.visited += 1;
    if (this.visited > MAX_VALUES) throw new RangeError('too many');
  }
  read(value) {
    if (isCount(value)) this.known.push(value);
  }
  notice(path, value) {
    if (isCount(value)) this.unknown.push([path, value]);
  }
  /**
   * The paths of the numbers that equal none of those read, and no sum of two, three or all of them. Undefined when
   * there are none.
   */
  paths() {
    if (this.unknown.length === 0) return void 0;
    const sums = sumsOf2(this.known);
    const unread = this.unknown.filter(([, count]) => !sums.has(count));
    return unread.length === 0 ? void 0 : unread.map(([path]) => [...this.around, ...path].join('.'));
  }
};
function sumsOf2(known) {
  const numbers = [...new Set(known)];
  const sums = new Set(numbers);
  sums.add(numbers.reduce((sum2, count) => sum2 + count, 0));
  if (numbers.length > MAX_SUMMED) return sums;
  numbers.forEach((a, i) => {
    numbers.slice(i + 1).forEach((b, j) => {
      sums.add(a + b);
      for (const c of numbers.slice(i + j + 2)) sums.add(a + b + c);
    });
  });
  return sums;
}
var CACHE_OUTSIDE = /anthropic|claude|bedrock/i;
var THOUGHTS_APART = /gemini|google|vertex|gcp|grok|x[-_.]?ai/i;
function statesCacheOutside(name) {
  return name !== void 0 && CACHE_OUTSIDE.test(name);
}
function mayCountThoughtsApart(provider, model) {
  return model === void 0 ? THOUGHTS_APART.test(provider ?? '') : THOUGHTS_APART.test(model);
}
function mayDropCache(provider, model) {
  return statesCacheOutside(model) || (model === void 0 && statesCacheOutside(provider));
}
var CACHE_INSIDE = /^(?:ai|gen_ai|pydantic-ai|openlit.*|.*openinference.*)$/i;
var CACHE_OUTSIDE_RECORDER = /ruby[_-]?llm|openinference.*bedrock/i;
var COMPUTES_COST = /openlit|openinference|pydantic/i;
var REPORTS_COST = /claude-agent-sdk/;
function statesCacheInside(recorder) {
  return CACHE_INSIDE.test(recorder);
}
function recordsCacheOutside(recorder) {
  return CACHE_OUTSIDE_RECORDER.test(recorder);
}
function computesCost(recorder) {
  return COMPUTES_COST.test(recorder) && !REPORTS_COST.test(recorder);
}
function reportsCost(recorder) {
  return REPORTS_COST.test(recorder);
}
var OWN_GEMINI = /^(?:models\/|projects\/.*\/)?gemini-/;
function isOwnGemini(model) {
  return typeof model === 'string' && OWN_GEMINI.test(model);
}
function countsReasoningApart(model) {
  return model !== void 0 && /sonar-deep-research/.test(model);
}
function readUsage(usage, hint = {}) {
  try {
    if (!isRecord(usage)) return void 0;
    const { requestUsageEntries: requests = usage.request_usage_entries } = usage;
    return Array.isArray(requests) ? readRequests(usage, requests, hint) : readWhole(usage, hint);
  } catch {
    return void 0;
  }
}
function readRequests(usage, requests, hint) {
  const { requestUsageEntries: _camel, request_usage_entries: _snake, ...counts } = usage;
  const whole2 = readWhole(counts, hint);
  const parts = listed(requests)
    .filter(isRecord)
    .flatMap((request) => readWhole(request, hint) ?? []);
  const sum2 = sumOfParts(parts.map((part) => ({ usage: part })));
  if (sum2 === void 0 || parts.length < 2) return whole2;
  const isAll = whole2 === void 0 || (holds(sum2, whole2) && holds(whole2, sum2));
  return isAll ? { ...sum2, requests: parts.length } : whole2;
}
var MAX_RAW_LEVELS = 3;
function readWhole(usage, hint) {
  return readPlainRecord(usage) ?? readInFull(usage, hint);
}
function readInFull(usage, hint, level = 1) {
  const draft = new Draft();
  const numbers = new UnreadNumbers(['usage']);
  const billed = billedUnits(usage);
  if (billed === void 0) readRecord(draft, numbers, usage, '');
  else {
    readRecord(draft, numbers, billed, 'billed_units');
    noticeBeside(numbers, usage);
    draft.besideInput = draft.toolImage;
  }
  expectPlaces(draft, usage, hint);
  if (Array.isArray(usage.iterations)) addIterations(draft, usage.iterations, readCounts2);
  readBill(usage, draft);
  draft.totalIsOther = draft.inputAudioSeconds !== void 0;
  const searched = usage.search_context_size ?? usage.searchContextSize;
  if (searched === 'medium' || searched === 'high') draft.doubtful('other_tier');
  draft.textIsRest = isRecord(usage.outputTokenDetails);
  draft.unread = numbers.paths();
  const read2 = toUsage(draft);
  const original = level < MAX_RAW_LEVELS ? usage.raw : void 0;
  const raw = isRecord(original) ? readInFull(original, hint, level + 1) : void 0;
  return read2 !== void 0 && raw !== void 0 ? richest(read2, raw) : (read2 ?? raw);
}
function readCounts2(counts) {
  const draft = new Draft();
  readRecord(draft, new UnreadNumbers(), counts, '');
  expectPlaces(draft, counts, {});
  return draft;
}
function billedUnits(usage) {
  const own = usage.billed_units ?? usage.billedUnits;
  if (isRecord(own)) return own;
  if (!isRecord(usage.meta)) return void 0;
  const { billed_units: billed = usage.meta.billedUnits } = usage.meta;
  return isRecord(billed) ? billed : void 0;
}
var NOT_BILLED2 = /* @__PURE__ */ new Set([
  'billed_units',
  'billedUnits',
  'tokens',
  'cached_tokens',
  'cachedTokens',
  'meta',
]);
function noticeBeside(numbers, usage) {
  const others2 = Object.fromEntries(Object.entries(usage).filter(([key]) => !NOT_BILLED2.has(key)));
  readRecord(new Draft(), numbers, others2, '');
}
function expectPlaces(draft, usage, { provider, model }) {
  const hasPromptTokens = (usage.prompt_tokens ?? usage.promptTokens) !== void 0;
  const isOfAnthropicShape = !hasPromptTokens && hasAny(usage, CACHE_BESIDE);
  draft.cacheIsOutside = isOfAnthropicShape || (usage.input !== void 0 && hasAny(usage, CACHE_OF_PI));
  draft.cacheIsUnsure = hasPromptTokens && usage.input_tokens !== void 0 && hasAny(usage, CACHE_BESIDE);
  draft.cacheMustBeOutside = isOfOldAiSdk(usage) && statesCacheOutside(provider);
  if (provider === void 0 && isOfOldAiSdk(usage) && statesCacheOutside(model)) doubtCacheThatFits(draft);
  draft.reasoningIsOutside = hasAny(usage, THOUGHTS_BESIDE);
  draft.reasoningMustBeOutside = countsReasoningApart(model);
  draft.totalHasThoughts = mayCountThoughtsApart(provider, model);
  draft.totalHasCache = mayDropCache(provider, model);
}
function doubtCacheThatFits(draft) {
  const { cacheRead = 0, input = 0 } = draft;
  if (cacheRead > 0 && cacheRead <= input) draft.doubtful('ambiguous_usage');
}
var CACHE_BESIDE = [
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'cacheCreationInputTokens',
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
];
var CACHE_OF_PI = ['cacheRead', 'cacheWrite'];
var THOUGHTS_BESIDE = [
  'thoughtsTokenCount',
  'thoughts_token_count',
  'total_thought_tokens',
  'thoughtsTokens',
];
function hasAny(usage, names) {
  return names.some((name) => usage[name] !== void 0 && usage[name] !== null);
}
function isOfOldAiSdk(usage) {
  const { cachedInputTokens, inputTokenDetails, cacheCreationInputTokens } = usage;
  return (
    (cachedInputTokens ?? void 0) !== void 0 && (inputTokenDetails ?? cacheCreationInputTokens) === void 0
  );
}
var MAX_FINISH_REASONS = 8;
var MAX_CHOICES = 128;
function setFacts(facts, from) {
  const model = firstString(from.model, from.modelVersion, from.model_version, from.modelId);
  if (model !== void 0) facts.responseModel = model;
  const id = firstString(from.id, from.responseId, from.response_id, from.generation_id);
  if (id !== void 0) facts.responseId = id;
  setTier(facts, from);
  setFinishReason(
    facts,
    from.stop_reason ?? from.stopReason ?? from.finish_reason ?? from.finishReason ?? from.done_reason,
  );
}
function setTier(facts, from) {
  const own = isRecord(from.serviceTier) ? from.serviceTier.type : from.serviceTier;
  const speed = from.speed === 'fast' ? from.speed : void 0;
  const tier = firstString(speed, from.service_tier, own, from.trafficType);
  if (from.inference_geo === 'us' && (tier === void 0 || tier === 'standard')) facts.serviceTier = 'us';
  else if (tier !== void 0) facts.serviceTier = tier.toLowerCase().replace(/^on_demand_/, '');
}
function setFinishReason(facts, reason) {
  const text22 = isRecord(reason) ? firstString(reason.unified, reason.raw) : reason;
  if (typeof text22 !== 'string' || text22 === '') return;
  const known = facts.finishReasons;
  if (known === void 0) facts.finishReasons = [text22];
  else if (known.length < MAX_FINISH_REASONS && !known.includes(text22)) known.push(text22);
}
function setChoiceReasons(facts, from) {
  for (const list2 of [from.choices, from.candidates]) {
    if (!Array.isArray(list2)) continue;
    for (const choice of list2.slice(0, MAX_CHOICES))
      if (isRecord(choice)) setFinishReason(facts, choice.finish_reason ?? choice.finishReason);
  }
}
function firstString(...values2) {
  for (const value of values2) if (typeof value === 'string' && value !== '') return value;
  return void 0;
}
function withProviderMetadata(facts, metadata) {
  if (!isRecord(metadata)) return facts;
  const merged2 = { ...facts };
  for (const key of keysOf(metadata)) {
    const entry = metadata[key];
    if (!isRecord(entry)) continue;
    const usage = readEntry(entry, merged2.usage);
    if (usage !== void 0) merged2.usage = usage;
    if (merged2.serviceTier === void 0 && isRecord(entry.usage)) setTier(merged2, entry.usage);
    if (typeof entry.serviceTier === 'string') merged2.serviceTier ??= entry.serviceTier.toLowerCase();
  }
  return merged2;
}
function readEntry(entry, known) {
  const own = readUsage(entry.usage ?? entry.usageMetadata);
  const usage = known !== void 0 && own !== void 0 ? ofOneCall(known, own) : (known ?? own);
  const notes = { anomaly: void 0 };
  const withWrites =
    own === void 0 && usage !== void 0
      ? splitInside(addCacheWrites(usage, entry, notes), entry, notes)
      : usage;
  const cost = readUsd(isRecord(entry.cost) ? entry.cost.totalCost : entry.cost, 'cost', notes);
  if (notes.refusesUsd && withWrites !== void 0) return { ...withWrites, refusesBill: true };
  if (cost === void 0 || cost === 0) return withWrites;
  return { ...(withWrites ?? { tokens: noTokens() }), reportedCostUsd: cost };
}
function ofOneCall(known, own) {
  const { doubt: _doubt, ...both } = richest(known, own);
  if (holds(own, known)) return own.doubt === void 0 ? both : { ...both, doubt: own.doubt };
  if (own.reportedCostUsd === void 0) return richest(known, own);
  const { reportedCostUsd: _bill, ...usage } = both;
  return { ...usage, isSum: true, doubt: 'reported_differs' };
}
var CACHED_INSIDE = ['cachedPromptTokens', 'promptCacheHitTokens', 'cachedContentTokenCount'];
function splitInside(usage, entry, notes) {
  const { tokens } = usage;
  const cached = CACHED_INSIDE.map((name) => readCount(entry[name], name, notes) ?? 0);
  const read2 = tokens.cacheRead > 0 ? 0 : Math.min(Math.max(...cached), tokens.input);
  const thought = readCount(entry.reasoningTokens, 'reasoningTokens', notes) ?? 0;
  const reasoning = tokens.reasoning > 0 ? 0 : Math.min(thought, tokens.output);
  if (read2 + reasoning === 0) return usage;
  return {
    ...usage,
    tokens: {
      ...tokens,
      input: tokens.input - read2,
      cacheRead: tokens.cacheRead + read2,
      output: tokens.output - reasoning,
      reasoning: tokens.reasoning + reasoning,
    },
  };
}
function addCacheWrites(usage, entry, notes) {
  const written = readCount(entry.cacheCreationInputTokens, 'cacheCreationInputTokens', notes) ?? 0;
  const read2 = readCount(entry.cacheReadInputTokens, 'cacheReadInputTokens', notes) ?? 0;
  const { tokens } = usage;
  const knowsWrites = tokens.cacheWrite + tokens.cacheWrite1h > 0;
  return {
    ...usage,
    tokens: {
      ...tokens,
      cacheWrite: knowsWrites ? tokens.cacheWrite : written,
      cacheRead: tokens.cacheRead > 0 ? tokens.cacheRead : read2,
    },
  };
}
var OPERATIONS = /* @__PURE__ */ new Set(['embeddings', 'embedding', 'rerank', 'EMBEDDING', 'RERANKER']);
var MODEL = /embed|rerank|moderation/i;
function isInputOnlyOperation(operation) {
  return OPERATIONS.has(operation);
}
function isInputOnlyModel(model) {
  return model !== void 0 && MODEL.test(model);
}
function ofEndedCall(usage, hasNoOutput, model) {
  if (!usage.inputOnly || hasNoOutput || isInputOnlyModel(model)) return usage;
  return { ...usage, incomplete: true };
}
var MAX_LENGTH22 = 2e3;
function readLangfuseCounts(draft, numbers, a) {
  const usage = a['langfuse.observation.usage_details'];
  if (usage === void 0) return;
  const counts = recordIn(usage);
  if (!isLangfuse(counts)) return;
  for (const name of keysOf(counts)) {
    const count = counts[name];
    if (typeof count !== 'number') continue;
    const meaning = meaningOf([name]);
    if (meaning === 'unknown') numbers.notice(['langfuse.observation.usage_details', name], count);
    else if (meaning !== 'ignored') addCount(draft, numbers, meaning, count, name);
  }
}
function langfuseUsage(a) {
  const usage = a['langfuse.observation.usage_details'];
  const counts = usage === void 0 ? void 0 : recordIn(usage);
  return counts === void 0 || isLangfuse(counts) ? void 0 : counts;
}
function isLangfuse({ input, output, total }) {
  return (input ?? output ?? total) !== void 0;
}
function addCount(draft, numbers, fact, count, name) {
  numbers.read(count);
  const side = SIDE_OF[fact];
  const before = side && draft[side];
  draft.take(fact, count, name);
  if (side === void 0 || !isCount(count)) return;
  draft[side] = (before ?? 0) + count;
  draft.lesserInput = void 0;
  draft.lesserOutput = void 0;
}
var SIDE_OF = {
  input: 'input',
  inputAudio: 'input',
  inputImage: 'input',
  inputVideo: 'input',
  cacheRead: 'input',
  cacheReadAudio: 'input',
  cacheWrite: 'input',
  cacheWrite5m: 'input',
  cacheWrite1h: 'input',
  output: 'output',
  outputAudio: 'output',
  outputImage: 'output',
  outputVideo: 'output',
  reasoning: 'output',
};
function readLangfuseCost(draft, a) {
  const details = a['langfuse.observation.cost_details'];
  if (details === void 0) return void 0;
  const costs2 = recordIn(details);
  const parts = keysOf(costs2).flatMap((name) => {
    const part = costs2[name];
    return typeof part === 'number' ? [[name, part]] : [];
  });
  const total = parts.find(([name]) => name === 'total')?.[1];
  const usd2 = total ?? parts.reduce((sum2, [, part]) => addUsd(sum2, part) ?? sum2, 0);
  return readUsd(usd2 || void 0, 'cost_details', draft);
}
function recordIn(json) {
  const parsed22 = typeof json === 'string' && json.length <= MAX_LENGTH22 ? parse(json) : void 0;
  return isRecord(parsed22) ? parsed22 : {};
}
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return void 0;
  }
}
var MAX_LENGTH3 = 2e5;
var USAGE = /"(?:usage|usage_metadata|usageMetadata)":\s*(\{(?:[^{}]|\{[^{}]*\})*\})/g;
function copiedUsage(a) {
  const copy2 = a['gcp.vertex.agent.llm_response'] ?? genkitOutput(a) ?? bedrockOutput(a);
  if (typeof copy2 !== 'string' || copy2.length > MAX_LENGTH3) return void 0;
  const last = [...copy2.matchAll(USAGE)].at(-1)?.[1];
  if (last === void 0) return void 0;
  try {
    return JSON.parse(last);
  } catch {
    return void 0;
  }
}
function genkitOutput(a) {
  return a['genkit:metadata:subtype'] === 'model' ? a['genkit:output'] : void 0;
}
function bedrockOutput(a) {
  return a['llm.provider'] === 'aws' && a['openinference.span.kind'] === 'LLM' ? a['output.value'] : void 0;
}
function readBareCounts(draft, a) {
  draft.take('input', a.input_tokens, 'input_tokens');
  draft.take('output', a.output_tokens, 'output_tokens');
  if (draft.input === void 0 && draft.output === void 0) return;
  draft.cacheIsOutside = true;
  draft.take('cacheRead', a.cache_read_tokens, 'cache_read_tokens');
  draft.take('cacheWrite', a.cache_creation_tokens, 'cache_creation_tokens');
}
var PACKED_CACHE_READ = /["']cache_read["']\s*:\s*(\d{1,12})\b/;
var PACKED_CACHE_WRITE = /["']cache_creation["']\s*:\s*(\d{1,12})\b/;
var PACKED_REASONING = /["']reasoning["']\s*:\s*(\d{1,12})\b/;
function readPackedDetails(draft, a) {
  const input = a['gen_ai.usage.input_token_details'];
  const output = a['gen_ai.usage.output_token_details'];
  if (typeof input === 'string') {
    draft.take('cacheRead', PACKED_CACHE_READ.exec(input)?.[1], 'cache_read');
    draft.take('cacheWrite', PACKED_CACHE_WRITE.exec(input)?.[1], 'cache_creation');
  }
  if (typeof output === 'string') draft.take('reasoning', PACKED_REASONING.exec(output)?.[1], 'reasoning');
}
function readSpanUsage(a, source) {
  const plain22 = readPlainSpan(a) ?? readWholeUsage(a, source);
  return plain22 === 'none' ? void 0 : plain22;
}
function readWholeUsage(a, source) {
  const draft = new Draft();
  const numbers = new UnreadNumbers();
  readCounts(draft, numbers, a);
  if (draft.input === void 0 && draft.output === void 0) readBareCounts(draft, a);
  readPackedDetails(draft, a);
  if (draft.input === void 0 && draft.output === void 0) readLangfuseCounts(draft, numbers, a);
  readLangChainWrites(draft, a);
  readCost2(draft, a, source.recorder);
  const copied = copiedUsage(a) ?? langfuseUsage(a);
  const copy2 = copied === void 0 ? void 0 : readUsage(copied, source);
  if (isEmpty(draft)) return copy2;
  expectPlaces2(draft, a, source);
  const isInputOnly = takesInputOnly(a, source.model);
  if (draft.input === void 0 && draft.output === void 0 && isInputOnly) draft.input = draft.total;
  if (!isInputOnly && draft.input !== void 0 && (draft.output ?? draft.total) === void 0)
    draft.refused = true;
  draft.unread = numbers.paths();
  const usage = toUsage(draft);
  return copy2 === void 0 || usage === void 0 ? (usage ?? copy2) : richest(usage, copy2);
}
function isEmpty(draft) {
  const { input, output, total, reportedCostUsd, estimatedCostUsd } = draft;
  return (input ?? output ?? total ?? reportedCostUsd ?? estimatedCostUsd) === void 0 && !draft.refused;
}
function expectPlaces2(draft, a, { provider, model, recorder }) {
  draft.textIsRest = a['ai.usage.outputTokenDetails.textTokens'] !== void 0;
  draft.totalHasThoughts = mayCountThoughtsApart(provider, model);
  draft.totalHasCache = mayDropCache(provider, model);
  draft.reasoningIsOutside =
    a['gen_ai.usage.experimental.reasoning_tokens'] !== void 0 && isOwnGemini(a['gen_ai.request.model']);
  if (hidesCounts(a) || hidesCacheOfAiSdk5(draft, a)) draft.doubtful('dropped_cache');
  if ((draft.cacheRead ?? 0) + (draft.cacheWrite ?? 0) === 0) return;
  if (a['ai.operationId'] !== void 0 && !hasAiSdkDetails(a)) expectOldAiSdk(draft, provider, model);
  const isKnown = statesCacheInside(recorder) || !mayDropCache(provider, model);
  if (isKnown) draft.cacheIsUnsure = false;
  draft.cacheIsOutside ||= recordsCacheOutside(recorder);
}
var THINKING_GEMINI = /gemini-(?:2\.5|[3-9])/;
function hidesCounts(a) {
  const model = a['gen_ai.request.model'];
  return (
    a['gen_ai.system'] === 'gcp.vertex.agent' &&
    isOwnGemini(model) &&
    typeof model === 'string' &&
    THINKING_GEMINI.test(model) &&
    a['gen_ai.usage.experimental.reasoning_tokens'] === void 0 &&
    copiedUsage(a) === void 0
  );
}
var MIN_CACHED_PROMPT_TOKENS = 1024;
function hidesCacheOfAiSdk5(draft, a) {
  return (
    a['ai.usage.promptTokens'] !== void 0 &&
    a['ai.usage.inputTokens'] === void 0 &&
    (draft.cacheRead ?? draft.cacheWrite) === void 0 &&
    !/cache[^"]*":/i.test(String(a['ai.response.providerMetadata'])) &&
    (draft.input ?? 0) >= MIN_CACHED_PROMPT_TOKENS
  );
}
function hasAiSdkDetails(a) {
  return (
    (a['ai.usage.inputTokenDetails.cacheReadTokens'] ?? a['ai.usage.inputTokenDetails.noCacheTokens']) !==
    void 0
  );
}
var SPEAKS_OPENAI = /^openrouter$|\.(?:chat|completion|responses)$/;
function expectOldAiSdk(draft, provider, model) {
  const fits = (draft.cacheRead ?? 0) + (draft.cacheWrite ?? 0) <= (draft.input ?? 0);
  const speaksOpenAi = fits && provider !== void 0 && SPEAKS_OPENAI.test(provider);
  draft.cacheMustBeOutside = statesCacheOutside(speaksOpenAi ? provider : `${provider} ${model}`);
  const isNamed3 = statesCacheOutside(provider) || provider === 'gateway';
  if (draft.cacheMustBeOutside && fits && !isNamed3) draft.doubtful('ambiguous_usage');
}
function takesInputOnly(a, model) {
  const operation = a['ai.operationId'];
  return (
    isInputOnlyOperation(a['gen_ai.operation.name']) ||
    isInputOnlyOperation(a['llm.request.type']) ||
    isInputOnlyOperation(a['openinference.span.kind']) ||
    isInputOnlyOperation(a['langfuse.observation.type']) ||
    (typeof operation === 'string' && operation.includes('mbed')) ||
    isInputOnlyModel(model)
  );
}
function readCost2(draft, a, recorder) {
  const stated =
    readUsd(a['gen_ai.usage.cost'] || void 0, 'gen_ai.usage.cost', draft) ?? readLangfuseCost(draft, a);
  draft.refusesBill = draft.refusesUsd && stated === void 0 && !computesCost(recorder);
  const computed =
    readUsd(a['operation.cost'] || void 0, 'operation.cost', draft) ??
    readUsd(a['llm.cost.total'] || void 0, 'llm.cost.total', draft);
  if (computesCost(recorder)) draft.estimatedCostUsd = stated ?? computed;
  else if (reportsCost(recorder)) draft.reportedCostUsd = stated ?? computed;
  else {
    draft.reportedCostUsd = stated;
    draft.estimatedCostUsd = computed;
  }
}
var MAX_METADATA_LENGTH = 2e4;
var TELLS_MORE = /"(?:usage|cost|cacheCreationInputTokens)":|"serviceTier":"(?!default|auto|standard)/;
function readSpan(attributes, recorder = '') {
  try {
    return readFacts(attributes, recorder);
  } catch {
    return void 0;
  }
}
function readFacts(a, recorder) {
  const provider = providerOf(a);
  const responseModel = responseModelOf(a);
  const requestModel = requestModelOf(a);
  const usage = readSpanUsage(a, { provider, model: responseModel ?? requestModel, recorder });
  const toolName = usage === void 0 ? toolNameOf(a) : void 0;
  if ((provider ?? responseModel ?? requestModel ?? toolName ?? usage) === void 0) return void 0;
  const responseId = responseIdOf(a);
  const serviceTier = serviceTierOf(a)?.toLowerCase();
  const facts = { usage, provider, responseModel, requestModel, responseId, serviceTier, toolName };
  const metadata = a['ai.response.providerMetadata'];
  return typeof metadata === 'string' ? addMetadata(facts, metadata) : facts;
}
function addMetadata(facts, metadata) {
  if (metadata.length > MAX_METADATA_LENGTH || !TELLS_MORE.test(metadata)) return facts;
  const { usage, serviceTier } = facts;
  const known = { ...(usage && { usage }), ...(serviceTier && { serviceTier }) };
  try {
    return { ...facts, ...withProviderMetadata(known, JSON.parse(metadata)) };
  } catch {
    return facts;
  }
}
function providerOf(a) {
  return (
    text2(a['gen_ai.provider.name']) ??
    text2(a['gen_ai.system']) ??
    text2(a['ai.model.provider']) ??
    text2(a['llm.provider']) ??
    text2(a['llm.system'])
  );
}
function responseModelOf(a) {
  return (
    text2(a['gen_ai.response.model']) ??
    text2(a['ai.response.model']) ??
    text2(a['llm.response.model_name']) ??
    text2(a['llm.model_name']) ??
    text2(a['embedding.model_name']) ??
    text2(a['reranker.model_name'])
  );
}
function requestModelOf(a) {
  return (
    text2(a['gen_ai.request.model']) ??
    text2(a['llm.request.model_name']) ?? // VoltAgent's calls and agents.
    text2(a['llm.model']) ??
    text2(a['ai.model.name']) ??
    text2(a['ai.model.id']) ??
    text2(a['langsmith.metadata.ls_model_name']) ??
    text2(a.model_name) ??
    text2(a.model) ??
    text2(a['langfuse.observation.model.name']) ??
    (a['genkit:metadata:subtype'] === 'model' ? text2(a['genkit:name']) : void 0) ??
    bedrockModelOf(a)
  );
}
var MODEL_ID = /"modelId":"([^"]{1,200})"/;
function bedrockModelOf(a) {
  const request = a['input.value'];
  if (a['llm.provider'] !== 'aws' || typeof request !== 'string') return void 0;
  return MODEL_ID.exec(request)?.[1];
}
function responseIdOf(a) {
  return (
    text2(a['gen_ai.response.id']) ??
    text2(a['ai.response.id']) ??
    text2(a.request_id) ??
    (a['openinference.span.kind'] === 'LLM' ? responseIdIn(a['output.value']) : void 0)
  );
}
var STARTS_WITH_ID = /^\{"id":"([\w.:-]{1,200})"/;
function responseIdIn(output) {
  if (typeof output !== 'string') return void 0;
  return isLangChainJson(output) ? langChainId(output) : STARTS_WITH_ID.exec(output)?.[1];
}
function serviceTierOf(a) {
  return (
    text2(a['openai.response.service_tier']) ??
    text2(a['gen_ai.openai.response.service_tier']) ??
    text2(a['anthropic.response.service_tier']) ??
    text2(a['gen_ai.response.service_tier'])
  );
}
function readToolName(attributes) {
  try {
    return toolNameOf(attributes);
  } catch {
    return void 0;
  }
}
function toolNameOf(a) {
  return (
    text2(a['gen_ai.tool.name']) ??
    (a['genkit:metadata:subtype'] === 'tool' ? text2(a['genkit:name']) : void 0) ??
    text2(a['ai.toolCall.name']) ??
    text2(a['tool.name']) ??
    text2(a.tool_name) ??
    (a['langsmith.span.kind'] === 'tool' ? text2(a['langsmith.trace.name']) : void 0) ??
    (a['traceloop.span.kind'] === 'tool' ? text2(a['traceloop.entity.name']) : void 0)
  );
}
function readSessionId(attributes, extraKeys) {
  const id = text2(attributes['session.id']);
  if (id !== void 0) return id;
  for (const key of extraKeys) {
    const named2 = text2(attributes[key]);
    if (named2 !== void 0) return named2;
  }
  return text2(attributes['gen_ai.conversation.id']);
}
function text2(value) {
  return typeof value === 'string' && value !== '' ? value : void 0;
}
var ToolSpan = class {
  constructor(tool, ours) {
    this.tool = tool;
    this.ours = ours;
  }
  tool;
  ours;
  open = true;
  /** A wrapper inside the span has billed this call. */
  billedInside = false;
  name() {
    if (typeof this.tool === 'string') return this.tool;
    const { attributes } = this.tool;
    return attributes === void 0 ? void 0 : readToolName(attributes);
  }
};
function roles(table) {
  return Object.assign(/* @__PURE__ */ Object.create(null), table);
}
var OPERATION_ROLES = roles({
  chat: 'llm',
  text_completion: 'llm',
  generate_content: 'llm',
  embeddings: 'llm',
  execute_tool: 'tool',
  invoke_agent: 'agent',
  invoke_workflow: 'agent',
  agent_step: 'step',
  completion: 'llm',
  embedding: 'llm',
  rerank: 'llm',
  responses: 'llm',
  message: 'llm',
  image_generation: 'llm',
  speech: 'llm',
  transcription: 'llm',
  'chat.completions': 'llm',
  'text.completions': 'llm',
});
var OPENINFERENCE_ROLES = roles({
  LLM: 'llm',
  EMBEDDING: 'llm',
  RERANKER: 'llm',
  TOOL: 'tool',
  AGENT: 'agent',
});
var KIND_ROLES = roles({
  llm: 'llm',
  chat: 'llm',
  completion: 'llm',
  embedding: 'llm',
  rerank: 'llm',
  generation: 'llm',
  llm_request: 'llm',
  model_generation: 'llm',
  tool: 'tool',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  agent: 'agent',
  agent_run: 'agent',
});
var GENKIT_ROLES = roles({ model: 'llm', embedder: 'llm', tool: 'tool' });
function readRole(a) {
  const operation = a['gen_ai.operation.name'];
  if (operation !== void 0) {
    const role = lookUp(OPERATION_ROLES, operation);
    if (role !== void 0) return role;
  }
  const aiOperation = a['ai.operationId'];
  if (typeof aiOperation === 'string') return aiSdkRole(aiOperation);
  const kind = a['openinference.span.kind'];
  if (typeof kind === 'string') return OPENINFERENCE_ROLES[kind.toUpperCase()] ?? roleByUsage(a);
  return roleByKind(a) ?? (operation === void 0 && hasModel(a) ? 'llm' : roleByUsage(a));
}
function isTurn(a) {
  const operation = a['gen_ai.operation.name'];
  return operation === 'agent_step' || operation === 'model_step' || a['mastra.span.type'] === 'model_step';
}
function roleByKind(a) {
  return (
    lookUp(GENKIT_ROLES, a['genkit:metadata:subtype']) ??
    lookUp(KIND_ROLES, a['traceloop.span.kind']) ??
    lookUp(KIND_ROLES, a['llm.request.type']) ??
    lookUp(KIND_ROLES, a['langsmith.span.kind']) ??
    lookUp(KIND_ROLES, a['langfuse.observation.type']) ??
    lookUp(KIND_ROLES, a['mastra.span.type']) ??
    lookUp(KIND_ROLES, a['span.type']) ?? // VoltAgent's agents, which repeat the usage of their calls.
    (typeof a['agent.state'] === 'string' ? 'agent' : void 0)
  );
}
function hasModel(a) {
  return (a['gen_ai.request.model'] ?? a['gen_ai.response.model'] ?? a['llm.model_name']) !== void 0;
}
function lookUp(table, value) {
  return typeof value === 'string' ? table[value] : void 0;
}
function aiSdkRole(operation) {
  if (operation === 'ai.toolCall') return 'tool';
  return operation.indexOf('.do', 'ai.'.length) > 0 ? 'llm' : 'aggregate';
}
function roleByUsage(a) {
  return showsUsage(a) ? 'aggregate' : 'plain';
}
function showsUsage(a) {
  const usage =
    a['gen_ai.usage.input_tokens'] ??
    a['gen_ai.usage.prompt_tokens'] ??
    a['llm.token_count.prompt'] ??
    a['llm.token_count.total'] ??
    a['llm.usage.total_tokens'] ??
    a['gen_ai.usage.cost'] ??
    a['operation.cost'];
  return usage !== void 0;
}
function startForeign(runtime, record, span, around) {
  runtime.startsBeside.noteStart(record, span);
  const { attributes } = span;
  if (record.sessions === void 0 && attributes !== void 0) joinSession(runtime, record, attributes);
  if (record.parent === void 0) standInForTask(record, span);
  if (startsAfterCall(record)) record.kind = 'handover';
  if (attributes !== void 0) {
    const role = readRole(attributes);
    record.isToolByName = role === 'plain' && isNamedTool(span);
    takeRole(runtime, record, span, record.isToolByName ? 'tool' : role);
    record.statedAtStart = record.role === 'llm' && showsUsage(attributes);
    if (around?.role === 'llm' && isTurn(attributes)) around.turnsInside += 1;
  }
  if (record.role === 'plain') record.span = span;
}
function joinSession(runtime, record, attributes) {
  const id = readSessionId(attributes, runtime.sessionIdKeys);
  if (id !== void 0) record.change().sessions = runtime.enterSession(id, void 0);
}
function standInForTask(record, span) {
  const task = new Task(void 0, void 0, record.sessions);
  task.bindSpan(span);
  record.change().task = task;
  record.ownTask = task;
  record.span = span;
}
function takeRole(runtime, record, span, role) {
  record.role = role;
  switch (role) {
    case 'agent':
      openScope(record, 'agent').agentName = readAgentName(span);
      break;
    case 'tool':
      openTool(record, new ToolSpan(span, false));
      record.isBillableCall = hasPrice(runtime, record.tool?.name());
      break;
    case 'step':
      if (record.kind === 'span') record.kind = 'scope';
      record.change().leaveCall();
      break;
    case 'llm':
      runtime.startsBeside.noteClient(record, span);
      record.kind = 'span';
      record.span = span;
      record.isBillableCall = true;
      if (record.tool !== void 0) record.change().tool = void 0;
      break;
    case 'aggregate':
      if (record.tool !== void 0) record.change().tool = void 0;
      break;
    default:
  }
}
function isNamedTool({ name }) {
  return name?.startsWith('execute_tool ') === true;
}
function startsAfterCall({ parent }) {
  if (parent?.role !== 'llm' || parent.settled || parent.statedAtStart) return false;
  const call = parent.span;
  return call?.attributes !== void 0 && showsUsage(call.attributes);
}
function hasPrice({ tools }, name) {
  const price2 = name === void 0 ? void 0 : tools[name];
  return price2 !== void 0 && (price2.billable === true || price2.costUsd !== void 0);
}
function readAgentName({ attributes }) {
  const name = attributes?.[AGENT_NAME];
  return typeof name === 'string' ? name : void 0;
}
function openScope(record, kind) {
  const scope = new Scope(kind, record.scope ?? record.task?.ensureScope(), record.sessions);
  record.ownScope = scope;
  if (record.kind === 'span') record.kind = 'scope';
  const around = record.change();
  around.leaveCall();
  around.scope = scope;
  return scope;
}
function openTool(record, tool, call) {
  record.outerTool = record.tool;
  record.kind = 'tool';
  record.becomeCall(tool, call);
}
var MILLIS_PER_DAY = 864e5;
var TIME_OF_DAY = /^(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)(?:Z|([+-])(\d{2}):(\d{2}))$/;
function datedFrom(constraint, rate) {
  if (constraint === void 0) return { rate };
  if (constraint.type === 'start_date') return { rate, fromMillis: Date.parse(constraint.start_date) };
  return { rate, daily: dailyFrom(constraint.start_time, constraint.end_time) };
}
function dailyFrom(start, end) {
  return { fromMillis: millisOfDay(start), toMillis: millisOfDay(end) };
}
function millisOfDay(time2) {
  const [, hours, minutes, seconds, sign, offsetHours = '0', offsetMinutes = '0'] =
    TIME_OF_DAY.exec(time2) ?? [];
  if (seconds === void 0) throw new RangeError(`not a time of day: ${time2}`);
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const millis = ((Number(hours) * 60 + Number(minutes) - offset) * 60 + Number(seconds)) * 1e3;
  return wrapDay(millis);
}
function rateAt(rates, timeMillis) {
  return rates.length === 1 ? rates[0].rate : pickAt(rates, timeMillis);
}
function pickAt(rates, timeMillis) {
  return datedAt(rates, timeMillis).rate;
}
function datedAt(rates, timeMillis) {
  const millis = Number.isFinite(timeMillis) ? timeMillis : Date.now();
  return rates.findLast((dated) => holdsAt(dated, millis)) ?? rates[0];
}
function holdsAt({ fromMillis, daily, weekdaysOnly }, millis) {
  if (fromMillis !== void 0 && millis < fromMillis) return false;
  if (weekdaysOnly === true && !isWeekday(millis)) return false;
  if (daily === void 0) return true;
  const time2 = wrapDay(millis);
  return daily.toMillis < daily.fromMillis
    ? time2 >= daily.fromMillis || time2 < daily.toMillis
    : time2 >= daily.fromMillis && time2 < daily.toMillis;
}
function isWeekday(millis) {
  const day = new Date(millis).getUTCDay();
  return day !== 0 && day !== 6;
}
function wrapDay(millis) {
  return ((millis % MILLIS_PER_DAY) + MILLIS_PER_DAY) % MILLIS_PER_DAY;
}
function guesses(stated, writesOnlyImages = false) {
  return {
    guessesInputAudio: stated.inputAudio === void 0,
    guessesOutputAudio: stated.outputAudio === void 0,
    guessesOutputImage: stated.outputImage === void 0 && !writesOnlyImages,
    guessesOutputVideo: stated.outputVideo === void 0,
    guessesLongWrite: stated.cacheWrite !== void 0 && stated.cacheWrite1h === void 0,
  };
}
function estimateReason(rate, usage) {
  const ofRate = reasonOfRate(rate, usage);
  if (usage.doubt === void 0 && usage.incomplete === void 0 && rate.doubt === void 0) return ofRate;
  const ofUsage = firstReason(usage.doubt, usage.incomplete === true ? 'unread_usage' : void 0);
  return firstReason(ofUsage, firstReason(rate.doubt, ofRate));
}
function reasonOfRate(rate, usage) {
  const t = usage.tokens;
  const apart = t.inputAudio + t.cacheReadAudio + t.outputAudio + t.outputImage + t.outputVideo;
  if (apart > 0 && guessesModality(rate, t)) return 'unsplit_modality';
  if (rate.isForModality && isUnsplit(rate, usage)) return 'unsplit_modality';
  if (usage.mixesCache === true && rate.cachesApart) return 'unsplit_modality';
  return rate.guessesLongWrite && t.cacheWrite1h > 0 ? 'other_tier' : void 0;
}
function guessesModality(rate, tokens) {
  if (rate.guessesInputAudio && tokens.inputAudio + tokens.cacheReadAudio > 0) return true;
  if (rate.guessesOutputAudio && tokens.outputAudio > 0) return true;
  if (rate.guessesOutputImage && tokens.outputImage > 0) return true;
  return rate.guessesOutputVideo && tokens.outputVideo > 0;
}
var TOKEN_KEYS = {
  input: 'inputUsdPerMtok',
  inputAudio: 'inputAudioUsdPerMtok',
  inputImage: 'inputImageUsdPerMtok',
  inputVideo: 'inputVideoUsdPerMtok',
  cacheRead: 'cacheReadUsdPerMtok',
  cacheReadAudio: 'cacheReadAudioUsdPerMtok',
  cacheReadImage: 'cacheReadImageUsdPerMtok',
  cacheWrite: 'cacheWriteUsdPerMtok',
  cacheWrite1h: 'cacheWrite1hUsdPerMtok',
  output: 'outputUsdPerMtok',
  outputAudio: 'outputAudioUsdPerMtok',
  outputImage: 'outputImageUsdPerMtok',
  outputVideo: 'outputVideoUsdPerMtok',
  reasoning: 'reasoningUsdPerMtok',
  citation: 'citationUsdPerMtok',
};
var UNIT_KEYS = {
  webSearches: 'webSearchUsd',
  otherToolCalls: 'otherToolCallUsd',
  rerankSearches: 'rerankSearchUsd',
  fileSearches: 'fileSearchUsd',
  codeExecutions: 'codeExecutionUsd',
  inputAudioSeconds: 'audioSecondUsd',
  outputAudioSeconds: 'outputAudioSecondUsd',
  images: 'imageUsd',
  socialSearches: 'socialSearchUsd',
  inputTextMessages: 'inputTextMessageUsd',
  documentPages: 'documentPageUsd',
  annotatedDocumentPages: 'annotatedDocumentPageUsd',
};
var AMOUNT_KEYS = [
  ...Object.values(TOKEN_KEYS),
  ...Object.values(UNIT_KEYS),
  'totalUsdPerMtok',
  'perRequestUsd',
];
var TIER_KEYS = [...AMOUNT_KEYS, 'free'];
var MAX_RATE_USD = 1e6;
var MAX_WINDOW_TOKENS = 1e9;
function compileModelRate(option, value) {
  const given = expectRecord(option, value);
  const { tiers: givenTiers, pricedBy, contextWindowTokens, ...amounts } = given;
  expectKnownKeys(option, given, [...TIER_KEYS, 'tiers', 'pricedBy', 'contextWindowTokens']);
  if (pricedBy !== void 0) expectPricedByCompute(option, given);
  const tiers = /* @__PURE__ */ new Map();
  if (givenTiers !== void 0) {
    for (const [tier, rate] of Object.entries(expectRecord(`${option}.tiers`, givenTiers))) {
      const path = `${option}.tiers.${tier}`;
      const tierAmounts = expectRecord(path, rate);
      expectKnownKeys(path, tierAmounts, TIER_KEYS);
      tiers.set(tier.toLowerCase(), compileRate(path, tierAmounts));
    }
  }
  return {
    rate: compileRate(option, pricedBy === void 0 ? amounts : { free: true }),
    tiers,
    contextWindowTokens:
      contextWindowTokens === void 0
        ? void 0
        : expectNumber(`${option}.contextWindowTokens`, contextWindowTokens, 1, MAX_WINDOW_TOKENS),
  };
}
function expectPricedByCompute(option, given) {
  if (given.pricedBy !== 'compute')
    throw new InvalidOptionError(`${option}.pricedBy`, given.pricedBy, '"compute"');
  for (const key of [...TIER_KEYS, 'tiers']) {
    if (given[key] !== void 0)
      throw new InvalidOptionError(`${option}.${key}`, given[key], 'left out beside pricedBy');
  }
}
function compileRate(option, given) {
  for (const key of AMOUNT_KEYS) {
    if (given[key] !== void 0) expectNumber(`${option}.${key}`, given[key], 0, MAX_RATE_USD);
  }
  const amount2 = (key) => {
    const usd2 = given[key];
    return typeof usd2 === 'number' ? usd2 : void 0;
  };
  const stated = statedPrices(amount2);
  const unknown = unknownKinds(stated.tokens);
  const free2 = freedom(option, given);
  return {
    bands: [
      {
        units: stated.units,
        tokens: tokenRates(stated.tokens),
        perRequestUsd: stated.perRequestUsd ?? 0,
        overInputTokens: ANY_SIZE,
      },
    ],
    flatUpTo: Number.POSITIVE_INFINITY,
    free: free2,
    ...guesses(stated.tokens),
    ...mainModalities('', stated.tokens),
    unknown,
    totalUsdPerMtok: amount2('totalUsdPerMtok') ?? (free2 === 'stated' && unknown.length === 0 ? 0 : void 0),
    minAudioSeconds: 0,
  };
}
function freedom(option, given) {
  if (given.free !== void 0 && expectBoolean(`${option}.free`, given.free)) return 'always';
  const amounts = AMOUNT_KEYS.map((key) => given[key]).filter((usd2) => usd2 !== void 0);
  if (amounts.length === 0)
    throw new InvalidOptionError(option, given, 'a rate with at least one price, or free: true');
  return amounts.every((usd2) => usd2 === 0) ? 'stated' : void 0;
}
function statedPrices(amount2) {
  const stated = { tokens: {}, units: {}, perRequestUsd: amount2('perRequestUsd') };
  const total = amount2('totalUsdPerMtok');
  for (const kind of TOKEN_KINDS) {
    const usd2 = amount2(TOKEN_KEYS[kind]) ?? (kind === 'input' || kind === 'output' ? total : void 0);
    if (usd2 !== void 0) stated.tokens[kind] = usd2;
  }
  for (const kind of UNIT_KINDS) {
    const usd2 = amount2(UNIT_KEYS[kind]);
    if (usd2 !== void 0) stated.units[kind] = usd2;
  }
  return stated;
}
var CORRECTIONS_VERSION = '2026-11-29';
var usd = (input_mtok, cache_read_mtok, output_mtok) => ({
  input_mtok,
  cache_read_mtok,
  output_mtok,
});
var DEEPSEEK_DISCOUNT = ['16:30:00Z', '00:30:00Z'];
var DEEPSEEK_NO_DISCOUNT = '2025-09-05T16:00:00Z';
var DEEPSEEK_PEAKS = [
  ['01:00:00Z', '04:00:00Z'],
  ['06:00:00Z', '10:00:00Z'],
];
var V4_LAUNCH = '2026-04-24';
var V4_CHEAPER_CACHE = '2026-04-26T12:15:00Z';
var V4_PEAKS = '2026-08-16T16:00:00Z';
var V41_FLASH = '2026-09-10';
var V4_PRO_MOVE = '2026-09-14T04:00:00Z';
function withPeaks(from, prices, peak) {
  const peaks = DEEPSEEK_PEAKS.map((daily) => ({ from, daily, weekdaysOnly: true, prices: peak }));
  return [{ from, prices }, ...peaks];
}
var V4_FLASH = [
  { from: V4_LAUNCH, prices: usd(0.14, 0.028, 0.28) },
  { from: V4_CHEAPER_CACHE, prices: usd(0.14, 28e-4, 0.28) },
  ...withPeaks(V4_PEAKS, usd(0.22, 7e-3, 0.66), usd(0.44, 0.014, 1.32)),
  ...withPeaks(V41_FLASH, usd(0.15, 3e-3, 0.6), usd(0.3, 6e-3, 1.2)),
];
var DEEPSEEK_SHARED = [
  { from: DEEPSEEK_NO_DISCOUNT, prices: usd(0.56, 0.07, 1.68) },
  { from: '2025-09-29', prices: usd(0.28, 0.028, 0.42) },
  ...V4_FLASH,
];
var CORRECTIONS2 = [
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; V3 at $0.14/$0.28 until 2025-02-08 16:00
    // UTC
    provider: 'deepseek',
    names: ['deepseek-chat'],
    listed: '0.135/0.55 0.27/1.1',
    periods: [
      { prices: usd(0.14, 0.014, 0.28) },
      { from: '2025-02-08T16:00:00Z', prices: usd(0.27, 0.07, 1.1) },
      { from: '2025-02-26', daily: DEEPSEEK_DISCOUNT, prices: usd(0.135, 0.035, 0.55) },
      ...DEEPSEEK_SHARED,
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates
    provider: 'deepseek',
    names: ['deepseek-reasoner'],
    listed: '0.135/0.55 0.55/2.19',
    periods: [
      { prices: usd(0.55, 0.14, 2.19) },
      { from: '2025-02-26', daily: DEEPSEEK_DISCOUNT, prices: usd(0.135, 0.035, 0.55) },
      ...DEEPSEEK_SHARED,
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; BerriAI/litellm#28413 (the cache),
    // pydantic/genai-prices#571 (the peaks)
    provider: 'deepseek',
    names: ['deepseek-v4-flash', 'deepseek-v4-flash-vision-exp'],
    listed: '0.14/0.28 0.22/0.66 0.44/1.32 0.44/1.32',
    periods: [{ prices: usd(0.14, 0.028, 0.28) }, ...V4_FLASH],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates (as of 2026-10-27)
    provider: 'deepseek',
    names: ['deepseek-flash'],
    listed: '',
    periods: [
      { prices: usd(0.15, 3e-3, 0.6) },
      ...withPeaks(V41_FLASH, usd(0.15, 3e-3, 0.6), usd(0.3, 6e-3, 1.2)),
    ],
  },
  {
    // Source: https://api-docs.deepseek.com/quick_start/pricing and /updates; pydantic/genai-prices#571 (the peaks)
    provider: 'deepseek',
    names: ['deepseek-v4-pro'],
    listed: '0.435/0.87 0.66/1.98 1.32/3.96 1.32/3.96',
    periods: [
      { prices: usd(0.435, 3625e-6, 0.87) },
      ...withPeaks(V4_PEAKS, usd(0.66, 0.022, 1.98), usd(1.32, 0.044, 3.96)),
      ...withPeaks(V4_PRO_MOVE, usd(0.66, 0.022, 1.98), usd(1.32, 0.044, 3.96)).map((period) => ({
        ...period,
        unsure: true,
      })),
    ],
  },
  {
    // Source: https://mistral.ai/pricing/#api; simonw/llm-prices#63: Large 3 since 2025-12-02
    provider: 'mistral',
    names: ['mistral-large-latest'],
    listed: '2/6',
    periods: [{ prices: 'mistral-large-2411' }, { from: '2025-12-02', prices: 'mistral-large-2512' }],
  },
  {
    // Source: https://mistral.ai/pricing/#api; simonw/llm-prices#63: Ministral 3 since 2025-12-02
    provider: 'mistral',
    names: ['ministral-3b-latest'],
    listed: '',
    periods: [{ prices: 'ministral-3b' }, { from: '2025-12-02', prices: 'ministral-3b-2512' }],
  },
  {
    // Source: promptfoo/promptfoo#9929: Small 4 (released 2026-03-16) when checked on 2026-07-01; simonw/llm-prices#63
    // has the old price in June
    provider: 'mistral',
    names: ['mistral-small-latest'],
    listed: '0.1/0.3',
    periods: [
      { prices: { input_mtok: 0.1, output_mtok: 0.3 } },
      { from: '2026-03-16', prices: 'mistral-small-2603', unsure: true },
      { from: '2026-07-01', prices: 'mistral-small-2603' },
    ],
  },
  {
    // Source: https://mistral.ai/news/voxtral-transcribe-2 ($0.003 a minute) and https://mistral.ai/news/voxtral ($0.001)
    provider: 'mistral',
    names: ['voxtral-mini-latest'],
    listed: '/',
    periods: [
      { prices: { audio_hours: 0.06, input_audio_hours: 0.06 }, unsure: true },
      { from: '2026-02-04', prices: 'voxtral-mini-2602' },
    ],
  },
  {
    // Source: promptfoo/promptfoo#9929: the bare name moves with `mistral-medium-latest`, which the list dates
    provider: 'mistral',
    names: ['mistral-medium'],
    listed: '0.4/2',
    periods: [{ prices: 'mistral-medium-2508' }, { from: '2026-06-16', prices: 'mistral-medium-3-5' }],
  },
  {
    // Source: https://developers.openai.com/api/docs/models/gpt-4o-audio-preview.md: audio tokens
    provider: 'openai',
    names: ['gpt-4o-audio-preview', 'gpt-4o-audio-preview-2024-12-17', 'gpt-4o-audio-preview-2025-06-03'],
    listed: '2.5/10',
    periods: [{ prices: { input_mtok: 2.5, output_mtok: 10, input_audio_mtok: 40, output_audio_mtok: 80 } }],
  },
  {
    // Source: https://developers.openai.com/api/docs/models/gpt-4o-mini-audio-preview.md: audio tokens
    provider: 'openai',
    names: ['gpt-4o-mini-audio-preview', 'gpt-4o-mini-audio-preview-2024-12-17'],
    listed: '0.15/0.6',
    periods: [
      { prices: { input_mtok: 0.15, output_mtok: 0.6, input_audio_mtok: 10, output_audio_mtok: 20 } },
    ],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar'],
    listed: '1/1+12',
    periods: [{ prices: { input_mtok: 1, output_mtok: 1, requests_kcount: 5 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-reasoning'],
    listed: '1/5+12',
    periods: [{ prices: { input_mtok: 1, output_mtok: 5, requests_kcount: 5 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-pro'],
    listed: '3/15+14',
    periods: [{ prices: { input_mtok: 3, output_mtok: 15, requests_kcount: 6 } }],
  },
  {
    // Source: https://docs.perplexity.ai/getting-started/pricing: the list has the fee of the largest search context
    provider: 'perplexity',
    names: ['sonar-reasoning-pro'],
    listed: '2/8+14',
    periods: [{ prices: { input_mtok: 2, output_mtok: 8, requests_kcount: 6 } }],
  },
];
var STEADY_NAMES = /* @__PURE__ */ new Set([
  // 25.01 and 25.08 (Portkey-AI/models#6 and #555).
  'codestral-latest',
  // One model each: 25.02, 24.11, 24.09, and codex-mini of 2025-05.
  'mistral-saba-latest',
  'pixtral-large-latest',
  'pixtral-12b-latest',
  'codex-mini-latest',
]);
var ROUTER_FEES = [
  {
    // Source: https://learn.microsoft.com/en-us/azure/foundry/openai/concepts/model-router-faq (a fee on all input
    // tokens); BerriAI/litellm#22957 ($0.14)
    provider: 'azure',
    // `auto` is the router without a deployment.
    model: /^(?:(?:azure(?:_ai)?\/)?model[-_]router(?:[-@/].*)?|auto)$/,
    // Free while it was a preview.
    from: '2025-11-01',
    inputUsdPerMtok: 0.14,
  },
];
function statementOf(prices) {
  if (prices === void 0) return '';
  const periods = isPeriods(prices) ? prices.map((period) => period.prices) : [prices];
  return periods.map(statementOfPrices).join(' ');
}
function statementOfPrices({ input_mtok, output_mtok, requests_kcount }) {
  const fee = requests_kcount === void 0 ? '' : `+${baseOf(requests_kcount)}`;
  return `${baseOf(input_mtok)}/${baseOf(output_mtok)}${fee}`;
}
function isPeriods(prices) {
  return Array.isArray(prices);
}
function baseOf(price2) {
  return String(typeof price2 === 'object' ? price2.base : (price2 ?? ''));
}
var TOKEN_KEYS2 = {
  input_mtok: 'input',
  input_audio_mtok: 'inputAudio',
  input_image_mtok: 'inputImage',
  input_video_mtok: 'inputVideo',
  cache_read_mtok: 'cacheRead',
  cache_audio_read_mtok: 'cacheReadAudio',
  cache_image_read_mtok: 'cacheReadImage',
  cache_write_mtok: 'cacheWrite',
  cache_write_5m_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_audio_mtok: 'outputAudio',
  output_image_mtok: 'outputImage',
  output_video_mtok: 'outputVideo',
  output_reasoning_mtok: 'reasoning',
  output_citation_mtok: 'citation',
};
var PER_THOUSAND = 1e3;
var SECONDS_PER_HOUR = 3600;
var UNIT_KEYS2 = {
  web_searches_kcount: ['webSearches', PER_THOUSAND],
  rerank_searches_kcount: ['rerankSearches', PER_THOUSAND],
  storage_searches_kcount: ['fileSearches', PER_THOUSAND],
  social_searches_kcount: ['socialSearches', PER_THOUSAND],
  code_executions_kcount: ['codeExecutions', PER_THOUSAND],
  input_text_messages_kcount: ['inputTextMessages', PER_THOUSAND],
  input_document_kpages: ['documentPages', PER_THOUSAND],
  input_annotated_document_kpages: ['annotatedDocumentPages', PER_THOUSAND],
  audio_hours: ['inputAudioSeconds', SECONDS_PER_HOUR],
  input_audio_hours: ['inputAudioSeconds', SECONDS_PER_HOUR],
  output_audio_hours: ['outputAudioSeconds', SECONDS_PER_HOUR],
};
var REQUESTS_KEY = 'requests_kcount';
var CLAUDE_LONG_WRITE = 2;
var GROQ_WHISPER = /^groq\/whisper-large-v3(?:-turbo)?$/;
var GROQ_MIN_SECONDS = 10;
var IMAGES_ONLY = /^openai\/gpt-image-/;
var FREE_MODEL =
  /:free$|^openai\/moderation$|^google\/gemma-(?:3n?|4-26b-a4b-it|4-31b-it)$|^github-copilot\/(?:gpt-3\.5-turbo|gpt-4\.1|gpt-4o|gpt-4o-mini)$/;
function isReadKey(key) {
  return Object.hasOwn(TOKEN_KEYS2, key) || Object.hasOwn(UNIT_KEYS2, key) || key === REQUESTS_KEY;
}
function compileRates(id, given) {
  const dated = ({ constraint, prices }) => datedFrom(constraint, compileRate2(id, prices));
  if (!Array.isArray(given)) return [dated({ prices: given })];
  const [first2, ...later2] = given;
  if (first2 === void 0) throw new RangeError(`no prices for ${id}`);
  return [dated(first2), ...later2.map(dated)];
}
function compileRate2(id, prices) {
  const claude = id.includes('claude');
  const base = statedAt(prices, ANY_SIZE);
  const starts = thresholds(prices);
  const unpriced2 = Object.keys(base.tokens).length === 0;
  const band = (overInputTokens) => {
    const { tokens, units, perRequestUsd = 0 } = statedAt(prices, overInputTokens);
    const rates = tokenRates(tokens, claude ? CLAUDE_LONG_WRITE : void 0);
    return { tokens: rates, units, perRequestUsd, overInputTokens };
  };
  return {
    bands: [band(ANY_SIZE), ...starts.map(band)],
    flatUpTo: starts[0] ?? Number.POSITIVE_INFINITY,
    free: Object.keys(prices).length === 0 && FREE_MODEL.test(id) ? 'always' : void 0,
    ...guesses(base.tokens, IMAGES_ONLY.test(id)),
    ...mainModalities(id, base.tokens),
    // An entry with token prices has every price that is billed: embeddings have no output price because output is
    // free.
    unknown: unpriced2 ? unknownKinds(base.tokens) : [],
    minAudioSeconds: GROQ_WHISPER.test(id) ? GROQ_MIN_SECONDS : 0,
    // Something is billed that this package does not count, so the amount may be too low.
    doubt: Object.keys(prices).every(isReadKey) ? void 0 : 'unread_usage',
  };
}
function statedAt(prices, overInputTokens) {
  const stated = { tokens: {}, units: {} };
  for (const [key, kind] of Object.entries(TOKEN_KEYS2)) {
    const usdPerMtok = priceAt(prices[key], overInputTokens);
    if (usdPerMtok !== void 0) stated.tokens[kind] = usdPerMtok;
  }
  for (const [key, [kind, count]] of Object.entries(UNIT_KEYS2)) {
    const usd2 = priceAt(prices[key], overInputTokens);
    if (usd2 !== void 0) stated.units[kind] = usd2 / count;
  }
  const usdPerThousandRequests = priceAt(prices[REQUESTS_KEY], overInputTokens);
  if (usdPerThousandRequests !== void 0) stated.perRequestUsd = usdPerThousandRequests / PER_THOUSAND;
  return stated;
}
function priceAt(price2, overInputTokens) {
  if (typeof price2 !== 'object') return price2;
  let usd2 = price2.base;
  for (const tier of [...price2.tiers].sort((a, b) => a.start - b.start))
    if (overInputTokens >= tier.start) usd2 = tier.price;
  return usd2;
}
function thresholds(prices) {
  const starts = Object.values(prices).flatMap((price2) =>
    typeof price2 === 'object' ? price2.tiers.map((tier) => tier.start) : [],
  );
  return [...new Set(starts)].sort((a, b) => a - b);
}
var byName = new Map(
  CORRECTIONS2.flatMap((row) => row.names.map((name) => [`${row.provider}/${name}`, row])),
);
function findCorrected(provider, name, listed3, ratesOf2) {
  const row = byName.get(`${provider}/${name}`);
  if (row === void 0 || row.listed !== statementOf(listed3)) return void 0;
  const ratesIn = (period) => {
    const { prices } = period;
    if (typeof prices !== 'string') return [{ rate: compileRate2(`${provider}/${name}`, prices) }];
    const rates = ratesOf2(prices);
    if (rates === void 0) throw new RangeError(`${provider}/${prices} is not in the price list`);
    return rates;
  };
  const compiled = (period) => during(period, ratesIn(period));
  const [first2, ...later2] = row.periods;
  const [start, ...rest] = compiled(first2);
  return [start, ...rest, ...later2.flatMap(compiled)];
}
function during(period, [first2, ...later2]) {
  const from = period.from === void 0 ? void 0 : Date.parse(period.from);
  const limited = ({ rate, ...when }) => ({
    ...when,
    rate: period.unsure === true ? unsure(rate) : rate,
    fromMillis: from === void 0 ? when.fromMillis : Math.max(from, when.fromMillis ?? from),
    ...(period.daily && { daily: dailyFrom(...period.daily) }),
    ...(period.weekdaysOnly && { weekdaysOnly: true }),
  });
  return [limited(first2), ...later2.map(limited)];
}
function unsure(rate) {
  return { ...rate, doubt: 'moving_alias' };
}
var PACKAGE2 = '@pydantic/genai-prices';
var EMPTY = { calcPrice: () => null, findProvider: () => void 0 };
var list;
var generation = 0;
function load() {
  loadPriceList().catch(() => {});
}
async function loadPriceList() {
  const loaded = await import('@pydantic/genai-prices');
  list = loaded;
  return loaded;
}
function priceListGeneration() {
  return generation;
}
if (isInstalled()) setImmediate(load).unref();
else load();
function priceList() {
  list ??= required();
  return list ?? EMPTY;
}
function isPriceListLoaded() {
  return list !== void 0;
}
function required() {
  try {
    return createRequire2(import.meta.url)(PACKAGE2);
  } catch {
    return void 0;
  }
}
function isInstalled() {
  try {
    return createRequire2(import.meta.url).resolve(PACKAGE2) !== '';
  } catch {
    return false;
  }
}
var PREFIXES = [
  ['azure', 'azure'],
  ['az.ai', 'azure'],
  ['aws', 'aws'],
  ['amazon', 'aws'],
  ['bedrock', 'aws'],
  ['gcp', 'google'],
  ['google', 'google'],
  ['vertex', 'google'],
  ['gemini', 'google'],
  ['openrouter', 'openrouter'],
  ['x_ai', 'x-ai'],
  ['x-ai', 'x-ai'],
  ['x.ai', 'x-ai'],
  ['xai', 'x-ai'],
  ['grok', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['z-ai', 'zai'],
  ['z.ai', 'zai'],
  ['zhipu', 'zhipuai'],
  ['voyage', 'voyageai'],
];
var OPEN_NAMES =
  /gateway|router|proxy|litellm|portkey|helicone|^(?:vercel|lang(?:chain|graph|smith)|llama-?_?index|crewai|auto-?gen|ag2|pydantic|microsoft|semantic[_-]kernel|agno|mastra|haystack|dspy|smolagents|strands|claude[_-]code|unknown|other|custom)/;
var SELF_HOSTED =
  /^(?:ollama|vllm|lm[-_ ]?studio|llama[-_.]?cpp|llamafile|local|tgi|text-generation|sglang|mlx|transformers)/;
function resolveProvider(name, aliases) {
  const given = name.trim().toLowerCase();
  const wanted = aliases?.get(given) ?? given;
  if (wanted === '') return { id: void 0, kind: 'open' };
  if (SELF_HOSTED.test(wanted)) return { id: void 0, kind: 'self-hosted' };
  const prefix = PREFIXES.find(([start]) => wanted.startsWith(start));
  if (prefix !== void 0) return { id: prefix[1], kind: 'own' };
  const head = wanted.split('.', 1)[0] ?? wanted;
  const exact = listed2(wanted, true) ?? listed2(head, true);
  if (exact !== void 0) return { id: exact, kind: 'own' };
  if (OPEN_NAMES.test(wanted)) return { id: void 0, kind: 'open' };
  const alike = listed2(wanted, false);
  return alike === void 0 ? { id: void 0, kind: 'unknown' } : { id: alike, kind: 'own' };
}
var OPENAI_EMBEDDINGS = /^text-embedding-(?:3-|ada-)/;
function vendorOfModel(model) {
  if (OPENAI_EMBEDDINGS.test(model)) return 'openai';
  return priceList().findProvider({ modelId: model })?.id;
}
function listed2(name, exactly) {
  const id = priceList().findProvider({ providerId: name })?.id;
  return exactly && id !== name ? void 0 : id;
}
var BEDROCK_ARN = /^arn:aws[a-z-]*:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/;
var VERTEX_PATH = /^(?:projects\/[^/]+\/locations\/([^/]+)\/)?publishers\/[^/]+\/models\/(.+)$/;
var BEDROCK_ID =
  /^(?:(?:us|eu|apac|global|jp|au|ca|in|us-gov)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer|nvidia)\.[a-z]/;
var MAX_GATEWAY_PREFIXES = 3;
function candidates(provider, model) {
  const found = [];
  const plain22 = unwrap(model);
  if (plain22 === void 0 || provider.kind === 'self-hosted') return found;
  const rewritten = plain22.model !== model;
  if (provider.id !== void 0) addOwn(found, provider.id, plain22.model, rewritten);
  const passesOn = provider.kind === 'open' || provider.id === 'openrouter';
  if (!passesOn && provider.kind !== 'unknown' && provider.id !== 'openai' && !BEDROCK_ID.test(plain22.model))
    return found;
  const guessed = !passesOn;
  if (plain22.provider !== void 0)
    found.push({ provider: plain22.provider, model: plain22.model, rewritten, guessed });
  addVendor(found, plain22.model, rewritten, guessed);
  return found;
}
function addOwn(found, provider, model, rewritten) {
  found.push({ provider, model, rewritten, guessed: false });
  const slash = model.indexOf('/');
  if (slash < 0 || provider === 'openrouter') return;
  const head = resolveProvider(model.slice(0, slash)).id;
  if (head === provider || provider !== 'openai') {
    found.push({ provider, model: model.slice(slash + 1), rewritten: true, guessed: false });
  }
}
function addVendor(found, name, rewritten, guessed) {
  let model = name;
  let isRewritten2 = rewritten;
  const isFreeVariant = name.endsWith(':free');
  for (let round = 0; round < MAX_GATEWAY_PREFIXES; round++) {
    const slash = model.indexOf('/');
    const head = slash < 0 ? void 0 : resolveProvider(model.slice(0, slash));
    if (head === void 0 || (head.kind !== 'own' && head.kind !== 'open')) break;
    model = unwrap(model.slice(slash + 1))?.model ?? '';
    isRewritten2 = true;
    if (head.id !== void 0 && (!isFreeVariant || head.id === 'openrouter'))
      found.push({ provider: head.id, model, rewritten: true, guessed });
  }
  if (isFreeVariant) {
    found.push({ provider: 'openrouter', model: name, rewritten: true, guessed });
    return;
  }
  const vendor = BEDROCK_ID.test(model) ? 'aws' : vendorOfModel(model);
  if (vendor !== void 0)
    found.push({ provider: vendor, model, rewritten: isRewritten2, guessed: guessed && vendor !== 'aws' });
}
function unwrap(model) {
  if (model.startsWith('arn:')) {
    const id = BEDROCK_ARN.exec(model)?.[1];
    return id === void 0 ? void 0 : { model: id, provider: 'aws' };
  }
  const vertex = VERTEX_PATH.exec(model)?.[2];
  if (vertex !== void 0) return { model: vertex, provider: 'google' };
  if (model.startsWith('projects/')) return void 0;
  if (model.startsWith('models/')) return { model: model.slice('models/'.length) };
  return { model };
}
function isRegional(model) {
  return (VERTEX_PATH.exec(model)?.[1] ?? 'global') !== 'global';
}
function namesPlace(model) {
  if (VERTEX_PATH.exec(model)?.[1] !== void 0) return true;
  const id = unwrap(model)?.model ?? '';
  return id.startsWith('global.') ? BEDROCK_ID.test(id) : withoutPlace(id) !== void 0;
}
function withoutPlace(model) {
  if (!BEDROCK_ID.test(model) || model.startsWith('global.')) return void 0;
  const [, withVendor] = withoutRegion(model);
  return withVendor === model ? void 0 : withVendor;
}
var VERSION_SUFFIX =
  /(?:[-@]20\d{2}(?:-?(?:0[1-9]|1[0-2])(?:-?(?:0[1-9]|[12]\d|3[01]))?)|[-@](?:latest|default)|-\d{3,4}|-v\d+(?::\d+)?|:\d+)$/;
function withoutVersions(model) {
  const names = [model];
  for (let name = model; ; ) {
    const shorter = name.replace(VERSION_SUFFIX, '');
    if (shorter === name || shorter === '') return names;
    names.push(shorter);
    name = shorter;
  }
}
function withoutRegion(model) {
  if (!BEDROCK_ID.test(model)) return [model];
  const withVendor = model.replace(/^[a-z-]+\.(?=[a-z0-9]+\.[a-z])/, '');
  return [model, withVendor, withVendor.slice(withVendor.indexOf('.') + 1)];
}
function nameVariants(model) {
  const plain22 = unwrap(model)?.model ?? model;
  const parts = plain22.split('/');
  const tails = parts.map((_, i) => parts.slice(i).join('/')).flatMap(withoutRegion);
  return [.../* @__PURE__ */ new Set([model, ...tails])].flatMap((tail) =>
    withoutVersions(tail).map((name) => ({ name, rewritten: tail !== model, shortened: name !== tail })),
  );
}
var OTHER_VERSION = /^amazon\.titan-embed-text-v(?!1)/;
function findListed(provider, model) {
  try {
    return find(provider, model) ?? find(provider, withoutPlace(model));
  } catch {
    return void 0;
  }
}
function find(provider, model) {
  if (model === void 0) return void 0;
  const found = lookUp2(provider, model);
  const rates = findCorrected(provider, model, found?.model.prices, (other) => ratesOf(provider, other));
  if (rates !== void 0) {
    const contextWindowTokens = found?.model.context_window;
    return { provider, model, rates, exact: true, moves: false, corrected: true, contextWindowTokens };
  }
  return found === void 0 ? void 0 : asListed(found, model);
}
function lookUp2(provider, model) {
  const found = priceList().calcPrice({}, model, { providerId: provider });
  if (found === null || isOtherFineTune(model, found.model.id) || OTHER_VERSION.test(model)) return void 0;
  return found;
}
function ratesOf(provider, model) {
  const found = lookUp2(provider, model);
  return found && compileRates(`${provider}/${found.model.id}`, found.model.prices);
}
function asListed({ provider, model }, asked) {
  return {
    provider: provider.id,
    model: model.id,
    rates: compileRates(`${provider.id}/${model.id}`, model.prices),
    exact: isNamed(model, asked),
    // A list entry with several periods dates the moves of the name.
    moves: isMovingName(asked) && !Array.isArray(model.prices),
    corrected: false,
    contextWindowTokens: model.context_window,
  };
}
function isMovingName(name) {
  if (STEADY_NAMES.has(name) || !/^~|-latest$/.test(name)) return false;
  return !/\d/.test(name.replace(/\d+b\b/, ''));
}
function isOtherFineTune(asked, found) {
  return asked.startsWith('ft:') && !found.startsWith('ft:');
}
function isNamed(model, asked) {
  if (revisionOf(model.id) !== (revisionOf(asked) ?? revisionOf(model.id))) return false;
  const names = new Set(withoutRegion(asked).flatMap(withoutVersions));
  return names.has(model.id.toLowerCase()) || clauseNames(model.match, asked, names);
}
function revisionOf(name) {
  return /-v(\d+)(?::\d+)?$/.exec(name)?.[1];
}
function clauseNames(match, asked, names) {
  if ('or' in match) return match.or.some((clause) => clauseNames(clause, asked, names));
  if ('and' in match) return false;
  if ('regex' in match)
    return match.regex.startsWith('^') && match.regex.endsWith('$') && new RegExp(match.regex).test(asked);
  const text22 = Object.values(match).find((value) => typeof value === 'string');
  return text22 !== void 0 && names.has(text22.toLowerCase());
}
var USUAL_PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'azure',
  'aws',
  'mistral',
  'groq',
  'deepseek',
  'cohere',
  'openrouter',
  'x-ai',
  'together',
  'fireworks',
  'perplexity',
  'cerebras',
];
var MAX_FACTOR = 2;
function compilePriceOptions(path, options) {
  const table = (key, compile) => {
    const option = path === '' ? key : `${path}.${key}`;
    const given = options[key] === void 0 ? {} : expectRecord(option, options[key]);
    return new Map(
      Object.entries(given).map(([name, value]) => [
        normalised(name),
        compile(`${option}.${name}`, value, name),
      ]),
    );
  };
  const compiled = {
    overrides: table('overrides', (option, value, name) => ({ name, ...compileModelRate(option, value) })),
    aliases: table('aliases', (option, value) => normalised(expectString(option, value))),
    providerAliases: table('providerAliases', (option, value) => normalised(expectString(option, value))),
    priceFactors: table('priceFactors', expectFactor),
  };
  if (compiled.priceFactors.size > 0) {
    checkLater(() => {
      for (const name of compiled.priceFactors.keys()) warnIfUnknown(name, compiled);
    });
  }
  return compiled;
}
function expectFactor(option, value) {
  if (typeof value === 'number' && value >= 0 && value <= MAX_FACTOR) return value;
  throw new InvalidOptionError(
    option,
    value,
    `a number from 0 to ${MAX_FACTOR}: 0.9 is 10 % off, 1.05 a fee of 5 %`,
  );
}
function warnIfUnknown(name, { overrides, aliases, providerAliases }) {
  const [provider = ''] = name.split('/', 1);
  const isOwn = [overrides, aliases, providerAliases].some((table) => table.has(name) || table.has(provider));
  if (isOwn || [...aliases.values()].includes(name)) return;
  if (resolveProvider(provider).kind !== 'unknown') return;
  if (USUAL_PROVIDERS.some((usual) => findListed(usual, name)?.exact)) return;
  const meant = nearestName(provider, USUAL_PROVIDERS);
  const guess = meant === void 0 ? '' : `; did you mean "${meant}"?`;
  if (isPriceListLoaded())
    warnOnce(
      `priceFactors names "${name}", which is neither a provider nor a model of the price list${guess}`,
    );
}
function normalised(name) {
  return name.trim().toLowerCase();
}
var Memo = class {
  constructor(maxRows) {
    this.maxRows = maxRows;
  }
  maxRows;
  /** Rows that were dropped because the table was full. Each is looked up again when it is next needed. */
  evicted = 0;
  // Keyed by the second name, which distinguishes most rows. Comparing the first name is cheaper than a second
  // look-up.
  rows = /* @__PURE__ */ new Map();
  size = 0;
  get(first2, second) {
    for (let row = this.rows.get(second); row !== void 0; row = row.next) {
      if (row.first === first2) return row.value;
    }
    return void 0;
  }
  /** Adds a row for names that have none. A full table is emptied first: most of its names do not occur again. */
  set(first2, second, value) {
    if (this.size >= this.maxRows) {
      this.evicted += this.size;
      this.clear();
    }
    this.rows.set(second, { first: first2, value, next: this.rows.get(second) });
    this.size += 1;
  }
  clear() {
    this.rows.clear();
    this.size = 0;
  }
};
var PLACE_FACTOR = 1.1;
var CLAUDE = /^claude-(?:sonnet|haiku|opus|fable|mythos)-(\d+)(?:[-.](\d)(?!\d))?/;
var FIRST_REGIONAL = 4.5;
function inPlace(listed3) {
  return { ...listed3, rates: mapRates(listed3.rates, (rate) => withTokens(rate, PLACE_FACTOR)) };
}
function isDearerInRegion({ provider, model }) {
  const [, major = '0', minor = '0'] = provider === 'google' ? (CLAUDE.exec(model) ?? []) : [];
  return Number(`${major}.${minor}`) >= FIRST_REGIONAL;
}
function withRouterFee(rates, fee) {
  const feeFrom = Date.parse(fee.from);
  const charged = ({ rate, ...when }) => ({
    ...when,
    rate: withInputFee(rate, fee.inputUsdPerMtok),
    fromMillis: Math.max(feeFrom, when.fromMillis ?? feeFrom),
  });
  const [first2, ...later2] = rates;
  return [first2, ...later2, ...[first2, ...later2].map(charged)];
}
function mapRates([first2, ...later2], change) {
  const changed = ({ rate, ...when }) => ({ ...when, rate: change(rate) });
  return [changed(first2), ...later2.map(changed)];
}
var US_TIER = 'us';
var REGIONAL = 'regional';
var ROUTING_VARIANT = /:(?:nitro|floor|exacto|online)$/;
var RateFinder = class {
  constructor(options) {
    this.options = options;
  }
  options;
  find(providerName, modelName, tier) {
    const provider = resolveProvider(providerName, this.options.providerAliases);
    const given = normalised(providerName);
    const providerNames = provider.id === void 0 || provider.id === given ? [given] : [given, provider.id];
    const asked = { providerNames, provider, model: normalised(modelName), tier };
    const own = this.overridden(asked);
    if (own !== void 0) return own;
    const target = this.aliasOf(asked);
    if (target === void 0) return this.listed(asked);
    const aliased = { ...asked, model: target, provider: { id: provider.id, kind: 'open' } };
    const card = this.overridden(aliased) ?? this.listed(aliased);
    return card === void 0 ? void 0 : { ...card, rateMatch: 'alias' };
  }
  overridden(asked) {
    for (const { name, rewritten } of nameVariants(asked.model)) {
      const override = byName2(this.options.overrides, asked.providerNames, name);
      if (override !== void 0) return this.overrideCard(asked, override, rewritten);
    }
    return void 0;
  }
  overrideCard(asked, override, rewritten) {
    const tierRate = asked.tier === void 0 ? void 0 : override.tiers.get(asked.tier);
    return this.factored(asked, void 0, {
      source: overrideSource(override.name, tierRate === void 0 ? void 0 : asked.tier),
      rates: [{ rate: tierRate ?? override.rate }],
      rateMatch: rewritten ? 'alias' : void 0,
      estimate: asked.tier !== void 0 && tierRate === void 0 ? 'other_tier' : void 0,
      isOverride: true,
      contextWindowTokens: override.contextWindowTokens ?? windowOf2(findFirst(asked)),
    });
  }
  aliasOf(asked) {
    for (const { name, shortened } of nameVariants(asked.model)) {
      const target = shortened ? void 0 : byName2(this.options.aliases, asked.providerNames, name);
      if (target !== void 0) return target;
    }
    return void 0;
  }
  listed(asked) {
    const match = findFirst(asked);
    if (match === void 0) return void 0;
    const tier = asked.tier === void 0 ? void 0 : findTier(match.found, asked.tier);
    const isDearer = isRegional(asked.model) && isDearerInRegion(match.found);
    const found = tier ?? (isDearer ? inPlace(match.found) : match.found);
    const named2 = tier !== void 0 && asked.tier === US_TIER ? US_TIER : isDearer ? REGIONAL : void 0;
    return this.factored(asked, found, {
      source: sourceOf(found, named2),
      rates: found.rates,
      rateMatch: match.rewritten ? 'alias' : match.found.exact ? void 0 : 'prefix',
      estimate: estimateOf(match, asked.tier !== void 0 && tier === void 0),
      isOverride: false,
      contextWindowTokens: windowOf2(match),
    });
  }
  /** A model's factor wins over its provider's. */
  factored(asked, listed3, card) {
    const { priceFactors } = this.options;
    if (priceFactors.size === 0) return { ...card, factor: 1 };
    const { provider } = asked;
    const isOthers = provider.kind === 'own' && listed3 !== void 0 && listed3.provider !== provider.id;
    const names = isOthers
      ? [listed3.provider]
      : [...asked.providerNames, ...(listed3 ? [listed3.provider] : [])];
    const models = [
      ...nameVariants(asked.model).map(({ name }) => name),
      ...(listed3 ? [listed3.model.toLowerCase()] : []),
    ];
    const ofModel = models
      .map((model) => byName2(priceFactors, names, model))
      .find((given) => given !== void 0);
    const factor = ofModel ?? names.map((name) => priceFactors.get(name)).find((given) => given !== void 0);
    return factor === void 0
      ? { ...card, factor: 1 }
      : { ...card, factor, source: withFactor(card.source, factor) };
  }
};
function sourceOf({ provider, model, corrected }, tier) {
  if (corrected) return correctionSource(provider, model, CORRECTIONS_VERSION);
  return listSource(provider, model, tier);
}
function estimateOf({ found, guessed }, lacksTier) {
  if (!found.exact) return 'prefix_match';
  if (found.moves) return 'moving_alias';
  if (lacksTier) return 'other_tier';
  return guessed ? 'guessed_provider' : void 0;
}
function byName2(table, providerNames, model) {
  if (table.size === 0) return void 0;
  for (const provider of providerNames) {
    const value = table.get(`${provider}/${model}`);
    if (value !== void 0) return value;
  }
  return table.get(model);
}
function findFirst(asked) {
  for (const { provider, model, rewritten, guessed } of candidates(asked.provider, asked.model)) {
    const found = findListed(provider, model);
    if (found === void 0 || (guessed && (!found.exact || isFree(found)))) continue;
    if (!found.exact && isFree(found) && asked.provider.id !== found.provider) continue;
    return { found, rewritten, guessed };
  }
  const plain22 = asked.model.replace(ROUTING_VARIANT, '');
  const base = plain22 === asked.model ? void 0 : findFirst({ ...asked, model: plain22 });
  if (base === void 0 || isFree(base.found)) return void 0;
  return { ...base, rewritten: false, found: { ...base.found, exact: false } };
}
function windowOf2(listed3) {
  return listed3?.found.exact && !listed3.guessed ? listed3.found.contextWindowTokens : void 0;
}
function findTier(listed3, tier) {
  if (tier === US_TIER) return listed3.provider === 'anthropic' ? inPlace(listed3) : void 0;
  const found = findListed(listed3.provider, `${listed3.model.toLowerCase()}:${tier}`);
  return found?.exact ? found : void 0;
}
function isFree(listed3) {
  return listed3.rates.some(({ rate }) => rate.free !== void 0);
}
var MAX_CARDS = 2e3;
var MAX_NAME_CHARS4 = 512;
var OTHER_TIER = 'other';
var OWN_TIERS = ['batch', 'flex', 'priority', US_TIER, OTHER_TIER];
var LIST_TIERS = /* @__PURE__ */ new Set([
  '',
  'standard',
  'default',
  'auto',
  'on_demand',
  'on-demand',
  'ondemand',
  'scale',
  'none',
  'standard_only',
]);
var VARIANT = /(?::[a-z][a-z_-]*|-fast)$/i;
var RateCards = class {
  finder;
  cards = new Memo(MAX_CARDS);
  tierCards = /* @__PURE__ */ new Map();
  requests = new Memo(MAX_CARDS);
  routedCards = /* @__PURE__ */ new WeakMap();
  hasOverrides;
  generation = priceListGeneration();
  constructor(compiled) {
    this.finder = new RateFinder(compiled);
    this.hasOverrides = compiled.overrides.size > 0;
    for (const tier of OWN_TIERS) this.tierCards.set(tier, new Memo(MAX_CARDS));
    for (const { tiers } of compiled.overrides.values()) {
      for (const tier of tiers.keys()) this.tierCards.set(tier, new Memo(MAX_CARDS));
    }
  }
  /**
   * The rate of the model that answered. The requested model's rate is used instead if only that model has one, or
   * if the app set it.
   */
  find(query) {
    if (this.generation !== priceListGeneration()) this.clear();
    const { provider = '', model, requestModel } = query;
    const tier = this.tierOf(query.serviceTier);
    const answered2 = model ? this.card(provider, model, tier) : void 0;
    if (!requestModel || requestModel === model) return answered2;
    const request = model ? this.request(provider, requestModel) : void 0;
    if (answered2 !== void 0 && (!this.hasOverrides || answered2.isOverride))
      return request === void 0 ? answered2 : this.asRequested(answered2, request, query, tier);
    const asked = this.card(provider, requestModel, tier);
    if (asked === void 0 || !model) return asked ?? answered2;
    if (answered2 === void 0) return substituted(asked, requestModel, model);
    if (asked.isOverride) return { ...asked, rateMatch: 'alias' };
    return request === void 0 ? answered2 : this.asRequested(answered2, request, query, tier);
  }
  get evicted() {
    let evicted = this.cards.evicted;
    for (const cards of this.tierCards.values()) evicted += cards.evicted;
    return evicted;
  }
  clear() {
    this.generation = priceListGeneration();
    this.cards.clear();
    this.routedCards = /* @__PURE__ */ new WeakMap();
    for (const cards of this.tierCards.values()) cards.clear();
  }
  card(provider, model, tier) {
    const cards = tier === void 0 ? this.cards : this.tierCards.get(tier);
    let card = cards?.get(provider, model);
    if (card === void 0) {
      if (provider.length > MAX_NAME_CHARS4 || model.length > MAX_NAME_CHARS4) return void 0;
      card = this.finder.find(provider, model, tier) ?? null;
      if (isPriceListLoaded()) cards?.set(provider, model, card);
    }
    return card ?? void 0;
  }
  tierOf(served) {
    if (served === void 0 || served === 'default' || served === 'standard') return void 0;
    if (LIST_TIERS.has(served)) return void 0;
    return this.tierCards.has(served) ? served : OTHER_TIER;
  }
  request(provider, requestModel) {
    let request = this.requests.get(provider, requestModel);
    if (request === void 0) {
      if (provider.length > MAX_NAME_CHARS4 || requestModel.length > MAX_NAME_CHARS4) return void 0;
      request = requestOf(provider, requestModel) ?? null;
      this.requests.set(provider, requestModel, request);
    }
    return request ?? void 0;
  }
  asRequested(answered2, { fee, variant, hasPlace }, { provider = '', model = '', requestModel = '' }, tier) {
    if (fee !== void 0) return answered2.isOverride ? answered2 : this.routed(answered2, fee);
    if (!hasPlace && (variant === void 0 || model.toLowerCase().includes(variant))) return answered2;
    const asked = this.card(provider, requestModel, tier);
    if (asked !== void 0 && asked.estimate !== 'prefix_match') return asked;
    if (hasPlace) return answered2;
    return { ...answered2, rateMatch: 'prefix', estimate: 'prefix_match' };
  }
  routed(answered2, fee) {
    let routed = this.routedCards.get(answered2);
    if (routed === void 0) {
      const source = correctionSource(fee.provider, 'model-router', CORRECTIONS_VERSION);
      routed = {
        ...answered2,
        rates: withRouterFee(answered2.rates, fee),
        source: joinSources([source, answered2.source]),
      };
      this.routedCards.set(answered2, routed);
    }
    return routed;
  }
};
function requestOf(provider, requestModel) {
  const name = requestModel.trim().toLowerCase();
  const { id } = resolveProvider(provider);
  const fee = ROUTER_FEES.find((router) => router.provider === id && router.model.test(name));
  const variant = VARIANT.exec(name)?.[0];
  const hasPlace = namesPlace(name);
  return fee === void 0 && variant === void 0 && !hasPlace ? void 0 : { fee, variant, hasPlace };
}
function substituted(asked, requestModel, model) {
  const [one, other] = [requestModel.toLowerCase(), model.toLowerCase()];
  const isAlike2 = one.includes(other) || other.includes(one) || asked.isOverride;
  return { ...asked, rateMatch: 'alias', estimate: asked.estimate ?? (isAlike2 ? void 0 : 'prefix_match') };
}
var KNOWN = ['overrides', 'aliases', 'providerAliases', 'priceFactors'];
var PriceBook = class {
  cards;
  splitsCost;
  /**
   * Throws `InvalidOptionError`. `path` is the option whose value is `options`; it is empty at the top level.
   * `splitsCost` also prices input and output of each call separately, which takes about as long again.
   */
  constructor(options = {}, path = '', { splitsCost = false } = {}) {
    const given = expectRecord(path || 'options', options);
    expectKnownKeys(path, given, KNOWN);
    this.cards = new RateCards(compilePriceOptions(path, given));
    this.splitsCost = splitsCost;
  }
  /**
   * Never throws. A known model takes about 50 ns; a name seen for the first time requires a search of the price list.
   */
  price(query) {
    const { usage } = query;
    if (usage === void 0) return this.priceWithoutUsage(query);
    if (usage.parts !== void 0) return this.priceParts(query, usage, usage.parts);
    const card = this.cardOf(query);
    if (card === void 0) return unpriced('unknown_model');
    const rate = rateAt(card.rates, query.timeMillis);
    const listUsd = costUsd(rate, usage);
    if (typeof listUsd === 'string')
      return unpriced(listUsd === NO_COUNTS ? 'no_usage' : 'unknown_model', listUsd);
    const usd2 = listUsd * card.factor;
    if (!isPostableUsd(usd2)) return unpriced('bad_amount');
    const pico = picoFromUsd(usd2);
    const isFree2 = rate.free !== void 0 || card.factor === 0;
    const perCall = isPerCall(rate, usage.tokens);
    const isSum = usage.isSum === true || (usage.requests ?? 1) > 1;
    const guess = isSum && perCall ? 'sum_of_calls' : void 0;
    const reason = isFree2
      ? void 0
      : firstReason(firstReason(estimateReason(rate, usage), guess), card.estimate);
    const priced = price(pico, card.source);
    if (isFree2) priced.status = 'free';
    else if (reason !== void 0) priced.status = 'estimated';
    priced.reason = reason;
    priced.rateMatch = card.rateMatch;
    priced.isPerCall = perCall;
    priced.contextWindowTokens = card.contextWindowTokens;
    if (this.splitsCost) priced.split = splitOf(rate, usage, card.factor, pico);
    return priced;
  }
  /** The rates by which {@link price} prices a call. Undefined when the model is unknown. Never throws. */
  cardOf(query) {
    return query.model || query.requestModel ? this.cards.find(query) : void 0;
  }
  priceParts(query, usage, parts) {
    return sumOfPrices(
      usage,
      parts.map((part) => this.price(queryOfPart(query, part, parts))),
    );
  }
  /** Without usage, only a model that is always free has a known price. */
  priceWithoutUsage(query) {
    const card = this.cardOf(query);
    if (card === void 0 || rateAt(card.rates, query.timeMillis).free !== 'always')
      return unpriced('no_usage');
    const free2 = price(0, card.source);
    free2.status = 'free';
    free2.rateMatch = card.rateMatch;
    return free2;
  }
  /** Rates that were dropped because too many models were used. Each was looked up again when it was next needed. */
  get evictedRates() {
    return this.cards.evicted;
  }
  /**
   * Clears the rates that were found in the price list. Call it after `updatePrices` of genai-prices has loaded new
   * data; `refreshPrices` of the processor does so itself.
   */
  clear() {
    this.cards.clear();
  }
};
var MODES = ['refuse', 'abort', 'warn', 'observe'];
var POLICIES = ['allow', 'refuse'];
var ALL_MEASURES = ['usd', 'llmUsd', 'toolUsd', 'tokens', 'llmCalls', 'toolCalls', 'steps', 'wallMillis'];
var CALL_MEASURES = ALL_MEASURES.filter((measure) => measure !== 'steps');
var SETTINGS2 = ['mode', 'timeZone', 'reserveTimeoutMillis', 'unknownPrice', 'thresholds', 'onThreshold'];
var MAX_LIMIT2 = 1e21;
var MAX_WAIT_MILLIS = 864e5;
var MAX_THRESHOLDS = 16;
var DEFAULT_THRESHOLDS = [0.8, 1];
function readTerms(path, value, measures) {
  const given = expectRecord(path, value, 'an object like { usd: 0.5 }; budgetUsd takes the number alone');
  expectKnownKeys(path, given, [...measures, ...SETTINGS2]);
  const { onThreshold } = given;
  if (onThreshold !== void 0) expectFunction(`${path}.onThreshold`, onThreshold);
  const mode = oneOf(`${path}.mode`, given.mode, MODES, 'refuse');
  const isTold = mode === 'warn' || onThreshold !== void 0 || given.thresholds !== void 0;
  return {
    limits: readLimits(path, given, measures),
    calendar: readCalendar(`${path}.timeZone`, given.timeZone),
    mode,
    reserveTimeoutMillis:
      given.reserveTimeoutMillis === void 0
        ? void 0
        : expectNumber(`${path}.reserveTimeoutMillis`, given.reserveTimeoutMillis, 0, MAX_WAIT_MILLIS),
    unknownPrice: oneOf(`${path}.unknownPrice`, given.unknownPrice, POLICIES, 'allow'),
    thresholds: isTold ? readThresholds(`${path}.thresholds`, given.thresholds) : [],
    onThreshold: isCallback(onThreshold) ? onThreshold : void 0,
  };
}
function readLimits(path, given, measures) {
  const limits = [];
  for (const measure of measures) {
    const value = given[measure];
    const option = `${path}.${measure}`;
    if (value === void 0 || value === null) continue;
    if (typeof value !== 'object' || measure === 'wallMillis')
      limits.push(readLimit(option, measure, 'total', value));
    else limits.push(...readWindows(option, measure, value));
  }
  if (limits.length === 0)
    throw new InvalidOptionError(path, given, `at least one of ${measures.join(', ')}`);
  return limits;
}
function readWindows(option, measure, value) {
  const expected = `a number, or an object with ${WINDOWS.join(', ')}`;
  const given = expectRecord(option, value, expected);
  expectKnownKeys(option, given, WINDOWS);
  const set = WINDOWS.filter((window2) => given[window2] !== void 0);
  if (set.length === 0) throw new InvalidOptionError(option, value, expected);
  return set.map((window2) => readLimit(`${option}.${window2}`, measure, window2, given[window2]));
}
function readLimit(option, measure, window2, value) {
  const amount2 = expectNumber(option, value, 0, MAX_LIMIT2);
  if (!isMoney(measure) && !Number.isInteger(amount2)) {
    throw new InvalidOptionError(option, value, 'a whole number');
  }
  return { measure, window: window2, most: toUnits(measure, amount2) };
}
var UTC = new Calendar('UTC');
function readCalendar(option, value) {
  if (value === void 0) return UTC;
  try {
    if (typeof value === 'string') return new Calendar(value);
  } catch {}
  throw new InvalidOptionError(option, value, 'a time zone such as "Europe/Berlin"');
}
function readThresholds(option, value) {
  if (value === void 0) return DEFAULT_THRESHOLDS;
  const isList = Array.isArray(value) && value.length <= MAX_THRESHOLDS;
  if (!isList || !value.every((share) => typeof share === 'number' && share > 0 && share <= 1)) {
    throw new InvalidOptionError(
      option,
      value,
      `a list of up to ${MAX_THRESHOLDS} shares above 0 and up to 1`,
    );
  }
  return [...new Set(value)].sort((a, b) => a - b);
}
function oneOf(option, value, known, usual) {
  if (value === void 0) return usual;
  const found = known.find((name) => name === value);
  if (found === void 0) throw new InvalidOptionError(option, value, `one of ${known.join(', ')}`);
  return found;
}
function isCallback(value) {
  return typeof value === 'function';
}
var LOOKS = 32;
var MAX_IN_USE_FACTOR = 10;
function dropIdle(rows2, maxRows, drop) {
  let looks = 0;
  for (const [key, row] of rows2) {
    const isTooMany = rows2.size >= maxRows * MAX_IN_USE_FACTOR;
    rows2.delete(key);
    if (row.isInUse && !isTooMany) rows2.set(key, row);
    else drop(key, row);
    looks += 1;
    if (rows2.size < maxRows || looks === LOOKS) return;
  }
}
var MAX_VALUES2 = 1e4;
var MAX_REMEMBERED = 5e4;
var BudgetTable = class {
  constructor(key, terms, maxValues = MAX_VALUES2, maxRemembered = MAX_REMEMBERED) {
    this.key = key;
    this.terms = terms;
    this.maxValues = maxValues;
    this.maxRemembered = maxRemembered;
  }
  key;
  terms;
  maxValues;
  maxRemembered;
  /** Values whose spending is forgotten because both tables were full. A value that returns starts with nothing spent. */
  evictions = 0;
  byValue = /* @__PURE__ */ new Map();
  dropped = /* @__PURE__ */ new Map();
  /** The budget of a value: the existing one, or a new one. */
  enter(value) {
    const known = this.byValue.get(value) ?? this.dropped.get(value)?.budget.deref();
    const budget = known ?? this.begin(value);
    this.put(value, budget);
    return budget;
  }
  begin(value) {
    const scope = { kind: this.key, name: value };
    return new Budget(scope, new Account(), this.terms, void 0, this.dropped.get(value)?.memory);
  }
  /** Makes it the most recently used one. */
  put(value, budget) {
    budget.onUse = void 0;
    this.dropped.delete(value);
    this.byValue.delete(value);
    if (this.byValue.size >= this.maxValues)
      dropIdle(this.byValue, this.maxValues, (...row) => this.drop(...row));
    this.byValue.set(value, budget);
  }
  drop(value, budget) {
    this.dropped.set(value, { memory: budget.memory(), budget: new WeakRef(budget) });
    budget.onUse = () => this.put(value, budget);
    if (this.dropped.size <= this.maxRemembered) return;
    const [oldest2] = this.dropped.keys();
    if (oldest2 !== void 0) this.dropped.delete(oldest2);
    this.evictions += 1;
  }
};
var MAX_CHARGES = 1e4;
var Charges = class {
  billed = /* @__PURE__ */ new Map();
  /** Charges that were forgotten. If one is stated again, it is billed again. */
  evictions = 0;
  /** Books the amount of a charge so far. Returns the part that was billed before; undefined for a new charge. */
  book(id, pico) {
    const { billed } = this;
    const before = billed.get(id);
    billed.delete(id);
    billed.set(id, Math.max(pico, before ?? 0));
    if (billed.size > MAX_CHARGES) this.evictOldest();
    return before;
  }
  evictOldest() {
    const { value } = this.billed.keys().next();
    if (value !== void 0 && this.billed.delete(value)) this.evictions += 1;
  }
};
var MAX_RECORDS = 2e3;
var MEAN_CALLS = 100;
var CallHistory = class {
  records = new Memo(MAX_RECORDS);
  /** Records dropped because the table was full. */
  get evicted() {
    return this.records.evicted;
  }
  find(kind, name) {
    return this.records.get(kind, name);
  }
  learn(kind, name, pico, tokens) {
    const record = this.record(kind, name);
    record.calls += 1;
    const weight = 1 / Math.min(record.calls, MEAN_CALLS);
    record.meanPico += (pico - record.meanPico) * weight;
    record.meanTokens += (tokens - record.meanTokens) * weight;
  }
  noteForm(kind, name, givesPromise) {
    const record = this.record(kind, name);
    record.givesPromise = givesPromise && record.givesPromise !== false;
  }
  record(kind, name) {
    let record = this.records.get(kind, name);
    if (record === void 0) {
      record = { calls: 0, meanPico: 0, meanTokens: 0, givesPromise: void 0 };
      this.records.set(kind, name, record);
    }
    return record;
  }
};
var MAX_TASK_NAMES = 1e3;
var OTHER_TASKS = '(other)';
var TaskTally = class {
  constructor(taskName) {
    this.taskName = taskName;
  }
  taskName;
  tasks = 0;
  successfulTasks = 0;
  actions = 0;
  unpricedCalls = 0;
  cost = new UsdSum();
  /** Adds a bill of a task with that name, even one that arrives after the task has ended. */
  add({ pico = 0, unpricedCalls }) {
    if (pico > 0) this.cost.add(pico);
    this.unpricedCalls += unpricedCalls;
  }
  /** Counts a task that ended. `actions` is the number it delivered, 0 without success. */
  end(succeeded, actions) {
    this.tasks += 1;
    if (succeeded) this.successfulTasks += 1;
    this.actions += actions;
  }
  stats() {
    const { taskName, tasks: tasks2, successfulTasks, actions } = this;
    const costUsd2 = this.cost.toUsd();
    const costPerActionUsd = costPerAction(this.cost, actions);
    return {
      taskName,
      tasks: tasks2,
      successfulTasks,
      actions,
      costUsd: costUsd2,
      costComplete: this.unpricedCalls === 0,
      ...(costPerActionUsd !== void 0 && { costPerActionUsd }),
    };
  }
};
function costPerAction(cost, actions) {
  const perAction2 = cost.perUnitUsd(actions);
  return actions > 0 && Number.isFinite(perAction2) ? perAction2 : void 0;
}
var TaskTallies = class {
  byName = /* @__PURE__ */ new Map();
  /** The tally of that name: the existing one, a new one or, when the table is full, the one for all other names. */
  of(taskName) {
    const name = this.byName.size < MAX_TASK_NAMES || this.byName.has(taskName) ? taskName : OTHER_TASKS;
    let tally = this.byName.get(name);
    if (tally === void 0) {
      tally = new TaskTally(name);
      this.byName.set(name, tally);
    }
    return tally;
  }
  stats() {
    return [...this.byName.values()].map((tally) => tally.stats());
  }
};
var Session = class {
  constructor(id, memory) {
    this.id = id;
    this.memory = memory;
  }
  id;
  memory;
  account = new Account();
  /** Outermost tasks that ended. */
  tasks = 0;
  successfulTasks = 0;
  /** Actions delivered by the successful tasks: the denominator of the cost per action. */
  actions = 0;
  /** Wrappers currently open in this session. While there are any, idle sessions are evicted first. */
  openScopes = 0;
  /** Its budget. Undefined means no limit. */
  budget;
  /** True while a wrapper or a call is open in it. */
  get isInUse() {
    return this.openScopes > 0 || this.budget?.isInUse === true;
  }
  /** Sets the budget from now on. Earlier spending counts. */
  limitTo(terms) {
    if (this.budget === void 0) {
      const scope = { kind: 'session', name: this.id };
      this.budget = new Budget(scope, this.account, terms, void 0, this.memory);
      this.memory = void 0;
    } else {
      this.budget.change(terms);
    }
  }
  /** Remembered when the session is evicted. */
  memoryOfBudget() {
    this.budget?.close();
    return this.budget === void 0 ? this.memory : this.budget.memory();
  }
  /**
   * All cost divided by successful actions. Undefined when there were none, or when the result is not a finite
   * number.
   */
  get costPerActionUsd() {
    return costPerAction(this.account.total(), this.actions);
  }
};
var DEFAULT_MAX_SESSIONS = 1e4;
var MAX_EVICTED_IDS = 5e4;
var Sessions = class {
  constructor(maxSessions = DEFAULT_MAX_SESSIONS) {
    this.maxSessions = maxSessions;
  }
  maxSessions;
  /** Sessions that were evicted because the table was full. */
  evictions = 0;
  /** Evicted sessions with a budget whose use is no longer remembered. */
  forgottenBudgets = 0;
  byId = /* @__PURE__ */ new Map();
  evictedIds = /* @__PURE__ */ new Set();
  /** Those of them that had a budget. */
  evictedBudgets = /* @__PURE__ */ new Map();
  get size() {
    return this.byId.size;
  }
  /** The session with that id: the existing one, or a new one. */
  enter(id) {
    const known = this.byId.get(id);
    if (known !== void 0) {
      this.byId.delete(id);
      this.byId.set(id, known);
      return known;
    }
    const session = new Session(id, this.evictedBudgets.get(id));
    session.account.partial = this.evictedIds.has(id);
    if (this.byId.size >= this.maxSessions)
      dropIdle(this.byId, this.maxSessions, (...row) => this.evict(...row));
    this.byId.set(id, session);
    return session;
  }
  /** The highest cost so far, in USD, of a session in which a wrapper is open. 0 if there is none. O(sessions). */
  maxOpenUsd() {
    let maxUsd = 0;
    for (const { openScopes, account } of this.byId.values()) {
      if (openScopes > 0) maxUsd = Math.max(maxUsd, account.total().toUsd());
    }
    return maxUsd;
  }
  evict(id, session) {
    this.evictions += 1;
    this.evictedIds.delete(id);
    this.evictedIds.add(id);
    const memory = session.memoryOfBudget();
    if (memory === void 0) this.evictedBudgets.delete(id);
    else this.evictedBudgets.set(id, memory);
    if (this.evictedIds.size <= MAX_EVICTED_IDS) return;
    const [oldest2] = this.evictedIds.keys();
    if (oldest2 === void 0) return;
    this.evictedIds.delete(oldest2);
    if (this.evictedBudgets.delete(oldest2)) this.forgottenBudgets += 1;
  }
};
var TOKEN_TYPE = 'gen_ai.token.type';
var WASTE_REASON = 'cost.waste_reason';
var TASK_NESTED = 'task.nested';
var LabelKeys = class {
  /** `attribution` are the attribute names (`cost.tag.team`) that the app allows. */
  constructor(attribution2 = []) {
    this.attribution = attribution2;
    this.calls = [
      COST_KIND,
      PROVIDER_NAME,
      RESPONSE_MODEL,
      AGENT_NAME,
      TOOL_NAME,
      TASK_NAME,
      ...attribution2,
    ];
    this.tokens = [TOKEN_TYPE, PROVIDER_NAME, RESPONSE_MODEL, AGENT_NAME, TASK_NAME, ...attribution2];
    this.waste = [WASTE_REASON, TASK_NAME, ...attribution2];
    this.tasks = [TASK_NAME, TASK_OUTCOME, TASK_NESTED, ...attribution2];
    this.budgets = [BUDGET_SCOPE, TASK_NAME, ...attribution2];
    this.refusals = [BUDGET_SCOPE, BUDGET_MEASURE, TASK_NAME, ...attribution2];
  }
  attribution;
  calls;
  tokens;
  waste;
  tasks;
  /** Of budgets that were crossed, and of calls under them whose cost stayed unknown. */
  budgets;
  refusals;
};
var MAX_CALLS = 8;
var CallsBeside = class {
  calls = [];
  /**
   * True when another recorder stated this call already, and it had not ended when this record started. Each call has
   * one twin. Remembers the call otherwise.
   */
  takesTwin(call, startNumber, startedUntil) {
    const twin = this.calls.findIndex(
      (other) => startNumber <= other.startedUntil && isSameCall(call, other),
    );
    if (twin >= 0) {
      this.calls.splice(twin, 1);
      return true;
    }
    if (this.calls.length === MAX_CALLS) this.calls.shift();
    const { recorder, model, input, output } = call;
    this.calls.push({ recorder, model, input, output, startedUntil });
    return false;
  }
};
function isSameCall(a, b) {
  if (a.recorder === b.recorder || a.input !== b.input || a.output !== b.output) return false;
  const { model = '' } = a;
  const { model: other = '' } = b;
  return model.includes(other) || other.includes(model);
}
var CLIENT_SCOPE = 'com.anthropic.sdk.typescript';
var PATCHING_SCOPES = [
  '@arizeai/openinference-instrumentation-anthropic',
  '@traceloop/instrumentation-anthropic',
];
var StartsBeside = class {
  /** Set if the last span that started is a client's, within this synchronous step. */
  justStarted;
  /**
   * Called when another instrumentation's span starts. Compares scope names only, because most patching instrumentations
   * set the attributes later.
   */
  noteStart(record, { instrumentationScope }) {
    if (this.justStarted === void 0) return;
    const { parent, model } = this.justStarted;
    if (parent === record.parent && PATCHING_SCOPES.includes(instrumentationScope?.name)) {
      record.modelBeside = model;
    }
    this.justStarted = void 0;
  }
  /** Called when the next span starts in another synchronous step. */
  forget() {
    this.justStarted = void 0;
  }
  /** Called when another instrumentation's LLM span starts. */
  noteClient(record, { instrumentationScope, attributes }) {
    if (!instrumentationScope?.name.startsWith(CLIENT_SCOPE)) return;
    const { parent } = record;
    if (parent !== void 0) parent.modelBeside = void 0;
    const model = attributes?.['gen_ai.request.model'];
    if (attributes?.['gen_ai.request.stream'] !== true || typeof model !== 'string') return;
    const started2 = { parent, model };
    this.justStarted = started2;
    queueMicrotask(() => {
      if (this.justStarted === started2) this.justStarted = void 0;
    });
  }
};
function isStatedBeside(record, call) {
  const { parent } = record;
  if (parent === void 0 || call.input + call.output === 0) return false;
  parent.callsBeside ??= new CallsBeside();
  return parent.callsBeside.takesTwin(call, record.number, recordsStarted());
}
var DIALECTS = ['gen_ai', 'openinference', 'langfuse', 'logfire', 'mlflow', 'otel-draft', 'none'];
var WRITERS = {
  gen_ai: (into, costUsd2) => (into['gen_ai.usage.cost'] = costUsd2),
  openinference: (into, costUsd2, cost) => {
    into['llm.cost.total'] = costUsd2;
    const split = splitWithin(cost);
    if (split === void 0) return;
    into['llm.cost.prompt'] = usdFromPico(split.inputPico);
    into['llm.cost.completion'] = usdFromPico(split.outputPico);
  },
  langfuse: (into, total, cost) => {
    const split = splitWithin(cost);
    const details =
      split === void 0
        ? { total }
        : { input: usdFromPico(split.inputPico), output: usdFromPico(split.outputPico), total };
    into['langfuse.observation.cost_details'] = JSON.stringify(details);
  },
  logfire: (into, costUsd2) => (into['operation.cost'] = costUsd2),
  mlflow: (into, costUsd2, cost, belowPico) => {
    const split = belowPico === 0 ? splitWithin(cost) : void 0;
    const parts =
      split === void 0
        ? {}
        : { input_cost: usdFromPico(split.inputPico), output_cost: usdFromPico(split.outputPico) };
    const total = belowPico === 0 ? costUsd2 : usdFromPico(picoFromUsd(costUsd2) + belowPico);
    into['mlflow.llm.cost'] = JSON.stringify({ ...parts, total_cost: total });
  },
  'otel-draft': (into, costUsd2, { source }) => {
    into['gen_ai.usage.cost.amount'] = costUsd2;
    into['gen_ai.usage.cost.currency'] = 'USD';
    const received = source === 'reported' || source === 'returned';
    into['gen_ai.usage.cost.source'] = received ? 'provider' : 'local';
  },
  none: void 0,
};
var SPLITTING2 = /* @__PURE__ */ new Set(['openinference', 'langfuse', 'mlflow']);
var OPENINFERENCE_KINDS = /* @__PURE__ */ new Map([
  [void 0, 'CHAIN'],
  ['invoke_workflow', 'CHAIN'],
  ['agent_step', 'CHAIN'],
  ['invoke_agent', 'AGENT'],
  ['execute_tool', 'TOOL'],
  ['embeddings', 'EMBEDDING'],
  ['rerank', 'RERANKER'],
]);
var NOTHING4 = { kind: 'llm', pico: 0, source: 'none', split: void 0 };
function splitWithin({ split, pico = 0 }) {
  return split !== void 0 && split.inputPico + split.outputPico <= pico ? split : void 0;
}
function writtenDialects(asked) {
  if (asked.includes('none')) return [];
  const beside = asked.filter((dialect) => dialect !== 'gen_ai');
  return [...new Set(beside.includes('otel-draft') ? beside : ['gen_ai', ...beside])];
}
var DialectWriter = class {
  /** True if a dialect needs the cost of input and output separately. */
  splitsCost;
  /** True if a dialect needs the cost of everything below a span. */
  writesSubtree;
  writesKind;
  writers;
  constructor(dialects) {
    this.splitsCost = dialects.some((dialect) => SPLITTING2.has(dialect));
    this.writesSubtree = dialects.includes('mlflow');
    this.writesKind = dialects.includes('openinference');
    this.writers = dialects.map((dialect) => WRITERS[dialect]).filter((writer) => writer !== void 0);
  }
  /** Adds the kind of a span of this package to the attributes that it starts with. */
  addKind(into) {
    if (this.writesKind)
      into['openinference.span.kind'] = OPENINFERENCE_KINDS.get(into[OPERATION_NAME]) ?? 'LLM';
    return into;
  }
  /**
   * Writes a known cost. Zero is written on LLM spans only, where it keeps a backend from pricing the tokens itself.
   */
  billed(into, cost, costUsd2, belowPico) {
    if (costUsd2 === 0 && cost.kind !== 'llm') return;
    for (const write of this.writers) write(into, costUsd2, cost, belowPico);
  }
  /** Writes the cost of an LLM span that is part of another span's bill. */
  notBilled(into, belowPico) {
    for (const write of this.writers) write(into, 0, NOTHING4, belowPico);
  }
};
var TOOL_KEYS = ['costUsd', 'billable', 'costIncludesChildren'];
function validateToolPrices(option, value) {
  const checked2 = Object.entries(expectRecord(option, value)).map(([name, price2]) => [
    name,
    validateToolPrice(`${option}.${name}`, price2),
  ]);
  const prices = /* @__PURE__ */ Object.create(null);
  for (const [name, price2] of checked2) prices[name] = price2;
  return prices;
}
function validateToolPrice(option, value) {
  const given = expectRecord(option, value, 'an object like { costUsd: 0.005 }');
  expectKnownKeys(option, given, TOOL_KEYS);
  const price2 = {};
  const { costUsd: costUsd2, billable, costIncludesChildren } = given;
  if (isCostFunction(costUsd2)) price2.costUsd = costUsd2;
  else if (costUsd2 !== void 0) price2.costUsd = expectNumber(`${option}.costUsd`, costUsd2, 0, MAX_POST_USD);
  if (billable !== void 0) price2.billable = expectBoolean(`${option}.billable`, billable);
  if (costIncludesChildren !== void 0) {
    price2.costIncludesChildren = expectBoolean(`${option}.costIncludesChildren`, costIncludesChildren);
  }
  return price2;
}
function isCostFunction(value) {
  return typeof value === 'function';
}
var KNOWN2 = [
  'tools',
  'dialects',
  'attributionKeys',
  'metricAttributes',
  'baggageAttribution',
  'sessionIdKeys',
  'maxSessions',
  'budgets',
  'knownUsage',
  'onTaskEnd',
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
];
var SCOPES_WITH_BUDGETS = /* @__PURE__ */ new Set(['call', 'agent', 'task']);
var ATTRIBUTED_MEASURES = ALL_MEASURES.filter((measure) => measure !== 'steps' && measure !== 'wallMillis');
var MAX_ATTRIBUTION_KEYS = 32;
var MAX_SESSION_ID_KEYS = 16;
var MAX_IGNORED_PATHS = 100;
var MAX_SESSIONS2 = 1e6;
function resolveOptions(options = {}, path = '') {
  expectRecord(path || 'options', options);
  const given = { ...options };
  if (given.discounts !== void 0) {
    const line = 'give the part of the price that you pay: priceFactors: { openai: 0.9 } for 10 % off';
    throw formerOption('discounts', given.discounts, line);
  }
  expectKnownKeys(path, given, KNOWN2);
  const at2 = (key) => (path === '' ? key : `${path}.${key}`);
  if (options.onTaskEnd !== void 0) expectFunction(at2('onTaskEnd'), options.onTaskEnd);
  const { overrides, aliases, providerAliases, priceFactors } = options;
  return {
    prices: {
      ...(overrides !== void 0 && { overrides }),
      ...(aliases !== void 0 && { aliases }),
      ...(providerAliases !== void 0 && { providerAliases }),
      ...(priceFactors !== void 0 && { priceFactors }),
    },
    tools: options.tools === void 0 ? {} : validateToolPrices(at2('tools'), options.tools),
    dialects: resolveDialects(at2('dialects'), options.dialects),
    attributionKeys: resolveAttributionKeys(at2('attributionKeys'), options.attributionKeys),
    baggageKeys: resolveBaggageKeys(at2('baggageAttribution'), options),
    metricAttributes: resolveMetricAttributes(
      at2('metricAttributes'),
      options.metricAttributes,
      options.attributionKeys ?? [],
    ),
    sessionIdKeys: resolveStrings(at2('sessionIdKeys'), options.sessionIdKeys, MAX_SESSION_ID_KEYS),
    maxSessions:
      options.maxSessions === void 0 ? void 0 : wholeNumber(at2('maxSessions'), options.maxSessions),
    budgets: resolveBudgets(at2('budgets'), options.budgets, options.attributionKeys ?? []),
    ignoredUsage: resolveIgnored(at2('knownUsage'), options.knownUsage),
    onTaskEnd: options.onTaskEnd,
  };
}
function resolveIgnored(option, value) {
  if (value === void 0) return /* @__PURE__ */ new Set();
  const given = expectRecord(option, value);
  expectKnownKeys(option, given, ['ignore']);
  return new Set(resolveStrings(`${option}.ignore`, given.ignore, MAX_IGNORED_PATHS));
}
function resolveDialects(option, value) {
  if (value === void 0) return writtenDialects([]);
  const dialects = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(dialects))
    throw new InvalidOptionError(option, value, `one or a list of ${DIALECTS.join(', ')}`);
  for (const dialect of dialects) {
    if (!DIALECTS.includes(dialect))
      throw new InvalidOptionError(option, dialect, `one of ${DIALECTS.join(', ')}`);
  }
  if (dialects.includes('gen_ai') && dialects.includes('otel-draft')) {
    throw new InvalidOptionError(
      option,
      value,
      'either gen_ai or otel-draft: one is the prefix of the other',
    );
  }
  if (dialects.includes('none') && dialects.length > 1) {
    throw new InvalidOptionError(option, value, 'either none or the names to write');
  }
  return writtenDialects(dialects);
}
function resolveBudgets(option, value, declaredKeys) {
  const budgets = /* @__PURE__ */ new Map();
  if (value === void 0) return budgets;
  const given = expectRecord(option, value);
  const declared = declaredKeys.filter((key) => !SCOPES_WITH_BUDGETS.has(key));
  const known = ['session', ...ATTRIBUTION_KEYS, ...declared];
  for (const key of Object.keys(given)) if (!known.includes(key)) refuseAttribute(option, key);
  expectKnownKeys(option, given, known);
  for (const [key, terms] of Object.entries(given)) {
    const measures = key === 'session' ? ALL_MEASURES : ATTRIBUTED_MEASURES;
    budgets.set(key, readTerms(`${option}.${key}`, terms, measures));
  }
  return budgets;
}
function resolveAttributionKeys(option, value) {
  const keys22 = resolveStrings(option, value, MAX_ATTRIBUTION_KEYS);
  for (const key of keys22) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
      refuseAttribute(option, key);
      throw new InvalidOptionError(
        option,
        key,
        'lower-case letters, digits and underscores, starting with a letter',
      );
    }
    if (ATTRIBUTION_KEYS.includes(key)) {
      throw new InvalidOptionError(option, key, 'a key that is not built in');
    }
  }
  return keys22;
}
function resolveBaggageKeys(option, { baggageAttribution, attributionKeys = [] }) {
  const known = [...ATTRIBUTION_KEYS, ...attributionKeys];
  if (typeof baggageAttribution === 'boolean') return baggageAttribution ? known : [];
  const keys22 = resolveStrings(option, baggageAttribution, known.length);
  const unknown = keys22.find((key) => !known.includes(key));
  if (unknown === void 0) return keys22;
  refuseAttribute(option, unknown);
  throw new InvalidOptionError(option, unknown, `true, false or a list of ${known.join(', ')}`);
}
function resolveMetricAttributes(option, value, declaredKeys) {
  const allowed = [...ATTRIBUTION_KEYS.filter((key) => key !== 'user'), ...declaredKeys];
  return resolveStrings(option, value, MAX_ATTRIBUTION_KEYS).map((key) => {
    if (allowed.includes(key)) return attributeOf(key);
    refuseAttribute(option, key);
    throw new InvalidOptionError(option, key, `one of the attribution keys ${allowed.join(', ')}`);
  });
}
function refuseAttribute(option, name) {
  const key = keyOfAttribute(name);
  if (key === void 0) return;
  throw new InvalidOptionError(option, name, `the key "${key}", which is written as ${attributeOf(key)}`);
}
function resolveStrings(option, value, most) {
  if (value === void 0) return [];
  if (!Array.isArray(value) || value.length > most) {
    throw new InvalidOptionError(option, value, `a list of at most ${most} strings`);
  }
  return value.map((item, index) => expectString(`${option}[${index}]`, item));
}
function wholeNumber(option, value) {
  const count = expectNumber(option, value, 1, MAX_SESSIONS2);
  if (!Number.isInteger(count)) throw new InvalidOptionError(option, value, 'a whole number');
  return count;
}
var MAX_PATHS = 100;
var UnreadUsage = class {
  /** `ignored`: paths that the app knows to be irrelevant. */
  constructor(ignored) {
    this.ignored = ignored;
  }
  ignored;
  named = /* @__PURE__ */ new Set();
  /** Names each path once. Returns false when the app knows all of them to be irrelevant. */
  note(paths) {
    const unknown = paths.filter((path) => !this.ignored.has(path));
    for (const path of unknown) this.name(path);
    return unknown.length > 0;
  }
  /** The paths so far, such as `usage.prompt_tokens_details.foo_tokens`. At most 100. */
  get paths() {
    return [...this.named];
  }
  name(path) {
    if (this.named.has(path) || this.named.size >= MAX_PATHS) return;
    this.named.add(shortText(path));
    warnOnce(
      `usage has an unknown number: ${shortText(path)}. Calls with it are estimated. If it is irrelevant for the bill: knownUsage: { ignore: ['${shortText(path)}'] }`,
    );
  }
};
var Runtime = class {
  /**
   * Throws {@link InvalidOptionError}. `prices`: those of a runtime with the same options, whose rates are then looked
   * up once for both.
   */
  constructor(options, instantChild, prices) {
    this.instantChild = instantChild;
    const resolved = checked('CostSpanProcessor options', () => resolveOptions(options));
    this.sessions = new Sessions(resolved.maxSessions);
    this.tools = resolved.tools;
    this.dialects = new DialectWriter(resolved.dialects);
    this.prices = prices ?? new PriceBook(resolved.prices, '', { splitsCost: this.dialects.splitsCost });
    this.attributionKeys = resolved.attributionKeys;
    this.baggageKeys = new Map(resolved.baggageKeys.map((key) => [attributeOf(key), key]));
    this.sessionIdKeys = resolved.sessionIdKeys;
    this.labelKeys = new LabelKeys(resolved.metricAttributes);
    this.unreadUsage = new UnreadUsage(resolved.ignoredUsage);
    this.onTaskEnd = resolved.onTaskEnd;
    this.sessionBudget = resolved.budgets.get('session');
    const keys22 = [...resolved.budgets].filter(([key]) => key !== 'session');
    this.budgetTables = new Map(keys22.map(([key, terms]) => [key, new BudgetTable(key, terms)]));
  }
  instantChild;
  prices;
  sessions;
  tools;
  dialects;
  attributionKeys;
  /** Attribution keys that are sent and read as baggage, by attribute name. */
  baggageKeys;
  sessionIdKeys;
  labelKeys;
  stats = {
    internalErrors: 0,
    refusedAmounts: 0,
    ignoredProcessors: 0,
    corrections: 0,
    releasedScopes: 0,
    budgetRefusals: 0,
    budgetUnknownCalls: 0,
  };
  /** Budgets by attribution key. Each value of a key has its own. */
  budgetTables;
  /** Open wrappers that have collected bills, oldest first. */
  wrappersWithPockets = /* @__PURE__ */ new Set();
  history = new CallHistory();
  startsBeside = new StartsBeside();
  /** Charges of paid tools by the id that their service gave them. */
  charges = new Charges();
  /**
   * Number of wrapped calls and recorded costs outside every declared task. A queue that runs work in its own context
   * can move the calls of a task there.
   */
  callsOutside = 0;
  /**
   * The last task that `startTask` started. A weak reference, because an app may forget to end it. Only calls that
   * begin soon after it matter.
   */
  startedTask;
  /** True once a `withLlm` or `wrapLlm` was called. */
  hasLlmWrapper = false;
  taskTallies = new TaskTallies();
  unreadUsage;
  sessionBudget;
  onTaskEnd;
  /** Number of attribution values and sessions whose spending is forgotten because a table was full. */
  get budgetEvictions() {
    let evictions = this.sessions.forgottenBudgets;
    for (const table of this.budgetTables.values()) evictions += table.evictions;
    return evictions;
  }
  /** Enters a session by its id, inside `outer`. Returns the existing entry if the session was entered further out. */
  enterSession(id, outer) {
    for (let at2 = outer; at2 !== void 0; at2 = at2.outer) if (at2.session.id === id) return at2;
    const session = this.sessions.enter(id);
    if (session.budget === void 0 && this.sessionBudget !== void 0) session.limitTo(this.sessionBudget);
    return { session, outer, ended: false, stale: false };
  }
  reportTaskEnd(summary) {
    if (this.onTaskEnd === void 0) return;
    const warn = (error) => warnOnce('onTaskEnd threw', error);
    try {
      answered(this.onTaskEnd(summary()), warn);
    } catch (error) {
      warn(error);
    }
  }
  /** Runs work of this package, and keeps its errors from the app. */
  guard(work) {
    try {
      work();
    } catch (error) {
      this.caught(error);
    }
  }
  /** Counts an error in this package and reports it once. */
  caught(error) {
    this.stats.internalErrors += 1;
    warnOnce(INTERNAL_ERROR, error);
  }
};
function plainKeys(value, maxKeys) {
  const isArray = Array.isArray(value);
  const prototype = Object.getPrototypeOf(value);
  if (isArray ? prototype !== Array.prototype : prototype !== Object.prototype && prototype !== null)
    return void 0;
  if (isArray && value.length > maxKeys) throw new RangeError('too many');
  const own = Reflect.ownKeys(value);
  if (own.length > maxKeys + 1) throw new RangeError('too many');
  const keys22 = [];
  for (const key of own) {
    if (isArray && key === 'length') continue;
    if (typeof key !== 'string' || (isArray && !isIndex(key))) return void 0;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === void 0 || !property.enumerable || !('value' in property)) return void 0;
    keys22.push(key);
  }
  return keys22;
}
function isIndex(key) {
  return String(Number(key) >>> 0) === key;
}
function isPlainDate(value) {
  return (
    value instanceof Date &&
    Object.getPrototypeOf(value) === Date.prototype &&
    Reflect.ownKeys(value).length === 0
  );
}
var MAX_CANONICAL_CHARS = 262144;
var MAX_CANONICAL_VALUES = 2e4;
var MAX_BIGINT_BITS = 1024;
var MAX_CANONICAL_DEPTH = 100;
var Refused = class extends Error {};
function refuse() {
  throw new Refused();
}
function canonicalText(value, options) {
  try {
    const writer = new Writer(options);
    writer.write(value, 0);
    return writer.text;
  } catch {
    return void 0;
  }
}
function canonicalHash(name, value, options) {
  const text22 = canonicalText(value, options);
  return text22 === void 0
    ? void 0
    : createHash3('sha256')
        .update(`${JSON.stringify(name)}${text22}`)
        .digest('hex');
}
var Writer = class {
  text = '';
  values = 0;
  around = /* @__PURE__ */ new Set();
  opaqueText;
  maxChars;
  constructor({ opaqueText = refuse, maxChars = MAX_CANONICAL_CHARS } = {}) {
    this.opaqueText = opaqueText;
    this.maxChars = maxChars;
  }
  write(value, depth) {
    this.values += 1;
    if (this.values > MAX_CANONICAL_VALUES) throw new Refused();
    if (typeof value === 'object' && value !== null) this.writeObject(value, depth);
    else if (typeof value === 'function') this.append(this.opaqueText(value));
    else this.append(primitiveText(value, this.maxChars));
  }
  append(part) {
    if (this.text.length + part.length > this.maxChars) throw new Refused();
    this.text += part;
  }
  writeObject(value, depth) {
    if (depth >= MAX_CANONICAL_DEPTH || this.around.has(value)) throw new Refused();
    this.around.add(value);
    if (Array.isArray(value)) this.writeArray(value, depth);
    else if (isPlainDate(value)) this.append(`Date(${value.getTime()})`);
    else this.writeRecord(value, depth);
    this.around.delete(value);
  }
  /** The number of values that may still be visited. Each takes at least one character and a comma. */
  room() {
    return Math.min(MAX_CANONICAL_VALUES - this.values, this.maxChars / 2);
  }
  writeArray(values2, depth) {
    const keys22 = plainKeys(values2, this.room());
    if (keys22 === void 0) {
      this.append(this.opaqueText(values2));
      return;
    }
    this.append('[');
    for (let index = 0; index < values2.length; index++) {
      if (index > 0) this.append(',');
      if (index in values2) this.write(values2[index], depth + 1);
      else this.append('hole');
    }
    this.append(']');
  }
  writeRecord(value, depth) {
    const keys22 = plainKeys(value, this.room());
    if (keys22 === void 0) {
      this.append(this.opaqueText(value));
      return;
    }
    this.append('{');
    for (const [index, key] of [...keys22].sort().entries()) {
      this.append(`${index > 0 ? ',' : ''}${JSON.stringify(key)}:`);
      this.write(Reflect.get(value, key), depth + 1);
    }
    this.append('}');
  }
};
function primitiveText(value, maxChars) {
  switch (typeof value) {
    case 'string':
      if (value.length > maxChars) throw new Refused();
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      if (BigInt.asIntN(MAX_BIGINT_BITS, value) !== value) throw new Refused();
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return 'null';
    default:
      throw new Refused();
  }
}
var MAX_SOURCES = 4;
var Pocket = class _Pocket {
  /** The most bills kept separately. Further ones are merged into the last one, to bound the memory of a long call. */
  static MAX_BILLS = 256;
  bills = [];
  /**
   * Attribute keys of token counts on spans inside. The wrapper leaves them out, or a backend would count them twice.
   */
  tokenKeys = /* @__PURE__ */ new Set();
  /** Calls inside that show no usage. The wrapper's response may be that of one of them. */
  unknownCalls = 0;
  /** The sum of the bills that were taken out by `empty`, for example because the wrapper's task ended. */
  posted;
  add(bill) {
    this.bills.push(bill);
    if (this.bills.length > _Pocket.MAX_BILLS)
      this.bills = [...this.bills.slice(0, -2), sumOf22(this.bills.slice(-2))];
  }
  /** Takes the bills out, to be posted. Undefined when there are none. */
  empty() {
    const { bills } = this;
    if (bills.length === 0) return void 0;
    this.bills = [];
    const sum2 = sumOf22(bills);
    this.posted = this.posted === void 0 ? sum2 : sumOf22([this.posted, sum2]);
    return sum2;
  }
  tokens() {
    return tokensOf22(this.bills);
  }
  get input() {
    return this.bills.reduce((sum2, { tokens }) => sum2 + (tokens === void 0 ? 0 : inputTokens(tokens)), 0);
  }
  get output() {
    return this.bills.reduce((sum2, { tokens }) => sum2 + (tokens === void 0 ? 0 : outputTokens(tokens)), 0);
  }
  get calls() {
    return this.bills.reduce((sum2, { llmCalls }) => sum2 + llmCalls, 0);
  }
  /** The sum of the known amounts. */
  get pico() {
    return this.bills.reduce((sum2, { pico = 0 }) => sum2 + pico, 0);
  }
};
function sumOf22(bills) {
  const [first2, ...others2] = bills;
  const sum2 = new Bill('llm', others2.length === 0 && first2 !== void 0 ? first2 : amountOf(bills));
  sum2.tokens = tokensOf22(bills);
  const isPart = sum2.pico !== void 0 && bills.some(({ pico }) => pico === void 0);
  sum2.estimatedPico = isPart
    ? void 0
    : bills.reduce((total, { estimated: estimated2 }) => total + estimated2, 0);
  sum2.isLowerBound = isPart;
  sum2.subject = first2?.subject;
  if (others2.length === 0) sum2.contextUsedRatio = first2?.contextUsedRatio;
  for (const { llmCalls, isLowerBound, settlesUnpriced, unpricedIn, unpricedRow } of bills) {
    sum2.llmCalls += llmCalls;
    sum2.isLowerBound ||= isLowerBound;
    sum2.settlesUnpriced ||= settlesUnpriced;
    sum2.unpricedIn ??= unpricedIn;
    sum2.unpricedRow ??= unpricedRow;
  }
  return sum2;
}
function amountOf(bills) {
  const known = bills.filter(({ pico }) => pico !== void 0);
  if (known.length === 0) return { pico: void 0, status: 'unpriced', reason: bills[0]?.reason };
  const sources = [...new Set(known.map(({ source }) => source))].slice(0, MAX_SOURCES);
  return {
    pico: known.reduce((sum2, { pico = 0 }) => sum2 + pico, 0),
    source: joinSources(sources),
    ...(known.length < bills.length
      ? { status: 'estimated', reason: 'partial_statement' }
      : combinedStatus(known)),
    rateMatch: known.find(({ rateMatch }) => rateMatch !== void 0)?.rateMatch,
  };
}
function tokensOf22(bills) {
  const sum2 = noTokens();
  for (const { tokens } of bills) if (tokens !== void 0) addTokens(sum2, tokens);
  return sum2;
}
var LlmFacts = class _LlmFacts {
  constructor(usage, recorder, responseIds) {
    this.usage = usage;
    this.recorder = recorder;
    this.responseIds = responseIds;
    const { tokens, unsplitTokens = 0, reportedCostUsd } = usage ?? NO_USAGE;
    this.input = tokens === void 0 ? 0 : inputTokens(tokens) + unsplitTokens;
    this.output = tokens === void 0 ? 0 : outputTokens(tokens);
    this.pico = isPostableUsd(reportedCostUsd) ? picoFromUsd(reportedCostUsd) : void 0;
  }
  usage;
  recorder;
  responseIds;
  input;
  output;
  pico;
  provider = void 0;
  /** The model that answered, or else the requested one. */
  model = void 0;
  requestModel = void 0;
  serviceTier = void 0;
  /** When the call started, ms since 1970: prices are dated. */
  timeMillis = 0;
  /** The provider refused the call before the model ran, so it is free. */
  rejected = false;
  of = 'call';
  calls = 1;
  get isKnown() {
    return this.usage !== void 0;
  }
  /** A wrapper of this package sees the call being made. */
  get isWitness() {
    return this.recorder === PACKAGE_NAME;
  }
  /** The same call with another provider and model. */
  as(provider, model) {
    const facts = new _LlmFacts(this.usage, this.recorder, this.responseIds);
    return Object.assign(facts, this, { provider, model });
  }
};
var NO_USAGE = {};
function contextUsedRatio({ contextWindowTokens }, usage) {
  if (contextWindowTokens === void 0 || usage === void 0) return void 0;
  const used = inputTokens(usage.tokens) + outputTokens(usage.tokens);
  return used > 0 && used <= contextWindowTokens ? used / contextWindowTokens : void 0;
}
var DROP_CACHED_TOKENS = /* @__PURE__ */ new Set([
  '@opentelemetry/instrumentation-openai',
  '@traceloop/instrumentation-openai',
  '@traceloop/instrumentation-langchain',
  '@traceloop/instrumentation-llamaindex',
]);
var MIN_CACHED_PROMPT_TOKENS2 = 1024;
var DROP_CACHE_OUTSIDE = /* @__PURE__ */ new Set([
  '@opentelemetry/instrumentation-aws-sdk',
  '@traceloop/instrumentation-bedrock',
]);
var CACHED_BEDROCK_MODEL = /claude|nova/;
var DROPS_CACHE_WRITES = '@voltagent/core';
function mayHideCache({ recorder, model }, tokens) {
  if (cacheWriteTokens(tokens) > 0) return false;
  if (recorder === DROPS_CACHE_WRITES && model?.includes('claude') === true)
    return inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS2;
  if (cacheReadTokens(tokens) > 0) return false;
  if (DROP_CACHE_OUTSIDE.has(recorder)) return model !== void 0 && CACHED_BEDROCK_MODEL.test(model);
  return inputTokens(tokens) >= MIN_CACHED_PROMPT_TOKENS2 && DROP_CACHED_TOKENS.has(recorder);
}
function priceCall(runtime, facts, usage) {
  if (usage === void 0 && facts.rejected) return free('reported');
  const list2 = listPrice(runtime, facts, usage);
  if (usage === void 0) return list2;
  if (usage.parts !== void 0 && usage.reportedCostUsd === void 0) return list2;
  const isUnread = usage.unread !== void 0 && runtime.unreadUsage.note(usage.unread);
  const { reportedCostUsd, anomaly = list2.anomaly } = usage;
  if (isPostableUsd(reportedCostUsd)) return reportedPrice(picoFromUsd(reportedCostUsd), list2, usage);
  const isRefused2 = reportedCostUsd !== void 0 || usage.refusesBill === true;
  if (isRefused2) {
    const what = noteRefused(runtime, anomaly);
    if (!hasCounts(usage)) return unpriced('bad_amount', what);
    list2.anomaly = what;
  }
  if (list2.status === 'unpriced') {
    const computed = computedPrice(list2, usage);
    if (computed !== void 0) return computed;
  }
  if (!isRefused2) list2.anomaly = anomaly;
  if (list2.status === 'unpriced' || list2.status === 'free') return list2;
  let reason = isUnread ? firstReason(list2.reason, 'unread_usage') : list2.reason;
  if (isRefused2 || isContradicted(list2, usage)) reason = firstReason(reason, 'reported_differs');
  if (mayHideCache(facts, usage.tokens)) reason = firstReason(reason, 'dropped_cache');
  if (reason !== list2.reason) {
    list2.status = 'estimated';
    list2.reason = reason;
  }
  return list2;
}
function noteRefused(runtime, anomaly = 'reported cost refused') {
  runtime.stats.refusedAmounts += 1;
  warnOnce('the reported cost of an LLM call is refused: it must be from 0 to 1,000,000 USD', anomaly);
  return anomaly;
}
function free(source) {
  const priced = price(0, source);
  priced.status = 'free';
  return priced;
}
function isContradicted({ pico }, usage) {
  const { estimatedCostUsd } = usage;
  if (pico === void 0 || !isPostableUsd(estimatedCostUsd) || !hasCounts(usage)) return false;
  return differs(picoFromUsd(estimatedCostUsd), pico);
}
function computedPrice({ reason, anomaly }, usage) {
  const { estimatedCostUsd } = usage;
  if (reason === 'bad_amount' || !isPostableUsd(estimatedCostUsd) || estimatedCostUsd === 0) return void 0;
  const computed = price(picoFromUsd(estimatedCostUsd), 'reported');
  computed.status = 'estimated';
  computed.reason = 'guessed_provider';
  computed.anomaly = usage.anomaly ?? anomaly;
  return computed;
}
var DOUBTS_OF_BILLS = /* @__PURE__ */ new Set([
  'reported_differs',
  'sum_of_calls',
  'partial_statement',
  'stream_cut',
  'guessed_provider',
]);
function reportedPrice(pico, list2, usage) {
  const { contextWindowTokens } = list2;
  const { anomaly } = usage;
  const isFar = list2.pico !== void 0 && hasCounts(usage) && differs(pico, list2.pico);
  const priced = price(pico, 'reported');
  priced.contextWindowTokens = contextWindowTokens;
  priced.anomaly = anomaly;
  if (pico === 0) priced.status = 'free';
  if (usage.doubt !== void 0 && DOUBTS_OF_BILLS.has(usage.doubt) && pico > 0) {
    priced.status = 'estimated';
    priced.reason = usage.doubt;
  }
  if (!isFar) return priced;
  priced.anomaly ??= disagreement(list2.pico ?? 0, list2.source);
  if (pico === 0) return priced;
  priced.status = 'estimated';
  priced.reason = 'reported_differs';
  return priced;
}
function hasCounts({ tokens, unsplitTokens = 0, units }) {
  return units !== void 0 || unsplitTokens + inputTokens(tokens) + outputTokens(tokens) > 0;
}
function listPrice(runtime, facts, usage) {
  if (usage?.parts !== void 0 && usage.reportedCostUsd === void 0)
    return priceParts(runtime, facts, usage, usage.parts);
  return runtime.prices.price(usage === facts.usage ? facts : { ...facts, usage });
}
function priceParts(runtime, facts, usage, parts) {
  const priced = parts.map((part) => {
    const ofPart = new LlmFacts(part.usage, facts.recorder, facts.responseIds);
    return priceCall(runtime, Object.assign(ofPart, queryOfPart(facts, part, parts)), part.usage);
  });
  const sum2 = sumOfPrices(usage, priced);
  return { ...sum2, anomaly: usage.anomaly ?? sum2.anomaly };
}
var REPORTED_MARGIN = 0.1;
var REPORTED_ROUNDING_PICO = 1e6;
function differs(reportedPico, pricedPico) {
  const margin = Math.max(REPORTED_ROUNDING_PICO, pricedPico * REPORTED_MARGIN);
  return Math.abs(reportedPico - pricedPico) > margin;
}
function disagreement(listPico, source) {
  return `reported cost differs from list price ${usdFromPico(listPico)} USD (${source})`;
}
function partOf2(usage, input, output) {
  const { tokens, unsplitTokens } = usage;
  const part = { tokens: noTokens() };
  fill2(part.tokens, tokens, INPUT_KINDS, input, inputTokens(tokens));
  fill2(part.tokens, tokens, OUTPUT_KINDS, output, outputTokens(tokens));
  if (unsplitTokens !== void 0 && input > 0) part.unsplitTokens = Math.min(unsplitTokens, input);
  if (usage.anomaly !== void 0) part.anomaly = usage.anomaly;
  if (usage.incomplete) part.incomplete = true;
  if (usage.doubt !== void 0) part.doubt = usage.doubt;
  if (usage.unread !== void 0) part.unread = usage.unread;
  if (usage.refusesBill) part.refusesBill = true;
  if (usage.isSum) part.isSum = true;
  if (usage.parts !== void 0) part.parts = shareOut(usage.parts, tokens, part.tokens);
  return part;
}
function shareOut(parts, whole2, left) {
  const input = divided(
    parts.map(({ usage }) => inputTokens(usage.tokens)),
    inputTokens(left),
    inputTokens(whole2),
  );
  const output = divided(
    parts.map(({ usage }) => outputTokens(usage.tokens)),
    outputTokens(left),
    outputTokens(whole2),
  );
  return parts.map((part, index) => {
    const share = partOf2(part.usage, input[index] ?? 0, output[index] ?? 0);
    const { reportedCostUsd } = part.usage;
    const all = inputTokens(part.usage.tokens) + outputTokens(part.usage.tokens);
    const kept = inputTokens(share.tokens) + outputTokens(share.tokens);
    if (reportedCostUsd !== void 0 && all > 0) share.reportedCostUsd = (reportedCostUsd * kept) / all;
    return { ...part, usage: share };
  });
}
function divided(counts, size4, all) {
  const share = all === 0 ? 0 : size4 / all;
  const shares = counts.map((count) => Math.floor(count * share));
  let left = size4 - shares.reduce((sum2, count) => sum2 + count, 0);
  return shares.map((count, index) => {
    const more2 = Math.max(0, Math.min(left, (counts[index] ?? 0) - count));
    left -= more2;
    return count + more2;
  });
}
function fill2(into, from, kinds, size4, all) {
  let left = Math.min(size4, all);
  if (left === 0) return;
  const share = left / all;
  for (const kind of kinds) {
    into[kind] = Math.floor(from[kind] * share);
    left -= into[kind];
  }
  for (const kind of kinds) {
    const more2 = Math.min(left, from[kind] - into[kind]);
    into[kind] += more2;
    left -= more2;
  }
}
function settleCall(runtime, record, facts, collector) {
  const isTwin = facts.of === 'call' && isStatedBeside(record, facts);
  const bill = priceIncrease(runtime, record, facts, settleStatement(record, facts), collector);
  if (isTwin && !bill.isEmpty) bill.estimate('ambiguous_usage');
  return bill;
}
function settleStatement(record, facts) {
  return facts.responseIds.length === 0
    ? record.settle(facts)
    : record.settle(facts, facts, record.task?.responses());
}
function priceIncrease(runtime, record, facts, increase, collector) {
  const { usage } = facts;
  const share = shareOf(facts, increase);
  const priced = priceOfShare(runtime, facts, increase, share);
  const bill = new Bill('llm', priced);
  bill.tokens = tokensOf3(facts, increase);
  if (usage?.incomplete === true && share !== 'none') bill.isLowerBound = true;
  bill.llmCalls = increase.calls;
  if (increase.resolves > 0) {
    bill.settlesUnpriced = true;
    bill.unpricedRow = record.unpricedRow;
  }
  if (isSpanRecord(increase.resolvedAt)) {
    bill.unpricedIn = increase.resolvedAt.place();
    bill.unpricedRow = increase.resolvedAt.unpricedRow;
  }
  if (increase.billedElsewhere === 'below') bill.isRest = true;
  bill.subject = facts;
  if (record.scope?.kind === 'step' && facts.of === 'call' && increase.calls === 1) {
    bill.contextUsedRatio = contextUsedRatio(priced, usage);
  }
  if (share === 'none') bill.notBilled = notBilledReason(increase);
  else if (facts.pico === void 0) postPrice(record, bill, facts, increase, collector);
  else collector?.hold(increase.pico);
  if (!facts.isKnown && bill.unpricedCalls === 0) record.leaveKnown();
  if (share === 'all' && (facts.of === 'sum' || facts.calls > 1) && priced.isPerCall)
    bill.estimate('sum_of_calls');
  flag(runtime, bill, facts, increase);
  flagDroppedCache(runtime, bill, facts, increase);
  return bill;
}
function tokensOf3({ usage, input, output }, increase) {
  if (usage === void 0) return void 0;
  if (increase.input === input && increase.output === output) return usage.tokens;
  return partOf2(usage, increase.input, increase.output).tokens;
}
function shareOf({ input, output, pico, isKnown }, increase) {
  const { payableInput, payableOutput, calls, resolves } = increase;
  if (!isKnown || (pico ?? input + output) === 0) return calls + resolves > 0 ? 'all' : 'none';
  if (pico !== void 0) return increase.pico === pico ? 'all' : increase.pico > 0 ? 'part' : 'none';
  if (payableInput === input && payableOutput === output) return 'all';
  return payableInput + payableOutput > 0 ? 'part' : 'none';
}
function priceOfShare(runtime, facts, { pico, payableInput, payableOutput }, share) {
  const { usage } = facts;
  if (share === 'none') {
    const nothing = price(0, void 0);
    nothing.anomaly = usage?.anomaly;
    return nothing;
  }
  if (usage === void 0) return priceCall(runtime, facts, void 0);
  if (facts.pico !== void 0) {
    const reported = priceCall(runtime, facts, usage);
    reported.pico = pico;
    return reported;
  }
  return priceCall(runtime, facts, share === 'all' ? usage : partOf2(usage, payableInput, payableOutput));
}
function postPrice(record, bill, facts, increase, collector) {
  if (bill.pico === void 0) {
    if (increase.isEmpty && facts.input + facts.output > 0 && !bill.settlesUnpriced) leaveToAround(bill);
    else if (shareOf(facts, increase) === 'all') record.leaveUnpriced();
    return;
  }
  const left = record.reportPrice(bill.pico, collector);
  if (bill.pico > 0 && left === 0) bill.notBilled = record.payer === 'around' ? 'duplicate' : 'covered';
  bill.pico = Math.min(left, MAX_POST_PICO);
}
function leaveToAround(bill) {
  bill.notBilled = 'duplicate';
  bill.status = void 0;
  bill.reason = void 0;
}
function flag(runtime, bill, facts, increase) {
  const { flag: reason, overBilledPico } = increase;
  if (reason !== void 0) bill.estimate(reason);
  if (reason === 'unexplained_sum') bill.isLowerBound = true;
  if (reason === 'ambiguous_usage' && bill.pico === 0) {
    bill.estimatedPico = priceCall(runtime, facts, facts.usage).pico ?? 0;
  }
  const { pico: reportedPico = 0 } = facts;
  if (overBilledPico !== void 0 && differs(reportedPico, overBilledPico)) {
    bill.estimate('reported_differs');
    bill.estimatedPico = (bill.pico ?? 0) + overBilledPico - reportedPico;
  }
}
function flagDroppedCache(runtime, bill, facts, { sameTokensPico }) {
  const { usage, of } = facts;
  if (sameTokensPico === void 0 || usage === void 0) return;
  if (cacheReadTokens(usage.tokens) + cacheWriteTokens(usage.tokens) === 0) return;
  const { pico } = priceCall(runtime, facts, usage);
  if (pico === void 0 || !differs(sameTokensPico, pico) || (of === 'sum' && pico > sameTokensPico)) return;
  bill.estimate('dropped_cache');
  bill.estimatedPico = Math.abs(pico - sameTokensPico);
}
function notBilledReason({ billedElsewhere }) {
  switch (billedElsewhere) {
    case 'record':
    case 'around':
      return 'duplicate';
    case 'cover':
      return 'covered';
    default:
      return 'aggregate';
  }
}
function withPosted(rest, posted) {
  const isAll = rest === void 0 || rest.notBilled !== void 0;
  const bill = isAll ? new Bill('llm', { ...posted, pico: posted.pico && 0 }) : rest;
  if (isAll) bill.subject = posted.subject;
  if (posted.pico === void 0) {
    if (isAll) bill.settlesUnpriced = true;
    return bill;
  }
  bill.postedPico = posted.pico;
  if (bill.pico === void 0) {
    bill.pico = 0;
    bill.isLowerBound = true;
    bill.source = posted.source;
    bill.estimatedPico = posted.pico - posted.estimated;
    bill.status = 'estimated';
    bill.reason = 'partial_statement';
  }
  return bill;
}
var INPUT_KEYS = {
  tool: ['gen_ai.tool.call.arguments', 'ai.toolCall.args', 'input.value', 'traceloop.entity.input'],
  llm: ['gen_ai.input.messages', 'ai.prompt.messages', 'input.value'],
};
function readInput(kind, attributes) {
  for (const key of INPUT_KEYS[kind]) if (attributes[key] !== void 0) return attributes[key];
  return void 0;
}
var MAX_FAILED_CALLS = 256;
var MAX_CALL_CHARS = 1048576;
var FailedCalls = class {
  byKey = /* @__PURE__ */ new Map();
  get size() {
    return this.byKey.size;
  }
  /** True when any call of that name has failed. The arguments are compared only then. */
  has(name) {
    for (const failed of this.byKey.values()) if (failed.name === name) return true;
    return false;
  }
  /** The highest failed attempt of a call until `byMillis` (epoch milliseconds). 0 when none failed. */
  lastAttempt(key, byMillis = Number.POSITIVE_INFINITY) {
    const failed = this.byKey.get(key);
    return failed === void 0 || failed.failedAtMillis > byMillis ? 0 : failed.attempt;
  }
  /** `failedAtMillis` is in epoch milliseconds. */
  add(key, name, attempt, failedAtMillis = Date.now()) {
    const highest = Math.max(attempt, this.lastAttempt(key));
    this.byKey.delete(key);
    this.byKey.set(key, { name, attempt: highest, failedAtMillis });
    if (this.byKey.size <= MAX_FAILED_CALLS) return;
    for (const oldest2 of this.byKey.keys()) {
      this.byKey.delete(oldest2);
      return;
    }
  }
  /** Removes a call that succeeded: the same call made again is then a new one. */
  delete(key) {
    this.byKey.delete(key);
  }
};
function callKey(name, input) {
  return input === void 0 ? void 0 : canonicalHash(name, input, KEY_OPTIONS);
}
var KEY_OPTIONS = { opaqueText: identityOf, maxChars: MAX_CALL_CHARS };
var identities = /* @__PURE__ */ new WeakMap();
var lastIdentity = 0;
function identityOf(value) {
  const identity = identities.get(value) ?? ++lastIdentity;
  identities.set(value, identity);
  return `#${identity}`;
}
var SpanWork = class {
  constructor(kind, name, attributes, endMillis) {
    this.kind = kind;
    this.name = name;
    this.attributes = attributes;
    this.endMillis = endMillis;
  }
  kind;
  name;
  attributes;
  endMillis;
  get workName() {
    return `${this.kind} ${this.name}`;
  }
  get workInput() {
    return this.name === void 0 ? void 0 : readInput(this.kind, this.attributes);
  }
};
function beginAttempt(runtime, record, work, startMillis) {
  try {
    const failedCalls = holderOf(record)?.failedCalls;
    if (failedCalls === void 0 || !failedCalls.has(work.workName)) return void 0;
    const key = callKey(work.workName, work.workInput);
    const last = key === void 0 ? 0 : failedCalls.lastAttempt(key, startMillis);
    return key === void 0 || last === 0 ? void 0 : { key, number: last + 1 };
  } catch (error) {
    runtime.caught(error);
    return void 0;
  }
}
function mayRepeat(record) {
  return holderOf(record)?.failedCalls !== void 0;
}
function endAttempt(record, work, begun, failed, number = begun?.number ?? 1) {
  const holder = holderOf(record);
  if (holder === void 0) return;
  if (!failed && !holder.failedCalls?.has(work.workName)) return;
  const key = begun?.key ?? callKey(work.workName, work.workInput);
  if (key === void 0) return;
  if (failed) {
    holder.failedCalls ??= new FailedCalls();
    holder.failedCalls.add(key, work.workName, number, work.endMillis);
  } else {
    holder.failedCalls?.delete(key);
  }
}
function holderOf(record) {
  let scope = record.scope ?? record.task?.scope;
  if (scope === void 0 && record.task !== void 0) return void 0;
  while (scope?.kind === 'step') scope = scope.parent;
  return scope ?? record.sessions;
}
var REJECTIONS = /* @__PURE__ */ new Set([400, 401, 403, 404, 405, 413, 415, 422, 429]);
var REJECTION_ERRORS = /* @__PURE__ */ new Set([
  'BadRequestError',
  'AuthenticationError',
  'PermissionDeniedError',
  'NotFoundError',
  'UnprocessableEntityError',
  'RateLimitError',
]);
function isRejection(status) {
  if (typeof status === 'number') return REJECTIONS.has(status);
  return typeof status === 'string' && (REJECTIONS.has(Number(status)) || REJECTION_ERRORS.has(status));
}
var MAX_SESSIONS3 = 1e3;
var totals = /* @__PURE__ */ new Map();
function maySumUpEarlier(session, tokens) {
  if (typeof session !== 'string') return false;
  const before = totals.get(session);
  noteTotal(session, tokens);
  return before !== void 0 && tokens > before;
}
function noteTotal(session, tokens) {
  if (typeof session !== 'string') return;
  totals.delete(session);
  totals.set(session, tokens);
  for (const oldest2 of totals.keys()) {
    if (totals.size <= MAX_SESSIONS3) return;
    totals.delete(oldest2);
  }
}
var ROUNDING_USD = 1e-6;
function readAgentSdkResult(result) {
  const only = result.result_index === 0 ? readIncrement(result) : void 0;
  return only ?? withDoubtOfSession(readTotals(result), result.session_id);
}
function withDoubtOfSession(facts, session) {
  const usage = facts?.usage;
  if (usage === void 0 || !maySumUpEarlier(session, sizeOf(usage))) return facts;
  return { ...facts, usage: { ...usage, doubt: usage.doubt ?? 'ambiguous_usage' } };
}
function sizeOf({ tokens }) {
  return inputTokens(tokens) + outputTokens(tokens);
}
function readTotals(result) {
  const parts = isRecord(result.modelUsage) ? readModels(result.modelUsage) : [];
  const models = sumOfParts(parts);
  const own = readUsage(result.usage);
  const stated = models ?? own;
  if (stated === void 0) return void 0;
  const usage = withRunCost(stated, result.total_cost_usd);
  const [first2] = parts;
  return {
    usage: models !== void 0 && own !== void 0 && !holds(models, own) ? larger(models, own) : usage,
    ...(first2?.model !== void 0 && { responseModel: first2.model }),
  };
}
function readIncrement(result) {
  const increment = result.model_usage_since_last_result;
  if (!isRecord(increment)) return void 0;
  const parts = readModels(increment);
  const usage = sumOfParts(parts);
  const model = parts[0]?.model;
  return usage && { usage, ...(model !== void 0 && { responseModel: model }) };
}
function readModels(modelUsage) {
  const models = [];
  for (const model of keysOf(modelUsage)) {
    const entry = modelUsage[model];
    const usage = readUsage(entry);
    if (usage === void 0) continue;
    const part = { ...usage, isSum: true };
    if (isRecord(entry) && entry.costBasis === 'unknown') part.doubt = 'guessed_provider';
    models.push({ model, usage: part });
  }
  return models.sort((a, b) => (b.usage.reportedCostUsd ?? 0) - (a.usage.reportedCostUsd ?? 0));
}
function withRunCost(usage, value) {
  const notes = { anomaly: void 0 };
  const { reportedCostUsd: sum2 = 0 } = usage;
  const total = readUsd(value, 'total_cost_usd', notes);
  if (notes.refusesUsd) return { ...usage, doubt: 'reported_differs' };
  if (total === void 0) return usage;
  if (sum2 <= total + ROUNDING_USD) return { ...usage, reportedCostUsd: total };
  return { ...usage, doubt: 'reported_differs' };
}
function larger(models, own) {
  const { reportedCostUsd: _bill, parts: _parts, ...usage } = richest(models, own);
  return { ...usage, isSum: true, doubt: 'ambiguous_usage' };
}
var RunSteps = class {
  count = 0;
  parts = [];
  ids = /* @__PURE__ */ new Set();
  models = /* @__PURE__ */ new Set();
  last = {};
  /** The sum in the SDK's own counts, which may lack the cache that the provider's record of a step has. */
  stated;
  /** @param usage the SDK's own counts of the step, as it adds them up. */
  push(facts, usage) {
    const { responseId, responseModel, serviceTier } = facts;
    this.count += 1;
    this.last = facts;
    if (responseId !== void 0) this.ids.add(responseId);
    if (responseModel !== void 0) this.models.add(responseModel);
    const stated = readUsage(usage);
    if (stated !== void 0) this.stated = addUsage(this.stated, stated);
    if (facts.usage !== void 0) this.parts.push({ usage: facts.usage, model: responseModel, serviceTier });
  }
  /** The run, with the total that the SDK states. Without `isTotal`, it may be the usage of the last step. */
  total(whole2, isTotal = true) {
    const isLast = !isTotal && whole2 !== void 0 && this.stated !== void 0 && holds(this.stated, whole2);
    const usage = this.settled(isLast ? void 0 : whole2);
    const facts = { ...this.last };
    delete facts.usage;
    if (usage !== void 0) facts.usage = usage;
    if (this.count < 2) return facts;
    facts.calls = this.count;
    if (this.ids.size === this.count) facts.stepIds = [...this.ids];
    return facts;
  }
  settled(whole2) {
    const { parts, count } = this;
    const [first2] = parts;
    if (count < 2) return first2 === void 0 ? whole2 : larger2(first2.usage, whole2);
    const sum2 = sumOfParts(parts);
    const total = whole2 === void 0 || size2(whole2) === 0 ? void 0 : whole2;
    if (sum2 === void 0) return total && this.unsplit(total);
    const isAll = parts.length === count;
    if (total === void 0 || isSame3(total, this.stated)) return isAll ? sum2 : { ...sum2, incomplete: true };
    if (holds(sum2, total)) return { ...sum2, doubt: 'ambiguous_usage' };
    return { ...this.unsplit(total), doubt: isAll ? 'ambiguous_usage' : 'sum_of_calls' };
  }
  /** Several calls can be priced as one only if one model made them all. */
  unsplit(total) {
    return this.models.size > 1
      ? { ...total, isSum: true, doubt: 'sum_of_calls' }
      : { ...total, isSum: true };
  }
};
function larger2(step, whole2) {
  if (whole2 === void 0 || holds(step, whole2)) return step;
  const { reportedCostUsd } = step;
  if (whole2.reportedCostUsd !== void 0 || reportedCostUsd === void 0) return whole2;
  return { ...whole2, reportedCostUsd };
}
function size2({ tokens, unsplitTokens = 0 }) {
  return inputTokens(tokens) + outputTokens(tokens) + unsplitTokens;
}
function isSame3(a, b) {
  return b !== void 0 && holds(a, b) && holds(b, a);
}
function isAiSdkResult(response) {
  if (!isRecord(response.usage)) return false;
  if (Array.isArray(response.steps) || isRecord(response.providerMetadata)) return true;
  return (
    isRecord(response.response) &&
    ('finishReason' in response || 'embedding' in response || 'embeddings' in response)
  );
}
function readAiSdkResult(result) {
  const steps = listed(result.steps).filter(isRecord);
  const hint = hintOf(result);
  const stated = readUsage(result.totalUsage, hint);
  const total = stated && ofEndedCall(stated, isEmbedding(result), hint.model);
  if (steps.length > 1) {
    const run = new RunSteps();
    for (const step2 of steps) run.push(readEndedStep(step2), step2.usage);
    const { usage: _last, ...said } = readEndedStep(result);
    return { ...said, ...(total ? run.total(total) : run.total(readUsage(result.usage), false)) };
  }
  const facts = readEndedStep(result);
  const [step] = steps;
  const usage = mostComplete(total, step && readEndedStep(step).usage, facts.usage);
  if (usage === void 0) return facts;
  return { ...facts, usage: asSum(result, total, withBill(usage, facts.usage)) };
}
function withBill(usage, other) {
  const bill = usage.reportedCostUsd ?? other?.reportedCostUsd;
  return bill === void 0 ? usage : { ...usage, reportedCostUsd: bill };
}
function asSum({ steps, response }, total, usage) {
  const messages = isRecord(response) ? listed(response.messages) : [];
  const answers = messages.filter((message) => isRecord(message) && message.role === 'assistant').length;
  const isRun = typeof steps === 'number' ? steps > 1 : !Array.isArray(steps) && answers > 1;
  if (!isRun) return usage;
  return total === void 0 ? { ...usage, isSum: true, doubt: 'sum_of_calls' } : { ...usage, isSum: true };
}
function hintOf({ response, providerMetadata }) {
  const facts = {};
  if (isRecord(response)) setFacts(facts, response);
  return { provider: providerIn(providerMetadata), model: facts.responseModel };
}
function readEndedStep(step) {
  const facts = readStep(step);
  const { usage, responseModel } = facts;
  return usage === void 0 ? facts : { ...facts, usage: ofEndedCall(usage, isEmbedding(step), responseModel) };
}
function isEmbedding(result) {
  return 'embedding' in result || 'embeddings' in result;
}
function readStep(step) {
  const facts = {};
  if (isRecord(step.response)) setFacts(facts, step.response);
  if (isRecord(step.model) && typeof step.model.modelId === 'string')
    facts.responseModel ??= step.model.modelId;
  setFinishReason(facts, step.finishReason);
  const metadata = step.providerMetadata ?? step.experimental_providerMetadata;
  const usage = readUsage(step.usage, { provider: providerIn(metadata), model: facts.responseModel });
  if (usage !== void 0) facts.usage = usage;
  return withProviderMetadata(facts, metadata);
}
function mostComplete(...views) {
  let best;
  for (const view of views) {
    if (view !== void 0 && (best === void 0 || holds(view, best))) best = view;
  }
  return best;
}
function providerIn(metadata) {
  if (!isRecord(metadata)) return void 0;
  const keys22 = keysOf(metadata);
  return keys22.find(statesCacheOutside) ?? keys22[0];
}
var HAS_COUNTS = /"usage|invocationMetrics|[tT]oken_?[cC]ount/;
var HAS_END = /"message_stop"/;
var MAX_BYTES = 64 * 1024 * 1024;
function bedrockBody(response) {
  return '$metadata' in response ? parsed(response.body) : void 0;
}
function parsed(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.byteLength > MAX_BYTES) return void 0;
  const text22 = new TextDecoder().decode(bytes);
  if (!HAS_COUNTS.test(text22) && !HAS_END.test(text22)) return void 0;
  const json = JSON.parse(text22);
  return isRecord(json) ? withoutModel(json) : void 0;
}
function withoutModel(json) {
  const { model: _model, ...rest } = json;
  return isRecord(rest.message) ? { ...rest, message: withoutModel(rest.message) } : rest;
}
var COST_HEADER = 'x-litellm-response-cost';
var DECIMAL = /^\d{1,12}(?:\.\d{1,40})?(?:e[-+]?\d{1,3})?$/i;
function readCostHeader(headers) {
  const text22 = headerIn(headers, COST_HEADER);
  const usd2 = text22 !== void 0 && DECIMAL.test(text22.trim()) ? Number(text22) : 0;
  return usd2 > 0 && isPostableUsd(usd2) ? usd2 : void 0;
}
function headerIn(headers, name) {
  if (!isRecord(headers)) return void 0;
  const { get } = headers;
  const value = typeof get === 'function' ? Reflect.apply(get, headers, [name]) : plain(headers, name);
  return typeof value === 'string' ? value : void 0;
}
function plain(headers, name) {
  return headers[name] ?? headers[keysOf(headers).find((key) => key.toLowerCase() === name) ?? name];
}
function withCostHeader(facts, response) {
  if (facts?.usage?.reportedCostUsd !== void 0 || sumsSeveral(response)) return facts;
  const usd2 = gatewayCost(response);
  if (usd2 === void 0) return facts;
  return { ...facts, usage: { ...(facts?.usage ?? { tokens: noTokens() }), reportedCostUsd: usd2 } };
}
function sumsSeveral({ steps }) {
  return Array.isArray(steps) && steps.length > 1;
}
function gatewayCost(response) {
  const { headers, response: inner, response_metadata: metadata, _hidden_params: hidden } = response;
  const stated =
    readCostHeader(headers) ??
    (isRecord(inner) ? readCostHeader(inner.headers) : void 0) ??
    (isRecord(metadata) ? readCostHeader(metadata.headers) : void 0);
  if (stated !== void 0 || !isRecord(hidden)) return stated;
  const { response_cost: cost } = hidden;
  return isPostableUsd(cost) && cost > 0 ? cost : void 0;
}
function isLangChainResponse(response) {
  const { generations } = response;
  return isLangChainMessage(response) || (Array.isArray(generations) && Array.isArray(generations[0]));
}
function isLangChainMessage(message) {
  return isRecord(message) && (isRecord(message.response_metadata) || isRecord(message.usage_metadata));
}
var RUN_ID = /^(?:lc_)?run-/;
function readLangChainResponse(response) {
  const { generations, llmOutput } = response;
  const messages = Array.isArray(generations) ? messagesIn(generations) : [response];
  const facts = messages.length > 1 ? readCalls(messages) : readAnswer(messages[0] ?? {});
  if (facts.usage === void 0 && isRecord(llmOutput)) {
    const usage = readUsage(llmOutput.tokenUsage ?? llmOutput.usage);
    if (usage !== void 0) facts.usage = usage;
  }
  return Object.keys(facts).length > 0 ? facts : void 0;
}
function messagesIn(generations) {
  return listed(generations).flatMap((answers) => {
    const first2 = Array.isArray(answers) ? answers[0] : void 0;
    return isRecord(first2) && isRecord(first2.message) ? [first2.message] : [];
  });
}
function readCalls(messages) {
  const parts = [];
  const ids = /* @__PURE__ */ new Set();
  let last = {};
  for (const message of messages) {
    const facts = readAnswer(message);
    const { usage: usage2, responseId = firstString(message.id), responseModel, serviceTier } = facts;
    if (usage2 === void 0 || (responseId !== void 0 && ids.has(responseId))) continue;
    if (responseId !== void 0) ids.add(responseId);
    parts.push({ usage: usage2, model: responseModel, serviceTier });
    last = facts;
  }
  if (parts.length < 2) return last;
  const usage = sumOfParts(parts);
  return {
    ...last,
    ...(usage !== void 0 && { usage }),
    calls: parts.length,
    ...(ids.size === parts.length && { stepIds: [...ids] }),
  };
}
function readAnswer(message) {
  const facts = readMessage(message);
  if (facts.usage === void 0) return facts;
  const usage = ofEndedCall(facts.usage, false, facts.responseModel);
  if (!isAddedUp(message.response_metadata)) return { ...facts, usage };
  return { ...facts, usage: { ...usage, doubt: usage.doubt ?? 'ambiguous_usage' } };
}
function isAddedUp(metadata) {
  if (!isRecord(metadata) || metadata.model_provider !== 'anthropic') return false;
  return isRecord(metadata.usage) && !isPresent(metadata.usage.output_tokens);
}
function readMessage(message) {
  const facts = {};
  const metadata = isRecord(message.response_metadata) ? message.response_metadata : {};
  const provider = firstString(metadata.model_provider);
  const own = readUsage(message.usage_metadata, { provider });
  const theirs = readUsage(metadata.usage ?? metadata.tokenUsage, { provider });
  const usage = own !== void 0 && theirs !== void 0 ? richer(own, theirs) : (own ?? theirs);
  if (usage !== void 0) facts.usage = usage;
  setFacts(facts, metadata);
  const model = firstString(metadata.model_name, metadata.model);
  if (model !== void 0) facts.responseModel = model;
  const id = firstString(metadata.id, message.id);
  if (id !== void 0 && !RUN_ID.test(id)) facts.responseId = id;
  return facts;
}
function richer(own, theirs) {
  const usage = richest(own, theirs);
  const [input, stated] = [inputTokens(own.tokens), inputTokens(theirs.tokens)];
  return input === stated || input === 0 || stated === 0 ? usage : { ...usage, doubt: 'ambiguous_usage' };
}
function isLangChainState(response) {
  return Array.isArray(response.messages) && listed(response.messages).some(isLangChainMessage);
}
function readLangChainState({ messages }, request) {
  const list2 = listed(messages);
  const start = list2.findLastIndex(isHuman) + 1;
  const facts = readCalls(answersIn(list2.slice(start)));
  const { usage } = facts;
  if (usage === void 0 || answersIn(list2.slice(0, start)).length === 0) return facts;
  return isAsked(list2[start - 1], request)
    ? facts
    : { ...facts, usage: { ...usage, doubt: 'ambiguous_usage' } };
}
function isAsked(message, request) {
  if (!isRecord(request) || !isRecord(message)) return false;
  const asked = request.messages ?? request.input;
  const last = typeof asked === 'string' ? asked : listed(asked).at(-1);
  const text22 = isRecord(last) ? last.content : Array.isArray(last) ? last[1] : last;
  return text22 !== void 0 && text22 === message.content;
}
function answersIn(messages) {
  return messages.filter(isLangChainMessage).filter(({ usage_metadata, response_metadata }) => {
    const metadata = isRecord(response_metadata) ? response_metadata : {};
    return isRecord(usage_metadata) || isRecord(metadata.usage) || isRecord(metadata.tokenUsage);
  });
}
function isHuman(message) {
  if (!isRecord(message)) return false;
  const { _getType } = message;
  const type = typeof _getType === 'function' ? _getType.call(message) : message.type;
  return type === 'human' || message.role === 'user';
}
function isAgentsRun(response) {
  return Array.isArray(response.rawResponses);
}
function readAgentsRun({ rawResponses, state }) {
  const parts = [];
  const ids = [];
  const facts = {};
  const responses = listed(rawResponses).filter(isRecord);
  for (const { usage: counts, responseId, providerData } of responses) {
    const call = {};
    if (isRecord(providerData)) setFacts(call, providerData);
    const usage2 = readUsage(counts);
    const id = firstString(responseId);
    if (id !== void 0) ids.push(id);
    Object.assign(facts, call, id !== void 0 && { responseId: id });
    if (usage2 !== void 0)
      parts.push({ usage: usage2, model: call.responseModel, serviceTier: call.serviceTier });
  }
  const sum2 = parts.length === 1 ? parts[0]?.usage : sumOfParts(parts);
  const usage = withNested(sum2, isRecord(state) ? readUsage(state.usage) : void 0);
  if (usage === void 0) return void 0;
  facts.usage = parts.length === responses.length ? usage : { ...usage, incomplete: true };
  if (responses.length < 2) return facts;
  facts.calls = responses.length;
  if (ids.length === responses.length) facts.stepIds = ids;
  return facts;
}
function withNested(sum2, whole2) {
  if (sum2 === void 0 || whole2 === void 0 || holds(sum2, whole2)) return sum2 ?? whole2;
  return { ...whole2, isSum: true, doubt: 'sum_of_calls' };
}
function withUnreadCalls(response, facts) {
  const { usage } = facts ?? {};
  if (usage === void 0 || !hasEarlierCalls(response)) return facts;
  if (inputTokens(usage.tokens) + outputTokens(usage.tokens) === 0) return facts;
  return { ...facts, usage: { ...usage, incomplete: true } };
}
function hasEarlierCalls({ automaticFunctionCallingHistory: history, request }) {
  const contents = listed(history).filter(isRecord);
  if (contents.slice(contents.findLastIndex(isQuestion) + 1).some(isFunctionCall)) return true;
  if (!isRecord(request) || !Array.isArray(request.messages)) return false;
  const messages = listed(request.messages).filter(isRecord);
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  return turn.some(({ role }) => role === 'tool') && turn.some(({ role }) => role === 'model');
}
function isQuestion({ role, parts }) {
  return role === 'user' && listed(parts).some((part) => isRecord(part) && typeof part.text === 'string');
}
function isFunctionCall({ role, parts }) {
  return role === 'model' && listed(parts).some((part) => isRecord(part) && isRecord(part.functionCall));
}
var FREE_ITEMS = /* @__PURE__ */ new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'mcp_call',
  'mcp_list_tools',
  'tool_search_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);
function withFees(usage, response) {
  if (!Array.isArray(response.output) && !hasUnknownFee(response)) return usage;
  const units = { ...usage.units };
  let isDoubtful = false;
  if (Array.isArray(response.output)) isDoubtful = addItems(units, listed(response.output));
  isDoubtful ||= hasUnknownFee(response);
  const withUnits = hasUnits(units) ? { ...usage, units } : usage;
  return isDoubtful
    ? { ...withUnits, doubt: firstReason(usage.doubt, 'unread_usage') ?? 'unread_usage' }
    : withUnits;
}
function hasUnknownFee({ candidates: candidates2 }) {
  return Array.isArray(candidates2) && listed(candidates2).some(isGrounded);
}
function addItems(units, items) {
  let webSearches = 0;
  let fileSearches = 0;
  let isDoubtful = false;
  const containers = /* @__PURE__ */ new Set();
  for (const item of items) {
    if (!isRecord(item) || typeof item.type !== 'string' || item.status === 'failed') continue;
    if (item.type === 'web_search_call') webSearches += isSearch(item) ? 1 : 0;
    else if (item.type === 'file_search_call') fileSearches += 1;
    else if (item.type === 'code_interpreter_call') containers.add(item.container_id);
    else if (item.type.endsWith('_call') && !FREE_ITEMS.has(item.type)) isDoubtful = true;
  }
  if (webSearches > 0) units.webSearches ??= webSearches;
  if (fileSearches > 0) units.fileSearches ??= fileSearches;
  if (containers.size > 0) units.codeExecutions ??= containers.size;
  return isDoubtful;
}
function isSearch({ action }) {
  return !isRecord(action) || action.type === 'search';
}
function isGrounded(candidate) {
  const grounding = isRecord(candidate) ? candidate.groundingMetadata : void 0;
  return (
    isRecord(grounding) && Array.isArray(grounding.webSearchQueries) && grounding.webSearchQueries.length > 0
  );
}
function hasUnits(units) {
  for (const _any in units) return true;
  return false;
}
var AnthropicCounts = class {
  counts;
  isDoubtful = false;
  /** @param isStart the first event of a message, whose output tokens are not final. */
  push(usage, isStart) {
    const { counts: before } = this;
    this.counts =
      before === void 0 || Array.isArray(usage.iterations) ? usage : this.merged(before, usage, isStart);
  }
  get usage() {
    const usage = readUsage(this.counts);
    return usage !== void 0 && this.isDoubtful ? { ...usage, doubt: 'ambiguous_usage' } : usage;
  }
  merged(before, usage, isStart) {
    const merged2 = { ...before };
    const wipes = [];
    let restates = false;
    for (const key of keysOf(usage)) {
      const [value, known] = [usage[key], before[key]];
      if (!isPresent(value)) continue;
      if (typeof value !== 'number' || typeof known !== 'number' || value >= known) {
        merged2[key] = value;
        if (INPUT_COUNTS.has(key) && typeof known === 'number' && value !== known && value !== 0)
          restates = true;
      } else if (value !== 0 && !(isStart && key === 'output_tokens')) this.isDoubtful = true;
      else if (value === 0 && INPUT_COUNTS.has(key)) wipes.push(key);
    }
    if (restates && wipes.length > 0) this.isDoubtful = true;
    if (isStale(before, usage)) delete merged2.cache_creation;
    return merged2;
  }
};
var INPUT_COUNTS = /* @__PURE__ */ new Set([
  'input_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]);
function isStale(before, usage) {
  const { cache_creation_input_tokens: written } = usage;
  if (!isPresent(written) || written === 0 || isPresent(usage.cache_creation) || isRecord(written))
    return false;
  return written !== before.cache_creation_input_tokens;
}
var MAX_CONSTANT_CHUNKS = 3;
var UsageSeries = class {
  constructor(custom, isNamed3) {
    this.custom = custom;
    this.isNamed = isNamed3;
  }
  custom;
  isNamed;
  /** The stream has stated that the response is over. */
  hasEnded = false;
  /** How often counts were stated for the open response. */
  statements = 0;
  closed = [];
  /** The largest counts since the output last fell together with a stated input. */
  current;
  /** The counts at each such fall before that. */
  before = [];
  /** The sum of all statements. */
  added;
  inputs = 0;
  outputs = 0;
  repeats = 0;
  falls = 0;
  /** Falls of the output at which the input changed as well. */
  turns = 0;
  /** Changes of the input at which the output did not fall. */
  quietTurns = 0;
  /** Chunks with content and the same counts as before, in a row. */
  constant = 0;
  lastOutput = 0;
  /** The last counts were repeated or doubled. */
  comesAgain = false;
  /** Adds counts from the stream. `hasContent`: they came with a part of the answer. */
  push(usage, hasContent) {
    const { current } = this;
    if (current === void 0 || isNothing(current)) {
      this.start(usage);
      return;
    }
    if (isNothing(usage)) return;
    const input = sideOf(usage.tokens, current.tokens, INPUT_KINDS);
    const output = sideOf(usage.tokens, current.tokens, OUTPUT_KINDS);
    if (this.hasEnded && this.isOfAnother(usage, current)) {
      this.close();
      this.start(usage);
      return;
    }
    this.note(usage, input, output, hasContent);
    this.added = addUsage(this.added, usage);
    if (input === 'less' || (output === 'less' && (input === 'same' || input === 'more'))) {
      addTo(this.before, current);
      this.current = usage;
    } else this.current = merged(current, usage, input, output);
  }
  /** True when these counts, or a part of an answer, cannot belong to this response, which the stream does not name. */
  isOver(usage, hasContent) {
    const { current } = this;
    if (!this.hasEnded || this.isNamed) return false;
    if (usage === void 0 || current === void 0 || isNothing(current)) return hasContent;
    return !isNothing(usage) && this.isOfAnother(usage, current);
  }
  isOfAnother(usage, current) {
    const input = sideOf(usage.tokens, current.tokens, INPUT_KINDS);
    return (
      isAnother(input, sideOf(usage.tokens, current.tokens, OUTPUT_KINDS)) ||
      (input === 'repeat' && !this.isNamed)
    );
  }
  /** Ends the response, so that further counts belong to another one. */
  close() {
    for (const usage of this.open()) addTo(this.closed, usage);
    this.current = void 0;
    this.statements = 0;
    this.hasEnded = false;
  }
  /** The usage of each response, in order. */
  usages() {
    return [...this.closed, ...this.open()];
  }
  start(usage) {
    this.current = usage;
    this.before = [];
    this.added = usage;
    this.statements = 1;
    this.inputs = inputTokens(usage.tokens) > 0 ? 1 : 0;
    this.outputs = outputTokens(usage.tokens) > 0 ? 1 : 0;
    this.repeats = 0;
    this.falls = 0;
    this.turns = 0;
    this.quietTurns = 0;
    this.constant = 0;
    this.lastOutput = outputTokens(usage.tokens);
    this.comesAgain = false;
  }
  note(usage, input, output, hasContent) {
    this.statements += 1;
    const changed = input === 'less' || (input === 'more' && this.inputs > 0);
    if (input === 'repeat') this.repeats += 1;
    else if (input !== 'none') this.inputs += 1;
    if (output !== 'none') this.outputs += 1;
    if (output === 'less' || input === 'less') this.falls += 1;
    if (output === 'less' && changed) this.turns += 1;
    if (output !== 'less' && changed) this.quietTurns += 1;
    const isConstant = input === 'same' && output === 'same';
    const now = outputTokens(usage.tokens);
    if (this.isAgain(input, output, now, hasContent)) this.comesAgain = true;
    this.lastOutput = now;
    if (!isConstant) this.constant = 0;
    else if (hasContent) this.constant += 1;
  }
  isAgain(input, output, now, hasContent) {
    if (input === 'same') return output !== 'less' && this.hasEnded && hasContent && !this.isNamed;
    return now === this.lastOutput && now > 0 && (this.hasEnded || this.custom === 'cumulative');
  }
  /** The open response, or several if the counts show several. */
  open() {
    const { current, inputs, outputs } = this;
    if (current === void 0) return [];
    if (this.statements < 2) return [current];
    if (inputs < 2) {
      const isSure = this.custom === 'increments' || (this.falls > 0 && inputs > 0);
      if (isSure && !this.comesAgain) return [this.increments(current)];
      const isEither = isSure || (inputs === 1 ? outputs > 1 && this.repeats === 0 : this.falls > 0);
      return isEither ? [doubtful(this.increments(current))] : [current];
    }
    return this.falls > 0 ? this.afterFalls(current) : [this.restated(current)];
  }
  /** The input was stated again, and no count has fallen. */
  restated(current) {
    if ((this.quietTurns > 0 && !this.isNamed) || this.comesAgain) return doubtful(this.added ?? current);
    return this.constant + 1 >= MAX_CONSTANT_CHUNKS ? doubtful(this.increments(current)) : current;
  }
  afterFalls(current) {
    const responses = [...this.before, current];
    if (this.turns === this.falls && this.quietTurns === 0 && !this.isNamed) return responses;
    const sum2 = responses.reduce((all, usage) => addUsage(all, usage));
    const increments = this.increments(current);
    return [doubtful(size3(sum2) >= size3(increments) ? sum2 : increments)];
  }
  /** The input once, and the sum of all output. */
  increments(current) {
    const tokens = noTokens();
    addInputTokens(tokens, current.tokens);
    addOutputTokens(tokens, (this.added ?? current).tokens);
    return { ...current, tokens };
  }
};
function addTo(list2, usage) {
  const last = list2.at(-1);
  if (last === void 0 || list2.length < MAX_LISTED) list2.push(usage);
  else list2[list2.length - 1] = { ...addUsage(last, usage), isSum: true };
}
function isAnother(input, output) {
  return input === 'more' || input === 'less' || (input === 'same' && output === 'less');
}
function sideOf(tokens, before, kinds) {
  let now = 0;
  let then = 0;
  let isRepeat = tokens[kinds[0]] === 0;
  for (const kind of kinds) {
    now += tokens[kind];
    then += before[kind];
    if (tokens[kind] !== 0 && tokens[kind] !== before[kind]) isRepeat = false;
  }
  if (now === 0) return 'none';
  if (now >= then) return now === then ? 'same' : 'more';
  return isRepeat ? 'repeat' : 'less';
}
function merged(before, usage, input, output) {
  const takesInput = input === 'same' || input === 'more';
  const takesOutput = output === 'same' || output === 'more';
  const tokens = noTokens();
  addInputTokens(tokens, takesInput ? finer(usage.tokens, before.tokens, INPUT_KINDS) : before.tokens);
  addOutputTokens(tokens, takesOutput ? finer(usage.tokens, before.tokens, OUTPUT_KINDS) : before.tokens);
  const isWhole = takesInput && takesOutput;
  const { parts, ...main } = isWhole || size3(before) === (before.unsplitTokens ?? 0) ? usage : before;
  const all = { ...main, tokens };
  if (!usage.inputOnly || !before.inputOnly) delete all.inputOnly;
  if (parts !== void 0 && isWhole) all.parts = parts;
  else if (parts !== void 0) all.isSum = true;
  const units = usage.units ?? before.units;
  if (units !== void 0) all.units = units;
  if (usage.reportedCostUsd !== void 0 || before.reportedCostUsd !== void 0)
    all.reportedCostUsd = Math.max(usage.reportedCostUsd ?? 0, before.reportedCostUsd ?? 0);
  return all;
}
function finer(tokens, before, [main, ...details]) {
  const missing = details.reduce((sum2, kind) => sum2 + (tokens[kind] === 0 ? before[kind] : 0), 0);
  if (missing === 0 || missing > tokens[main]) return tokens;
  const all = { ...tokens, [main]: tokens[main] - missing };
  for (const kind of details) if (tokens[kind] === 0) all[kind] = before[kind];
  return all;
}
function doubtful(usage) {
  return { ...usage, doubt: 'ambiguous_usage' };
}
function size3({ tokens, unsplitTokens = 0 }) {
  return inputTokens(tokens) + outputTokens(tokens) + unsplitTokens;
}
function isNothing(usage) {
  return size3(usage) === 0 && usage.units === void 0 && usage.reportedCostUsd === void 0;
}
var StreamedResponse = class {
  constructor(id, custom, isNamed3) {
    this.id = id;
    this.custom = custom;
    this.series = new UsageSeries(custom, isNamed3);
  }
  id;
  custom;
  facts = {};
  series;
  /** True for a shape of stream that states the end of each response. Without that end, the response was cut off. */
  statesEnd = false;
  /** Something in its content has an unknown fee. */
  hasUnknownFee = false;
  /** The client's own name for it, beside the provider's id. */
  alias;
  anthropic;
  pushAnthropic(usage, isStart) {
    this.anthropic ??= new AnthropicCounts();
    this.anthropic.push(usage, isStart);
  }
  /** An event that ends it has been seen, or else its counts were stated more than once. */
  get isWhole() {
    return this.series.hasEnded || this.series.statements > 1;
  }
  get hasCounts() {
    return this.anthropic !== void 0 || this.series.statements > 0;
  }
  get usages() {
    const usage = this.anthropic?.usage;
    const usages = this.series.usages();
    const last = usage ?? usages.at(-1);
    if (last === void 0) return [];
    const before = usage === void 0 ? usages.slice(0, -1) : usages;
    return [...before, this.withDoubts(last)];
  }
  withDoubts(usage) {
    const isCut = this.statesEnd && !this.series.hasEnded;
    const doubt = firstReason(
      firstReason(usage.doubt, isCut ? 'stream_cut' : void 0),
      this.hasUnknownFee ? 'unread_usage' : void 0,
    );
    const known = ofEndedCall(usage, false, this.facts.responseModel);
    return doubt === usage.doubt || doubt === void 0 ? known : { ...known, doubt };
  }
};
var StreamedResponses = class {
  all = [];
  byName = /* @__PURE__ */ new Map();
  last;
  /** The response of a chunk. `alias`: the client's own name for it. */
  of(id, custom = 'cumulative', alias) {
    const { last } = this;
    if (last !== void 0 && isNamed2(last, id, alias)) return last;
    const known = this.byName.get(id ?? '') ?? this.byName.get(alias ?? '');
    const goesOn = id === void 0 && (alias === void 0 || (last?.alias === void 0 && !last?.series.hasEnded));
    const found = known ?? (goesOn ? last : void 0) ?? this.add(id, custom, (id ?? alias) !== void 0);
    found.alias ??= alias;
    if (this.all.length < MAX_LISTED) {
      for (const name of [id, alias]) if (name !== void 0) this.byName.set(name, found);
    }
    this.last = found;
    return found;
  }
  /** Begins another response, which the stream does not name. */
  begin(custom = 'cumulative') {
    this.last = this.add(void 0, custom, false);
    return this.last;
  }
  /** The response that a chunk with these counts belongs to: a new one, if the response of that name is over. */
  after(response, usage, hasContent) {
    return response.series.isOver(usage, hasContent) ? this.begin(response.custom) : response;
  }
  /** The usage of all responses. */
  get total() {
    const counted2 = this.all.filter(({ hasCounts: hasCounts2 }) => hasCounts2);
    const parts = counted2.flatMap(partsOf2);
    const [first2] = parts;
    if (first2 === void 0) return {};
    if (parts.length === 1) return { usage: this.withMissing(first2.usage) };
    const sum2 = this.withMissing(sumOfParts(parts) ?? first2.usage);
    const ids = counted2.flatMap(({ id }) => id ?? []);
    return {
      usage: this.isDoubtful(counted2) ? { ...sum2, doubt: 'ambiguous_usage' } : sum2,
      calls: parts.length,
      ...(ids.length === parts.length && { stepIds: ids }),
    };
  }
  /** Responses that have ended without counts, beside others that have some: the counts are a lower bound. */
  withMissing(usage) {
    let missing = 0;
    for (const { hasCounts: hasCounts2, series } of this.all) {
      if (!hasCounts2 && series.hasEnded) missing += 1;
      else if (hasCounts2 && !series.hasEnded) missing -= 1;
    }
    return missing > 0 ? { ...usage, incomplete: true } : usage;
  }
  /**
   * Some gateways give each chunk its own id. Counts with the same input, under ids that occur once and never end, may
   * therefore belong to one response.
   */
  isDoubtful(counted2) {
    if (this.all.length >= MAX_LISTED) return true;
    return counted2.some((response, index) => {
      const next2 = counted2[index + 1];
      return next2 !== void 0 && !response.isWhole && inputOf(response) === inputOf(next2);
    });
  }
  add(id, custom, isNamed3) {
    const { last, all } = this;
    if (all.length >= MAX_LISTED && last !== void 0) return last;
    const response = new StreamedResponse(id, custom, isNamed3);
    all.push(response);
    return response;
  }
};
function isNamed2({ id, alias: known }, asked, alias) {
  return asked === void 0 ? alias === void 0 || alias === known : asked === id && alias === known;
}
function partsOf2({ usages, facts }) {
  return usages.map((usage) => ({ usage, model: facts.responseModel, serviceTier: facts.serviceTier }));
}
function inputOf({ usages }) {
  return usages.reduce((sum2, { tokens }) => sum2 + inputTokens(tokens), 0);
}
function readResponse(response, request) {
  try {
    if (Array.isArray(response)) return readSeveral(response);
    if (!isRecord(response) || isPending(response)) return void 0;
    return withCostHeader(readWhole2(response, request), response);
  } catch {
    return void 0;
  }
}
function isPending(response) {
  return (
    Symbol.asyncIterator in response ||
    'then' in response ||
    'textStream' in response ||
    'fullStream' in response ||
    'partialObjectStream' in response ||
    'consumeStream' in response ||
    'getReader' in response
  );
}
function readSeveral(responses) {
  const read2 = new StreamedResponses();
  let last;
  let unread = false;
  for (const response of listed(responses)) {
    const facts = isRecord(response) && !isPending(response) ? readWhole2(response) : void 0;
    if (facts?.usage === void 0) {
      unread = true;
      continue;
    }
    const { responseId } = facts;
    const one = responseId === void 0 ? read2.begin() : read2.of(responseId);
    Object.assign(one.facts, facts);
    one.series.push(facts.usage, false);
    one.series.hasEnded = true;
    last = facts;
  }
  if (last === void 0) return void 0;
  const { usage, ...total } = read2.total;
  if (usage === void 0) return last;
  return { ...last, ...total, usage: unread ? { ...usage, incomplete: true } : usage };
}
function readWhole2(response, request) {
  if (isRecord(response.response) && isPresent(response.response.usageMetadata))
    return readWhole2(response.response);
  if (isLangChainState(response)) return readLangChainState(response, request);
  if (isAgentsRun(response)) return readAgentsRun(response);
  if (isEnvelope(response)) return readProviderResponse(response.data);
  const body = bedrockBody(response);
  if (body !== void 0) return readProviderResponse(body);
  if (isRecord(response.structuredContent) && !isPresent(response.usage))
    return readWhole2(response.structuredContent);
  if (response.type === 'result') return readAgentSdkResult(response);
  if (isLangChainResponse(response)) return readLangChainResponse(response);
  if (isAround(response)) return readWhole2(response.raw);
  if (isAiSdkResult(response)) return readAiSdkResult(response);
  return withUnreadCalls(response, withOriginal(readProviderResponse(response), response));
}
function withOriginal(facts, response) {
  if (facts?.usage === void 0 || !isPresent(response.message ?? response.candidates)) return facts;
  const original = [response.raw, response.custom].find((at2) => isRecord(at2) && isPresent(at2.usage));
  const own = isRecord(original) && !isPending(original) ? readProviderResponse(original) : void 0;
  return own?.usage === void 0 ? facts : { ...own, ...facts, usage: own.usage };
}
function isAround(response) {
  const { raw, usage, message } = response;
  return !isPresent(usage) && isRecord(raw) && !isPending(raw) && (isRecord(message) || 'delta' in response);
}
function isEnvelope(response) {
  if (isPresent(response.usage) || isGemini(response)) return false;
  const { data } = response;
  return isRecord(data) && !isPending(data) && isPresent(data.usage ?? data.usageMetadata);
}
function isGemini(response) {
  return isPresent(response.usageMetadata) || isPresent(response.candidates);
}
function readProviderResponse(response) {
  const facts = {};
  const source = usageOf(response);
  const hint = hintOf2(response);
  const usage = settleOneSided(response, readUsage(source, hint), hint.model);
  if (usage !== void 0) facts.usage = withFees(usage, response);
  setFacts(facts, response);
  if (hint.provider !== void 0) facts.responseProvider = hint.provider;
  if (isRecord(source)) setTier(facts, source);
  setChoiceReasons(facts, response);
  for (const _any in facts) return facts;
  return void 0;
}
function hintOf2(response) {
  const { model, modelVersion, provider } = response;
  return { model: firstString(model, modelVersion), provider: firstString(provider) };
}
function usageOf(response) {
  const own = response.usage ?? response.usageMetadata ?? response['amazon-bedrock-invocationMetrics'];
  if (isPresent(own)) return own;
  const counts = {};
  for (const name of OWN_COUNTS) if (isPresent(response[name])) counts[name] = response[name];
  for (const _any in counts) return counts;
  return void 0;
}
var OWN_COUNTS = [
  'prompt_eval_count',
  'eval_count',
  'inputTextTokenCount',
  'results',
  'prompt_token_count',
  'generation_token_count',
  'meta',
];
function settleOneSided(response, usage, model) {
  const data = isGemini(response) ? void 0 : response.data;
  const first2 = Array.isArray(data) ? data[0] : void 0;
  if (usage === void 0) return readImages(data, first2);
  if (isImage(first2)) return allImage(usage);
  if (!usage.inputOnly && usage.unsplitTokens === void 0) return usage;
  if (!hasInputOnly(response, first2) && !isInputOnlyModel(model)) return ofEndedCall(usage, false, model);
  if (usage.unsplitTokens === void 0) return usage;
  const { unsplitTokens, ...rest } = usage;
  return { ...rest, tokens: { ...noTokens(), input: unsplitTokens } };
}
function hasInputOnly(response, first2) {
  const { embeddings, embedding, results, inputTextTokenCount } = response;
  if (isPresent(embeddings ?? embedding) || (isRecord(first2) && isPresent(first2.embedding))) return true;
  return Array.isArray(results) && !isPresent(inputTextTokenCount);
}
function readImages(data, first2) {
  if (!Array.isArray(data) || !isImage(first2)) return void 0;
  return { tokens: noTokens(), units: { images: data.length } };
}
function isImage(item) {
  return isRecord(item) && isPresent(item.b64_json ?? item.url);
}
function allImage(usage) {
  const { tokens } = usage;
  if (tokens.outputImage > 0) return usage;
  return { ...usage, tokens: { ...tokens, output: 0, outputImage: tokens.output } };
}

// ../dist/shared-TSNLLPTO.js
var NO_COST = { pico: 0, source: 'none' };
var NO_RESULT = { pico: void 0, status: 'unpriced', reason: 'no_result' };
function toolBill(amount2) {
  const bill = new Bill('tool', amount2);
  bill.toolCalls = 1;
  if (amount2.isLowerBound === true) bill.isLowerBound = true;
  if (amount2.notBilled !== void 0) bill.notBilled = amount2.notBilled;
  return bill;
}
function returnedAmount(runtime, tool, bill) {
  if ('unstated' in bill) return void 0;
  if ('refused' in bill) return refusedAmount(runtime, tool, 'returned', bill.refused);
  const { usd: usd2, id, isPartial, differs: differs2 } = bill;
  const whole2 = picoFromUsd(usd2);
  const before = id === void 0 ? void 0 : runtime.charges.book(id, whole2);
  if (before !== void 0 && whole2 <= before) return { pico: 0, source: 'returned', notBilled: 'duplicate' };
  const amount2 = { pico: whole2 - (before ?? 0), source: 'returned' };
  if (whole2 === 0) amount2.status = 'free';
  if (isPartial === true) amount2.isLowerBound = true;
  if (differs2 !== void 0) return { ...amount2, ...estimated('reported_differs'), anomaly: differs2 };
  if (isPartial === true) return { ...amount2, ...estimated('unread_usage') };
  return before === void 0 ? amount2 : { ...amount2, ...estimated('partial_statement') };
}
function estimated(reason) {
  return { status: 'estimated', reason };
}
function openAmount(bill) {
  return bill !== void 0 && 'unstated' in bill ? { ...NO_RESULT, anomaly: bill.unstated } : NO_RESULT;
}
function refusedAmount(runtime, tool, source, why) {
  runtime.stats.refusedAmounts += 1;
  const anomaly = `${source} cost refused: ${why}`;
  warnOnce(`a cost of the tool "${tool}" is refused`, anomaly);
  return { pico: void 0, status: 'unpriced', reason: 'bad_amount', anomaly };
}
function declaredAmount(price2) {
  if (typeof price2?.costUsd === 'number') {
    const pico = picoFromUsd(price2.costUsd);
    return { pico, source: 'declared', status: pico === 0 ? 'free' : void 0 };
  }
  return price2?.billable || price2?.costUsd !== void 0 ? NO_RESULT : NO_COST;
}
var DECIMALS = /* @__PURE__ */ new Map([
  ['eip155:8453/0x833589fcd6edb6e08f4c7c32d4f71b54bda02913', 6],
  ['eip155:137/0x3c499c542cef5e3811e1192ce70d8cc03d5c3359', 6],
  ['eip155:42161/0xaf88d065e77c8cc2239327c5edb3a432268e5831', 6],
  ['eip155:43114/0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e', 6],
  ['eip155:143/0x754704bc059f8c67012fed69bc8a327a5aafb603', 6],
  ['eip155:988/0x779ded0c9e1022225f8e0630b35a9b54be713736', 6],
  ['eip155:4326/0xfafddbb3fc7688494971a79cc65dca3ef82079e7', 18],
  ['eip155:1329/0xe15fc38f6d8c56af07bbcbe3baf5708a2bf42392', 6],
  ['solana:5eykt4usfv8p8njdtrepy1vzqkqzkvdp/epjfwdd5aufqssqem2qn1xzybapc8g4weggkzwytdt1v', 6],
]);
var NETWORKS = /* @__PURE__ */ new Map([
  ['base', 'eip155:8453'],
  ['polygon', 'eip155:137'],
  ['avalanche', 'eip155:43114'],
  ['sei', 'eip155:1329'],
  ['solana', 'solana:5eykt4usfv8p8njdtrepy1vzqkqzkvdp'],
]);
var MAX_HEADER_CHARS = 16e3;
var ATOMIC_UNITS = /^\d{1,30}$/;
var MAX_SHOWN_CHARS2 = 80;
function isSettlement(value) {
  return isRecord(value) && typeof value.success === 'boolean' && typeof value.network === 'string';
}
function settlementIn(headers) {
  const settlement = decoded2(
    headerIn(headers, 'payment-response') ?? headerIn(headers, 'x-payment-response'),
  );
  return isSettlement(settlement) ? settlement : void 0;
}
function paymentIn(headers) {
  const payment2 = decoded2(headerIn(headers, 'payment-signature') ?? headerIn(headers, 'x-payment'));
  return isRecord(payment2) ? payment2 : void 0;
}
function askedIn(headers) {
  const asked = decoded2(headerIn(headers, 'payment-required'));
  return isRecord(asked) ? asked : void 0;
}
function termsOf(settlement, places) {
  for (const place of places) {
    const accepted = place?.accepted ?? place?.paymentRequirements;
    if (isRecord(accepted)) return accepted;
  }
  const asked = places.flatMap((place) => listed(place?.accepts)).filter(isRecord);
  const fitting = asked.filter(({ network }) => networkOf(network) === networkOf(settlement.network));
  return fitting.length === 1 ? fitting[0] : void 0;
}
function networkOf(name) {
  const network = String(name).toLowerCase();
  return NETWORKS.get(network) ?? network;
}
function readPayment(settlement, terms = {}) {
  if (settlement.success !== true) return { unstated: 'x402 payment not settled' };
  const amount2 = settlement.amount ?? (terms.scheme === 'exact' ? exactAmount(terms) : void 0);
  if (amount2 === void 0 || amount2 === null) return { unstated: 'x402 payment without an amount' };
  const asset = settlement.asset ?? terms.asset;
  if (typeof asset !== 'string') return { unstated: 'x402 payment without an asset' };
  if (typeof amount2 !== 'string' || !ATOMIC_UNITS.test(amount2))
    return { refused: 'x402 amount unreadable' };
  const coin = `${networkOf(settlement.network)}/${asset.toLowerCase()}`;
  const decimals = DECIMALS.get(coin);
  if (decimals === void 0) return { refused: `x402 payment in ${shortText(coin, MAX_SHOWN_CHARS2)}` };
  const { transaction } = settlement;
  const id = typeof transaction === 'string' && transaction !== '' ? transaction : void 0;
  return { usd: Number(amount2) / 10 ** decimals, id };
}
function exactAmount(terms) {
  return terms.amount ?? terms.maxAmountRequired;
}
function decoded2(header) {
  if (header === void 0 || header.length > MAX_HEADER_CHARS) return void 0;
  try {
    return JSON.parse(atob(header));
  } catch {
    return void 0;
  }
}
var MAX_ID_CHARS = 200;
var OPEN_RUN = /^(?:READY|RUNNING|TIMING-OUT|ABORTING)$/;
function readStatements(from, beside) {
  const stated = [];
  for (const read2 of SENDERS) {
    const statement = read2(from, beside);
    if (statement !== void 0) stated.push(statement);
  }
  return stated;
}
var SENDERS = [
  (from) => plain2(from, 'cost_usd'),
  (from) => plain2(from, 'costUsd'),
  exa,
  apify,
  valyu,
  dataForSeo,
  spider,
  payment,
];
function plain2(from, name) {
  const value = from[name];
  if (value === void 0 || value === null) return void 0;
  return otherCurrency(from) ?? amount(name, value);
}
function exa({ costDollars: cost, requestId }) {
  if (cost === void 0 || cost === null) return void 0;
  if (!isRecord(cost)) return withId(amount('costDollars', cost), 'exa', requestId);
  return otherCurrency(cost) ?? withId(amount('costDollars.total', cost.total), 'exa', requestId);
}
function apify(from, beside) {
  if (from.usageTotalUsd === void 0 || from.usageTotalUsd === null) return void 0;
  const statement = withId(amount('usageTotalUsd', from.usageTotalUsd), 'apify', beside.runId ?? beside.id);
  const isOpen = typeof beside.status === 'string' && OPEN_RUN.test(beside.status);
  if (!isOpen || !('usd' in statement)) return statement;
  return statement.usd === 0 ? { unstated: 'Apify run not finished' } : { ...statement, isPartial: true };
}
function valyu(from) {
  const cost = isRecord(from.cost) ? from.cost : from;
  const { total_deduction_dollars: deducted, total_cost_dollars: charged } = cost;
  const value = deducted ?? charged;
  if (value === void 0 || value === null) return void 0;
  return withId(amount('total_deduction_dollars', value), 'valyu', from.tx_id);
}
function dataForSeo({ cost, status_code: status, tasks: tasks2 }) {
  if (typeof status !== 'number' || !Array.isArray(tasks2) || cost === void 0) return void 0;
  const task = tasks2.length === 1 ? tasks2[0] : void 0;
  return withId(amount('cost', cost), 'dataforseo', isRecord(task) ? task.id : void 0);
}
function spider({ costs: costs2 }) {
  if (!isRecord(costs2) || costs2.total_cost === void 0) return void 0;
  return otherCurrency(costs2) ?? amount('costs.total_cost', costs2.total_cost);
}
function payment(from) {
  const settlement = from['x402/payment-response'] ?? from.paymentResponse;
  if (!isSettlement(settlement)) return void 0;
  const { paymentRequired: asked } = from;
  return paid(settlement, [from, isRecord(asked) ? asked : void 0]);
}
function paid(settlement, places) {
  const read2 = readPayment(settlement, termsOf(settlement, places));
  return 'usd' in read2 ? withId(amount('x402 amount', read2.usd), 'x402', read2.id) : read2;
}
function amount(name, value) {
  return isPostableUsd(value) ? { usd: value + 0 } : { refused: `${name} is ${show(value)}` };
}
function otherCurrency(from) {
  const currency = from.currency ?? from.cost_currency ?? from.costCurrency ?? 'USD';
  if (typeof currency === 'string' && currency.toUpperCase() === 'USD') return void 0;
  return { refused: `currency is ${show(currency)}` };
}
function withId(statement, sender, id) {
  if (!('usd' in statement) || typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS)
    return statement;
  return { ...statement, id: `${sender}/${id}` };
}
var MAX_DEPTH2 = 5;
var MAX_JSON_CHARS = 1e6;
var MAX_PLACES = 4 * MAX_LISTED;
var CONTENT_TYPES = /* @__PURE__ */ new Set(['text', 'image', 'audio', 'resource', 'resource_link']);
var MAY_STATE =
  /"(?:cost|usageTotal|total_(?:deduction|cost)|paymentResponse|x402|(?:x-)?payment-|x-litellm)/i;
function readToolBill(result) {
  try {
    return readOne(result, new Allowance(), 0);
  } catch (error) {
    return error instanceof RangeError ? { unstated: 'result too large to be searched for a bill' } : void 0;
  }
}
function isFailedResult(result) {
  try {
    const said = isActionResult(result) ? result.data : result;
    if (!isRecord(said)) return false;
    if (said.isError === true) return Array.isArray(said.content) || isRecord(said.structuredContent);
    return said.resultType === 'payment_required' && isRecord(said.paymentRequired);
  } catch {
    return false;
  }
}
function isFailedJson(text3) {
  if (text3.length > MAX_JSON_CHARS) return false;
  if (!text3.includes('"isError"') && !text3.includes('"payment_required"')) return false;
  return isFailedResult(parsed2(text3));
}
function readToolResult(a) {
  try {
    const result =
      a['gen_ai.tool.call.result'] ??
      a['ai.toolCall.result'] ??
      a['mcp.response.value'] ??
      a['traceloop.entity.output'] ??
      a['output.value'];
    return typeof result === 'string' ? result : void 0;
  } catch {
    return void 0;
  }
}
var Allowance = class {
  chars = MAX_JSON_CHARS;
  places = MAX_PLACES;
  takeChars(chars) {
    this.chars -= chars;
    if (this.chars < 0) throw new RangeError('too long');
  }
  takePlace() {
    this.places -= 1;
    if (this.places < 0) throw new RangeError('too many');
  }
};
function readOne(result, allowance, depth) {
  const search = new Search(allowance);
  search.visit(result, depth);
  return search.bill();
}
var Search = class {
  constructor(allowance) {
    this.allowance = allowance;
  }
  allowance;
  stated = [];
  lists = [];
  visit(value, depth) {
    this.allowance.takePlace();
    if (depth > MAX_DEPTH2) return;
    if (typeof value === 'string') this.visitText(value, depth);
    else if (Array.isArray(value)) this.visitList(listed(value), depth);
    else if (isActionResult(value) || isActionError(value)) this.visitAction(value, depth);
    else if (isRecord(value) && !isPending(value)) this.visitRecord(value, depth);
  }
  /** Combines all statements into one bill. */
  bill() {
    const { stated } = this;
    const refused = stated.find((one) => 'refused' in one);
    if (refused !== void 0) return refused;
    const known = stated.filter((one) => 'usd' in one);
    if (known.length === 0) return this.sumOfLists() ?? stated[0];
    return oneOf2(known);
  }
  visitText(text3, depth) {
    if (!/^\s*[[{]/.test(text3) || !MAY_STATE.test(text3)) return;
    this.allowance.takeChars(text3.length);
    this.visit(parsed2(text3), depth + 1);
  }
  /**
   * The content of an MCP result, which some clients return alone, is one result. Any other list is a list of results.
   */
  visitList(list2, depth) {
    if (list2.length > 0 && list2.every(isContent)) this.visitContent(list2, depth);
    else this.lists.push({ list: list2, depth });
  }
  visitContent(content, depth) {
    for (const part of content) if (isRecord(part) && part.type === 'text') this.visit(part.text, depth + 1);
  }
  visitAction(action, depth) {
    const { costUsd: costUsd2 } = action;
    const mistake = mistakeOf(action);
    if (costUsd2 === void 0) this.visit(action.data, depth + 1);
    else this.stated.push(mistake === void 0 ? amount('costUsd', costUsd2) : { refused: mistake });
  }
  visitRecord(record, depth) {
    this.stated.push(...readStatements(record, record));
    this.visitHeaders(record);
    const { structuredContent, _meta: meta, content, result } = record;
    if (isRecord(meta)) this.visitMeta(meta, isRecord(structuredContent) ? structuredContent : meta);
    this.visit(structuredContent, depth + 1);
    this.visitContent(listed(content), depth);
    if (record.jsonrpc === '2.0') this.visit(result, depth + 1);
    if (isEnvelope2(record)) this.visit(record.data, depth + 1);
  }
  /** MCP servers write into `_meta` itself, or below a name of their own. */
  visitMeta(meta, beside) {
    this.stated.push(...readStatements(meta, beside));
    for (const key of keysOf(meta)) {
      const entry = meta[key];
      if (isRecord(entry) && !isSettlement(entry)) this.stated.push(...readStatements(entry, beside));
    }
  }
  /** The headers of `fetch`, axios, or of the response beside a body. Their body is never touched. */
  visitHeaders(record) {
    const { headers, response, config } = record;
    for (const place of [headers, isRecord(response) ? response.headers : void 0]) {
      const cost = readCostHeader(place);
      const id = headerIn(place, 'x-litellm-call-id');
      if (cost !== void 0) this.stated.push({ usd: cost, id: id === void 0 ? id : `litellm/${id}` });
      const settlement = settlementIn(place);
      if (settlement === void 0) continue;
      const sent = isRecord(config) ? paymentIn(config.headers) : void 0;
      this.stated.push(paid(settlement, [sent, record, askedIn(place)]));
    }
  }
  sumOfLists() {
    const sums = this.lists
      .map(({ list: list2, depth }) => sumOf3(list2.map((one) => readOne(one, this.allowance, depth + 1))))
      .filter((sum2) => sum2 !== void 0);
    const known = sums.filter((sum2) => 'usd' in sum2);
    return sums.find((sum2) => 'refused' in sum2) ?? (known.length > 0 ? oneOf2(known) : sums[0]);
  }
};
function isContent(part) {
  return isRecord(part) && typeof part.type === 'string' && CONTENT_TYPES.has(part.type);
}
function isEnvelope2(record) {
  if (!('data' in record)) return false;
  return 'headers' in record || 'response' in record || keysOf(record).length === 1;
}
function oneOf2(known) {
  const largest = known.reduce((a, b) => (b.usd > a.usd ? b : a));
  const id = known.find((one) => one.id !== void 0)?.id;
  const isPartial = known.some((one) => one.isPartial === true);
  const amounts = new Set(known.map((one) => picoFromUsd(one.usd)));
  const differs2 =
    amounts.size > 1 ? `bills of ${shown(amounts)} USD` : known.find((one) => one.differs)?.differs;
  return { usd: largest.usd, id, isPartial, ...(differs2 !== void 0 && { differs: differs2 }) };
}
function shown(amounts) {
  const ascending = [...amounts].sort((a, b) => a - b);
  return ascending.slice(-3).map(usdFromPico).join(' and ');
}
function sumOf3(bills) {
  let pico = 0;
  let known = 0;
  let differs2;
  for (const bill of bills) {
    if (bill === void 0 || 'unstated' in bill) continue;
    if ('refused' in bill) return bill;
    pico += picoFromUsd(bill.usd);
    if (bill.isPartial !== true) known += 1;
    differs2 ??= bill.differs;
  }
  const usd2 = usdFromPico(pico);
  if (pico === 0 && known === 0) return bills.find((bill) => bill !== void 0);
  if (!isPostableUsd(usd2)) return { refused: `the sum is ${usd2}` };
  return { usd: usd2, isPartial: known < bills.length, ...(differs2 !== void 0 && { differs: differs2 }) };
}
function parsed2(text3) {
  try {
    return JSON.parse(text3);
  } catch {
    return void 0;
  }
}

// ../dist/shared-GEAKVDJC.js
var MAX_POCKETS = 1e3;
function pocketOf(runtime, wrapper) {
  if (wrapper.pocket !== void 0) return wrapper.pocket;
  const { wrappersWithPockets } = runtime;
  const [oldest2] = wrappersWithPockets;
  if (oldest2 !== void 0 && wrappersWithPockets.size >= MAX_POCKETS) emptyPocket(runtime, oldest2);
  wrappersWithPockets.add(wrapper);
  wrapper.pocket = new Pocket();
  return wrapper.pocket;
}
function noteUnknownCall(runtime, wrapper, record) {
  if (record.hasCallsBelow(false)) return;
  for (let at2 = record.parent; at2 !== void 0 && at2 !== wrapper; at2 = at2.parent)
    if (at2.role === 'llm') return;
  pocketOf(runtime, wrapper).unknownCalls += 1;
}
function emptyPocket(runtime, wrapper) {
  runtime.wrappersWithPockets.delete(wrapper);
  const { pocket } = wrapper;
  wrapper.pocket = void 0;
  if (pocket === void 0) return;
  const { posted } = pocket;
  const rest = pocket.empty();
  if (rest?.pico !== void 0) rest.pico = wrapper.reportPrice(rest.pico);
  const bill = posted === void 0 ? rest : withPosted(rest, posted);
  if (bill === void 0) return;
  chargeOnChild(runtime, wrapper, wrapper.span, bill.subject?.model ?? 'llm', bill, true);
}
var NO_ATTRIBUTES = {};
var NO_IDS = [];
var ERROR_STATUS = 2;
function settleForeign(runtime, record, span) {
  if (record.settled) return;
  record.settled = true;
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  if (attributes[COST_SOURCE] !== void 0 || attributes[COST_STATUS] !== void 0) return;
  if (record.role === 'plain' || record.isToolByName) takeLateRole(record, attributes);
  if (record.role === 'plain') return;
  warnOfFormerTags(attributes);
  if (record.sessions === void 0) joinSession(runtime, record, attributes);
  if (record.role === 'tool') settleTool(runtime, record, span, attributes);
  else settleLlm(runtime, record, span, attributes);
}
function takeLateRole(record, attributes) {
  const role = readRole(attributes);
  if (role !== 'plain') record.role = role;
  if (record.role === 'tool' && record.kind === 'span') record.kind = 'tool';
  const { parent } = record;
  if (parent?.role === 'plain' && isTurn(attributes)) parent.turnsInside += 1;
}
function settleLlm(runtime, record, span, attributes) {
  const facts = statementOf2(record, span);
  const { usage } = facts;
  const isCall2 = record.role === 'llm';
  if (record.modelBeside !== void 0 && record.modelBeside === facts.requestModel) {
    if (usage !== void 0) writeNotBilled(runtime, span, 'duplicate', usage.anomaly);
    return;
  }
  if (usage === void 0 && !isCall2) return;
  const wrapper = record.collector();
  if (wrapper !== void 0) {
    if (!isSpanRecord(wrapper)) return;
    if (usage === void 0) {
      if (isCall2 && !facts.rejected && !hasFailed(span)) noteUnknownCall(runtime, wrapper, record);
      return;
    }
    const pocket = pocketOf(runtime, wrapper);
    noteTokenKeys(pocket, usage.tokens, attributes);
    const bill2 = settleCall(runtime, record, facts, wrapper);
    if (!bill2.isEmpty) pocket.add(bill2);
    writeNotBilled(runtime, span, 'covered', usage.anomaly);
    return;
  }
  const bill = settleCall(runtime, record, facts);
  if (usage !== void 0 || bill.notBilled === void 0) chargeLlm(runtime, record, span, attributes, bill);
}
function settleStated(runtime, record, span) {
  record.settled = true;
  if (record.role === 'plain' || record.role === 'tool') return;
  const facts = statementOf2(record, span);
  if (facts.isKnown || record.role === 'llm') settleCall(runtime, record, facts);
}
function readCall(span) {
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  return factsOf(span, attributes, readSpan(attributes, span.instrumentationScope?.name));
}
function statementOf2(record, span) {
  const facts = readCall(span);
  if (record.role !== 'llm') facts.of = 'sum';
  else if (record.turnsInside > 1) facts.calls = record.turnsInside;
  return facts;
}
function chargeLlm(runtime, record, span, attributes, bill) {
  const { subject } = bill;
  bill.failed = hasFailed(span);
  if (bill.notBilled !== void 0) {
    charge(runtime, record, span, bill);
  } else if (record.role === 'llm' && !bill.isRest) {
    if (!bill.failed && !mayRepeat(record)) {
      charge(runtime, record, span, bill);
      return;
    }
    const work = new SpanWork('llm', subject?.requestModel ?? subject?.model, attributes, endMillisOf(span));
    const attempt = beginAttempt(runtime, record, work, subject?.timeMillis);
    if (attempt !== void 0) bill.attempt = attempt.number;
    charge(runtime, record, span, bill);
    endAttempt(record, work, attempt, bill.failed);
  } else {
    const below = runtime.dialects.writesSubtree ? record.billedBelow + (bill.pico ?? 0) : 0;
    writeNotBilled(runtime, span, 'aggregate', bill.anomaly, below);
    chargeOnChild(runtime, record, span, span.name ?? 'llm', bill, true);
  }
}
var TOKEN_KEYS3 = [
  [USAGE_INPUT_TOKENS, inputTokens],
  [USAGE_OUTPUT_TOKENS, outputTokens],
  [USAGE_CACHE_READ_TOKENS, cacheReadTokens],
  [USAGE_CACHE_WRITE_TOKENS, cacheWriteTokens],
  [USAGE_REASONING_TOKENS, (tokens) => tokens.reasoning],
];
function noteTokenKeys({ tokenKeys }, tokens, attributes) {
  for (const [key, count] of TOKEN_KEYS3) {
    if (attributes[key] !== void 0 || count(tokens) > 0) tokenKeys.add(key);
  }
}
function settleTool(runtime, record, span, attributes) {
  if (record.tool?.billedInside) return;
  const name = readToolName(attributes);
  const outer = record.outerTool;
  if (outer?.open === true && outer.ours && outer.name() === name) return;
  const price2 = name === void 0 ? void 0 : runtime.tools[name];
  const result = readToolResult(attributes);
  const amount2 = toolAmount(runtime, name, price2, result);
  const bill = toolBill(amount2);
  const timeMillis = startMillisOf(span);
  bill.subject = { toolName: name, timeMillis };
  bill.failed = hasFailed(span) || hasFailedResult(attributes, result);
  if (!bill.failed && !mayRepeat(record)) {
    chargeTool(runtime, record, span, bill, amount2);
    return;
  }
  const work = new SpanWork('tool', name, attributes, endMillisOf(span));
  const attempt = beginAttempt(runtime, record, work, timeMillis);
  if (attempt !== void 0) bill.attempt = attempt.number;
  chargeTool(runtime, record, span, bill, amount2);
  endAttempt(record, work, attempt, bill.failed);
}
function chargeTool(runtime, record, span, bill, amount2) {
  if (amount2 === NO_COST) postBill(record, bill);
  else chargeMoney(runtime, record, span, bill);
}
function toolAmount(runtime, name, price2, result) {
  const bill = price2?.billable && result !== void 0 ? readToolBill(result) : void 0;
  const returned = bill === void 0 ? void 0 : returnedAmount(runtime, name, bill);
  if (returned !== void 0) return returned;
  const declared = declaredAmount(price2);
  return declared === NO_RESULT ? openAmount(bill) : declared;
}
function factsOf(span, attributes, read2) {
  const id = read2?.responseId;
  const facts = new LlmFacts(
    emptyAfterFailure(span, read2) ? void 0 : read2?.usage,
    span.instrumentationScope?.name ?? '',
    id === void 0 ? NO_IDS : [id],
  );
  facts.provider = read2?.provider;
  facts.model = read2?.responseModel ?? read2?.requestModel;
  facts.requestModel = read2?.requestModel;
  facts.serviceTier = read2?.serviceTier;
  facts.timeMillis = startMillisOf(span);
  facts.rejected = wasRejected(attributes);
  return facts;
}
function startMillisOf({ startTime }) {
  return startTime === void 0 ? Date.now() : millisOf2(startTime);
}
function endMillisOf({ endTime }) {
  return endTime === void 0 || endTime[0] === 0 ? void 0 : millisOf2(endTime);
}
function millisOf2([seconds, nanos]) {
  return seconds * 1e3 + nanos / 1e6;
}
function hasFailedResult(attributes, result) {
  return attributes['mcp.tool.result.is_error'] === true || (result !== void 0 && isFailedJson(result));
}
function isFailedCall(span) {
  const attributes = span.attributes ?? NO_ATTRIBUTES;
  return hasFailed(span) || hasFailedResult(attributes, readToolResult(attributes));
}
function hasFailed(span) {
  return span.status?.code === ERROR_STATUS;
}
function emptyAfterFailure(span, read2) {
  const usage = read2?.usage;
  if (usage === void 0 || !hasFailed(span)) return false;
  return (
    inputTokens(usage.tokens) + outputTokens(usage.tokens) === 0 &&
    usage.reportedCostUsd === void 0 &&
    usage.unsplitTokens === void 0
  );
}
function wasRejected(attributes) {
  return isRejection(attributes[ERROR_TYPE]) || isRejection(attributes['http.response.status_code']);
}

// ../dist/shared-CVDXENMX.js
var FAMILIES = [
  [/^(claude-)opus(-.*)$/, ['$1sonnet$2', '$1haiku$2']],
  [/^(claude-)sonnet(-.*)$/, ['$1haiku$2']],
  [/^(claude-3(?:-\d)?-)opus$/, ['$1sonnet', '$1haiku']],
  [/^(claude-3(?:-\d)?-)sonnet$/, ['$1haiku']],
  [/^(gpt-\d[\d.]*o?|o\d)$/, ['$1-mini', '$1-nano']],
  [/^(gpt-\d[\d.]*)-mini$/, ['$1-nano']],
  [/^(gemini-\d[\d.]*-)pro$/, ['$1flash', '$1flash-lite']],
  [/^(gemini-\d[\d.]*-)flash$/, ['$1flash-lite']],
  [/^(mistral-)large(-latest)?$/, ['$1medium$2', '$1small$2']],
  [/^(mistral-)medium(-latest)?$/, ['$1small$2']],
];
var SNAPSHOT = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;
function smallerModels(model) {
  const name = model.toLowerCase().replace(SNAPSHOT, '');
  for (const [larger3, smaller] of FAMILIES) {
    if (larger3.test(name)) return smaller.map((pattern) => name.replace(larger3, pattern));
  }
  return [];
}
function formatUsd(usd2) {
  return `$${usd2 >= 1e-3 ? Number(usd2.toFixed(4)) : Number(usd2.toPrecision(2))}`;
}
function groupBy(items, keyOf3) {
  const groups = /* @__PURE__ */ new Map();
  for (const item of items) {
    const key = keyOf3(item);
    const group = groups.get(key);
    if (group === void 0) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
function sumPico(calls) {
  return calls.reduce((sum2, { pico = 0 }) => sum2 + pico, 0);
}
function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
function pricedCalls(calls) {
  return calls.filter(isPriced);
}
function isPriced(call) {
  return call.kind === 'llm' && call.name !== void 0 && call.pico !== void 0 && call.tokens !== void 0;
}
function priceOf(prices, call, tokens) {
  return prices.price({ ...queryOf(call), model: call.name, usage: { tokens } }).pico;
}
function exactPriceOn(prices, call, model) {
  const priced = prices.price({ ...queryOf(call), model, usage: { tokens: call.tokens } });
  return priced.rateMatch === 'prefix' ? void 0 : priced.pico;
}
function queryOf({ provider, timeMillis, serviceTier }) {
  return { provider, timeMillis, serviceTier };
}
function savingOf(prices, call, after) {
  const before = priceOf(prices, call, call.tokens);
  if (before === void 0 || after === void 0) return void 0;
  const saved = before - after;
  return call.pico >= before ? saved : Math.floor((saved / before) * call.pico);
}
function sumOrUnknown(picos) {
  let sum2 = 0;
  for (const pico of picos) {
    if (pico === void 0) return void 0;
    sum2 += pico;
  }
  return sum2;
}
var MIN_FOLLOWING = 2;
var MIN_GROWING_SHARE = 0.75;
var MIN_KEPT_SHARE = 0.5;
function conversationsIn(calls) {
  const known = pricedCalls(calls).filter(({ tokens }) => inputTokens(tokens) > 0);
  const loops = groupBy(known, ({ loop, provider, name }) => `${loop} ${provider} ${name}`);
  const conversations = [];
  for (const [, loop] of loops) {
    const turns = loop.map((call, index) => ({ call, previous: lastBefore(loop, index) }));
    const following = turns.filter(({ previous }) => previous !== void 0);
    if (!isConversation(following.length, following.filter(isGrowing).length)) continue;
    conversations.push(turns.map((turn) => (isRewritten(turn) ? { ...turn, previous: void 0 } : turn)));
  }
  return conversations;
}
function isConversation(following, growing) {
  return following >= MIN_FOLLOWING && growing >= MIN_GROWING_SHARE * following;
}
function lastBefore(loop, index) {
  const beganAfter = loop[index]?.beganAfter ?? 0;
  let from = 0;
  let to = index;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((loop[middle]?.number ?? 0) <= beganAfter) from = middle + 1;
    else to = middle;
  }
  return loop[from - 1];
}
function isGrowing({ call, previous }) {
  if (previous === void 0) return false;
  return inputTokens(call.tokens) >= inputTokens(previous.tokens) + previous.tokens.output;
}
function isRewritten({ call, previous }) {
  return previous !== void 0 && inputTokens(call.tokens) < MIN_KEPT_SHARE * inputTokens(previous.tokens);
}

// ../dist/shared-MNR4J76K.js
var MIN_CACHED_TOKENS = 1024;
var BLOCK_TOKENS = 128;
var WARM_SHARE = 0.5;
var MILLIS_PER_MINUTE = 6e4;
var SHORT_TTL_MINUTES = 5;
var LONG_TTL_MINUTES = 60;
function promptCacheHints(calls, prices) {
  const sums = /* @__PURE__ */ new Map();
  for (const conversation of conversationsIn(calls)) {
    for (const found of [...coldCalls(conversation, prices), ...uncachedInput(conversation, prices)]) {
      const key = `${found.kind} ${found.ttlMinutes} ${found.subject}`;
      const sum2 = sums.get(key);
      if (sum2 === void 0) sums.set(key, found);
      else {
        for (const call of found.calls) sum2.calls.push(call);
        sum2.tokens += found.tokens;
        sum2.pico += found.pico;
      }
    }
  }
  return [...sums.values()].map((found) => ({
    kind: found.kind,
    subject: found.subject,
    amountUsd: usdFromPico(found.pico),
    amountIs: 'saving',
    count: found.calls.length,
    of: found.calls,
    message: messageOf(found),
  }));
}
function messageOf({ kind, subject, ttlMinutes, calls, tokens, pico }) {
  const these = `${counted(calls.length, 'call')} of ${subject}`;
  const amount2 = `${tokens.toLocaleString('en-US')} tokens`;
  const usd2 = formatUsd(usdFromPico(pico));
  if (kind === 'cold_cache')
    return `${these} found the prompt cache cold: ${amount2} that the previous call had left there were paid for again, ${usd2} more than reading them. Keep the start of the prompt the same from call to call.`;
  if (kind === 'uncached_input')
    return `${these} sent ${amount2} again at the full input price. With a prompt cache they would have cost ${usd2} less, its writes included. Let the provider cache the prompt, and keep its start the same from call to call.`;
  return `${these} came more than ${ttlMinutes} min after the previous call, too late for its prompt cache: ${amount2} were paid for again. A call every ${ttlMinutes} min that reads the cache keeps it warm, which would have saved ${usd2} beyond its own cost. A longer-lived cache needs no such calls, but may cost more to write.`;
}
function coldCalls(conversation, prices) {
  const heldAfter = cacheOf2(conversation);
  if (heldAfter === void 0) return [];
  return conversation.flatMap(({ call, previous }) => {
    const found = previous && coldCall(call, previous, heldAfter(previous.tokens), prices);
    return found ?? [];
  });
}
function coldCall(call, previous, inCache, prices) {
  const { tokens, moved } = readInstead(call.tokens, missedBy(call.tokens, inCache));
  const ttlMinutes = ttlMinutesOf(call.tokens);
  const pauseMinutes = (call.timeMillis - previous.timeMillis) / MILLIS_PER_MINUTE;
  const keepAlives = Math.max(0, Math.ceil(pauseMinutes / ttlMinutes) - 1);
  const keepAlivePico = priceOf(prices, call, { ...noTokens(), cacheRead: inCache, output: 1 });
  const after = priceOf(prices, call, tokens);
  if (after === void 0 || keepAlivePico === void 0) return void 0;
  const pico = savingOf(prices, call, after + keepAlives * keepAlivePico) ?? 0;
  if (pico <= 0) return void 0;
  const found = { subject: call.name, calls: [call], tokens: moved, pico };
  return keepAlives > 0 ? { kind: 'expired_cache', ttlMinutes, ...found } : { kind: 'cold_cache', ...found };
}
function cacheOf2(conversation) {
  if (conversation.some(({ call }) => cacheWriteTokens(call.tokens) > 0))
    return (tokens) => cacheReadTokens(tokens) + cacheWriteTokens(tokens);
  if (conversation.some(({ call }) => cacheReadTokens(call.tokens) > 0))
    return (tokens) => cachedBlocks(inputTokens(tokens));
  return void 0;
}
function cachedBlocks(tokens) {
  return tokens < MIN_CACHED_TOKENS ? 0 : tokens - (tokens % BLOCK_TOKENS);
}
function missedBy(tokens, inCache) {
  const again = Math.min(inCache, inputTokens(tokens));
  const read2 = cacheReadTokens(tokens);
  return read2 < WARM_SHARE * again ? again - read2 : 0;
}
var WRITES = ['cacheWrite1h', 'cacheWrite'];
function readInstead(tokens, missed) {
  const after = { ...tokens };
  let left = missed;
  for (const kind of cacheWriteTokens(tokens) > 0 ? WRITES : ['input']) {
    const taken = Math.min(left, after[kind]);
    after[kind] -= taken;
    after.cacheRead += taken;
    left -= taken;
  }
  return { tokens: after, moved: missed - left };
}
function ttlMinutesOf({ cacheWrite, cacheWrite1h }) {
  return cacheWrite1h > cacheWrite ? LONG_TTL_MINUTES : SHORT_TTL_MINUTES;
}
function uncachedInput(conversation, prices) {
  if (cacheOf2(conversation) !== void 0 || hidesCache(conversation)) return [];
  const calls = [];
  let tokens = 0;
  let pico = 0;
  for (const turn of conversation) {
    const after = withCache(turn);
    const saved = savingOf(prices, turn.call, priceOf(prices, turn.call, after));
    if (saved === void 0) return [];
    pico += saved;
    tokens += after.cacheRead;
    if (after.cacheRead > 0) calls.push(turn.call);
  }
  const subject = conversation[0]?.call.name ?? '';
  return pico > 0 ? [{ kind: 'uncached_input', subject, calls, tokens, pico }] : [];
}
function hidesCache(conversation) {
  return conversation.every(({ call }) => call.isEstimate || inputTokens(call.tokens) < MIN_CACHED_TOKENS);
}
function withCache({ call, previous }) {
  const { tokens } = call;
  if (inputTokens(tokens) < MIN_CACHED_TOKENS) return tokens;
  const isWarm =
    previous !== void 0 && call.timeMillis - previous.timeMillis <= SHORT_TTL_MINUTES * MILLIS_PER_MINUTE;
  const cacheRead = isWarm ? Math.min(cachedBlocks(inputTokens(previous.tokens)), tokens.input) : 0;
  return { ...tokens, cacheRead, input: 0, cacheWrite: tokens.input - cacheRead };
}
function failedCallHints(calls) {
  const hints = [];
  const named2 = calls.filter(({ failed, attempt = 1 }) => failed || attempt > 1);
  for (const [subject, group] of groupBy(named2, ({ name = 'unknown' }) => name)) {
    const failed = group.filter((call) => call.failed);
    const amountUsd = usdFromPico(sumPico(failed));
    if (amountUsd === 0) continue;
    const againPico = sumPico(madeAgain(group));
    const share =
      againPico === 0
        ? 'No retry of them is known.'
        : `${formatUsd(usdFromPico(againPico))} of it, for calls that were retried, is saved when the first attempt succeeds.`;
    hints.push({
      kind: 'failed_calls',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: failed.length,
      of: failed,
      message: `${counted(failed.length, 'failed call')} of ${subject} cost ${formatUsd(amountUsd)}. ${share}`,
    });
  }
  return hints;
}
function madeAgain(attempts) {
  return [...groupBy(attempts, workOf).values()].flatMap(repeatedIn);
}
function repeatedIn(attempts) {
  const open = [];
  const repeated = [];
  for (const call of attempts) {
    const mayBe = (call.attempt ?? 1) > 1 ? [...open] : [];
    const [before] = mayBe.sort((a, b) => (a.pico ?? 0) - (b.pico ?? 0));
    if (before !== void 0) repeated.push(...open.splice(open.indexOf(before), 1));
    if (call.failed) open.push(call);
  }
  return repeated;
}
function workOf({ kind, loop, argumentsHash: argumentsHash2 }) {
  return `${kind} ${loop} ${argumentsHash2}`;
}
function cheaperModelHints(calls, prices) {
  const hints = [];
  for (const [, group] of groupBy(pricedCalls(calls), ({ provider, name }) => `${provider} ${name}`)) {
    const name = group[0]?.name ?? '';
    for (const smaller of smallerModels(name)) {
      const savings = group.map((call) => savingOf(prices, call, exactPriceOn(prices, call, smaller)));
      const savedPico = sumOrUnknown(savings) ?? 0;
      if (savedPico <= 0) continue;
      const [before, after] = [sumPico(group), sumPico(group) - savedPico].map(usdFromPico).map(formatUsd);
      hints.push({
        kind: 'cheaper_model',
        subject: name,
        amountUsd: usdFromPico(savedPico),
        amountIs: 'saving',
        count: group.length,
        of: group,
        message: `${counted(group.length, 'call')} of ${name} cost ${before}; on ${smaller} the same tokens cost ${after}. Look at the cost per successful task before you switch.`,
      });
      break;
    }
  }
  return hints;
}
var COSTLY_FACTOR = 2;
var MIN_TASKS = 5;
function limitHints(tasks2) {
  const hints = [];
  const stopped = tasks2.filter(({ limitsReached }) => limitsReached.length > 0);
  for (const [subject, group] of groupBy(stopped, ({ name }) => name)) {
    const amountUsd = sumUsd(group);
    if (amountUsd === 0) continue;
    const limits = [...new Set(group.flatMap(({ limitsReached }) => limitsReached))].sort().join(', ');
    const failedUsd = sumUsd(group.filter(({ outcome }) => outcome === 'failure'));
    hints.push({
      kind: 'limit_reached',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: group.length,
      of: group,
      message: `${counted(group.length, 'task')} ${subject} reached the limit of ${limits} and cost ${formatUsd(amountUsd)}, of which ${formatUsd(failedUsd)} went into tasks that failed. At most that amount was wasted.`,
    });
  }
  return hints;
}
function costlyTaskHints(tasks2, all) {
  const hints = [];
  const kinds = groupBy(all, ({ name }) => name);
  for (const [subject, group] of groupBy(tasks2, ({ name }) => name)) {
    const costs2 = (kinds.get(subject) ?? []).map(({ costUsd: costUsd2 }) => costUsd2);
    const median = medianOf(costs2);
    const costly = withoutInner(group.filter(({ costUsd: costUsd2 }) => costUsd2 > COSTLY_FACTOR * median));
    if (costs2.length < MIN_TASKS || costly.length === 0) continue;
    const amountUsd = usdFromPico(picoFromUsd(sumUsd(costly)) - picoFromUsd(median) * costly.length);
    hints.push({
      kind: 'costly_task',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: costly.length,
      of: costly,
      message: `${counted(costly.length, 'task')} ${subject} cost more than twice the median of ${formatUsd(median)}, together ${formatUsd(amountUsd)} above it. At most that amount is saved if they can run like the others.`,
    });
  }
  return hints;
}
function medianOf(values2) {
  const sorted = [...values2].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
function withoutInner(tasks2) {
  const ids = new Set(tasks2.map(({ id }) => id));
  return tasks2.filter(({ aroundIds }) => !aroundIds.some((id) => ids.has(id)));
}
function sumUsd(tasks2) {
  return usdFromPico(
    withoutInner(tasks2).reduce((sum2, { costUsd: costUsd2 }) => sum2 + picoFromUsd(costUsd2), 0),
  );
}
var LOW_HIT_RATE = 0.2;
var MIN_CACHED_CALLS = 5;
function repeatedToolCallHints(calls) {
  const hints = [];
  for (const [subject, group] of groupBy(toolCalls(calls), ({ name = '' }) => name)) {
    const repeats = repeatsOf(group.filter(({ isCacheHit }) => isCacheHit === void 0));
    const amountUsd = usdFromPico(sumPico(repeats));
    if (amountUsd === 0) continue;
    hints.push({
      kind: 'repeated_tool_calls',
      subject,
      amountUsd,
      amountIs: 'saving',
      count: repeats.length,
      of: repeats,
      message: `${counted(repeats.length, 'call')} of ${subject} had the arguments of an earlier one and cost ${formatUsd(amountUsd)}. Where its answers stay valid, wrap it in cachedTool with a TTL as long as they do.`,
    });
  }
  return hints;
}
function lowHitRateHints(calls) {
  const hints = [];
  const cached = toolCalls(calls).filter(({ isCacheHit }) => isCacheHit !== void 0);
  for (const [subject, group] of groupBy(cached, ({ name = '' }) => name)) {
    const misses = group.filter(({ isCacheHit }) => isCacheHit === false);
    const hitRate = 1 - misses.length / group.length;
    const amountUsd = usdFromPico(sumPico(misses));
    if (group.length < MIN_CACHED_CALLS || hitRate >= LOW_HIT_RATE || amountUsd === 0) continue;
    const again = repeatsOf(misses);
    const ttl = group.find(({ cacheTtlSeconds }) => cacheTtlSeconds !== void 0)?.cacheTtlSeconds;
    const lifetime = ttl === void 0 ? '' : ` (TTL ${ttl} s)`;
    const percent = Math.round(hitRate * 100);
    hints.push({
      kind: 'low_cache_hit_rate',
      subject,
      amountUsd,
      amountIs: 'spend',
      count: misses.length,
      of: misses,
      message: `The cache of ${subject}${lifetime} answered ${percent} % of ${counted(group.length, 'call')}; the others cost ${formatUsd(amountUsd)}. A longer TTL, or room for more entries, saves at most the ${formatUsd(usdFromPico(sumPico(again)))} for arguments seen before; normalize can make more arguments equal.`,
    });
  }
  return hints;
}
function toolCalls(calls) {
  return calls.filter(({ kind, name }) => kind === 'tool' && name !== void 0);
}
function repeatsOf(calls) {
  const seen = /* @__PURE__ */ new Set();
  return calls.filter(({ argumentsHash: argumentsHash2, failed }) => {
    if (argumentsHash2 === void 0) return false;
    const isRepeat = seen.has(argumentsHash2);
    if (!failed) seen.add(argumentsHash2);
    return isRepeat;
  });
}
function allHints(calls, tasks2, ended, prices) {
  return [
    ...cheaperModelHints(calls, prices),
    ...promptCacheHints(calls, prices),
    ...failedCallHints(calls),
    ...repeatedToolCallHints(calls),
    ...lowHitRateHints(calls),
    ...limitHints(tasks2),
    ...costlyTaskHints(tasks2, ended),
  ].sort((a, b) => b.amountUsd - a.amountUsd);
}

// ../dist/shared-3YAJNLHG.js
function readRecorded(given, names, around = {}) {
  const response = readResponse(given);
  if (response?.usage !== void 0) return named({ ...response, usage: response.usage }, names);
  const own = { ...namesIn2(given), ...names };
  const alone = readAlone(given, { ...around, ...own });
  if (alone?.usage === void 0) return void 0;
  const { responseModel: _model, responseProvider: _provider, ...facts } = alone;
  return named({ ...facts, usage: alone.usage }, own);
}
function readAlone(usage, names) {
  try {
    return isRecord(usage) && !isPending(usage) ? readProviderResponse({ ...names, usage }) : void 0;
  } catch {
    return void 0;
  }
}
function namesIn2(given) {
  const names = {};
  try {
    if (!isRecord(given)) return names;
    const { model, provider } = given;
    if (isName(model)) names.model = model;
    if (isName(provider)) names.provider = provider;
  } catch {
    return {};
  }
  return names;
}
function isName(value) {
  return typeof value === 'string' && value !== '';
}
function named(facts, { model, provider }) {
  const { usage, responseModel } = facts;
  const record = { ...facts };
  if (provider !== void 0) record.provider = provider;
  if (model !== void 0) record.responseModel = model;
  const { parts } = usage;
  if (parts === void 0 || (model ?? provider) === void 0) return record;
  const [first] = parts;
  const isOne = parts.every((part) => part.model === first?.model);
  const rename = (part) =>
    isOne || part.model === void 0 || part.model === responseModel
      ? { ...part, model: model ?? part.model, provider: provider ?? part.provider }
      : part;
  record.usage = { ...usage, parts: parts.map(rename) };
  return record;
}

// ../dist/offline.js
import { createHash as createHash4 } from 'node:crypto';

var NO_ID = /^0*$/;
function givenTraces(spans2) {
  const traces = /* @__PURE__ */ new Map();
  for (const [index, span] of elementsOf(spans2).entries()) {
    const given = copyOf2(span, `spans[${index}]`);
    if (given === void 0) continue;
    let trace = traces.get(given.traceId);
    if (trace === void 0) {
      trace = /* @__PURE__ */ new Map();
      traces.set(given.traceId, trace);
    }
    const other = trace.get(given.spanId);
    if (other === void 0 || isPreferred(given, other)) trace.set(given.spanId, given);
  }
  return new Map([...traces].map(([traceId, trace]) => [traceId, [...trace.values()]]));
}
function elementsOf(spans2) {
  try {
    if (Array.isArray(spans2)) return [...spans2];
  } catch {
    throw unreadableOption('spans');
  }
  throw new InvalidOptionError('spans', spans2, 'an array of spans');
}
function copyOf2(span, path) {
  if (!isRecord(span)) throw new InvalidOptionError(path, span, 'a span');
  const traceId = stringIn(span, 'traceId', path);
  const spanId = stringIn(span, 'spanId', path);
  const start = read(span, 'startTimeUnixNano');
  if (typeof start !== 'bigint')
    throw new InvalidOptionError(`${path}.startTimeUnixNano`, start, 'a bigint: nanoseconds since 1970');
  const end = read(span, 'endTimeUnixNano');
  if (end !== void 0 && end !== null && typeof end !== 'bigint')
    throw new InvalidOptionError(`${path}.endTimeUnixNano`, end, 'a bigint: nanoseconds since 1970');
  if (NO_ID.test(spanId)) return void 0;
  const parent = read(span, 'parentSpanId');
  const name = read(span, 'name');
  const status = read(span, 'statusCode');
  const scope = read(span, 'scopeName');
  return {
    traceId,
    spanId,
    parentSpanId: typeof parent === 'string' && !NO_ID.test(parent) ? parent : void 0,
    name: typeof name === 'string' ? name : '',
    start,
    end: end ?? void 0,
    attributes: valuesOf(read(span, 'attributes')),
    statusCode: typeof status === 'number' ? status : 0,
    scopeName: typeof scope === 'string' ? scope : '',
  };
}
function stringIn(span, key, path) {
  const value = read(span, key);
  if (typeof value === 'string') return value;
  throw new InvalidOptionError(`${path}.${key}`, value, 'a string: an id in hexadecimal');
}
function read(from, key) {
  try {
    return from[key];
  } catch {
    return void 0;
  }
}
function valuesOf(attributes) {
  const copy2 = {};
  if (isRecord(attributes)) {
    for (const key of keysOf2(attributes)) {
      const value = attributeValue(read(attributes, key));
      if (value !== void 0 && key !== '__proto__') copy2[key] = value;
    }
  }
  return Object.freeze(copy2);
}
function keysOf2(attributes) {
  try {
    return Object.keys(attributes);
  } catch {
    return [];
  }
}
function attributeValue(value) {
  if (typeof value === 'object' && value !== null) return listOf(value);
  return primitiveOf(value);
}
function primitiveOf(value) {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : void 0;
}
function listOf(value) {
  try {
    if (!Array.isArray(value)) return void 0;
    const items = value.map(primitiveOf);
    if (items.every((item) => typeof item === 'string')) return items;
    if (items.every((item) => typeof item === 'number')) return items;
    return items.every((item) => typeof item === 'boolean') ? items : void 0;
  } catch {
    return void 0;
  }
}
function isPreferred(span, other) {
  if (span.end !== other.end) return other.end === void 0 || (span.end !== void 0 && span.end > other.end);
  const [more2, fewer] = [span, other].map(({ attributes }) => Object.keys(attributes).length);
  if (more2 !== fewer) return (more2 ?? 0) > (fewer ?? 0);
  return textOf4(span) > textOf4(other);
}
function textOf4({ attributes, parentSpanId, name, start, statusCode, scopeName }) {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([parentSpanId, name, String(start), statusCode, scopeName, sorted]);
}
var OPTIONS = [
  'tools',
  'overrides',
  'aliases',
  'providerAliases',
  'priceFactors',
  'sessionIdKeys',
  'knownUsage',
  'attributionKeys',
  'dialects',
];
function offlineOptions(path, options) {
  const given = expectRecord(path, options);
  expectKnownKeys(path, given, OPTIONS);
  return { ...given };
}
var CORRECTION = 'cost correction';
function meteredValues(nodes) {
  const metered = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const { name, attributes, scopeName } = node.span;
    if (scopeName !== PACKAGE_NAME && !hasOurKeys(attributes)) continue;
    if (name !== CORRECTION || node.parent === void 0) metered.set(node, attributes);
    else metered.set(node.parent, { ...metered.get(node.parent), ...attributes });
  }
  return metered;
}
function hasOurKeys(attributes) {
  return (
    attributes[COST_SOURCE] !== void 0 ||
    attributes[COST_STATUS] !== void 0 ||
    attributes['task.cost_usd'] !== void 0 ||
    attributes['agent.cost_usd'] !== void 0 ||
    attributes['step.cost_usd'] !== void 0 ||
    attributes['session.cost_usd'] !== void 0
  );
}
function isMeteredTask(attributes) {
  return attributes['task.cost_usd'] !== void 0;
}
function startMeteredTask(record, span, attributes, around) {
  const isDeclared = attributes[TASK_OUTCOME] !== void 0;
  const name = isDeclared ? String(attributes[TASK_NAME] ?? span.name) : void 0;
  const task = new Task(name, around, record.sessions);
  task.bindSpan(span);
  record.ownTask = task;
  const inside = record.change();
  inside.task = task;
  inside.scope = void 0;
  return task;
}
var NANOS_PER_SECOND = 1000000000n;
var SAMPLED = 1;
var ReplayedSpan = class {
  constructor(given, added = false) {
    this.given = given;
    this.added = added;
    const { name, attributes, start, end, statusCode, scopeName } = given;
    this.name = name;
    this.attributes = attributes;
    this.startTime = timeOf(start);
    this.endTime = timeOf(end ?? start);
    this.status = { code: statusCode };
    this.instrumentationScope = { name: scopeName };
  }
  given;
  added;
  name;
  attributes;
  startTime;
  endTime;
  status;
  instrumentationScope;
  ended = false;
  ownCost = {};
  rollUps = {};
  statesRollUps = false;
  spanContext() {
    const { traceId, spanId } = this.given;
    return { traceId, spanId, traceFlags: SAMPLED };
  }
  isRecording() {
    return !this.ended;
  }
  setAttribute(key, value) {
    const into = this.statesRollUps ? this.rollUps : this.ownCost;
    if (typeof value !== 'object') into[key] = value;
    return this;
  }
  /** Runs `write`, and takes what it writes for the roll-ups, instead of those that were stated before. */
  stateRollUps(write) {
    const { ended } = this;
    this.rollUps = {};
    this.statesRollUps = true;
    this.ended = false;
    write();
    this.ended = ended;
    this.statesRollUps = false;
  }
  /** Undefined when nothing was written. */
  priced() {
    const attributes = { ...this.ownCost, ...this.rollUps };
    if (Object.keys(attributes).length === 0) return void 0;
    const { traceId, spanId, parentSpanId, name, start, end } = this.given;
    return {
      traceId,
      spanId,
      parentSpanId,
      name,
      startTimeUnixNano: start,
      endTimeUnixNano: end,
      added: this.added,
      attributes,
    };
  }
  // The pipeline calls none of these on a span that it was given to read.
  setAttributes() {
    return this;
  }
  addEvent() {
    return this;
  }
  addLink() {
    return this;
  }
  addLinks() {
    return this;
  }
  setStatus() {
    return this;
  }
  updateName() {
    return this;
  }
  end() {}
  recordException() {}
};
function timeOf(nanos) {
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}
var END = 0;
var START = 1;
var LATE_END = 2;
function spanEvents(nodes) {
  const events = [];
  for (const node of nodes) {
    const { start, end, depth } = node;
    events.push({ node, isEnd: false, time: start, phase: START, rank: depth });
    if (end === void 0) continue;
    const phase = end === start || node.endsAfterStarts ? LATE_END : END;
    events.push({ node, isEnd: true, time: end, phase, rank: -depth });
  }
  return events.sort((a, b) => compare(a.time, b.time) || a.phase - b.phase || a.rank - b.rank);
}
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
var SpanNode = class {
  constructor(span, firstStart) {
    this.span = span;
    this.start = Number(span.start - firstStart);
    this.end = span.end === void 0 ? void 0 : Number(span.end - firstStart);
  }
  span;
  parent;
  /** Levels below the root. */
  depth = 0;
  /** Not before the parent's: the clocks of two services may differ. */
  start;
  /** Not before the start. Undefined for an open span. */
  end;
  /** A span below starts at the very end of this one, so this one ends after it. */
  endsAfterStarts = false;
};
function spanTree(spans2) {
  const firstStart = spans2.reduce(
    (first, { start }) => (start < first ? start : first),
    spans2[0]?.start ?? 0n,
  );
  const nodes = spans2.map((span) => new SpanNode(span, firstStart)).sort(byStart);
  const byId = new Map(nodes.map((node) => [node.span.spanId, node]));
  for (const node of nodes) {
    const { parentSpanId } = node.span;
    node.parent = parentSpanId === void 0 ? void 0 : byId.get(parentSpanId);
  }
  cutCycles(nodes);
  for (const node of topDown(nodes)) settleTimes(node);
  for (const node of nodes) noteStartAtEnds(node);
  return nodes;
}
function byStart(a, b) {
  return a.start - b.start || (a.span.spanId < b.span.spanId ? -1 : 1);
}
function cutCycles(nodes) {
  const rootOf = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const path = [];
    let at2 = node;
    while (at2 !== void 0 && !rootOf.has(at2)) {
      rootOf.set(at2, node);
      path.push(at2);
      at2 = at2.parent;
    }
    if (at2 !== void 0 && rootOf.get(at2) === node) {
      const cycle = path.slice(path.indexOf(at2));
      const [first] = cycle.sort(byStart);
      if (first !== void 0) first.parent = void 0;
    }
  }
}
function topDown(nodes) {
  const below = /* @__PURE__ */ new Map();
  const open = [];
  for (const node of nodes) {
    const { parent } = node;
    const siblings = parent === void 0 ? open : below.get(parent);
    if (siblings !== void 0) siblings.push(node);
    else if (parent !== void 0) below.set(parent, [node]);
  }
  const ordered = [];
  for (let node = open.pop(); node !== void 0; node = open.pop()) {
    ordered.push(node);
    for (const child of below.get(node) ?? []) open.push(child);
  }
  return ordered;
}
function settleTimes(node) {
  const { parent } = node;
  if (parent !== void 0) {
    node.depth = parent.depth + 1;
    node.start = Math.max(node.start, parent.start);
  }
  if (node.end !== void 0) node.end = Math.max(node.end, node.start);
}
function noteStartAtEnds({ parent, start }) {
  for (let at2 = parent; at2?.end === start && !at2.endsAfterStarts; at2 = at2.parent)
    at2.endsAfterStarts = true;
}
var SAME_STEP_NANOS = 5e6;
var HANDING_OVER = 'gcp.vertex.agent';
var TraceReplay = class {
  runtime;
  nodes;
  metered;
  replayed = /* @__PURE__ */ new Map();
  /** The spans `cost {name}`, by the span that they were added below. */
  added = /* @__PURE__ */ new Map();
  ids;
  lastStart = Number.NEGATIVE_INFINITY;
  constructor(spans2, options, prices) {
    this.runtime = new Runtime(options, this.instantChild, prices);
    this.nodes = spanTree(spans2);
    this.metered = meteredValues(this.nodes);
    this.ids = new Set(spans2.map(({ spanId }) => spanId));
  }
  /** The spans that got something, in the order of their starts. */
  run() {
    for (const { node, isEnd } of spanEvents(this.nodes)) {
      this.runtime.guard(() => (isEnd ? this.end(node) : this.start(node)));
    }
    return this.nodes.flatMap((node) => this.pricedAt(node));
  }
  start(node) {
    const { runtime } = this;
    const span = new ReplayedSpan(node.span);
    const parent = node.parent && this.replayed.get(node.parent);
    const metered = this.metered.get(node);
    const startsTask = metered !== void 0 && isMeteredTask(metered);
    const isInsideMetered = parent !== void 0 && isOfMeteringProcess(parent);
    const isRoot = startsTask || (metered !== void 0 && !isInsideMetered);
    const around = isRoot ? void 0 : parent?.record;
    if (node.start - this.lastStart > SAME_STEP_NANOS) runtime.startsBeside.forget();
    this.lastStart = node.start;
    if (parent?.record.role === 'llm') parent.record.statedAtStart = !handsOver(parent.span, span);
    const record = new SpanRecord(around);
    startForeign(runtime, record, span, around);
    this.replayed.set(node, {
      span,
      record,
      isMetered: metered !== void 0,
      isInsideMetered,
      meteredTask: startsTask
        ? startMeteredTask(record, span, metered, parent?.meteredTask)
        : parent?.meteredTask,
    });
  }
  end(node) {
    const replayed = this.replayed.get(node);
    if (replayed === void 0) return;
    const { runtime } = this;
    const { span, record } = replayed;
    if (replayed.isMetered) settleStated(runtime, record, span);
    else if (isLeftOut(replayed)) record.settled = true;
    else settleForeign(runtime, record, span);
    span.stateRollUps(() => stateRollUps(runtime, record, span));
    span.ended = true;
    closeRecord(runtime, record);
  }
  /** A correction replaces the roll-ups of its span. Any other span of this package is added. */
  instantChild = (parent, _record, name, attributes, write) => {
    if (!(parent instanceof ReplayedSpan)) return;
    if (name === 'cost correction') {
      parent.stateRollUps(() => write(parent));
      return;
    }
    const siblings = this.added.get(parent) ?? [];
    this.added.set(parent, siblings);
    const { given } = parent;
    const time2 = given.end ?? given.start;
    const child = new ReplayedSpan(
      {
        ...given,
        spanId: this.newId(given, siblings.length),
        parentSpanId: given.spanId,
        name,
        start: time2,
        end: time2,
        attributes: valuesOf({}),
      },
      true,
    );
    for (const [key, value] of Object.entries(attributes))
      if (value !== void 0) child.setAttribute(key, value);
    siblings.push(child);
    write(child);
  };
  /** The same in every run, and the id of no other span. */
  newId({ traceId, spanId }, number) {
    for (let salt = 0; ; salt++) {
      const hash = createHash4('sha256').update(`${traceId} ${spanId} ${number} ${salt}`).digest('hex');
      const id = hash.slice(0, 16);
      if (this.ids.has(id)) continue;
      this.ids.add(id);
      return id;
    }
  }
  pricedAt(node) {
    const replayed = this.replayed.get(node);
    if (replayed === void 0 || replayed.isMetered) return [];
    const { span } = replayed;
    return [span, ...(this.added.get(span) ?? [])].flatMap((each) => each.priced() ?? []);
  }
};
function handsOver(call, below) {
  return call.instrumentationScope.name === HANDING_OVER && readRole(below.attributes) === 'agent';
}
function isOfMeteringProcess(replayed) {
  return replayed.isMetered || isLeftOut(replayed);
}
function isLeftOut({ isInsideMetered, record, span }) {
  return isInsideMetered && record.role !== 'agent' && (record.role === 'tool' || !readCall(span).isKnown);
}
function priceSpans(spans2, options = {}) {
  const path = 'priceSpans options';
  const checkedOptions = checked(path, () => offlineOptions(path, options));
  const traces = givenTraces(spans2);
  return runAside(() => {
    const { prices } = new TraceReplay([], checkedOptions).runtime;
    const byId = [...traces].sort(([a], [b]) => (a < b ? -1 : 1));
    return byId.flatMap(([, trace]) => new TraceReplay(trace, checkedOptions, prices).run());
  });
}
var ADDED = 'cost ';
var ARGUMENTS_HASH = 'cost.arguments_hash';
var SOME_LIMIT = 'its budget';
var MAX_AROUND = 64;
var OUTCOMES = ['success', 'failure', 'cancelled'];
var PricedCalls = class {
  tasks = [];
  ended = [];
  loops = 0;
  /** The calls by the time of their end, as a ledger would have booked them. */
  calls() {
    const calls = this.ended.sort((a, b) => order(a.end, b.end) || order(a.span.spanId, b.span.spanId));
    const ends = calls.map(({ end }) => end);
    const cached = cachedTools(calls);
    return calls.map(({ span, told, values: values2, loop }, index) => ({
      span,
      record: {
        ...callFacts(told, values2, cached),
        loop,
        number: index + 1,
        beganAfter: countUntil(ends, span.start),
      },
    }));
  }
  addTrace(spans2) {
    const nodes = spanTree(spans2);
    const metered = meteredValues(nodes);
    const loops = /* @__PURE__ */ new Map();
    const loopAround = new NearestAround(metered, isLoop);
    const taskAround = new NearestAround(metered, isTask);
    const refused = refusedMeasures(nodes, taskAround);
    for (const node of nodes) {
      const values2 = metered.get(node);
      const { span } = node;
      if (values2 === void 0 || span.end === void 0) continue;
      if (values2['task.cost_usd'] !== void 0)
        this.tasks.push({ span, record: taskOf3(node, metered, taskAround, refused.get(node)) });
      const told = toldBy(node, values2);
      if (told === void 0) continue;
      const around = loopAround.of(node);
      const loop = loops.get(around) ?? ++this.loops;
      loops.set(around, loop);
      this.ended.push({ span, told, end: span.end, values: values2, loop });
    }
  }
};
function toldBy({ span, parent }, values2) {
  const { [COST_KIND]: kind, [COST_REASON]: reason } = values2;
  if (!span.name.startsWith(ADDED)) return kind === 'llm' || kind === 'tool' ? span : void 0;
  return kind === 'llm' && reason !== 'partial_statement' ? parent?.span : void 0;
}
function isLoop(values2) {
  return values2['agent.cost_usd'] !== void 0 || isTask(values2);
}
function isTask(values2) {
  return values2['task.cost_usd'] !== void 0;
}
var NearestAround = class {
  constructor(metered, matches) {
    this.metered = metered;
    this.matches = matches;
  }
  metered;
  matches;
  known = /* @__PURE__ */ new Map();
  of(node) {
    const passed = [];
    let at2 = node;
    let found;
    for (;;) {
      passed.push(at2);
      const { parent } = at2;
      found = parent;
      if (parent === void 0 || this.matches(this.metered.get(parent) ?? NO_VALUES)) break;
      if (this.known.has(parent)) {
        found = this.known.get(parent);
        break;
      }
      at2 = parent;
    }
    for (const each of passed) this.known.set(each, found);
    return found;
  }
};
var NO_VALUES = {};
function callFacts(told, values2, cached) {
  const span = new ReplayedSpan(told);
  const { model, provider, serviceTier, timeMillis, usage } = readCall(span);
  const isTool = values2[COST_KIND] === 'tool';
  const name = isTool ? readToolName(told.attributes) : model;
  const usd2 = values2[COST_USD];
  const attempt = values2[COST_ATTEMPT];
  return {
    kind: isTool ? 'tool' : 'llm',
    name,
    provider,
    serviceTier,
    timeMillis,
    pico: isPostableUsd(usd2) ? picoFromUsd(usd2) : void 0,
    isEstimate: values2[COST_STATUS] === 'estimated',
    tokens: usage?.tokens,
    failed: isFailedCall(span),
    attempt: typeof attempt === 'number' ? attempt : void 0,
    argumentsHash: isTool ? argumentsHashOf(name, told.attributes) : void 0,
    isCacheHit: isTool && cached.has(name) ? values2[COST_SAVED_USD] !== void 0 : void 0,
    cacheTtlSeconds: void 0,
    sessionIds: stringsOf(values2[SESSION_ID]),
    taskIds: stringsOf(values2[TASK_ID], values2[TASK_ROOT_ID]),
  };
}
function cachedTools(calls) {
  const hits = calls.filter(
    ({ values: values2 }) => values2[COST_KIND] === 'tool' && values2[COST_SAVED_USD] !== void 0,
  );
  return new Set(hits.map(({ span }) => readToolName(span.attributes)));
}
function argumentsHashOf(name, attributes) {
  if (name === void 0) return void 0;
  const hash = attributes[ARGUMENTS_HASH];
  if (typeof hash === 'string') return `${name} ${hash}`;
  const input = readInput('tool', attributes);
  return input === void 0 ? void 0 : canonicalHash(name, input);
}
function taskOf3(node, metered, taskAround, refused) {
  const { span } = node;
  const values2 = metered.get(node) ?? NO_VALUES;
  const [name = span.name] = stringsOf(values2[TASK_NAME]);
  const rootIds = stringsOf(values2[TASK_ROOT_ID]);
  const aroundIds = new Set(rootIds);
  let around = taskAround.of(node);
  for (; around !== void 0 && aroundIds.size < MAX_AROUND; around = taskAround.of(around))
    aroundIds.add(taskIdOf(around, metered));
  return {
    id: taskIdOf(node, metered),
    name,
    sessionIds: stringsOf(values2[SESSION_ID]),
    isOutermost: rootIds.length === 0,
    aroundIds: [...aroundIds],
    outcome: OUTCOMES.find((outcome) => outcome === values2[TASK_OUTCOME]),
    costUsd: amountOf2(values2['task.cost_usd']),
    steps: amountOf2(values2['task.steps']),
    limitsReached: limitsOf(values2, refused),
  };
}
function taskIdOf(node, metered) {
  const [id = node.span.spanId] = stringsOf(metered.get(node)?.[TASK_ID]);
  return id;
}
function limitsOf(values2, refused = /* @__PURE__ */ new Set()) {
  if (values2[TASK_OVER_BUDGET] !== true) return [];
  const budget = values2[TASK_BUDGET_USD];
  const isSpent = typeof budget === 'number' && amountOf2(values2['task.cost_usd']) >= budget;
  const limits = /* @__PURE__ */ new Set([...(isSpent ? ['usd'] : []), ...refused]);
  return limits.size === 0 ? [SOME_LIMIT] : [...limits];
}
function refusedMeasures(nodes, taskAround) {
  const refused = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const { [BUDGET_MEASURE]: measure, [BUDGET_SCOPE]: scope } = node.span.attributes;
    if (typeof measure !== 'string' || scope !== 'task') continue;
    const task = taskAround.of(node);
    if (task !== void 0) refused.set(task, (refused.get(task) ?? /* @__PURE__ */ new Set()).add(measure));
  }
  return refused;
}
function stringsOf(...values2) {
  return values2.filter((value) => typeof value === 'string');
}
function amountOf2(value) {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
function order(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
function countUntil(times, time2) {
  let from = 0;
  let to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((times[middle] ?? 0n) <= time2) from = middle + 1;
    else to = middle;
  }
  return from;
}
var MAX_EVIDENCE2 = 50;
function costHintsOf(spans2, options = {}) {
  const path = 'costHintsOf options';
  const checkedOptions = checked(path, () => offlineOptions(path, options));
  const traces = givenTraces(spans2);
  return runAside(() => {
    const { prices } = new TraceReplay([], checkedOptions).runtime;
    const found = new PricedCalls();
    for (const [, trace] of [...traces].sort(([a], [b]) => (a < b ? -1 : 1))) found.addTrace(trace);
    const all = [...found.calls(), ...found.tasks];
    const spanOf4 = new Map(all.map(({ record, span }) => [record, span]));
    const calls = all.map(({ record }) => record).filter(isCall);
    const tasks2 = found.tasks.map(({ record }) => record);
    return allHints(calls, tasks2, tasks2, prices).map(({ of, ...hint }) => ({
      ...hint,
      evidence: evidenceOf2(of, spanOf4),
    }));
  });
}
function isCall(record) {
  return 'pico' in record;
}
function evidenceOf2(records, spanOf4) {
  return [...records]
    .sort((a, b) => costOf(b) - costOf(a))
    .slice(0, MAX_EVIDENCE2)
    .flatMap((record) => {
      const span = spanOf4.get(record);
      return span === void 0 ? [] : { traceId: span.traceId, spanId: span.spanId };
    });
}
function costOf(record) {
  return isCall(record) ? (record.pico ?? 0) : picoFromUsd(record.costUsd);
}
var DIGITS = 15;
function decimalText(value, places = 0) {
  const [mantissa = '0', exponent = '0'] = Number(value.toPrecision(DIGITS)).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = 1 + Number(exponent) - places;
  if (/^0+$/.test(digits)) return '0';
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
var NAMES2 = ['provider', 'model', 'requestModel', 'serviceTier', 'scopeName'];
var COUNTS3 = ['tokens', 'usage', 'attributes'];
var KEYS4 = [...NAMES2, ...COUNTS3, 'timeMillis'];
var TOKEN_KEYS4 = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'];
function queryOfCall(call) {
  const given = expectRecord('call', call);
  expectKnownKeys('', given, KEYS4);
  for (const key of NAMES2) if (given[key] !== void 0) expectString(key, given[key]);
  const [first, second] = COUNTS3.filter((key) => given[key] !== void 0);
  if (first === void 0) throw new InvalidOptionError('tokens', void 0, 'an object, or usage or attributes');
  if (second !== void 0) throw new InvalidOptionError(second, given[second], `left out beside ${first}`);
  const { provider, model, requestModel, serviceTier, timeMillis = Date.now() } = call;
  if (!Number.isFinite(timeMillis))
    throw new InvalidOptionError('timeMillis', timeMillis, 'epoch milliseconds');
  const named2 = { provider, model, requestModel, timeMillis, serviceTier: serviceTier?.toLowerCase() };
  if (call.tokens !== void 0) return { ...named2, usage: usageOf2(call.tokens) };
  if (call.usage !== void 0) return recordedQuery(named2, call.usage);
  return spanQuery(named2, expectRecord('attributes', call.attributes), call.scopeName);
}
function spanQuery({ provider, model, requestModel, timeMillis, serviceTier }, attributes, scopeName) {
  const facts = readSpan(attributes, scopeName);
  return {
    provider: provider ?? facts?.provider,
    model: model ?? facts?.responseModel,
    requestModel: requestModel ?? facts?.requestModel,
    timeMillis,
    serviceTier: serviceTier ?? facts?.serviceTier,
    usage: facts?.usage,
  };
}
function recordedQuery(named2, given) {
  const { provider, model, requestModel, timeMillis, serviceTier } = named2;
  const answered2 = model ?? requestModel;
  const around = answered2 === void 0 ? {} : { model: answered2 };
  const recorded = readRecorded(given, { ...(model && { model }), ...(provider && { provider }) }, around);
  return {
    provider: provider ?? recorded?.provider ?? recorded?.responseProvider,
    model: model ?? recorded?.responseModel,
    requestModel,
    timeMillis,
    serviceTier: serviceTier ?? recorded?.serviceTier,
    usage: recorded?.usage,
  };
}
function usageOf2(tokens) {
  const given = expectRecord('tokens', tokens);
  expectKnownKeys('tokens', given, TOKEN_KEYS4);
  const count = (key) => {
    const { [key]: value = 0 } = tokens;
    if (Number.isInteger(value) && value >= 0 && value <= MAX_COUNT) return value;
    throw new InvalidOptionError(`tokens.${key}`, value, `a whole number from 0 to ${MAX_COUNT}`);
  };
  const [cacheRead, cacheWrite, reasoning] = [count('cacheRead'), count('cacheWrite'), count('reasoning')];
  const input = count('input') - cacheRead - cacheWrite;
  if (input < 0)
    throw new InvalidOptionError('tokens.input', tokens.input, 'at least cacheRead and cacheWrite together');
  const output = count('output') - reasoning;
  if (output < 0) throw new InvalidOptionError('tokens.output', tokens.output, 'at least reasoning');
  return { tokens: { ...noTokens(), input, cacheRead, cacheWrite, output, reasoning } };
}
var PICO_PER_USD4 = 1e12;
var TOKENS_PER_MTOK2 = 1e6;
var DOUBLE_ERROR = 4 * Number.EPSILON;
var TOKEN_LABELS = {
  input: 'input tokens',
  inputAudio: 'audio input tokens',
  inputImage: 'image input tokens',
  inputVideo: 'video input tokens',
  cacheRead: 'cached input tokens',
  cacheReadAudio: 'cached audio input tokens',
  cacheReadImage: 'cached image input tokens',
  cacheWrite: 'cache write tokens',
  cacheWrite1h: 'cache write tokens (1 h)',
  output: 'output tokens',
  outputAudio: 'audio output tokens',
  outputImage: 'image output tokens',
  outputVideo: 'video output tokens',
  reasoning: 'reasoning tokens',
  citation: 'citation tokens',
};
var UNITS3 = {
  webSearches: ['web searches', 'search'],
  otherToolCalls: ['calls of server-side tools', 'call'],
  rerankSearches: ['rerank searches', 'search'],
  fileSearches: ['file searches', 'search'],
  codeExecutions: ['code executions', 'execution'],
  inputAudioSeconds: ['seconds of audio input', 'second'],
  outputAudioSeconds: ['seconds of audio output', 'second'],
  images: ['images', 'image'],
  socialSearches: ['searches of social networks', 'search'],
  inputTextMessages: ['text messages', 'message'],
  documentPages: ['document pages', 'page'],
  annotatedDocumentPages: ['annotated document pages', 'page'],
};
function linesOf(rate, usage, factor, pico) {
  const terms = termsOf2(rate, usage);
  const exact = terms.map(({ usd: usd2 }) => usd2 * factor * PICO_PER_USD4);
  const amounts = exact.map((amount2) => BigInt(Math.round(amount2)));
  const adjusted = adjust(amounts, exact, BigInt(pico));
  if (adjusted === void 0) return void 0;
  return { lines: terms.map((term, at2) => lineOf(term, amounts[at2] ?? 0n)), adjusted };
}
function adjust(amounts, exact, total) {
  const missing = total - amounts.reduce((sum2, amount2) => sum2 + amount2, 0n);
  if (missing === 0n) return 0;
  const sign = missing > 0n ? 1n : -1n;
  const off = missing * sign;
  const bound = amounts.length + 1 + Math.ceil(Number(total) * DOUBLE_ERROR);
  if (amounts.length === 0 || off > BigInt(bound)) return void 0;
  const roundedBy = (at2) => ((exact[at2] ?? 0) - Number(amounts[at2])) * Number(sign);
  const order2 = amounts.map((_, at2) => at2).sort((a, b) => roundedBy(b) - roundedBy(a));
  let left = off;
  const touched = /* @__PURE__ */ new Set();
  for (let turn = 0; left > 0n; turn++) {
    const at2 = order2[turn % order2.length] ?? 0;
    const next = (amounts[at2] ?? 0n) + sign;
    if (next < 0n) continue;
    amounts[at2] = next;
    left -= 1n;
    touched.add(at2);
  }
  return touched.size;
}
function lineOf({ label, unit, quantity, rateUsd, rateOf }, pico) {
  return {
    label,
    unit,
    quantity,
    usdPerUnit: decimalText(rateUsd, rateOf === 1 ? 0 : 6),
    perMillionUsd: rateOf === 1 ? void 0 : decimalText(rateUsd),
    pico: pico.toString(),
  };
}
function termsOf2(rate, usage) {
  const isFree2 = rate.free === 'always';
  const band = bandOf(rate, usage.tokens);
  const terms = isFree2 || pricesTokens(rate) ? tokenTerms(rate, band, usage) : [];
  if (band.perRequestUsd > 0) terms.push(unitTerm('requests', 'request', 1, band.perRequestUsd));
  for (const kind of UNIT_KINDS) {
    const count = usage.units?.[kind] ?? 0;
    if (count === 0) continue;
    const billed = kind === 'inputAudioSeconds' ? Math.max(count, rate.minAudioSeconds) : count;
    terms.push(unitTerm(...UNITS3[kind], billed, band.units[kind] ?? 0));
  }
  const { unsplitTokens = 0 } = usage;
  if (unsplitTokens > 0) terms.push(tokenTerm('tokens in total', unsplitTokens, rate.totalUsdPerMtok ?? 0));
  return isFree2 ? terms.map((term) => ({ ...term, rateUsd: 0, usd: 0 })) : terms;
}
function tokenTerms(rate, band, usage) {
  const { mainOutput } = rate;
  const isOther = rate.isForModality && mainOutput !== void 0 && isUnsplitOutput(rate, usage);
  return TOKEN_KINDS.flatMap((kind) => {
    const count = usage.tokens[kind];
    if (count === 0) return [];
    const pricedAs = isOther && kind === 'output' ? mainOutput : kind;
    const label =
      pricedAs === kind ? TOKEN_LABELS[kind] : `output tokens, priced as ${TOKEN_LABELS[pricedAs]}`;
    const usd2 = tokensUsd(band.tokens, { ...noTokens(), [pricedAs]: count });
    return [{ ...tokenTerm(label, count, band.tokens[TOKEN_KINDS.indexOf(pricedAs)] ?? 0), usd: usd2 }];
  });
}
function tokenTerm(label, quantity, rateUsd) {
  const usd2 = (quantity * rateUsd) / TOKENS_PER_MTOK2;
  return { label, unit: 'token', quantity, rateUsd, rateOf: TOKENS_PER_MTOK2, usd: usd2 };
}
function unitTerm(label, unit, quantity, rateUsd) {
  return { label, unit, quantity, rateUsd, rateOf: 1, usd: quantity * rateUsd };
}
var MAX_SUGGESTIONS = 3;
var MIN_SHARED = 4;
var MAX_NAME_CHARS5 = 100;
function similarModels(provider, model) {
  if (model === void 0 || model.length > MAX_NAME_CHARS5) return [];
  const { id } = resolveProvider(provider ?? '');
  const names = (id === void 0 ? USUAL_PROVIDERS : [id]).flatMap(modelsOf);
  const nearest = nearestName(model, names);
  const written = plainName(model);
  const alike = [...new Set(names)]
    .map((name) => ({ name, shared: sharedStart(written, plainName(name)) }))
    .filter(({ shared }) => shared >= MIN_SHARED)
    .sort((a, b) => b.shared - a.shared || a.name.length - b.name.length)
    .map(({ name }) => name);
  return [...new Set(nearest === void 0 ? alike : [nearest, ...alike])].slice(0, MAX_SUGGESTIONS);
}
function modelsOf(provider) {
  return (
    priceList()
      .findProvider({ providerId: provider })
      ?.models.map(({ id }) => id) ?? []
  );
}
function sharedStart(a, b) {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
var MILLIS_PER_MINUTE2 = 6e4;
var listBook = new PriceBook();
var books = /* @__PURE__ */ new WeakMap();
function explainCost(call, options) {
  const query = queryOfCall(call);
  const book = bookOf(options);
  const priced = book.price(query);
  const notes = [];
  const lines = explainedLines(book, query, priced, notes);
  const card = book.cardOf(query);
  if (priced.pico === void 0) noteUnknown(query, card, priced, notes);
  const anomaly = priced.anomaly ?? query.usage?.anomaly;
  if (anomaly !== void 0) notes.push(`In the counts: ${anomaly}.`);
  const { pico, source, rateMatch, status, reason } = priced;
  return {
    costUsd: pico === void 0 ? void 0 : usdFromPico(pico),
    pico: pico === void 0 ? void 0 : BigInt(pico).toString(),
    lines,
    factor: card?.factor ?? 1,
    source,
    rateMatch,
    status,
    reason,
    ...circumstances(book, query, card, notes),
    similarModels: card === void 0 ? similarModels(query.provider, query.model ?? query.requestModel) : [],
    notes,
  };
}
function bookOf(options) {
  if (options === void 0) return listBook;
  let book = books.get(expectPriceOptions(options));
  if (book === void 0) {
    book = new PriceBook(options, 'options');
    books.set(options, book);
  }
  return book;
}
function expectPriceOptions(options) {
  expectRecord('options', options);
  return options;
}
function explainedLines(book, query, priced, notes) {
  const { usage } = query;
  if (priced.pico === void 0 || usage === void 0) return [];
  if (usage.parts !== void 0) return linesOfParts(book, query, usage.parts, notes);
  const card = book.cardOf(query);
  if (card === void 0) return [];
  const found = linesOf(datedAt(card.rates, query.timeMillis).rate, usage, card.factor, priced.pico);
  if (found === void 0) {
    notes.push('The arithmetic of this price is not known.');
    return [];
  }
  if (found.adjusted > 0)
    notes.push(
      `${found.adjusted} of the lines ${found.adjusted === 1 ? 'is' : 'are'} rounded the other way, so that they add up to the pico-dollar.`,
    );
  return found.lines;
}
function linesOfParts(book, query, parts, notes) {
  return parts.flatMap((part) => {
    const ofPart = queryOfPart(query, part, parts);
    const lines = explainedLines(book, ofPart, book.price(ofPart), notes);
    const model = ofPart.model ?? ofPart.requestModel;
    return model === void 0 ? lines : lines.map((line) => ({ ...line, model }));
  });
}
function noteUnknown(query, card, priced, notes) {
  const model = query.model ?? query.requestModel;
  if (model === void 0) notes.push('No model is named, so there is no rate.');
  else if (card === void 0) {
    const of = query.provider === void 0 ? '' : ` of the provider "${query.provider}"`;
    notes.push(`The price list has no rate for the model "${model}"${of}. Unknown is not free.`);
  } else if (priced.reason === 'no_usage') notes.push('There are no counts of what this model is billed by.');
  else if (priced.reason === 'bad_amount') notes.push('The amount is above what can be billed for one call.');
}
function circumstances(book, query, card, notes) {
  if (card === void 0 || query.usage === void 0 || query.usage.parts !== void 0)
    return { band: void 0, tier: void 0, validFrom: void 0 };
  const dated = datedAt(card.rates, query.timeMillis);
  if (card.factor !== 1) notes.push(`The price factor ${decimalText(card.factor)} is applied to each line.`);
  if (card.rateMatch === 'prefix') notes.push('The model was matched by a part of its name only.');
  noteHours(dated, notes);
  return {
    band: bandInWords(dated, query.usage),
    tier: tierInWords(book, query, card),
    validFrom: dated.fromMillis === void 0 ? void 0 : new Date(dated.fromMillis).toISOString(),
  };
}
function noteHours({ daily, weekdaysOnly }, notes) {
  if (daily === void 0) return;
  const days = weekdaysOnly === true ? ', Monday to Friday' : '';
  notes.push(`These rates apply from ${hour(daily.fromMillis)} to ${hour(daily.toMillis)} UTC${days}.`);
}
function hour(millis) {
  const minutes = Math.floor(millis / MILLIS_PER_MINUTE2);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
function bandInWords({ rate }, usage) {
  if (rate.bands.length === 1) return void 0;
  const band = bandOf(rate, usage.tokens);
  if (band === rate.bands[0]) return `input of up to ${rate.flatUpTo.toLocaleString('en-US')} tokens`;
  return `input of more than ${band.overInputTokens.toLocaleString('en-US')} tokens`;
}
function tierInWords(book, query, card) {
  const { serviceTier } = query;
  if (serviceTier === void 0) return void 0;
  const atList = book.cardOf({ ...query, serviceTier: void 0 });
  if (atList?.source !== card.source) return `${serviceTier}: rates of its own`;
  if (card.estimate === void 0) return `${serviceTier}: billed at list price`;
  return `${serviceTier}: no rate of its own, priced at list price`;
}

// src/export/span-explanation.ts
function explainSpan(attributes, timeMillis, options) {
  try {
    const { lines, notes } = explainCost({ attributes, timeMillis }, options);
    return {
      lines: lines.map(({ label, quantity, unit, usdPerUnit, pico }) => ({
        label,
        quantity: String(quantity),
        unit,
        usdPerUnit,
        pico,
      })),
      notes: [...notes],
    };
  } catch {
    return void 0;
  }
}

// src/store/library.ts
function libraryWith(options = {}) {
  const { overrides, aliases, providerAliases, priceFactors } = options;
  const rates = { overrides, aliases, providerAliases, priceFactors };
  return {
    price: (spans2) => priceSpans(spans2, options),
    hintsOf: (spans2) => costHintsOf(spans2, options),
    explain: (attributes, timeMillis) => explainSpan(attributes, timeMillis, rates),
  };
}

// src/store/otlp-json.ts
async function* otlpJsonOf(database, bounds) {
  const rows2 = database.stream(
    `SELECT s.*, r.attributes AS resource_attributes
     FROM spans s LEFT JOIN (SELECT hash, any_value(attributes) AS attributes FROM resources GROUP BY hash) r
       ON r.hash = s.resource
     WHERE NOT is_priced_here AND end_ns >= $from AND end_ns < $to ORDER BY s.resource, s.instrumentation, s.seq`,
    bounds,
  );
  let open;
  yield '{"resourceSpans":[';
  for await (const chunk of rows2) {
    const pieces = [];
    for (const row of chunk) {
      const group = `${sumOf(row, 'resource')} ${textOf(row, 'instrumentation')}`;
      if (group !== open) pieces.push(`${open === void 0 ? '' : ']}]},'}${groupOf2(row)}`);
      else pieces.push(',');
      pieces.push(JSON.stringify(spanOf3(row)));
      open = group;
    }
    yield pieces.join('');
  }
  yield open === void 0 ? ']}' : ']}]}]}';
}
function groupOf2(row) {
  const resource = JSON.stringify({ attributes: keyValues(textOf(row, 'resource_attributes')) });
  const scope = JSON.stringify({ name: textOf(row, 'instrumentation') ?? '' });
  return `{"resource":${resource},"scopeSpans":[{"scope":${scope},"spans":[`;
}
function spanOf3(row) {
  const original = attributesIn(textOf(row, 'original_times') ?? '');
  const parent = textOf(row, 'parent_id');
  const message = textOf(row, 'status_message');
  return {
    traceId: wordOf(row, 'trace_id'),
    spanId: wordOf(row, 'span_id'),
    ...(parent === null ? {} : { parentSpanId: parent }),
    name: wordOf(row, 'name'),
    kind: 1,
    startTimeUnixNano: String(original.start ?? sumOf(row, 'start_ns')),
    endTimeUnixNano: String(original.end ?? sumOf(row, 'end_ns')),
    attributes: keyValues(textOf(row, 'attributes')),
    status: { code: Number(sumOf(row, 'status_code')), ...(message === null ? {} : { message }) },
  };
}
function keyValues(json) {
  return Object.entries(attributesIn(json ?? '')).map(([key, value]) => ({ key, value: anyValue(value) }));
}
function anyValue(value) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value !== 'object' || value === null) return {};
  return {
    kvlistValue: { values: Object.entries(value).map(([key, item]) => ({ key, value: anyValue(item) })) },
  };
}

// src/store/retention.ts
var DAY_MILLIS4 = 864e5;
var KEPT_SHARE = 0.9;
var CHECK_MILLIS = 6e4;
var PAUSE_MILLIS = 5e3;
var TABLES_WITH_TRACES = ['spans', 'costs', 'rollups', 'budget_marks', 'traces_to_price'];
var Retention = class {
  constructor(options, storedSpans) {
    this.options = options;
    this.storedSpans = storedSpans;
    this.timer = setInterval(() => this.runSoon(), CHECK_MILLIS);
    this.timer.unref();
  }
  options;
  storedSpans;
  timer;
  running;
  lastRun = Number.NEGATIVE_INFINITY;
  /** Since the store was opened. */
  deletedSpans = 0;
  noteAdded(spans2) {
    this.storedSpans += spans2;
    const { maxSpans, now } = this.options;
    if (maxSpans === void 0 || this.storedSpans <= maxSpans) return;
    if (now() - this.lastRun >= PAUSE_MILLIS) this.runSoon();
  }
  /** Deletes what is too old or too much now. */
  async run() {
    const { keepDays, maxSpans, now } = this.options;
    this.lastRun = now();
    if (keepDays !== void 0) {
      const before = BigInt(Math.floor(now() - keepDays * DAY_MILLIS4));
      await this.delete('HAVING max(arrived_ms) < $before', { before });
    }
    if (maxSpans !== void 0 && this.storedSpans > maxSpans) {
      await this.delete(
        `QUALIFY sum(count(*)) OVER (ORDER BY max(seq) DESC) > $kept
           AND row_number() OVER (ORDER BY max(seq) DESC) > 1`,
        { kept: BigInt(Math.floor(maxSpans * KEPT_SHARE)) },
      );
    }
  }
  /** Deletes the traces that ended before a time, or all. Returns the number of spans. */
  deleteBefore(millis) {
    return millis === null
      ? this.delete('', {})
      : this.delete('HAVING max(end_ns) < $before', { before: nanosOf(millis) });
  }
  async close() {
    clearInterval(this.timer);
    await this.running;
  }
  runSoon() {
    this.running ??= this.run()
      .catch(() => void 0)
      .finally(() => {
        this.running = void 0;
      });
  }
  /** `which`: the end of a query over traces, from the code only. */
  delete(which, parameters) {
    const { database, lock } = this.options;
    return lock.run(async () => {
      await database.run(
        `CREATE OR REPLACE TEMP TABLE old_traces AS
         SELECT trace_id, count(*) FILTER (NOT is_priced_here) AS spans FROM spans GROUP BY trace_id ${which}`,
        parameters,
      );
      const [row = {}] = await database.run('SELECT coalesce(sum(spans), 0) AS spans FROM old_traces');
      const spans2 = countOf(row, 'spans');
      if (spans2 === 0) return 0;
      await this.deleteTraces();
      this.storedSpans -= spans2;
      this.deletedSpans += spans2;
      await this.options.onDeleted(spans2);
      return spans2;
    });
  }
  async deleteTraces() {
    const { database } = this.options;
    await database.run('BEGIN');
    try {
      for (const table of TABLES_WITH_TRACES) {
        await database.run(`DELETE FROM ${table} WHERE trace_id IN (SELECT trace_id FROM old_traces)`);
      }
      await database.run('COMMIT');
    } catch (error) {
      await database.run('ROLLBACK').catch(() => void 0);
      throw error;
    }
  }
};

// src/store/trace-pricing.ts
var STEP_MILLIS2 = 250;
var MAX_LOOKED_AT = 2e3;
var MAX_PRICED = 200;
var MAX_SPANS_A_TURN = 1e3;
var MAX_PRICED_SPANS = 1e4;
var REST_RATIO = 20;
var MAX_RESTING = 1e3;
var PARENT_MILLIS = 6e4;
var TracePricing = class {
  constructor(options, isUsed) {
    this.options = options;
    this.isUsed = isUsed;
  }
  options;
  isUsed;
  timer;
  running;
  isClosed = false;
  restUntil = /* @__PURE__ */ new Map();
  tooLarge = 0;
  failure = null;
  /** True once anything was priced here. */
  get hasPriced() {
    return this.isUsed;
  }
  /** In words, what could not be priced. */
  get trouble() {
    if (this.failure !== null) return `Pricing failed: ${this.failure}`;
    if (this.tooLarge === 0) return null;
    return `${this.tooLarge} ${this.tooLarge === 1 ? 'trace has' : 'traces have'} more than ${MAX_PRICED_SPANS.toLocaleString('en-US')} spans; only so many were priced here, and their totals are lower bounds.`;
  }
  /** Looks for traces to price soon. */
  wake() {
    if (this.isClosed || this.timer !== void 0) return;
    this.timer = setTimeout(() => {
      this.timer = void 0;
      this.running = this.step().finally(() => {
        this.running = void 0;
      });
    }, STEP_MILLIS2);
    this.timer.unref();
  }
  /** Prices what is due now. For tests, and before questions about a store that was just filled. */
  async priceDue() {
    await this.running;
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      await this.priceOnce();
      const left = await this.dueTraces();
      if (left === 0 || left >= before) return;
      before = left;
    }
  }
  async dueTraces() {
    const { database, now } = this.options;
    const [row = {}] = await database.all(
      'SELECT count(DISTINCT trace_id) AS traces FROM traces_to_price WHERE due_ms <= $now',
      { now: BigInt(now()) },
    );
    return countOf(row, 'traces');
  }
  async close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running;
  }
  async step() {
    try {
      if (await this.priceOnce()) this.wake();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
  /** True when traces wait, now or later. */
  async priceOnce() {
    const { database, now } = this.options;
    const due = await database.all(
      `SELECT trace_id, max(seq) AS seq FROM traces_to_price GROUP BY trace_id HAVING min(due_ms) <= $now
       ORDER BY min(due_ms) LIMIT ${MAX_LOOKED_AT}`,
      { now: BigInt(now()) },
    );
    const traces = due
      .map((row) => ({ traceId: wordOf(row, 'trace_id'), seq: sumOf(row, 'seq') }))
      .filter(({ traceId }) => !((this.restUntil.get(traceId) ?? 0) > now()));
    if (traces.length > 0) await this.priceTraces(traces);
    const [left = {}] = await database.all('SELECT count(*) AS rows FROM traces_to_price');
    return countOf(left, 'rows') > 0;
  }
  async priceTraces(traces) {
    const relevant = await this.unmetered(traces.map(({ traceId }) => traceId));
    const priced = new Set([...relevant.keys()].slice(0, MAX_PRICED));
    const done = traces.filter(({ traceId }) => priced.has(traceId) || !relevant.has(traceId));
    const rows2 = [];
    const waiting2 = [];
    let inTurn = 0;
    for (const trace of done) {
      const spans2 = relevant.get(trace.traceId);
      if (spans2 === void 0) continue;
      if (inTurn > 0 && inTurn + spans2 > MAX_SPANS_A_TURN) {
        await nextTurn();
        inTurn = 0;
      }
      inTurn += spans2;
      const result = await this.priceSafely(trace.traceId);
      for (const row of result.rows) rows2.push(row);
      if (result.hasOpenParent) waiting2.push(trace);
    }
    if (rows2.length > 0) this.isUsed = true;
    await this.options.lock.run(() => this.replace(done, rows2, waiting2));
    this.options.onPriced();
  }
  /** Of the traces, those with AI work in a resource that is not metered, with the number of spans there. */
  async unmetered(traces) {
    const rows2 = await this.options.database.all(
      `SELECT trace_id, sum(spans) AS spans FROM (
         SELECT trace_id, resource, count(*) AS spans, bool_or(is_metered) AS is_metered, bool_or(looks_ai) AS looks_ai
         FROM spans WHERE NOT is_priced_here AND trace_id IN (SELECT unnest($traces)) GROUP BY trace_id, resource)
       WHERE NOT is_metered GROUP BY trace_id HAVING bool_or(looks_ai)`,
      { traces },
    );
    return new Map(rows2.map((row) => [wordOf(row, 'trace_id'), countOf(row, 'spans')]));
  }
  /** A trace that makes pricing fail is left without a cost, and does not stop the others. */
  async priceSafely(traceId) {
    try {
      return await this.priceTrace(traceId);
    } catch (error) {
      this.failure = `trace ${traceId}: ${error instanceof Error ? error.message : String(error)}`;
      return { rows: [], hasOpenParent: false };
    }
  }
  async priceTrace(traceId) {
    const { database, price: price2, now } = this.options;
    const rows2 = await this.spansOf(database, traceId);
    const isTooLarge = rows2.length > MAX_PRICED_SPANS;
    if (isTooLarge) this.tooLarge += 1;
    const lastArrival = rows2.reduce((last, row) => Math.max(last, countOf(row, 'arrived_ms')), 0);
    const isOver = now() - lastArrival >= PARENT_MILLIS;
    const { spans: spans2, hasOpenParent } = unpricedSpans(rows2.slice(0, MAX_PRICED_SPANS), {
      waits: !isOver,
    });
    const begun = performance.now();
    const priced = price2(spans2);
    this.rest(traceId, performance.now() - begun);
    const arrival = { now: now(), takeSeq: this.options.takeSeq, isComplete: !isTooLarge };
    return { rows: pricedRows(rows2, priced, arrival), hasOpenParent };
  }
  rest(traceId, tookMillis) {
    if (tookMillis < STEP_MILLIS2 / REST_RATIO) return;
    if (this.restUntil.size >= MAX_RESTING) this.restUntil.clear();
    this.restUntil.set(traceId, this.options.now() + tookMillis * REST_RATIO);
  }
  spansOf(database, traceId) {
    return database.all(
      `WITH trace AS (SELECT * FROM spans WHERE trace_id = $trace AND NOT is_priced_here),
         metered AS (SELECT DISTINCT resource FROM trace WHERE is_metered)
       SELECT trace.trace_id, span_id, parent_id, name, service, instrumentation, start_ns, end_ns, status_code,
         arrived_ms, trace.attributes, resources.attributes AS resource_attributes, trace.resource,
         parent_id IN (SELECT span_id FROM trace) AS has_parent
       FROM trace LEFT JOIN (SELECT hash, any_value(attributes) AS attributes FROM resources GROUP BY hash) resources
         ON resources.hash = trace.resource
       WHERE trace.resource NOT IN (SELECT resource FROM metered)
       ORDER BY start_ns, seq LIMIT ${MAX_PRICED_SPANS + 1}`,
      { trace: traceId },
    );
  }
  /** One transaction: what was computed before goes, and what was computed now comes. */
  async replace(done, rows2, waiting2) {
    const { database, now } = this.options;
    const traces = done.map(({ traceId }) => traceId);
    const batch = await BatchWriter.open(database);
    await database.run('BEGIN');
    try {
      if (this.isUsed) {
        await database.run(
          'DELETE FROM spans WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
        await database.run(
          'DELETE FROM costs WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
        await database.run(
          'DELETE FROM rollups WHERE is_priced_here AND trace_id IN (SELECT unnest($traces))',
          { traces },
        );
      }
      await database.run(
        `DELETE FROM traces_to_price t USING (SELECT unnest($traces) AS trace_id, unnest($seqs) AS seq) done
         WHERE t.trace_id = done.trace_id AND t.seq <= done.seq`,
        { traces, seqs: done.map(({ seq }) => seq) },
      );
      batch.appendSpans(rows2.filter(({ span }) => span.is_priced_here));
      batch.appendFigures(rows2);
      const due = BigInt(now() + PARENT_MILLIS);
      batch.appendTraces(waiting2.map(({ traceId, seq }) => ({ trace_id: traceId, seq, due_ms: due })));
      batch.flush();
      await database.run('COMMIT');
    } catch (error) {
      batch.abandon();
      await database.run('ROLLBACK').catch(() => void 0);
      throw error;
    }
    batch.close();
  }
};

// src/store/open-store.ts
async function openStore(options = {}) {
  const database = await Database.open(options.file ?? null, { readOnly: options.readOnly ?? false });
  const listeners2 = /* @__PURE__ */ new Set();
  const notify2 = (spans2) => {
    for (const listener of listeners2) listener(spans2);
  };
  const { explain, hintsOf } = libraryWith(options.pricing);
  const parts = await partsOf3(database, options, notify2);
  const { intake, pricing, retention, context } = parts;
  const period = async (window2) => periodOf(window2, await spansOf(context), context.now());
  return {
    ...answerQuestions({ ...context, explain: options.explain ?? explain, hintsOf }),
    file: database.file,
    add: (spans2) => intake.add(spans2),
    onChange(listener) {
      listeners2.add(listener);
      return () => listeners2.delete(listener);
    },
    leaves: (window2) => leavesIn(context, window2),
    async *otlpJson(window2) {
      yield* otlpJsonOf(database, boundsOf(await period(window2)));
    },
    bytes: () => database.bytes(),
    advice: async () => adviceFor((await spansOf(context)).spans, await database.bytes()),
    get trouble() {
      return pricing?.trouble ?? null;
    },
    get deletedSpans() {
      return retention.deletedSpans;
    },
    async deleteSpans(beforeMillis) {
      const spans2 = await retention.deleteBefore(beforeMillis);
      if (spans2 > 0) notify2(0);
      return spans2;
    },
    priceDue: async () => pricing?.priceDue(),
    close: () => closeAll(parts, options.readOnly ?? false),
  };
}
async function partsOf3(database, options, notify2) {
  const context = { database, now: options.now ?? Date.now };
  const lock = new WriteLock();
  const kept = await keptIds(database);
  const intake = new Intake({
    ...context,
    ...kept,
    lock,
    keepContent: options.keepContent ?? false,
    maxWaitingSpans: options.maxWaitingSpans,
    hasPriced: () => pricing?.hasPriced ?? false,
    onCommit: (spans2) => {
      pricing?.wake();
      retention.noteAdded(spans2);
      notify2(spans2);
    },
  });
  const price2 = options.price ?? libraryWith(options.pricing).price;
  const forPricing = {
    ...context,
    lock,
    price: price2,
    takeSeq: () => intake.takeSeq(),
    onPriced: () => notify2(0),
  };
  const pricing = options.readOnly ? void 0 : new TracePricing(forPricing, await hasPricedRows(database));
  pricing?.wake();
  const { keepDays, maxSpans } = options.readOnly ? {} : options;
  const onDeleted = async () => {
    const { spans: spans2 } = await spansOf(context);
    if (kept.ids.size > 2 * spans2) await fillIds(kept.ids, database);
  };
  const retention = new Retention({ ...context, lock, keepDays, maxSpans, onDeleted }, kept.ids.size);
  return { database, context, lock, intake, pricing, retention };
}
async function closeAll(parts, isReadOnly) {
  const { database, lock, intake, pricing, retention } = parts;
  await intake.idle();
  await pricing?.close();
  await retention.close();
  if (!isReadOnly) await lock.run(() => database.run('CHECKPOINT'));
  database.close();
}
async function fillIds(ids, database) {
  ids.clear();
  for await (const rows2 of database.stream('SELECT id_hash FROM spans WHERE NOT is_priced_here')) {
    for (const row of rows2) {
      const hash = wholeOf(row, 'id_hash') ?? 0n;
      ids.add({ high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) });
    }
  }
}
async function keptIds(database) {
  const ids = new IdSet();
  await fillIds(ids, database);
  const [last = {}] = await database.run(
    `SELECT max(seq) AS seq FROM (SELECT max(seq) AS seq FROM spans UNION ALL SELECT max(seq) FROM costs
       UNION ALL SELECT max(seq) FROM rollups)`,
  );
  return { ids, firstSeq: (wholeOf(last, 'seq') ?? 0n) + 1n, seed: await seedOf(database) };
}
async function seedOf(database) {
  const [row] = await database.run("SELECT value FROM meta WHERE key = 'seed'");
  return Number(row?.value);
}
async function hasPricedRows(database) {
  const rows2 = await database.run('SELECT 1 AS row FROM costs WHERE is_priced_here LIMIT 1');
  return rows2.length > 0;
}

// bench/made-spans.ts
import { createHash as createHash5 } from 'node:crypto';

var RESOURCE = { 'service.name': 'bench', 'telemetry.sdk.language': 'nodejs' };
var MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash'];
var TOOLS = ['web_search', 'read_page', 'run_code'];
var TEAMS = ['search', 'support', 'growth'];
var STEPS = 10;
var SPANS_A_TASK = 2 * STEPS + 2;
function idOf(text3, length) {
  return createHash5('sha1').update(text3).digest('hex').slice(0, length);
}
function madeTask2(number, endMillis) {
  const traceId = idOf(`trace ${number}`, 32);
  const taskId = idOf(`task ${number}`, 16);
  const agentId = idOf(`agent ${number}`, 16);
  const end = BigInt(Math.floor(endMillis)) * 1000000n;
  const start = end - 20000000000n;
  const labels = {
    'task.id': taskId,
    'task.name': `task-${number % 20}`,
    'session.id': `session-${Math.floor(number / 3)}`,
    'user.id': `user-${number % 1e3}`,
    'cost.tag.team': TEAMS[number % TEAMS.length],
  };
  const span = (spanId, parentSpanId, name, step, attributes) => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 1,
    statusCode: (number + step) % 50 === 0 ? 2 : 0,
    statusMessage: '',
    startNanos: start + BigInt(step) * 1000000000n,
    endNanos: step < 0 ? end : start + BigInt(step + 1) * 1000000000n,
    attributes: { ...attributes },
    attributeTypes: {},
    droppedAttributesCount: 0,
    events: [],
    scopeName: 'otel-agent-cost',
    resource: RESOURCE,
  });
  const spans2 = [];
  let llm = 0n;
  let tool = 0n;
  let input = 0;
  let output = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const model = MODELS[(number + step) % MODELS.length];
    const tokens = 500 + step * 700 + (number % 97);
    const pico = BigInt(tokens) * 2500000n + 1000000000n;
    llm += pico;
    input += tokens;
    output += 100;
    spans2.push(
      span(idOf(`chat ${number} ${step}`, 16), agentId, `chat ${model}`, 2 * step, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
        'gen_ai.response.id': `chatcmpl-${number}-${step}`,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': tokens,
        'gen_ai.usage.output_tokens': 100,
        'gen_ai.usage.cost': Number(pico) / 1e12,
        'gen_ai.agent.name': 'researcher',
        'cost.kind': 'llm',
        'cost.source': `genai-prices/openai/${model}@0.1.8`,
        cost_usd: Number(pico) / 1e12,
        ...labels,
      }),
    );
    tool += 1000000000n;
    spans2.push(
      span(idOf(`tool ${number} ${step}`, 16), agentId, 'execute_tool', 2 * step + 1, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': TOOLS[(number + step) % TOOLS.length],
        'gen_ai.agent.name': 'researcher',
        'cost.kind': 'tool',
        'cost.source': 'declared',
        cost_usd: 1e-3,
        'gen_ai.usage.cost': 1e-3,
        ...labels,
      }),
    );
  }
  const total = Number(llm + tool) / 1e12;
  const figures = (scope) => ({
    [`${scope}.cost_usd`]: total,
    [`${scope}.cost_usd_nanos`]: Math.round(total * 1e9),
    [`${scope}.llm_cost_usd`]: Number(llm) / 1e12,
    [`${scope}.tool_cost_usd`]: Number(tool) / 1e12,
    [`${scope}.input_tokens`]: input,
    [`${scope}.output_tokens`]: output,
    [`${scope}.llm_calls`]: STEPS,
    [`${scope}.tool_calls`]: STEPS,
    [`${scope}.steps`]: STEPS,
    [`${scope}.cost_complete`]: true,
  });
  spans2.push(
    span(agentId, taskId, 'invoke_agent researcher', -1, {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'researcher',
      'task.id': taskId,
      ...figures('agent'),
    }),
  );
  if (number % 100 !== 99) {
    spans2.push(
      span(taskId, '', `task task-${number % 20}`, -1, {
        'gen_ai.operation.name': 'invoke_workflow',
        ...labels,
        'task.outcome': number % 10 === 0 ? 'failure' : 'success',
        'task.actions': number % 10 === 0 ? 0 : 1,
        ...(number % 10 === 0 ? { 'task.wasted_cost_usd': total } : {}),
        ...figures('task'),
      }),
    );
  }
  return spans2;
}

// bench/store.ts
var { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    spans: { type: 'string', default: '1000000' },
    file: { type: 'string' },
    rate: { type: 'string', default: '0' },
    copies: { type: 'string', default: '1' },
  },
});
var BATCH_TASKS = 23;
var IN_FLIGHT = 4;
function log(label, value) {
  process.stdout.write(`${label.padEnd(34)} ${value}
`);
}
async function fill(store2, spans2, seconds) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const begun = performance2.now();
  const cpu = process.cpuUsage();
  const target = Number(values.rate);
  let number = 0;
  let sent = 0;
  let busy = 0;
  let making = 0;
  const isOver = () => sent >= spans2 || performance2.now() - begun > seconds * 1e3;
  const sender = async () => {
    while (!isOver()) {
      const ahead = target > 0 ? (sent / target) * 1e3 - (performance2.now() - begun) : 0;
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
      const madeAt = performance2.now();
      const batch = [];
      for (let task = 0; task < BATCH_TASKS; task += 1, number += 1) {
        batch.push(...madeTask2(number, Date.now() - (spans2 / SPANS_A_TASK - number) * 5));
      }
      making += performance2.now() - madeAt;
      sent += batch.length;
      for (;;) {
        try {
          await store2.add(batch);
          break;
        } catch (error) {
          if (!(error instanceof StoreBusyError)) throw error;
          busy += 1;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
  const took = (performance2.now() - begun) / 1e3;
  delay.disable();
  log('spans', sent);
  log('seconds', took.toFixed(1));
  const { user, system } = process.cpuUsage(cpu);
  log('CPU a span (\xB5s)', ((user + system) / sent).toFixed(1));
  log('spans a second', Math.round(sent / took));
  log('seconds for making them', (making / 1e3).toFixed(1));
  log('busy answers', busy);
  log(
    'event loop delay p99, max (ms)',
    `${(delay.percentile(99) / 1e6).toFixed(1)}, ${(delay.max / 1e6).toFixed(1)}`,
  );
  log('memory (MB)', Math.round(process.memoryUsage().rss / 1e6));
  log('store (MB)', Math.round((await store2.bytes()) / 1e6));
  return number;
}
async function time(label, ask) {
  const times = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < 5; round += 1) {
    const begun = performance2.now();
    await ask();
    times.push(performance2.now() - begun);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const wall = `${(times[2] ?? 0).toFixed(0)} ms, fastest ${(times[0] ?? 0).toFixed(0)}, slowest ${(times[4] ?? 0).toFixed(0)}`;
  log(label, `${wall}; CPU ${((user + system) / 5e3).toFixed(0)} ms`);
}
async function copy(path, copies) {
  const database = await Database.open(path, { readOnly: false });
  for (let number = 1; number < copies; number += 1) {
    for (const table of ['spans', 'costs', 'rollups']) {
      const own = table === 'spans' ? ', id_hash + $number AS id_hash' : '';
      const scope = table === 'rollups' ? ', scope_id || $suffix AS scope_id' : '';
      const task = table === 'costs' ? ', task_id || $suffix AS task_id' : '';
      await database.run(
        `INSERT INTO ${table} SELECT * REPLACE (trace_id || $suffix AS trace_id, task || $suffix AS task ${own} ${scope} ${task})
         FROM ${table} WHERE NOT contains(trace_id, '-')`,
        own === '' ? { suffix: `-${number}` } : { suffix: `-${number}`, number: BigInt(number) },
      );
    }
  }
  await database.run('CHECKPOINT');
  database.close();
}
var file = values.file;
if (file !== void 0 && existsSync2(file)) rmSync(file);
var store = await openStore({ ...(file === void 0 ? {} : { file }) });
var tasks = await fill(
  store,
  values.seconds === void 0 ? Number(values.spans) : Number.POSITIVE_INFINITY,
  Number(values.seconds ?? 1e9),
);
if (file !== void 0 && Number(values.copies) > 1) {
  await store.close();
  await copy(file, Number(values.copies));
  const opening = performance2.now();
  store = await openStore({ file });
  log('opened with the copies (ms)', Math.round(performance2.now() - opening));
  log('spans', (await store.spans()).spans);
  log('store (MB)', Math.round((await store.bytes()) / 1e6));
  log('memory (MB)', Math.round(process.memoryUsage().rss / 1e6));
}
var window = 'all';
await time('spans', () => store.spans());
await time('overview', () => store.overview(window));
await time('tasks', () => store.tasks({ window }));
await time('tasks by total, page 10', () => store.tasks({ window, sort: 'total', offset: 1e3 }));
await time('tasks filtered', () => store.tasks({ window, filter: 'session-77' }));
await time('outliers', () => store.tasks({ window, only: 'outliers' }));
await time('distribution', () => store.distribution(window));
await time('opportunities', () => store.opportunities(window));
var { rows } = await store.tasks({ window, limit: 1 });
await time('one task', () => store.task(rows[0]?.id ?? ''));
var keys2 = ['session', 'task', 'model', 'tool', 'agent', 'team', 'user'];
for (const by of keys2) await time(`explore by ${by}`, () => store.explore({ window, by }));
var closing = performance2.now();
await store.close();
log('close (ms)', Math.round(performance2.now() - closing));
log('tasks', tasks);
if (file !== void 0) {
  const opening = performance2.now();
  const again = await openStore({ file });
  log('open again (ms)', Math.round(performance2.now() - opening));
  await again.close();
}

/** ClickHouse's HTTP interface, as far as tests ask it. */

/** One answer takes no longer, in ms. */
const ANSWER_MILLIS = 10_000;

/** Numbers as text, as every digit of them was. */
export interface SqlAnswer {
  columns: { name: string; isNumber: boolean }[];
  rows: (string | null)[][];
}

interface JsonAnswer {
  meta: { name: string; type: string }[];
  data: (string | number | boolean | null)[][];
}

const EVERY_DIGIT =
  '\nSETTINGS output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 1';

export class ClickHouseClient {
  constructor(readonly url: string) {}

  async query(sql: string): Promise<SqlAnswer> {
    const { meta, data }: JsonAnswer = JSON.parse(await this.run(sql + EVERY_DIGIT, 'JSONCompact'));
    return {
      columns: meta.map(({ name, type }) => ({ name, isNumber: /Decimal|Int|Float/.test(type) })),
      rows: data.map((row) => row.map((value) => (value === null ? null : String(value)))),
    };
  }

  /** A statement, and what it is answered in that format. */
  async run(statement: string, format = 'TabSeparated'): Promise<string> {
    const response = await fetch(`${this.url}/?default_format=${format}`, {
      method: 'POST',
      body: statement,
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${text.slice(0, 500)}\n${statement}`);
    return text;
  }
}

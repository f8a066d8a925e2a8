/** The README and the pages of docs/ as their readers use them, and what the snippets take for granted. */
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

export const README = readFileSync(new URL('README.md', ROOT), 'utf8');

/** The pages beside the README, by file name; without docs/api/, which is made from the declarations. */
export const PAGES: ReadonlyMap<string, string> = pagesIn('docs/');

/** The API reference, by file name. */
export const REFERENCE: ReadonlyMap<string, string> = pagesIn('docs/api/');

function pagesIn(folder: string): Map<string, string> {
  const names = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.md'));
  return new Map(names.map((name) => [name, readFileSync(new URL(folder + name, ROOT), 'utf8')]));
}

/** The code blocks of one language on a page. */
export function codeBlocks(language: string, page = README): string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, named]) => named === language)
    .map(([, , code]) => code ?? '');
}

/** What a reader's own app would have around the snippets. */
export const READERS_APP = `
declare const openai: {
  chat: { completions: { create(request: object): Promise<{ choices: { message: { content: string } }[] }> } };
};
declare const request: object;
declare function searchWeb(query: string, options?: { signal: AbortSignal }): Promise<string>;
declare function embedText(text: string): Promise<Embedding>;
interface Embedding { tokens: number; vector: number[] }
declare const crm: { lookup(company: string): Promise<{ name: string } | undefined> };
declare const payments: { send(invoice: object): Promise<void> };
declare const invoice: object;
declare const chatId: string;
declare const ticket: object;
declare function resolveTicket(ticket: object): Promise<boolean>;
declare const messages: { role: string; content: string }[];
declare function summarize(messages: readonly object[]): Promise<string>;
declare const console: { log(...values: unknown[]): void };
declare const queue: { add<T>(work: () => Promise<T> | T): Promise<T> };
`;

/** The client that the README's agent imports, without its network: 600 tokens in, 100 out. */
export const OPENAI_PACKAGE = {
  'node_modules/openai/package.json':
    '{ "name": "openai", "version": "7.0.0", "type": "module", "main": "index.js" }',
  'node_modules/openai/index.js': `
    export default class OpenAI {
      chat = { completions: { create: async () => ({
        id: 'chatcmpl-1',
        model: 'gpt-4o-2024-08-06',
        choices: [{ message: { content: 'Morse' } }],
        usage: { prompt_tokens: 600, completion_tokens: 100, total_tokens: 700 },
      }) } };
    }`,
};

/** Runs the loop of docs/tasks.md with a model that first searches and then answers, exported over OTLP. */
export const LOOP_APP = `
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { CostSpanProcessor } from 'otel-agent-cost';

const provider = new NodeTracerProvider({
  spanProcessors: [new CostSpanProcessor(), new SimpleSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const { research } = await import('./loop.mjs');
console.log(JSON.stringify(await research('who?', 'chat-7')));
await provider.shutdown();
`;

export const LOOP_STUBS = `
const replies = [{ query: 'who' }, { answer: 'she' }];
const complete = async () => ({
  id: 'chatcmpl-' + replies.length,
  model: 'gpt-4o-2024-08-06',
  choices: [{ message: { content: JSON.stringify(replies.shift()) } }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
});
const searchWeb = async (query) => 'about ' + query;
`;

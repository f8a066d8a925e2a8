import { readFileSync } from 'node:fs';
import {
  cacheReadTokens,
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type Usage,
} from '../../src/usage/usage.js';

export interface ExpectedCounts {
  input_total: number | null;
  input_uncached?: number | null;
  cache_read: number;
  cache_write: number;
  output_total: number | null;
  reasoning: number;
  audio_in?: number;
  audio_out?: number;
}

export interface UsageCase {
  id: string;
  api: string;
  usage: Record<string, unknown>;
  expected: ExpectedCounts;
  why: string;
  stream_events_usage?: Record<string, unknown>[];
  other_model_usage?: { model: string; input_total: number; output_total: number }[];
  recorded_cost_usd?: number;
  audio_seconds?: number;
  search_units?: number;
  server_tools?: { web_search_requests?: number; num_server_side_tools_used?: number };
}

export interface SpanCase {
  id: string;
  name: string;
  instrumentation: { name: string; version: string };
  attributes: Record<string, unknown>;
  expected: { role: string; model: string | null; usage: ExpectedCounts | null };
  recorded_cost_usd?: number;
}

export function usageCases(): UsageCase[] {
  return read('usage-shapes.json').cases;
}

export function spanCases(): SpanCase[] {
  return read('span-attributes.json').cases;
}

function read(file: string) {
  return JSON.parse(readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8'));
}

/** A usage in the words of the fixtures, where uncached input is everything but the cache. */
export function counts(usage: Usage): Record<keyof ExpectedCounts, number> {
  const { tokens } = usage;
  return {
    input_total: inputTokens(tokens),
    input_uncached: tokens.input + tokens.inputAudio + tokens.inputImage + tokens.inputVideo,
    cache_read: cacheReadTokens(tokens),
    cache_write: cacheWriteTokens(tokens),
    output_total: outputTokens(tokens),
    reasoning: tokens.reasoning,
    audio_in: tokens.inputAudio + tokens.cacheReadAudio,
    audio_out: tokens.outputAudio,
  };
}

/** What a fixture expects; a total that is not stated is no count, and a part that is not named is not compared. */
export function expectedCounts(expected: ExpectedCounts): Record<string, number> {
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, value ?? 0]));
}

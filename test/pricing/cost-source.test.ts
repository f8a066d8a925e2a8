import { describe, expect, it } from 'vitest';
import {
  correctionSource,
  joinSources,
  listSource,
  overrideSource,
  withFactor,
} from '../../src/pricing/cost-source.js';

const source = listSource('openai', 'gpt-4o', undefined);
const version = source.slice(source.lastIndexOf('@'));

describe('the source of a rate', () => {
  it('ends with the version of the list, and a factor after it', () => {
    expect(source).toBe(`genai-prices/openai/gpt-4o${version}`);
    expect(listSource('anthropic', 'claude-opus-4-6', 'us')).toBe(
      `genai-prices/anthropic/claude-opus-4-6:us${version}`,
    );
    expect(withFactor(source, 0.9)).toBe(`genai-prices/openai/gpt-4o${version};factor=0.9`);
  });

  it('of an override is its name', () => {
    expect(overrideSource('m', undefined)).toBe('override/m');
    expect(overrideSource('m', 'batch')).toBe('override/m:batch');
  });
});

describe('the sources of several rates', () => {
  it('stand once each, with the version behind the last @', () => {
    const other = withFactor(listSource('openai', 'o3', undefined), 0.5);
    expect(joinSources([source, source])).toBe(source);
    expect(joinSources([other, source])).toBe(
      `genai-prices/openai/o3;factor=0.5+genai-prices/openai/gpt-4o${version}`,
    );
    expect(joinSources([source, 'override/m@home', other])).toBe(
      `override/m@home+genai-prices/openai/gpt-4o+genai-prices/openai/o3${version};factor=0.5`,
    );
  });

  it('have corrections in front of the list, and their version only where none is of the list', () => {
    const fee = correctionSource('azure', 'model-router', '2026-11-29');
    const large = correctionSource('mistral', 'mistral-large-latest', '2026-11-29');
    expect(joinSources([source, fee])).toBe(`corrections/azure/model-router+${source}`);
    expect(joinSources([fee, large])).toBe(
      'corrections/azure/model-router+corrections/mistral/mistral-large-latest@2026-11-29',
    );
    expect(joinSources([`corrections/azure/model-router+${source}`, source])).toBe(
      `corrections/azure/model-router+${source}`,
    );
  });

  it('of two versions of the list have the later one', () => {
    expect(joinSources(['genai-prices/openai/o3@1', 'genai-prices/openai/gpt-4o@2'])).toBe(
      'genai-prices/openai/o3+genai-prices/openai/gpt-4o@2',
    );
  });

  it('keep what is no source of ours as it is', () => {
    expect(joinSources(['reported', 'override/m@1;factor=2', undefined])).toBe(
      'reported+override/m@1;factor=2',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { joinSources, listSource, overrideSource, withFactor } from '../../src/pricing/cost-source.js';

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
});

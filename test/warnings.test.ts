import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetWarnings, INTERNAL_ERROR, printWarnings, warnOnce } from '../src/warnings.js';

const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
beforeEach(() => {
  forgetWarnings();
  emitted.mockClear();
});
afterEach(() => diag.disable());

describe('a warning where nobody listens to the diagnostics', () => {
  it('is a warning of the process, and says how to see the others', () => {
    warnOnce('option "modle" is not known', 'more');
    warnOnce('another one');
    expect(emitted.mock.calls).toEqual([
      [
        expect.stringMatching(/^option "modle" is not known: more\n.*diag\.setLogger\(new DiagConsoleLogger/),
        { type: 'otel-agent-cost' },
      ],
    ]);
  });

  it('is printed by register, each once', () => {
    const lines: string[] = [];
    printWarnings((line) => lines.push(line));
    for (const message of ['one', 'two', 'one']) warnOnce(message);
    expect(lines).toEqual(['one', 'two']);
    expect(emitted).not.toHaveBeenCalled();
  });
});

describe('a warning where the app listens', () => {
  it('goes to its logger alone', () => {
    printWarnings(() => expect.unreachable());
    const warn = vi.fn();
    const others = { debug: vi.fn(), error: vi.fn(), info: vi.fn(), verbose: vi.fn() };
    diag.setLogger({ ...others, warn }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    warnOnce('option "modle" is not known');
    expect(warn).toHaveBeenCalledWith('otel-agent-cost: option "modle" is not known');
    expect(emitted).not.toHaveBeenCalled();
  });

  it('harms nothing when the logger throws', () => {
    const fail = () => {
      throw new Error('full disk');
    };
    diag.setLogger({ debug: fail, error: fail, info: fail, verbose: fail, warn: fail });
    expect(() => warnOnce('anything')).not.toThrow();
  });
});

it('an error among the details is shown with its name and message', () => {
  warnOnce('a listener threw', new RangeError('too much'));
  expect(emitted.mock.calls[0]?.[0]).toMatch(/^a listener threw: RangeError: too much\n/);
});

it('one message is one warning, whatever its details', () => {
  const lines: string[] = [];
  printWarnings((line) => lines.push(line));
  for (let number = 0; number < 200; number++) warnOnce('option "sessionId" is left out', `got ${number}`);
  expect(lines).toEqual(['option "sessionId" is left out: got 0']);
});

it('an internal error is reported whatever was reported before', () => {
  const lines: string[] = [];
  printWarnings((line) => lines.push(line));
  for (let number = 0; number < 200; number++) warnOnce(`number ${number}`);
  warnOnce(INTERNAL_ERROR, new Error('ours'));
  expect(lines.at(-1)).toBe('internal error, please report it: Error: ours');
});

it('no more than 100 distinct warnings are given', () => {
  const lines: string[] = [];
  printWarnings((line) => lines.push(line));
  for (let number = 0; number < 200; number++) warnOnce(`number ${number}`);
  expect(lines).toHaveLength(100);
});

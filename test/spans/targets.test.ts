import type { AttributeValue } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { SdkSpan } from '../../src/sdk-span.js';
import { attributesToWrite, keepAttributes, putText, takesAttributes } from '../../src/spans/targets.js';
import { foreign, startTracing } from '../support/tracing.js';

type Attributes = Record<string, AttributeValue>;

/** A span of the SDK that says these attributes, and gives all that is set to `setAttribute`. */
function spanWith(
  attributes: () => Attributes,
  setAttribute: (key: string, value: AttributeValue) => void,
): SdkSpan {
  startTracing();
  const span = foreign().startSpan('x');
  Object.defineProperty(span, 'attributes', { get: attributes });
  span.setAttribute = (key, value) => {
    setAttribute(key, value);
    return span;
  };
  return span;
}

function write(span: SdkSpan): void {
  const into = attributesToWrite(span);
  putText(into, span, 'text', 'secret');
  into.last = 1;
  keepAttributes(span, into);
}

class Special {
  [key: string]: AttributeValue;
}

describe('a span whose attributes are not the plain object of the SDK', () => {
  it.each([
    ['a copy each time', () => ({})],
    ['frozen', () => FROZEN],
    ['of a class', () => SPECIAL],
  ])('is written by setAttribute: %s', (_, attributes) => {
    const set: Attributes = {};
    write(
      spanWith(attributes, (key, value) => {
        set[key] = value;
      }),
    );
    expect(set).toEqual({ text: 'secret', last: 1 });
  });

  const FROZEN: Attributes = Object.freeze({});
  const SPECIAL: Attributes = new Special();

  it('is written all the same where it is full', () => {
    const kept: Attributes = new Special();
    write(
      spanWith(
        () => kept,
        () => {},
      ),
    );
    expect({ ...kept }).toEqual({ text: 'secret', last: 1 });
  });

  it('keeps what an app made of it', () => {
    const kept: Attributes = new Special();
    write(
      spanWith(
        () => kept,
        (key) => {
          kept[key] = 'redacted';
        },
      ),
    );
    expect({ ...kept }).toEqual({ text: 'redacted', last: 'redacted' });
  });

  it('takes nothing by setAttribute when it has ended', () => {
    const kept: Attributes = new Special();
    const set: string[] = [];
    const span = spanWith(
      () => kept,
      (key) => set.push(key),
    );
    span.end();
    write(span);
    expect(set).toEqual([]);
    expect({ ...kept }).toEqual({ text: 'secret', last: 1 });
  });
});

describe("a string of the app's", () => {
  it('goes through setAttribute, which may redact it', () => {
    const kept: Attributes = {};
    write(
      spanWith(
        () => kept,
        (key) => {
          kept[key] = 'redacted';
        },
      ),
    );
    expect(kept).toEqual({ text: 'redacted', last: 1 });
  });
});

describe('a span', () => {
  it('takes attributes while it is recorded and when it has ended, and not where it is not recorded', () => {
    startTracing();
    const span: SdkSpan = foreign().startSpan('x');
    expect(takesAttributes(span)).toBe(true);
    span.end();
    expect(takesAttributes(span)).toBe(true);
    const unrecorded: SdkSpan = foreign().startSpan('x');
    unrecorded.isRecording = () => false;
    expect(takesAttributes(unrecorded)).toBe(false);
  });
});

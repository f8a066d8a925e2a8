/** Recorded spans of other instrumentations, started and ended again. */
import { readFileSync } from 'node:fs';
import { context, trace } from '@opentelemetry/api';
import { clock } from './recorder.mjs';

/**
 * @typedef {object} ReplaySpan
 * @property {string} name
 * @property {string} scope
 * @property {number} [parent] its place in the list; without one it stands in what is around
 * @property {object} [atStart] attributes
 * @property {object} [atEnd] attributes that come just before the end
 * @property {boolean} [failed]
 */

/** @param {string} file in test/fixtures */
export function fixture(file) {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${file}`, import.meta.url), 'utf8'));
}

/**
 * @param {ReplaySpan[]} spans
 * @param {number[]} order each span's place twice: at its start, and at its end
 */
export function replay(spans, order) {
  const around = context.active();
  const started = new Map();
  for (const place of order) {
    clock.tick();
    const { name, scope, parent, atStart = {}, atEnd = {}, failed } = spans[place];
    const running = started.get(place);
    if (running === undefined) {
      const above = started.get(parent);
      const at = above === undefined ? around : trace.setSpan(around, above);
      const options = { attributes: atStart, startTime: clock.millis };
      started.set(place, trace.getTracer(scope).startSpan(name, options, at));
      continue;
    }
    running.setAttributes(atEnd);
    if (failed) running.setStatus({ code: 2 });
    running.end(clock.millis);
  }
}

/** All starts, parents first, then all ends in the order of the list. @param {ReplaySpan[]} spans @param {number[]} [ends] */
export function parentsFirst(spans, ends = spans.map((_, place) => place)) {
  const depth = (place) => (spans[place].parent === undefined ? 0 : 1 + depth(spans[place].parent));
  const starts = spans.map((_, place) => place).sort((a, b) => depth(a) - depth(b));
  return [...starts, ...ends];
}

/** A span around, as of a web server, within which the work is done. */
export function underRoot(work) {
  const root = trace.getTracer('http').startSpan('POST /agent', { startTime: clock.tick() });
  const value = context.with(trace.setSpan(context.active(), root), work);
  const end = () => root.end(clock.tick());
  if (value instanceof Promise) return value.finally(end);
  end();
  return value;
}

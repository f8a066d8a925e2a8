/** The rules of `deploy/alerts/` as they are, in a hurry: tests cannot wait as long as somebody on call. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Rule, readRules } from '../../../test/support/rules.js';

/** In place of every `for:`, so that an alert is still seen to be pending first. */
const HOLD = '2s';

/** The file that adds up the windows of a day, and how it does so. */
const CALENDAR = 'agent-cost.calendar.rules.yaml';
const WINDOWS = [
  ['[26h:5m]', '[30m:10s]'],
  ['[5m]', '[10s]'],
  ['offset 5m', 'offset 10s'],
] as const;

export interface HastyRules {
  /** For `rule_files`. */
  pattern: string;
  remove(): void;
}

/**
 * Evaluated as often as Prometheus is told to, whatever a group says; expressions, labels and texts are untouched. With
 * `shortWindows` a day is split into windows of ten seconds in place of five minutes, and half an hour is all of it: its
 * figures are then there while the test runs.
 */
export function writeHastyRules({ shortWindows = false } = {}): HastyRules {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-rules-'));
  for (const { name, groups } of readRules()) {
    const shorten = shortWindows && name === CALENDAR ? shortened : (rule: Rule) => rule;
    const hasty = groups.map((group) => ({
      name: group.name,
      rules: group.rules.map((rule) => shorten(inHaste(rule))),
    }));
    writeFileSync(join(folder, name), stringify({ groups: hasty }));
  }
  return {
    pattern: join(folder, '*.rules.yaml'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function inHaste(rule: Rule): Rule {
  return rule.for === undefined ? rule : { ...rule, for: HOLD };
}

function shortened(rule: Rule): Rule {
  return { ...rule, expr: WINDOWS.reduce((expr, [long, short]) => expr.replaceAll(long, short), rule.expr) };
}

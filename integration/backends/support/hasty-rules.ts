/** The rules of `deploy/alerts/` as they are, in a hurry: tests cannot wait as long as somebody on call. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Rule, readRules } from '../../../test/support/rules.js';

/** In place of every `for:`, so that an alert is still seen to be pending first. */
const HOLD = '2s';

export interface HastyRules {
  /** For `rule_files`. */
  pattern: string;
  remove(): void;
}

/** Evaluated as often as Prometheus is told to, whatever a group says; expressions, labels and texts are untouched. */
export function writeHastyRules(): HastyRules {
  const folder = mkdtempSync(join(tmpdir(), 'otel-agent-cost-rules-'));
  for (const { name, groups } of readRules()) {
    const hasty = groups.map((group) => ({ name: group.name, rules: group.rules.map(inHaste) }));
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

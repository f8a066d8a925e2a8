/** The rules of Prometheus in deploy/alerts/, and the tests of them that promtool runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ALERTS_FOLDER = fileURLToPath(new URL('../../deploy/alerts/', import.meta.url));
export const RULE_TESTS_FOLDER = join(ALERTS_FOLDER, 'test');

export interface Rule {
  /** One of the two. */
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RuleGroup {
  name: string;
  interval?: string;
  rules: Rule[];
}

export interface RuleFile {
  name: string;
  groups: RuleGroup[];
}

export interface RuleTest {
  name: string;
  alert_rule_test?: { alertname: string; eval_time: string; exp_alerts: object[] }[];
  promql_expr_test?: { expr: string; exp_samples: object[] }[];
}

export interface RuleTestFile {
  /** Of the file. */
  file: string;
  rule_files: string[];
  evaluation_interval: string;
  group_eval_order?: string[];
  tests: RuleTest[];
}

export function readRules(): RuleFile[] {
  return yamlFiles(ALERTS_FOLDER).map((name) => ({
    name,
    ...parse(readFileSync(join(ALERTS_FOLDER, name), 'utf8')),
  }));
}

export function readRuleTests(): RuleTestFile[] {
  return yamlFiles(RULE_TESTS_FOLDER).map((file) => ({
    file,
    ...parse(readFileSync(join(RULE_TESTS_FOLDER, file), 'utf8')),
  }));
}

export function rulesOf(files: readonly RuleFile[]): Rule[] {
  return files.flatMap(({ groups }) => groups).flatMap(({ rules }) => rules);
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.yaml'));
}

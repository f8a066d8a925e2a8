import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRules, rulesOf } from '../support/rules.js';

interface Route {
  receiver: string;
  matchers?: string[];
  routes?: Route[];
}

interface Inhibition {
  source_matchers: string[];
  target_matchers: string[];
  equal: string[];
}

const text = readFileSync(new URL('../../deploy/alertmanager.yml', import.meta.url), 'utf8');
const config: { route: Route; inhibit_rules: Inhibition[]; receivers: { name: string }[] } = parse(text);
const alerts = rulesOf(readRules()).flatMap(({ alert, expr, labels = {} }) =>
  alert === undefined ? [] : [{ alert, expr, severity: labels.severity ?? '' }],
);

/** Like Alertmanager, as far as the file goes: `label="value"`, or a pattern of the whole value after `=~`. */
function matches(matchers: readonly string[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => {
    const [, label = '', operator, value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(matcher) ?? [];
    expect(operator, matcher).toBeDefined();
    const actual = labels[label] ?? '';
    return operator === '=' ? actual === value : new RegExp(`^(?:${value})$`).test(actual);
  });
}

function receiverOf(labels: Readonly<Record<string, string>>): string {
  const { routes = [], receiver } = config.route;
  return routes.find((route) => matches(route.matchers ?? [], labels))?.receiver ?? receiver;
}

describe('the configuration of Alertmanager', () => {
  it('sends each alert to the receiver of its severity', () => {
    const receivers = { critical: 'on-call', warning: 'team', info: 'nobody' };
    expect(new Set(alerts.map(({ severity }) => severity))).toEqual(new Set(Object.keys(receivers)));
    for (const { alert, severity } of alerts) {
      const expected = Object.entries(receivers).find(([name]) => name === severity)?.[1];
      expect(receiverOf({ alertname: alert, severity }), alert).toBe(expected);
    }
  });

  it('has each receiver that it sends to', () => {
    const { route, receivers } = config;
    const used = [route, ...(route.routes ?? [])].map(({ receiver }) => receiver);
    expect(receivers.map(({ name }) => name).sort()).toEqual([...new Set(used)].sort());
  });

  it('names alerts that there are, also in its comments', () => {
    const named = new Set(text.match(/Agent\w+/g));
    expect(named.size).toBeGreaterThan(8);
    for (const name of named) expect(alerts.map(({ alert }) => alert)).toContain(name);
  });

  it('silences an alert by one that is not itself, and that has the same labels', () => {
    const find = (matchers: string[]) =>
      alerts.filter(({ alert, severity }) => matches(matchers, { alertname: alert, severity }));
    for (const { source_matchers, target_matchers, equal } of config.inhibit_rules) {
      const [sources, targets] = [find(source_matchers), find(target_matchers)];
      expect(sources.length, source_matchers.join()).toBeGreaterThan(0);
      expect(targets.length, target_matchers.join()).toBeGreaterThan(0);
      expect(sources.filter((source) => targets.includes(source))).toEqual([]);
      // The recording rules keep `job` and `task_name`.
      for (const { alert, expr } of [...sources, ...targets]) {
        for (const label of equal) {
          expect(expr.includes(label) || /agent_cost:(task_|presence)/.test(expr), `${alert}: ${label}`).toBe(
            true,
          );
        }
      }
    }
  });

  it('is started by the command that its head and the page on the set-up say', () => {
    const page = readFileSync(new URL('../../docs/set-up.md', import.meta.url), 'utf8');
    expect(text).toContain('prometheus-alertmanager --config.file=alertmanager.yml');
    expect(page).toContain('prometheus-alertmanager --config.file=alertmanager.yml');
    expect(page).toContain('`deploy/alertmanager.yml`');
  });
});

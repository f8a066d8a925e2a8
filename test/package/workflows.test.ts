import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageJson } from './package-json.js';
import { repositoryRoot } from './sources.js';
import * as rules from './workflows.js';

const FOLDER = `${repositoryRoot}.github/workflows/`;
const COMMANDS: rules.Commands = {
  scripts: Object.keys(packageJson.scripts),
  isFile: (path) => existsSync(repositoryRoot + path),
};
const texts = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(FOLDER + name, 'utf8')]));

const workflowNamed = (name: string) => rules.readWorkflow(texts.get(name) ?? expect.unreachable(name));

describe.each([...texts])('the workflow %s', (name, text) => {
  const workflow = rules.readWorkflow(text);

  it('runs only what there is', () => {
    expect(rules.runsOf(workflow).length).toBeGreaterThan(1);
    expect(rules.findMissingCommands(workflow, COMMANDS)).toEqual([]);
  });

  it('names its actions by their commits', () => {
    expect(text).toContain('uses: actions/checkout@');
    expect(rules.findLooseActions(text)).toEqual([]);
  });

  it('has no right but to read, and to sign what it publishes', () => {
    expect(rules.findRights(workflow)).toEqual(name === 'release.yml' ? ['release: id-token write'] : []);
  });

  it('runs nothing that strangers wrote with rights of ours, and nothing without end', () => {
    expect(rules.findOpenDoors(workflow)).toEqual([]);
    expect(rules.findUnlimitedJobs(workflow)).toEqual([]);
  });
});

describe('the workflows together', () => {
  it('test on the oldest Node.js that is supported, and on those of .ci/run', () => {
    const { matrix } = parse(texts.get('ci.yml') ?? '').jobs.tests.strategy;
    const others = JSON.parse(readFileSync(`${repositoryRoot}.ci/node-versions/package.json`, 'utf8'));
    const majors = Object.keys(others.optionalDependencies).map((name) => Number(name.replace('node', '')));
    expect(matrix.node).toEqual([Number(/\d+/.exec(packageJson.engines.node ?? '')?.[0]), ...majors]);
  });

  it('run all of .ci/run, and what is quick of it on every push', () => {
    const runs = rules.runsOf(workflowNamed('ci.yml'));
    expect(runs).toContain('bash .ci/run');
    const steps = [
      ...readFileSync(`${repositoryRoot}.ci/run`, 'utf8').matchAll(/^step '[^']+' npm (?:run )?([\w:-]+)/gm),
    ];
    const quick = steps.map(([, script = '']) => script).filter((script) => !script.startsWith('test:'));
    expect(quick.length).toBeGreaterThan(5);
    expect(quick.filter((script) => !runs.some((run) => run.includes(` ${script}`)))).toEqual([]);
  });

  it('publish only by hand, and only with a tick', () => {
    const release = parse(texts.get('release.yml') ?? '');
    expect(Object.keys(release.on)).toEqual(['workflow_dispatch']);
    expect(release.on.workflow_dispatch.inputs.publish.default).toBe(false);
    const publishing = release.jobs.release.steps.filter(({ run = '' }) => run.includes('--publish'));
    expect(publishing.map((step: { if: string }) => step.if)).toEqual(['${{ inputs.publish }}']);
  });

  it('look at the price list regularly', () => {
    const { on } = workflowNamed('prices.yml');
    expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/) }]);
  });
});

describe('the checks of workflows can fail', () => {
  const workflowOf = (step: object, rest: object = {}): rules.Workflow => ({
    on: { push: {} },
    permissions: { contents: 'read' },
    jobs: { one: { 'timeout-minutes': 1, steps: [step] } },
    ...rest,
  });

  it('on a script or a file that is not there', () => {
    const missing = (run: string) => rules.findMissingCommands(workflowOf({ run }), COMMANDS);
    expect(missing('npm ci && npm test && npm run lint && node scripts/pack.mjs "$DIR"')).toEqual([]);
    expect(missing('npm run linting')).toEqual(['npm has no script linting: npm run linting']);
    expect(missing('bash ci/run')).toEqual(['there is no ci/run: bash ci/run']);
  });

  it('on an action named by a tag, or without its version beside it', () => {
    expect(rules.findLooseActions('  - uses: actions/checkout@v7\n')).toEqual(['actions/checkout@v7']);
    expect(rules.findLooseActions(`    uses: a/b@${'0'.repeat(40)}\n`)).toHaveLength(1);
    expect(rules.findLooseActions(`    uses: a/b@${'0'.repeat(40)} # v1.2.3\n`)).toEqual([]);
  });

  it('on rights', () => {
    expect(rules.findRights(workflowOf({}, { permissions: undefined }))).toHaveLength(1);
    expect(rules.findRights(workflowOf({}, { permissions: { contents: 'write' } }))).toEqual([
      'all jobs: contents write',
    ]);
    const jobs = { one: { steps: [], permissions: { issues: 'write' } } };
    expect(rules.findRights(workflowOf({}, { jobs }))).toEqual(['one: issues write']);
    expect(rules.findUnlimitedJobs(workflowOf({}, { jobs }))).toEqual(['one']);
  });

  it('on a title of a pull request inside a command, and on a trigger with secrets', () => {
    const run = 'echo ${{ github.event.pull_request.title }}';
    expect(rules.findOpenDoors(workflowOf({ run }))).toEqual([run]);
    expect(rules.findOpenDoors(workflowOf({}, { on: { pull_request_target: {} } }))).toEqual([
      'pull_request_target',
    ]);
  });
});

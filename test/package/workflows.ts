/** The rules of the public workflows in .github/. Each returns what breaks it, in words; nothing when it holds. */
import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
}

interface Job {
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  steps: Step[];
}

export interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

/** What there is to run. */
export interface Commands {
  /** Of package.json. */
  scripts: readonly string[];
  isFile(path: string): boolean;
}

/** Commands of npm that need no script. */
const NPM_ITSELF = ['ci'];

export function readWorkflow(text: string): Workflow {
  return parse(text);
}

const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

export const runsOf = (workflow: Workflow): string[] => stepsOf(workflow).flatMap(({ run }) => run ?? []);

/** Scripts of package.json, and files, that a step names and that are not there. */
export function findMissingCommands(workflow: Workflow, { scripts, isFile }: Commands): string[] {
  return runsOf(workflow).flatMap((run) => {
    const named = [...run.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([, script = '']) => script);
    const files = [...run.matchAll(/\b(?:node|bash) (\S+)/g)].map(([, file = '']) => file);
    return [
      ...named
        .filter((script) => !NPM_ITSELF.includes(script) && !scripts.includes(script))
        .map((script) => `npm has no script ${script}: ${run}`),
      ...files.filter((file) => !isFile(file)).map((file) => `there is no ${file}: ${run}`),
    ];
  });
}

/** Tags can be moved by whoever owns the action: a commit cannot. */
export function findLooseActions(text: string): string[] {
  const uses = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = '']) => action);
  return uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action));
}

/** Rights beyond reading the sources, by job; `id-token` signs, and changes nothing in the repository. */
export function findRights(workflow: Workflow): string[] {
  const rights = (where: string, permissions: Record<string, string> | undefined): string[] =>
    Object.entries(permissions ?? {})
      .map(([right, level]) => `${where}: ${right} ${level}`)
      .filter((right) => !right.endsWith(': contents read'));
  return [
    ...(workflow.permissions === undefined ? ['it has the rights of the repository, whatever they are'] : []),
    ...rights('all jobs', workflow.permissions),
    ...Object.entries(workflow.jobs).flatMap(([name, { permissions }]) => rights(name, permissions)),
  ];
}

/** What lets strangers run their code with our rights: their text inside a command, and the trigger that has secrets. */
export function findOpenDoors(workflow: Workflow): string[] {
  return [
    ...runsOf(workflow).filter((run) => run.includes('${{')),
    ...Object.keys(workflow.on).filter((trigger) =>
      ['pull_request_target', 'workflow_run'].includes(trigger),
    ),
  ];
}

/** Without a limit of its own, a job that hangs runs for six hours. */
export function findUnlimitedJobs({ jobs }: Workflow): string[] {
  return Object.keys(jobs).filter((name) => jobs[name]?.['timeout-minutes'] === undefined);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '../..');
const folder = join(root, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What a job may be allowed besides reading, by the workflow that needs it. */
const mayWrite: Readonly<Record<string, readonly string[]>> = {
  'ci.yml': ['packages', 'id-token'],
  'images.yml': ['packages', 'id-token'],
  'release.yml': ['contents', 'packages', 'id-token'],
};

/** What is wrong with a workflow. */
function wrongs(name: string, text: string): string[] {
  const { on, permissions, jobs } = parse(text) as Workflow;
  const wrong: (string | false | undefined)[] = [
    JSON.stringify(permissions) !== '{}' && 'every job has the default permissions',
    JSON.stringify(on).includes('pull_request_target') && "strangers' code runs with the repository's secrets",
  ];
  for (const line of text.split('\n')) {
    const action = /uses: (?!\.\/)(.*)/.exec(line)?.[1];
    if (action !== undefined && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))
      wrong.push(`${action} is not pinned by commit, with its version beside it`);
  }
  for (const [id, job] of Object.entries(jobs)) {
    wrong.push(
      !job.permissions && `${id} says nothing of permissions`,
      ...Object.entries(job.permissions ?? {}).map(
        ([what, how]) => how !== 'read' && !mayWrite[name]?.includes(what) && `${id} may change ${what}`,
      ),
      !job.uses && !job['timeout-minutes'] && `${id} may run for hours`,
    );
    for (const { uses, run = '', with: input } of job.steps ?? []) {
      wrong.push(
        uses?.startsWith('actions/checkout@') && input?.['persist-credentials'] !== false && `${id} leaves its token`,
        /\$\{\{/.test(run) && `${id} puts an expression into a script: ${run}`,
      );
    }
  }
  return wrong.filter((one) => typeof one === 'string');
}

const files = readdirSync(folder);

it.each(files)('%s pins its actions, may do little, ends in time, and runs nothing that a stranger wrote', (name) => {
  expect(wrongs(name, readFileSync(join(folder, name), 'utf8'))).toEqual([]);
});

it('what is wrong with a workflow is seen', () => {
  const bad = `
on: { pull_request_target: {} }
jobs:
  build:
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020
      - run: echo "\${{ github.event.pull_request.title }}"
  write:
    permissions: { contents: write }
    timeout-minutes: 5
    steps: []
`;
  expect(wrongs('ci.yml', bad)).toEqual([
    'every job has the default permissions',
    "strangers' code runs with the repository's secrets",
    'actions/checkout@v4 is not pinned by commit, with its version beside it',
    'actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 is not pinned by commit, with its version beside it',
    'build says nothing of permissions',
    'build may run for hours',
    'build leaves its token',
    'build puts an expression into a script: echo "${{ github.event.pull_request.title }}"',
    'write may change contents',
  ]);
});

it('their scripts and files are there', () => {
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const named = [...texts.matchAll(/(?:sh|bash|-f) ((?:\.ci|tools|k8s|docker)\/[\w./-]+)/g)].map(
    ([, path]) => path ?? '',
  );
  expect(named.length).toBeGreaterThan(4);
  for (const path of named) expect(readFileSync(join(root, path), 'utf8')).not.toBe('');
});

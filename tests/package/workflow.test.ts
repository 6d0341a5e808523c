/** The workflows cannot be run here: GitHub's own parser reads them, and these rules hold what they may do. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import { describe, expect, test } from 'vitest';
import { some } from '../support/some.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.github/workflows');
const names = readdirSync(folder);

async function read(content: string): Promise<{ errors: string[]; template: WorkflowTemplate | null }> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const template = value ? await convertWorkflowTemplate(context, value) : null;
  return { errors: context.errors.getErrors().map(({ message }) => message), template };
}

describe.each(names)('%s', (name) => {
  const content = readFileSync(path.join(folder, name), 'utf8');
  test('is a workflow that GitHub understands', async () => {
    const { errors, template } = await read(content);
    expect(errors).toEqual([]);
    expect(template?.jobs.length).toBeGreaterThan(0);
  });
  test('uses nothing but actions pinned to a commit, with the version beside it', () => {
    const uses = content.match(/^ *(- )?uses: .*$/gm) ?? [];
    for (const line of some(uses))
      expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
  test('may read only, but for the job that makes the draft, and every job ends', () => {
    expect(content).toMatch(/^permissions:\n {2}contents: read$/m);
    const writes = content.match(/: write\b/g) ?? [];
    expect(writes).toHaveLength(name === 'release.yml' ? 1 : 0);
    const jobs = content.match(/^ {4}runs-on:/gm) ?? [];
    expect(content.match(/^ {4}timeout-minutes:/gm)).toHaveLength(jobs.length);
  });
});

test('a mistake would be found: the parser is really asked', async () => {
  const job = 'jobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm ci\n';
  expect((await read(`on: push\n${job}`)).errors).toEqual([]);
  for (const wrong of [
    `on: push\n${job.replace('runs-on', 'run-on')}`,
    `on: pushed\n${job}`,
    `on: push\n${job}        if: \${{ runner.os == }}\n`,
    `on: push\n${job}    needs: [build]\n`,
  ])
    expect((await read(wrong)).errors, wrong).not.toEqual([]);
});

test('all systems run all tests, and a release is a draft', () => {
  const check = readFileSync(path.join(folder, 'check.yml'), 'utf8');
  for (const system of ['ubuntu-24.04', 'windows-2025', 'macos-15', 'macos-15-intel'])
    expect(check).toContain(system);
  for (const step of [
    'npm ci',
    'npm test',
    'npm run package -- --dir',
    '--project=packaged',
    'codesign --verify --deep --strict',
  ])
    expect(check).toContain(step);
  const release = readFileSync(path.join(folder, 'release.yml'), 'utf8');
  expect(release).toMatch(/gh release create .*--draft/);
  expect(release).toContain('sha256sum');
});

import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const sandboxCli = path.join(root, 'src-main/sandbox/cli.ts');
const run = (...args: string[]) => spawnSync(process.execPath, [sandboxCli, ...args], { encoding: 'utf8' });

describe('npm run sandbox', () => {
  test('prints one line of JSON when ready, counts calls, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [
      sandboxCli,
      ...[
        '--port',
        '0',
        '--access-key',
        'k',
        '--secret-key',
        's',
        '--owned',
        '12',
        '--available',
        '5',
        '--routes',
        '3',
      ],
      ...['--seed', '2', '--latency', '1', '--fault', 'purchase:sold:1'],
    ]);
    const line = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => {
        resolve(chunk.toString());
      });
    });
    const ready = JSON.parse(line) as Record<string, string>;
    expect(ready).toMatchObject({ accessKey: 'k', secretKey: 's' });
    expect(ready['url']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const ledger = (await (await fetch(ready['ledgerUrl'] ?? '')).json()) as { owned: number };
    expect(ledger.owned).toBe(12);
    const code = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await code).toBe(0);
  });

  test('explains itself and what it does not understand', () => {
    expect(run('--help').stdout).toMatch(/--owned N[\s\S]*cut-after/);
    for (const bad of [
      ['--owned', 'many'],
      ['--fault', 'purchase:explode:1'],
      ['--signature', 'maybe'],
      ['--nope'],
    ]) {
      const { status, stderr, stdout } = run(...bad);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^sandbox: .+\(see --help\)\n$/);
    }
  });
});

test('npm start refuses an option it does not know with one sentence', () => {
  const entry = path.join(root, 'src-main/tools/start.ts');
  const { status, stderr } = spawnSync(process.execPath, [entry, '--prot', '1'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Unknown option '--prot'[^\n]*\n$/);
});

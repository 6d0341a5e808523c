import { execFile, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ended, firstLine } from '../support/child.ts';
import { temporaryFolder } from './app-rig.ts';

const cli = fileURLToPath(new URL('../../src-main/browser-host/cli.ts', import.meta.url));
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Starts the browser host in `folder`, which has to fail; resolves with its exit code and what it said. */
function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder.path, env: { ...process.env, ...env }, timeout: 30_000 };
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, said: stdout + stderr });
    });
  });
}
const isSentence = ({ code, said }: { code: unknown; said: string }) => {
  expect(code).toBe(1);
  expect(said.trim().split('\n')).toHaveLength(1);
  expect(said).not.toMatch(/\bat .*:\d+|Error:|node:internal/);
  return said;
};

describe('a start that cannot be', () => {
  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const said = isSentence(await start(['--data-dir', 'data', '--port', String(port)]));
    server.close();
    expect(said).toContain(`Port ${port} is used by another program. Choose another one with --port`);
    // The folder is free again: what was opened was closed.
    expect(readdirSync(path.join(folder.path, 'data'))).not.toContain('in-use.db-journal');
  });

  test('a data folder that is a file, lies under one, or has no name', async () => {
    writeFileSync(path.join(folder.path, 'file'), '');
    const [file, under, none] = await Promise.all(
      ['file', 'file/under', ''].map((name) => start(['--data-dir', name])),
    );
    if (!file || !under || !none) throw new Error('three starts');
    expect(isSentence(file)).toMatch(/data folder \S+file cannot be used: it is a file\./);
    expect(isSentence(under)).toContain('a part of the path is a file');
    expect(isSentence(none)).toContain('--data-dir needs the name of a folder.');
    expect(readdirSync(folder.path)).toEqual(['file']);
  });

  test('options that nobody knows', async () => {
    const [unknown, port] = await Promise.all([start(['--frobnicate']), start(['--port', 'abc'])]);
    expect(isSentence(unknown)).toContain('--frobnicate');
    expect(isSentence(port)).toContain('--port must be a number from 0 to 65535.');
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'a folder that may not be written',
    async () => {
      const locked = path.join(folder.path, 'locked');
      mkdirSync(locked);
      chmodSync(locked, 0o500);
      expect(isSentence(await start(['--data-dir', 'locked/data']))).toContain('it may not be written');
      expect(isSentence(await start(['--data-dir', 'locked']))).toContain('it may not be written');
      expect(existsSync(path.join(locked, 'data'))).toBe(false);
    },
  );
});

test('the app builds and starts in a folder whose name has a #, a space and other letters', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const app = path.join(folder.path, 'nümber #1 desk');
  mkdirSync(app);
  for (const name of ['src-main', 'src-renderer', 'package.json', 'vite.renderer.config.ts', 'tsconfig.json'])
    cpSync(path.join(root, name), path.join(app, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  const args = ['--browser', '--no-open', '--demo', '--data-dir', path.join(folder.path, 'data')];
  const child = spawn(process.execPath, [path.join(app, 'src-main/tools/start.ts'), ...args], { cwd: app });
  const line = await firstLine(child, /Numberdesk is at \S+/);
  const address = new URL(/http\S+/.exec(line)?.[0] ?? '');
  const page = await (await fetch(address)).text();
  const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
  expect((await fetch(new URL(`/${script}`, address))).status).toBe(200);
  child.kill('SIGTERM');
  await ended(child);
  expect(existsSync(path.join(folder.path, 'data/accounts/demo/numbers.db'))).toBe(true);
});

/** The project's own scripts have to run where there is no `sh`, no `npx` without a shell, and no folder of Linux. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packagedApp } from '../support/packaged-app.ts';
import { npmScript, program } from '../support/programs.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('programs are started by this Node, by their own script', () => {
  for (const [name, from] of [
    ['vitest', 'vitest'],
    ['playwright', '@playwright/test'],
    ['eslint', 'eslint'],
  ] as const) {
    const [node, file = ''] = program(name, from);
    expect([node, existsSync(file), path.isAbsolute(file)], name).toEqual([process.execPath, true, true]);
  }
  expect(() => program('nothing', 'no-such-package')).toThrow(/npm ci/);
  expect(() => program('nothing', 'vitest')).toThrow(/no command nothing/);
});

test('scripts of package.json are run by the npm that runs already', () => {
  const npm = 'C:\\node\\npm-cli.js';
  expect(npmScript('lint', { npm_execpath: npm })).toEqual([process.execPath, npm, 'run', '-s', 'lint']);
  expect(npmScript('lint', {})).toEqual(['npm', 'run', '-s', 'lint']);
});

test('the packaged app is found where electron-builder puts it on each system', () => {
  const at = (platform: NodeJS.Platform, arch: string) =>
    packagedApp('out', platform, arch).executable.replaceAll('\\', '/');
  expect(at('linux', 'x64')).toBe('out/linux-unpacked/numberdesk');
  expect(at('linux', 'arm64')).toBe('out/linux-arm64-unpacked/numberdesk');
  expect(at('win32', 'x64')).toBe('out/win-unpacked/Numberdesk.exe');
  expect(at('win32', 'arm64')).toBe('out/win-arm64-unpacked/Numberdesk.exe');
  expect(at('darwin', 'x64')).toBe('out/mac/Numberdesk.app/Contents/MacOS/Numberdesk');
  expect(at('darwin', 'arm64')).toBe('out/mac-arm64/Numberdesk.app/Contents/MacOS/Numberdesk');
});

test('no script starts npx, names a folder of one system, or needs a shell', () => {
  const scripts = ['tests', 'src-main/tools'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.spec.ts'))
      .map((name) => path.join(root, folder, name)),
  );
  expect(scripts.length).toBeGreaterThan(20);
  const wrong = scripts.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = /'npx'|'(linux|win|mac)-unpacked'|\bshell: /.exec(text);
    return found ? [`${path.relative(root, file)}: ${found[0]}`] : [];
  });
  expect(wrong).toEqual([]);
});
